/** The index: what the next commit will hold, and while a merge is unfinished the versions that disagree (gitformat-index, version 2). */
import { type Id, MODE, type ObjectDatabase, type TreeEntry } from './objects'
import { sha1 } from './sha1'
import { compareNames, decode, encode, type World } from './world'

/** Stage 0 is settled; 1 is the common ancestor's, 2 ours, 3 theirs. */
export type IndexEntry = { path: string; mode: string; id: Id; stage: number; intent?: true }

const byPlace = (a: IndexEntry, b: IndexEntry) => compareNames(a.path, b.path) || a.stage - b.stage

export class Index {
  private readonly entries = new Map<string, IndexEntry>()
  private order: IndexEntry[] | null = null

  static read(world: World, path: string): Index {
    const index = new Index()
    const bytes = world.read(path)
    if (!bytes) return index
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const version = view.getUint32(4)
    const count = view.getUint32(8)
    let at = 12
    for (let n = 0; n < count; n++) {
      const mode = view.getUint32(at + 24).toString(8)
      let id = ''
      for (let i = 0; i < 20; i++) id += bytes[at + 40 + i]!.toString(16).padStart(2, '0')
      const flags = view.getUint16(at + 60)
      const extended = version > 2 && (flags & 0x4000) !== 0
      const intent = extended && (view.getUint16(at + 62) & 0x2000) !== 0
      const start = at + (extended ? 64 : 62)
      const end = bytes.indexOf(0, start)
      const entry: IndexEntry = {
        path: decode(bytes.subarray(start, end)),
        mode,
        id,
        stage: (flags >> 12) & 3,
        ...(intent && { intent: true as const }),
      }
      index.entries.set(keyOf(entry.path, entry.stage), entry)
      at += Math.ceil((end - at + 1) / 8) * 8
    }
    return index
  }

  write(world: World, path: string): void {
    const sorted = this.all()
    const version = sorted.some((entry) => entry.intent) ? 3 : 2
    const names = sorted.map((entry) => encode(entry.path))
    const sizes = sorted.map((entry, i) => {
      const head = entry.intent ? 64 : 62
      return Math.ceil((head + names[i]!.length + 1) / 8) * 8
    })
    const bytes = new Uint8Array(12 + sizes.reduce((sum, size) => sum + size, 0) + 20)
    const view = new DataView(bytes.buffer)
    bytes.set(encode('DIRC'))
    view.setUint32(4, version)
    view.setUint32(8, sorted.length)
    let at = 12
    for (const [i, entry] of sorted.entries()) {
      const name = names[i]!
      view.setUint32(at + 24, Number.parseInt(entry.mode, 8))
      for (let n = 0; n < 20; n++) bytes[at + 40 + n] = Number.parseInt(entry.id.slice(n * 2, n * 2 + 2), 16)
      const extended = entry.intent ? 0x4000 : 0
      view.setUint16(at + 60, extended | (entry.stage << 12) | Math.min(name.length, 0xfff))
      if (entry.intent) view.setUint16(at + 62, 0x2000)
      bytes.set(name, at + (entry.intent ? 64 : 62))
      at += sizes[i]!
    }
    const digest = sha1(bytes.subarray(0, at))
    for (let n = 0; n < 20; n++) bytes[at + n] = Number.parseInt(digest.slice(n * 2, n * 2 + 2), 16)
    world.write(path, bytes)
  }

  /** In git's order: by path, then by stage. */
  all(): IndexEntry[] {
    this.order ??= [...this.entries.values()].sort(byPlace)
    return this.order
  }

  get(path: string, stage = 0): IndexEntry | undefined {
    return this.entries.get(keyOf(path, stage))
  }

  has(path: string): boolean {
    return [0, 1, 2, 3].some((stage) => this.entries.has(keyOf(path, stage)))
  }

