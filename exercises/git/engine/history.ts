/** Walks the graph of commits: reachability, merge bases, the order in which `git log` and `git rev-list` show commits. */
import { compareVersions, detectRenames, type Version } from './file-diff'
import { filesOf } from './index-file'
import type { Commit, Id, ObjectDatabase } from './objects'
import type { Pathspec } from './paths'

/** Every commit that can be reached from these, themselves included. */
export function reachable(objects: ObjectDatabase, tips: Iterable<Id>, firstParent = false): Set<Id> {
  const seen = new Set<Id>()
  const stack = [...tips]
  while (stack.length > 0) {
    const id = stack.pop()!
    if (seen.has(id) || !objects.has(id)) continue
    seen.add(id)
    const { parents } = objects.commit(id)
    stack.push(...(firstParent ? parents.slice(0, 1) : parents))
  }
  return seen
}

export function isAncestor(objects: ObjectDatabase, ancestor: Id, descendant: Id): boolean {
  return ancestor === descendant || reachable(objects, [descendant]).has(ancestor)
}

/** The best common ancestors of two commits, newest first; more than one after criss-cross merges. */
export function mergeBases(objects: ObjectDatabase, a: Id, b: Id): Id[] {
  if (a === b) return [a]
  const [ofA, ofB] = [reachable(objects, [a]), reachable(objects, [b])]
  if (ofA.has(b)) return [b]
  if (ofB.has(a)) return [a]
  const common = [...ofA].filter((id) => ofB.has(id))
  const below = new Set<Id>()
  for (const id of common) for (const parent of objects.commit(id).parents) below.add(parent)
  const covered = reachable(objects, below)
  return common
    .filter((id) => !covered.has(id))
    .sort((x, y) => objects.commit(y).committer.time - objects.commit(x).committer.time)
}

/** How many commits each of two has that the other lacks. */
export function aheadBehind(
  objects: ObjectDatabase,
  ours: Id,
  theirs: Id,
): { ahead: number; behind: number } {
  const [a, b] = [reachable(objects, [ours]), reachable(objects, [theirs])]
  const only = (one: Set<Id>, other: Set<Id>) => [...one].filter((id) => !other.has(id)).length
  return { ahead: only(a, b), behind: only(b, a) }
}

export type WalkOptions = {
  include: Id[]
  exclude?: Id[]
  order?: 'date' | 'topo' | 'date-topo' | 'author-date'
  firstParent?: boolean
  reverse?: boolean
  paths?: Pathspec | null
  fullHistory?: boolean
  /** Follow one file through its renames. */
  follow?: string | null
  boundary?: boolean
  /** Commits for which this is false are passed over. */
  keeps?: (commit: Commit, walked: Walked) => boolean
  skip?: number
  count?: number
}

/** A commit as it is shown: with the parents that are left when paths cut the history. */
export type Walked = {
  commit: Commit
  parents: Id[]
  /** Those of them that are shown too, or would be without a limit on their number: what a graph draws lines to. */
  drawn: Id[]
  boundary?: boolean
  /** What the followed file was called here. */
  path?: string
}

type Queued = { commit: Commit; order: number }

/** Newest first; of equal times whichever came first. */
class DateQueue {
  private readonly items: Queued[] = []
  private added = 0

  push(commit: Commit): void {
    const item = { commit, order: this.added++ }
    let [low, high] = [0, this.items.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.items[middle]!.commit.committer.time >= commit.committer.time) low = middle + 1
      else high = middle
    }
    this.items.splice(low, 0, item)
  }

  pop(): Commit | undefined {
    return this.items.shift()?.commit
  }
}

export function walk(objects: ObjectDatabase, options: WalkOptions): Walked[] {
  const hidden = options.exclude?.length ? reachable(objects, options.exclude) : new Set<Id>()
  const simplified = new Simplified(objects, options)
  const shown: Walked[] = []
  const boundaries = new Set<Id>()
  const seen = new Set<Id>()
  const queue = new DateQueue()
  const tips = [...new Set(options.include.map((id) => objects.peel(id)))]
  for (const id of tips) {
    if (hidden.has(id) || objects.typeOf(id) !== 'commit') continue
    seen.add(id)
    queue.push(objects.commit(id))
  }
  for (let commit = queue.pop(); commit; commit = queue.pop()) {
    const followed = simplified.parentsToFollow(commit)
    for (const id of followed) {
      if (hidden.has(id)) {
        boundaries.add(id)
        continue
      }
      if (seen.has(id) || !objects.has(id)) continue
      seen.add(id)
      queue.push(objects.commit(id))
    }
    shown.push({ commit, parents: followed, drawn: [] })
  }
  let list = shown
  if (options.order && options.order !== 'date') list = sortTopologically(list, options.order)
  if (options.paths && !options.paths.isEmpty) list = simplified.prune(list)
  else if (options.follow) list = simplified.followed(list)
  if (options.keeps) list = list.filter((one) => options.keeps!(one.commit, one))
  const kept = new Set(list.map(({ commit }) => commit.id))
  for (const one of list) one.drawn = one.parents.filter((id) => kept.has(id))
  const from = options.skip ?? 0
  const to = options.count === undefined ? list.length : from + options.count
  list = list.slice(from, to)
  if (options.boundary) {
    const extra = [...boundaries].map(
      (id): Walked => ({ commit: objects.commit(id), parents: [], drawn: [], boundary: true }),
    )
    list = [...list, ...extra]
  }
  return options.reverse ? list.reverse() : list
}

