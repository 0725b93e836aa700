/** `git merge`, and how any merge reaches index and files. */
import { parseOptions } from '../args'
import { compareVersions, detectRenames, pathOf } from '../file-diff'
import { isAncestor, mergeBases } from '../history'
import { filesOf, writeTreeOf } from '../index-file'
import type { MergeFavour } from '../line-merge'
import { type MergeResult, mergeBaseTree, mergeTrees } from '../merge-trees'
import type { Commit, Id } from '../objects'
import { formatStat, formatSummary, statOf } from '../patch'
import { formatCommit } from '../pretty'
import { fullRefName, Revisions } from '../revisions'
import { die, Exit, type Run } from '../run'
import { moveTree, removeFile, stagedPairs, versionOnDisk, versionsOfTree, writeFile } from '../worktree'
import { cleanMessage, commit as commitVerb } from './commit'

/** Takes a merge's outcome over into files and index, its conflicts as stages. Refuses where local changes are in the way. */
export function applyMerge(run: Run, result: MergeResult, from = run.repo.head?.tree ?? null): Id {
  const { repo } = run
  const tree = writeTreeOf(repo.objects, [...result.files.values()])
  moveTree(run, from, tree, 'merge')
  if (result.conflicts.size > 0) {
    const { index } = repo
    for (const [path, stages] of result.conflicts) {
      if (!result.files.has(path)) removeFile(repo, path, run.cwd)
      index.fillConflict(path, stages)
    }
    repo.saveIndex()
  }
  return tree
}

export function sayMerge(run: Run, result: MergeResult): void {
  for (const message of result.messages)
    if (message.startsWith('warning:')) run.err(`${message}\n`)
    else run.out(`${message}\n`)
}

