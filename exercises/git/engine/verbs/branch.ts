/** Names: `branch`, `switch`, `checkout`, `tag`. */
import { parseOptions } from '../args'
import { compareVersions, pathOf } from '../file-diff'
import { aheadBehind, isAncestor, mergeBases, reachable } from '../history'
import { filesOf } from '../index-file'
import { mergeTrees } from '../merge-trees'
import { type Commit, type Id, ZERO_ID } from '../objects'
import { globSource } from '../paths'
import { Decorations, expand, formatDate, subjectOf } from '../pretty'
import { isRefName } from '../refs'
import { earlierBranch, fullRefName, Revisions, unknown } from '../revisions'
import { die, Exit, fail, type Run } from '../run'
import { detachedText, rebasing, trackingText } from '../status'
import { forceTree, moveTree, unstagedPairs, versionsOfIndex, versionsOfTree } from '../worktree'
import { joinPath } from '../world'
import { addPatch } from './add-patch'
import { cleanMessage } from './commit'
import { restorePaths } from './stage'

const BRANCH_USAGE = 'git branch [<options>] [-r | -a] [--merged] [--no-merged]'

export async function branch(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'a,all r,remotes l,list v,verbose q,quiet t,track? u,set-upstream-to= unset-upstream d,delete D m,move M c,copy C f,force merged? no-merged? contains? no-contains? points-at= sort= format= show-current edit-description color? column? abbrev= i,ignore-case create-reflog',
    { usage: BRANCH_USAGE },
  )
  const { repo } = run
  const { refs } = repo
  if (options.has('show-current')) {
    if (repo.branch !== null) run.out(`${repo.branch}\n`)
    return
  }
  if (options.has('delete') || options.has('D'))
    return deleteBranches(
      run,
      options.rest,
      options.has('D') || options.has('force'),
      options.has('remotes'),
      options.has('quiet'),
    )
  if (options.has('move') || options.has('M'))
    return renameBranch(run, options.rest, options.has('M') || options.has('force'), false)
  if (options.has('copy') || options.has('C'))
    return renameBranch(run, options.rest, options.has('C') || options.has('force'), true)
  const upstream = options.value('set-upstream-to')
  if (upstream !== undefined) {
    const name =
      options.rest[0] ??
      repo.branch ??
      die(`could not set upstream of HEAD to ${upstream} when it does not point to any branch.`)
    if (!refs.get(`refs/heads/${name}`))
      die(options.rest[0] ? `branch '${name}' does not exist` : `no commit on branch '${name}' yet`)
    setUpstream(run, name, upstream)
    return
  }
  if (options.has('unset-upstream')) {
    const name =
      options.rest[0] ??
      repo.branch ??
      die('could not unset upstream of HEAD when it does not point to any branch.')
    if (!repo.config.get(`branch.${name}.merge`)) die(`Branch '${name}' has no upstream information`)
    repo.config.unset(`branch.${name}.remote`)
    repo.config.unset(`branch.${name}.merge`)
    return
  }
  const filters = ['merged', 'no-merged', 'contains', 'no-contains', 'points-at'] as const
  const listing =
    options.has('list') ||
    options.has('all') ||
    options.has('remotes') ||
    options.has('format') ||
    options.has('sort') ||
    filters.some((name) => options.has(name) || options.negated(name.replace(/^no-/, ''))) ||
    options.rest.length === 0
  if (listing) return listBranches(run, options)
  if (options.rest.length > 2) throw new Exit(129, `usage: ${BRANCH_USAGE}\n`)
  const [name, start = repo.branch ?? 'HEAD'] = options.rest as [string, string?]
  createBranch(
    run,
    name,
    start,
    options.has('force'),
    options.negated('track') ? 'never' : options.has('track') ? 'always' : 'auto',
    options.has('quiet'),
  )
}

type Options = ReturnType<typeof parseOptions>

