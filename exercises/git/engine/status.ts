/** `git status`: the long form with its advice, the short one, and `--porcelain`. */
import { detectRenames, type FilePair, pathOf } from './file-diff'
import { aheadBehind } from './history'
import { quotePath } from './patch'
import { Ignored, type Pathspec } from './paths'
import type { Repository } from './repository'
import { fullRefName } from './revisions'
import type { Run } from './run'
import { stagedPairs, unstagedPairs, untrackedFiles } from './worktree'
import { compareNames } from './world'

export type StatusData = {
  staged: FilePair[]
  unstaged: FilePair[]
  unmerged: Map<string, string>
  untracked: string[]
  ignored: string[]
}

const CODES: Record<string, string> = {
  '111': 'UU',
  '011': 'AA',
  '101': 'DU',
  '110': 'UD',
  '010': 'AU',
  '001': 'UA',
  '100': 'DD',
}

export function readStatus(
  repo: Repository,
  options: { untracked?: 'no' | 'normal' | 'all'; pathspec?: Pathspec } = {},
): StatusData {
  const keeps = (pair: FilePair) => !options.pathspec || options.pathspec.matches(pathOf(pair))
  const unmerged = new Map<string, string>()
  for (const [path, stages] of repo.index.unmerged()) {
    const key = [stages.base, stages.ours, stages.theirs].map((one) => (one ? '1' : '0')).join('')
    if (!options.pathspec || options.pathspec.matches(path)) unmerged.set(path, CODES[key] ?? 'UU')
  }
  const loose =
    options.untracked === 'no'
      ? { untracked: [], ignored: [] }
      : untrackedFiles(repo, {
          all: options.untracked === 'all',
          ignored: new Ignored(repo),
          ...(options.pathspec && { pathspec: options.pathspec }),
        })
  return {
    staged: detectRenames(stagedPairs(repo)).filter(keeps),
    unstaged: unstagedPairs(repo).filter(keeps),
    unmerged,
    ...loose,
  }
}

/** `XY path` lines. Porcelain paths are from the top, others from the current folder. */
export function formatShort(
  run: Run,
  status: StatusData,
  porcelain: boolean,
  showIgnored = false,
  nul = false,
): string {
  const show = (path: string) => {
    const own = porcelain ? path : run.shown(path)
    if (nul) return own
    const quoted = quotePath(own)
    return quoted === own && own.includes(' ') ? `"${own}"` : quoted
  }
  const rows = new Map<string, { code: [string, string]; text: string; raw: string }>()
  for (const pair of status.staged) {
    const path = pathOf(pair)
    const renamed = pair.status === 'R' || pair.status === 'C'
    const text = renamed ? `${show(pair.before!.path)} -> ${show(path)}` : show(path)
    rows.set(path, { code: [pair.status, ' '], text, raw: renamed ? `${path}\0${pair.before!.path}` : path })
  }
  for (const pair of status.unstaged) {
    const path = pathOf(pair)
    const row = rows.get(path) ?? { code: [' ', ' '] as [string, string], text: show(path), raw: path }
    row.code[1] = pair.status
    rows.set(path, row)
  }
  for (const [path, code] of status.unmerged)
    rows.set(path, { code: [code[0]!, code[1]!], text: show(path), raw: path })
  const end = nul ? '\0' : '\n'
  const lines = [...rows]
    .sort(([a], [b]) => compareNames(a, b))
    .map(([, { code, text, raw }]) => `${code.join('')} ${nul ? raw : text}${end}`)
  const loose = status.untracked.map((path) => `?? ${show(path)}${end}`)
  const ignored = showIgnored ? status.ignored.map((path) => `!! ${show(path)}${end}`) : []
  return [...lines, ...loose, ...ignored].join('')
}

