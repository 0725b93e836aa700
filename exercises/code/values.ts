import type { Plain } from '@/runner/protocol'

export type Compare = 'exact' | 'approx' | 'unordered'

const CAPS = { depth: 120, nodes: 40_000, chars: 400_000 }

/** Whether something that came from a run is plain data within bounds. Reads what is hostile, never throws. */
export function isPlain(value: unknown): value is Plain {
  const budget = { nodes: CAPS.nodes, chars: CAPS.chars }
  return holds(value, 0, budget)
}

function holds(value: unknown, depth: number, budget: { nodes: number; chars: number }): boolean {
  if (--budget.nodes < 0 || depth > CAPS.depth) return false
  if (value === null || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string') {
    budget.chars -= value.length
    return budget.chars >= 0
  }
  if (Array.isArray(value)) return value.every((item) => holds(item, depth + 1, budget))
  if (typeof value !== 'object') return false
  const { $: tag, v, type, ...rest } = value as Record<string, unknown>
  if (Object.keys(rest).length > 0) return false
  const keys = Object.keys(value).length
  const list = (item: (one: unknown) => boolean) => keys === 2 && Array.isArray(v) && v.every(item)
  switch (tag) {
    case 'tuple':
    case 'set':
    case 'frozenset':
      return list((item) => holds(item, depth + 1, budget))
    case 'dict':
      return list((pair) => Array.isArray(pair) && pair.length === 2 && holds(pair, depth + 1, budget))
    case 'int':
    case 'float':
      return keys === 2 && typeof v === 'string' && holds(v, depth + 1, budget)
    case 'other':
      return keys === 2 && typeof type === 'string' && type.length <= 200
    case 'too-big':
      return keys === 1
    default:
      return false
  }
}

/** Whether a recorded value can be compared at all: nothing unknown, nothing cut. */
export function isComparable(value: Plain): boolean {
  if (Array.isArray(value)) return value.every(isComparable)
  if (typeof value !== 'object' || value === null) return true
  if (value.$ === 'other' || value.$ === 'too-big') return false
  if (value.$ === 'dict') return value.v.every(([key, item]) => isComparable(key) && isComparable(item))
  return typeof value.v === 'string' || value.v.every(isComparable)
}

/**
 * Whether two values are equal as Python's `==` says: a tuple is no list, `True` is 1, `1.0` is 1, a set is a frozenset with
 * the same items; unlike there, nan is nan. `approx`: numbers, also inside lists, tuples and dicts, within one part in a million;
 * `unordered`: the outermost list or tuple in any order.
 */
export function isEqual(expected: Plain, got: Plain, compare: Compare): boolean {
  if (compare === 'unordered') {
    const [left, right] = [itemsOf(expected), itemsOf(got)]
    if (left && right && Array.isArray(expected) === Array.isArray(got)) return sameItems(left, right)
  }
  return same(expected, got, compare === 'approx')
}

function itemsOf(value: Plain): Plain[] | null {
  if (Array.isArray(value)) return value
  return typeof value === 'object' && value !== null && value.$ === 'tuple' ? value.v : null
}

/** As multisets: by their canonical text, so that long lists stay cheap. */
function sameItems(left: Plain[], right: Plain[]): boolean {
  if (left.length !== right.length) return false
  const sorted = (items: Plain[]) => items.map((item) => JSON.stringify(canonical(item))).sort()
  const [a, b] = [sorted(left), sorted(right)]
  return a.every((text, i) => text === b[i])
}

