/** `diff --cc`: a merge against all its parents at once, and a file in conflict against both its sides. */
import type { Version } from './file-diff'
import { diffLines, splitLines } from './line-diff'
import { type Id, ZERO_ID } from './objects'
import { quotePath } from './patch'
import { decodeText } from './world'

type Line = {
  text: string
  /** Bit n: parent n lacks this line. */
  added: number
  /** Lines that stood before this one in some parents and are gone, with the bits of those parents. */
  lost: { text: string; parents: number }[]
}

export type CombinedFile = {
  path: string
  parents: (Version | null)[]
  result: Version | null
  /** The result is what is on disk: it has no id yet. */
  onDisk?: boolean
}

/** The whole combined patch of one file; empty where every change came from one parent unchanged. */
export function formatCombined(
  file: CombinedFile,
  abbreviate: (id: Id) => string,
  dense = true,
  context = 3,
): string {
  const { parents, result } = file
  const head = combinedHeader(file, abbreviate, dense)
  const texts = [...parents, result].map((version) => (version ? decodeText(version.bytes()) : ''))
  if (texts.some((text) => text === null)) return `${head}Binary files differ\n`
  const after = splitLines(texts.at(-1)!)
  const lines: Line[] = [...after, ''].map((text) => ({ text, added: 0, lost: [] }))
  const starts = parents.map(() => new Array<number>(lines.length + 1).fill(0))
  for (const [n, parent] of parents.entries()) {
    const twin = parents.slice(0, n).findIndex((other) => other?.id === parent?.id)
    if (twin >= 0) copyColumn(lines, starts, twin, n)
    else compareParent(lines, starts[n]!, splitLines(parent ? texts[n]! : ''), after, n)
  }
  const count = parents.length
  const all = (1 << count) - 1
  const interesting = lines.map((line) => line.added !== 0 || line.lost.length > 0)
  if (dense) dropOneSided(lines, interesting, all, context)
  const hunks = groupHunks(lines, interesting, context)
  if (hunks.length === 0 && !file.onDisk) return ''
  const from = parents.every((parent) => parent === null) ? '/dev/null' : quotePath(`a/${file.path}`)
  let text = `${head}--- ${from}\n+++ ${result ? quotePath(`b/${file.path}`) : '/dev/null'}\n`
  let passed = 0
  for (const [start, end] of hunks) {
    text += formatHunk(lines, starts, start, end, count, after.length, headingOf(lines, passed, start))
    passed = end
  }
  return text
}

function combinedHeader(
  { path, parents, result, onDisk }: CombinedFile,
  abbreviate: (id: Id) => string,
  dense: boolean,
): string {
  const ids = parents.map((parent) => abbreviate(parent?.id ?? ZERO_ID)).join(',')
  const own = abbreviate(onDisk ? ZERO_ID : (result?.id ?? ZERO_ID))
  let text = `diff --${dense ? 'cc' : 'combined'} ${quotePath(path)}\nindex ${ids}..${own}\n`
  const added = parents.every((parent) => parent === null)
  if (result && !added && parents.some((parent) => (parent?.mode ?? '000000') !== result.mode))
    text += `mode ${parents.map((parent) => parent?.mode ?? '000000').join(',')}..${result.mode}\n`
  if (added && result) text += `new file mode ${result.mode}\n`
  if (!result) text += `deleted file mode ${parents.map((parent) => parent?.mode ?? '000000').join(',')}\n`
  return text
}

function copyColumn(lines: Line[], starts: number[][], from: number, to: number): void {
  starts[to] = [...starts[from]!]
  for (const line of lines) {
    if (line.added & (1 << from)) line.added |= 1 << to
    for (const lost of line.lost) if (lost.parents & (1 << from)) lost.parents |= 1 << to
  }
}

function compareParent(lines: Line[], starts: number[], before: string[], after: string[], n: number): void {
  const bit = 1 << n
  const removed = new Map<number, string[]>()
  for (const { start, count, newStart, newCount } of diffLines(before, after, {})) {
    for (let i = 0; i < newCount; i++) lines[newStart + i]!.added |= bit
    if (count > 0)
      removed.set(newStart, [...(removed.get(newStart) ?? []), ...before.slice(start, start + count)])
  }
  let at = 1
  for (const [i, line] of lines.entries()) {
    starts[i] = at
    const lost = removed.get(i)
    if (lost) {
      joinLost(line, lost, bit)
      at += lost.length
    }
    if (!(line.added & bit) && i < lines.length - 1) at++
  }
  starts[lines.length] = at
}

