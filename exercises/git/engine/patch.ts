/** Differences as git prints them: patches, statistics, lists of names. */
import { type FilePair, pathOf, type Version } from './file-diff'
import { type Change, type DiffStyle, diffLines, splitLines } from './line-diff'
import { type Id, ZERO_ID } from './objects'
import { decodeText, encode } from './world'

export type PatchStyle = DiffStyle & {
  context?: number
  /** How ids are shortened in `index` lines. */
  abbreviate: (id: Id) => string
  prefixes?: { before: string; after: string }
  functionContext?: boolean
  /** Show single changed words between `[-` `-]` and `{+` `+}`. */
  words?: boolean
  colour?: boolean
  reverse?: boolean
}

/** Git's way of writing a path with unusual bytes in it. */
export function quotePath(path: string): string {
  if (/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(path)) return path
  let quoted = ''
  for (const byte of encode(path)) {
    const char = String.fromCharCode(byte)
    if (char === '"' || char === '\\') quoted += `\\${char}`
    else if (char === '\t') quoted += '\\t'
    else if (char === '\n') quoted += '\\n'
    else if (byte < 0x20 || byte > 0x7e) quoted += `\\${byte.toString(8).padStart(3, '0')}`
    else quoted += char
  }
  return `"${quoted}"`
}

export type Hunk = {
  start: number
  count: number
  newStart: number
  newCount: number
  heading: string
  /** With `+`, `-` or a space before each, newline at its end; `\` lines where the newline is missing. */
  lines: string[]
}

/** Groups changes with their context; changes whose contexts touch share a hunk. */
export function hunksOf(before: string[], after: string[], changes: Change[], context = 3): Hunk[] {
  const hunks: Hunk[] = []
  for (let i = 0; i < changes.length; ) {
    let last = i
    while (last + 1 < changes.length) {
      const [one, next] = [changes[last]!, changes[last + 1]!]
      if (next.start - (one.start + one.count) > 2 * context) break
      last++
    }
    const [first, final] = [changes[i]!, changes[last]!]
    const lead = Math.min(first.start, first.newStart, context)
    const trail = Math.min(
      before.length - final.start - final.count,
      after.length - final.newStart - final.newCount,
      context,
    )
    const lines: string[] = []
    let at = first.start - lead
    for (const change of changes.slice(i, last + 1)) {
      for (; at < change.start; at++) push(lines, ' ', before[at]!)
      for (let n = 0; n < change.count; n++) push(lines, '-', before[at++]!)
      for (let n = 0; n < change.newCount; n++) push(lines, '+', after[change.newStart + n]!)
    }
    for (let n = 0; n < trail; n++) push(lines, ' ', before[at++]!)
    const start = first.start - lead
    const newStart = first.newStart - lead
    hunks.push({
      start,
      count: final.start + final.count + trail - start,
      newStart,
      newCount: final.newStart + final.newCount + trail - newStart,
      heading: headingBefore(before, start),
      lines,
    })
    i = last + 1
  }
  return hunks
}

function push(lines: string[], sign: string, line: string): void {
  if (line.endsWith('\n')) lines.push(sign + line)
  else lines.push(`${sign}${line}\n`, '\\ No newline at end of file\n')
}

/** The nearest line above that begins with a letter: git's guess at the function a hunk is in. */
function headingBefore(lines: string[], start: number): string {
  for (let i = start - 1; i >= 0; i--)
    if (/^[A-Za-z_$]/.test(lines[i]!)) return ` ${lines[i]!.replace(/\n$/, '').slice(0, 80).trimEnd()}`
  return ''
}

export function hunkHeader(hunk: Hunk): string {
  const range = (start: number, count: number) =>
    count === 1 ? `${start + 1}` : `${count === 0 ? start : start + 1},${count}`
  return `@@ -${range(hunk.start, hunk.count)} +${range(hunk.newStart, hunk.newCount)} @@${hunk.heading}`
}

const paint = (style: PatchStyle, code: string, text: string) =>
  style.colour ? `\x1b[${code}m${text}\x1b[m` : text

/** Both sides as text, or null where one is binary. */
function textsOf(pair: FilePair): [string, string] | null {
  const a = pair.before ? decodeText(pair.before.bytes()) : ''
  const b = pair.after ? decodeText(pair.after.bytes()) : ''
  return a === null || b === null ? null : [a, b]
}

