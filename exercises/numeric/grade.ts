import { formatNumber, type ReadNumber, readNumber } from '@/exercises/answers'
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
  const readings = readForms(typed)
  const read = readings[0]
  if (!read)
    return fail('unreadable', 'That could not be read as one number. Write it in digits, as in 1,250 or 0.5.')
  const measured = readings.flatMap((one) => {
    const unit = readUnit(one, key)
    return unit ? [one.value * unit.scale] : []
  })[0]
  if (measured === undefined)
    return fail(
      'unit',
      key.unit
        ? `Read as ${formatNumber(read.value)}, but “${read.rest || read.before}” is not the unit that is asked for: ${key.unit}. Give the number in ${key.unit}.`
        : `Read as ${formatNumber(read.value)}, and then “${read.rest || read.before}”, which could not be read. Give one number.`,
    )

  const value = otherReading(typed, key) ?? measured
  const got = formatNumber(value)
  if (isNear(value, key.value, key.tolerance))
    return { passed: true, checks: [check('value', true, { got, why: key.why })] }
  const mistake = key.wrong.findIndex((one) =>
    one.values.some((wrong) => isNear(value, wrong, key.tolerance)),
  )
  const known = key.wrong[mistake]
  if (known) return { passed: false, checks: [check(`wrong:${mistake}`, false, { got, why: known.why })] }
  const form = value === Number(typed) ? '' : `Read as ${got}. `
  const where = key.tolerance > 0 ? 'Not the number, also with room for rounding' : 'Not the number'
  return fail('value', `${form}${where}. Work through it once more, step by step.`, { got })
}

/** The text as it stands and, where it is a calculation, what stands after its last or before its first equals sign. */
function readForms(typed: string): ReadNumber[] {
  const sides = typed.split('=')
  const forms = sides.length > 1 ? [typed, sides.at(-1) ?? '', sides[0] ?? ''] : [typed]
  return forms.map(readNumber).filter((one) => one !== null)
}

/**
 * Three digits after one point or comma can be read both ways. The other way counts where it alone gives the answer:
 * 125.250 for a whole number of thousands, 99,800 for one with decimals.
 */
function otherReading(typed: string, key: NumericKey): number | null {
  const whole = Number.isInteger(key.value)
  const parts = (whole ? /^(\d{1,3})\.(\d{3})(?!\d)/ : /^(\d{1,3}),(\d{3})(?!\d)/).exec(typed)
  if (!parts) return null
  const other = Number(`${parts[1]}${whole ? '' : '.'}${parts[2]}`)
  return isNear(other, key.value, key.tolerance) ? other : null
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

const PERIODS = 'sec(?:ond)?|min(?:ute)?|hour|hr|h|s|day|night|week|month|mo|quarter|year|yr|annum'
const PERIOD = new RegExp(
  `(?:/|\\b(?:per|an?|each|every)\\b)\\s*(${PERIODS})s?\\b|\\b(hour|dai|night|week|month|quarter|year|annual)ly\\b`,
)

/** Which period the words speak of, as two letters: "per month", "a month", "/mo" and "monthly" are the same. */
function periodOf(words: string): string | null {
  const found = PERIOD.exec(words)
  const name = found?.[1] ?? found?.[2]
  return name
    ? /^(?:an|yr)/.test(name)
      ? 'ye'
      : name === 's'
        ? 'se'
        : /^h/.test(name)
          ? 'ho'
          : name.slice(0, 2)
    : null
}

/** What the words beside the number mean for it, or null when they are another unit. */
function readUnit({ before, rest }: ReadNumber, key: NumericKey): { scale: number } | null {
  const units = key.unit ? [key.unit, ...key.accepts] : key.accepts
  const said = rest
    .toLowerCase()
    .replace(/^[.]-+$/, '')
    .replace(/[.!]+$/, '')
    .replace(/^[€$£¥]\s*/, '')
    .trim()
  for (const words of [said, before.toLowerCase()]) {
    const period = periodOf(words)
    if (period && key.unit && !units.some((unit) => periodOf(unit.toLowerCase()) === period)) return null
  }
  const words = withoutReason(said.replace(PERIOD, '').trim())
  if (words === '') return { scale: 1 }
  const spellings = units.flatMap((unit) => {
    const own = unit.toLowerCase().replace(PERIOD, '').trim()
    const stem = own.replace(/s$/, '')
    const more = synonyms[own] ?? synonyms[`${own}s`] ?? []
    return [own, stem, `${stem}s`, ...more]
  })
  const starts = (spelling: string) =>
    spelling !== '' &&
    (words === spelling ||
      (words.startsWith(spelling) &&
        !/^[\p{L}\p{N}]/u.test(words.slice(spelling.length)) &&
        /^[\s,;][^\d/×*^]*$/.test(words.slice(spelling.length)) &&
        !ANOTHER.test(words.slice(spelling.length))))
  if (spellings.some(starts)) return { scale: 1 }
  if (ABOUT_NUMBER.test(words)) return { scale: 1 }
  if (words === '%' || words === 'percent' || words === 'per cent') return key.unit ? null : { scale: 0.01 }
  if (key.unit) return null
  return /^[\p{L}][\p{L}\s().,-]*$/u.test(words) ? { scale: 1 } : null
}

/** Words about the number, not a unit: "at most", "in the worst case". */
const ABOUT_NUMBER =
  /^(?:or so|or less|or fewer|at (?:most|worst|least)|in (?:the worst case|total|all)|worst case|altogether|exactly|approx\.?|approximately|max(?:imum)?)\b[^\d]*$/
const ANOTHER = /\b(?:or|and|but)\b/

/** Brackets around the unit go; a reason after it goes, unless it offers another answer: "seconds (3 × 16)", ", since …". */
function withoutReason(words: string): string {
  const unit = /^\(([^()\d]*)\)$/.exec(words)?.[1]
  if (unit !== undefined) return unit.trim()
  const reason = /\s*(?:\([^()]*\)|[,;:]?\s*\b(?:since|because|that is|i\.e\.).*)$/.exec(words)
  return reason && !ANOTHER.test(reason[0]) ? words.slice(0, reason.index).trim() : words
}
