import type { CodeObservation, CodeVisibleKey } from './shape'

export type CostRow = { n: number; bound: number; count: number | null; share: number | null }
export type CostTable = { id: string; label: string; unit: string; rows: CostRow[] }

/**
 * The rows of the cost plot for each meter: the recorded bound at every n, and the count where there is exactly one for
 * this n. `share` is count ÷ bound.
 */
export function costTable(key: CodeVisibleKey, observation: Pick<CodeObservation, 'meters'>): CostTable[] {
  return key.meters.map(({ id, label, unit, points }) => {
    const results = observation.meters.filter((meter) => meter.id === id)
    const measured = results.length === 1 ? (results[0]?.points ?? []) : []
    return {
      id,
      label,
      unit,
      rows: points.map(({ n, bound }) => {
        const counts = measured.filter((point) => point.n === n)
        const count = counts.length === 1 ? (counts[0]?.count ?? null) : null
        return { n, bound, count, share: count === null ? null : count / bound }
      }),
    }
  })
}

const REFERENCE_SHARE = 0.5
const WRONG_SHARE = 2

/** What is too tight about a meter's bound for its own reference: at most half at every n. Sentences for the author. */
export function referenceMargins(
  key: CodeVisibleKey,
  observation: Pick<CodeObservation, 'meters'>,
): string[] {
  return costTable(key, observation).flatMap((table) =>
    table.rows
      .filter((row) => row.share === null || row.share > REFERENCE_SHARE)
      .map(
        (row) =>
          `cost:${table.id} at n = ${row.n}: the reference uses ${row.count ?? 'an unknown number of'} of ${row.bound} ${table.unit}; it may use at most half. Raise the bound or improve the reference.`,
      ),
  )
}

/** Whether a wrong answer that is to fail on `check` (`cost:…`) is far enough over its bound: twice at the largest n. */
export function wrongMargins(
  key: CodeVisibleKey,
  check: string,
  observation: Pick<CodeObservation, 'meters'>,
): string[] {
  const table = costTable(key, observation).find((one) => `cost:${one.id}` === check)
  const last = table?.rows.at(-1)
  // Without a count the run was stopped at its step limit before the largest n: that is far over.
  if (!table || !last || last.share === null || last.share >= WRONG_SHARE) return []
  return [
    `${check} at n = ${last.n}: this wrong answer uses ${last.count} of ${last.bound} ${table.unit}, less than twice the bound. Measure at a larger n or lower the bound.`,
  ]
}
