/** Back: `reset`, `stash`, `reflog`. */
import { parseOptions } from '../args'
import { compareVersions, pathOf } from '../file-diff'
import { filesOf, Index, writeTreeOf } from '../index-file'
import { mergeTrees } from '../merge-trees'
import { type Commit, type Id, ZERO_ID } from '../objects'
import { subjectOf } from '../pretty'
import { Revisions, unknown } from '../revisions'
import { die, Exit, fail, type Run } from '../run'
import { formatLong } from '../status'
import {
  expandFolders,
  fillIndex,
  forceTree,
  moveTree,
  removeFile,
  unstagedPairs,
  untrackedFiles,
  versionOnDisk,
  versionsOfTree,
  writeFile,
} from '../worktree'
import { joinPath } from '../world'
import { addPatch } from './add-patch'
import { resetMerge, sayMerge } from './merge'
import { removeSequence } from './sequence-state'

export async function reset(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(args, 'soft mixed hard merge keep q,quiet p,patch N,intent-to-add refresh', {
    usage: 'git reset [--mixed | --soft | --hard | --merge | --keep] [-q] [<commit>]',
  })
  const { repo } = run
  const revisions = new Revisions(repo, run)
  const mode = (['soft', 'mixed', 'hard', 'merge', 'keep'] as const).find((name) => options.has(name))
  let name: string | undefined
  let paths = options.rest
  if (options.rest.length > 0 && options.divide !== 0) {
    const [first] = options.rest as [string]
    const isRevision = revisions.findTree(first) !== null
    const isPath = run.world.exists(joinPath(run.cwd, first))
    if (isRevision) {
      if (isPath && options.divide < 0)
        die(
          `ambiguous argument '${first}': both revision and filename\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`,
        )
      name = first
      paths = options.rest.slice(1)
    } else if (options.divide === 1) die(`Failed to resolve '${first}' as a valid revision.`)
    else if (!isPath && !/[*?[:]/.test(first)) unknown(first)
  }
  if (options.has('patch')) {
    await addPatch(run, { kind: 'unstage' }, run.pathspec(paths))
    return
  }
  const head = repo.head
  if (paths.length > 0 || (options.divide >= 0 && paths.length > 0)) {
    if (mode && mode !== 'mixed') die(`Cannot do ${mode} reset with paths.`)
    const tree = name !== undefined ? revisions.findTree(name) : (head?.tree ?? null)
    resetPaths(run, tree, paths)
    if (!options.has('quiet')) sayUnstaged(run)
    return
  }
  const target = name === undefined ? head : revisions.findCommit(name)
  if (name !== undefined && !target) die(`Could not parse object '${name}'.`)
  if (mode === 'soft' && (repo.hasState('MERGE_HEAD') || repo.index.hasUnmerged))
    die('Cannot do a soft reset in the middle of a merge.')
  if (!target) {
    if (name === undefined && repo.headId === null) {
      if (mode === 'hard') forceTree(run, null)
      else if (mode !== 'soft') {
        repo.index.clear()
        repo.saveIndex()
      }
      return
    }
  }
  const to = target!
  if (mode === 'hard') {
    run.tree
    forceTree(run, to.tree)
  } else if (mode === 'merge') resetMerge(run, to, name)
  else if (mode === 'keep') keep(run, to, name ?? 'HEAD')
  else if (mode !== 'soft') {
    const index = new Index()
    fillIndex(index, filesOf(repo.objects, to.tree).values())
    repo.saveIndex(index)
  }
  moveHead(run, to.id, `reset: moving to ${name ?? 'HEAD'}`)
  if (mode === 'hard' && !options.has('quiet'))
    run.out(`HEAD is now at ${run.abbreviate(to.id)} ${subjectOf(to.message)}\n`)
  if ((mode === undefined || mode === 'mixed') && !options.has('quiet') && repo.workTree !== null)
    sayUnstaged(run)
  repo.clearUnfinished()
  removeSequence(repo)
}

/** HEAD, or the branch it is on, goes to a commit; where it was is ORIG_HEAD. */
export function moveHead(run: Run, id: Id, message: string): void {
  const { repo } = run
  const old = repo.headId
  if (old) repo.setState('ORIG_HEAD', `${old}\n`)
  const target = repo.refs.headTarget
  const note = run.note(message)
  if (target) repo.refs.set(target, id, note)
  else repo.refs.detach(id, old === id ? null : note)
}

function sayUnstaged(run: Run): void {
  const { repo } = run
  if (repo.workTree === null) return
  const lines = unstagedPairs(repo).map((pair) => `${pair.status}\t${run.shown(pathOf(pair))}\n`)
  const unmerged = [...repo.index.unmerged().keys()].map((path) => `U\t${run.shown(path)}\n`)
  if (lines.length + unmerged.length > 0)
    run.out(
      `Unstaged changes after reset:\n${[...lines, ...unmerged].sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1)).join('')}`,
    )
}

function resetPaths(run: Run, tree: Id | null, given: string[]): void {
  const { repo } = run
  const spec = run.pathspec(given)
  const files = filesOf(repo.objects, tree)
  const paths = new Set([...files.keys(), ...repo.index.all().map(({ path }) => path)])
  for (const path of paths) {
    if (!spec.matches(path)) continue
    const file = files.get(path)
    if (file) repo.index.set({ ...file, stage: 0 })
    else repo.index.remove(path)
  }
  repo.saveIndex()
}

function keep(run: Run, target: Commit, name: string): void {
  const { repo } = run
  const [old, now] = [filesOf(repo.objects, repo.head!.tree), filesOf(repo.objects, target.tree)]
  for (const path of new Set([...old.keys(), ...now.keys()])) {
    const [a, b] = [old.get(path), now.get(path)]
    if (a?.id === b?.id && a?.mode === b?.mode) continue
    const disk = versionOnDisk(repo, path)
    const entry = repo.index.get(path)
    if ((entry?.id ?? '') !== (a?.id ?? '') && (entry?.id ?? '') !== (b?.id ?? ''))
      throw new Exit(
        128,
        `error: Entry '${path}' would be overwritten by merge. Cannot merge.\nfatal: Could not reset index file to revision '${name}'.\n`,
      )
    if ((disk?.id ?? '') !== (a?.id ?? ''))
      throw new Exit(
        128,
        `error: Entry '${path}' not uptodate. Cannot merge.\nfatal: Could not reset index file to revision '${name}'.\n`,
      )
  }
  const index = repo.index
  for (const [path, file] of now) {
    if (old.get(path)?.id === file.id) continue
    writeFile(repo, file)
    index.set({ ...file, stage: 0 })
  }
  for (const path of old.keys())
    if (!now.has(path)) {
      index.remove(path)
      removeFile(repo, path, run.cwd)
    }
  const clean = new Index()
  fillIndex(clean, now.values())
  repo.saveIndex(clean)
}

const STASH = 'refs/stash'

export async function stash(run: Run, args: string[]): Promise<number | undefined> {
  const verbs = ['push', 'save', 'list', 'show', 'pop', 'apply', 'drop', 'clear', 'branch', 'create', 'store']
  const [first, ...others] = args
  const verb = first && verbs.includes(first) ? first : 'push'
  const rest = first && verbs.includes(first) ? others : args
  if (verb === 'push' && first && !first.startsWith('-') && first !== 'push')
    die(`subcommand wasn't specified; 'push' can't be assumed due to unexpected token '${first}'`)
  switch (verb) {
    case 'push':
    case 'save':
      return push(run, rest, verb === 'save')
    case 'list': {
      const { reflog: list } = await import('./log')
      return list(run, { ref: STASH, args: ['--format=%gd: %gs', ...rest] })
    }
    case 'show':
      return show(run, rest)
    case 'apply':
    case 'pop':
      return apply(run, rest, verb === 'pop')
    case 'drop': {
      const options = parseOptions(rest, 'q,quiet')
      drop(run, options.rest[0], options.has('quiet'))
      return
    }
    case 'clear':
      run.repo.refs.delete(STASH)
      return
    case 'branch': {
      const [name, which] = rest
      if (!name) die('No branch name specified')
      const found = findStash(run, which)
      const { checkout } = await import('./branch')
      await checkout(run, ['-b', name!, found.commit.parents[0]!])
      const code = await applyStash(run, found, true, false)
      if (!code) drop(run, which, false)
      return code
    }
    default:
      die(`stash ${verb} is not modelled here`)
  }
}

async function push(run: Run, args: string[], save: boolean): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'p,patch k,keep-index q,quiet u,include-untracked a,all m,message= S,staged pathspec-from-file=',
    {
      usage: 'git stash [push [-p | --patch] [-S | --staged] [-k | --[no-]keep-index] [-q | --quiet]',
    },
  )
  const repo = run.tree
  const { objects } = repo
  const head = repo.head
  if (!head) {
    run.err('You do not have the initial commit yet\n')
    return 1
  }
  const message =
    options.value('message') ?? (save && options.rest.length > 0 ? options.rest.join(' ') : undefined)
  const spec = run.pathspec(save ? [] : options.rest)
  for (const pattern of spec.patterns) {
    const known = [
      ...repo.index.all().map(({ path }) => path),
      ...(options.has('include-untracked') || options.has('all')
        ? untrackedFiles(repo, { all: true }).untracked
        : []),
    ]
    if (!pattern.excludes && !known.some((path) => pattern.matches(path)))
      fail(
        `pathspec ':(,prefix:0)${pattern.given}' did not match any file(s) known to git\nDid you forget to 'git add'?`,
      )
  }
  if (repo.index.hasUnmerged) {
    run.out([...repo.index.unmerged().keys()].map((path) => `${path}: needs merge\n`).join(''))
    return 1
  }
  const indexTree = repo.index.writeTree(objects)
  const untracked =
    options.has('include-untracked') || options.has('all')
      ? looseFiles(run, options.has('all')).filter((path) => spec.matches(path))
      : []
  let work: Map<string, { path: string; mode: string; id: Id }>
  let chosen: Awaited<ReturnType<typeof addPatch>> | null = null
  if (options.has('patch')) {
    chosen = await addPatch(run, { kind: 'stash' }, spec)
    work = new Map(filesOf(objects, head.tree))
    for (const [path, version] of chosen) {
      if (version) work.set(path, { path, mode: version.mode, id: objects.write('blob', version.bytes()) })
      else work.delete(path)
    }
    if (chosen.size === 0) {
      run.err('No changes selected\n')
      return 1
    }
  } else if (options.has('staged')) work = filesOf(objects, indexTree)
  else work = workFiles(run, spec)
  const workTree = writeTreeOf(objects, [...work.values()])
  const stagedMatches = compareVersions(
    versionsOfTree(repo, head.tree),
    versionsOfTree(repo, indexTree),
  ).some((pair) => spec.matches(pathOf(pair)))
  const changed = options.has('staged')
    ? stagedMatches
    : workTree !== (spec.isEmpty ? head.tree : workTree) ||
      stagedMatches ||
      compareVersions(versionsOfTree(repo, indexTree), versionsOfTree(repo, workTree)).some((pair) =>
        spec.matches(pathOf(pair)),
      )
  if (!changed && untracked.length === 0) {
    if (!options.has('quiet')) run.out('No local changes to save\n')
    return
  }
  const where = `${repo.branch ?? '(no branch)'}: ${run.abbreviate(head.id)} ${subjectOf(head.message)}`
  const ident = { author: run.author, committer: run.committer }
  const index = objects.writeCommit({
    tree: indexTree,
    parents: [head.id],
    ...ident,
    message: `index on ${where}\n`,
  })
  const parents = [head.id, index]
  if (options.has('include-untracked') || options.has('all')) {
    const files = untracked.map((path) => {
      const version = versionOnDisk(repo, path)!
      return { path, mode: version.mode, id: objects.write('blob', version.bytes()) }
    })
    parents.push(
      objects.writeCommit({
        tree: writeTreeOf(objects, files),
        parents: [],
        ...ident,
        message: `untracked files on ${where}\n`,
      }),
    )
  }
  const text = message !== undefined ? `On ${repo.branch ?? '(no branch)'}: ${message}` : `WIP on ${where}`
  const id = objects.writeCommit({ tree: workTree, parents, ...ident, message: text })
  const old = repo.refs.get(STASH) ?? ZERO_ID
  repo.refs.set(STASH, id, null)
  repo.refs.logAlways(STASH, old, id, run.note(text))
  if (!options.has('quiet')) run.out(`Saved working directory and index state ${text}\n`)
  if (!chosen && !options.has('staged') && spec.isEmpty) moveHead(run, head.id, 'reset: moving to HEAD')
  if (chosen) {
    for (const path of chosen.keys()) undoChosen(run, path, work.get(path) ?? null, head)
    return
  }
  if (options.has('staged')) {
    const staged = compareVersions(versionsOfTree(repo, head.tree), versionsOfTree(repo, indexTree))
    for (const pair of staged) restoreFrom(run, pathOf(pair), filesOf(objects, head.tree))
    repo.saveIndex()
    return
  }
  for (const path of untracked) removeFile(repo, path, run.cwd)
  if (spec.isEmpty) forceTree(run, head.tree)
  else {
    const files = filesOf(objects, head.tree)
    const paths = new Set([...repo.index.all().map(({ path }) => path), ...files.keys()])
    for (const path of paths) if (spec.matches(path)) restoreFrom(run, path, files)
    repo.saveIndex()
  }
  if (options.has('keep-index')) {
    for (const [path, file] of filesOf(objects, indexTree)) {
      if (!spec.matches(path)) continue
      repo.index.set({ ...file, stage: 0 })
      const disk = versionOnDisk(repo, path)
      if (disk?.id !== file.id) writeFile(repo, file)
    }
    repo.saveIndex()
  }
}

