/** Names for objects as people write them: `HEAD~2`, `main@{1}`, `v1.0^{commit}`, `:/fix`, `HEAD:src/app.py` (gitrevisions(7)). */
import { filesOf } from './index-file'
import { type Commit, type Id, MODE } from './objects'
import type { Repository } from './repository'
import { die, type Run, UNITS } from './run'
import { joinPath } from './world'

const STATES = [
  'HEAD',
  'ORIG_HEAD',
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'FETCH_HEAD',
  'BISECT_HEAD',
  'AUTO_MERGE',
]

/** The full name of a ref that was written short, or null. */
export function fullRefName(repo: Repository, name: string): string | null {
  const candidates = [
    name,
    `refs/${name}`,
    `refs/tags/${name}`,
    `refs/heads/${name}`,
    `refs/remotes/${name}`,
    `refs/remotes/${name}/HEAD`,
  ]
  for (const candidate of candidates) {
    if (!candidate.startsWith('refs/') && !STATES.includes(candidate)) continue
    if (candidate === 'FETCH_HEAD' ? repo.hasState('FETCH_HEAD') : repo.refs.get(candidate)) return candidate
  }
  return null
}

/** The nth branch or commit that was checked out before this one, newest first; null past the end. */
export function earlierBranch(repo: Repository, n: number): string | null {
  let left = n
  for (const entry of repo.refs.logOf('HEAD').reverse()) {
    const match = /^checkout: moving from (\S+) to /.exec(entry.message)
    if (match && --left === 0) return match[1]!
  }
  return null
}

export class Revisions {
  constructor(
    private readonly repo: Repository,
    private readonly run: Run,
  ) {}

  /** The object that a name stands for, or null. */
  find(name: string): Id | null {
    const colon = this.colonOf(name)
    if (colon >= 0) return this.findPath(name.slice(0, colon), name.slice(colon + 1))
    if (name.startsWith(':/')) return this.findMessage(name.slice(2), this.tips())
    return this.findPlain(name)
  }

  /** The commit that a name stands for; tags are followed. Null when it is none. */
  findCommit(name: string): Commit | null {
    const id = this.find(name)
    const peeled = id && this.repo.objects.has(id) ? this.repo.objects.peel(id) : null
    return peeled && this.repo.objects.typeOf(peeled) === 'commit' ? this.repo.objects.commit(peeled) : null
  }

  /** @throws Exit with git's words for a name that is no revision. */
  commit(name: string): Commit {
    const commit = this.findCommit(name)
    if (commit) return commit
    if (this.find(name)) die(`${name}: not a commit`)
    return unknown(name)
  }

  /** The tree of a commit, a tag or a tree. */
  findTree(name: string): Id | null {
    const id = this.find(name)
    if (!id) return null
    const peeled = this.repo.objects.peel(id)
    const type = this.repo.objects.typeOf(peeled)
    return type === 'commit' ? this.repo.objects.commit(peeled).tree : type === 'tree' ? peeled : null
  }

  /** Where `:` divides a revision from a path; -1 where none does. Braces may hold one. */
  private colonOf(name: string): number {
    if (name.startsWith(':/')) return -1
    let depth = 0
    for (let i = 0; i < name.length; i++) {
      if (name[i] === '{') depth++
      else if (name[i] === '}') depth--
      else if (name[i] === ':' && depth === 0) return i
    }
    return -1
  }

  private findPath(revision: string, given: string): Id | null {
    const inFolder = given.startsWith('./') || given.startsWith('../') || given === '.'
    if (revision === '') {
      const match = /^([0-3]):(.*)$/.exec(given)
      const [stage, path] = match ? [Number(match[1]), match[2]!] : [0, given]
      const own = /^\.\.?(\/|$)/.test(path) ? this.run.pathInTree(path) : path
      return this.repo.index.get(own, stage)?.id ?? null
    }
    const tree = this.findTree(revision)
    if (!tree) return null
    const path = inFolder ? this.run.pathInTree(given) : joinPath('/', given).slice(1)
    return entryAt(this.repo, tree, path)?.id ?? null
  }

