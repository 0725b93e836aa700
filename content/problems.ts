import { AuthorError } from '@/exercises/kind'
import type { Problem } from './types'

/** `file:line: what is wrong, what to do`, the one form in which authors meet a problem. */
export function formatProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`
}

/** Collects problems of one file, so that an author sees all of them at once. */
export class Problems {
  readonly list: Problem[] = []

  add(file: string, line: number, message: string): void {
    this.list.push({ file, line: Math.max(1, line), message })
  }

  /** Takes what was thrown: an author's error with its own place, anything else is a fault of ours and goes on. */
  take(error: unknown, place: { folder: string; file: string; line: number }): void {
    if (!(error instanceof AuthorError)) throw error
    const file = error.where.file ? `${place.folder}/${error.where.file}` : place.file
    this.add(file, error.where.line ?? (error.where.file ? 1 : place.line), error.message)
  }
}

/** The known word nearest to a mistyped one, as advice; empty when none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  let best = ''
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best ? ` Did you mean ${best}?` : ''
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    row = next
  }
  return row[b.length] ?? 0
}