/** Children before their parents, and lines of history kept together. */
function sortTopologically(list: Walked[], order: 'topo' | 'date-topo' | 'author-date'): Walked[] {
  const byId = new Map(list.map((one) => [one.commit.id, one]))
  const children = new Map<Id, number>(list.map((one) => [one.commit.id, 0]))
  for (const { parents } of list)
    for (const id of parents) if (children.has(id)) children.set(id, children.get(id)! + 1)
  const ready = list.filter((one) => children.get(one.commit.id) === 0)
  const sorted: Walked[] = []
  const time = ({ commit }: Walked) => (order === 'author-date' ? commit.author.time : commit.committer.time)
  if (order === 'topo') ready.reverse()
  while (ready.length > 0) {
    let at = ready.length - 1
    if (order !== 'topo') {
      at = 0
      for (let i = 1; i < ready.length; i++) if (time(ready[i]!) > time(ready[at]!)) at = i
    }
    const [one] = ready.splice(at, 1)
    sorted.push(one!)
    for (const id of one!.parents) {
      if (!children.has(id)) continue
      const left = children.get(id)! - 1
      children.set(id, left)
      if (left === 0) ready.push(byId.get(id)!)
    }
  }
  return sorted
}

/** History cut down to some paths: a parent that is the same there is the only one followed. */
class Simplified {
  private readonly changed = new Map<Id, boolean>()

  constructor(
    private readonly objects: ObjectDatabase,
    private readonly options: WalkOptions,
  ) {}

  /** Whether a commit changed what is asked about. */
  changes(commit: Commit): boolean {
    let changes = this.changed.get(commit.id)
    if (changes === undefined) {
      this.parentsToFollow(commit)
      changes = this.changed.get(commit.id) ?? false
    }
    return changes
  }

  parentsToFollow(commit: Commit): Id[] {
    const parents = this.options.firstParent ? commit.parents.slice(0, 1) : commit.parents
    const { paths } = this.options
    if (!paths || paths.isEmpty) return parents
    if (parents.length === 0) {
      this.changed.set(commit.id, this.differs(null, commit.tree, ''))
      return []
    }
    const same = parents.filter(
      (id) => this.objects.has(id) && !this.differs(this.objects.commit(id).tree, commit.tree, ''),
    )
    this.changed.set(commit.id, same.length === 0)
    if (this.options.fullHistory) return parents
    return same.length > 0 ? [same[0]!] : parents
  }

  /** Leaves only the commits that changed something, each joined to the nearest such ancestor. */
  prune(list: Walked[]): Walked[] {
    const byId = new Map(list.map((one) => [one.commit.id, one]))
    const memo = new Map<Id, Id | null>()
    const kept = (one: Walked) =>
      this.changes(one.commit) || (this.options.fullHistory && one.parents.length > 1)
    const nearest = (id: Id): Id | null => {
      const trail: Id[] = []
      let at: Id | null = id
      while (at !== null && !memo.has(at)) {
        const one: Walked | undefined = byId.get(at)
        if (!one || kept(one)) break
        trail.push(at)
        at = one.parents[0] ?? null
      }
      const found = at !== null && memo.has(at) ? memo.get(at)! : at
      for (const step of trail) memo.set(step, found)
      return found
    }
    return list.filter(kept).map((one) => ({
      ...one,
      parents: [...new Set(one.parents.flatMap((id) => nearest(id) ?? []))],
    }))
  }

  private differs(a: Id | null, b: Id | null, folder: string): boolean {
    if (a === b) return false
    const paths = this.options.paths!
    const [before, after] = [a ? this.objects.tree(a) : [], b ? this.objects.tree(b) : []]
    const old = new Map(before.map((entry) => [entry.name, entry]))
    const names = new Set([...before, ...after].map((entry) => entry.name))
    const now = new Map(after.map((entry) => [entry.name, entry]))
    for (const name of names) {
      const [x, y] = [old.get(name), now.get(name)]
      if (x?.id === y?.id && x?.mode === y?.mode) continue
      const path = folder + name
      const [treeX, treeY] = [x?.mode === '40000', y?.mode === '40000']
      if (treeX || treeY) {
        if (!paths.reaches(path)) continue
        if ((x && !treeX) || (y && !treeY)) if (paths.matches(path)) return true
        if (this.differs(treeX ? x!.id : null, treeY ? y!.id : null, `${path}/`)) return true
      } else if (paths.matches(path)) return true
    }
    return false
  }

  /**
   * Goes through commits in their order with one name, which a rename changes for all that come after: so does git, and so
   * a file that was renamed on one side of a merge is not found under its old name on the other.
   */
  followed(list: Walked[]): Walked[] {
    let name = this.options.follow!
    return list.flatMap((one): Walked[] => {
      const { commit } = one
      if (commit.parents.length > 1) return []
      const parent = commit.parents[0]
      const own = filesOf(this.objects, commit.tree).get(name)
      const before = parent ? filesOf(this.objects, this.objects.commit(parent).tree).get(name) : undefined
      if (own?.id === before?.id && own?.mode === before?.mode) return []
      const path = name
      if (own && !before && parent) name = this.renamedFrom(parent, commit, name) ?? name
      return [{ ...one, path }]
    })
  }

  private renamedFrom(parent: Id, commit: Commit, name: string): string | null {
    const versions = (tree: Id) =>
      new Map(
        [...filesOf(this.objects, tree)].map(([path, file]): [string, Version] => [
          path,
          { ...file, bytes: () => this.objects.blob(file.id) },
        ]),
      )
    const pairs = detectRenames(
      compareVersions(versions(this.objects.commit(parent).tree), versions(commit.tree)),
    )
    return pairs.find((pair) => pair.status === 'R' && pair.after?.path === name)?.before?.path ?? null
  }
}