/** The patch of one file, its header too. */
export function formatPatch(pair: FilePair, style: PatchStyle): string {
  if (pair.status === 'U') return `* Unmerged path ${quotePath(pathOf(pair))}\n`
  if (pair.status === 'T')
    return (
      formatPatch({ status: 'D', before: pair.before, after: null }, style) +
      formatPatch({ status: 'A', before: null, after: pair.after }, style)
    )
  const header = patchHeader(pair, style)
  const texts = textsOf(pair)
  const prefixes = style.prefixes ?? { before: 'a/', after: 'b/' }
  const nameA = pair.before ? quotePath(prefixes.before + pair.before.path) : '/dev/null'
  const nameB = pair.after ? quotePath(prefixes.after + pair.after.path) : '/dev/null'
  const bold = (lines: string[]) => lines.map((line) => `${paint(style, '1', line)}\n`).join('')
  if (pair.before?.id === pair.after?.id) return bold(header)
  if (!texts) return `${bold(header)}Binary files ${nameA} and ${nameB} differ\n`
  const [before, after] = texts.map(splitLines) as [string[], string[]]
  const changes = diffLines(before, after, { indent: true, ...style })
  if (changes.length === 0) return style.spaces || style.blankLines ? '' : bold(header)
  const hunks = hunksOf(before, after, changes, style.context ?? 3)
  const tab = (name: string) => (/\s/.test(name) && !name.startsWith('"') ? `${name}\t` : name)
  let text = bold([...header, `--- ${tab(nameA)}`, `+++ ${tab(nameB)}`])
  for (const hunk of hunks) text += formatHunk(hunk, style)
  return text
}

export function formatHunk(hunk: Hunk, style: PatchStyle): string {
  const head = hunkHeader(hunk)
  const close = head.indexOf(' @@') + 3
  const title = paint(style, '36', head.slice(0, close)) + head.slice(close)
  if (style.words) return `${title}\n${wordLines(hunk)}`
  if (!style.colour) return `${title}\n${hunk.lines.join('')}`
  const lines = hunk.lines.map((line) => {
    const code = line[0] === '+' ? '32' : line[0] === '-' ? '31' : ''
    return code ? `${paint(style, code, line.slice(0, -1))}\n` : line
  })
  return `${title}\n${lines.join('')}`
}

