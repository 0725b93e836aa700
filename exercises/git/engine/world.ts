/**
 * The files of an exercise: one tree in memory, synchronous, copied in well under a millisecond. Every repository of an
 * exercise, remotes and other people's clones too, lies in one world, so that one snapshot holds all of it.
 */

export type FileNode = {
  readonly type: 'file'
  readonly bytes: Uint8Array
  readonly executable: boolean
  /** Milliseconds since 1970. */
  readonly mtime: number
}
export type LinkNode = { readonly type: 'link'; readonly target: string; readonly mtime: number }
export type DirectoryNode = {
  readonly type: 'directory'
  readonly children: Map<string, Node>
  readonly mtime: number
}
export type Node = FileNode | LinkNode | DirectoryNode

/** A world as JSON: a string is a text file, `base64` one that is not UTF-8; folders only where they are empty. */
export type WorldData = Record<
  string,
  string | { text?: string; base64?: string; executable?: true; link?: string; directory?: true }
>

/** A copy of a world at one moment. */
export type Snapshot = { readonly root: DirectoryNode }

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export const encode = (text: string): Uint8Array => encoder.encode(text)
export const decode = (bytes: Uint8Array): string => decoder.decode(bytes)

/** The text of bytes that are UTF-8 without a NUL near their beginning, else null: such a file is binary to git. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, 8000).includes(0)) return null
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/** Joins and normalises: `.` and `..` resolved, absolute, no slash at the end. */
export function joinPath(base: string, path: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export class World {
  /** Stamps files as they are written; milliseconds. */
  now = 0
  private root: DirectoryNode = { type: 'directory', children: new Map(), mtime: 0 }

  static from(data: WorldData): World {
    const world = new World()
    for (const [path, entry] of Object.entries(data)) {
      if (typeof entry === 'string') world.write(path, entry)
      else if (entry.link !== undefined) world.link(path, entry.link)
      else if (entry.directory) world.makeDirectory(path)
      else {
        const bytes = entry.base64 === undefined ? encode(entry.text ?? '') : fromBase64(entry.base64)
        world.write(path, bytes, entry.executable === true)
      }
    }
    return world
  }

  /** Every file below a path, as JSON. Keys keep their full path. */
  toData(under = '/'): WorldData {
    const data: WorldData = {}
    const visit = (path: string, node: Node) => {
      if (node.type === 'link') data[path] = { link: node.target }
      else if (node.type === 'directory') {
        if (node.children.size === 0 && path !== '/') data[path] = { directory: true }
        for (const name of [...node.children.keys()].sort())
          visit(path === '/' ? `/${name}` : `${path}/${name}`, node.children.get(name)!)
      } else {
        const text = decodeText(node.bytes)
        if (text !== null && !node.executable) data[path] = text
        else
          data[path] = {
            ...(text === null ? { base64: toBase64(node.bytes) } : { text }),
            ...(node.executable && { executable: true as const }),
          }
      }
    }
    const top = this.stat(under)
    if (top) visit(under, top)
    return data
  }

  snapshot(): Snapshot {
    return { root: copyDirectory(this.root) }
  }

  restore(snapshot: Snapshot): void {
    this.root = copyDirectory(snapshot.root)
  }

  /** What stands at a path, links in its folders followed, a link at its end not. */
  stat(path: string): Node | null {
    return this.find(path, false)
  }

  /** As `stat`, with a link at the end followed too. */
  statTarget(path: string): Node | null {
    return this.find(path, true)
  }

  exists(path: string): boolean {
    return this.stat(path) !== null
  }

  isDirectory(path: string): boolean {
    return this.statTarget(path)?.type === 'directory'
  }

  read(path: string): Uint8Array | null {
    const node = this.statTarget(path)
    return node?.type === 'file' ? node.bytes : null
  }

  readText(path: string): string | null {
    const bytes = this.read(path)
    return bytes && decode(bytes)
  }

  /** Names in a folder, sorted by their bytes; empty where there is none. */
  list(path: string): string[] {
    const node = this.statTarget(path)
    return node?.type === 'directory' ? [...node.children.keys()].sort(compareNames) : []
  }

  /**
   * Writes a file and makes its folders. A file keeps its executable bit unless it is given.
   * @throws Error `ENOTDIR` or `EISDIR` where a file stands in for a folder or the other way about.
   */
  write(path: string, content: Uint8Array | string, executable?: boolean): void {
    const target = this.followed(path)
    const directory = this.directoryFor(parentOf(target))
    const name = nameOf(target)
    const old = directory.children.get(name)
    if (old?.type === 'directory') throw new Error(`EISDIR: ${path} is a directory`)
    directory.children.set(name, {
      type: 'file',
      bytes: typeof content === 'string' ? encode(content) : content,
      executable: executable ?? (old?.type === 'file' && old.executable),
      mtime: this.now,
    })
  }

  link(path: string, target: string): void {
    this.directoryFor(parentOf(path)).children.set(nameOf(path), { type: 'link', target, mtime: this.now })
  }

  makeDirectory(path: string): void {
    this.directoryFor(path)
  }

  setExecutable(path: string, executable: boolean): void {
    const node = this.statTarget(path)
    if (node?.type === 'file') this.put(this.followed(path), { ...node, executable })
  }

  setTime(path: string, mtime: number): void {
    const node = this.stat(path)
    if (node) this.put(path, { ...node, mtime })
  }

  /** Removes a file, a link or a whole folder; nothing happens where nothing is. */
  remove(path: string): void {
    const parent = this.find(parentOf(path), true)
    if (parent?.type === 'directory') parent.children.delete(nameOf(path))
  }

  /** Removes folders upwards from `path` while they are empty, and never `stop` itself. */
  removeEmptyFolders(path: string, stop: string): void {
    let at = path
    while (at !== stop && at.startsWith(stop)) {
      const node = this.stat(at)
      if (node?.type !== 'directory' || node.children.size > 0) return
      this.remove(at)
      at = parentOf(at)
    }
  }

  move(from: string, to: string): void {
    const node = this.stat(from)
    if (!node) throw new Error(`ENOENT: ${from}`)
    this.remove(from)
    this.put(to, node)
  }

  put(path: string, node: Node): void {
    this.directoryFor(parentOf(path)).children.set(nameOf(path), node)
  }

  private followed(path: string): string {
    const node = this.stat(path)
    return node?.type === 'link' ? this.followed(joinPath(parentOf(path), node.target)) : path
  }

  private find(path: string, followLast: boolean, depth = 0): Node | null {
    if (depth > 20) return null
    let node: Node = this.root
    const parts = path.split('/').filter(Boolean)
    for (const [i, part] of parts.entries()) {
      if (node.type !== 'directory') return null
      const child = node.children.get(part)
      if (!child) return null
      const last = i === parts.length - 1
      if (child.type === 'link' && (!last || followLast)) {
        const base = `/${parts.slice(0, i).join('/')}`
        const rest = parts.slice(i + 1)
        return this.find(joinPath(joinPath(base, child.target), rest.join('/') || '.'), followLast, depth + 1)
      }
      node = child
    }
    return node
  }

  private directoryFor(path: string): DirectoryNode {
    let node: DirectoryNode = this.root
    let at = ''
    for (const part of path.split('/').filter(Boolean)) {
      at += `/${part}`
      let child = node.children.get(part)
      if (child?.type === 'link') child = this.find(at, true) ?? undefined
      if (!child) {
        child = { type: 'directory', children: new Map(), mtime: this.now }
        node.children.set(part, child)
      }
      if (child.type !== 'directory') throw new Error(`ENOTDIR: ${at} is not a directory`)
      node = child
    }
    return node
  }
}

/** By code point, which for UTF-8 is the order of bytes. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x === y) continue
    const surrogates = x >= 0xd800 && y >= 0xd800
    if (!surrogates) return x - y
    const [high, low] = [x < 0xe000, y < 0xe000]
    return high === low ? x - y : high ? 1 : -1
  }
  return a.length - b.length
}

function copyDirectory(directory: DirectoryNode): DirectoryNode {
  const children = new Map<string, Node>()
  for (const [name, node] of directory.children)
    children.set(name, node.type === 'directory' ? copyDirectory(node) : node)
  return { type: 'directory', children, mtime: directory.mtime }
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
