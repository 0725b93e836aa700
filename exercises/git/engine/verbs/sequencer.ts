/** One commit's change on another base: `cherry-pick` and `revert`, one commit or a row of them. */
import { parseOptions } from '../args'
import { mergeBases, walk } from '../history'
import { type MergeResult, mergeTrees } from '../merge-trees'
import type { Commit, Id } from '../objects'
import { subjectOf } from '../pretty'
import { Revisions, selectRevisions } from '../revisions'
import { die, Exit, fail, type Run } from '../run'
import { formatLong } from '../status'
import { stagedPairs } from '../worktree'
import { cleanMessage, commitSummary, commit as commitVerb, template } from './commit'
import { applyMerge, conflictComment, mergeStyle, resetMerge, sayMerge } from './merge'

export type Action = 'cherry-pick' | 'revert'

const STATE = { 'cherry-pick': 'CHERRY_PICK_HEAD', revert: 'REVERT_HEAD' } as const

type Settings = {
  action: Action
  noCommit: boolean
  edit: boolean | null
  mainline: number | null
  addOrigin: boolean
  allowEmpty: boolean
  keepRedundant: boolean
  strategyOptions: string[]
  ff: boolean
  signoff: boolean
}

export const cherryPick = (run: Run, args: string[]) => sequence(run, args, 'cherry-pick')
export const revert = (run: Run, args: string[]) => sequence(run, args, 'revert')

async function sequence(run: Run, args: string[], action: Action): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'quit continue abort skip cleanup= n,no-commit e,edit s,signoff m,mainline= rerere-autoupdate strategy= X,strategy-option= S,gpg-sign? x ff allow-empty allow-empty-message keep-redundant-commits reference',
    { usage: `git ${action} [--edit] [-n] [-m <parent-number>] [-s] [-x] [--ff] <commit>...` },
  )
  const repo = run.tree
  if (options.has('continue')) return resume(run, action)
  if (options.has('skip')) return skip(run, action)
  if (options.has('abort')) return abort(run, action)
  if (options.has('quit')) {
    repo.clearState('sequencer', STATE[action])
    return
  }
  if (options.rest.length === 0) throw new Exit(129, `usage: git ${action} [<options>] <commit-ish>...\n`)
  const settings: Settings = {
    action,
    noCommit: options.has('no-commit') || options.negated('commit'),
    edit: options.negated('edit') ? false : options.has('edit') ? true : null,
    mainline: options.has('mainline') ? Number(options.value('mainline')) : null,
    addOrigin: options.has('x'),
    allowEmpty: options.has('allow-empty'),
    keepRedundant: options.has('keep-redundant-commits'),
    strategyOptions: options.values('strategy-option'),
    ff: options.has('ff'),
    signoff: options.has('signoff'),
  }
  const commits = commitsFor(run, options.rest, action)
  const sequenced = commits.length > 1 || isRanged(options.rest)
  if (sequenced && repo.hasState('sequencer/todo')) inProgress(action)
  if (repo.index.hasUnmerged && !settings.noCommit) {
    const verb = action === 'cherry-pick' ? 'Cherry-picking' : 'Reverting'
    throw new Exit(
      128,
      `error: ${verb} is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: ${action} failed\n`,
    )
  }
  if (repo.index.hasUnmerged) {
    const entries = repo.index.all().filter(({ stage }) => stage > 0)
    const list = entries.map(({ path, id }) => `${path}: unmerged (${id})\n`).join('')
    throw new Exit(128, `${list}error: your index file is unmerged.\nfatal: ${action} failed\n`)
  }
  if (sequenced) {
    const head = repo.headId
    repo.setState('sequencer/head', `${head}\n`)
    repo.setState('sequencer/todo', todoText(run, commits, action))
    if (settings.noCommit || settings.mainline || settings.addOrigin)
      repo.setState('sequencer/opts', optionsText(settings))
  }
  return pickAll(run, commits, settings, sequenced)
}

const isRanged = (given: string[]) => given.some((word) => word.includes('..') || word.startsWith('^'))

function inProgress(action: Action): never {
  throw new Exit(
    128,
    `error: ${action} is already in progress\nhint: try "git ${action} (--continue | --skip | --abort | --quit)"\nfatal: ${action} failed\n`,
  )
}

