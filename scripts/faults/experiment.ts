import type { House } from './house'

/**
 * What an experiment with faults is: one file `scripts/faults/r-NN-<words>.ts` that exports `experiment`. The command
 * (`npm run faults`), the short run in `npm test` and the tables of docs/reliability.md find it by its name.
 */
export type Experiment = {
  /** `R-13`. */
  id: string
  /** One sentence: what is broken, and what must hold. */
  what: string
  /**
   * The test that runs the short size. Absent: `scripts/faults/faults.process.test.ts` does, on the built house. A path
   * names another test file, which carries the id in a test's name (one that needs a browser stands in `e2e/`).
   */
  shortIn?: string
  /** Breaks something and measures. Cleans up after itself, whatever happens; throws only where nothing could be measured. */
  run(given: Given): Promise<Outcome>
}

export type Given = {
  seed: number
  /** Everything random comes from here: the same seed gives the same run, as far as two machines can be the same. */
  random: Random
  /** `full` is the bar as it is written; `short` takes a few seconds, and guards between two full ones. */
  size: 'short' | 'full'
  /** A production house with nothing special about it. Those of the short size share one; who kills a part of a house has its own. */
  openHouse: () => Promise<House>
  /** A line for whoever watches. */
  say: (line: string) => void
}

export type Outcome = { figures: Figure[]; remarks?: string[] }

/** A number beside its bar. Without one it is told for what it is worth. The worst that was seen, never a mean. */
export type Figure = {
  name: string
  value: number
  unit?: string
  bar?: { kind: 'at least' | 'at most' | 'exactly'; value: number }
}

export const exactly = (name: string, value: number, bar: number): Figure => ({
  name,
  value,
  bar: { kind: 'exactly', value: bar },
})
export const atMost = (name: string, value: number, bar: number, unit?: string): Figure => ({
  name,
  value,
  unit,
  bar: { kind: 'at most', value: bar },
})
export const atLeast = (name: string, value: number, bar: number, unit?: string): Figure => ({
  name,
  value,
  unit,
  bar: { kind: 'at least', value: bar },
})

/** Bars of time in the short size are this much wider: it runs beside other things, and guards what holds, not how fast. */
export const patience = ({ size }: Pick<Given, 'size'>, times = 2.5) => (size === 'short' ? times : 1)

/** Null where there is no bar. What is not a number holds no bar. */
export function holds({ value, bar }: Figure): boolean | null {
  if (!bar) return null
  if (bar.kind === 'exactly') return value === bar.value
  return bar.kind === 'at least' ? value >= bar.value : value <= bar.value
}

/** The cells of a figure's row: name, value, bar, whether it holds. */
export function rowOf(figure: Figure): [string, string, string, string] {
  const { name, value, unit, bar } = figure
  const write = (number: number) => {
    const digits = Number.isInteger(number) ? 0 : Math.abs(number) < 10 ? 2 : 0
    return `${number.toFixed(digits)}${unit ? ` ${unit}` : ''}`
  }
  const verdict = holds(figure)
  return [
    name,
    write(value),
    bar ? `${bar.kind} ${write(bar.value)}` : '',
    verdict === null ? '' : verdict ? 'holds' : '**falls short**',
  ]
}

export type Random = {
  /** From 0 up to 1, without 1. */
  next(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  pick<T>(list: readonly T[]): T
  /** A new list in another order. */
  shuffle<T>(list: readonly T[]): T[]
  /** A version 4 UUID that the seed decides. */
  uuid(): string
}

/** Numbers that look random and follow from `seed` (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    pick: (list) => {
      const one = list[between(0, list.length - 1)]
      if (one === undefined) throw new Error('there is nothing to pick from')
      return one
    },
    shuffle: (list) => {
      const made = [...list]
      for (let last = made.length - 1; last > 0; last--) {
        const at = between(0, last)
        const [a, b] = [made[last], made[at]]
        if (a !== undefined && b !== undefined) [made[last], made[at]] = [b, a]
      }
      return made
    },
    uuid: () => {
      const hex = Array.from({ length: 32 }, () => between(0, 15).toString(16)).join('')
      const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
    },
  }
}
