import { useId } from 'react'
import { formatNumber } from '@/exercises/answers'

export type Series = {
  /** Stands at the end of its line. */
  label: string
  /** Smaller, below the label. */
  more?: string | undefined
  tone: 'ink' | 'steel' | 'brass' | 'bound'
  points: { n: number; y: number }[]
}

type Props = { series: Series[]; unit: string; caption?: string; xLabel?: string }

const strokes = { ink: 'stroke-ink', steel: 'stroke-steel', brass: 'stroke-brass', bound: 'stroke-fail' }
const fills = { ink: 'fill-ink', steel: 'fill-steel', brass: 'fill-brass', bound: 'fill-fail' }
const dashes = { ink: undefined, steel: '9 3', brass: '2 3', bound: '5 4' }

const sizes = {
  wide: { width: 620, height: 272, left: 56, right: 120, top: 22, bottom: 46, every: 1 },
  narrow: { width: 328, height: 240, left: 44, right: 92, top: 22, bottom: 46, every: 2 },
}

/**
 * Lines over n, drawn twice so that text stays 12 px on a phone. For eyes only: its table stands beside it. The forbidden
 * side of a `bound` is hatched; what lies far above it leaves the plot.
 */
export function Plot(props: Props) {
  return (
    <>
      <Drawing {...props} size={sizes.wide} className="max-sm:hidden" />
      <Drawing {...props} size={sizes.narrow} className="sm:hidden" />
    </>
  )
}

function Drawing({
  series,
  unit,
  xLabel = 'n, items in the input',
  size,
  className,
}: Props & { size: (typeof sizes)['wide']; className: string }) {
  const pattern = useId()
  const { width, height, right, top, bottom, every } = size
  const all = series.flatMap((one) => one.points)
  const bound = series.find((one) => one.tone === 'bound')
  const limit = yLimit(series)
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => ({ y: limit * share, words: short(limit * share) }))
  // The longest number at the axis is whole, on a phone too.
  const left = Math.max(size.left, 14 + 7 * Math.max(...marks.map(({ words }) => words.length)))
  const ns = [...new Set(all.map((point) => point.n))].sort((a, b) => a - b)
  const [first = 1, last = 1] = [ns[0], ns.at(-1)]
  const x = (n: number) =>
    round(
      left +
        ((width - left - right) * (Math.log(n) - Math.log(first))) / (Math.log(last) - Math.log(first) || 1),
    )
  const y = (value: number) => round(height - bottom - ((height - top - bottom) * value) / limit)
  const inside = (one: Series) => one.points.filter((point) => point.y <= limit)
  const path = (one: Series) =>
    inside(one)
      .map((point, index) => `${index ? 'L' : 'M'}${x(point.n)} ${y(point.y)}`)
      .join('')
  const ends = spread(
    series.flatMap((one) => {
      const end = inside(one).at(-1)
      return end ? [{ one, x: x(end.n), y: y(end.y) }] : []
    }),
    height - bottom - 6,
  )
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      aria-hidden="true"
      className={`block h-auto max-w-full font-ui text-12 tabular-nums ${className}`}
    >
      <defs>
        <pattern
          id={pattern}
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <path d="M0 0V6" className="stroke-fail opacity-30" />
        </pattern>
      </defs>
      {bound ? (
        <path d={`${path(bound)}V${top}H${x(bound.points[0]?.n ?? first)}Z`} fill={`url(#${pattern})`} />
      ) : null}
      {marks.map((mark) => (
        <g key={mark.y}>
          <path
            d={`M${left} ${y(mark.y)}H${width - right}`}
            className={mark.y === 0 ? 'stroke-ink-3' : 'stroke-rule'}
          />
          <text x={left - 8} y={y(mark.y) + 4} textAnchor="end" className="fill-ink-3">
            {mark.words}
          </text>
        </g>
      ))}
      {ns.map((n, index) => (
        <g key={n}>
          <path d={`M${x(n)} ${height - bottom}v5`} className="stroke-ink-3" />
          {index % every === 0 || ns.length < 4 ? (
            <text x={x(n)} y={height - bottom + 18} textAnchor="middle" className="fill-ink-3">
              {short(n)}
            </text>
          ) : null}
        </g>
      ))}
      {series.map((one) => (
        <g key={one.label}>
          <path
            d={path(one)}
            fill="none"
            strokeWidth="1.5"
            strokeDasharray={dashes[one.tone]}
            className={strokes[one.tone]}
          />
          {one.tone === 'bound'
            ? null
            : inside(one).map((point) => (
                <circle
                  key={point.n}
                  cx={x(point.n)}
                  cy={y(point.y)}
                  r="3.5"
                  strokeWidth="1.5"
                  className={`stroke-canvas ${fills[one.tone]}`}
                />
              ))}
        </g>
      ))}
      {ends.map(({ one, x: at, y: line }) => (
        <text key={one.label} x={at + 10} y={line + 1} className={`font-[550] ${fills[one.tone]}`}>
          {one.label}
          {one.more ? (
            <tspan x={at + 10} dy="14" className="fill-ink-3 font-normal">
              {one.more}
            </tspan>
          ) : null}
        </text>
      ))}
      <text x="8" y="12" className="fill-ink-3">
        {unit}
      </text>
      <text x={width - right} y={height - 4} textAnchor="end" className="fill-ink-3">
        {xLabel}
      </text>
    </svg>
  )
}

/** The top of the plot: everything, but no more than twice the bound where there is one. */
function yLimit(series: Series[]): number {
  const bound = series.find((one) => one.tone === 'bound')
  const most = Math.max(1, ...series.flatMap((one) => one.points.map((point) => point.y)))
  const wanted = bound ? Math.min(most, 2 * Math.max(1, ...bound.points.map((point) => point.y))) : most
  const unit = 10 ** Math.floor(Math.log10(wanted / 4))
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * unit).find((one) => one * 4 >= wanted) ?? wanted / 4
  return step * 4
}

/** Labels at the ends of lines, moved apart where they would cover each other, and up where they would reach below `floor`. */
function spread<T extends { one: Series; y: number }>(ends: T[], floor: number): T[] {
  let free = 14
  const apart = ends
    .toSorted((a, b) => a.y - b.y)
    .map((end) => {
      const line = Math.max(end.y, free)
      free = line + (end.one.more ? 30 : 16)
      return { ...end, y: line }
    })
  let room = floor
  return apart
    .toReversed()
    .map((end) => {
      const line = Math.min(end.y, room - (end.one.more ? 14 : 0))
      room = line - 16
      return { ...end, y: line }
    })
    .toReversed()
}

function short(value: number): string {
  if (value >= 1e6) return `${round(value / 1e6)} M`
  return formatNumber(round(value))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
