/** `git rebase`: a list of things to do, worked off one by one, with what is left kept in `.git/rebase-merge`. */
import { parseOptions } from '../args'
import { compareVersions } from '../file-diff'
import { mergeBases, walk } from '../history'
import { writeTreeOf } from '../index-file'
import { mergeTrees } from '../merge-trees'
import type { Commit, Id, Ident } from '../objects'
import { formatPatch } from '../patch'
import { subjectOf } from '../pretty'
import { Revisions } from '../revisions'
import { die, Exit, fail, type Run } from '../run'
import { forceTree, moveTree, stagedPairs, unstagedPairs, versionsOfTree } from '../worktree'
import { cleanMessage, commitSummary, template } from './commit'
import { applyMerge, conflictComment, mergeStyle, sayMerge } from './merge'
import { stash } from './reset'

type Step =
  | {
      verb: 'pick' | 'reword' | 'edit' | 'squash' | 'fixup' | 'drop'
      id: Id
      subject: string
      keepMessage?: 'C' | 'c'
    }
  | { verb: 'exec'; command: string }
  | { verb: 'break' | 'noop' }

const SHORT: Record<string, string> = {
  p: 'pick',
  r: 'reword',
  e: 'edit',
  s: 'squash',
  f: 'fixup',
  d: 'drop',
  x: 'exec',
  b: 'break',
}
const DIR = 'rebase-merge'

const USAGE =
  'git rebase [-i] [options] [--exec <cmd>] [--onto <newbase> | --keep-base] [<upstream> [<branch>]]'