function listBranches(run: Run, options: Options): undefined {
  const { repo } = run
  const { objects } = repo
  const revisions = new Revisions(repo, run)
  const at = (name: string): Id | null => {
    if (!options.has(name)) return null
    const given = options.value(name) ?? 'HEAD'
    const found = revisions.findCommit(given)
    if (!found) throw new Exit(129, `error: malformed object name ${given}\n`)
    return found.id
  }
  let patterns = options.rest
  const flag = (name: string) => {
    // A filter's revision may stand apart: `--merged main`.
    if (options.has(name) && options.value(name) === undefined && patterns[0] !== undefined) {
      const given = patterns[0]
      if (revisions.findCommit(given)) {
        options.add(name, given)
        patterns = patterns.slice(1)
      } else throw new Exit(129, `error: malformed object name ${given}\n`)
    }
    return at(name)
  }
  const merged = flag('merged')
  const noMerged = flag('no-merged')
  const contains = flag('contains')
  const noContains = flag('no-contains')
  const pointsAt = options.has('points-at') ? revisions.commit(options.value('points-at')!).id : null
  const reach = merged && reachable(objects, [merged])
  const noReach = noMerged === null ? null : reachable(objects, [noMerged])
  const keeps = (id: Id) =>
    (!reach || reach.has(id)) &&
    !noReach?.has(id) &&
    (!contains || isAncestor(objects, contains, id)) &&
    (!noContains || !isAncestor(objects, noContains, id)) &&
    (!pointsAt || pointsAt === id)
  const tests = patterns.map((pattern) => new RegExp(`^${globSource(pattern, true)}$`))
  const rows: { name: string; full: string; id: Id; current: boolean; symbolic?: string }[] = []
  const { headId } = repo
  const wantsLocal = !options.has('remotes') || options.has('all')
  const wantsRemote = options.has('remotes') || options.has('all')
  if (wantsLocal && repo.branch === null && headId && tests.length === 0 && keeps(headId))
    rows.push({ name: `(${detachedName(run)})`, full: 'HEAD', id: headId, current: true })
  if (wantsLocal)
    for (const [full, id] of repo.refs.list('refs/heads/'))
      rows.push({ name: full.slice(11), full, id, current: repo.refs.headTarget === full })
  if (wantsRemote)
    for (const [full, id] of repo.refs.list('refs/remotes/')) {
      const symbolic = repo.refs.symbolic(full)?.replace(/^refs\/remotes\//, '')
      const name = full.slice(13)
      rows.push({
        name: options.has('all') && wantsLocal ? `remotes/${name}` : name,
        full,
        id,
        current: false,
        ...(symbolic && { symbolic }),
      })
    }
  let shown = rows.filter(
    (row) =>
      keeps(row.id) &&
      (tests.length === 0 ||
        tests.some((test) => test.test(row.full.replace(/^refs\/(heads|remotes)\//, '')))),
  )
  const sort = options.value('sort')
  if (sort) shown = sortRefs(run, shown, sort)
  const format = options.value('format')
  if (format !== undefined) {
    for (const row of shown) run.out(`${formatRef(run, format, row.full, row.id)}\n`)
    return
  }
  const width = Math.max(0, ...shown.map(({ name }) => name.length))
  const verbose = options.count('verbose')
  for (const row of shown) {
    const star = row.current ? '* ' : '  '
    if (row.symbolic && verbose === 0) {
      run.out(`${star}${row.name} -> ${row.symbolic}\n`)
      continue
    }
    if (verbose === 0) run.out(`${star}${row.name}\n`)
    else if (row.symbolic) run.out(`${star}${row.name.padEnd(width)} -> ${row.symbolic}\n`)
    else {
      const commit = objects.commit(row.id)
      const track = row.full.startsWith('refs/heads/') ? trackText(run, row.name, verbose > 1) : ''
      run.out(
        `${star}${row.name.padEnd(width)} ${run.abbreviate(row.id)} ${track}${subjectOf(commit.message)}\n`,
      )
    }
  }
}

function detachedName(run: Run): string {
  const { repo } = run
  if (rebasing(repo)) {
    const name = (repo.state('rebase-merge/head-name') ?? '').trim().replace(/^refs\/heads\//, '')
    return name && name !== 'detached HEAD'
      ? `no branch, rebasing ${name}`
      : `no branch, rebasing detached HEAD ${run.abbreviate((repo.state('rebase-merge/orig-head') ?? ZERO_ID).trim())}`
  }
  const start = repo.state('BISECT_START')?.trim()
  if (start) return `no branch, bisect started on ${start}`
  const text = detachedText(repo)
  return text === 'Not currently on any branch.' ? 'no branch' : text
}

function trackText(run: Run, name: string, full: boolean): string {
  const { repo } = run
  const upstream = repo.upstreamOf(name)
  if (!upstream?.tracking) return ''
  const short = upstream.tracking.replace(/^refs\/(remotes|heads)\//, '')
  const theirs = repo.refs.get(upstream.tracking)
  const ours = repo.refs.get(`refs/heads/${name}`)
  if (!theirs || !ours) return `[${full ? `${short}: ` : ''}gone] `
  const { ahead, behind } = aheadBehind(repo.objects, ours, theirs)
  const parts = [...(ahead ? [`ahead ${ahead}`] : []), ...(behind ? [`behind ${behind}`] : [])].join(', ')
  if (full) return parts ? `[${short}: ${parts}] ` : `[${short}] `
  return parts ? `[${parts}] ` : ''
}

export function sortRefs<T extends { full: string; id: Id }>(run: Run, rows: T[], sort: string): T[] {
  const back = sort.startsWith('-')
  const key = sort.replace(/^-/, '')
  const { objects } = run.repo
  const timeOf = (row: T) => {
    if (/tagger|creator/.test(key) && objects.typeOf(row.id) === 'tag')
      return objects.tag(row.id).tagger?.time ?? 0
    const peeled = objects.peel(row.id)
    return objects.typeOf(peeled) === 'commit'
      ? objects.commit(peeled)[key.startsWith('author') ? 'author' : 'committer'].time
      : 0
  }
  const version = (row: T) =>
    row.full
      .split(/(\d+)/)
      .map((part) => (/^\d+$/.test(part) ? part.padStart(10, '0') : part))
      .join('')
  const sorted = [...rows].sort((a, b) => {
    if (/date$/.test(key)) return timeOf(a) - timeOf(b) || (a.full < b.full ? (back ? 1 : -1) : back ? -1 : 1)
    if (/^(version:|v:)refname/.test(key)) return version(a) < version(b) ? -1 : 1
    return a.full < b.full ? -1 : a.full > b.full ? 1 : 0
  })
  return back ? sorted.reverse() : sorted
}

/** The fields of `for-each-ref --format`. */
export function formatRef(run: Run, format: string, full: string, id: Id): string {
  const { repo } = run
  const { objects } = repo
  const peeled = objects.peel(id)
  const commit = objects.typeOf(peeled) === 'commit' ? objects.commit(peeled) : null
  const tag = objects.typeOf(id) === 'tag' ? objects.tag(id) : null
  const short = full.replace(/^refs\/(heads|tags|remotes)\//, '')
  return format.replace(
    /%\(([^)]+)\)|%([0-9a-fA-F]{2})|%%/g,
    (all, raw: string | undefined, hex: string | undefined) => {
      if (hex) return String.fromCharCode(Number.parseInt(hex, 16))
      if (raw === undefined) return '%'
      const star = raw.startsWith('*')
      const [field, modifier] = raw.replace(/^\*/, '').split(/:(.*)/) as [string, string?]
      if (star && !tag) return ''
      const date = (ident: { time: number; zone: string } | null | undefined) => {
        const local = { mode: modifier ?? 'default', local: false, now: run.host.now(), zone: run.host.zone }
        return ident ? formatDate(ident.time, ident.zone, local) : ''
      }
      switch (field) {
        case 'refname':
          return modifier === 'short'
            ? short
            : modifier?.startsWith('strip=') || modifier?.startsWith('lstrip=')
              ? full
                  .split('/')
                  .slice(Number(modifier.split('=')[1]))
                  .join('/')
              : full
        case 'objectname': {
          const own = star ? peeled : id
          return modifier === 'short' ? run.abbreviate(own) : own
        }
        case 'objecttype':
          return objects.typeOf(star ? peeled : id) ?? ''
        case 'subject':
        case 'contents': {
          const message = (star ? commit?.message : (tag?.message ?? commit?.message)) ?? ''
          return field === 'subject' || modifier === 'subject' ? subjectOf(message) : message
        }
        case 'HEAD':
          return repo.refs.headTarget === full ? '*' : ' '
        case 'upstream': {
          const upstream = full.startsWith('refs/heads/') ? repo.upstreamOf(short)?.tracking : null
          if (!upstream) return ''
          if (modifier === 'short') return upstream.replace(/^refs\/(heads|remotes)\//, '')
          if (modifier?.startsWith('track')) return trackText(run, short, false).trim()
          return upstream
        }
        case 'authorname':
          return commit?.author.name ?? ''
        case 'authoremail':
          return commit ? `<${commit.author.email}>` : ''
        case 'authordate':
          return date(commit?.author)
        case 'committername':
          return commit?.committer.name ?? ''
        case 'committerdate':
          return date(commit?.committer)
        case 'taggername':
          return tag?.tagger?.name ?? ''
        case 'taggerdate':
          return date(tag?.tagger)
        case 'creatordate':
          return date(tag ? tag.tagger : commit?.committer)
        case 'tree':
          return commit?.tree ?? ''
        case 'parent':
          return commit?.parents.join(' ') ?? ''
        default:
          die(`unknown field name: ${raw}`)
      }
      return all
    },
  )
}

/** Whether HEAD is on a branch, or will be again when a rebase ends. */
function isCheckedOut(run: Run, full: string): boolean {
  const { repo } = run
  return repo.refs.headTarget === full || repo.state('rebase-merge/head-name')?.trim() === full
}

function deleteBranches(run: Run, names: string[], force: boolean, remote: boolean, quiet: boolean): number {
  const { repo } = run
  if (names.length === 0) die('branch name required')
  let code = 0
  for (const given of names) {
    const name = given === '-' ? (earlierBranch(repo, 1) ?? given) : given
    const full = remote ? `refs/remotes/${name}` : `refs/heads/${name}`
    if (!remote && isCheckedOut(run, full)) {
      run.err(`error: Cannot delete branch '${name}' checked out at '${repo.workTree ?? repo.gitDir}'\n`)
      code = 1
      continue
    }
    const id = repo.refs.get(full)
    if (!id) {
      run.err(`error: ${remote ? 'remote-tracking ' : ''}branch '${name}' not found.\n`)
      code = 1
      continue
    }
    if (!force && !remote) {
      const tracking = repo.upstreamOf(name)?.tracking
      const upstream = tracking ? repo.refs.get(tracking) : null
      const against = upstream ?? repo.headId
      const merged = against !== null && isAncestor(repo.objects, id, against)
      const inHead = repo.headId !== null && isAncestor(repo.objects, id, repo.headId)
      if (merged && upstream && !inHead)
        run.err(
          `warning: deleting branch '${name}' that has been merged to\n         '${tracking}', but not yet merged to HEAD.\n`,
        )
      else if (!merged && upstream && inHead)
        run.err(
          `warning: not deleting branch '${name}' that is not yet merged to\n         '${tracking}', even though it is merged to HEAD.\n`,
        )
      if (!merged) {
        run.err(
          `error: The branch '${name}' is not fully merged.\nIf you are sure you want to delete it, run 'git branch -D ${name}'.\n`,
        )
        code = 1
        continue
      }
    }
    repo.refs.delete(full)
    if (!remote) removeSection(run, `branch.${name}`)
    if (!quiet)
      run.out(`Deleted ${remote ? 'remote-tracking ' : ''}branch ${name} (was ${run.abbreviate(id)}).\n`)
  }
  return code
}

function removeSection(run: Run, prefix: string): void {
  const file = run.repo.config.file('local')
  if (!file.hasSection(prefix)) return
  file.removeSection(prefix)
  run.repo.config.save('local', file)
}

function renameBranch(run: Run, names: string[], force: boolean, copies: boolean): undefined {
  const { repo } = run
  const [from, to] =
    names.length > 1
      ? (names as [string, string])
      : [
          repo.branch ?? die(`cannot ${copies ? 'copy' : 'rename'} the current branch while not on any.`),
          names[0]!,
        ]
  if (names.length === 0) die('branch name required')
  if (!isRefName(to)) die(`'${to}' is not a valid branch name`)
  const [old, now] = [`refs/heads/${from}`, `refs/heads/${to}`]
  const id = repo.refs.get(old)
  if (!id && repo.refs.headTarget !== old) {
    if (repo.branch === from) die(`No commit on branch '${from}' yet.`)
    die(`No branch named '${from}'.`)
  }
  if (repo.refs.get(now) && from !== to && !force) die(`a branch named '${to}' already exists`)
  const current = repo.refs.headTarget === old
  const message = `Branch: ${copies ? 'copied' : 'renamed'} ${old} to ${now}`
  const note = run.note(message)
  if (!copies) repo.refs.moveLog(old, now)
  if (id) {
    if (!copies) {
      const entries = repo.refs.logOf(now)
      repo.refs.delete(old)
      repo.refs.set(now, id, null)
      if (entries.length > 0) repo.refs.writeLog(now, entries)
    } else {
      repo.refs.set(now, id, null)
      const entries = repo.refs.logOf(old)
      repo.refs.writeLog(now, entries)
    }
    repo.refs.log(now, id, id, note)
  }
  if (current && !copies) {
    repo.refs.setSymbolic('HEAD', now)
    if (id) {
      repo.refs.log('HEAD', id, ZERO_ID, note)
      repo.refs.log('HEAD', from === to ? id : ZERO_ID, id, note)
    }
  }
  const file = repo.config.file('local')
  if (file.hasSection(`branch.${from}`)) {
    if (copies) {
      for (const [key, value] of file.entries())
        if (key.startsWith(`branch.${from}.`))
          file.add(`branch.${to}.${key.slice(`branch.${from}.`.length)}`, value)
    } else file.renameSection(`branch.${from}`, `branch.${to}`)
    repo.config.save('local', file)
  }
}

/** Sets where a branch is pulled from and says so. */
export function setUpstream(run: Run, name: string, upstream: string, quiet = false): void {
  const { repo } = run
  const full = fullRefName(repo, upstream)
  if (!full)
    throw new Exit(
      128,
      `fatal: the requested upstream branch '${upstream}' does not exist\nhint: \nhint: If you are planning on basing your work on an upstream\nhint: branch that already exists at the remote, you may need to\nhint: run "git fetch" to retrieve it.\nhint: \nhint: If you are planning to push out a new local branch that\nhint: will track its remote counterpart, you may want to use\nhint: "git push -u" to set the upstream config as you push.\nhint: Disable this message with "git config advice.setUpstreamFailure false"\n`,
    )
  if (full.startsWith('refs/heads/')) {
    if (full === `refs/heads/${name}`) {
      run.err(`warning: not setting branch '${name}' as its own upstream\n`)
      return
    }
    configureUpstream(run, name, '.', full)
    if (!quiet) run.out(`branch '${name}' set up to track '${full.slice(11)}'.\n`)
    return
  }
  const found = remoteOf(run, full)
  if (!found) die(`cannot set up tracking information; starting point '${upstream}' is not a branch`)
  configureUpstream(run, name, found!.remote, found!.merge)
  if (!quiet) run.out(`branch '${name}' set up to track '${full.replace(/^refs\/remotes\//, '')}'.\n`)
}

export function configureUpstream(run: Run, name: string, remote: string, merge: string): void {
  const { config } = run.repo
  config.set(`branch.${name}.remote`, remote)
  config.set(`branch.${name}.merge`, merge)
  if (config.get('branch.autoSetupRebase') === 'always') config.set(`branch.${name}.rebase`, 'true')
}

/** Which remote's branch a remote-tracking name is the copy of. */
function remoteOf(run: Run, full: string): { remote: string; merge: string } | null {
  const { config } = run.repo
  for (const [key, spec] of config.entries()) {
    const remote = /^remote\.(.+)\.fetch$/.exec(key)?.[1]
    if (!remote) continue
    const [from, to] = spec.replace(/^\+/, '').split(':') as [string, string?]
    if (!to) continue
    const star = to.indexOf('*')
    if (star < 0 && to === full) return { remote, merge: from }
    if (star >= 0 && full.startsWith(to.slice(0, star)))
      return { remote, merge: from.replace('*', full.slice(star)) }
  }
  return null
}

/** Makes a branch at a start point. */
export function createBranch(
  run: Run,
  name: string,
  start: string,
  force: boolean,
  track: 'auto' | 'always' | 'never',
  quiet = false,
): Id {
  const { repo } = run
  if (!isRefName(name)) die(`'${name}' is not a valid branch name`)
  const full = `refs/heads/${name}`
  const exists = repo.refs.get(full)
  if (exists && !force) die(`a branch named '${name}' already exists`)
  if (exists && force && isCheckedOut(run, full))
    die(`cannot force update the branch '${name}' checked out at '${repo.workTree}'`)
  const revisions = new Revisions(repo, run)
  const point = start === '-' ? (earlierBranch(repo, 1) ?? start) : start
  const commit = symmetricBase(run, point) ?? revisions.findCommit(point)
  if (!commit) {
    die(`not a valid object name: '${point}'`)
  }
  const from = commit!
  const inTheWay = repo.refs.set(
    full,
    from.id,
    run.note(exists ? `branch: Reset to ${start}` : `branch: Created from ${start}`),
  )
  if (inTheWay) die(`cannot lock ref '${full}': '${inTheWay}' exists; cannot create '${full}'`)
  const origin = fullRefName(repo, point)
  const auto = repo.config.get('branch.autoSetupMerge') !== 'false' && origin?.startsWith('refs/remotes/')
  if (track === 'always' || (track === 'auto' && auto)) {
    if (!origin || !/^refs\/(heads|remotes)\//.test(origin)) {
      if (track === 'always')
        die(`cannot set up tracking information; starting point '${point}' is not a branch`)
    } else setUpstream(run, name, point, quiet)
  }
  return from.id
}

/** `A...B` as a start point is their merge base. */
function symmetricBase(run: Run, text: string): Commit | null {
  const match = /^(.*)\.\.\.(.*)$/.exec(text)
  if (!match) return null
  const revisions = new Revisions(run.repo, run)
  const [a, b] = [revisions.findCommit(match[1] || 'HEAD'), revisions.findCommit(match[2] || 'HEAD')]
  if (!a || !b) return null
  const [base] = mergeBases(run.repo.objects, a.id, b.id)
  return base ? run.repo.objects.commit(base) : null
}

export type Leave = {
  force?: boolean
  quiet?: boolean
  merge?: boolean
  /** The user asked for a detached HEAD: no explanation of what it is. */
  detach?: boolean
  /** `git checkout`, whose words differ from those of `git switch`. */
  isCheckout?: boolean
  /** Not in the middle of a merge, a rebase or the like. */
  whenIdle?: boolean
}

/** Moves HEAD, index and files to a branch or a commit. */
export function goTo(
  run: Run,
  target: { branch: string } | { commit: Commit; name: string },
  { force = false, quiet = false, merge = false, detach = false, whenIdle = false }: Leave,
  created: 'new' | 'reset' | null = null,
): void {
  if (whenIdle && !force) refuseWhileBusy(run)
  const { repo } = run
  const old = repo.head
  const oldBranch = repo.branch
  const commit =
    'branch' in target ? repo.objects.commit(repo.refs.get(`refs/heads/${target.branch}`)!) : target.commit
  const label = 'branch' in target ? target.branch : target.name
  if (!force && (old?.id !== commit.id || repo.index.hasUnmerged)) {
    if (merge) mergeInto(run, commit, label)
    else moveTree(run, old?.tree ?? null, commit.tree, 'checkout')
  }
  if (force) {
    forceTree(run, commit.tree)
    repo.clearState('MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'AUTO_MERGE')
  }
  if (!quiet && !force && old) showLocal(run, commit.tree, merge)
  const from = oldBranch ?? old?.id ?? ''
  const note = run.note(`checkout: moving from ${from} to ${label}`)
  if ('branch' in target) {
    const full = `refs/heads/${target.branch}`
    const same = repo.refs.headTarget === full
    if (oldBranch === null && old && !quiet && old.id !== commit.id) leaveText(run, old)
    repo.refs.setSymbolic('HEAD', full)
    repo.refs.log('HEAD', old?.id ?? ZERO_ID, commit.id, note)
    const cancelled = repo.hasState('CHERRY_PICK_HEAD')
      ? 'cherry picking'
      : repo.hasState('REVERT_HEAD')
        ? 'revert'
        : null
    repo.clearState('CHERRY_PICK_HEAD', 'REVERT_HEAD', 'MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE')
    if (!quiet) {
      if (same && !created) run.err(`Already on '${target.branch}'\n`)
      else if (created === 'new') run.err(`Switched to a new branch '${target.branch}'\n`)
      else if (created === 'reset')
        run.err(
          same ? `Reset branch '${target.branch}'\n` : `Switched to and reset branch '${target.branch}'\n`,
        )
      else run.err(`Switched to branch '${target.branch}'\n`)
      if (cancelled) run.err(`warning: cancelling a ${cancelled} in progress\n`)
      if (created !== 'new') run.out(trackingText(repo, target.branch))
    }
    return
  }
  const wasDetached = oldBranch === null
  if (wasDetached && old && old.id !== commit.id && !quiet) leaveText(run, old)
  repo.refs.detach(commit.id, note, old?.id ?? ZERO_ID)
  repo.clearState('CHERRY_PICK_HEAD', 'REVERT_HEAD', 'MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE')
  if (quiet) return
  const place = `HEAD is now at ${run.abbreviate(commit.id)} ${subjectOf(commit.message)}\n`
  if (
    !wasDetached &&
    !detach &&
    repo.config.boolean('advice.detachedHead') !== false &&
    !run.vars.GIT_REFLOG_ACTION
  )
    run.err(
      `Note: switching to '${label}'.\n\nYou are in 'detached HEAD' state. You can look around, make experimental\nchanges and commit them, and you can discard any commits you make in this\nstate without impacting any branches by switching back to a branch.\n\nIf you want to create a new branch to retain commits you create, you may\ndo so (now or later) by using -c with the switch command. Example:\n\n  git switch -c <new-branch-name>\n\nOr undo this operation with:\n\n  git switch -\n\nTurn off this advice by setting config variable advice.detachedHead to false\n\n`,
    )
  run.err(place)
}

/** Files with changes that come along. */
function showLocal(run: Run, tree: Id, merged = false): void {
  const { repo } = run
  const letters = new Map<string, string>()
  for (const pair of compareVersions(versionsOfTree(repo, tree), versionsOfIndex(repo)))
    letters.set(pathOf(pair), pair.status)
  for (const pair of unstagedPairs(repo)) {
    const before = letters.get(pathOf(pair))
    letters.set(pathOf(pair), before === 'A' && pair.status === 'M' ? 'A' : pair.status)
  }
  for (const path of repo.index.unmerged().keys()) letters.set(path, merged ? 'M' : 'U')
  run.out(
    [...letters]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, letter]) => `${letter}\t${path}\n`)
      .join(''),
  )
}

function leaveText(run: Run, old: Commit): void {
  const { repo } = run
  const { objects } = repo
  const tips = repo.refs
    .list()
    .map(([, id]) => objects.peel(id))
    .filter((id) => objects.typeOf(id) === 'commit')
  const kept = reachable(objects, tips)
  if (kept.has(old.id)) {
    run.err(`Previous HEAD position was ${run.abbreviate(old.id)} ${subjectOf(old.message)}\n`)
    return
  }
  const lost: Commit[] = []
  const stack = [old.id]
  const seen = new Set<Id>()
  while (stack.length > 0) {
    const id = stack.shift()!
    if (seen.has(id) || kept.has(id)) continue
    seen.add(id)
    const commit = objects.commit(id)
    lost.push(commit)
    stack.push(...commit.parents)
  }
  const shown = lost
    .slice(0, 4)
    .map((commit) => `  ${run.abbreviate(commit.id)} ${subjectOf(commit.message)}\n`)
  if (lost.length > 4) shown.push(` ... and ${lost.length - 4} more.\n`)
  const n = lost.length
  run.err(
    `Warning: you are leaving ${n} commit${n === 1 ? '' : 's'} behind, not connected to\nany of your branches:\n\n${shown.join('')}\nIf you want to keep ${n === 1 ? 'it' : 'them'} by creating a new branch, this may be a good time\nto do so with:\n\n git branch <new-branch-name> ${run.abbreviate(old.id)}\n\n`,
  )
}

/** `checkout -m`: local changes are merged into where we go. */
function mergeInto(run: Run, commit: Commit, label: string): void {
  const { repo } = run
  const index = repo.index
  const old = repo.head
  for (const pair of unstagedPairs(repo))
    if (pair.after)
      index.set({
        path: pathOf(pair),
        mode: pair.after.mode,
        id: repo.objects.write('blob', pair.after.bytes()),
        stage: 0,
      })
  const local = index.writeTree(repo.objects)
  const [there, here] = [filesOf(repo.objects, commit.tree), filesOf(repo.objects, old?.tree ?? null)]
  for (const path of there.keys())
    if (!here.has(path) && !index.has(path) && run.world.exists(repo.place(path)))
      throw new Exit(128, `error: Untracked working tree file '${path}' would be overwritten by merge.\n`)
  const merged = mergeTrees(repo, old?.tree ?? null, commit.tree, local, {
    labels: { ours: label, theirs: 'local', base: repo.branch ?? 'HEAD' },
  })
  forceTree(run, commit.tree)
  for (const [path, file] of merged.files)
    run.world.write(repo.place(path), repo.objects.blob(file.id), file.mode === '100755')
  for (const [path, stages] of merged.conflicts) index.fillConflict(path, stages)
  repo.saveIndex()
}

/** Finds the one remote that has a branch of this name. */
function guessRemote(run: Run, name: string): { tracking: string } | 'several' | null {
  const found: string[] = []
  const { repo } = run
  const remotes = new Set(
    repo.config.entries().flatMap(([key]) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? []),
  )
  for (const remote of remotes) {
    const tracking = repo.trackingName(remote, `refs/heads/${name}`)
    if (tracking && repo.refs.get(tracking)) found.push(tracking)
  }
  if (found.length > 1) return 'several'
  return found[0] ? { tracking: found[0] } : null
}

function refuseWhileBusy(run: Run): void {
  const { repo } = run
  const busy: [string, string][] = [
    ['MERGE_HEAD', 'merging'],
    ['rebase-merge', 'rebasing'],
    ['CHERRY_PICK_HEAD', 'cherry-picking'],
    ['REVERT_HEAD', 'reverting'],
  ]
  const ways: Record<string, string> = {
    merging: 'Consider "git merge --quit" or "git worktree add".',
    rebasing: 'Consider "git rebase --quit" or "git worktree add".',
    'cherry-picking': 'Consider "git cherry-pick --quit" or "git worktree add".',
    reverting: 'Consider "git revert --quit" or "git worktree add".',
  }
  for (const [file, word] of busy)
    if (repo.hasState(file)) throw new Exit(128, `fatal: cannot switch branch while ${word}\n${ways[word]}\n`)
  if (repo.hasState('BISECT_LOG')) run.err('warning: you are switching branch while bisecting\n')
}

export async function switchTo(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'c,create= C,force-create= d,detach guess f,force discard-changes m,merge q,quiet t,track? orphan= progress ignore-other-worktrees conflict=',
    {
      usage: 'git switch [<options>] [<branch>]',
    },
  )
  const repo = run.tree
  const leave: Leave = {
    force: options.has('force') || options.has('discard-changes'),
    quiet: options.has('quiet'),
    merge: options.has('merge'),
    detach: options.has('detach'),
    whenIdle: true,
  }
  const create = options.value('create') ?? options.value('force-create')
  const track = options.negated('track') ? 'never' : options.has('track') ? 'always' : 'auto'
  if (options.has('orphan')) return orphan(run, options.value('orphan')!, true)
  if (create !== undefined) {
    const [start = 'HEAD'] = options.rest
    return createAndGo(run, create, start, options.has('force-create'), track, leave, options.rest.length > 0)
  }
  let [name] = options.rest
  if (name === undefined && options.has('track')) die('missing branch name; try -c')
  if (name === undefined) die('missing branch or commit argument')
  if (options.rest.length > 1) die('only one reference expected')
  if (options.has('track') && name) {
    const short = name
      .replace(/^refs\/remotes\//, '')
      .split('/')
      .slice(1)
      .join('/')
    return createAndGo(run, short, name, false, 'always', leave)
  }
  if (name === '-') name = earlierBranch(repo, 1) ?? die('invalid reference: @{-1}')
  const previous = /^@\{-(\d+)\}$/.exec(name!)
  if (previous) name = earlierBranch(repo, Number(previous[1])) ?? name
  const revisions = new Revisions(repo, run)
  if (options.has('detach')) {
    const commit = revisions.findCommit(name!) ?? die(`invalid reference: ${name}`)
    goTo(run, { commit, name: name! }, leave)
    return
  }
  if (repo.refs.get(`refs/heads/${name}`)) {
    goTo(run, { branch: name! }, leave)
    return
  }
  if (repo.refs.headTarget === `refs/heads/${name}`) return
  const guess = options.negated('guess') ? null : guessRemote(run, name!)
  if (guess && guess !== 'several' && !revisions.findCommit(name!))
    return createAndGo(run, name!, guess.tracking, false, 'always', leave)
  const commit = revisions.findCommit(name!)
  if (commit) {
    const full = fullRefName(repo, name!)
    const kind = full?.startsWith('refs/tags/')
      ? 'tag'
      : full?.startsWith('refs/remotes/')
        ? 'remote branch'
        : 'commit'
    throw new Exit(
      128,
      `fatal: a branch is expected, got ${kind} '${name}'\nhint: If you want to detach HEAD at the commit, try again with the --detach option.\n`,
    )
  }
  die(`invalid reference: ${name}`)
}

async function createAndGo(
  run: Run,
  name: string,
  start: string,
  force: boolean,
  track: 'auto' | 'always' | 'never',
  leave: Leave,
  given = true,
): Promise<undefined> {
  const { repo } = run
  if (!isRefName(name)) die(`'${name}' is not a valid branch name`)
  const exists = repo.refs.get(`refs/heads/${name}`) !== null
  if (repo.headId === null && start === 'HEAD') {
    repo.refs.setSymbolic('HEAD', `refs/heads/${name}`)
    if (!leave.quiet) run.err(`Switched to a new branch '${name}'\n`)
    return
  }
  const revisions = new Revisions(repo, run)
  const point = start === '-' ? (earlierBranch(repo, 1) ?? start) : start
  const commit = symmetricBase(run, point) ?? revisions.findCommit(point)
  if (!commit)
    die(
      leave.isCheckout
        ? `'${point}' is not a commit and a branch '${name}' cannot be created from it`
        : `invalid reference: ${point}`,
    )
  if (exists && !force) die(`a branch named '${name}' already exists`)
  if (leave.whenIdle && !leave.force) refuseWhileBusy(run)
  const old = repo.head
  if (leave.force) forceTree(run, commit!.tree)
  else if (old?.id !== commit!.id) {
    if (leave.merge) mergeInto(run, commit!, start)
    else moveTree(run, old?.tree ?? null, commit!.tree, 'checkout')
  }
  const origin = fullRefName(repo, point)
  const auto = origin?.startsWith('refs/remotes/') && repo.config.get('branch.autoSetupMerge') !== 'false'
  const message = exists ? `branch: Reset to ${start}` : `branch: Created from ${start}`
  const same = repo.refs.headTarget === `refs/heads/${name}`
  const inTheWay = repo.refs.set(`refs/heads/${name}`, commit!.id, run.note(message))
  if (inTheWay)
    die(`cannot lock ref 'refs/heads/${name}': '${inTheWay}' exists; cannot create 'refs/heads/${name}'`)
  if (track === 'always' || (track === 'auto' && auto)) setUpstream(run, name, point, leave.quiet)
  if (!leave.quiet && old && (given || old.id !== commit!.id)) showLocal(run, commit!.tree, leave.merge)
  const from = repo.branch ?? old?.id ?? ''
  if (repo.branch === null && old && !leave.quiet && old.id !== commit!.id) leaveText(run, old)
  repo.refs.setSymbolic('HEAD', `refs/heads/${name}`)
  repo.refs.log('HEAD', old?.id ?? ZERO_ID, commit!.id, run.note(`checkout: moving from ${from} to ${name}`))
  repo.clearState('CHERRY_PICK_HEAD', 'REVERT_HEAD', 'MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE')
  if (!leave.quiet) {
    if (!exists) run.err(`Switched to a new branch '${name}'\n`)
    else {
      run.err(same ? `Reset branch '${name}'\n` : `Switched to and reset branch '${name}'\n`)
      run.out(trackingText(repo, name))
    }
  }
}

function orphan(run: Run, name: string, empties: boolean): undefined {
  const { repo } = run
  if (!isRefName(name)) die(`'${name}' is not a valid branch name`)
  if (repo.refs.get(`refs/heads/${name}`)) die(`a branch named '${name}' already exists`)
  if (empties) moveTree(run, repo.head?.tree ?? null, null, 'checkout')
  repo.refs.setSymbolic('HEAD', `refs/heads/${name}`)
  run.err(`Switched to a new branch '${name}'\n`)
}

export async function checkout(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'b= B= q,quiet f,force d,detach m,merge ours 2 theirs 3 p,patch t,track? orphan= guess l conflict= overlay progress ignore-skip-worktree-bits',
    {
      usage: 'git checkout [<options>] <branch>',
    },
  )
  const repo = run.tree
  if (args.includes('-2')) options.add('ours', true)
  if (args.includes('-3')) options.add('theirs', true)
  const leave: Leave = {
    force: options.has('force'),
    quiet: options.has('quiet'),
    merge: options.has('merge'),
    detach: options.has('detach'),
    isCheckout: true,
  }
  const track = options.negated('track') ? 'never' : options.has('track') ? 'always' : 'auto'
  if (options.has('orphan')) return orphan(run, options.value('orphan')!, false)
  const create = options.value('b') ?? options.value('B')
  if (create !== undefined)
    return createAndGo(
      run,
      create,
      options.rest[0] ?? 'HEAD',
      options.has('B'),
      track,
      leave,
      options.rest.length > 0,
    )
  const revisions = new Revisions(repo, run)
  let [name] = options.rest
  let paths = options.rest.slice(1)
  const divided = options.divide >= 0
  const conflict = options.value('conflict') ?? (options.has('merge') ? 'merge' : undefined)
  const side = options.has('ours') ? 'ours' : options.has('theirs') ? 'theirs' : undefined
  if (options.has('patch')) {
    await addPatch(run, { kind: 'discard' }, run.pathspec(options.rest))
    return
  }
  if (options.divide === 0) {
    name = undefined
    paths = options.rest
  } else if (name !== undefined && !divided && name !== '-') {
    const known = revisions.findCommit(name) !== null || symmetricBase(run, name) !== null
    const isTree = known || revisions.findTree(name) !== null
    const isPath = run.world.exists(joinPath(run.cwd, name))
    if (isTree && isPath && paths.length === 0)
      die(
        `ambiguous argument '${name}': both revision and filename\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`,
      )
    if (!isTree) {
      const guess = paths.length === 0 && !isPath ? guessRemote(run, name) : null
      if (guess && guess !== 'several') return createAndGo(run, name, guess.tracking, false, 'always', leave)
      if (guess === 'several') die(`'${name}' matched multiple (2) remote tracking branches`)
      paths = options.rest
      name = undefined
    }
  }
  if (paths.length > 0) {
    let tree: Id | null | undefined
    if (name !== undefined) {
      tree = revisions.findTree(name)
      if (!tree) die(revisions.find(name) ? `reference is not a tree: ${name}` : `invalid reference: ${name}`)
    }
    const { updated, recreated } = restorePaths(run, run.pathspec(paths), {
      tree,
      staged: tree !== undefined,
      worktree: true,
      side,
      conflict,
      removes: false,
      ignoreUnmerged: options.has('force'),
    })
    if (options.has('quiet') || divided) return
    const noun = (n: number) => `${n} path${n === 1 ? '' : 's'}`
    if (recreated > 0) run.err(`Recreated ${recreated} merge conflict${recreated === 1 ? '' : 's'}\n`)
    if (updated > 0 || recreated === 0)
      run.err(`Updated ${noun(updated)} from ${tree ? run.abbreviate(tree) : 'the index'}\n`)
    return
  }
  if (side) die("'--ours/--theirs' cannot be used with switching branches")
  // HEAD is where we are: nothing is left, and no branch.
  if (name === 'HEAD' && !options.has('detach')) name = undefined
  if (name === undefined) {
    if (options.has('detach')) {
      const commit = repo.head ?? die('You are on a branch yet to be born')
      goTo(run, { commit, name: commit.id }, leave)
      return
    }
    if (leave.force) {
      forceTree(run, repo.head?.tree ?? null)
      repo.clearState('MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD')
      return
    }
    if (repo.head) showLocal(run, repo.head.tree)
    if (repo.branch && repo.head) run.out(trackingText(repo, repo.branch))
    return
  }
  if (name === '-')
    name = earlierBranch(repo, 1) ?? fail("pathspec '@{-1}' did not match any file(s) known to git")
  const previous = /^@\{-(\d+)\}$/.exec(name)
  if (previous) name = earlierBranch(repo, Number(previous[1])) ?? name
  if (options.has('track') && name) {
    const short = name
      .replace(/^refs\/remotes\//, '')
      .split('/')
      .slice(1)
      .join('/')
    return createAndGo(run, short, name, false, 'always', leave)
  }
  if (!options.has('detach') && repo.refs.get(`refs/heads/${name}`)) {
    goTo(run, { branch: name }, leave)
    return
  }
  const commit = symmetricBase(run, name) ?? revisions.findCommit(name)
  if (!commit) {
    if (divided) {
      const guess = guessRemote(run, name)
      if (guess && guess !== 'several') return createAndGo(run, name, guess.tracking, false, 'always', leave)
      die(`invalid reference: ${name}`)
    }
    unknown(name)
  }
  const label = symmetricBase(run, name) ? commit!.id : name
  goTo(run, { commit: commit!, name: label }, leave)
}

const TAG_USAGE =
  'git tag [-a | -s | -u <key-id>] [-f] [-m <msg> | -F <file>] [-e] <tagname> [<commit> | <object>]'

export async function tag(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'a,annotate s,sign f,force d,delete l,list n? m,message= F,file= e,edit sort= format= merged? no-merged? contains? no-contains? points-at= v,verify column? i,ignore-case u,local-user= cleanup= create-reflog color?',
    {
      usage: TAG_USAGE,
    },
  )
  const { repo } = run
  const { refs, objects } = repo
  const revisions = new Revisions(repo, run)
  if (options.has('delete')) {
    let code = 0
    for (const name of options.rest) {
      const id = refs.get(`refs/tags/${name}`)
      if (!id) {
        run.err(`error: tag '${name}' not found.\n`)
        code = 1
        continue
      }
      refs.delete(`refs/tags/${name}`)
      run.out(`Deleted tag '${name}' (was ${run.abbreviate(id)})\n`)
    }
    return code
  }
  if (options.has('verify')) die('signatures are not modelled here')
  const message = options.values('message')
  const annotated =
    options.has('annotate') || message.length > 0 || options.has('file') || options.has('sign')
  const filtered = ['merged', 'no-merged', 'contains', 'no-contains', 'points-at'].some((name) =>
    options.has(name),
  )
  if (
    !annotated &&
    (options.has('list') ||
      options.has('n') ||
      options.rest.length === 0 ||
      filtered ||
      options.has('format'))
  ) {
    let patterns = options.rest
    const point = (name: string): Id | null => {
      if (!options.has(name)) return null
      let given = options.value(name)
      if (given === undefined && patterns[0] !== undefined && revisions.findCommit(patterns[0])) {
        given = patterns[0]
        patterns = patterns.slice(1)
      }
      return revisions.commit(given ?? 'HEAD').id
    }
    const [merged, noMerged, contains, noContains] = ['merged', 'no-merged', 'contains', 'no-contains'].map(
      point,
    )
    const pointsAt = options.value('points-at') ? revisions.find(options.value('points-at')!) : null
    const tests = patterns.map((pattern) => new RegExp(`^${globSource(pattern, true)}$`))
    let rows = refs
      .list('refs/tags/')
      .map(([full, id]) => ({ full, id, name: full.slice(10) }))
      .filter(({ name, id }) => {
        const at = objects.peel(id)
        const isCommit = objects.typeOf(at) === 'commit'
        return (
          (tests.length === 0 || tests.some((test) => test.test(name))) &&
          (!merged || (isCommit && isAncestor(objects, at, merged))) &&
          (!noMerged || (isCommit && !isAncestor(objects, at, noMerged))) &&
          (!contains || (isCommit && isAncestor(objects, contains, at))) &&
          (!noContains || (isCommit && !isAncestor(objects, noContains, at))) &&
          (!pointsAt || id === pointsAt || at === pointsAt)
        )
      })
    if (options.has('sort')) rows = sortRefs(run, rows, options.value('sort')!)
    for (const { full, id, name } of rows) {
      if (options.has('format')) run.out(`${formatRef(run, options.value('format')!, full, id)}\n`)
      else if (options.has('n')) {
        const lines = Number(options.value('n') ?? 1)
        const text =
          objects.typeOf(id) === 'tag' ? objects.tag(id).message : objects.commit(objects.peel(id)).message
        const shown = (lines === 1 ? [subjectOf(text)] : text.trimEnd().split('\n').slice(0, lines)).map(
          (line, i) => (i === 0 ? line : `    ${line}`),
        )
        run.out(`${name.padEnd(15)} ${shown.join('\n')}\n`)
      } else run.out(`${name}\n`)
    }
    return
  }
  if (options.rest.length > 2) die('too many arguments')
  const [name, target = 'HEAD'] = options.rest as [string, string?]
  if (!isRefName(name ?? '')) die(`'${name}' is not a valid tag name.`)
  const full = `refs/tags/${name}`
  const exists = refs.get(full)
  const object = revisions.find(target)
  if (!object || !objects.has(object)) die(`Failed to resolve '${target}' as a valid ref.`)
  if (exists && !options.has('force')) die(`tag '${name}' already exists`)
  let id = object!
  if (annotated) {
    let text: string
    if (message.length > 0) text = cleanMessage(message.join('\n\n'), false)
    else if (options.has('file')) {
      const file = options.value('file')!
      text = cleanMessage(
        file === '-'
          ? run.readInput()
          : (run.world.readText(joinPath(run.cwd, file)) ??
              die(`could not open or read '${file}': No such file or directory`)),
        false,
      )
    } else {
      repo.setState(
        'TAG_EDITMSG',
        `\n#\n# Write a message for tag:\n#   ${name}\n# Lines starting with '#' will be ignored.\n`,
      )
      text = cleanMessage(await run.edit(`${repo.gitDir}/TAG_EDITMSG`, 'message'), true)
      repo.clearState('TAG_EDITMSG')
    }
    if (text === '') throw new Exit(128, 'fatal: no tag message?\n')
    const tagger = run.committer
    id = objects.writeTag({
      object: object!,
      type: objects.typeOf(object!)!,
      tag: name!,
      tagger,
      message: text,
    })
  }
  const inTheWay = refs.set(full, id, null)
  if (inTheWay) die(`cannot lock ref '${full}': '${inTheWay}' exists; cannot create '${full}'`)
  if (exists && exists !== id) run.out(`Updated tag '${name}' (was ${run.abbreviate(exists)})\n`)
}

export const decorationsOf = (run: Run, commit: Commit) => new Decorations(run.repo).at(commit.id)
export { expand }