  private findPlain(name: string): Id | null {
    const end = suffixStart(name)
    let id = this.findBase(name.slice(0, end))
    let rest = name.slice(end)
    while (id && rest) {
      const tilde = /^~(\d*)/.exec(rest)
      const braces = /^\^\{([^}]*)\}/.exec(rest)
      const caret = /^\^(\d*)/.exec(rest)
      if (tilde) {
        for (let n = tilde[1] === '' ? 1 : Number(tilde[1]); id && n > 0; n--) id = this.parent(id, 1)
        rest = rest.slice(tilde[0].length)
      } else if (braces) {
        id = this.peelTo(id, braces[1]!)
        rest = rest.slice(braces[0].length)
      } else if (caret) {
        id = this.parent(id, caret[1] === '' ? 1 : Number(caret[1]))
        rest = rest.slice(caret[0].length)
      } else return null
    }
    return id
  }

  private parent(id: Id, n: number): Id | null {
    if (!this.repo.objects.has(id)) return null
    const peeled = this.repo.objects.peel(id)
    if (this.repo.objects.typeOf(peeled) !== 'commit') return null
    if (n === 0) return peeled
    return this.repo.objects.commit(peeled).parents[n - 1] ?? null
  }

  private peelTo(id: Id, type: string): Id | null {
    const { objects } = this.repo
    if (!objects.has(id)) return null
    if (type.startsWith('/')) return this.findMessage(type.slice(1), [id])
    if (type === 'object') return id
    if (type === 'tag') return objects.typeOf(id) === 'tag' ? id : null
    const peeled = objects.peel(id)
    const own = objects.typeOf(peeled)
    if (type === '' || type === own) return peeled
    return type === 'tree' && own === 'commit' ? objects.commit(peeled).tree : null
  }

  private findBase(base: string): Id | null {
    const log = /^(.*)@\{([^}]*)\}$/.exec(base)
    if (log) return this.findLogged(log[1]!, log[2]!)
    if (base === '@') return this.repo.headId
    const earlier = base === '-' ? earlierBranch(this.repo, 1) : null
    if (earlier) return this.findBase(earlier)
    if (base === 'FETCH_HEAD') return /^[0-9a-f]{40}/.exec(this.repo.state('FETCH_HEAD') ?? '')?.[0] ?? null
    if (/^[0-9a-f]{40}$/.test(base)) return base
    const ref = fullRefName(this.repo, base)
    if (ref) return this.repo.refs.get(ref)
    if (/^[0-9a-f]{4,39}$/.test(base)) {
      const ids = this.repo.objects.withPrefix(base)
      if (ids.length === 1) return ids[0]!
      const commits = ids.filter((id) => ['commit', 'tag'].includes(this.repo.objects.typeOf(id)!))
      if (commits.length === 1) return commits[0]!
    }
    const described = /-\d+-g([0-9a-f]{4,40})$/.exec(base)
    return described ? this.findBase(described[1]!) : null
  }

  private findLogged(name: string, what: string): Id | null {
    const minus = /^-(\d+)$/.exec(what)
    if (name === '' && minus) {
      const earlier = earlierBranch(this.repo, Number(minus[1]))
      return earlier ? this.findBase(earlier) : null
    }
    const branch = name === '' || name === 'HEAD' || name === '@' ? this.repo.branch : name
    if (/^(u|upstream|push)$/i.test(what)) {
      if (!branch) die('HEAD does not point to a branch')
      const upstream = this.repo.upstreamOf(branch)
      if (!upstream?.tracking) die(`no upstream configured for branch '${branch}'`)
      return this.repo.refs.get(upstream.tracking)
    }
    const full =
      name === ''
        ? (this.repo.refs.headTarget ?? 'HEAD')
        : name === '@'
          ? 'HEAD'
          : fullRefName(this.repo, name)
    if (!full) return null
    const entries = this.repo.refs.logOf(full)
    if (/^\d+$/.test(what)) {
      const n = Number(what)
      if (n === 0 && entries.length === 0) return this.repo.refs.get(full)
      if (n === 0) return entries.at(-1)!.after
      // What stood before the nth move back; the halves of a renaming have nothing before them.
      const earlier = [...entries]
        .reverse()
        .slice(n - 1)
        .find(({ before }) => !/^0+$/.test(before))
      if (earlier) return earlier.before
      const shown = name === '' ? (this.repo.branch ?? 'HEAD') : name
      if (entries.length === 0) die(`log for '${shown}' is empty`)
      die(`log for '${shown}' only has ${entries.length} entries`)
    }
    const time = dateOf(what, this.run)
    if (time === null) return null
    const entry = [...entries].reverse().find((one) => one.who.time <= time)
    return entry?.after ?? entries[0]?.before ?? null
  }

  private findMessage(text: string, tips: Id[]): Id | null {
    const negated = text.startsWith('!-')
    const pattern = new RegExp(negated ? text.slice(2) : text.replace(/^!!/, '!'))
    const seen = new Set<Id>()
    const queue = tips.map((id) => this.repo.objects.peel(id))
    while (queue.length > 0) {
      queue.sort((a, b) => this.timeOf(b) - this.timeOf(a))
      const id = queue.shift()!
      if (seen.has(id) || this.repo.objects.typeOf(id) !== 'commit') continue
      seen.add(id)
      const commit = this.repo.objects.commit(id)
      if (pattern.test(commit.message) !== negated) return id
      queue.push(...commit.parents)
    }
    return null
  }

  private timeOf(id: Id): number {
    return this.repo.objects.typeOf(id) === 'commit' ? this.repo.objects.commit(id).committer.time : 0
  }

  private tips(): Id[] {
    const { headId } = this.repo
    return [...(headId ? [headId] : []), ...this.repo.refs.list().map(([, id]) => id)]
  }
}

