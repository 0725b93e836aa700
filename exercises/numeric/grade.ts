import { formatNumber, readNumber } from '@/exercises/answers'
import type { Check, Html, Verdict } from '@/exercises/kind'

export type NumericKey = {
  value: number
  tolerance: number
  /** In words as the author wrote it: "percent". Null where a bare number is asked. */
  unit: string | null
  /** Other spellings of the unit. */
  accepts: string[]
  why: Html
  wrong: { values: number[]; why: Html }[]
}

export type NumericAnswer = { text: string }

/** Compares the number that was typed, whatever its form. A text that cannot be read gets a sentence, not "wrong". */
export function gradeNumeric(key: NumericKey, answer: NumericAnswer): Verdict {
  const check = (id: string, passed: boolean, words: Partial<Check>): Check => ({
    id,
    passed,
    label: key.unit ? `The number, in ${key.unit}` : 'The number',
    ...words,
  })
  const fail = (id: string, message: string, words: Partial<Check> = {}): Verdict => ({
    passed: false,
    checks: [check(id, false, { message, ...words })],
    next: message,
  })

  const typed = answer.text.trim()
  if (!typed) return fail('empty', 'Type a number first.')
  const read = readNumber(typed)
  if (!read)
    return fail('unreadable', 'That could not be read as one number. Write it in digits, as in 1,250 or 0.5.')
  const measured = readUnit(read.rest, key)
  if (!measured)
    return fail(
      'unit',
      key.unit
        ? `Read as ${formatNumber(read.value)}, but “${read.rest}” is not the unit that is asked for: ${key.unit}. Give the number in ${key.unit}.`
        : `Read as ${formatNumber(read.value)}, and then “${read.rest}”, which could not be read. Give one number.`,
    )

  const value = read.value * measured.scale
  const got = formatNumber(value)
  if (isNear(value, key.value, key.tolerance))
    return { passed: true, checks: [check('value', true, { got, why: key.why })] }
  const mistake = key.wrong.findIndex((one) =>
    one.values.some((wrong) => isNear(value, wrong, key.tolerance)),
  )
  const known = key.wrong[mistake]
  if (known) return { passed: false, checks: [check(`wrong:${mistake}`, false, { got, why: known.why })] }
  const form = value === Number(typed) ? '' : `Read as ${got}. `
  const where = key.tolerance > 0 ? 'Not within the margin' : 'Not the number'
  return fail('value', `${form}${where}. Work through it once more, step by step.`, { got })
}

function isNear(value: number, expected: number, tolerance: number): boolean {
  return Math.abs(value - expected) <= tolerance + 1e-9 * Math.max(1, Math.abs(expected))
}

const synonyms: Record<string, string[]> = {
  percent: ['%', 'per cent', 'pct', 'percentage'],
  milliseconds: ['ms', 'msec', 'msecs', 'millisecond'],
  seconds: ['s', 'sec', 'secs', 'second'],
  minutes: ['min', 'mins', 'minute'],
  hours: ['h', 'hr', 'hrs', 'hour'],
  days: ['d', 'day'],
}

/** What the words after the number mean for it, or null when they are another unit. */
function readUnit(rest: string, key: NumericKey): { scale: number } | null {
  const words = rest
    .toLowerCase()
    .replace(/[.!]+$/, '')
    .replace(/^[€$£¥]\s*/, '')
    .trim()
  if (words === '') return { scale: 1 }
  const units = key.unit ? [key.unit, ...key.accepts] : key.accepts
  const spellings = units.flatMap((unit) => {
    const own = unit.toLowerCase()
    const stem = own.replace(/s$/, '')
    const more = synonyms[own] ?? synonyms[`${own}s`] ?? []
    return [own, stem, `${stem}s`, ...more]
  })
  const starts = (spelling: string) =>
    spelling !== '' &&
    (words === spelling ||
      (words.startsWith(spelling) &&
        !/^[\p{L}\p{N}]/u.test(words.slice(spelling.length)) &&
        /^[\s,;(][^\d/×*^]*$/.test(words.slice(spelling.length))))
  if (spellings.some(starts)) return { scale: 1 }
  // "at most", "in the worst case": words about the number, not a unit.
  if (
    /^(?:or so|or less|or fewer|at (?:most|worst|least)|in (?:the worst case|total|all)|altogether|exactly|approx\.?|approximately)\b[^\d]*$/.test(
      words,
    )
  )
    return { scale: 1 }
  if (words === '%' || words === 'percent' || words === 'per cent') return key.unit ? null : { scale: 0.01 }
  if (key.unit) return null
  return /^[\p{L}][\p{L}\s().,-]*$/u.test(words) ? { scale: 1 } : null
}
