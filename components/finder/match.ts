/** Where a text answers to a query: how well, and which parts of it to mark, as pairs of from and to. */
export type Match = { score: number; marks: [number, number][] }

/** Small letters without accents, each in its place: an index in the folded text is one in the text. */
export function fold(text: string): string {
  return text.replace(/[\u00c0-\u024f]/g, (letter) => letter.normalize('NFD')[0] ?? letter).toLowerCase()
}

/** The words of a query, folded; empty for one without a letter or digit. */
export function wordsIn(query: string): string[] {
  return fold(query.slice(0, 200))
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))
    .slice(0, 8)
}

/**
 * Judges a title: every word of the query must be in it, at the beginning of a word, inside one, or at least its letters
 * in order ("bnry srch"). Null when one is not. `folded` is the title under `fold`.
 */
export function matchTitle(words: string[], folded: string): Match | null {
  let score = 0
  const marks: [number, number][] = []
  for (const word of words) {
    const found = beginning(word, folded) ?? inside(word, folded) ?? scattered(word, folded)
    if (!found) return null
    score += found.score
    marks.push(...found.marks)
  }
  // Of two that answer alike the shorter is the closer.
  return { score: score - folded.length / 1000, marks: joined(marks) }
}

/** Judges a longer text: every word must be in it as it is typed, best at the beginning of a word. */
export function matchText(words: string[], folded: string): Match | null {
  let score = 0
  const marks: [number, number][] = []
  for (const word of words) {
    const found = beginning(word, folded) ?? (word.length > 2 ? inside(word, folded) : null)
    if (!found) return null
    score += found.score
    marks.push(...found.marks)
  }
  return { score, marks: joined(marks) }
}

/** A part of a text around its first mark, with the marks moved along. */
export function excerpt(
  text: string,
  marks: [number, number][],
  length = 140,
): { text: string; marks: [number, number][] } {
  const first = marks[0]?.[0] ?? 0
  let from = Math.max(0, first - Math.min(40, length / 4))
  if (from > 0) from = text.indexOf(' ', from) + 1 || from
  if (from > first) from = first
  const to = Math.min(text.length, from + length)
  const [lead, tail] = [from > 0 ? '… ' : '', to < text.length ? ' …' : '']
  const shift = lead.length - from
  return {
    text: `${lead}${text.slice(from, to).trimEnd()}${tail}`,
    marks: marks
      .filter(([start, end]) => start >= from && end <= to)
      .map(([start, end]) => [start + shift, end + shift]),
  }
}

function beginning(word: string, folded: string): Match | null {
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    if (at > 0 && /[\p{L}\p{N}]/u.test(folded[at - 1] ?? '')) continue
    const ends = !/[\p{L}\p{N}]/u.test(folded[at + word.length] ?? '')
    return { score: (ends ? 6 : 5) + (at === 0 ? 1 : 0), marks: [[at, at + word.length]] }
  }
  return null
}

function inside(word: string, folded: string): Match | null {
  const at = folded.indexOf(word)
  return at < 0 ? null : { score: 3, marks: [[at, at + word.length]] }
}

/** The letters of the word in order, in one word of the title that begins with the first: what is typed in haste. */
function scattered(word: string, folded: string): Match | null {
  if (word.length < 3) return null
  for (const { 0: candidate, index } of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (candidate[0] !== word[0] || candidate.length > word.length * 2) continue
    const marks: [number, number][] = []
    let at = -1
    for (const letter of word) {
      at = candidate.indexOf(letter, at + 1)
      if (at < 0) break
      marks.push([index + at, index + at + 1])
    }
    if (at >= 0) return { score: (2 * word.length) / (at + 1), marks }
  }
  return null
}

/** Marks in order, those that touch made one. */
function joined(marks: [number, number][]): [number, number][] {
  const sorted = [...marks].sort((a, b) => a[0] - b[0])
  const result: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = result.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