function dateOf(text: string, run: Run): number | null {
  const plain = text.replaceAll('.', ' ')
  if (!/\d|yesterday|today|now|ago|midnight/.test(plain)) return null
  const ago = /^(\d+|an?|one|two|three) (second|minute|hour|day|week|month|year)s?(?: ago)?$/.exec(plain)
  if (ago) return run.host.now() - (Number(ago[1]) || 1) * UNITS[ago[2]!]!
  if (plain === 'yesterday') return run.host.now() - 86_400
  if (plain === 'now' || plain === 'today') return run.host.now()
  const parsed = Date.parse(plain)
  return Number.isNaN(parsed) ? null : parsed / 1000
}

/** Where `~` and `^` begin. */
function suffixStart(name: string): number {
  let depth = 0
  for (let i = 0; i < name.length; i++) {
    const char = name[i]!
    if (depth === 0 && (char === '~' || char === '^')) return i
    if (char === '{') depth++
    else if (char === '}') depth--
  }
  return name.length
}

/** The entry of a tree at a path; the empty path is the tree itself. */
export function entryAt(repo: Repository, tree: Id, path: string): { mode: string; id: Id } | null {
  let at = { mode: MODE.tree, id: tree }
  for (const part of path.split('/').filter(Boolean)) {
    if (at.mode !== MODE.tree) return null
    const entry = repo.objects.tree(at.id).find(({ name }) => name === part)
    if (!entry) return null
    at = entry
  }
  return at
}

export function unknown(name: string): never {
  return die(
    `ambiguous argument '${name}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`,
  )
}

/** The tips that a list of words names: those to show from, those whose history is left out, and what is a path. */
export type Selection = {
  include: { id: Id; name: string; left?: boolean }[]
  exclude: Id[]
  paths: string[]
  /** `A...B` was given: which commits are on whose side. */
  symmetric: { left: Id; right: Id } | null
  /** Ranges as they were given, for `diff A..B`. */
  ranges: { left: string; right: string; dots: 2 | 3 }[]
  /** A `--` stood between. */
  divided: boolean
}

