/** Commits, dates and decorations as `git log`, `show`, `branch` and `reflog` print them. */
import type { Commit, Id, Ident } from './objects'
import type { LogEntry } from './refs'
import type { Repository } from './repository'
import { zoneSeconds } from './run'

export type DateStyle = { mode: string; local: boolean; now: number; zone: string }

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number) => String(n).padStart(2, '0')

export function formatDate(time: number, ownZone: string, style: DateStyle): string {
  const zone = style.local ? style.zone : ownZone
  const at = new Date((time + zoneSeconds(zone)) * 1000)
  const [year, month, date] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
  const day = `${year}-${two(month + 1)}-${two(date)}`
  switch (style.mode) {
    case 'relative':
      return relativeDate(time, style.now)
    case 'short':
      return day
    case 'iso':
    case 'iso8601':
      return `${day} ${clock} ${zone}`
    case 'iso-strict':
    case 'iso8601-strict':
      return `${day}T${clock}${zone === '+0000' ? '+00:00' : `${zone.slice(0, 3)}:${zone.slice(3)}`}`
    case 'rfc':
    case 'rfc2822':
      return `${DAYS[at.getUTCDay()]}, ${date} ${MONTHS[month]} ${year} ${clock} ${zone}`
    case 'unix':
      return String(time)
    case 'raw':
      return `${time} ${zone}`
    default:
      if (style.mode.startsWith('format:')) return strftime(style.mode.slice(7), at, zone)
      return `${DAYS[at.getUTCDay()]} ${MONTHS[month]} ${date} ${clock} ${year}${style.local ? '' : ` ${zone}`}`
  }
}

function strftime(format: string, at: Date, zone: string): string {
  const values: Record<string, string> = {
    Y: String(at.getUTCFullYear()),
    m: two(at.getUTCMonth() + 1),
    d: two(at.getUTCDate()),
    e: String(at.getUTCDate()).padStart(2),
    H: two(at.getUTCHours()),
    M: two(at.getUTCMinutes()),
    S: two(at.getUTCSeconds()),
    a: DAYS[at.getUTCDay()]!,
    b: MONTHS[at.getUTCMonth()]!,
    y: two(at.getUTCFullYear() % 100),
    z: zone,
    '%': '%',
  }
  values.F = `${values.Y}-${values.m}-${values.d}`
  values.T = `${values.H}:${values.M}:${values.S}`
  return format.replace(/%(.)/g, (all, key: string) => values[key] ?? all)
}

const ago = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'} ago`

function relativeDate(time: number, now: number): string {
  if (now < time) return 'in the future'
  let difference = now - time
  if (difference < 90) return ago(difference, 'second')
  difference = Math.floor((difference + 30) / 60)
  if (difference < 90) return ago(difference, 'minute')
  difference = Math.floor((difference + 30) / 60)
  if (difference < 36) return ago(difference, 'hour')
  difference = Math.floor((difference + 12) / 24)
  if (difference < 14) return ago(difference, 'day')
  if (difference < 70) return ago(Math.floor((difference + 3) / 7), 'week')
  if (difference < 365) return ago(Math.floor((difference + 15) / 30), 'month')
  if (difference < 1825) {
    const months = Math.floor((difference * 12 * 2 + 365) / (365 * 2))
    const years = Math.floor(months / 12)
    const rest = months % 12
    const yearWords = `${years} year${years === 1 ? '' : 's'}`
    return rest ? `${yearWords}, ${ago(rest, 'month')}` : ago(years, 'year')
  }
  return ago(Math.floor((difference + 183) / 365), 'year')
}

/** Names that stand at each commit, in the order git shows them. */
export class Decorations {
  private readonly names = new Map<Id, { text: string; full: string }[]>()

  constructor(private readonly repo: Repository) {
    for (const [name, id] of repo.refs.list()) {
      if (!/^refs\/(heads|remotes|tags|stash$)/.test(name)) continue
      const peeled = repo.objects.has(id) ? repo.objects.peel(id) : id
      const list = this.names.get(peeled) ?? []
      list.unshift({ text: decorationText(name), full: name })
      this.names.set(peeled, list)
    }
  }

  at(id: Id): string[] {
    const list = this.names.get(id) ?? []
    if (this.repo.headId !== id) return list.map(({ text }) => text)
    const target = this.repo.refs.headTarget
    if (!target) return ['HEAD', ...list.map(({ text }) => text)]
    const others = list.filter(({ full }) => full !== target).map(({ text }) => text)
    return [`HEAD -> ${target.replace(/^refs\/heads\//, '')}`, ...others]
  }
}