export async function rebase(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'onto= keep-base no-verify q,quiet v,verbose n,no-stat stat signoff i,interactive p m,merge f,force-rebase no-ff ff continue skip abort quit edit-todo show-current-patch autosquash autostash x,exec= root X,strategy-option= s,strategy= reapply-cherry-picks fork-point keep-empty empty= committer-date-is-author-date ignore-date reset-author-date allow-empty-message rerere-autoupdate r,rebase-merges? apply C= whitespace= ignore-whitespace S,gpg-sign? update-refs',
    { usage: USAGE },
  )
  const repo = run.tree
  if (
    options.has('continue') ||
    options.has('skip') ||
    options.has('abort') ||
    options.has('quit') ||
    options.has('edit-todo') ||
    options.has('show-current-patch')
  ) {
    if (!repo.hasState(DIR)) die('No rebase in progress?')
    if (options.has('abort')) return abort(run)
    if (options.has('continue')) return resume(run)
    if (options.has('skip')) return skip(run)
    if (options.has('edit-todo')) return editTodo(run)
    if (options.has('quit')) {
      restoreAutostash(run)
      repo.clearState(DIR, 'REBASE_HEAD')
      return
    }
    const { show } = await import('./log')
    return show(run, ['REBASE_HEAD'])
  }
  if (repo.hasState(DIR))
    throw new Exit(
      128,
      `fatal: It seems that there is already a rebase-merge directory, and\nI wonder if you are in the middle of another rebase.  If that is the\ncase, please try\n\tgit rebase (--continue | --abort | --skip)\nIf that is not the case, please\n\trm -fr ".git/rebase-merge"\nand run me again.  I am stopping in case you still have something\nvaluable there.\n\n`,
    )
  if (options.has('rebase-merges') || options.has('p')) die('--rebase-merges is not modelled here')
  const revisions = new Revisions(repo, run)
  let words = options.rest
  let upstreamName: string | null = null
  if (!options.has('root')) {
    if (words.length === 0) upstreamName = defaultUpstream(run)
    else {
      upstreamName = words[0] === '-' ? '@{-1}' : words[0]!
      words = words.slice(1)
    }
  }
  const upstream =
    upstreamName === null
      ? null
      : (revisions.findCommit(upstreamName) ??
        die(`invalid upstream '${words.length || options.rest.length ? options.rest[0] : upstreamName}'`))
  const ontoName = options.value('onto') ?? upstreamName ?? undefined
  let onto: Commit | null = null
  if (options.has('keep-base') && upstream) {
    const [base] = mergeBases(repo.objects, upstream.id, repo.headId!)
    onto = base ? repo.objects.commit(base) : null
  } else if (ontoName !== undefined) {
    const symmetric = /^(.*)\.\.\.(.*)$/.exec(ontoName)
    if (symmetric) {
      const [base] = mergeBases(
        repo.objects,
        revisions.commit(symmetric[1] || 'HEAD').id,
        revisions.commit(symmetric[2] || 'HEAD').id,
      )
      onto = base ? repo.objects.commit(base) : null
    } else onto = revisions.findCommit(ontoName)
    if (!onto) die(`Does not point to a valid commit '${ontoName}'`.replace(/^Does/, 'Does'))
  }
  const [branchName] = words
  let headName: string | null
  let tip: Commit
  let switches = false
  if (branchName !== undefined) {
    const full = `refs/heads/${branchName}`
    const id = repo.refs.get(full)
    if (id) {
      headName = full
      tip = repo.objects.commit(id)
    } else {
      tip = revisions.findCommit(branchName) ?? die(`no such branch/commit '${branchName}'`)
      headName = null
    }
    switches = true
  } else {
    headName = repo.refs.headTarget
    tip = repo.head ?? die('You are on a branch yet to be born'.replace(/^/, ''))
  }
  let autostash = false
  const dirty = dirtyText(run)
  if (dirty) {
    if (
      !options.has('autostash') &&
      !(repo.config.boolean('rebase.autoStash') && !options.negated('autostash'))
    )
      throw new Exit(1, dirty)
    autostash = true
  }
  const stashId = autostash ? await createAutostash(run) : null
  const interactive = options.has('interactive')
  const autosquash =
    options.has('autosquash') ||
    (interactive && repo.config.boolean('rebase.autoSquash') === true && !options.negated('autosquash'))
  const exec = options.values('exec')
  const forced =
    options.has('force-rebase') ||
    options.has('no-ff') ||
    options.negated('ff') ||
    options.has('signoff') ||
    options.has('committer-date-is-author-date') ||
    options.has('ignore-date')
  const { objects } = repo
  if (!interactive && exec.length === 0 && onto && upstream) {
    const bases = mergeBases(objects, onto.id, tip.id)
    const linear = walk(objects, { include: [tip.id], exclude: [onto.id] }).every(
      ({ commit }) => commit.parents.length < 2,
    )
    const upstreamBase = mergeBases(objects, upstream.id, tip.id)
    if (bases.length === 1 && bases[0] === onto.id && linear && upstreamBase[0] === onto.id && !forced) {
      if (switches && repo.refs.headTarget !== headName) {
        const { goTo } = await import('./branch')
        if (headName) goTo(run, { branch: branchName! }, { quiet: true })
        else goTo(run, { commit: tip, name: branchName! }, { quiet: true })
      }
      run.out(
        `Current branch ${headName ? headName.replace(/^refs\/heads\//, '') : 'HEAD'} is up to date.\n`.replace(
          'Current branch HEAD is',
          'HEAD is',
        ),
      )
      restoreStash(run, stashId)
      return
    }
  }
  const { steps, skipped } = listSteps(
    run,
    upstream,
    tip,
    onto,
    options.has('reapply-cherry-picks'),
    options.has('root'),
  )
  for (const commit of skipped)
    run.err(`warning: skipped previously applied commit ${run.abbreviate(commit.id)}\n`)
  if (skipped.length > 0)
    run.err(
      'hint: use --reapply-cherry-picks to include skipped commits\nhint: Disable this message with "git config advice.skippedCherryPicks false"\n',
    )
  let list: Step[] = autosquash ? squashed(steps) : steps
  if (exec.length > 0) list = withExec(list, exec)
  if (list.length === 0) list = [{ verb: 'noop' }]
  // With --root and no --onto an empty commit stands in for the base; the first commit that is put on it becomes a root.
  const base = onto ?? emptyBase(run)
  if (!onto) repo.setState(`${DIR}/squash-onto`, `${base.id}\n`)
  repo.setState(`${DIR}/head-name`, `${headName ?? 'detached HEAD'}\n`)
  repo.setState(`${DIR}/onto`, `${base.id}\n`)
  repo.setState(`${DIR}/orig-head`, `${tip.id}\n`)
  repo.setState(`${DIR}/interactive`, '')
  if (stashId) repo.setState(`${DIR}/autostash`, `${stashId}\n`)
  if (options.has('quiet')) repo.setState(`${DIR}/quiet`, '\n')
  const strategy = options.values('strategy-option')
  if (strategy.length > 0)
    repo.setState(`${DIR}/strategy_opts`, ` ${strategy.map((one) => `'--${one}'`).join(' ')}\n`)
  if (options.has('committer-date-is-author-date')) repo.setState(`${DIR}/cdate_is_adate`, '')
  if (interactive) {
    const short = list.map((step) => stepText(run, step, true)).join('')
    const shortBase = upstream ? run.abbreviate(upstream.id) : null
    const range = `${shortBase ? `${shortBase}..` : ''}${run.abbreviate(tip.id)}`
    repo.setState(
      `${DIR}/git-rebase-todo`,
      short + todoHelp(range, run.abbreviate(base.id), list.filter((step) => step.verb !== 'noop').length),
    )
    let edited: string
    try {
      edited = await run.edit(`${repo.gitDir}/${DIR}/git-rebase-todo`, 'todo')
    } catch (problem) {
      repo.clearState(DIR)
      throw problem
    }
    const parsed = parseTodo(run, edited)
    if (typeof parsed === 'string') {
      // The list stays, so that it can be mended.
      repo.setState('ORIG_HEAD', `${tip.id}\n`)
      startAt(run, base, ontoName ?? base.id)
      run.err(
        `${parsed}You can fix this with 'git rebase --edit-todo' and then run 'git rebase --continue'.\nOr you can abort the rebase with 'git rebase --abort'.\n`,
      )
      return 1
    }
    list = parsed
    if (list.length === 0) {
      repo.clearState(DIR)
      restoreStash(run, stashId)
      throw new Exit(1, 'error: nothing to do\n')
    }
  }
  const total = list.filter((step) => step.verb !== 'noop').length
  let head = base
  let left = list
  const done: Step[] = []
  if (!forced && onto) {
    // Picks that already stand where they would be put are not made again.
    while (
      left[0]?.verb === 'pick' &&
      repo.objects.commit(left[0].id).parents.length === 1 &&
      repo.objects.commit(left[0].id).parents[0] === head.id
    ) {
      head = repo.objects.commit(left[0].id)
      done.push(left[0])
      left = left.slice(1)
    }
  }
  repo.setState('ORIG_HEAD', `${tip.id}\n`)
  if (!startAt(run, head, ontoName ?? head.id)) {
    repo.clearState(DIR)
    restoreStash(run, stashId)
    return 1
  }
  repo.setState(`${DIR}/end`, `${total}\n`)
  repo.setState(`${DIR}/msgnum`, `${done.length}\n`)
  repo.setState(`${DIR}/done`, done.map((step) => stepText(run, step, false)).join(''))
  repo.setState(`${DIR}/git-rebase-todo`, left.map((step) => stepText(run, step, false)).join(''))
  return work(run)
}