const optionsText = (settings: Settings) =>
  `[options]\n${settings.noCommit ? '\tno-commit = true\n' : ''}${settings.mainline ? `\tmainline = ${settings.mainline}\n` : ''}${settings.addOrigin ? '\trecord-origin = true\n' : ''}`

function commitsFor(run: Run, given: string[], action: Action): Commit[] {
  const { repo } = run
  const { objects } = repo
  const revisions = new Revisions(repo, run)
  if (!isRanged(given)) {
    const commits = given.map((name) => {
      const id = revisions.find(name)
      if (!id || !objects.has(id)) unknownOr(name)
      return revisions.findCommit(name) ?? fail(`${name}: can't ${action} a ${objects.typeOf(id!)}`, 128)
    })
    return commits
  }
  for (const word of given) {
    const [left, right] = word.replace(/^\^/, '').split(/\.\.\.?/) as [string, string?]
    for (const part of [left, right ?? ''])
      if (part !== '' && !revisions.find(part)) die(`bad revision '${word}'`)
  }
  const selected = selectRevisions(run, given, (a, b) => mergeBases(objects, a, b))
  const list = walk(objects, {
    include: selected.include.map(({ id }) => id),
    exclude: selected.exclude,
    order: 'topo',
  }).map((one) => one.commit)
  if (list.length === 0) throw new Exit(128, `error: empty commit set passed\nfatal: ${action} failed\n`)
  return action === 'cherry-pick' ? list.reverse() : list
}

function unknownOr(name: string): never {
  return die(/^[0-9a-f]{40}$/.test(name) ? `bad object ${name}` : `bad revision '${name}'`)
}

const todoText = (run: Run, commits: Commit[], action: Action) =>
  commits
    .map(
      (commit) =>
        `${action === 'revert' ? 'revert' : 'pick'} ${run.abbreviate(commit.id)} ${subjectOf(commit.message)}\n`,
    )
    .join('')

async function pickAll(
  run: Run,
  commits: Commit[],
  settings: Settings,
  sequenced = true,
): Promise<number | undefined> {
  const { repo } = run
  for (const [i, commit] of commits.entries()) {
    if (sequenced) repo.setState('sequencer/todo', todoText(run, commits.slice(i), settings.action))
    const code = await pickOne(run, commit, settings)
    if (code) return code
    if (sequenced) repo.setState('sequencer/abort-safety', `${repo.headId}\n`)
  }
  if (sequenced) repo.clearState('sequencer')
}