/** Lines lost from several parents at one place are shown once where they are the same, in both parents' order. */
function joinLost(line: Line, lost: string[], bit: number): void {
  const old = line.lost
  const table = Array.from({ length: old.length + 1 }, () => new Int32Array(lost.length + 1))
  for (let i = 1; i <= old.length; i++)
    for (let j = 1; j <= lost.length; j++)
      table[i]![j] =
        old[i - 1]!.text === lost[j - 1]
          ? table[i - 1]![j - 1]! + 1
          : Math.max(table[i]![j - 1]!, table[i - 1]![j]!)
  const joined: Line['lost'] = []
  let [i, j] = [old.length, lost.length]
  while (i > 0 || j > 0) {
    if (i > 0 && j > 0 && old[i - 1]!.text === lost[j - 1]) {
      joined.push({ text: old[i - 1]!.text, parents: old[i - 1]!.parents | bit })
      i--
      j--
    } else if (j > 0 && (i === 0 || table[i]![j - 1]! >= table[i - 1]![j]!))
      joined.push({ text: lost[--j]!, parents: bit })
    else joined.push(old[--i]!)
  }
  line.lost = joined.reverse()
}

/** Where the context after a run begins: a line before which lines are only lost counts as context itself. */
const tailOf = (lines: Line[], start: number, end: number) =>
  start + 1 <= end && lines[end - 1]?.added === 0 ? end - 1 : end

/** A run of changes that is the same against every parent that differs, and leaves one out, says nothing new. */
function dropOneSided(lines: Line[], interesting: boolean[], all: number, context: number): void {
  for (let i = 0; i < lines.length; ) {
    if (!interesting[i]) {
      i++
      continue
    }
    let end = i + 1
    for (; end < lines.length; end++) {
      if (interesting[end]) continue
      let ahead = Math.min(tailOf(lines, i, end) + context, lines.length) - 1
      while (ahead >= end && !interesting[ahead]) ahead--
      if (ahead < end) break
      end = ahead
    }
    let same = 0
    let mixed = false
    for (let n = i; n < end && !mixed; n++) {
      const line = lines[n]!
      for (const bits of [...(line.added ? [line.added] : []), ...line.lost.map((lost) => lost.parents)]) {
        if (same === 0) same = bits
        else if (same !== bits) mixed = true
      }
    }
    if (!mixed && same !== all) for (let n = i; n < end; n++) interesting[n] = false
    i = end
  }
}

function groupHunks(lines: Line[], interesting: boolean[], context: number): [number, number][] {
  const hunks: [number, number][] = []
  for (let i = 0; i < lines.length; ) {
    if (!interesting[i]) {
      i++
      continue
    }
    let end = i
    while (end < lines.length && interesting[end]) end++
    const [start, stop] = [Math.max(0, i - context), Math.min(tailOf(lines, i, end) + context, lines.length)]
    const last = hunks.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], stop, end)
    else hunks.push([start, Math.max(stop, end)])
    i = end
  }
  return hunks
}

/** The last line that begins with a letter among those passed over, as git cuts it. */
function headingOf(lines: Line[], from: number, to: number): string {
  for (let i = to - 1; i >= from; i--) {
    const text = lines[i]!.text
    if (!/^[A-Za-z_$]/.test(text)) continue
    const kept = text
      .slice(0, 40)
      .replace(/\n[\s\S]*/, '')
      .trimEnd()
    return kept.length > 1 ? ` ${kept.slice(0, -1)}` : ''
  }
  return ''
}

function formatHunk(
  lines: Line[],
  starts: number[][],
  start: number,
  end: number,
  count: number,
  total: number,
  heading: string,
): string {
  const last = end
  const shown = Math.min(last, total)
  const marks = '@'.repeat(count + 1)
  let text = marks
  for (let n = 0; n < count; n++) {
    const from = starts[n]![start]!
    let size = 0
    for (let i = start; i < last; i++) {
      const line = lines[i]!
      size += line.lost.filter((lost) => lost.parents & (1 << n)).length
      if (i < total && !(line.added & (1 << n))) size++
    }
    text += ` -${from},${size}`
  }
  text += ` +${start + 1},${shown - start} ${marks}${heading}\n`
  for (let i = start; i < last; i++) {
    const line = lines[i]!
    for (const lost of line.lost) {
      for (let n = 0; n < count; n++) text += lost.parents & (1 << n) ? '-' : ' '
      text += closed(lost.text)
    }
    if (i >= total) break
    for (let n = 0; n < count; n++) text += line.added & (1 << n) ? '+' : ' '
    text += closed(line.text)
  }
  return text
}

const closed = (line: string) => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)