function startAt(run: Run, head: Commit, ontoName: string): boolean {
  const { repo } = run
  const old = repo.head
  try {
    moveTree(run, old?.tree ?? null, head.tree, 'checkout')
  } catch (problem) {
    if (!(problem instanceof Exit)) throw problem
    run.err(`${problem.message}error: could not detach HEAD\n`)
    return false
  }
  repo.clearState('MERGE_MSG', 'CHERRY_PICK_HEAD', 'REVERT_HEAD')
  repo.refs.detach(head.id, run.note(`${actionOf(run)} (start): checkout ${ontoName}`), old?.id)
  return true
}

function emptyBase(run: Run): Commit {
  const { objects } = run.repo
  const tree = objects.writeTree([])
  return objects.commit(
    objects.writeCommit({ tree, parents: [], author: run.author, committer: run.committer, message: '' }),
  )
}

/** Rebase says on standard output what it lacks. */
function sayAndStop(run: Run, text: string): never {
  run.out(text)
  throw new Exit(1)
}

function defaultUpstream(run: Run): string {
  const { repo } = run
  const { branch } = repo
  if (branch === null)
    return sayAndStop(
      run,
      "You are not currently on a branch.\nPlease specify which branch you want to rebase against.\nSee git-rebase(1) for details.\n\n    git rebase '<branch>'\n\n",
    )
  const upstream = repo.upstreamOf(branch)
  if (!upstream?.tracking || !repo.refs.get(upstream.tracking)) {
    sayAndStop(
      run,
      `There is no tracking information for the current branch.\nPlease specify which branch you want to rebase against.\nSee git-rebase(1) for details.\n\n    git rebase '<branch>'\n\nIf you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to=<remote>/<branch> ${branch}\n\n`,
    )
  }
  return upstream.tracking
}

function dirtyText(run: Run): string | null {
  const unstaged = unstagedPairs(run.repo).length > 0 || run.repo.index.hasUnmerged
  if (run.repo.index.hasUnmerged)
    run.out([...run.repo.index.unmerged().keys()].map((path) => `${path}: needs merge\n`).join(''))
  const staged = stagedPairs(run.repo).length > 0 || run.repo.index.hasUnmerged
  if (!unstaged && !staged) return null
  const first = unstaged ? 'error: cannot rebase: You have unstaged changes.\n' : ''
  const second = staged
    ? unstaged
      ? 'error: additionally, your index contains uncommitted changes.\n'
      : 'error: cannot rebase: Your index contains uncommitted changes.\n'
    : ''
  return `${first}${second}error: Please commit or stash them.\n`
}

async function createAutostash(run: Run): Promise<string> {
  const { repo } = run
  const before = run.output.length
  const oldStash = repo.refs.get('refs/stash')
  const oldLog = repo.refs.logOf('refs/stash')
  const [origHead, log] = [repo.state('ORIG_HEAD'), repo.refs.logOf('HEAD')]
  await stash(run, ['push', '-q', '-m', 'autostash'])
  if (origHead) repo.setState('ORIG_HEAD', origHead)
  else repo.clearState('ORIG_HEAD')
  repo.refs.writeLog('HEAD', log)
  run.output.length = before
  const id = repo.refs.get('refs/stash')!
  if (oldStash) {
    repo.refs.set('refs/stash', oldStash, null)
    repo.refs.writeLog('refs/stash', oldLog)
  } else repo.refs.delete('refs/stash')
  run.out(`Created autostash: ${run.abbreviate(id)}\n`)
  return id
}

function restoreAutostash(run: Run): void {
  void restoreStash(run, run.repo.state(`${DIR}/autostash`)?.trim() ?? null)
}

function restoreStash(run: Run, id: string | null): void {
  if (!id) return
  const { repo } = run
  const { objects } = repo
  const commit = objects.commit(id)
  const base = objects.commit(commit.parents[0]!)
  const ours = repo.index.writeTree(objects)
  const merged = mergeTrees(repo, base.tree, ours, commit.tree, {
    labels: { ours: 'Updated upstream', base: 'Stash base', theirs: 'Stashed changes' },
  })
  if (merged.conflicts.size === 0) {
    const result = writeTreeOf(objects, [...merged.files.values()])
    const index = repo.index.copy()
    moveTree(run, ours, result, 'merge')
    for (const entry of repo.index.all()) if (!index.has(entry.path)) index.fill(entry)
    repo.saveIndex(index)
    run.err('Applied autostash.\n')
    return
  }
  const old = repo.refs.get('refs/stash') ?? '0'.repeat(40)
  repo.refs.set('refs/stash', id, null)
  repo.refs.logAlways('refs/stash', old, id, run.note('autostash'))
  run.err(
    'Applying autostash resulted in conflicts.\nYour changes are safe in the stash.\nYou can run "git stash pop" or "git stash drop" at any time.\n',
  )
}