async function pickOne(run: Run, commit: Commit, settings: Settings): Promise<number> {
  const { repo } = run
  const { action } = settings
  const { objects } = repo
  const head = repo.head
  if (!settings.noCommit) {
    if (stagedPairs(repo).length > 0)
      throw new Exit(
        128,
        `error: your local changes would be overwritten by ${action}.\nhint: commit your changes or stash them to proceed.\nfatal: ${action} failed\n`,
      )
  }
  const parent = parentFor(run, commit, settings)
  if (settings.ff && head && parent?.id === head.id) {
    const { moveTree } = await import('../worktree')
    moveTree(run, head.tree, commit.tree, 'merge')
    const target = repo.refs.headTarget
    const note = run.note(`cherry-pick: fast-forward`)
    if (target) repo.refs.set(target, commit.id, note)
    else repo.refs.detach(commit.id, note)
    return 0
  }
  const name = `${run.abbreviate(commit.id)} (${subjectOf(commit.message)})`
  const result = pickTrees(run, commit, parent, settings, name)
  const message =
    settings.action === 'revert'
      ? revertMessage(commit, parent, settings)
      : pickMessage(commit, settings, run)
  const _before = settings.noCommit ? repo.index.writeTree(objects) : (head?.tree ?? null)
  let tree: Id
  try {
    tree = applyMerge(run, result, settings.noCommit ? repo.index.writeTree(objects) : (head?.tree ?? null))
  } catch (problem) {
    if (problem instanceof Exit && problem.code === 1)
      throw new Exit(128, `${problem.message}fatal: ${action} failed\n`)
    throw problem
  }
  sayMerge(run, result)
  const state = STATE[action]
  if (result.conflicts.size > 0) {
    repo.setState('MERGE_MSG', message + conflictComment(result))
    repo.setState('AUTO_MERGE', `${tree}\n`)
    if (!settings.noCommit) repo.setState(state, `${commit.id}\n`)
    run.err(
      `error: could not ${action === 'revert' ? 'revert' : 'apply'} ${run.abbreviate(commit.id)}... ${subjectOf(commit.message)}\n${adviceText(action, settings.noCommit)}`,
    )
    return 1
  }
  if (settings.noCommit) {
    repo.setState('MERGE_MSG', message)
    if (action === 'revert') repo.setState(state, `${commit.id}\n`)
    return 0
  }
  if (tree === head?.tree) {
    const wasEmpty = parent
      ? parent.tree === commit.tree
      : commit.tree === '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    if (!(settings.keepRedundant || (wasEmpty && settings.allowEmpty))) {
      if (action === 'cherry-pick') {
        repo.setState(state, `${commit.id}\n`)
      }
      repo.setState('MERGE_MSG', message)
      run.out(formatLong(run, {}).text)
      const word =
        action === 'revert'
          ? ''
          : "The previous cherry-pick is now empty, possibly due to conflict resolution.\nIf you wish to commit it anyway, use:\n\n    git commit --allow-empty\n\nOtherwise, please use 'git cherry-pick --skip'\n"
      run.err(word)
      return 1
    }
  }
  const edits = settings.edit ?? (action === 'revert' && run.host.editor !== undefined)
  let text = cleanMessage(message, false)
  if (edits) {
    repo.setState(state, `${commit.id}\n`)
    repo.setState('COMMIT_EDITMSG', template(run, message, false))
    text = cleanMessage(await run.edit(`${repo.gitDir}/COMMIT_EDITMSG`, 'message'), true)
    if (text === '') {
      repo.setState('MERGE_MSG', message)
      run.err('Aborting commit due to empty commit message.\n')
      return 1
    }
    repo.clearState(state)
  }
  const author = action === 'revert' ? run.author : commit.author
  const id = objects.writeCommit({
    tree,
    parents: head ? [head.id] : [],
    author,
    committer: run.committer,
    message: text,
  })
  const target = repo.refs.headTarget
  const note = run.note(`${action}: ${subjectOf(text)}`)
  if (target) repo.refs.set(target, id, note)
  else repo.refs.detach(id, note)
  run.out(commitSummary(run, objects.commit(id), true))
  return 0
}

function parentFor(run: Run, commit: Commit, { action, mainline }: Settings): Commit | null {
  const { objects } = run.repo
  if (commit.parents.length > 1) {
    if (!mainline)
      throw new Exit(
        128,
        `error: commit ${commit.id} is a merge but no -m option was given.\nfatal: ${action} failed\n`,
      )
    const parent = commit.parents[mainline - 1]
    if (!parent)
      throw new Exit(
        128,
        `error: commit ${commit.id} does not have parent ${mainline}\nfatal: ${action} failed\n`,
      )
    return objects.commit(parent)
  }
  if (mainline && mainline > 1)
    throw new Exit(
      128,
      `error: commit ${commit.id} does not have parent ${mainline}\nfatal: ${action} failed\n`,
    )
  const [parent] = commit.parents
  return parent ? objects.commit(parent) : null
}

function pickTrees(
  run: Run,
  commit: Commit,
  parent: Commit | null,
  settings: Settings,
  name: string,
): MergeResult {
  const { repo } = run
  const ours = settings.noCommit ? repo.index.writeTree(repo.objects) : (repo.head?.tree ?? null)
  const style = mergeStyle(run, settings.strategyOptions)
  if (settings.action === 'revert')
    return mergeTrees(repo, commit.tree, ours, parent?.tree ?? null, {
      labels: { ours: 'HEAD', base: name, theirs: parent ? `parent of ${name}` : '(empty tree)' },
      ...style,
    })
  return mergeTrees(repo, parent?.tree ?? null, ours, commit.tree, {
    labels: { ours: 'HEAD', base: parent ? `parent of ${name}` : '(empty tree)', theirs: name },
    ...style,
  })
}

function pickMessage(commit: Commit, settings: Settings, run: Run): string {
  let text = commit.message
  if (settings.addOrigin) {
    const trailers = /\n\n([A-Za-z-]+: .*|\(cherry picked from commit [0-9a-f]{40}\))(\n.*)*\n*$/.test(text)
    text = `${text.replace(/\n*$/, '\n')}${trailers ? '' : '\n'}(cherry picked from commit ${commit.id})\n`
  }
  if (settings.signoff)
    text = `${text.replace(/\n*$/, '\n')}\nSigned-off-by: ${run.committer.name} <${run.committer.email}>\n`
  return text
}

