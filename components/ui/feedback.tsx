import { ChevronRight, Circle, CircleCheck, CircleX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Check } from '@/exercises/kind'
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

/**
 * One check: an icon, a word, the sentence. What was tried, expected and got opens below a failing one; `open` says
 * whether it stands open from the start. `passed` is null where nothing has been run.
 */
export function CheckLine({
  check,
  passed = check.passed,
  open = true,
}: {
  check: Check
  passed?: boolean | null
  open?: boolean
}) {
  const Icon = passed === null ? Circle : passed ? CircleCheck : CircleX
  const tone = passed === null ? 'text-ink-3' : passed ? 'text-pass' : 'text-fail'
  const line = (
    <>
      <Icon size={16} strokeWidth={2} aria-hidden className={`mt-0.5 ${tone}`} />
      <span className={passed === null ? 'text-ink-2' : ''}>
        {passed !== null && <span className={`font-[550] ${tone}`}>{passed ? 'Holds:' : 'Not yet:'} </span>}
        {check.label}
      </span>
    </>
  )
  const more = [check.tried, check.expected, check.got, check.message, check.why].some(
    (words) => words !== undefined && words !== null && words !== '',
  )
  if (passed !== false || !more)
    return <li className="grid grid-cols-[16px_minmax(0,1fr)] gap-2 border-rule border-b py-2.5">{line}</li>
  return (
    <li className="border-rule border-b">
      <details open={open} className="group">
        <summary className="grid grid-cols-[16px_minmax(0,1fr)_16px] gap-2 py-2.5 hover:bg-hover pointer-coarse:min-h-11">
          {line}
          <ChevronRight
            size={16}
            strokeWidth={1.75}
            aria-hidden
            className="mt-0.5 text-ink-3 transition-transform duration-(--slow) ease-yard group-open:rotate-90"
          />
        </summary>
        <TriedExpectedGot check={check} className="mb-3 sm:ml-6" />
      </details>
    </li>
  )
}