/** Sorts words into revisions and paths as `git log` and `git diff` do. */
export function selectRevisions(run: Run, words: string[], bases: (a: Id, b: Id) => Id[]): Selection {
  const { repo } = run
  const revisions = new Revisions(repo, run)
  const divide = words.indexOf('--')
  const selection: Selection = {
    include: [],
    exclude: [],
    paths: [],
    symmetric: null,
    ranges: [],
    divided: divide >= 0,
  }
  const before = divide < 0 ? words : words.slice(0, divide)
  if (divide >= 0) selection.paths.push(...words.slice(divide + 1))
  const idOf = (name: string): Id | null => {
    const id = revisions.find(name === '' ? 'HEAD' : name)
    return id && repo.objects.has(id) ? id : null
  }
  let not = false
  for (const [i, word] of before.entries()) {
    if (word === '--not') {
      not = !not
      continue
    }
    const range = /^(.*?)(\.\.\.?)(.*)$/.exec(word)
    if (range && word !== '..' && word !== '...') {
      const [, from, dots, to] = range
      const left = idOf(from!)
      const right = left && idOf(to!)
      if (left && right) {
        selection.ranges.push({ left: from || 'HEAD', right: to || 'HEAD', dots: dots!.length as 2 | 3 })
        const [a, b] = [repo.objects.peel(left), repo.objects.peel(right)]
        if (dots === '...') {
          selection.symmetric = { left: a, right: b }
          selection.exclude.push(...bases(a, b))
          selection.include.push({ id: a, name: from || 'HEAD', left: true }, { id: b, name: to || 'HEAD' })
        } else {
          selection.exclude.push(a)
          selection.include.push({ id: b, name: to || 'HEAD' })
        }
        continue
      }
    }
    const parents = /^(.*)\^(@|!|-(\d*))$/.exec(word)
    const base = parents && idOf(parents[1]!)
    if (parents && base) {
      const commit = repo.objects.commit(repo.objects.peel(base))
      if (parents[2] === '@')
        for (const parent of commit.parents) selection.include.push({ id: parent, name: word })
      else {
        selection.include.push({ id: commit.id, name: word })
        const n = Number(parents[3] || 1)
        selection.exclude.push(...(parents[2] === '!' ? commit.parents : commit.parents.slice(n - 1, n)))
      }
      continue
    }
    if (word.startsWith('^') && word.length > 1) {
      const id = idOf(word.slice(1))
      if (!id) unknownRevision(word, divide >= 0)
      if (not) selection.include.push({ id: id!, name: word })
      else selection.exclude.push(repo.objects.peel(id!))
      continue
    }
    const id = idOf(word)
    if (id) {
      if (not) selection.exclude.push(repo.objects.peel(id))
      else selection.include.push({ id, name: word })
      continue
    }
    if (divide >= 0) unknownRevision(word, true)
    const rest = before.slice(i)
    for (const path of rest) if (!couldBePath(run, path)) pathError(run, path)
    selection.paths.push(...rest)
    break
  }
  return selection
}

function unknownRevision(word: string, divided: boolean): never {
  return divided ? die(`bad revision '${word}'`) : unknown(word)
}

function pathError(run: Run, word: string): never {
  const colon = word.indexOf(':')
  if (colon > 0) {
    const name = word.slice(0, colon)
    const path = word.slice(colon + 1)
    const tree = new Revisions(run.repo, run).findTree(name)
    if (tree) {
      const onDisk = run.world.exists(joinPath(run.repo.workTree ?? '/', path))
      die(
        onDisk
          ? `path '${path}' exists on disk, but not in '${name}'`
          : `path '${path}' does not exist in '${name}'`,
      )
    }
    die(`invalid object name '${name}'.`)
  }
  return unknown(word)
}

function couldBePath(run: Run, word: string): boolean {
  if (/^:[(!^/]/.test(word) && word.length > 1) return true
  if (/[*?[]/.test(word)) return true
  return run.world.exists(joinPath(run.cwd, word))
}

/** Every file of the tree that a name stands for. */
export const filesAt = (repo: Repository, tree: Id | null) => filesOf(repo.objects, tree)
