/** Git's configuration files: read, changed in place, written as git writes them. */
import type { World } from './world'

type Line =
  | { kind: 'section'; section: string; subsection: string | null; text: string }
  | { kind: 'entry'; key: string; value: string; text: string }
  | { kind: 'other'; text: string }

/** `remote.origin.url` as section, subsection and key; section and key in lower case. Null where it is no name. */
export function splitKey(name: string): { section: string; subsection: string | null; key: string } | null {
  const first = name.indexOf('.')
  const last = name.lastIndexOf('.')
  if (first <= 0 || last === name.length - 1) return null
  const key = name.slice(last + 1)
  if (!/^[a-zA-Z][a-zA-Z0-9-]*$/.test(key)) return null
  return {
    section: name.slice(0, first).toLowerCase(),
    subsection: first === last ? null : name.slice(first + 1, last),
    key: key.toLowerCase(),
  }
}

export class ConfigFile {
  private lines: Line[]

  constructor(text: string) {
    this.lines = parse(text)
  }

  entries(): [string, string][] {
    const found: [string, string][] = []
    let prefix = ''
    for (const line of this.lines) {
      if (line.kind === 'section') prefix = prefixOf(line)
      else if (line.kind === 'entry') found.push([`${prefix}.${line.key}`, line.value])
    }
    return found
  }

  set(name: string, value: string): void {
    const at = splitKey(name)
    if (!at) return
    const places = this.placesOf(name)
    const text = `\t${name.slice(name.lastIndexOf('.') + 1)} = ${quote(value)}`
    const entry: Line = { kind: 'entry', key: at.key, value, text }
    const last = places.at(-1)
    if (last !== undefined) this.lines[last] = entry
    else this.insert(at, entry)
  }

  add(name: string, value: string): void {
    const at = splitKey(name)
    if (!at) return
    const text = `\t${name.slice(name.lastIndexOf('.') + 1)} = ${quote(value)}`
    this.insert(at, { kind: 'entry', key: at.key, value, text })
  }

  /** How many entries were taken away. A section that is left empty goes too. */
  unset(name: string): number {
    const places = new Set(this.placesOf(name))
    this.lines = this.lines.filter((_, i) => !places.has(i))
    if (places.size > 0) this.dropEmptySections()
    return places.size
  }

  hasSection(prefix: string): boolean {
    return this.lines.some((line) => line.kind === 'section' && prefixOf(line) === prefix)
  }

  removeSection(prefix: string): void {
    let inside = false
    this.lines = this.lines.filter((line) => {
      if (line.kind === 'section') inside = prefixOf(line) === prefix
      return !inside
    })
  }

  renameSection(from: string, to: string): void {
    const at = splitKey(`${to}.x`)
    this.lines = this.lines.map((line) =>
      line.kind === 'section' && prefixOf(line) === from && at
        ? { ...line, subsection: at.subsection, text: header(at.section, at.subsection) }
        : line,
    )
  }

  toString(): string {
    return this.lines.map((line) => `${line.text}\n`).join('')
  }

  private insert(at: { section: string; subsection: string | null }, entry: Line): void {
    const prefix = at.subsection === null ? at.section : `${at.section}.${at.subsection}`
    let place = -1
    let inside = false
    for (const [i, line] of this.lines.entries()) {
      if (line.kind === 'section') inside = prefixOf(line) === prefix
      if (inside && line.kind !== 'other') place = i + 1
    }
    if (place < 0) {
      this.lines.push({ kind: 'section', ...at, text: header(at.section, at.subsection) }, entry)
    } else this.lines.splice(place, 0, entry)
  }

  private placesOf(name: string): number[] {
    const wanted = normal(name)
    const places: number[] = []
    let prefix = ''
    for (const [i, line] of this.lines.entries()) {
      if (line.kind === 'section') prefix = prefixOf(line)
      else if (line.kind === 'entry' && `${prefix}.${line.key}` === wanted) places.push(i)
    }
    return places
  }