/** Equal values always in one form: numbers of any type alike, sets and dicts sorted. */
function canonical(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (typeof value !== 'object' || value === null) return value
  const byText = (items: Plain[]) =>
    items
      .map((item) => [JSON.stringify(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item)
  if (value.$ === 'tuple') return { $: 'tuple', v: value.v.map(canonical) }
  if (value.$ === 'set' || value.$ === 'frozenset') return { $: 'set', v: byText(value.v.map(canonical)) }
  if (value.$ === 'dict') {
    const pairs = value.v.map(([key, item]): [Plain, Plain] => [canonical(key), canonical(item)])
    return { $: 'dict', v: pairs.sort(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) }
  }
  return value
}

/** A float that is a whole number beyond 2**53 in the form in which an int of that size arrives; -0.0 is 0. */
function canonicalNumber(value: number): Plain {
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return { $: 'int', v: BigInt(value).toString() }
  return value === 0 ? 0 : value
}

function numberOf(value: Plain): number | null {
  if (typeof value === 'boolean' || typeof value === 'number') return Number(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return value.$ === 'int' || value.$ === 'float' ? Number(value.v) : null
}

function same(expected: Plain, got: Plain, approx: boolean): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(got) &&
      got.length === expected.length &&
      expected.every((item, i) => same(item, got[i] as Plain, approx))
    )
  }
  if (typeof expected === 'object' && expected !== null) {
    if (expected.$ === 'other' || expected.$ === 'too-big') return false
    if (typeof got === 'object' && got !== null && !Array.isArray(got)) {
      if (expected.$ === 'tuple' && got.$ === 'tuple') return same(expected.v, got.v, approx)
      if (expected.$ === 'dict' && got.$ === 'dict') return sameDict(expected.v, got.v, approx)
    }
  }
  if (approx && isNear(numberOf(expected), numberOf(got))) return true
  return JSON.stringify(canonical(expected)) === JSON.stringify(canonical(got))
}

function isNear(expected: number | null, got: number | null): boolean {
  if (expected === null || got === null || !Number.isFinite(expected) || !Number.isFinite(got)) return false
  return Math.abs(expected - got) <= Math.max(1e-9, 1e-6 * Math.abs(expected))
}

function sameDict(expected: [Plain, Plain][], got: [Plain, Plain][], approx: boolean): boolean {
  if (expected.length !== got.length) return false
  const keyed = new Map(got.map(([key, item]) => [JSON.stringify(canonical(key)), item]))
  return expected.every(([key, item]) => {
    const other = keyed.get(JSON.stringify(canonical(key)))
    return other !== undefined && same(item, other, approx)
  })
}

/** The value as Python writes it, cut to `max` characters. */
export function pythonText(value: Plain, max = 240): string {
  const text = write(value)
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`
}

function write(value: Plain): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : String(value)
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${writeAll(value)}]`
  switch (value.$) {
    case 'tuple':
      return value.v.length === 1 ? `(${writeAll(value.v)},)` : `(${writeAll(value.v)})`
    case 'set':
      return value.v.length === 0 ? 'set()' : `{${writeAll(value.v)}}`
    case 'frozenset':
      return `frozenset({${writeAll(value.v)}})`
    case 'dict':
      return `{${value.v.map(([key, item]) => `${write(key)}: ${write(item)}`).join(', ')}}`
    case 'int':
    case 'float':
      return value.v
    case 'other':
      return `<${value.type}>`
    case 'too-big':
      return '…'
  }
}

const writeAll = (values: Plain[]) => values.map(write).join(', ')

function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    [mark]: `\\${mark}`,
  }
  return mark + [...text].map((sign) => escapes[sign] ?? sign).join('') + mark
}

/** What a value is, for a sentence: "a list", "None". */
export function typeWords(value: Plain): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return 'True or False'
  if (typeof value === 'number') return 'a number'
  if (typeof value === 'string') return 'text'
  if (Array.isArray(value)) return 'a list'
  const words = {
    tuple: 'a tuple',
    set: 'a set',
    frozenset: 'a frozenset',
    dict: 'a dict',
    int: 'a number',
    float: 'a number',
  }
  if (value.$ === 'other') return `an object of type ${value.type}`
  return value.$ === 'too-big' ? 'something very large' : words[value.$]
}
