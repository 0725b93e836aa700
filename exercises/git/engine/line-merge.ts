/** Merges two texts that come from one: what only one side changed is taken, what both changed differently is a conflict. */
import { type Change, diffLines, splitLines } from './line-diff'

export type MergeFavour = 'ours' | 'theirs' | 'union' | null

export type MergeStyle = {
  favour?: MergeFavour
  /** After `<<<<<<<`, `|||||||` and `>>>>>>>`. */
  labels: { ours: string; base: string; theirs: string }
  /** `diff3` shows the common ancestor between the sides. */
  conflictStyle?: string
  markerSize?: number
  spaces?: 'all' | 'amount' | 'end'
}

/** A part of the result: taken from ours (1), from theirs (2), from either (4), or a conflict (0). */
type Part = {
  take: number
  base: number
  baseCount: number
  a: number
  aCount: number
  b: number
  bCount: number
}

/** @returns the merged text, with markers around each of its conflicts. */
export function mergeTexts(
  base: string,
  ours: string,
  theirs: string,
  style: MergeStyle,
): { text: string; conflicts: number } {
  const [o, a, b] = [splitLines(base), splitLines(ours), splitLines(theirs)]
  const spaces = style.spaces && { spaces: style.spaces }
  const [changesA, changesB] = [diffLines(o, a, { ...spaces }), diffLines(o, b, { ...spaces })]
  if (changesA.length === 0) return { text: theirs, conflicts: 0 }
  if (changesB.length === 0) return { text: ours, conflicts: 0 }
  let parts = align(o, a, b, changesA, changesB)
  const showsBase = style.conflictStyle === 'diff3' || style.conflictStyle === 'zdiff3'
  if (!showsBase) parts = joinNear(refine(parts, a, b))
  return fill(parts, o, a, b, style, showsBase)
}

function sameLines(a: string[], from: number, b: string[], fromB: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (a[from + i] !== b[fromB + i]) return false
  return true
}

function align(o: string[], a: string[], b: string[], changesA: Change[], changesB: Change[]): Part[] {
  const parts: Part[] = []
  const add = (part: Part) => {
    const last = parts.at(-1)
    if (last && (part.a <= last.a + last.aCount || part.b <= last.b + last.bCount)) {
      if (part.take !== last.take) last.take = 0
      last.baseCount = part.base + part.baseCount - last.base
      last.aCount = part.a + part.aCount - last.a
      last.bCount = part.b + part.bCount - last.b
    } else parts.push(part)
  }
  let [i, j] = [0, 0]
  while (i < changesA.length && j < changesB.length) {
    const [x, y] = [changesA[i]!, changesB[j]!]
    if (x.start + x.count < y.start) {
      add({
        take: 1,
        base: x.start,
        baseCount: x.count,
        a: x.newStart,
        aCount: x.newCount,
        b: y.newStart - y.start + x.start,
        bCount: x.count,
      })
      i++
      continue
    }
    if (y.start + y.count < x.start) {
      add({
        take: 2,
        base: y.start,
        baseCount: y.count,
        a: x.newStart - x.start + y.start,
        aCount: y.count,
        b: y.newStart,
        bCount: y.newCount,
      })
      j++
      continue
    }
    const alike =
      x.start === y.start &&
      x.count === y.count &&
      x.newCount === y.newCount &&
      sameLines(a, x.newStart, b, y.newStart, x.newCount)
    if (!alike) {
      const ahead = x.start - y.start
      const longer = ahead + x.count - y.count
      const part = {
        take: 0,
        base: x.start,
        baseCount: 0,
        a: x.newStart,
        aCount: 0,
        b: y.newStart,
        bCount: 0,
      }
      if (ahead > 0) {
        part.base -= ahead
        part.a -= ahead
      } else part.b += ahead
      part.baseCount = x.start + x.count - part.base
      part.aCount = x.newStart + x.newCount - part.a
      part.bCount = y.newStart + y.newCount - part.b
      if (longer < 0) {
        part.baseCount -= longer
        part.aCount -= longer
      } else part.bCount += longer
      add(part)
    }
    const [endX, endY] = [x.start + x.count, y.start + y.count]
    if (endX >= endY) j++
    if (endY >= endX) i++
  }
  for (; i < changesA.length; i++) {
    const x = changesA[i]!
    add({
      take: 1,
      base: x.start,
      baseCount: x.count,
      a: x.newStart,
      aCount: x.newCount,
      b: x.start + b.length - o.length,
      bCount: x.count,
    })
  }
  for (; j < changesB.length; j++) {
    const y = changesB[j]!
    add({
      take: 2,
      base: y.start,
      baseCount: y.count,
      a: y.start + a.length - o.length,
      aCount: y.count,
      b: y.newStart,
      bCount: y.newCount,
    })
  }
  return parts
}

/** Narrows each conflict to the lines in which the two sides really differ. */
function refine(parts: Part[], a: string[], b: string[]): Part[] {
  return parts.flatMap((part) => {
    if (part.take !== 0 || part.aCount === 0 || part.bCount === 0) return [part]
    const changes = diffLines(a.slice(part.a, part.a + part.aCount), b.slice(part.b, part.b + part.bCount))
    if (changes.length === 0) return [{ ...part, take: 4 }]
    return changes.map((change) => ({
      ...part,
      a: part.a + change.start,
      aCount: change.count,
      b: part.b + change.newStart,
      bCount: change.newCount,
    }))
  })
}

/** Conflicts with at most three lines between them are shown as one. */
function joinNear(parts: Part[]): Part[] {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (last && last.take === 0 && part.take === 0 && part.a - (last.a + last.aCount) <= 3) {
      last.aCount = part.a + part.aCount - last.a
      last.bCount = part.b + part.bCount - last.b
    } else joined.push({ ...part })
  }
  return joined
}

function fill(parts: Part[], o: string[], a: string[], b: string[], style: MergeStyle, showsBase: boolean) {
  const size = style.markerSize ?? 7
  const takes = { ours: 1, theirs: 2, union: 3 }
  const out: string[] = []
  let conflicts = 0
  let at = 0
  const crlf = [a, b].every((lines) => lines.length === 0 || lines[0]!.endsWith('\r\n')) && a.length > 0
  const newline = crlf ? '\r\n' : '\n'
  const push = (lines: string[], from: number, count: number, closed: boolean) => {
    for (let i = from; i < from + count; i++) {
      const line = lines[i]!
      out.push(closed && !line.endsWith('\n') ? `${line}${newline}` : line)
    }
  }
  const marker = (char: string, label: string) =>
    out.push(`${char.repeat(size)}${label ? ` ${label}` : ''}${newline}`)
  for (const part of parts) {
    const take = part.take === 0 && style.favour ? takes[style.favour] : part.take
    if (take === 0) {
      push(a, at, part.a - at, false)
      marker('<', style.labels.ours)
      push(a, part.a, part.aCount, true)
      if (showsBase) {
        marker('|', style.labels.base)
        push(o, part.base, part.baseCount, true)
      }
      marker('=', '')
      push(b, part.b, part.bCount, true)
      marker('>', style.labels.theirs)
      conflicts++
    } else if (take & 3) {
      push(a, at, part.a - at, false)
      if (take & 1) push(a, part.a, part.aCount, (take & 2) !== 0)
      if (take & 2) push(b, part.b, part.bCount, false)
    } else continue
    at = part.a + part.aCount
  }
  push(a, at, a.length - at, false)
  return { text: out.join(''), conflicts }
}