function restoreFrom(run: Run, path: string, files: ReturnType<typeof filesOf>): void {
  const file = files.get(path)
  if (file) {
    writeFile(run.repo, file)
    run.repo.index.set({ ...file, stage: 0 })
  } else {
    run.repo.index.remove(path)
    removeFile(run.repo, path, run.cwd)
  }
}

/** Takes the stashed hunks of one file out of the working tree: a merge of what stays. */
function undoChosen(run: Run, path: string, stashed: { id: Id; mode: string } | null, head: Commit): void {
  const { repo } = run
  const original = filesOf(repo.objects, head.tree).get(path)
  const disk = versionOnDisk(repo, path)
  const entry = (file: { id: Id; mode: string } | null | undefined) =>
    file ? [{ path, mode: file.mode, id: file.id }] : []
  if (disk) repo.objects.write('blob', disk.bytes())
  const tree = (file: { id: Id; mode: string } | null | undefined) => writeTreeOf(repo.objects, entry(file))
  const merged = mergeTrees(repo, tree(stashed), tree(disk), tree(original), {
    labels: { ours: '', base: '', theirs: '' },
    favour: 'theirs',
  })
  const file = merged.files.get(path)
  if (file) writeFile(repo, file)
  else removeFile(repo, path, run.cwd)
}

