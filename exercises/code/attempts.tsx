import { ChevronRight } from 'lucide-react'
import { VerdictWord } from '@/components/ui/verdict-word'
import { Clock } from '@/exercises/clock'
import type { AttemptOutcome } from '@/exercises/kind'

/** What was sent before, newest first, and who decided it. */
export function Attempts({ history }: { history: AttemptOutcome[] }) {
  if (history.length === 0) return null
  return (
    <details className="group px-4 pb-4" open={history.length > 1}>
      <summary className="inline-flex min-h-8 items-center gap-1 font-medium text-ink-2 pointer-coarse:min-h-11">
        <ChevronRight
          aria-hidden
          size={16}
          strokeWidth={1.75}
          className="transition-transform duration-(--slow) ease-yard group-open:rotate-90"
        />
        Attempts <span className="tabular-nums">{history.length}</span>
      </summary>
      <table className="mt-1 w-full text-13">
        <thead>
          <tr>
            {['Sent', 'Verdict', 'Decided by'].map((head) => (
              <th key={head} scope="col" className="label border-ink border-b pr-3 pb-1.5 last:pr-0">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {history.map((attempt) => (
            <tr
              key={attempt.id}
              className="[&>td]:border-rule [&>td]:border-b [&>td]:py-[7px] [&>td]:pr-3 [&>td]:align-top"
            >
              <td>
                <Clock at={attempt.at} />
              </td>
              <td>
                <VerdictWord state={wordOf(attempt)} className="whitespace-normal!" />
              </td>
              <td>{decidedBy(attempt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function wordOf({ verdict }: AttemptOutcome) {
  return verdict === 'passed' ? 'passed' : verdict === 'verifying' ? 'verifying' : 'not-yet'
}

function decidedBy({ checked, verdict }: AttemptOutcome): string {
  if (verdict === 'verifying') return 'the server, not decided yet'
  if (checked === 'browser') return 'this browser, for now'
  if (checked === 'self') return 'self-checked'
  return checked === 'verifier' ? 'the server, verified' : 'the server'
}