function decorationText(name: string): string {
  if (name.startsWith('refs/tags/')) return `tag: ${name.slice(10)}`
  if (name.startsWith('refs/stash')) return name
  return name.replace(/^refs\/(heads|remotes)\//, '')
}

export type PrettyContext = {
  repo: Repository
  date: DateStyle
  decorations: Decorations | null
  abbreviate: (id: Id) => string
  /** `--abbrev-commit` or `--oneline`. */
  short: boolean
  parents?: Id[]
  showParents?: boolean
  mark?: string
  reflog?: { selector: string; entry: LogEntry }
}

export function subjectOf(message: string): string {
  const paragraph = message.replace(/^\n+/, '').split(/\n\s*\n/)[0] ?? ''
  return paragraph
    .split('\n')
    .filter(Boolean)
    .map((line) => line.trimEnd())
    .join(' ')
}

export function bodyOf(message: string): string {
  const trimmed = message.replace(/^\n+/, '')
  const end = /\n\s*\n/.exec(trimmed)
  return end
    ? trimmed
        .slice(end.index)
        .replace(/^\s*\n/, '')
        .replace(/^\n+/, '')
    : ''
}

const personLine = (ident: Ident) => `${ident.name} <${ident.email}>`

/** The first line (`commit …`) and what follows it, of the named formats; a format of one's own has no first line. */
export function formatCommit(
  commit: Commit,
  format: string,
  context: PrettyContext,
): { head: string | null; body: string } {
  const id = context.short ? context.abbreviate(commit.id) : commit.id
  const names = context.decorations?.at(commit.id) ?? []
  const decoration = names.length > 0 ? ` (${names.join(', ')})` : ''
  const mark = context.mark ?? ''
  const parents = context.showParents
    ? (context.parents ?? commit.parents)
        .map((parent) => ` ${context.short ? context.abbreviate(parent) : parent}`)
        .join('')
    : ''
  if (format === 'oneline') {
    const reflog = context.reflog
      ? `${context.reflog.selector}: ${context.reflog.entry.message}`
      : subjectOf(commit.message)
    return { head: null, body: `${mark}${id}${parents}${decoration} ${reflog}` }
  }
  if (/^t?format:/.test(format))
    return { head: null, body: expand(format.replace(/^t?format:/, ''), commit, context) }
  const head = `commit ${mark}${id}${parents}${decoration}`
  const lines: string[] = []
  if (context.reflog) {
    lines.push(`Reflog: ${context.reflog.selector} (${personLine(context.reflog.entry.who)})`)
    lines.push(`Reflog message: ${context.reflog.entry.message}`)
  }
  if (format === 'raw') {
    lines.push(`tree ${commit.tree}`, ...commit.parents.map((parent) => `parent ${parent}`))
    for (const role of ['author', 'committer'] as const)
      lines.push(`${role} ${personLine(commit[role])} ${commit[role].time} ${commit[role].zone}`)
  } else {
    if (commit.parents.length > 1) lines.push(`Merge: ${commit.parents.map(context.abbreviate).join(' ')}`)
    const dateOf = (ident: Ident) => formatDate(ident.time, ident.zone, context.date)
    if (format === 'fuller') {
      lines.push(`Author:     ${personLine(commit.author)}`, `AuthorDate: ${dateOf(commit.author)}`)
      lines.push(`Commit:     ${personLine(commit.committer)}`, `CommitDate: ${dateOf(commit.committer)}`)
    } else {
      lines.push(`Author: ${personLine(commit.author)}`)
      if (format === 'full') lines.push(`Commit: ${personLine(commit.committer)}`)
      if (format === 'medium') lines.push(`Date:   ${dateOf(commit.author)}`)
    }
  }
  const message =
    format === 'short' ? subjectLines(commit.message) : commit.message.replace(/^\n+/, '').trimEnd()
  const indented =
    message === ''
      ? ''
      : `\n${message
          .split('\n')
          .map((line) => `    ${expandTabs(line.trimEnd(), format)}`)
          .join('\n')}\n`
  return { head, body: `${lines.join('\n')}\n${indented}` }
}

/** Columns of eight, as the longer formats show them. */
function expandTabs(line: string, format: string): string {
  if (!['medium', 'full', 'fuller'].includes(format)) return line
  let out = ''
  for (const char of line) out += char === '\t' ? ' '.repeat(8 - (out.length % 8)) : char
  return out
}

const subjectLines = (message: string) => (message.replace(/^\n+/, '').split(/\n\s*\n/)[0] ?? '').trimEnd()

/** The placeholders of `--format`. */
export function expand(format: string, commit: Commit, context: PrettyContext): string {
  let out = ''
  let pad: { width: number; right: boolean; cut: boolean } | null = null
  const put = (text: string) => {
    if (!pad) {
      out += text
      return
    }
    const { width, right, cut } = pad
    pad = null
    const own = cut && text.length > width ? `${text.slice(0, width - 2)}..` : text
    out += right ? own.padStart(width) : own.padEnd(width)
  }
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      out += format[i]
      continue
    }
    const rest = format.slice(i + 1)
    const padding = /^([<>])\((\d+)(,\s*(?:trunc|ltrunc|mtrunc))?\)/.exec(rest)
    const colour = /^C(\([^)]*\)|red|green|blue|reset)/.exec(rest)
    const byte = /^x([0-9a-fA-F]{2})/.exec(rest)
    const person = /^([ac])([neElLdDriIst])/.exec(rest)
    const flag = /^([+\- ])(.)/.exec(rest)
    const trailers = /^\(trailers[^)]*\)/.exec(rest)
    if (padding) {
      pad = { width: Number(padding[2]), right: padding[1] === '>', cut: padding[3] !== undefined }
      i += padding[0].length
    } else if (colour) i += colour[0].length
    else if (byte) {
      put(String.fromCharCode(Number.parseInt(byte[1]!, 16)))
      i += 3
    } else if (trailers) i += trailers[0].length
    else if (person) {
      put(personPart(person[1] === 'a' ? commit.author : commit.committer, person[2]!, context))
      i += 2
    } else if (flag && 'bBdDsSN'.includes(flag[2]!)) {
      const value = expand(`%${flag[2]}`, commit, context)
      if (flag[1] === '+') put(value ? `\n${value}` : '')
      else if (flag[1] === ' ') put(value ? ` ${value}` : '')
      else {
        if (!value) out = out.replace(/\n+$/, '')
        put(value)
      }
      i += 2
    } else {
      const one = rest[0] ?? ''
      const pair = rest.slice(0, 2)
      const value = placeholder(one, commit, context)
      const logged: Record<string, () => string> = {
        gd: () => context.reflog?.selector ?? '',
        gD: () => context.reflog?.selector ?? '',
        gs: () => context.reflog?.entry.message ?? '',
        gn: () => context.reflog?.entry.who.name ?? '',
        ge: () => context.reflog?.entry.who.email ?? '',
      }
      if (logged[pair]) {
        put(logged[pair]())
        i += 2
      } else if (value !== null) {
        put(value)
        i += 1
      } else out += '%'
    }
  }
  return out
}