function patchHeader(pair: FilePair, style: PatchStyle): string[] {
  const { before, after } = pair
  const prefixes = style.prefixes ?? { before: 'a/', after: 'b/' }
  const [pathA, pathB] = [(before ?? after)!.path, (after ?? before)!.path]
  const lines = [`diff --git ${quotePath(prefixes.before + pathA)} ${quotePath(prefixes.after + pathB)}`]
  if (!before) lines.push(`new file mode ${after!.mode}`)
  else if (!after) lines.push(`deleted file mode ${before.mode}`)
  else if (before.mode !== after.mode) lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`)
  if (pair.status === 'R' || pair.status === 'C') {
    const word = pair.status === 'R' ? 'rename' : 'copy'
    lines.push(`similarity index ${pair.score}%`)
    lines.push(`${word} from ${quotePath(pathA)}`, `${word} to ${quotePath(pathB)}`)
  }
  const [idA, idB] = [before?.id ?? ZERO_ID, after?.id ?? ZERO_ID]
  if (idA !== idB) {
    const mode = before && after && before.mode === after.mode ? ` ${before.mode}` : ''
    lines.push(`index ${style.abbreviate(idA)}..${style.abbreviate(idB)}${mode}`)
  }
  return lines
}

/** `--word-diff`: runs of what is not white space are compared, and the text between them is the new side's. */
function wordLines(hunk: Hunk): string {
  let out = ''
  let [gone, come]: [string[], string[]] = [[], []]
  const flush = () => {
    if (gone.length || come.length) out += wordDiff(gone.join(''), come.join(''))
    gone = []
    come = []
  }
  for (const line of hunk.lines) {
    if (line[0] === '-') gone.push(line.slice(1))
    else if (line[0] === '+') come.push(line.slice(1))
    else if (line[0] === ' ') {
      flush()
      out += line.slice(1)
    }
  }
  flush()
  return out
}

function wordDiff(before: string, after: string): string {
  const words = (text: string) =>
    [...text.matchAll(/\S+/g)].map((match) => ({ word: match[0], at: match.index }))
  const [a, b] = [words(before), words(after)]
  const changes = diffLines(
    a.map(({ word }) => `${word}\n`),
    b.map(({ word }) => `${word}\n`),
    { indent: false },
  )
  const span = (text: string, list: typeof a, start: number, count: number) => {
    if (count === 0) return ''
    const last = list[start + count - 1]!
    return text.slice(list[start]!.at, last.at + last.word.length)
  }
  const mark = (text: string, open: string, close: string) =>
    text
      .split('\n')
      .map((part) => (part ? open + part + close : part))
      .join('\n')
  let out = ''
  let at = 0
  for (const { start, count, newStart, newCount } of changes) {
    const previous = b[newStart - 1]
    const end = newCount > 0 ? b[newStart]!.at : previous ? previous.at + previous.word.length : 0
    out += after.slice(at, Math.max(at, end))
    at = Math.max(at, end)
    const gone = span(before, a, start, count)
    const come = span(after, b, newStart, newCount)
    if (gone) out += mark(gone, '[-', '-]')
    if (come) out += mark(come, '{+', '+}')
    at += come.length
  }
  out += after.slice(at)
  return out.endsWith('\n') || out === '' ? out : `${out}\n`
}

export type FileStat = {
  name: string
  added: number
  deleted: number
  binary?: [number, number]
  unmerged?: true
}

export function statOf(pair: FilePair, style: DiffStyle = {}): FileStat {
  const name =
    pair.before && pair.after ? renameText(pair.before.path, pair.after.path) : quotePath(pathOf(pair))
  if (pair.status === 'U') return { name, added: 0, deleted: 0, unmerged: true }
  const texts = textsOf(pair)
  if (!texts) {
    const sizes: [number, number] = [pair.before?.bytes().length ?? 0, pair.after?.bytes().length ?? 0]
    return { name, added: 0, deleted: 0, binary: sizes }
  }
  if (pair.before?.id === pair.after?.id) return { name, added: 0, deleted: 0 }
  const changes = diffLines(splitLines(texts[0]), splitLines(texts[1]), { indent: true, ...style })
  return {
    name,
    added: changes.reduce((sum, change) => sum + change.newCount, 0),
    deleted: changes.reduce((sum, change) => sum + change.count, 0),
  }
}

/** `src/{old => new}/name`: what two paths share is written once. */
export function renameText(from: string, to: string): string {
  if (from === to) return quotePath(to)
  const [a, b] = [from, to]
  let prefix = 0
  for (let i = 0; i < Math.min(a.length, b.length) && a[i] === b[i]; i++) if (a[i] === '/') prefix = i + 1
  let suffix = 0
  const floor = prefix > 0 ? prefix - 1 : 0
  for (let i = 1; a.length - i >= floor && b.length - i >= floor; i++) {
    if (a[a.length - i] !== b[b.length - i]) break
    if (a[a.length - i] === '/') suffix = i
  }
  const middle = (text: string) => text.slice(prefix, Math.max(prefix, text.length - suffix))
  if (prefix === 0 && suffix === 0) return `${quotePath(from)} => ${quotePath(to)}`
  return `${a.slice(0, prefix)}{${middle(a)} => ${middle(b)}}${suffix ? a.slice(a.length - suffix) : ''}`
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

export function shortStat(stats: FileStat[]): string {
  const files = stats.filter((one) => !one.unmerged)
  if (files.length === 0) return stats.length === 0 ? '' : ' 0 files changed\n'
  const added = files.reduce((sum, one) => sum + one.added, 0)
  const deleted = files.reduce((sum, one) => sum + one.deleted, 0)
  const parts = [` ${plural(files.length, 'file')} changed`]
  if (added > 0 || deleted === 0) parts.push(`${plural(added, 'insertion')}(+)`)
  if (deleted > 0 || added === 0) parts.push(`${plural(deleted, 'deletion')}(-)`)
  return `${parts.join(', ')}\n`
}

/** The table of `--stat`, at most `width` columns wide. */
export function formatStat(stats: FileStat[], width = 80, colour = false): string {
  if (stats.length === 0) return ''
  const most = Math.max(...stats.map((one) => one.added + one.deleted))
  const binary = stats.some((one) => one.binary)
  const longest = Math.max(...stats.map((one) => one.name.length))
  const digits = Math.max(String(most).length, binary || stats.some((one) => one.unmerged) ? 3 : 0)
  const binaryWidth = Math.max(
    0,
    ...stats.map((one) => (one.binary ? 14 + one.binary.map(String).join('').length : 0)),
  )
  const room = Math.max(width, 16 + 6 + digits)
  let graph = Math.max(most, binaryWidth > 0 ? binaryWidth - digits : 0)
  let names = longest
  if (names + digits + 6 + graph > room) {
    const share = Math.max(6, Math.floor((room * 3) / 8) - digits - 6)
    if (graph > share) graph = share
    if (names > room - digits - 6 - graph) names = room - digits - 6 - graph
    else graph = room - digits - 6 - names
  }
  const lines = stats.map((one) => {
    const name = shorten(one.name, names).padEnd(names)
    if (one.unmerged) return ` ${name} | Unmerged\n`
    if (one.binary) {
      const [from, to] = one.binary
      return from === to
        ? ` ${name} | ${'Bin'.padStart(digits)}\n`
        : ` ${name} | ${'Bin'.padStart(digits)} ${from} -> ${to} bytes\n`
    }
    const total = one.added + one.deleted
    const [plus, minus] = bars(one, graph, most)
    const red = minus && colour ? `\x1b[31m${'-'.repeat(minus)}\x1b[m` : '-'.repeat(minus)
    const green = plus && colour ? `\x1b[32m${'+'.repeat(plus)}\x1b[m` : '+'.repeat(plus)
    return ` ${name} | ${String(total).padStart(digits)}${total ? ' ' : ''}${green}${red}\n`
  })
  return lines.join('') + shortStat(stats)
}

function shorten(name: string, width: number): string {
  if (name.length <= width) return name
  const tail = name.slice(name.length - Math.max(0, width - 3))
  const slash = tail.indexOf('/')
  return `...${slash >= 0 ? tail.slice(slash) : tail}`
}

function bars({ added, deleted }: FileStat, width: number, most: number): [number, number] {
  if (width > most) return [added, deleted]
  if (width === most) return [added, deleted]
  const scale = (count: number) => (count === 0 ? 0 : 1 + Math.floor((count * (width - 1)) / most))
  let total = scale(added + deleted)
  if (total < 2 && added && deleted) total = 2
  if (added < deleted) {
    const plus = scale(added)
    return [plus, total - plus]
  }
  const minus = scale(deleted)
  return [total - minus, minus]
}

/** `create mode 100644 name` and so on; empty when nothing of the kind happened. */
export function formatSummary(pairs: FilePair[]): string {
  return pairs
    .map((pair) => {
      const { before, after } = pair
      if (!before) return ` create mode ${after!.mode} ${quotePath(after!.path)}\n`
      if (!after) return ` delete mode ${before.mode} ${quotePath(before.path)}\n`
      const mode = before.mode === after.mode ? '' : ` mode change ${before.mode} => ${after.mode}`
      if (pair.status === 'R' || pair.status === 'C') {
        const word = pair.status === 'R' ? 'rename' : 'copy'
        return ` ${word} ${renameText(before.path, after.path)} (${pair.score}%)\n${mode && `${mode}\n`}`
      }
      return mode && `${mode} ${quotePath(after.path)}\n`
    })
    .join('')
}

export function formatNumstat(pairs: FilePair[], style: DiffStyle = {}): string {
  return pairs
    .map((pair) => {
      const stat = statOf(pair, style)
      return `${stat.binary ? '-\t-' : `${stat.added}\t${stat.deleted}`}\t${stat.name}\n`
    })
    .join('')
}

const statusLetter = (pair: FilePair) =>
  pair.score === undefined ? pair.status : `${pair.status}${String(pair.score).padStart(3, '0')}`

export function formatNameStatus(pairs: FilePair[]): string {
  return pairs
    .map((pair) => {
      const names =
        pair.status === 'R' || pair.status === 'C' ? [pair.before!.path, pair.after!.path] : [pathOf(pair)]
      return `${[statusLetter(pair), ...names.map(quotePath)].join('\t')}\n`
    })
    .join('')
}

const padMode = (version: Version | null) => version?.mode.padStart(6, '0') ?? '000000'

/** The lines of `--raw`. */
export function formatRaw(pairs: FilePair[], abbreviate: (id: Id) => string, worktree = false): string {
  return pairs
    .map((pair) => {
      const after = worktree && pair.after ? ZERO_ID : (pair.after?.id ?? ZERO_ID)
      const names =
        pair.status === 'R' || pair.status === 'C' ? [pair.before!.path, pair.after!.path] : [pathOf(pair)]
      return `:${padMode(pair.before)} ${padMode(pair.after)} ${abbreviate(pair.before?.id ?? ZERO_ID)} ${abbreviate(after)} ${[statusLetter(pair), ...names.map(quotePath)].join('\t')}\n`
    })
    .join('')
}