function looseFiles({ repo }: Run, ignoredToo: boolean): string[] {
  const found = untrackedFiles(repo, { all: true })
  return ignoredToo ? expandFolders(repo, [...found.untracked, ...found.ignored]) : found.untracked
}

function workFiles(
  run: Run,
  spec: ReturnType<Run['pathspec']>,
): Map<string, { path: string; mode: string; id: Id }> {
  const { repo } = run
  const files = new Map<string, { path: string; mode: string; id: Id }>()
  const head = filesOf(repo.objects, repo.head?.tree ?? null)
  for (const entry of repo.index.all()) {
    const version = versionOnDisk(repo, entry.path)
    if (!spec.matches(entry.path)) {
      const _old = spec.isEmpty ? undefined : head.get(entry.path)
      files.set(entry.path, { path: entry.path, mode: entry.mode, id: entry.id })
    } else if (version)
      files.set(entry.path, {
        path: entry.path,
        mode: version.mode,
        id: repo.objects.write('blob', version.bytes()),
      })
  }
  return files
}

type Found = { commit: Commit; index: Commit; untracked: Commit | null; name: string }

function findStash(run: Run, given: string | undefined): Found {
  const { repo } = run
  const name =
    given === undefined
      ? `${STASH}@{0}`
      : /^\d+$/.test(given)
        ? `${STASH}@{${given}}`
        : given.replace(/^stash@/, `${STASH}@`)
  if (!repo.refs.get(STASH) && (given === undefined || /^(\d+|stash.*)$/.test(given)))
    throw new Exit(1, 'No stash entries found.\n')
  const number = /@\{(\d+)\}$/.exec(name)?.[1]
  const entries = repo.refs.logOf(STASH)
  if (number !== undefined && Number(number) >= entries.length)
    fail(`stash@{${number}} is not a valid reference`.replace(/^/, ''))
  const commit = new Revisions(repo, run).findCommit(name)
  if (!commit) fail(`${given} is not a valid reference`)
  if (commit!.parents.length < 2) die(`'${given}' is not a stash-like commit`)
  const { objects } = repo
  const third = commit!.parents[2]
  return {
    commit: commit!,
    index: objects.commit(commit!.parents[1]!),
    untracked: third ? objects.commit(third) : null,
    name,
  }
}