/** A placeholder of one letter, or null where there is none such. */
function placeholder(letter: string, commit: Commit, context: PrettyContext): string | null {
  const { abbreviate } = context
  const names = () => new Decorations(context.repo).at(commit.id)
  switch (letter) {
    case 'H':
      return commit.id
    case 'h':
      return abbreviate(commit.id)
    case 'T':
      return commit.tree
    case 't':
      return abbreviate(commit.tree)
    case 'P':
      return commit.parents.join(' ')
    case 'p':
      return commit.parents.map(abbreviate).join(' ')
    case 's':
      return subjectOf(commit.message)
    case 'f':
      return subjectOf(commit.message)
        .replace(/[^A-Za-z0-9._]+/g, '-')
        .replace(/^[-.]+|[-.]+$/g, '')
    case 'b':
      return bodyOf(commit.message)
    case 'B':
      return commit.message
    case 'd':
      return names().length > 0 ? ` (${names().join(', ')})` : ''
    case 'D':
      return names().join(', ')
    case 'n':
      return '\n'
    case '%':
      return '%'
    case 'm':
      return context.mark || '>'
    case 'e':
    case 'N':
      return ''
    default:
      return null
  }
}

function personPart(ident: Ident, part: string, context: PrettyContext): string {
  const date = (mode: string) => formatDate(ident.time, ident.zone, { ...context.date, mode, local: false })
  switch (part) {
    case 'n':
    case 'N':
      return ident.name
    case 'e':
    case 'E':
      return ident.email
    case 'l':
    case 'L':
      return ident.email.split('@')[0]!
    case 'd':
      return formatDate(ident.time, ident.zone, context.date)
    case 'D':
      return date('rfc')
    case 'r':
      return date('relative')
    case 'i':
      return date('iso')
    case 'I':
      return date('iso-strict')
    case 's':
      return date('short')
    default:
      return String(ident.time)
  }
}