/** The list of conflicts as comments, for the end of MERGE_MSG. */
export function conflictComment(result: MergeResult): string {
  return `\n# Conflicts:\n${[...result.conflicts.keys()]
    .sort()
    .map((path) => `#\t${path}\n`)
    .join('')}`
}

export function mergeStyle(
  run: Run,
  given: string[] = [],
): { favour: MergeFavour; spaces?: 'all' | 'amount' | 'end'; conflictStyle?: string } {
  let favour: MergeFavour = null
  let spaces: 'all' | 'amount' | 'end' | undefined
  for (const option of given) {
    if (option === 'ours' || option === 'theirs') favour = option
    else if (option === 'ignore-all-space') spaces = 'all'
    else if (option === 'ignore-space-change') spaces = 'amount'
    else if (option === 'ignore-space-at-eol') spaces = 'end'
    else if (
      !/^(patience|histogram|minimal|diff-algorithm=.*|no-renames|find-renames.*|renormalize|no-renormalize|rename-threshold=.*)$/.test(
        option,
      )
    )
      die(`Unknown strategy option: -X${option}`)
  }
  const conflictStyle = run.repo.config.get('merge.conflictStyle')
  return { favour, ...(spaces && { spaces }), ...(conflictStyle && { conflictStyle }) }
}

/** The table that merge, pull and rebase print. */
export function changesBetween(run: Run, from: Id | null, to: Id): string {
  const { repo } = run
  const pairs = detectRenames(compareVersions(versionsOfTree(repo, from), versionsOfTree(repo, to)))
  return formatStat(pairs.map((pair) => statOf(pair))) + formatSummary(pairs)
}

const USAGE = 'git merge [<options>] [<commit>...]'

export async function merge(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'n stat summary log? squash commit e,edit ff ff-only no-ff rerere-autoupdate verify-signatures s,strategy= X,strategy-option= m,message= F,file= into-name= v,verbose q,quiet abort continue quit allow-unrelated-histories progress S,gpg-sign? autostash signoff no-verify cleanup=',
    { usage: USAGE },
  )
  const repo = run.tree
  if (options.has('abort')) return abort(run)
  if (options.has('continue')) {
    if (!repo.hasState('MERGE_HEAD')) die('There is no merge in progress (MERGE_HEAD missing).')
    return commitVerb(run, run.host.editor ? [] : [])
  }
  if (options.has('quit')) {
    if (!repo.hasState('MERGE_HEAD')) die('There is no merge in progress (MERGE_HEAD missing).')
    repo.clearState('MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'AUTO_MERGE')
    return
  }
  refuseUnfinished(run)
  let names = options.rest
  if (names.length === 0) {
    const { branch } = repo
    if (branch === null) die('No current branch.')
    const upstream = repo.upstreamOf(branch!)
    if (!upstream) die('No remote for the current branch.')
    if (!upstream!.tracking || !repo.refs.get(upstream!.tracking))
      die('No default upstream defined for the current branch.')
    names = [upstream!.tracking!]
  }
  if (names.length > 1)
    die('merging more than one branch at once is not modelled here: merge them one by one')
  const [name] = names as [string]
  const theirs = new Revisions(repo, run).findCommit(name)
  if (!theirs) throw new Exit(1, `merge: ${name} - not something we can merge\n`)
  const strategy = options.value('strategy')
  if (strategy && !['ort', 'recursive', 'resolve', 'ours'].includes(strategy))
    die(`Could not find merge strategy '${strategy}'.`)
  return mergeCommit(run, theirs, {
    name,
    message: options.has('message') ? options.values('message').join('\n\n') : null,
    title: mergeTitle(run, name),
    ff:
      options.has('ff-only') ||
      (repo.config.get('merge.ff') === 'only' && !options.has('no-ff') && !options.has('ff'))
        ? 'only'
        : options.negated('ff') ||
            options.has('no-ff') ||
            (repo.config.boolean('merge.ff') === false && !options.has('ff'))
          ? 'never'
          : 'allowed',
    squash: options.has('squash'),
    commit: !options.negated('commit') && !options.has('squash'),
    edit: options.negated('edit') ? false : options.has('edit') ? true : null,
    stat: !options.negated('stat') && !options.has('n') && !options.has('quiet'),
    quiet: options.has('quiet'),
    strategyOptions: options.values('strategy-option'),
    unrelated: options.has('allow-unrelated-histories'),
    action: run.vars.GIT_REFLOG_ACTION ?? `merge ${name}`,
    ours: strategy === 'ours',
  })
}

export function refuseUnfinished(run: Run, verb = 'merge'): void {
  const { repo } = run
  if (repo.index.hasUnmerged)
    throw new Exit(
      128,
      `error: ${verb === 'merge' ? 'Merging' : 'Pulling'} is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.\n`,
    )
  if (repo.hasState('MERGE_HEAD')) {
    if (verb === 'pull')
      throw new Exit(
        128,
        'error: You have not concluded your merge (MERGE_HEAD exists).\nhint: Please, commit your changes before merging.\nfatal: Exiting because of unfinished merge.\n',
      )
    die(
      'You have not concluded your merge (MERGE_HEAD exists).\nPlease, commit your changes before you merge.',
    )
  }
  if (repo.hasState('CHERRY_PICK_HEAD') && verb === 'merge')
    die(
      'You have not concluded your cherry-pick (CHERRY_PICK_HEAD exists).\nPlease, commit your changes before you merge.',
    )
}

/** `Merge branch 'x' into y`. */
export function mergeTitle(run: Run, name: string): string {
  const { repo } = run
  const full = fullRefName(repo, name)
  const early = /^(.*?)(~\d+|\^+)$/.exec(name)
  let what: string
  if (full?.startsWith('refs/heads/')) what = `branch '${full.slice(11)}'`
  else if (full?.startsWith('refs/remotes/'))
    what = `remote-tracking branch '${name.startsWith('refs/') ? name : full.slice(13)}'`
  else if (full?.startsWith('refs/tags/')) what = `tag '${full.slice(10)}'`
  else if (early && fullRefName(repo, early[1]!)?.startsWith('refs/heads/'))
    what = `branch '${early[1]}' (early part)`
  else what = `commit '${name}'`
  return `Merge ${what}${intoText(run)}`
}

export function intoText(run: Run): string {
  const { branch } = run.repo
  return branch === null ? ' into HEAD' : branch === 'master' || branch === 'main' ? '' : ` into ${branch}`
}

export type MergePlan = {
  name: string
  message: string | null
  title: string
  ff: 'allowed' | 'only' | 'never'
  squash: boolean
  commit: boolean
  /** Null: where there is an editor. */
  edit: boolean | null
  stat: boolean
  quiet: boolean
  strategyOptions: string[]
  unrelated: boolean
  /** What reflogs call it. */
  action: string
  ours?: boolean
}

export async function mergeCommit(run: Run, theirs: Commit, plan: MergePlan): Promise<number | undefined> {
  const { repo } = run
  const { refs, objects } = repo
  const head = repo.head
  const say = (text: string) => {
    if (!plan.quiet) run.out(text)
  }
  if (!head) {
    if (plan.squash) die('Squash commit into empty head not supported yet')
    moveTree(run, null, theirs.tree, 'merge')
    const target = refs.headTarget
    const note = run.note('initial pull')
    if (target) refs.set(target, theirs.id, note)
    else refs.detach(theirs.id, note)
    return
  }
  repo.setState('ORIG_HEAD', `${head.id}\n`)
  if (isAncestor(objects, theirs.id, head.id)) {
    say(plan.squash ? 'Already up to date. (nothing to squash)\n' : 'Already up to date.\n')
    return
  }
  const bases = mergeBases(objects, head.id, theirs.id)
  if (bases.length === 0 && !plan.unrelated) die('refusing to merge unrelated histories')
  const tagged =
    fullRefName(repo, plan.name)?.startsWith('refs/tags/') &&
    objects.typeOf(refs.get(fullRefName(repo, plan.name)!)!) === 'tag'
  const canForward = bases[0] === head.id
  if (
    canForward &&
    plan.ff !== 'never' &&
    !(tagged && plan.ff === 'allowed' && plan.message !== null && false)
  ) {
    say(`Updating ${run.abbreviate(head.id)}..${run.abbreviate(theirs.id)}\n`)
    moveTree(run, head.tree, theirs.tree, 'merge')
    if (plan.squash) {
      say('Fast-forward\nSquash commit -- not updating HEAD\n')
      writeSquash(run, head, theirs)
      if (plan.stat) run.out(changesBetween(run, head.tree, theirs.tree))
      return
    }
    const note = run.note(`${plan.action}: Fast-forward`)
    const target = refs.headTarget
    if (target) refs.set(target, theirs.id, note)
    else refs.detach(theirs.id, note)
    say('Fast-forward\n')
    if (plan.stat) run.out(changesBetween(run, head.tree, theirs.tree))
    return
  }
  if (plan.ff === 'only') die('Not possible to fast-forward, aborting.')
  const staged = stagedPairs(repo)
  if (staged.length > 0)
    throw new Exit(
      2,
      `error: Your local changes to the following files would be overwritten by merge:\n  ${staged.map(pathOf).join(' ')}\nMerge with strategy ort failed.\n`,
    )
  const base = mergeBaseTree(repo, bases)
  const label =
    bases.length === 1
      ? run.abbreviate(bases[0]!)
      : bases.length === 0
        ? 'empty tree'
        : 'merged common ancestors'
  const result = plan.ours
    ? { files: filesOf(objects, head.tree), conflicts: new Map(), messages: [] }
    : mergeTrees(repo, base, head.tree, theirs.tree, {
        labels: { ours: 'HEAD', theirs: plan.name, base: label },
        ...mergeStyle(run, plan.strategyOptions),
      })
  let tree: Id
  try {
    tree = applyMerge(run, result)
  } catch (problem) {
    if (problem instanceof Exit) throw new Exit(2, `${problem.message}Merge with strategy ort failed.\n`)
    throw problem
  }
  sayMerge(run, result)
  const message = `${plan.message ?? plan.title}\n`
  if (result.conflicts.size > 0) {
    if (plan.squash) {
      writeSquash(run, head, theirs)
      repo.setState('MERGE_MSG', conflictComment(result).slice(0))
      run.out('Squash commit -- not updating HEAD\n')
    } else {
      repo.setState('MERGE_HEAD', `${theirs.id}\n`)
      repo.setState('MERGE_MODE', plan.ff === 'never' ? 'no-ff' : '')
      repo.setState('MERGE_MSG', message + conflictComment(result))
    }
    repo.setState('AUTO_MERGE', `${tree}\n`)
    run.out('Automatic merge failed; fix conflicts and then commit the result.\n')
    return 1
  }
  if (plan.squash) {
    writeSquash(run, head, theirs)
    say('Squash commit -- not updating HEAD\n')
    run.err('Automatic merge went well; stopped before committing as requested\n')
    return
  }
  if (!plan.commit) {
    repo.setState('MERGE_HEAD', `${theirs.id}\n`)
    repo.setState('MERGE_MODE', plan.ff === 'never' ? 'no-ff' : '')
    repo.setState('MERGE_MSG', message)
    run.err('Automatic merge went well; stopped before committing as requested\n')
    return
  }
  let text = cleanMessage(message, false)
  const edits =
    plan.edit ??
    (run.host.editor !== undefined && plan.message === null && run.vars.GIT_MERGE_AUTOEDIT !== 'no')
  if (edits) {
    repo.setState('MERGE_HEAD', `${theirs.id}\n`)
    repo.setState('MERGE_MODE', plan.ff === 'never' ? 'no-ff' : '')
    repo.setState('MERGE_MSG', mergeTemplate(message))
    text = cleanMessage(await run.edit(`${repo.gitDir}/MERGE_MSG`, 'message'), true)
    if (text === '')
      throw new Exit(
        1,
        "error: Empty commit message.\nNot committing merge; use 'git commit' to complete the merge.\n",
      )
  }
  const parents = plan.ff !== 'never' && canForward ? [theirs.id] : [head.id, theirs.id]
  const id = objects.writeCommit({
    tree,
    parents,
    author: run.author,
    committer: run.committer,
    message: text,
  })
  const note = run.note(`${plan.action}: Merge made by the 'ort' strategy.`)
  const target = refs.headTarget
  if (target) refs.set(target, id, note)
  else refs.detach(id, note)
  repo.clearState('MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'AUTO_MERGE')
  say(`Merge made by the '${plan.ours ? 'ours' : 'ort'}' strategy.\n`)
  if (plan.stat) run.out(changesBetween(run, head.tree, tree))
}

function mergeTemplate(message: string): string {
  return `${message}# Please enter a commit message to explain why this merge is necessary,\n# especially if it merges an updated upstream into a topic branch.\n#\n# Lines starting with '#' will be ignored, and an empty message aborts\n# the commit.\n`
}