async function apply(run: Run, args: string[], pops: boolean): Promise<number | undefined> {
  const options = parseOptions(args, 'index q,quiet')
  const found = findStash(run, options.rest[0])
  const code = await applyStash(run, found, options.has('index'), options.has('quiet'))
  if (pops && code) run.out('The stash entry is kept in case you need it again.\n')
  else if (pops) drop(run, options.rest[0], options.has('quiet'))
  return code
}

async function applyStash(
  run: Run,
  { commit, index: staged, untracked }: Found,
  withIndex: boolean,
  quiet: boolean,
): Promise<number> {
  const repo = run.tree
  const { objects } = repo
  if (repo.index.hasUnmerged) {
    run.out([...repo.index.unmerged().keys()].map((path) => `${path}: needs merge\n`).join(''))
    return 1
  }
  const base = objects.commit(commit.parents[0]!)
  const before = repo.index.writeTree(objects)
  let indexTree: Id | null = null
  if (withIndex && staged.tree !== base.tree && staged.tree !== before) {
    const merged = mergeTrees(repo, base.tree, before, staged.tree, {
      labels: { ours: '', base: '', theirs: '' },
    })
    if (merged.conflicts.size > 0) {
      run.err('error: conflicts in index. Try without --index.\n')
      return 1
    }
    indexTree = writeTreeOf(objects, [...merged.files.values()])
  } else if (withIndex) indexTree = staged.tree === base.tree ? null : staged.tree
  const merged = mergeTrees(repo, base.tree, before, commit.tree, {
    labels: { ours: 'Updated upstream', base: 'Stash base', theirs: 'Stashed changes' },
    ...(repo.config.get('merge.conflictStyle') && { conflictStyle: repo.config.get('merge.conflictStyle')! }),
  })
  const result = writeTreeOf(objects, [...merged.files.values()])
  try {
    moveTree(run, before, result, 'merge')
  } catch (problem) {
    if (!(problem instanceof Exit)) throw problem
    run.err(problem.message)
    if (withIndex) run.err('Index was not unstashed.\n')
    if (!quiet) run.out(formatLong(run).text)
    return 1
  }
  if (!quiet && commit.tree === base.tree) run.out('Already up to date.\n')
  if (!quiet) sayMerge(run, merged)
  if (merged.conflicts.size > 0) {
    const { index } = repo
    for (const [path, stages] of merged.conflicts) index.fillConflict(path, stages)
    repo.saveIndex()
    if (withIndex) run.err('Index was not unstashed.\n')
  } else if (indexTree) {
    const index = new Index()
    fillIndex(index, filesOf(objects, indexTree).values())
    repo.saveIndex(index)
  } else {
    // What is new stays staged; the rest is as it was before.
    const index = new Index()
    const old = filesOf(objects, before)
    fillIndex(index, old.values())
    for (const [path, file] of merged.files) if (!old.has(path)) index.fill({ ...file, stage: 0 })
    repo.saveIndex(index)
  }
  let failed = merged.conflicts.size > 0
  if (untracked) {
    const files = [...filesOf(objects, untracked.tree).values()]
    const standing = files.filter(({ path }) => repo.world.exists(repo.place(path)))
    for (const file of files) if (!standing.includes(file)) writeFile(repo, file)
    if (standing.length > 0) {
      failed = true
      run.err(standing.map(({ path }) => `${path} already exists, no checkout\n`).join(''))
      run.err('error: could not restore untracked files from stash\n')
    }
  }
  if (!quiet) run.out(formatLong(run).text)
  return failed ? 1 : 0
}