/** The commits to make anew, oldest first; those whose change is upstream already are left out. */
function listSteps(
  run: Run,
  upstream: Commit | null,
  tip: Commit,
  onto: Commit | null,
  reapply: boolean,
  root: boolean,
): { steps: Step[]; skipped: Commit[] } {
  const { objects } = run.repo
  const exclude = upstream ? [upstream.id] : root && onto ? [onto.id] : []
  const mine = walk(objects, { include: [tip.id], exclude, order: 'topo', reverse: true })
    .map(({ commit }) => commit)
    .filter((commit) => commit.parents.length < 2)
  const skipped: Commit[] = []
  if (!reapply && upstream) {
    const theirs = walk(objects, { include: [upstream.id], exclude: [tip.id] }).map(({ commit }) => commit)
    const ids = new Set(
      theirs.filter((commit) => commit.parents.length < 2).map((commit) => patchId(run, commit)),
    )
    for (const commit of mine) if (ids.has(patchId(run, commit))) skipped.push(commit)
  }
  const steps = mine
    .filter((commit) => !skipped.includes(commit))
    .map((commit): Step => ({ verb: 'pick', id: commit.id, subject: subjectOf(commit.message) }))
  return { steps, skipped }
}

/** What a commit changes, without where: equal for a commit and its copy elsewhere. */
export function patchId(run: Run, commit: Commit): string {
  const { repo } = run
  const [parent] = commit.parents
  const pairs = compareVersions(
    versionsOfTree(repo, parent ? repo.objects.commit(parent).tree : null),
    versionsOfTree(repo, commit.tree),
  )
  if (pairs.length === 0) return `empty ${commit.id}`
  return pairs
    .map((pair) => formatPatch(pair, { abbreviate: () => '' }))
    .join('')
    .split('\n')
    .filter((line) => !line.startsWith('index '))
    .map((line) => (line.startsWith('@@') ? '@@' : line.replace(/\s+/g, '')))
    .join('\n')
}

/** `fixup!` and `squash!` commits moved behind what they mend. */
function squashed(steps: Step[]): Step[] {
  type Picked = Extract<Step, { id: Id }>
  const groups: Picked[][] = []
  for (const step of steps as Picked[]) {
    const match = /^(fixup|squash|amend)! (.*)$/s.exec(step.subject)
    if (match) {
      let target = match[2]!
      while (/^(fixup|squash|amend)! /.test(target)) target = target.replace(/^(fixup|squash|amend)! /, '')
      const group =
        groups.find((one) => one[0]!.subject === target) ??
        groups.find((one) => /^[0-9a-f]{4,40}$/.test(target) && one[0]!.id.startsWith(target)) ??
        groups.find((one) => one[0]!.subject.startsWith(target))
      if (group) {
        group.push({
          ...step,
          verb: match[1] === 'squash' ? 'squash' : 'fixup',
          ...(match[1] === 'amend' && { keepMessage: 'C' as const }),
        })
        continue
      }
    }
    groups.push([step])
  }
  return groups.flat()
}

function withExec(steps: Step[], commands: string[]): Step[] {
  const out: Step[] = []
  const execs = commands.map((command): Step => ({ verb: 'exec', command }))
  for (const [i, step] of steps.entries()) {
    out.push(step)
    const next = steps[i + 1]
    if (next && (next.verb === 'fixup' || next.verb === 'squash')) continue
    out.push(...execs)
  }
  return out
}

function stepText(run: Run, step: Step, short: boolean): string {
  if (step.verb === 'exec') return `exec ${step.command}\n`
  if (!('id' in step)) return `${step.verb}\n`
  const flag = step.keepMessage ? `-${step.keepMessage} ` : ''
  return `${step.verb} ${flag}${short ? run.abbreviate(step.id) : step.id} ${step.subject}\n`
}

/** The steps that an edited list asks for, or what is wrong with it. */
function parseTodo(run: Run, text: string): Step[] | string {
  const revisions = new Revisions(run.repo, run)
  const steps: Step[] = []
  let problems = ''
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const [word = '', ...rest] = line.split(/\s+/)
    const verb = SHORT[word] ?? word
    if (verb === 'noop') continue
    if (verb === 'break') {
      if (rest.length > 0)
        problems += `error: break does not accept arguments: '${rest.join(' ')}\n'\nerror: invalid line ${i + 1}: ${line}\n`
      steps.push({ verb })
      continue
    }
    if (verb === 'exec') {
      steps.push({ verb, command: line.slice(word.length).trim() })
      continue
    }
    const flag = /^-[cC]$/.test(rest[0] ?? '') ? (rest.shift()!.slice(1) as 'C' | 'c') : undefined
    if (!['pick', 'reword', 'edit', 'squash', 'fixup', 'drop'].includes(verb)) {
      problems += `error: invalid line ${i + 1}: ${line}\n`
      continue
    }
    const commit = rest[0] ? revisions.findCommit(rest[0]) : null
    if (!commit) {
      problems += `error: could not parse '${rest[0] ?? ''}'\nerror: invalid line ${i + 1}: ${line}\n`
      continue
    }
    const subject = subjectOf(commit.message)
    steps.push({ verb: verb as 'pick', id: commit.id, subject, ...(flag && { keepMessage: flag }) })
  }
  const first = steps.find((step) => step.verb !== 'exec' && step.verb !== 'drop')
  if (first && (first.verb === 'squash' || first.verb === 'fixup') && !run.repo.state(`${DIR}/done`))
    problems += `error: cannot '${first.verb}' without a previous commit\n`
  return problems || steps
}

