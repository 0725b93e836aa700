/**
 * Which lines changed between two texts: Myers' O(ND) algorithm in its linear-space form (E. Myers, Algorithmica 1, 1986)
 * with the choices git makes among equally short answers, so that hunks fall where git's fall: lines that the other side
 * lacks are set aside first, and each group of changed lines is slid to where git would show it.
 */

/** `count` lines from `start` on the old side became `newCount` lines from `newStart` on the new one; from 0. */
export type Change = { start: number; count: number; newStart: number; newCount: number }

export type DiffStyle = {
  /** Slide groups by indentation, as `git diff` does and a merge does not. */
  indent?: boolean
  /** Which spaces to overlook. */
  spaces?: 'all' | 'amount' | 'end'
  blankLines?: boolean
}

/** Lines with their newline; the last may lack it. */
export function splitLines(text: string): string[] {
  if (text === '') return []
  const lines: string[] = []
  let at = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
    lines.push(text.slice(at, end + 1))
    at = end + 1
  }
  if (at < text.length) lines.push(text.slice(at))
  return lines
}

function comparable(line: string, spaces: DiffStyle['spaces']): string {
  if (spaces === 'all') return line.replace(/\s+/g, '')
  if (spaces === 'amount') return line.replace(/\s+$/, '').replace(/[ \t\r\f\v]+/g, ' ')
  if (spaces === 'end') return line.replace(/\s+$/, '')
  return line
}

type Side = { codes: Int32Array; changed: Uint8Array; lines: string[] }

export function diffLines(before: string[], after: string[], style: DiffStyle = {}): Change[] {
  const ids = new Map<string, number>()
  const side = (lines: string[]): Side => ({
    codes: Int32Array.from(lines, (line) => {
      const key = comparable(line, style.spaces)
      const id = ids.get(key) ?? ids.size
      ids.set(key, id)
      return id
    }),
    changed: new Uint8Array(lines.length + 2),
    lines,
  })
  const [a, b] = [side(before), side(after)]
  markChanged(a, b, ids.size)
  compact(a, b, style.indent ?? false)
  compact(b, a, style.indent ?? false)
  const changes = script(a, b)
  if (!style.blankLines) return changes
  const blank = (lines: string[], start: number, count: number) =>
    lines.slice(start, start + count).every((line) => line.trim() === '')
  return changes.filter(
    (one) => !(blank(before, one.start, one.count) && blank(after, one.newStart, one.newCount)),
  )
}

function script(a: Side, b: Side): Change[] {
  const changes: Change[] = []
  let [i, j] = [0, 0]
  while (i < a.codes.length || j < b.codes.length) {
    if (!changedAt(a, i) && !changedAt(b, j)) {
      i++
      j++
      continue
    }
    const [start, newStart] = [i, j]
    while (changedAt(a, i)) i++
    while (changedAt(b, j)) j++
    changes.push({ start, count: i - start, newStart, newCount: j - newStart })
  }
  return changes
}

const changedAt = (side: Side, i: number): boolean => i >= 0 && i < side.codes.length && side.changed[i] === 1

/** git's square root: the power of two at or above it. */
function roughRoot(n: number): number {
  let root = 1
  for (let left = n; left > 0; left >>= 2) root <<= 1
  return root
}

function markChanged(a: Side, b: Side, ids: number): void {
  const [countA, countB] = [new Int32Array(ids), new Int32Array(ids)]
  for (const code of a.codes) countA[code]!++
  for (const code of b.codes) countB[code]!++
  const shorter = Math.min(a.codes.length, b.codes.length)
  let head = 0
  while (head < shorter && a.codes[head] === b.codes[head]) head++
  let tail = 0
  while (tail < shorter - head && a.codes[a.codes.length - 1 - tail] === b.codes[b.codes.length - 1 - tail])
    tail++
  const keptA = setAside(a, head, a.codes.length - tail, countB)
  const keptB = setAside(b, head, b.codes.length - tail, countA)
  const search = new Search(a, b, keptA, keptB)
  search.compare(0, keptA.length, 0, keptB.length, false)
}

const MANY = 1024

/** Marks lines that the other side lacks, or has so often that they only mislead; gives the places of the rest. */
function setAside(side: Side, from: number, to: number, others: Int32Array): Int32Array {
  const limit = Math.min(roughRoot(side.codes.length), MANY)
  const verdicts = new Uint8Array(side.codes.length)
  for (let i = from; i < to; i++) {
    const matches = others[side.codes[i]!]!
    verdicts[i] = matches === 0 ? 0 : matches >= limit ? 2 : 1
  }
  const kept: number[] = []
  for (let i = from; i < to; i++) {
    if (verdicts[i] === 1 || (verdicts[i] === 2 && !misleads(verdicts, i, from, to - 1))) kept.push(i)
    else side.changed[i] = 1
  }
  return Int32Array.from(kept)
}

