import { normalisePrinted } from '@/exercises/answers'
import type { Check, Html, Verdict } from '@/exercises/kind'

export type TraceKey = {
  /** The blanks in order of rows; `id` is `<row>:<name>`, rows from 1. */
  cells: {
    id: string
    row: number
    name: string
    value: string
    why: Html
    wrong: { answer: string; why: Html }[]
  }[]
  why: Html | null
}

export type TraceAnswer = { cells: Record<string, string> }

/** Judges each cell by itself: a value that follows from an earlier slip is not counted as wrong for that reason alone. */
export function gradeTrace(key: TraceKey, answer: TraceAnswer): Verdict {
  const given = new Map(Object.entries(answer.cells))
  const known = new Set(key.cells.map((cell) => cell.id))
  if ([...given.keys()].some((id) => !known.has(id))) {
    const message = 'Load the page again; the exercise may have changed.'
    return {
      passed: false,
      checks: [{ id: 'unknown', passed: false, label: 'Cells of this trace', message }],
      next: message,
    }
  }
  const checks = key.cells.map((cell): Check => {
    const got = (given.get(cell.id) ?? '').trim()
    const typed = withoutName(got, cell.name)
    const check = { id: cell.id, label: `Step ${cell.row}, ${cell.name}` }
    if (!got) return { ...check, passed: false, message: 'Nothing is filled in yet.' }
    if (isValue(cell.value, typed)) return { ...check, passed: true, got }
    const mistake = cell.wrong.find((wrong) => isValue(wrong.answer, typed))
    return { ...check, passed: false, got, why: mistake?.why ?? cell.why }
  })
  const wrong = checks.filter((check) => !check.passed)
  if (wrong.length === 0)
    return {
      passed: true,
      checks: key.why ? [...checks, { id: 'why', passed: true, label: 'Why', why: key.why }] : checks,
    }
  const first = wrong[0]
  const open = wrong.filter((check) => !check.got).length
  const count = `${wrong.length} of ${checks.length} cells ${wrong.length === 1 ? 'differs' : 'differ'}`
  return {
    passed: false,
    checks,
    next:
      open === wrong.length
        ? `${open} of ${checks.length} cells are still empty.`
        : `${count}. The first is ${first?.label.toLowerCase()}.`,
  }
}

/** `lo = 4` and `` `4` `` in the cell of `lo` are 4. */
function withoutName(typed: string, name: string): string {
  const bare = typed.replace(/^`([^`]+)`$/, '$1').trim()
  const [left, ...right] = bare.split('=')
  return right.length === 1 && left?.trim() === name ? (right[0] ?? '').trim() : bare
}

/** The same value, with or without the quotes of a string; a dash, "nothing" or "none yet" for a name that has no value yet. */
export function isValue(value: string, typed: string): boolean {
  const text = normalisePrinted(typed)
  const right = normalisePrinted(value)
  if (text === right || `'${text}'` === right) return true
  if (right === '—' || right === '-') return /^(?:-+|nothing|none yet|no value|undefined|unset)$/i.test(text)
  return (
    right !== '' &&
    text !== '' &&
    /^[-+]?[\d.]+$/.test(text) &&
    /^[-+]?[\d.]+$/.test(right) &&
    Number(text) === Number(right)
  )
}