const todoHelp = (range: string, onto: string, count: number) => `
# Rebase ${range} onto ${onto} (${count} command${count === 1 ? '' : 's'})
#
# Commands:
# p, pick <commit> = use commit
# r, reword <commit> = use commit, but edit the commit message
# e, edit <commit> = use commit, but stop for amending
# s, squash <commit> = use commit, but meld into previous commit
# f, fixup [-C | -c] <commit> = like "squash" but keep only the previous
#                    commit's log message, unless -C is used, in which case
#                    keep only this commit's message; -c is same as -C but
#                    opens the editor
# x, exec <command> = run command (the rest of the line) using shell
# b, break = stop here (continue rebase later with 'git rebase --continue')
# d, drop <commit> = remove commit
#
# These lines can be re-ordered; they are executed from top to bottom.
#
# If you remove a line here THAT COMMIT WILL BE LOST.
#
# However, if you remove everything, the rebase will be aborted.
#
`

/** Works the list off until it ends, stops or meets a conflict. */
async function work(run: Run): Promise<number | undefined> {
  const { repo } = run
  const quiet = repo.hasState(`${DIR}/quiet`)
  while (true) {
    const left = parseTodo(run, repo.state(`${DIR}/git-rebase-todo`) ?? '')
    if (typeof left === 'string') throw new Exit(1, left)
    const [step, ...rest] = left
    if (!step) break
    repo.setState(`${DIR}/git-rebase-todo`, rest.map((one) => stepText(run, one, false)).join(''))
    repo.setState(`${DIR}/done`, (repo.state(`${DIR}/done`) ?? '') + stepText(run, step, false))
    repo.setState(`${DIR}/msgnum`, `${Number(repo.state(`${DIR}/msgnum`) ?? 0) + 1}\n`)
    const code = await perform(run, step, rest)
    if (code !== null) return code
  }
  const name = (repo.state(`${DIR}/head-name`) ?? '').trim()
  const onto = (repo.state(`${DIR}/onto`) ?? '').trim()
  if (name !== 'detached HEAD') {
    const head = repo.headId!
    repo.refs.set(name, head, run.note(`${actionOf(run)} (finish): ${name} onto ${onto}`))
    repo.refs.setSymbolic('HEAD', name)
    repo.refs.log('HEAD', head, head, run.note(`${actionOf(run)} (finish): returning to ${name}`))
  }
  const stashId = repo.state(`${DIR}/autostash`)?.trim() ?? null
  restoreStash(run, stashId)
  repo.clearState(DIR, 'REBASE_HEAD', 'AUTO_MERGE')
  if (!quiet)
    run.err(`Successfully rebased and updated ${name === 'detached HEAD' ? 'detached HEAD' : name}.\n`)
}

/** Null: go on. A number: stop with this exit code. */
async function perform(run: Run, step: Step, rest: Step[]): Promise<number | null> {
  const { repo } = run
  switch (step.verb) {
    case 'noop':
    case 'drop':
      return null
    case 'break':
      run.err(
        `Stopped at ${run.abbreviate(repo.headId!)} (${subjectOf(repo.head!.message)})\n`.replace(
          / \((.*)\)\n$/,
          '...  $1\n',
        ),
      )
      return 0
    case 'exec':
      return execute(run, step.command)
    default:
      return pick(run, step, rest)
  }
}

async function execute(run: Run, command: string): Promise<number | null> {
  run.err(`Executing: ${command}\n`)
  const done = await run.host.shell?.(command, run.repo.workTree ?? '/')
  if (!done) fail('there is no shell here to run exec lines with')
  run.out(done!.stdout)
  run.err(done!.stderr)
  if (done!.exitCode === 0) return null
  run.err(
    `warning: execution failed: ${command}\nYou can fix the problem, and then run\n\n  git rebase --continue\n\n\n`,
  )
  return 1
}

type Pick = Extract<Step, { id: Id }>