/** Whether a frequent line stands among lines that the other side lacks. */
function misleads(verdicts: Uint8Array, i: number, from: number, last: number): boolean {
  const [start, end] = [Math.max(from, i - 100), Math.min(last, i + 100)]
  let lacking = 0
  let frequent = 1
  for (let n = i - 1; n >= start; n--) {
    if (verdicts[n] === 0) lacking++
    else if (verdicts[n] === 2) frequent++
    else break
  }
  if (lacking === 0) return false
  let after = 0
  let frequentAfter = 1
  for (let n = i + 1; n <= end; n++) {
    if (verdicts[n] === 0) after++
    else if (verdicts[n] === 2) frequentAfter++
    else break
  }
  if (after === 0) return false
  return (frequent + frequentAfter) * 4 < frequent + frequentAfter + lacking + after
}

class Search {
  private readonly forward: Int32Array
  private readonly backward: Int32Array
  private readonly offset: number
  private readonly patience: number

  constructor(
    private readonly a: Side,
    private readonly b: Side,
    private readonly keptA: Int32Array,
    private readonly keptB: Int32Array,
  ) {
    const diagonals = keptA.length + keptB.length + 3
    this.forward = new Int32Array(2 * diagonals + 2)
    this.backward = new Int32Array(2 * diagonals + 2)
    this.offset = keptB.length + 1
    this.patience = Math.max(roughRoot(diagonals), 256)
  }

  private same(i: number, j: number): boolean {
    return this.a.codes[this.keptA[i]!] === this.b.codes[this.keptB[j]!]
  }

  compare(fromA: number, toA: number, fromB: number, toB: number, exact: boolean): void {
    let [a1, a2, b1, b2] = [fromA, toA, fromB, toB]
    while (a1 < a2 && b1 < b2 && this.same(a1, b1)) {
      a1++
      b1++
    }
    while (a1 < a2 && b1 < b2 && this.same(a2 - 1, b2 - 1)) {
      a2--
      b2--
    }
    if (a1 === a2) for (; b1 < b2; b1++) this.b.changed[this.keptB[b1]!] = 1
    else if (b1 === b2) for (; a1 < a2; a1++) this.a.changed[this.keptA[a1]!] = 1
    else {
      const split = this.split(a1, a2, b1, b2, exact)
      this.compare(a1, split.i, b1, split.j, split.exactBefore)
      this.compare(split.i, a2, split.j, b2, split.exactAfter)
    }
  }

  /** Where the middle of a shortest path lies: searched from both ends until they meet. */
  private split(a1: number, a2: number, b1: number, b2: number, exact: boolean) {
    const { forward, backward, offset } = this
    const [least, most] = [a1 - b2, a2 - b1]
    const [middleF, middleB] = [a1 - b1, a2 - b2]
    const odd = ((middleF - middleB) & 1) !== 0
    let [minF, maxF, minB, maxB] = [middleF, middleF, middleB, middleB]
    forward[offset + middleF] = a1
    backward[offset + middleB] = a2
    for (let cost = 1; ; cost++) {
      if (minF > least) forward[offset + --minF - 1] = -1
      else minF++
      if (maxF < most) forward[offset + ++maxF + 1] = -1
      else maxF--
      for (let d = maxF; d >= minF; d -= 2) {
        const [low, high] = [forward[offset + d - 1]!, forward[offset + d + 1]!]
        let i = low >= high ? low + 1 : high
        let j = i - d
        while (i < a2 && j < b2 && this.same(i, j)) {
          i++
          j++
        }
        forward[offset + d] = i
        if (odd && minB <= d && d <= maxB && backward[offset + d]! <= i)
          return { i, j, exactBefore: true, exactAfter: true }
      }
      if (minB > least) backward[offset + --minB - 1] = 0x7fff_ffff
      else minB++
      if (maxB < most) backward[offset + ++maxB + 1] = 0x7fff_ffff
      else maxB--
      for (let d = maxB; d >= minB; d -= 2) {
        const [low, high] = [backward[offset + d - 1]!, backward[offset + d + 1]!]
        let i = low < high ? low : high - 1
        let j = i - d
        while (i > a1 && j > b1 && this.same(i - 1, j - 1)) {
          i--
          j--
        }
        backward[offset + d] = i
        if (!odd && minF <= d && d <= maxF && i <= forward[offset + d]!)
          return { i, j, exactBefore: true, exactAfter: true }
      }
      if (!exact && cost >= this.patience) return this.furthest(minF, maxF, minB, maxB, a1, a2, b1, b2)
    }
  }

  /** For texts with little in common: the place the search has come to, so that it ends. */
  private furthest(
    minF: number,
    maxF: number,
    minB: number,
    maxB: number,
    a1: number,
    a2: number,
    b1: number,
    b2: number,
  ) {
    let [bestF, atF] = [-1, -1]
    for (let d = maxF; d >= minF; d -= 2) {
      let i = Math.min(this.forward[this.offset + d]!, a2)
      if (i - d > b2) i = b2 + d
      if (i + (i - d) > bestF) [bestF, atF] = [i + (i - d), i]
    }
    let [bestB, atB] = [0x7fff_ffff, 0x7fff_ffff]
    for (let d = maxB; d >= minB; d -= 2) {
      let i = Math.max(a1, this.backward[this.offset + d]!)
      if (i - d < b1) i = b1 + d
      if (i + (i - d) < bestB) [bestB, atB] = [i + (i - d), i]
    }
    if (a2 + b2 - bestB < bestF - (a1 + b1))
      return { i: atF, j: bestF - atF, exactBefore: true, exactAfter: false }
    return { i: atB, j: bestB - atB, exactBefore: false, exactAfter: true }
  }
}

