/**
 * The object database: blobs, trees, commits and tags, byte for byte as git makes them and so under git's own ids
 * (gitformat: git-scm.com/docs, "Git Objects"). A loose object is a zlib stream (RFC 1950) of stored blocks: any git
 * reads it, and nothing has to be compressed in the page.
 */
import { sha1 } from './sha1'
import { compareNames, decode, encode, type World } from './world'

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag'
export type Id = string

/** Who, and when: seconds since 1970 and an offset as `+0100`. */
export type Ident = { name: string; email: string; time: number; zone: string }

export type TreeEntry = { mode: string; name: string; id: Id }

export type Commit = {
  id: Id
  tree: Id
  parents: Id[]
  author: Ident
  committer: Ident
  message: string
}

export type Tag = { id: Id; object: Id; type: ObjectType; tag: string; tagger: Ident | null; message: string }

export type NewCommit = Omit<Commit, 'id'>

export const ZERO_ID = '0'.repeat(40)
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
export const MODE = { file: '100644', executable: '100755', link: '120000', tree: '40000', commit: '160000' }

type Raw = { type: ObjectType; bytes: Uint8Array }

const hashes = new WeakMap<Uint8Array, Id>()
const opened = new WeakMap<Uint8Array, Raw>()
const parsed = new WeakMap<Uint8Array, Commit | TreeEntry[] | Tag>()

/** The id that bytes have as an object. Of a blob it is remembered with its bytes. */
export function hashObject(type: ObjectType, bytes: Uint8Array): Id {
  const known = type === 'blob' ? hashes.get(bytes) : undefined
  if (known) return known
  const id = sha1(withHeader(type, bytes))
  if (type === 'blob') hashes.set(bytes, id)
  return id
}

function withHeader(type: ObjectType, bytes: Uint8Array): Uint8Array {
  const header = encode(`${type} ${bytes.length}\0`)
  const whole = new Uint8Array(header.length + bytes.length)
  whole.set(header)
  whole.set(bytes, header.length)
  return whole
}

export class ObjectDatabase {
  constructor(
    private readonly world: World,
    private readonly directory: string,
  ) {}

  has(id: Id): boolean {
    return id === EMPTY_TREE || this.world.exists(this.pathOf(id))
  }

  /** @throws Error for an id that is not here. */
  raw(id: Id): Raw {
    const stored = this.world.read(this.pathOf(id))
    if (!stored) {
      if (id === EMPTY_TREE) return { type: 'tree', bytes: new Uint8Array(0) }
      throw new Error(`unable to read ${id}`)
    }
    let raw = opened.get(stored)
    if (!raw) {
      const whole = unwrap(stored)
      const end = whole.indexOf(0)
      const type = decode(whole.subarray(0, end)).split(' ')[0] as ObjectType
      raw = { type, bytes: whole.subarray(end + 1) }
      opened.set(stored, raw)
    }
    return raw
  }

  typeOf(id: Id): ObjectType | null {
    return this.has(id) ? this.raw(id).type : null
  }

  write(type: ObjectType, bytes: Uint8Array): Id {
    const id = hashObject(type, bytes)
    const path = this.pathOf(id)
    if (!this.world.exists(path)) this.world.write(path, wrap(withHeader(type, bytes)))
    return id
  }

  writeText(text: string): Id {
    return this.write('blob', encode(text))
  }

  blob(id: Id): Uint8Array {
    return this.expect(id, 'blob').bytes
  }

  tree(id: Id): TreeEntry[] {
    return this.parse(this.expect(id, 'tree').bytes, readTree)
  }

  commit(id: Id): Commit {
    return this.parse(this.expect(id, 'commit').bytes, (bytes) => readCommit(id, decode(bytes)))
  }

  tag(id: Id): Tag {
    return this.parse(this.expect(id, 'tag').bytes, (bytes) => readTag(id, decode(bytes)))
  }

  writeTree(entries: TreeEntry[]): Id {
    const sorted = [...entries].sort((a, b) => compareNames(treeKey(a), treeKey(b)))
    const parts = sorted.map((entry) => {
      const head = encode(`${entry.mode} ${entry.name}\0`)
      const bytes = new Uint8Array(head.length + 20)
      bytes.set(head)
      for (let i = 0; i < 20; i++)
        bytes[head.length + i] = Number.parseInt(entry.id.slice(i * 2, i * 2 + 2), 16)
      return bytes
    })
    return this.write('tree', concat(parts))
  }

  writeCommit(commit: NewCommit): Id {
    return this.write(
      'commit',
      encode(
        [
          `tree ${commit.tree}`,
          ...commit.parents.map((parent) => `parent ${parent}`),
          `author ${formatIdent(commit.author)}`,
          `committer ${formatIdent(commit.committer)}`,
          '',
          commit.message,
        ].join('\n'),
      ),
    )
  }

  writeTag(tag: Omit<Tag, 'id'>): Id {
    const tagger = tag.tagger ? [`tagger ${formatIdent(tag.tagger)}`] : []
    const head = [`object ${tag.object}`, `type ${tag.type}`, `tag ${tag.tag}`, ...tagger]
    return this.write('tag', encode([...head, '', tag.message].join('\n')))
  }