function revertMessage(commit: Commit, parent: Commit | null, settings: Settings): string {
  const subject = `Revert "${subjectOf(commit.message)}"`
  const rest =
    settings.mainline && commit.parents.length > 1 ? `, reversing\nchanges made to ${parent!.id}` : ''
  return `${subject}\n\nThis reverts commit ${commit.id}${rest}.\n`
}

function adviceText(action: Action, noCommit: boolean): string {
  if (noCommit)
    return `hint: after resolving the conflicts, mark the corrected paths\nhint: with 'git add <paths>' or 'git rm <paths>'\n`
  return `hint: After resolving the conflicts, mark them with\nhint: "git add/rm <pathspec>", then run\nhint: "git ${action} --continue".\nhint: You can instead skip this commit with "git ${action} --skip".\nhint: To abort and get back to the state before "git ${action}",\nhint: run "git ${action} --abort".\n`
}

function nothing(action: Action): never {
  throw new Exit(128, `error: no cherry-pick or revert in progress\nfatal: ${action} failed\n`)
}

function remaining(run: Run, action: Action): { commits: Commit[]; settings: Settings } {
  const { repo } = run
  const opts = repo.state('sequencer/opts') ?? ''
  const settings: Settings = {
    action,
    noCommit: /no-commit = true/.test(opts),
    edit: null,
    mainline: Number(/mainline = (\d+)/.exec(opts)?.[1] ?? 0) || null,
    addOrigin: /record-origin = true/.test(opts),
    allowEmpty: false,
    keepRedundant: false,
    strategyOptions: [],
    ff: false,
    signoff: false,
  }
  const revisions = new Revisions(repo, run)
  const commits = (repo.state('sequencer/todo') ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => revisions.commit(line.split(' ')[1]!))
  return { commits, settings }
}

async function resume(run: Run, action: Action): Promise<number | undefined> {
  const { repo } = run
  const sequenced = repo.hasState('sequencer/todo')
  if (!sequenced && !repo.hasState(STATE[action])) nothing(action)
  if (repo.index.hasUnmerged)
    throw new Exit(
      128,
      `error: Committing is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.\n`,
    )
  const { commits, settings } = sequenced ? remaining(run, action) : { commits: [], settings: null }
  if (repo.hasState(STATE[action])) {
    const code = await commitVerb(
      run,
      run.host.editor && settings?.edit !== false ? [] : ['--no-edit', '--cleanup=strip'],
    )
    if (code) return code
  }
  if (sequenced) {
    repo.setState('sequencer/todo', todoText(run, commits.slice(1), action))
    repo.setState('sequencer/head', repo.state('sequencer/head') ?? `${repo.headId}\n`)
    return pickAll(run, commits.slice(1), settings!)
  }
}

async function skip(run: Run, action: Action): Promise<number | undefined> {
  const { repo } = run
  const sequenced = repo.hasState('sequencer/todo')
  if (!sequenced && !repo.hasState(STATE[action])) {
    const word = action === 'revert' ? 'revert' : 'cherry-pick'
    throw new Exit(128, `error: no ${word} in progress\nfatal: ${action} failed\n`)
  }
  resetMerge(run, repo.head!)
  repo.refs.log('HEAD', repo.headId!, repo.headId!, run.note(`reset: moving to ${repo.headId}`))
  repo.clearState(STATE[action], 'MERGE_MSG', 'AUTO_MERGE')
  if (!sequenced) return
  const { commits, settings } = remaining(run, action)
  return pickAll(run, commits.slice(1), settings)
}

function abort(run: Run, action: Action): undefined {
  const { repo } = run
  const sequenced = repo.hasState('sequencer/head')
  if (!sequenced && !repo.hasState(STATE[action])) nothing(action)
  const id = sequenced ? repo.state('sequencer/head')!.trim() : repo.headId!
  resetMerge(run, repo.objects.commit(id))
  const target = repo.refs.headTarget
  const note = run.note(`reset: moving to ${id}`)
  if (sequenced) {
    repo.setState('ORIG_HEAD', `${repo.headId}\n`)
    if (target) repo.refs.set(target, id, note)
    else repo.refs.detach(id, note)
  } else repo.refs.log('HEAD', id, id, run.note(`reset: moving to ${id}`))
  repo.clearState(STATE[action], 'MERGE_MSG', 'AUTO_MERGE', 'sequencer')
}
