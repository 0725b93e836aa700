/** Names for commits: HEAD, branches, tags, copies of a remote's, and the log of where each has stood. */
import { formatIdent, type Id, type Ident, parseIdent, ZERO_ID } from './objects'
import { compareNames, parentOf, type World } from './world'

export type LogEntry = { before: Id; after: Id; who: Ident; message: string }

/** What is written into the reflogs of a change; null: no log is kept of it. */
export type Note = { who: Ident; message: string } | null

export class Refs {
  constructor(
    private readonly world: World,
    private readonly gitDir: string,
    private readonly keepsLogs: boolean,
  ) {}

  /** The name that HEAD (or another symbolic ref) stands for, or null where it holds an id. */
  symbolic(name: string): string | null {
    const text = this.world.readText(`${this.gitDir}/${name}`)
    return text?.startsWith('ref: ') ? text.slice(5).trim() : null
  }

  setSymbolic(name: string, target: string): void {
    this.world.write(`${this.gitDir}/${name}`, `ref: ${target}\n`)
  }

  /** The id a full name stands for, symbolic ones followed. */
  get(name: string, depth = 0): Id | null {
    if (depth > 5 || name.split('/').some((part) => part === '..' || part === '')) return null
    const text = this.world.isDirectory(`${this.gitDir}/${name}`)
      ? null
      : this.world.readText(`${this.gitDir}/${name}`)
    if (text === null) return this.packed().get(name) ?? null
    if (text.startsWith('ref: ')) return this.get(text.slice(5).trim(), depth + 1)
    const id = /^[0-9a-f]{40}/.exec(text)?.[0]
    return id ?? null
  }

  /** The branch that HEAD is on, as a full name; null when HEAD is detached. */
  get headTarget(): string | null {
    return this.symbolic('HEAD')
  }

  /** Names below a prefix with their ids, sorted. Broken ones are left out. */
  list(prefix = 'refs/'): [string, Id][] {
    const names = new Set([...this.packed().keys()].filter((name) => name.startsWith(prefix)))
    const visit = (path: string) => {
      const full = `${this.gitDir}/${path}`
      if (this.world.isDirectory(full)) for (const name of this.world.list(full)) visit(`${path}/${name}`)
      else if (path.startsWith(prefix) && !path.endsWith('.lock')) names.add(path)
    }
    visit('refs')
    return [...names].sort(compareNames).flatMap((name): [string, Id][] => {
      const id = this.get(name)
      return id ? [[name, id]] : []
    })
  }

  /**
   * Moves a ref. Where HEAD is on it, HEAD's log has the move too.
   * @returns what stands in the way: a ref whose name is a folder of this one's, or the other way about.
   */
  set(name: string, id: Id, note: Note): string | null {
    const target = this.symbolic(name) ?? name
    const inTheWay = this.obstacle(target)
    if (inTheWay) return inTheWay
    const before = this.get(target) ?? ZERO_ID
    const path = `${this.gitDir}/${target}`
    if (this.world.isDirectory(path)) this.world.remove(path)
    this.world.write(path, `${id}\n`)
    if (note) {
      // A ref that stays where it is has no entry; HEAD, through which it was moved, has one.
      if (before !== id) this.log(target, before, id, note)
      if (target !== 'HEAD' && this.headTarget === target) this.log('HEAD', before, id, note)
    }
    return null
  }

  /** Puts HEAD on an id, off every branch. */
  detach(id: Id, note: Note, before = this.get('HEAD') ?? ZERO_ID): void {
    this.world.write(`${this.gitDir}/HEAD`, `${id}\n`)
    if (note) this.log('HEAD', before, id, note)
  }

  delete(name: string): void {
    const path = `${this.gitDir}/${name}`
    this.world.remove(path)
    this.world.removeEmptyFolders(parentOf(path), `${this.gitDir}/refs/${name.split('/')[1]}`)
    const packed = this.packed()
    if (packed.delete(name)) this.writePacked(packed)
    this.deleteLog(name)
  }

  deleteLog(name: string): void {
    const path = `${this.gitDir}/logs/${name}`
    this.world.remove(path)
    this.world.removeEmptyFolders(parentOf(path), `${this.gitDir}/logs/refs/${name.split('/')[1]}`)
  }

  moveLog(from: string, to: string): void {
    const text = this.world.readText(`${this.gitDir}/logs/${from}`)
    if (text === null) return
    this.deleteLog(from)
    this.world.write(`${this.gitDir}/logs/${to}`, text)
  }

  /** Oldest first. */
  logOf(name: string): LogEntry[] {
    const text = this.world.readText(`${this.gitDir}/logs/${name}`) ?? ''
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const tab = line.indexOf('\t')
        const head = tab < 0 ? line : line.slice(0, tab)
        return {
          before: head.slice(0, 40),
          after: head.slice(41, 81),
          who: parseIdent(head.slice(82)),
          message: tab < 0 ? '' : line.slice(tab + 1),
        }
      })
  }

  hasLog(name: string): boolean {
    return this.world.exists(`${this.gitDir}/logs/${name}`)
  }

  writeLog(name: string, entries: LogEntry[]): void {
    this.world.write(`${this.gitDir}/logs/${name}`, entries.map(formatEntry).join(''))
  }

  log(name: string, before: Id, after: Id, { who, message }: NonNullable<Note>): void {
    const logged = name === 'HEAD' || /^refs\/(heads|remotes|notes)\//.test(name)
    const path = `${this.gitDir}/logs/${name}`
    const old = this.world.readText(path)
    if (old === null && !(this.keepsLogs && logged)) return
    const line = formatEntry({ before, after, who, message: message.replace(/\s+/g, ' ').trim() })
    this.world.write(path, (old ?? '') + line)
  }

  /** Appends to a log that is kept whatever its name, as the stash's is. */
  logAlways(name: string, before: Id, after: Id, { who, message }: NonNullable<Note>): void {
    const path = `${this.gitDir}/logs/${name}`
    const line = formatEntry({ before, after, who, message: message.replace(/\s+/g, ' ').trim() })
    this.world.write(path, (this.world.readText(path) ?? '') + line)
  }

  pack(entries: [string, Id][]): void {
    this.writePacked(new Map([...this.packed(), ...entries]))
  }

  private obstacle(name: string): string | null {
    const parts = name.split('/')
    for (let i = 3; i < parts.length; i++) {
      const folder = parts.slice(0, i).join('/')
      if (this.get(folder)) return folder
    }
    return this.list(`${name}/`)[0]?.[0] ?? null
  }

  private packed(): Map<string, Id> {
    const text = this.world.readText(`${this.gitDir}/packed-refs`) ?? ''
    const refs = new Map<string, Id>()
    for (const line of text.split('\n'))
      if (/^[0-9a-f]{40} /.test(line)) refs.set(line.slice(41), line.slice(0, 40))
    return refs
  }

  private writePacked(refs: Map<string, Id>): void {
    const lines = [...refs].sort(([a], [b]) => compareNames(a, b)).map(([name, id]) => `${id} ${name}\n`)
    this.world.write(
      `${this.gitDir}/packed-refs`,
      `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`,
    )
  }
}

const formatEntry = ({ before, after, who, message }: LogEntry): string =>
  `${before} ${after} ${formatIdent(who)}${message ? `\t${message}` : ''}\n`

/** Whether git lets a branch or tag have this name (git-check-ref-format). */
export function isRefName(name: string): boolean {
  return (
    name !== '' &&
    name !== '@' &&
    !name.startsWith('-') &&
    ![...name].some((char) => char <= ' ' || char === '\x7f') &&
    !/[~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$/.test(name) &&
    name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
  )
}