  /** Puts an entry in its stage; a settled one takes the place of the disagreeing versions, and files of folders. */
  set(entry: IndexEntry): void {
    if (entry.stage === 0) {
      for (const stage of [1, 2, 3]) this.entries.delete(keyOf(entry.path, stage))
      for (const other of [...this.entries.values()])
        if (other.path.startsWith(`${entry.path}/`) || entry.path.startsWith(`${other.path}/`))
          this.entries.delete(keyOf(other.path, other.stage))
    }
    this.entries.set(keyOf(entry.path, entry.stage), entry)
    this.order = null
  }

  /** As `set`, but nothing else is looked at: for whole trees, whose names cannot clash. */
  fill(entry: IndexEntry): void {
    this.entries.set(keyOf(entry.path, entry.stage), entry)
    this.order = null
  }

  /** The versions of a conflict take the place of what stands at `path`: 1 is the base, 2 ours, 3 theirs. */
  fillConflict(path: string, { base, ours, theirs }: Stages): void {
    this.remove(path)
    for (const [stage, entry] of [
      [1, base],
      [2, ours],
      [3, theirs],
    ] as const)
      if (entry) this.fill({ path, mode: entry.mode, id: entry.id, stage })
  }

  remove(path: string): void {
    for (const stage of [0, 1, 2, 3]) this.entries.delete(keyOf(path, stage))
    this.order = null
  }

  clear(): void {
    this.entries.clear()
    this.order = null
  }

  copy(): Index {
    const copy = new Index()
    for (const [key, entry] of this.entries) copy.entries.set(key, entry)
    return copy
  }

  /** Paths that disagree, sorted, with their stages. */
  unmerged(): Map<string, { base?: IndexEntry; ours?: IndexEntry; theirs?: IndexEntry }> {
    const found = new Map<string, { base?: IndexEntry; ours?: IndexEntry; theirs?: IndexEntry }>()
    for (const entry of this.all()) {
      if (entry.stage === 0) continue
      const versions = found.get(entry.path) ?? {}
      if (entry.stage === 1) versions.base = entry
      else if (entry.stage === 2) versions.ours = entry
      else versions.theirs = entry
      found.set(entry.path, versions)
    }
    return found
  }

  get hasUnmerged(): boolean {
    return this.all().some((entry) => entry.stage > 0)
  }

  /** Writes the trees of the settled entries. */
  writeTree(objects: ObjectDatabase): Id {
    return writeTreeOf(
      objects,
      this.all().filter((entry) => entry.stage === 0 && !entry.intent),
    )
  }
}

const keyOf = (path: string, stage: number): string => (stage === 0 ? path : `${path}\0${stage}`)

export type TreeFile = { path: string; mode: string; id: Id }

/** The versions of a path that is in conflict. */
export type Stages = { base?: TreeFile; ours?: TreeFile; theirs?: TreeFile }

/** Writes the trees that hold these files, innermost first, and gives the outermost one's id. */
export function writeTreeOf(objects: ObjectDatabase, files: TreeFile[]): Id {
  const own: TreeEntry[] = []
  const folders = new Map<string, TreeFile[]>()
  for (const { path, mode, id } of files) {
    const slash = path.indexOf('/')
    if (slash < 0) own.push({ name: path, mode, id })
    else {
      const folder = path.slice(0, slash)
      const inside = folders.get(folder) ?? []
      inside.push({ path: path.slice(slash + 1), mode, id })
      folders.set(folder, inside)
    }
  }
  for (const [name, inside] of folders) own.push({ name, mode: MODE.tree, id: writeTreeOf(objects, inside) })
  return objects.writeTree(own)
}

/** Every file below a tree by its path, in git's order. */
export function filesOf(objects: ObjectDatabase, tree: Id | null): Map<string, TreeFile> {
  const files = new Map<string, TreeFile>()
  const visit = (id: Id, prefix: string) => {
    for (const entry of objects.tree(id)) {
      const path = prefix + entry.name
      if (entry.mode === MODE.tree) visit(entry.id, `${path}/`)
      else files.set(path, { path, mode: entry.mode, id: entry.id })
    }
  }
  if (tree) visit(tree, '')
  return files
}
