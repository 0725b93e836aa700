/**
 * Text as a learner types it, made comparable: NFKC, one kind of quote and dash, single spaces, lower case, no
 * full stop, semicolon or exclamation mark at the end, no quotes, backticks or brackets around the whole, no `$ ` of a terminal
 * before it.
 */
export function normaliseText(typed: string): string {
  let text = unifySigns(typed).replace(/\s+/g, ' ').trim().toLowerCase()
  text = text.replace(/^\$ /, '')
  for (;;) {
    const bare = text
      .replace(/\s*[.;!]+$/, '')
      .replace(/^(["'`])(.*)\1$/s, '$2')
      .replace(/^\(([^()]*)\)$/, '$1')
      .trim()
    if (bare === text || bare === '') return text
    text = bare
  }
}

/**
 * What a program printed, or a value, made comparable: spaces beside brackets, commas and colons go, every other
 * run of white space is one space; `true`, `false` and `none` in any case are Python's; quotes are of one kind.
 * Letters keep their case otherwise: `upper()` is a fair question.
 */
export function normalisePrinted(typed: string): string {
  return unifySigns(typed)
    .replace(/"/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/ ?([[\](){},:=]) ?/g, '$1')
    .replace(/\b(true|false|none)\b/gi, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .trim()
}

function unifySigns(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/[‘’‚‛′]/g, "'")
    .replace(/[“”„‟″«»]/g, '"')
    .replace(/[‐‑‒–—―−]/g, '-')
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, '')
}

/** What a program printed as a learner quotes it: without backticks around it, a prompt or "it prints" before it. */
export function unquotePrinted(typed: string): string {
  return typed
    .trim()
    .replace(/^(?:>>>\s*|(?:it )?prints?:?\s+(?=\S))/i, '')
    .replace(/^(`+)([^`]+)\1$/, '$2')
    .trim()
}

/**
 * Whether a typed text is the same number as an accepted one that is a bare number or percentage: `.999`, `0,999`,
 * `99.9 percent` and `1 - 0.001 = 0.999` are `0.999`; `×2` and `2x` are `2`. What follows it must follow an accepted one too.
 */
export function isSameNumber(accepts: string[], typed: string): boolean {
  const wanted = accepts
    .flatMap((text) => readShare(text) ?? [])
    .filter((one) => one.before === '' && !/[\d*·×^/+-]/.test(one.rest.replace(/\/(?=\p{L})/u, '')))
  if (!wanted.length) return false
  const last = typed.slice(typed.lastIndexOf('=') + 1).replace(/^\s*[×x]\s*(?=\d)/i, '')
  const given = readShare(last)
  if (
    !given ||
    !/^(?:(?:about|approximately|approx|roughly|around|exactly|just|it is)\.?\s*)*$/i.test(given.before)
  )
    return false
  return wanted.some(
    (one) =>
      Math.abs(one.value - given.value) <= 1e-9 * Math.max(1, Math.abs(one.value)) &&
      (given.rest === '' || /^(?:x|×|times)$/i.test(given.rest) || given.rest === one.rest),
  )
}

/** A number, or a percentage as a share of one. */
function readShare(text: string): ReadNumber | null {
  const read = readNumber(text)
  if (!read) return null
  const rest = read.rest.toLowerCase().replace(/[.;!]+$/, '')
  return /^(?:%|per ?cent)$/.test(rest) ? { ...read, value: read.value / 100, rest: '' } : { ...read, rest }
}

/** A typed number: its value, and the words before and after it that are not part of the number. */
export type ReadNumber = { value: number; before: string; rest: string }

/** Words before a number that change it: "less than 20" is not 20, "half of 96" is not 96. */
const CHANGING =
  /\b(?:not?|never|n't|less|fewer|more|over|under|below|above|beyond|minus|negative|plus|than|between|from|before|after|without|except|log|ln|root|sqrt|half|third|quarter|twice|double|times|or|and|either|neither)\b/i

const magnitudes: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  million: 1e6,
  millions: 1e6,
  billion: 1e9,
  bn: 1e9,
}

/**
 * Reads a number the way people write them: thousands in groups of three with commas, spaces, apostrophes,
 * underscores or (from two groups) points; a decimal point, or a decimal comma where it cannot be a group;
 * `1e6`, `10^6`, `2 × 10^3`, `1/4`, `3 million`; a sign before it, and before that a currency or words that leave it as it is
 * ("about", "it takes", "EUR"). Null when there is no such number.
 */
export function readNumber(typed: string): ReadNumber | null {
  const plain = unifySigns(typed)
    .replace(/⁄/g, '/')
    .replace(/\s+/g, ' ')
    .replace(/^[\s*_`"']+(?=[^\s*_`"'])|(?<=[^\s*_`"'])[\s*_`"']+$/g, '')
  const before =
    /^(?:[\p{L}][\p{L}'., ]*(?:[\s:=.]\s*)(?=[≈~]?\s*[+-]?\s*[€$£¥]?\s*\.?\d)|[a-z]\w*\s*(?==))/iu.exec(
      plain,
    )?.[0] ?? ''
  if (CHANGING.test(before)) return null
  const text = plain
    .slice(before.length)
    .replace(/^\s*[≈~=:]\s*/, '')
    .replace(/^([+-]?)\s*[€$£¥]\s*/, '$1')
  const first = readPlain(text)
  if (!first) return null
  let { value, rest } = first
  const power = /^\s*(?:\^|\*\*)\s*/.exec(rest)
  if (power) {
    const exponent = readPlain(rest.slice(power[0].length))
    if (!exponent) return null
    value **= exponent.value
    rest = exponent.rest
  }
  const times = /^\s*(?:[×x*·])\s*10\s*(?:\^|\*\*)\s*/.exec(rest)
  if (times) {
    const exponent = readPlain(rest.slice(times[0].length))
    if (!exponent) return null
    value *= 10 ** exponent.value
    rest = exponent.rest
  }
  const over = /^\s*\/\s*(?=\d)/.exec(rest)
  if (over) {
    const below = readPlain(rest.slice(over[0].length))
    if (!below || below.value === 0) return null
    value /= below.value
    rest = below.rest
  }
  const word = /^\s*(k|thousand|millions?|billion|bn)\b/i.exec(rest)
  if (word?.[1]) {
    value *= magnitudes[word[1].toLowerCase()] ?? 1
    rest = rest.slice(word[0].length)
  }
  return Number.isFinite(value) ? { value, before: before.trim(), rest: rest.trim() } : null
}

function readPlain(text: string): Omit<ReadNumber, 'before'> | null {
  const match = /^\s*([+-]?)\s*(\d[\d.,'_ ]*|[.,]\d+)/.exec(text)
  if (!match) return null
  const sign = match[1] === '-' ? -1 : 1
  // The digits run on through separators; what is no separator is given back: "20, at worst" ends after 20.
  const body = (match[2] ?? '').replace(/[.,'_ ]+$/, '')
  let rest = text.slice(match[0].length - ((match[2] ?? '').length - body.length))
  const digits = plainDigits(body)
  if (digits === null) return null
  const exponent = /^[eE]([+-]?\d{1,3})(?![\w.])/.exec(rest)
  if (exponent) rest = rest.slice(exponent[0].length)
  return { value: sign * Number(digits + (exponent ? `e${exponent[1]}` : '')), rest }
}

function plainDigits(body: string): string | null {
  if (/^\d+$/.test(body)) return body
  if (/^\d*\.\d+$/.test(body)) {
    return body
  }
  if (/^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(body)) return body.replaceAll(',', '')
  if (/^\d{1,3}(?:([ '_])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/.test(body))
    return body.replace(/[ '_]/g, '').replace(',', '.')
  if (/^\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$/.test(body)) return body.replaceAll('.', '').replace(',', '.')
  if (/^\d{1,3}(?:\.\d{3})+,\d+$/.test(body)) return body.replaceAll('.', '').replace(',', '.')
  if (/^\d*,\d+$/.test(body)) return body.replace(',', '.')
  // Indian grouping and the like: every part after the first is of two or three digits and commas are the only sign.
  if (/^\d{1,3}(?:,\d{2,3})+$/.test(body)) return body.replaceAll(',', '')
  return null
}

/** A number for sentences: groups of three with a comma, at most ten significant digits. */
export function formatNumber(value: number): string {
  if (value !== 0 && (Math.abs(value) >= 1e15 || Math.abs(value) < 1e-6)) return value.toExponential()
  return new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 10 }).format(value)
}