  /** Follows tags to what they stand for. */
  peel(id: Id): Id {
    let at = id
    while (this.typeOf(at) === 'tag') at = this.tag(at).object
    return at
  }

  /** Ids that begin so, sorted. */
  withPrefix(prefix: string): Id[] {
    const folder = prefix.slice(0, 2)
    return this.world
      .list(`${this.directory}/${folder}`)
      .map((rest) => folder + rest)
      .filter((id) => id.length === 40 && id.startsWith(prefix))
  }

  /** The shortest prefix of at least `least` digits that names one object. */
  abbreviate(id: Id, least = 7): string {
    const others = this.world.list(`${this.directory}/${id.slice(0, 2)}`)
    let length = least
    for (const rest of others) {
      const other = id.slice(0, 2) + rest
      if (other === id) continue
      let same = 2
      while (same < 40 && other[same] === id[same]) same++
      length = Math.max(length, same + 1)
    }
    return id.slice(0, length)
  }

  /** Every object's id, sorted. */
  all(): Id[] {
    return this.world
      .list(this.directory)
      .filter((folder) => /^[0-9a-f]{2}$/.test(folder))
      .flatMap((folder) => this.world.list(`${this.directory}/${folder}`).map((rest) => folder + rest))
  }

  /** Takes over an object, as fetch and push do. */
  copyFrom(other: ObjectDatabase, id: Id): void {
    if (this.has(id) || !other.has(id)) return
    const stored = other.world.stat(other.pathOf(id))
    if (stored) this.world.put(this.pathOf(id), stored)
  }

  private pathOf(id: Id): string {
    return `${this.directory}/${id.slice(0, 2)}/${id.slice(2)}`
  }

  private expect(id: Id, type: ObjectType): Raw {
    const raw = this.raw(id)
    if (raw.type !== type) throw new Error(`object ${id} is a ${raw.type}, not a ${type}`)
    return raw
  }

  private parse<T extends Commit | TreeEntry[] | Tag>(bytes: Uint8Array, read: (bytes: Uint8Array) => T): T {
    let value = parsed.get(bytes) as T | undefined
    if (!value) {
      value = read(bytes)
      parsed.set(bytes, value)
    }
    return value
  }
}

const treeKey = (entry: TreeEntry): string => (entry.mode === MODE.tree ? `${entry.name}/` : entry.name)

export const formatIdent = (ident: Ident): string =>
  `${ident.name} <${ident.email}> ${ident.time} ${ident.zone}`

export function parseIdent(text: string): Ident {
  const match = /^(.*?) ?<([^>]*)> ?(-?\d+)? ?([+-]\d{4})?$/.exec(text)
  return {
    name: match?.[1] ?? '',
    email: match?.[2] ?? '',
    time: Number(match?.[3] ?? 0),
    zone: match?.[4] ?? '+0000',
  }
}

function readTree(bytes: Uint8Array): TreeEntry[] {
  const entries: TreeEntry[] = []
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at)
    const end = bytes.indexOf(0, space)
    let id = ''
    for (let i = 1; i <= 20; i++) id += bytes[end + i]!.toString(16).padStart(2, '0')
    entries.push({
      mode: decode(bytes.subarray(at, space)),
      name: decode(bytes.subarray(space + 1, end)),
      id,
    })
    at = end + 21
  }
  return entries
}

function readHeaders(text: string): { headers: [string, string][]; message: string } {
  const end = text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const headers: [string, string][] = []
  for (const line of head.split('\n')) {
    const last = headers.at(-1)
    if (line.startsWith(' ') && last) last[1] += `\n${line.slice(1)}`
    else headers.push([line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
  }
  return { headers, message: end < 0 ? '' : text.slice(end + 2) }
}

function readCommit(id: Id, text: string): Commit {
  const { headers, message } = readHeaders(text)
  const first = (name: string) => headers.find(([key]) => key === name)?.[1] ?? ''
  return {
    id,
    tree: first('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    author: parseIdent(first('author')),
    committer: parseIdent(first('committer')),
    message,
  }
}

function readTag(id: Id, text: string): Tag {
  const { headers, message } = readHeaders(text)
  const first = (name: string) => headers.find(([key]) => key === name)?.[1]
  const tagger = first('tagger')
  return {
    id,
    object: first('object') ?? '',
    type: (first('type') ?? 'commit') as ObjectType,
    tag: first('tag') ?? '',
    tagger: tagger === undefined ? null : parseIdent(tagger),
    message,
  }
}

function concat(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const BLOCK = 0xffff

/** RFC 1950 around RFC 1951's stored blocks. */
function wrap(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)]
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK)
    const last = at + BLOCK >= bytes.length ? 1 : 0
    const size = block.length
    parts.push(Uint8Array.of(last, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255), block)
  }
  let [a, b] = [1, 0]
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  parts.push(Uint8Array.of(b >> 8, b & 255, a >> 8, a & 255))
  return concat(parts)
}

function unwrap(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  let at = 2
  for (let last = 0; !last; ) {
    last = bytes[at]!
    if (last > 1) throw new Error('an object that this git did not write')
    const size = bytes[at + 1]! | (bytes[at + 2]! << 8)
    parts.push(bytes.subarray(at + 5, at + 5 + size))
    at += 5 + size
  }
  return parts.length === 1 ? parts[0]! : concat(parts)
}