function drop(run: Run, given: string | undefined, quiet: boolean): void {
  const { repo } = run
  const found = findStash(run, given)
  const number = Number(/@\{(\d+)\}$/.exec(found.name)?.[1] ?? -1)
  if (number < 0) fail(`'${given}' is not a stash reference`)
  const entries = repo.refs.logOf(STASH)
  const at = entries.length - 1 - number
  entries.splice(at, 1)
  const next = entries[at]
  if (next) next.before = entries[at - 1]?.after ?? ZERO_ID
  const last = entries.at(-1)
  if (!last) repo.refs.delete(STASH)
  else {
    repo.refs.writeLog(STASH, entries)
    repo.refs.set(STASH, last.after, null)
  }
  const shown = given === undefined || /^\d+$/.test(given) ? `${STASH}@{${number}}` : given
  if (!quiet) run.out(`Dropped ${shown} (${found.commit.id})\n`)
}

async function show(run: Run, args: string[]): Promise<number | undefined> {
  const own = args.filter((arg) => !arg.startsWith('-'))
  const flags = args.filter((arg) => arg.startsWith('-'))
  const found = findStash(run, own[0])
  const { diff } = await import('./diff')
  return diff(
    run,
    [
      ...(flags.filter((flag) => !/^(-u|--include-untracked)$/.test(flag)).length > 0 ? flags : ['--stat']),
      found.commit.parents[0]!,
      found.commit.id,
    ].filter((flag) => !/^(-u|--include-untracked)$/.test(flag)),
  )
}
