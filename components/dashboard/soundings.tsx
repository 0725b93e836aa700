import { ChevronRight } from 'lucide-react'
import { ScrollRegion } from '@/components/ui/scroll-region'
import type { Week } from './days'

/** Days of work: minutes hang below the waterline like soundings, today is oxide. The same as a table beneath. */
export function Soundings({ weeks }: { weeks: Week[] }) {
  return (
    <>
      <figure className="mt-3">
        <Drawing weeks={weeks} width={832} pitch={12} className="max-sm:hidden" />
        <Drawing weeks={weeks.slice(-4)} width={328} pitch={10} className="sm:hidden" />
      </figure>
      <details className="group mt-2">
        <summary className="meta inline-flex min-h-6 items-center gap-1 pointer-coarse:min-h-11">
          <ChevronRight
            size={16}
            strokeWidth={1.75}
            aria-hidden
            className="transition-transform duration-(--slow) ease-yard group-open:rotate-90"
          />
          The same as a table
        </summary>
        <Table weeks={weeks} />
      </details>
    </>
  )
}

const WATER = 26
const DEEPEST = 64

function Drawing({
  weeks,
  width,
  pitch,
  className,
}: {
  weeks: Week[]
  width: number
  pitch: number
  className: string
}) {
  const span = width / weeks.length
  const days = weeks.flatMap(({ days }, w) =>
    days.map((day, d) => ({ ...day, x: Math.round(w * span + 1 + d * pitch) })),
  )
  const past = days.filter(({ minutes }) => minutes !== null)
  return (
    <svg
      className={`days block h-auto max-w-full ${className}`}
      width={width}
      height={120}
      viewBox={`0 0 ${width} 120`}
      aria-hidden="true"
      focusable="false"
    >
      <path className="days-water" d={`M0 ${WATER}H${width - 18}`} />
      <path className="days-mark" d={`M0 56.5H${width - 18}M0 86.5H${width - 18}`} />
      <path
        className="days-none"
        d={past
          .filter(({ minutes }) => minutes === 0)
          .map(({ x }) => `M${x + 2} ${WATER + 5}h4`)
          .join('')}
      />
      {past
        .filter(({ minutes }) => minutes)
        .map(({ date, minutes, today, x }) => (
          <rect
            key={date}
            className={today ? 'days-today' : 'days-bar'}
            x={x}
            y={WATER + 2}
            width={8}
            height={Math.min(DEEPEST, Math.max(2, minutes as number))}
          />
        ))}
      {weeks.map((week, w) => {
        const known = week.days.filter(({ minutes }) => minutes !== null)
        return (
          <g key={week.label}>
            <text x={Math.round(w * span)} y={12}>
              {week.label}
            </text>
            <text className="days-count" x={Math.round(w * span)} y={112}>
              {known.filter(({ minutes }) => minutes).length} of {known.length}
            </text>
          </g>
        )
      })}
    </svg>
  )
}

function Table({ weeks }: { weeks: Week[] }) {
  return (
    <ScrollRegion label="Minutes a day">
      <table className="facts min-w-120">
        <caption className="sr-only">Minutes a day, by week</caption>
        <thead>
          <tr>
            <th scope="col">Week of</th>
            {['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((day) => (
              <th key={day} scope="col" className="text-right!">
                {day}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week.label}>
              <th scope="row">{week.label}</th>
              {week.days.map((day) => (
                <td key={day.date} className="text-right">
                  {day.minutes === null ? '' : day.minutes === 0 ? '–' : day.minutes}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  )
}