/** `## main...origin/main [ahead 1]`. */
export function branchLine(repo: Repository): string {
  const { branch } = repo
  if (branch === null) return '## HEAD (no branch)\n'
  const upstream = repo.upstreamOf(branch)
  const unborn = repo.headId === null
  const name = unborn ? `No commits yet on ${branch}` : branch
  if (!upstream?.tracking) return `## ${name}\n`
  const short = upstream.tracking.replace(/^refs\/(remotes|heads)\//, '')
  const theirs = repo.refs.get(upstream.tracking)
  if (!theirs) return `## ${name}...${short} [gone]\n`
  if (unborn) return `## ${name}...${short}\n`
  const { ahead, behind } = aheadBehind(repo.objects, repo.headId!, theirs)
  const parts = [...(ahead ? [`ahead ${ahead}`] : []), ...(behind ? [`behind ${behind}`] : [])]
  return `## ${name}...${short}${parts.length > 0 ? ` [${parts.join(', ')}]` : ''}\n`
}

/** How a branch stands to where it is pulled from, with advice; empty where it is pulled from nowhere. */
export function trackingText(repo: Repository, branch: string): string {
  const upstream = repo.upstreamOf(branch)
  if (!upstream?.tracking) return ''
  const name = upstream.tracking.replace(/^refs\/(remotes|heads)\//, '')
  const [ours, theirs] = [repo.refs.get(`refs/heads/${branch}`), repo.refs.get(upstream.tracking)]
  if (!ours) return ''
  if (!theirs)
    return `Your branch is based on '${name}', but the upstream is gone.\n  (use "git branch --unset-upstream" to fixup)\n`
  const { ahead, behind } = aheadBehind(repo.objects, ours, theirs)
  const commits = (n: number) => `${n} commit${n === 1 ? '' : 's'}`
  if (!ahead && !behind) return `Your branch is up to date with '${name}'.\n`
  if (!behind)
    return `Your branch is ahead of '${name}' by ${commits(ahead)}.\n  (use "git push" to publish your local commits)\n`
  if (!ahead)
    return `Your branch is behind '${name}' by ${commits(behind)}, and can be fast-forwarded.\n  (use "git pull" to update your local branch)\n`
  return `Your branch and '${name}' have diverged,\nand have ${ahead} and ${behind} different commits each, respectively.\n  (use "git pull" to merge the remote branch into yours)\n`
}

/** Where a detached HEAD came from, as status and branch say it. */
export function detachedText(repo: Repository): string {
  for (const entry of repo.refs.logOf('HEAD').reverse()) {
    const to = /^checkout: moving from \S+ to (\S+)$/.exec(entry.message)?.[1]
    if (!to) continue
    const name = isRef(repo, to, entry.after) ? to : repo.objects.abbreviate(entry.after)
    return `HEAD detached ${entry.after === repo.headId ? 'at' : 'from'} ${name}`
  }
  return 'Not currently on any branch.'
}

/** Whether a name was that of a branch or tag, and not one for a commit. */
function isRef(repo: Repository, name: string, id: string): boolean {
  const full = name === 'HEAD' ? null : fullRefName(repo, name)
  const target = full && repo.refs.get(full)
  return target !== null && repo.objects.has(target) && repo.objects.peel(target) === id
}

const LABELS: Record<string, string> = {
  A: 'new file:',
  M: 'modified:',
  D: 'deleted:',
  R: 'renamed:',
  C: 'copied:',
  T: 'typechange:',
}
const DISAGREE: Record<string, string> = {
  UU: 'both modified:',
  AA: 'both added:',
  DD: 'both deleted:',
  DU: 'deleted by us:',
  UD: 'deleted by them:',
  AU: 'added by us:',
  UA: 'added by them:',
}

export type LongOptions = {
  untracked?: 'no' | 'normal' | 'all'
  showIgnored?: boolean
  pathspec?: Pathspec
  /** For the template of a commit message: no advice on how to unstage. */
  forCommit?: boolean
  noHints?: boolean
  amend?: boolean
}

export type LongStatus = { text: string; data: StatusData; committable: boolean }

export function formatLong(run: Run, options: LongOptions = {}): LongStatus {
  const { repo } = run
  const data = readStatus(repo, options)
  const initial = repo.headId === null
  const merging = repo.hasState('MERGE_HEAD')
  const picking = repo.hasState('CHERRY_PICK_HEAD') && !rebasing(repo)
  const hints = !options.noHints && repo.config.boolean('advice.statusHints') !== false
  let text = headText(run)
  if (repo.branch !== null && !initial && !rebasing(repo)) {
    const tracking = trackingText(repo, repo.branch)
    if (tracking) text += `${tracking}\n`
  }
  text += stateText(run, data, hints)
  if (initial) text += `\n${options.forCommit ? 'Initial commit' : 'No commits yet'}\n\n`
  const hint = (line: string) => (hints ? `  (${line})\n` : '')
  const show = (path: string) => quotePath(run.shown(path))
  const committable = data.staged.length > 0
  if (committable) {
    text += 'Changes to be committed:\n'
    if (initial) text += hint('use "git rm --cached <file>..." to unstage')
    else if (!merging && !picking) text += hint('use "git restore --staged <file>..." to unstage')
    for (const pair of data.staged) text += `\t${LABELS[pair.status]!.padEnd(12)}${changeName(pair, show)}\n`
    text += '\n'
  }
  if (data.unmerged.size > 0) {
    text += 'Unmerged paths:\n'
    if (!merging && !picking) text += hint('use "git restore --staged <file>..." to unstage')
    const codes = [...data.unmerged.values()]
    const bothDeleted = codes.includes('DD')
    const oneDeleted = codes.some((code) => ['DU', 'UD', 'AU', 'UA'].includes(code))
    const others = codes.some((code) => code !== 'DD')
    if (!bothDeleted && !oneDeleted) text += hint('use "git add <file>..." to mark resolution')
    else if (bothDeleted && !oneDeleted && !others) text += hint('use "git rm <file>..." to mark resolution')
    else text += hint('use "git add/rm <file>..." as appropriate to mark resolution')
    for (const [path, code] of data.unmerged) text += `\t${DISAGREE[code]!.padEnd(17)}${show(path)}\n`
    text += '\n'
  }
  if (data.unstaged.length > 0) {
    text += 'Changes not staged for commit:\n'
    const deleted = data.unstaged.some((pair) => pair.status === 'D')
    text += hint(`use "git add${deleted ? '/rm' : ''} <file>..." to update what will be committed`)
    text += hint('use "git restore <file>..." to discard changes in working directory')
    for (const pair of data.unstaged)
      text += `\t${LABELS[pair.status]!.padEnd(12)}${changeName(pair, show)}\n`
    text += '\n'
  }
  const listed = (title: string, advice: string, paths: string[]) =>
    paths.length === 0
      ? ''
      : `${title}:\n${hint(advice)}${paths.map((path) => `\t${show(path)}\n`).join('')}\n`
  if (options.untracked !== 'no') {
    text += listed(
      'Untracked files',
      'use "git add <file>..." to include in what will be committed',
      data.untracked,
    )
    if (options.showIgnored)
      text += listed(
        'Ignored files',
        'use "git add -f <file>..." to include in what will be committed',
        data.ignored,
      )
  } else if (committable)
    text += `Untracked files not listed${hints ? ' (use -u option to show untracked files)' : ''}\n`
  if (!committable) text += emptyText(data, { initial, hints, ...options })
  return { text, data, committable }
}

function changeName(pair: FilePair, show: (path: string) => string): string {
  return pair.status === 'R' || pair.status === 'C'
    ? `${show(pair.before!.path)} -> ${show(pair.after!.path)}`
    : show(pathOf(pair))
}

function emptyText(
  data: StatusData,
  { initial, hints, amend, untracked }: LongOptions & { initial: boolean; hints: boolean },
): string {
  if (amend) return 'No changes\n'
  if (data.unstaged.length > 0 || data.unmerged.size > 0)
    return hints
      ? 'no changes added to commit (use "git add" and/or "git commit -a")\n'
      : 'no changes added to commit\n'
  if (data.untracked.length > 0)
    return hints
      ? 'nothing added to commit but untracked files present (use "git add" to track)\n'
      : 'nothing added to commit but untracked files present\n'
  if (initial)
    return hints
      ? 'nothing to commit (create/copy files and use "git add" to track)\n'
      : 'nothing to commit\n'
  if (untracked === 'no')
    return hints ? 'nothing to commit (use -u to show untracked files)\n' : 'nothing to commit\n'
  return 'nothing to commit, working tree clean\n'
}

export const rebasing = (repo: Repository): boolean =>
  repo.hasState('rebase-merge') || repo.hasState('rebase-apply')

function headText(run: Run): string {
  const { repo } = run
  if (repo.branch !== null) return `On branch ${repo.branch}\n`
  if (rebasing(repo)) {
    const onto = (repo.state('rebase-merge/onto') ?? '').trim()
    const kind = repo.hasState('rebase-merge/interactive')
      ? 'interactive rebase in progress'
      : 'rebase in progress'
    return `${kind}; onto ${run.abbreviate(onto)}\n`
  }
  return `${detachedText(repo)}\n`
}

function stateText(run: Run, data: StatusData, hints: boolean): string {
  const { repo } = run
  const unmerged = data.unmerged.size > 0
  const hint = (line: string) => (hints ? `  (${line})\n` : '')
  let text = ''
  if (repo.hasState('MERGE_HEAD') && !rebasing(repo)) {
    text += unmerged
      ? `You have unmerged paths.\n${hint('fix conflicts and run "git commit"')}${hint('use "git merge --abort" to abort the merge')}\n`
      : `All conflicts fixed but you are still merging.\n${hint('use "git commit" to conclude merge')}\n`
  } else if (rebasing(repo)) text += rebaseText(run, data, hints)
  else
    for (const [file, verb, word] of [
      ['CHERRY_PICK_HEAD', 'cherry-pick', 'cherry-picking'],
      ['REVERT_HEAD', 'revert', 'reverting'],
    ] as const) {
      const sequenced = repo.state('sequencer/todo')?.startsWith(verb === 'revert' ? 'revert ' : 'pick ')
      const id = sequenced ? null : repo.state(file)?.trim()
      if (!id && !sequenced) continue
      const what = verb === 'revert' ? 'revert' : 'cherry-pick'
      text += id
        ? `You are currently ${word} commit ${run.abbreviate(id)}.\n`
        : `${verb === 'revert' ? 'Revert' : 'Cherry-pick'} currently in progress.\n`
      text += unmerged
        ? hint(`fix conflicts and run "git ${verb} --continue"`)
        : !id
          ? hint(`run "git ${verb} --continue" to continue`)
          : hint(`all conflicts fixed: run "git ${verb} --continue"`)
      text += hint(`use "git ${verb} --skip" to skip this patch`)
      text += hint(`use "git ${verb} --abort" to cancel the ${what} operation`)
      text += '\n'
    }
  const start = repo.state('BISECT_START')?.trim()
  if (start) {
    text += /^[0-9a-f]{40}$/.test(start)
      ? `You are currently bisecting, started from ${run.abbreviate(start)}.\n`
      : `You are currently bisecting, started from branch '${start}'.\n`
    text += `${hint('use "git bisect reset" to get back to the original branch')}\n`
  }
  return text
}

function todoLines(repo: Repository, name: string): string[] {
  return (repo.state(`rebase-merge/${name}`) ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) =>
      line.replace(
        /^(\S+ (?:-[cC] )?)([0-9a-f]{40})/,
        (_, verb: string, id: string) => verb + repo.objects.abbreviate(id),
      ),
    )
}

function rebaseText(run: Run, data: StatusData, hints: boolean): string {
  const { repo } = run
  const unmerged = data.unmerged.size > 0
  const hint = (line: string) => (hints ? `  (${line})\n` : '')
  let text = ''
  const interactive = repo.hasState('rebase-merge/interactive')
  if (interactive) {
    const [done, left] = [todoLines(repo, 'done'), todoLines(repo, 'git-rebase-todo')]
    if (done.length === 0) text += 'No commands done.\n'
    else {
      text += `Last command${done.length === 1 ? '' : 's'} done (${done.length} command${done.length === 1 ? '' : 's'} done):\n`
      text += done
        .slice(-2)
        .map((line) => `   ${line}\n`)
        .join('')
      if (done.length > 2) text += hint(`see more in file .git/rebase-merge/done`)
    }
    if (left.length === 0) text += 'No commands remaining.\n'
    else {
      text += `Next command${left.length === 1 ? '' : 's'} to do (${left.length} remaining command${left.length === 1 ? '' : 's'}):\n`
      text += left
        .slice(0, 2)
        .map((line) => `   ${line}\n`)
        .join('')
      text += hint('use "git rebase --edit-todo" to view and edit')
    }
  }
  const name = (repo.state('rebase-merge/head-name') ?? '').trim().replace(/^refs\/heads\//, '')
  const onto = run.abbreviate((repo.state('rebase-merge/onto') ?? '').trim())
  const where = name && name !== 'detached HEAD' ? ` branch '${name}' on '${onto}'` : ''
  if (unmerged) {
    text += `You are currently rebasing${where}.\n`
    text += hint('fix conflicts and then run "git rebase --continue"')
    text += hint('use "git rebase --skip" to skip this patch')
    text += hint('use "git rebase --abort" to check out the original branch')
  } else if (!interactive || repo.hasState('MERGE_MSG')) {
    text += `You are currently rebasing${where}.\n`
    text += hint('all conflicts fixed: run "git rebase --continue"')
  } else if ((data.unstaged.length > 0 || unmerged) && splitInProgress(repo)) {
    text += `You are currently splitting a commit while rebasing${where}.\n`
    text += hint('Once your working directory is clean, run "git rebase --continue"')
  } else {
    text += `You are currently editing a commit while rebasing${where}.\n`
    text += hint('use "git commit --amend" to amend the current commit')
    text += hint('use "git rebase --continue" once you are satisfied with your changes')
  }
  return `${text}\n`
}

function splitInProgress(repo: Repository): boolean {
  const amend = repo.state('rebase-merge/amend')?.trim()
  const original = repo.state('rebase-merge/orig-head')?.trim()
  const origHead = repo.state('ORIG_HEAD')?.trim()
  if (!amend || !original || !origHead) return false
  return amend === original ? repo.headId !== amend : origHead !== original
}
