/** One thing measured, several times, beside what it may be. */
export type Figure = {
  /** The step that made it: the word that `npm run bench` knows it by. */
  step: string
  name: string
  /** One a round; the median is judged. */
  samples: number[]
  unit?: string
  /** Absent: told for what it is worth, not judged. */
  limit?: { kind: 'at least' | 'at most'; value: number }
}

export type Step = { figures: Figure[]; remarks?: string[] }

export function medianOf(samples: number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/** Null where there is no limit. */
export function isWithin({ samples, limit }: Figure): boolean | null {
  if (!limit) return null
  const median = medianOf(samples)
  return limit.kind === 'at least' ? median >= limit.value : median <= limit.value
}

/** The cells of a figure's row: name, median, range, limit, whether it holds. */
export function rowOf(figure: Figure): [string, string, string, string, string] {
  const { name, samples, unit, limit } = figure
  const write = (value: number) => {
    const digits = unit === undefined ? 2 : Math.abs(value) < 10 ? 1 : 0
    return value.toFixed(digits)
  }
  const holds = isWithin(figure)
  const suffix = unit ? ` ${unit}` : ''
  return [
    name,
    `${write(medianOf(samples))}${suffix}`,
    samples.length > 1 ? `${write(Math.min(...samples))} to ${write(Math.max(...samples))}` : 'one run',
    limit ? `${limit.kind} ${limit.value}${suffix}` : '',
    holds === null ? '' : holds ? 'holds' : '**falls short**',
  ]
}