async function pick(run: Run, step: Pick, rest: Step[]): Promise<number | null> {
  const { repo } = run
  const { objects, refs } = repo
  const commit = objects.commit(step.id)
  const head = repo.state(`${DIR}/squash-onto`)?.trim() === repo.headId ? null : repo.head!
  const melds = step.verb === 'squash' || step.verb === 'fixup'
  if (commit.parents.length > 1) fail(`commit ${commit.id} is a merge but no -m option was given.`)
  if (!melds && (head ? commit.parents[0] === head.id : commit.parents.length === 0)) {
    if (head) {
      moveOrStop(run, step, () => moveTree(run, head.tree, commit.tree, 'merge'))
      refs.detach(commit.id, run.note(`${actionOf(run)}: fast-forward`), head.id)
    } else {
      forceTree(run, commit.tree)
      refs.detach(commit.id, run.note(`${actionOf(run)}: fast-forward`), repo.headId ?? undefined)
    }
    if (step.verb === 'edit') return stop(run, commit)
    return step.verb === 'reword' ? record(run, step, commit, head, commit.tree, false, true) : null
  }
  const name = `${run.abbreviate(commit.id)} (${subjectOf(commit.message)})`
  const parent = commit.parents[0] ? objects.commit(commit.parents[0]) : null
  const given =
    (repo.state(`${DIR}/strategy_opts`) ?? '').match(/--[^' ]+/g)?.map((one) => one.slice(2)) ?? []
  const result = mergeTrees(repo, parent?.tree ?? null, head?.tree ?? null, commit.tree, {
    labels: { ours: 'HEAD', base: parent ? `parent of ${name}` : '(empty tree)', theirs: name },
    ...mergeStyle(run, given),
  })
  writeAuthorScript(run, commit.author)
  if (melds) updateSquash(run, step, commit)
  const final = melds && !nextMelds(rest)
  let tree: Id
  try {
    if (head) tree = applyMerge(run, result)
    else {
      tree = writeTreeOf(objects, [...result.files.values()])
      forceTree(run, tree)
    }
  } catch (problem) {
    if (!(problem instanceof Exit)) throw problem
    // The step is still to be done.
    repo.setState(
      `${DIR}/git-rebase-todo`,
      stepText(run, step, false) + (repo.state(`${DIR}/git-rebase-todo`) ?? ''),
    )
    const done = (repo.state(`${DIR}/done`) ?? '').split('\n').filter(Boolean)
    repo.setState(
      `${DIR}/done`,
      done
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    )
    run.err(problem.message)
    return 1
  }
  if (result.conflicts.size > 0) {
    sayMerge(run, result)
    const message = melds ? (repo.state(`${DIR}/message-squash`) ?? commit.message) : commit.message
    repo.setState('MERGE_MSG', message + conflictComment(result))
    repo.setState(`${DIR}/message`, `${message}\n`)
    repo.setState(`${DIR}/stopped-sha`, `${commit.id}\n`)
    repo.setState('REBASE_HEAD', `${commit.id}\n`)
    repo.setState('AUTO_MERGE', `${tree}\n`)
    repo.setState(`${DIR}/patch`, '')
    if (melds) repo.setState(`${DIR}/amend-squash`, '')
    if (step.verb === 'edit') repo.setState(`${DIR}/stop-after`, '')
    run.err(
      `error: could not apply ${run.abbreviate(commit.id)}... ${subjectOf(commit.message)}\nhint: Resolve all conflicts manually, mark them as resolved with\nhint: "git add/rm <conflicted_files>", then run "git rebase --continue".\nhint: You can instead skip this commit: run "git rebase --skip".\nhint: To abort and get back to the state before "git rebase", run "git rebase --abort".\nCould not apply ${run.abbreviate(commit.id)}... ${subjectOf(commit.message)}\n`,
    )
    return 1
  }
  const startedEmpty = commit.tree === (parent?.tree ?? null)
  if (!melds && head && tree === head.tree && !startedEmpty) {
    run.err(`dropping ${commit.id} ${subjectOf(commit.message)} -- patch contents already upstream\n`)
    return null
  }
  const code = await record(run, step, commit, head, tree, final)
  if (code !== null) return code
  return step.verb === 'edit' ? stop(run, commit) : null
}

function moveOrStop(run: Run, step: Step, move: () => void): void {
  try {
    move()
  } catch (problem) {
    const { repo } = run
    repo.setState(
      `${DIR}/git-rebase-todo`,
      stepText(run, step, false) + (repo.state(`${DIR}/git-rebase-todo`) ?? ''),
    )
    throw problem
  }
}

const nextMelds = (rest: Step[]) => rest[0]?.verb === 'squash' || rest[0]?.verb === 'fixup'

/** Makes the commit of a step whose tree is settled. */
async function record(
  run: Run,
  step: Pick,
  commit: Commit,
  head: Commit | null,
  tree: Id,
  final: boolean,
  made = false,
): Promise<number | null> {
  const { repo } = run
  const { objects, refs } = repo
  const melds = step.verb === 'squash' || step.verb === 'fixup'
  const author: Ident = melds ? head!.author : commit.author
  let message = melds ? repo.state(`${DIR}/message-squash`)! : commit.message
  let edits = step.verb === 'reword'
  if (melds && !final) message = head!.message.length > 0 ? repo.state(`${DIR}/message-squash`)! : message
  if (melds && final) {
    if (repo.hasState(`${DIR}/message-fixup`) && !repo.hasState(`${DIR}/squash-edits`))
      message = repo.state(`${DIR}/message-fixup`)!
    else edits = true
  }
  // What is melded on the way keeps its comments; only the last of a row has its message cleaned.
  let text = melds && !final ? message : cleanMessage(message, melds)
  const parents = melds ? head!.parents : head ? [head.id] : []
  const committer = committerOf(run, author)
  const write = (body: string) => {
    const id = objects.writeCommit({ tree, parents, author, committer, message: body })
    refs.detach(id, run.note(`${actionOf(run)} (${step.verb}): ${body.split('\n')[0]}`), head?.id)
    return id
  }
  if (edits) {
    if (step.verb === 'reword' && !made) write(text)
    repo.setState('COMMIT_EDITMSG', template(run, message, false))
    text = cleanMessage(await run.edit(`${repo.gitDir}/COMMIT_EDITMSG`, 'message'), true)
    if (text === '') {
      run.err('Aborting commit due to empty commit message.\n')
      repo.setState(`${DIR}/message`, message)
      repo.setState(`${DIR}/amend`, `${repo.headId}\n`)
      return 1
    }
    const id = objects.writeCommit({ tree, parents, author, committer, message: text })
    refs.detach(id, run.note(`${actionOf(run)} (${step.verb}): ${subjectOf(text)}`))
    run.out(commitSummary(run, objects.commit(id), true))
  } else write(text)
  if (melds && final)
    repo.clearState(
      `${DIR}/message-squash`,
      `${DIR}/message-fixup`,
      `${DIR}/squash-edits`,
      `${DIR}/current-fixups`,
    )
  return null
}

function committerOf(run: Run, author: Ident): Ident {
  const { committer } = run
  return run.repo.hasState(`${DIR}/cdate_is_adate`)
    ? { ...committer, time: author.time, zone: author.zone }
    : committer
}

function writeAuthorScript(run: Run, author: Ident): void {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  run.repo.setState(
    `${DIR}/author-script`,
    `GIT_AUTHOR_NAME=${quote(author.name)}\nGIT_AUTHOR_EMAIL=${quote(author.email)}\nGIT_AUTHOR_DATE='@${author.time} ${author.zone}'\n`,
  )
}

/** The message of commits that are being melded, all of them with a comment before each. */
function updateSquash(run: Run, step: Pick, commit: Commit): void {
  const { repo } = run
  const fixups = (repo.state(`${DIR}/current-fixups`) ?? '').split('\n').filter(Boolean)
  const count = fixups.length + 2
  const head = repo.head!
  let text: string
  if (fixups.length === 0) {
    text = `# This is a combination of 2 commits.\n# This is the 1st commit message:\n\n${head.message}`
    repo.setState(`${DIR}/message-fixup`, head.message)
  } else
    text = (repo.state(`${DIR}/message-squash`) ?? '').replace(
      /^# This is a combination of \d+ commits\./,
      `# This is a combination of ${count} commits.`,
    )
  if (step.verb === 'squash') {
    const subject = /^(squash|fixup)! /.test(commit.message)
    const body = subject ? commit.message.replace(/^[^\n]*/, (line) => `# ${line}`) : commit.message
    text = `${text.replace(/\n*$/, '\n')}\n# This is the commit message #${count}:\n\n${body}`
    repo.setState(`${DIR}/squash-edits`, '')
  } else if (step.keepMessage) {
    text = `${text.replace(/\n*$/, '\n')}\n# This is the commit message #${count}:\n\n${commit.message}`
    repo.setState(`${DIR}/message-fixup`, commit.message.replace(/^amend! [^\n]*\n\n?/, ''))
  } else
    text = `${text.replace(/\n*$/, '\n')}\n# The commit message #${count} will be skipped:\n\n${commit.message
      .trimEnd()
      .split('\n')
      .map((line) => (line ? `# ${line}` : '#'))
      .join('\n')}\n`
  repo.setState(`${DIR}/message-squash`, text)
  repo.setState(`${DIR}/current-fixups`, `${[...fixups, `${step.verb} ${commit.id}`].join('\n')}\n`)
}

function stop(run: Run, commit: Commit): number {
  const { repo } = run
  repo.setState(`${DIR}/amend`, `${repo.headId}\n`)
  repo.setState(`${DIR}/stopped-sha`, `${commit.id}\n`)
  repo.setState(`${DIR}/message`, `${commit.message}\n`)
  repo.setState('REBASE_HEAD', `${commit.id}\n`)
  run.err(
    `Stopped at ${run.abbreviate(commit.id)}...  ${subjectOf(commit.message)}\nYou can amend the commit now, with\n\n  git commit --amend \n\nOnce you are satisfied with your changes, run\n\n  git rebase --continue\n`,
  )
  return 0
}

async function resume(run: Run): Promise<number | undefined> {
  const { repo } = run
  if (repo.index.hasUnmerged || unstagedPairs(repo).length > 0) {
    run.out('You must edit all merge conflicts and then\nmark them as resolved using git add\n')
    return 1
  }
  const code = await commitStaged(run)
  if (code) return code
  repo.clearState(
    `${DIR}/amend`,
    `${DIR}/stopped-sha`,
    `${DIR}/patch`,
    `${DIR}/message`,
    'REBASE_HEAD',
    'CHERRY_PICK_HEAD',
    'MERGE_MSG',
    'AUTO_MERGE',
  )
  return work(run)
}

/** Commits what a stop has left in the index. */
async function commitStaged(run: Run): Promise<number | undefined> {
  const { repo } = run
  const { objects, refs } = repo
  const staged = stagedPairs(repo).length > 0
  const amendAt = repo.state(`${DIR}/amend`)?.trim()
  const stopped = repo.state(`${DIR}/stopped-sha`)?.trim()
  const squashing = repo.hasState(`${DIR}/amend-squash`)
  if (!staged && !(squashing && stopped)) {
    if (stopped && repo.hasState('CHERRY_PICK_HEAD')) repo.clearState('CHERRY_PICK_HEAD')
    return
  }
  const tree = repo.index.writeTree(objects)
  const head = repo.head!
  const replaceHead = (message: string) => {
    const { parents, author } = head
    const id = objects.writeCommit({ tree, parents, author, committer: run.committer, message })
    refs.detach(id, run.note(`${actionOf(run)} (continue): ${subjectOf(message)}`))
    run.out(commitSummary(run, objects.commit(id), true))
  }
  if (amendAt) {
    if (amendAt !== head.id)
      throw new Exit(
        1,
        "error: you have staged changes in your working tree\nIf these changes are meant to be squashed into the previous commit, run:\n\n  git commit --amend \n\nIf they are meant to go into a new commit, run:\n\n  git commit \n\nIn both cases, once you're done, continue with:\n\n  git rebase --continue\n\n",
      )
    let text = head.message
    repo.setState('COMMIT_EDITMSG', template(run, text, true))
    text = cleanMessage(await editIfAny(run, text), true)
    replaceHead(text)
    return
  }
  const commit = stopped ? objects.commit(stopped) : null
  if (squashing) {
    repo.clearState(`${DIR}/amend-squash`)
    const left = parseTodo(run, repo.state(`${DIR}/git-rebase-todo`) ?? '')
    const rest = typeof left === 'string' ? [] : left
    const onlyFixups = repo.hasState(`${DIR}/message-fixup`) && !repo.hasState(`${DIR}/squash-edits`)
    let text = cleanMessage(
      onlyFixups && !nextMelds(rest)
        ? repo.state(`${DIR}/message-fixup`)!
        : (repo.state(`${DIR}/message-squash`) ?? head.message),
      true,
    )
    if (!nextMelds(rest) && !onlyFixups)
      text = cleanMessage(await editIfAny(run, repo.state(`${DIR}/message-squash`)!), true)
    replaceHead(text)
    if (!nextMelds(rest))
      repo.clearState(
        `${DIR}/message-squash`,
        `${DIR}/message-fixup`,
        `${DIR}/squash-edits`,
        `${DIR}/current-fixups`,
      )
    return
  }
  const message = repo.state('MERGE_MSG') ?? repo.state(`${DIR}/message`) ?? commit?.message ?? ''
  const text = cleanMessage(await editIfAny(run, message), true)
  if (text === '') throw new Exit(1, 'Aborting commit due to empty commit message.\n')
  const id = objects.writeCommit({
    tree,
    parents: [head.id],
    author: commit?.author ?? run.author,
    committer: committerOf(run, commit?.author ?? run.author),
    message: text,
  })
  refs.detach(id, run.note(`${actionOf(run)} (continue): ${subjectOf(text)}`))
  run.out(commitSummary(run, objects.commit(id), false))
  repo.clearState('CHERRY_PICK_HEAD', 'MERGE_MSG')
  if (repo.hasState(`${DIR}/stop-after`)) repo.clearState(`${DIR}/stop-after`)
}

async function editIfAny(run: Run, text: string): Promise<string> {
  const { repo } = run
  repo.setState('COMMIT_EDITMSG', template(run, text, false))
  return run.edit(`${repo.gitDir}/COMMIT_EDITMSG`, 'message')
}

async function skip(run: Run): Promise<number | undefined> {
  const { repo } = run
  forceTree(run, repo.head!.tree)
  repo.clearState(
    'CHERRY_PICK_HEAD',
    'MERGE_MSG',
    'AUTO_MERGE',
    'REBASE_HEAD',
    `${DIR}/amend`,
    `${DIR}/stopped-sha`,
    `${DIR}/message`,
    `${DIR}/patch`,
    `${DIR}/amend-squash`,
  )
  return work(run)
}

function abort(run: Run): undefined {
  const { repo } = run
  const name = (repo.state(`${DIR}/head-name`) ?? '').trim()
  const original = (repo.state(`${DIR}/orig-head`) ?? '').trim()
  const commit = repo.objects.commit(original)
  forceTree(run, commit.tree)
  const old = repo.headId!
  if (name !== 'detached HEAD') {
    repo.refs.setSymbolic('HEAD', name)
    repo.refs.log('HEAD', old, original, run.note(`${actionOf(run)} (abort): returning to ${name}`))
  } else repo.refs.detach(original, run.note(`${actionOf(run)} (abort): returning to ${original}`), old)
  const stashId = repo.state(`${DIR}/autostash`)?.trim() ?? null
  repo.clearState(DIR, 'CHERRY_PICK_HEAD', 'MERGE_MSG', 'AUTO_MERGE', 'REBASE_HEAD', 'MERGE_HEAD')
  restoreStash(run, stashId)
}

async function editTodo(run: Run): Promise<undefined> {
  const { repo } = run
  const path = `${DIR}/git-rebase-todo`
  const left = parseTodo(run, repo.state(path) ?? '')
  const text =
    typeof left === 'string'
      ? (repo.state(path) ?? '')
      : left.map((step) => stepText(run, step, true)).join('')
  const count = typeof left === 'string' ? 0 : left.length
  repo.setState(path, `${text}${todoHelp('', '', count).replace(/# Rebase .*\n#\n/, '')}`)
  const edited = await run.edit(`${repo.gitDir}/${path}`, 'todo')
  const parsed = parseTodo(run, edited)
  if (typeof parsed === 'string') throw new Exit(1, parsed)
  repo.setState(path, parsed.map((step) => stepText(run, step, false)).join(''))
}

/** What reflogs call it: `pull --rebase` says so. */
const actionOf = (run: Run): string => run.vars.GIT_REFLOG_ACTION ?? 'rebase'
