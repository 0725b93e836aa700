/** `git commit`: from the index, with the message's rules, the state files a merge or cherry-pick leaves, and the summary. */
import { parseOptions } from '../args'
import { compareVersions, detectRenames } from '../file-diff'
import type { Commit, Id, Ident } from '../objects'
import { formatSummary, shortStat, statOf } from '../patch'
import { formatDate, subjectOf } from '../pretty'
import { Revisions } from '../revisions'
import { die, Exit, fail, parseDate, type Run } from '../run'
import { formatLong, rebasing } from '../status'
import { stageFile, versionOnDisk, versionsOfTree } from '../worktree'

/** Drops trailing spaces and surplus blank lines, and lines of comment where an editor put them. */
export function cleanMessage(text: string, comments: boolean): string {
  const lines = text
    .split('\n')
    .filter((line) => !(comments && line.startsWith('#')))
    .map((line) => line.trimEnd())
  const kept: string[] = []
  for (const line of lines) if (line !== '' || (kept.length > 0 && kept.at(-1) !== '')) kept.push(line)
  while (kept.at(-1) === '') kept.pop()
  return kept.length > 0 ? `${kept.join('\n')}\n` : ''
}

/** `[main 1a2b3c4] Subject` and what changed, as commit, cherry-pick and revert print it. */
export function commitSummary(run: Run, commit: Commit, showDate: boolean, initial = false): string {
  const { repo } = run
  const name = repo.branch ?? 'detached HEAD'
  const root = initial ? ' (root-commit)' : ''
  let text = `[${name}${root} ${run.abbreviate(commit.id)}] ${subjectOf(commit.message)}\n`
  const { author, committer } = commit
  if (author.name !== committer.name || author.email !== committer.email)
    text += ` Author: ${author.name} <${author.email}>\n`
  if (showDate)
    text += ` Date: ${formatDate(author.time, author.zone, { mode: 'default', local: false, now: 0, zone: '+0000' })}\n`
  if (commit.parents.length > 1) return text
  const parent = commit.parents[0]
  const pairs = detectRenames(
    compareVersions(
      versionsOfTree(repo, parent ? repo.objects.commit(parent).tree : null),
      versionsOfTree(repo, commit.tree),
    ),
  )
  return text + shortStat(pairs.map((pair) => statOf(pair))) + formatSummary(pairs)
}

export async function runHook(run: Run, name: string, args: string[] = []): Promise<boolean> {
  const { repo, host } = run
  const path = `${repo.gitDir}/hooks/${name}`
  const node = run.world.stat(path)
  if (node?.type !== 'file' || !node.executable || !host.shell) return true
  const done = await host.shell(
    [path, ...args].map((word) => `'${word}'`).join(' '),
    repo.workTree ?? repo.gitDir,
  )
  run.err(done.stdout + done.stderr)
  return done.exitCode === 0
}

const USAGE = 'git commit [<options>] [--] <pathspec>...'

