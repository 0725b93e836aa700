/** What a slip draws: a tick a lesson, a taller one where a module begins. */
export type SlipData = {
  /** Lessons in each module, in order. */
  modules: number[]
  /** Numbers of the lessons that are done, from 1. */
  done: number[]
  /** Number of the lesson where the learner is. */
  at?: number | null
}

const round = (n: number) => Math.round(n * 10) / 10

/**
 * The inclined line down to the water: one tick a lesson, a taller one a module, painted below where done, a triangle
 * where you are. The same in words for those who do not see it.
 */
export function Slip({
  data,
  compact = false,
  label,
}: {
  data: SlipData
  compact?: boolean
  label?: string
}) {
  const { modules, done, at } = data
  const total = modules.reduce((sum, n) => sum + n, 0)
  const height = compact ? 28 : 44
  // From the yard at 4 to the waterline at 880, falling gently; the line itself runs through to the water.
  const top = compact ? 10 : 16
  const fall = compact ? 11 : 19
  const x = (i: number) => 4 + (876 * i) / Math.max(1, total)
  const y = (i: number) => top + (fall * i) / Math.max(1, total)
  const starts = new Set<number>([0, total])
  let sum = 0
  for (const n of modules) {
    starts.add(sum)
    sum += n
  }
  const short = compact ? 4 : 6
  const tall = compact ? 9 : 14
  const ticks = Array.from(
    { length: total + 1 },
    (_, i) => `M${round(x(i))} ${round(y(i))}v-${starts.has(i) ? tall : short}`,
  ).join('')
  const paint = done
    .filter((n) => n >= 1 && n <= total)
    .map((n) => {
      const from = x(n - 1) + 1.5
      const to = x(n) - 1.5
      return `M${round(from)} ${round(y(n - 1) + 4)}L${round(to)} ${round(y(n) + 4)}`
    })
    .join('')
  const slope = fall / 876
  const w = compact ? [0, 4, 8] : [0, 4, 8]
  const level = top + fall
  const words = label ?? `${done.length} of ${total} lessons done.${at ? ` You are at lesson ${at}.` : ''}`
  return (
    <div role="img" aria-label={words} className={compact ? 'slip-compact relative h-7' : 'relative h-11'}>
      <svg
        className="slip-line absolute inset-0 size-full overflow-visible"
        viewBox={`0 0 1000 ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        focusable="false"
      >
        <path className="slip-tick" d={ticks} />
        <path className="slip-way" d={`M0 ${round(top - 4 * slope)}L1000 ${round(top + 996 * slope)}`} />
        <path className="slip-paint" d={paint} />
        <path
          className="slip-water"
          d={w.map((dy, i) => `M${[860, 904, 940][i]} ${level + dy}H1000`).join('')}
        />
      </svg>
      {/* Marks keep their shape while the line stretches: an inner svg whose place is a share of the width. */}
      <svg className="absolute inset-0 size-full overflow-visible" aria-hidden="true" focusable="false">
        {at && at >= 1 && at <= total && (
          <svg
            x={`${round((x(at - 1) + x(at)) / 20)}%`}
            y={0}
            className="overflow-visible"
            aria-hidden="true"
          >
            <path
              className="slip-at"
              d="M-5 0h10L0 7z"
              transform={`translate(0 ${round(y(at - 0.5) - tall - 9)})`}
            />
          </svg>
        )}
        <svg x="94%" y={0} className="overflow-visible" aria-hidden="true">
          <path className="slip-level" d="M-4.5 .5h9L0 6.2z" transform={`translate(0 ${level - 8})`} />
        </svg>
      </svg>
    </div>
  )
}
