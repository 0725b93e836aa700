import { Circle, CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Check, Verdict } from '@/exercises/kind'
import { Html } from './html'

/** What was tried, what was expected, what came, where to look. */
export function TriedExpectedGot({
  check,
  children,
  className = '',
}: {
  check: Pick<Check, 'tried' | 'expected' | 'got' | 'message' | 'why'>
  /** Replaces the words about where to look. */
  children?: ReactNode
  className?: string
}) {
  const look = children ?? check.message
  const rows = [
    ['Tried', check.tried],
    ['Expected', check.expected],
    ['Got', check.got],
  ].filter((row): row is [string, string] => row[1] !== undefined)
  if (rows.length === 0 && !look && !check.why) return null
  return (
    <div className={`bg-fail-wash p-3 ${className}`}>
      {rows.length > 0 && (
        <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-0.5">
          {rows.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-13 text-ink-2 leading-[1.375rem]">{name}</dt>
              <dd className="whitespace-pre-wrap font-mono text-13 leading-[1.375rem] [overflow-wrap:anywhere]">
                {value}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {(look || check.why) && (
        <div className={rows.length > 0 ? 'mt-2 border-fail/30 border-t pt-2' : ''}>
          {rows.length > 0 && <p className="font-semibold text-14">Look at</p>}
          {look && <p className="whitespace-pre-line font-serif text-16">{look}</p>}
          {check.why && <Html html={check.why} className="font-serif text-16" />}
        </div>
      )}
    </div>
  )
}

/** One check: an icon, a word, the sentence; a failing one is open. `null` has not been run. */
export function CheckLine({ check, passed = check.passed }: { check: Check; passed?: boolean | null }) {
  const Icon = passed === null ? Circle : passed ? CircleCheck : CircleX
  const tone = passed === null ? 'text-ink-3' : passed ? 'text-pass' : 'text-fail'
  return (
    <li className="border-rule border-b py-2.5">
      <div className="grid grid-cols-[16px_minmax(0,1fr)] gap-2">
        <Icon size={16} strokeWidth={2} aria-hidden className={`mt-0.5 ${tone}`} />
        <p className={passed === null ? 'text-ink-2' : ''}>
          {passed !== null && <span className={`font-[550] ${tone}`}>{passed ? 'Holds:' : 'Not yet:'} </span>}
          {check.label}
        </p>
      </div>
      {passed === false && <TriedExpectedGot check={check} className="mt-3 sm:ml-6" />}
    </li>
  )
}

/** A verdict's checks, failing first and open. Lives inside a live region of its panel. */
export function Feedback({ verdict, heading = true }: { verdict: Verdict; heading?: boolean }) {
  const failing = verdict.checks.filter((check) => !check.passed)
  const holding = verdict.checks.filter((check) => check.passed)
  if (verdict.checks.length === 0)
    return verdict.next ? <p className="font-serif text-16">{verdict.next}</p> : null
  return (
    <div>
      {heading && (
        <p className="mb-2 font-semibold">
          Checks{' '}
          <span className="meta font-normal">
            {failing.length === 0
              ? `all ${holding.length} hold`
              : `${holding.length} hold, ${failing.length} not yet`}
          </span>
        </p>
      )}
      <ul className="border-rule border-t">
        {[...failing, ...holding].map((check) => (
          <CheckLine key={check.id} check={check} />
        ))}
      </ul>
      {verdict.next && !verdict.passed && <p className="mt-3 font-serif text-16">{verdict.next}</p>}
    </div>
  )
}