  private dropEmptySections(): void {
    this.lines = this.lines.filter((line, i) => {
      if (line.kind !== 'section') return true
      const next = this.lines[i + 1]
      return next !== undefined && next.kind !== 'section'
    })
  }
}

/** A name as it is compared: section and key in lower case, the middle as it is. */
export function normal(name: string): string {
  const at = splitKey(name)
  if (!at) return name.toLowerCase()
  return at.subsection === null ? `${at.section}.${at.key}` : `${at.section}.${at.subsection}.${at.key}`
}

const prefixOf = (line: { section: string; subsection: string | null }): string =>
  line.subsection === null ? line.section : `${line.section}.${line.subsection}`

const header = (section: string, subsection: string | null): string =>
  subsection === null ? `[${section}]` : `[${section} "${subsection.replace(/["\\]/g, '\\$&')}"]`

const quote = (value: string): string =>
  /^\s|\s$|[;#]/.test(value)
    ? `"${value.replace(/["\\]/g, '\\$&')}"`
    : value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')

function parse(text: string): Line[] {
  const lines: Line[] = []
  const raw = text.split('\n')
  if (raw.at(-1) === '') raw.pop()
  for (const line of raw) {
    const section = /^\s*\[([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\]\s*$/.exec(line)
    const entry = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=\s*(.*))?$/.exec(line)
    if (section) {
      const subsection = section[2] === undefined ? null : section[2].replace(/\\(.)/g, '$1')
      lines.push({ kind: 'section', section: section[1]!.toLowerCase(), subsection, text: line })
    } else if (entry) {
      const value = entry[2] === undefined ? 'true' : unquote(entry[2])
      lines.push({ kind: 'entry', key: entry[1]!.toLowerCase(), value, text: line })
    } else lines.push({ kind: 'other', text: line })
  }
  return lines
}

function unquote(raw: string): string {
  let value = ''
  let quoted = false
  let spaces = ''
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i]!
    if (!quoted && (char === ';' || char === '#')) break
    if (!quoted && (char === ' ' || char === '\t')) {
      spaces += char
      continue
    }
    if (value) value += spaces
    spaces = ''
    if (char === '"') quoted = !quoted
    else if (char === '\\') {
      const next = raw[++i] ?? ''
      value += next === 'n' ? '\n' : next === 't' ? '\t' : next
    } else value += char
  }
  return value
}

/** What a repository and its owner have configured: the repository's own file wins over `~/.gitconfig`. */
export class Config {
  constructor(
    private readonly world: World,
    readonly localPath: string | null,
    readonly globalPath: string,
    private readonly given: [string, string][] = [],
  ) {}

  file(scope: 'local' | 'global'): ConfigFile {
    const path = scope === 'local' ? this.localPath : this.globalPath
    return new ConfigFile((path && this.world.readText(path)) ?? '')
  }

  save(scope: 'local' | 'global', file: ConfigFile): void {
    const path = scope === 'local' ? this.localPath : this.globalPath
    if (path) this.world.write(path, file.toString())
  }

  entries(): [string, string][] {
    return [...this.file('global').entries(), ...this.file('local').entries(), ...this.given]
  }

  all(name: string): string[] {
    const wanted = normal(name)
    return this.entries()
      .filter(([key]) => key === wanted)
      .map(([, value]) => value)
  }

  get(name: string): string | undefined {
    return this.all(name).at(-1)
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name)?.toLowerCase()
    if (value === undefined) return undefined
    return !['false', 'no', 'off', '0', ''].includes(value)
  }

  set(name: string, value: string, scope: 'local' | 'global' = 'local'): void {
    const file = this.file(scope)
    file.set(name, value)
    this.save(scope, file)
  }

  unset(name: string): void {
    const file = this.file('local')
    file.unset(name)
    this.save('local', file)
  }
}