/** A run of changed lines, maybe empty; between any two runs stands exactly one unchanged line. */
class Group {
  start = 0
  end = 0

  constructor(private readonly side: Side) {
    while (changedAt(side, this.end)) this.end++
  }

  next(): boolean {
    if (this.end === this.side.codes.length) return false
    this.start = this.end + 1
    for (this.end = this.start; changedAt(this.side, this.end); this.end++);
    return true
  }

  previous(): boolean {
    if (this.start === 0) return false
    this.end = this.start - 1
    for (this.start = this.end; changedAt(this.side, this.start - 1); this.start--);
    return true
  }

  slideDown(): boolean {
    const { codes, changed } = this.side
    if (this.end >= codes.length || codes[this.start] !== codes[this.end]) return false
    changed[this.start++] = 0
    changed[this.end++] = 1
    while (changedAt(this.side, this.end)) this.end++
    return true
  }

  slideUp(): boolean {
    const { codes, changed } = this.side
    if (this.start === 0 || codes[this.start - 1] !== codes[this.end - 1]) return false
    changed[--this.start] = 1
    changed[--this.end] = 0
    while (changedAt(this.side, this.start - 1)) this.start--
    return true
  }
}

/** Slides each group: to a group of the other side where one is, else by indentation, else down as far as it goes. */
function compact(side: Side, other: Side, indent: boolean): void {
  const [group, twin] = [new Group(side), new Group(other)]
  while (true) {
    if (group.end > group.start) {
      let size: number
      let earliest: number
      let matching: number
      do {
        size = group.end - group.start
        matching = -1
        while (group.slideUp()) twin.previous()
        earliest = group.end
        if (twin.end > twin.start) matching = group.end
        while (group.slideDown()) {
          twin.next()
          if (twin.end > twin.start) matching = group.end
        }
      } while (size !== group.end - group.start)
      if (group.end === earliest) {
        // It cannot be slid.
      } else if (matching !== -1) {
        while (twin.end === twin.start) {
          group.slideUp()
          twin.previous()
        }
      } else if (indent) {
        const best = bestEnd(side, earliest, group.end, size)
        while (group.end > best) {
          group.slideUp()
          twin.previous()
        }
      }
    }
    if (!group.next()) return
    twin.next()
  }
}

type Score = { indent: number; penalty: number }

function bestEnd(side: Side, earliest: number, latest: number, size: number): number {
  let best = -1
  let bestScore: Score = { indent: 0, penalty: 0 }
  for (let end = Math.max(earliest, latest - size - 1, latest - 100); end <= latest; end++) {
    const score = { indent: 0, penalty: 0 }
    addSplit(side, end, score)
    addSplit(side, end - size, score)
    const order = 60 * Math.sign(score.indent - bestScore.indent) + (score.penalty - bestScore.penalty)
    if (best === -1 || order <= 0) [best, bestScore] = [end, score]
  }
  return best
}

function indentOf(line: string | undefined): number {
  let columns = 0
  for (const char of line ?? '') {
    if (char === ' ') columns++
    else if (char === '\t') columns += 8 - (columns % 8)
    else if (!/\s/.test(char)) return columns
    if (columns >= 200) return 200
  }
  return -1
}

/** How good a place for a group's edge the gap before line `at` is; the weights are git's, found by trial on real histories. */
function addSplit(side: Side, at: number, score: Score): void {
  const { lines } = side
  const atEnd = at >= lines.length
  const own = atEnd ? -1 : indentOf(lines[at])
  let blankBefore = 0
  let before = -1
  for (let i = at - 1; i >= 0; i--) {
    before = indentOf(lines[i])
    if (before !== -1) break
    if (++blankBefore === 20) {
      before = 0
      break
    }
  }
  let blankAfter = 0
  let after = -1
  for (let i = at + 1; i < lines.length; i++) {
    after = indentOf(lines[i])
    if (after !== -1) break
    if (++blankAfter === 20) {
      after = 0
      break
    }
  }
  if (before === -1 && blankBefore === 0) score.penalty += 1
  if (atEnd) score.penalty += 21
  const following = own === -1 ? 1 + blankAfter : 0
  const blanks = blankBefore + following
  score.penalty += -30 * blanks + 6 * following
  const indent = own === -1 ? after : own
  score.indent += indent
  if (indent === -1 || before === -1 || indent === before) return
  if (indent > before) score.penalty += blanks ? 10 : -4
  else if (after !== -1 && after > indent) score.penalty += blanks ? 17 : 24
  else score.penalty += blanks ? 17 : 23
}