export async function commit(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'a,all m,message= F,file= C,reuse-message= c,reedit-message= amend fixup= squash= allow-empty allow-empty-message e,edit n,no-verify q,quiet v,verbose author= date= s,signoff reset-author p,patch o,only i,include dry-run cleanup= S,gpg-sign? status t,template= short porcelain long u,untracked-files?',
    { usage: USAGE },
  )
  const repo = run.tree
  if (options.has('patch')) {
    const { addPatch } = await import('./add-patch')
    await addPatch(run, { kind: 'stage' }, run.pathspec(options.rest))
  }
  const { objects, refs } = repo
  const amend = options.has('amend')
  const head = repo.head
  if (amend && !head) die('You have nothing to amend.')
  const merging = repo.hasState('MERGE_HEAD')
  // A commit made by hand while a rebase has stopped is one's own, not the picked commit's author's.
  const picking = repo.hasState('CHERRY_PICK_HEAD') && !rebasing(repo)
  if (amend && merging) die('You are in the middle of a merge -- cannot amend.')
  if (amend && picking) die('You are in the middle of a cherry-pick -- cannot amend.')
  if (options.has('all') && options.rest.length > 0)
    die(`paths '${options.rest[0]} ...' with -a does not make sense`)
  const before = repo.index.copy()
  const partial = options.rest.length > 0
  if (options.has('all')) stageTracked(run)
  if (partial) stagePaths(run, options.rest, merging)
  if (repo.index.hasUnmerged && !partial) {
    run.out([...repo.index.unmerged().keys()].map((path) => `U\t${path}\n`).join(''))
    throw new Exit(
      128,
      "error: Committing is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.\n",
    )
  }
  const treeIndex = partial && !options.has('include') ? onlyPaths(run, before, options.rest) : repo.index
  const tree = treeIndex.writeTree(objects)
  const parents = amend ? head!.parents : [...(head ? [head.id] : []), ...mergeHeads(run)]
  const compared = amend
    ? head!.parents[0]
      ? objects.commit(head!.parents[0]).tree
      : null
    : (head?.tree ?? null)
  const unchanged = compared === null ? treeIndex.all().length === 0 : tree === compared
  const empty = unchanged && !merging && !(amend && head!.parents.length > 1)
  if (options.has('dry-run') || (empty && !options.has('allow-empty'))) {
    const after = repo.index
    if (partial) repo.saveIndex(treeIndex)
    const status = formatLong(run, { forCommit: true, amend })
    if (partial) repo.saveIndex(after)
    run.out(status.text)
    if (options.has('dry-run')) return status.committable ? 0 : 1
    restoreIndex(run, before)
    if (amend)
      run.err(
        'You asked to amend the most recent commit, but doing so would make\nit empty. You can repeat your command with --allow-empty, or you can\nremove the commit entirely with "git reset HEAD^".\n',
      )
    else if (repo.hasState('CHERRY_PICK_HEAD'))
      run.err(
        `The previous cherry-pick is now empty, possibly due to conflict resolution.\nIf you wish to commit it anyway, use:\n\n    git commit --allow-empty\n\n${rebasing(repo) ? "Otherwise, please use 'git rebase --skip'\n" : "Otherwise, please use 'git cherry-pick --skip'\n"}`,
      )
    return 1
  }
  if (!options.has('no-verify') && !(await runHook(run, 'pre-commit'))) {
    restoreIndex(run, before)
    return 1
  }
  const reused = options.value('reuse-message') ?? options.value('reedit-message')
  const source = reused ? new Revisions(repo, run).commit(reused) : null
  const author = authorOf(run, options.value('author'), options.value('date'), {
    kept: options.has('reset-author')
      ? null
      : ((source ?? (amend ? head : pickedCommit(run)))?.author ?? null),
  })
  const committer = run.committer
  const message = await messageOf(run, options, { amend, head, source })
  if (message === null) {
    restoreIndex(run, before)
    return 1
  }
  const id = objects.writeCommit({ tree, parents, author, committer, message })
  const kind = amend
    ? ' (amend)'
    : head === null
      ? ' (initial)'
      : merging
        ? ' (merge)'
        : picking && !rebasing(repo)
          ? ' (cherry-pick)'
          : ''
  const action = run.vars.GIT_REFLOG_ACTION ?? `commit${kind}`
  const subject = subjectOf(message)
  const target = refs.headTarget
  const note = run.note(`${action}: ${subject}`)
  if (target) refs.set(target, id, note)
  else refs.detach(id, note)
  repo.saveIndex()
  repo.clearUnfinished()
  if (!repo.hasState('sequencer/todo')) repo.clearState('sequencer')
  else dropSequenced(run)
  await runHook(run, 'post-commit')
  const made = objects.commit(id)
  const showDate =
    (amend && !options.has('reset-author')) ||
    source !== null ||
    options.has('date') ||
    (picking && !options.has('reset-author'))
  if (!options.has('quiet')) run.out(commitSummary(run, made, showDate, head === null))
}

/** A sequence of one that `git commit` has finished leaves nothing behind. */
function dropSequenced(run: Run): void {
  const left = (run.repo.state('sequencer/todo') ?? '').split('\n').filter(Boolean)
  if (left.length <= 1) run.repo.clearState('sequencer')
}

function restoreIndex(run: Run, before: ReturnType<Run['repo']['index']['copy']>): void {
  run.repo.saveIndex(before)
}

function mergeHeads(run: Run): Id[] {
  return (run.repo.state('MERGE_HEAD') ?? '').split('\n').filter(Boolean)
}

function pickedCommit(run: Run): Commit | null {
  const id = rebasing(run.repo) ? undefined : run.repo.state('CHERRY_PICK_HEAD')?.trim()
  return id ? run.repo.objects.commit(id) : null
}

function stageTracked(run: Run): void {
  const { repo } = run
  const paths = new Set(repo.index.all().map(({ path }) => path))
  for (const path of paths) {
    const version = versionOnDisk(repo, path)
    if (version) stageFile(repo, path, version)
    else repo.index.remove(path)
  }
}

function stagePaths(run: Run, given: string[], merging: boolean): void {
  const { repo } = run
  const under = merging
    ? 'merge'
    : rebasing(repo)
      ? 'rebase'
      : repo.hasState('CHERRY_PICK_HEAD')
        ? 'cherry-pick'
        : null
  if (under) die(`cannot do a partial commit during a ${under}.`)
  const spec = run.pathspec(given)
  const known = new Set([
    ...repo.index.all().map(({ path }) => path),
    ...versionsOfTree(repo, repo.head?.tree ?? null).keys(),
  ])
  for (const pattern of spec.patterns)
    if (![...known].some((path) => pattern.matches(path)))
      fail(`pathspec '${pattern.given}' did not match any file(s) known to git`)
  for (const path of known) {
    if (!spec.matches(path)) continue
    const version = versionOnDisk(repo, path)
    if (version) stageFile(repo, path, version)
    else repo.index.remove(path)
  }
}