function writeSquash(run: Run, head: Commit, theirs: Commit): void {
  const { repo } = run
  const list: Commit[] = []
  const stack = [theirs.id]
  const seen = new Set<Id>()
  const ours = new Set<Id>()
  const mark = [head.id]
  while (mark.length > 0) {
    const id = mark.pop()!
    if (ours.has(id)) continue
    ours.add(id)
    mark.push(...repo.objects.commit(id).parents)
  }
  while (stack.length > 0) {
    const id = stack.shift()!
    if (seen.has(id) || ours.has(id)) continue
    seen.add(id)
    const commit = repo.objects.commit(id)
    list.push(commit)
    stack.push(...commit.parents)
  }
  list.sort((a, b) => b.committer.time - a.committer.time)
  const body = list
    .filter((commit) => commit.parents.length < 2)
    .map((commit) => {
      const shown = formatCommit(commit, 'medium', {
        repo,
        date: { mode: 'default', local: false, now: 0, zone: '+0000' },
        decorations: null,
        abbreviate: (id) => run.abbreviate(id),
        short: false,
      })
      return `\n${shown.head}\n${shown.body}`
    })
    .join('')
  repo.setState('SQUASH_MSG', `Squashed commit of the following:\n${body}`)
}

function abort(run: Run): undefined {
  const { repo } = run
  if (!repo.hasState('MERGE_HEAD')) die('There is no merge to abort (MERGE_HEAD missing).')
  resetMerge(run, repo.head!)
  repo.refs.log('HEAD', repo.headId!, repo.headId!, run.note('reset: moving to HEAD'))
  repo.clearState('MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'AUTO_MERGE')
}

/**
 * `reset --merge`: what differs between index and the commit goes back, what is only changed on disk stays.
 * @throws Exit where both at once would lose something.
 */
export function resetMerge(run: Run, target: Commit, name = target.id): void {
  const { repo } = run
  const { index } = repo
  const [head, now] = [filesOf(repo.objects, repo.head?.tree ?? null), filesOf(repo.objects, target.tree)]
  const unmerged = index.unmerged()
  const paths = new Set([...head.keys(), ...now.keys(), ...index.all().map(({ path }) => path)])
  const writes: string[] = []
  for (const path of paths) {
    const entry = index.get(path)
    const after = now.get(path)
    if (unmerged.has(path)) {
      writes.push(path)
      continue
    }
    if (entry && after && entry.id === after.id && entry.mode === after.mode) continue
    const local = entry && versionOnDisk(repo, path)
    if (entry && local && local.id !== entry.id)
      throw new Exit(
        128,
        `error: Entry '${path}' not uptodate. Cannot merge.\nfatal: Could not reset index file to revision '${name}'.\n`,
      )
    writes.push(path)
  }
  for (const path of writes) {
    const after = now.get(path)
    const known = index.has(path)
    index.remove(path)
    if (after) {
      writeFile(repo, after)
      index.set({ ...after, stage: 0 })
    } else if (known) removeFile(repo, path, run.cwd)
  }
  repo.saveIndex()
}