/** HEAD's files with only the named ones as they are now: what `git commit <path>` commits. */
function onlyPaths(run: Run, before: ReturnType<Run['repo']['index']['copy']>, given: string[]) {
  const { repo } = run
  const spec = run.pathspec(given)
  const only = before.copy()
  only.clear()
  for (const [path, version] of versionsOfTree(repo, repo.head?.tree ?? null))
    if (!spec.matches(path)) only.fill({ path, mode: version.mode, id: version.id, stage: 0 })
  for (const entry of repo.index.all()) if (spec.matches(entry.path)) only.set(entry)
  return only
}

function authorOf(
  run: Run,
  given: string | undefined,
  date: string | undefined,
  { kept }: { kept: Ident | null },
): Ident {
  let author = kept ?? run.author
  if (given !== undefined) {
    const match = /^(.*?)\s*<([^>]*)>$/.exec(given)
    if (!match) die(`--author '${given}' is not 'Name <email>' and matches no existing author`)
    author = { ...author, name: match[1]!, email: match[2]! }
  }
  return date === undefined ? author : { ...author, ...parseDate(date, run) }
}

type Given = ReturnType<typeof parseOptions>

async function messageOf(
  run: Run,
  options: Given,
  { amend, head, source }: { amend: boolean; head: Commit | null; source: Commit | null },
): Promise<string | null> {
  const { repo } = run
  const messages = options.values('message')
  let text = ''
  let edit = options.has('edit')
  const fixup = options.value('fixup')
  const squash = options.value('squash')
  if (fixup !== undefined) {
    const revision = fixup.replace(/^(amend|reword):/, '')
    const target = new Revisions(repo, run).commit(revision)
    text = `fixup! ${subjectOf(target.message)}\n${messages.length > 0 ? `\n${messages.join('\n\n')}\n` : ''}`
  } else if (options.has('file')) {
    const file = options.value('file')!
    text =
      file === '-'
        ? `${run.readInput()}\n`
        : (run.world.readText(run.repo.place(run.pathInTree(file))) ??
          die(`could not read log file '${file}': No such file or directory`))
  } else if (messages.length > 0) text = `${messages.join('\n\n')}\n`
  else if (source) {
    text = source.message
    edit ||= options.has('reedit-message')
  } else if (repo.hasState('MERGE_MSG')) {
    text = repo.state('MERGE_MSG')!
    const squashed = repo.state('SQUASH_MSG')
    if (squashed) text = `${squashed}\n${text}`
    edit = !options.negated('edit')
  } else if (repo.hasState('SQUASH_MSG')) {
    text = repo.state('SQUASH_MSG')!
    edit = !options.negated('edit')
  } else if (amend) {
    text = head!.message
    edit = !options.negated('edit')
  } else edit = true
  if (squash !== undefined) {
    const target = new Revisions(repo, run).commit(squash)
    text = `squash! ${subjectOf(target.message)}\n\n${text}`
    edit = edit && messages.length === 0
  }
  if (options.has('signoff')) {
    const { name, email } = run.committer
    const line = `Signed-off-by: ${name} <${email}>`
    if (!text.includes(line))
      text = `${text.replace(/\n*$/, '')}\n${/\n[A-Za-z-]+: .*\n*$/.test(text) ? '' : '\n'}${line}\n`
  }
  if (options.negated('edit')) edit = false
  let comments = false
  if (edit) {
    repo.setState('COMMIT_EDITMSG', template(run, text, amend))
    text = await run.edit(`${repo.gitDir}/COMMIT_EDITMSG`, 'message')
    comments = true
  }
  const cleanup = options.value('cleanup')
  if (cleanup === 'verbatim') comments = false
  const cleaned =
    cleanup === 'verbatim'
      ? text
      : cleanMessage(text, cleanup === 'strip' || (comments && cleanup !== 'whitespace'))
  repo.setState('COMMIT_EDITMSG', cleaned)
  if (!options.has('no-verify') && !(await runHook(run, 'commit-msg', [`${repo.gitDir}/COMMIT_EDITMSG`])))
    return null
  const final = repo.state('COMMIT_EDITMSG') ?? ''
  const settled = cleanup === 'verbatim' ? final : cleanMessage(final, false)
  if (settled.trim() === '' && !options.has('allow-empty-message')) {
    run.err('Aborting commit due to empty commit message.\n')
    return null
  }
  return settled
}

/** What the editor shows: the message so far and, as comments, what would be committed. */
export function template(run: Run, text: string, amend: boolean): string {
  const merging = run.repo.hasState('MERGE_HEAD')
  const lines = [
    ...(merging
      ? [
          'It looks like you may be committing a merge.',
          'If this is not correct, please run',
          '\tgit update-ref -d MERGE_HEAD',
          'and try again.',
          '',
        ]
      : []),
    'Please enter the commit message for your changes. Lines starting',
    "with '#' will be ignored, and an empty message aborts the commit.",
    '',
    ...formatLong(run, { forCommit: true, noHints: true, amend }).text.trimEnd().split('\n'),
    '',
  ]
  const comments = lines.map((line) => (line === '' ? '#' : line.startsWith('\t') ? `#${line}` : `# ${line}`))
  return `${text}\n${comments.join('\n')}\n`
}
