import { TriangleAlert } from 'lucide-react'
import { VerdictWord } from '@/components/ui/verdict-word'
import { Clock } from '@/exercises/clock'
import type { AttemptOutcome, Verdict } from '@/exercises/kind'

type Props = {
  verdict: Verdict
  /** Null after Run, which sends nothing. */
  outcome: AttemptOutcome | null
  sending: boolean
  signedIn: boolean
  /** What this browser said of the same attempt. */
  here: Verdict | null
}

/** The verdict in one line, and in the next whose word it is. */
export function VerdictLines({ verdict, outcome, sending, signedIn, here }: Props) {
  const held = verdict.checks.filter((check) => check.passed).length
  const count = verdict.checks.length
  const settled = outcome !== null && outcome.checked !== 'browser' && outcome.verdict !== 'verifying'
  return (
    <div className="px-4 py-3">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 text-16">
        {verdict.passed ? (
          <>
            <VerdictWord state="passed" large>
              {settled ? 'Passed' : `All ${count} checks hold`}
            </VerdictWord>
            {settled ? null : <span>here.</span>}
          </>
        ) : (
          <>
            <VerdictWord state="not-yet" large>
              Not passed yet
            </VerdictWord>
            <span>
              {held} of {count} checks hold.
            </span>
          </>
        )}
      </p>
      <p className="mt-0.5 flex flex-wrap items-baseline gap-x-2 text-13 text-ink-2">
        <Whose outcome={outcome} sending={sending} signedIn={signedIn} />
      </p>
      {verdict.passed || !verdict.next ? null : <p className="mt-2 font-serif text-16">{verdict.next}</p>}
      {settled && here && here.passed !== verdict.passed ? (
        <div role="alert" className="mt-3 grid grid-cols-[16px_minmax(0,1fr)] gap-3 bg-fail-wash px-4 py-3">
          <TriangleAlert aria-hidden size={16} strokeWidth={1.75} className="mt-0.5 text-fail" />
          <div>
            <p className="font-semibold">The server disagrees with this browser.</p>
            <p className="font-serif text-16">
              Here {here.passed ? 'all checks held' : 'not all checks held'}. There{' '}
              {verdict.passed ? 'they did' : 'they did not'}. The server’s verdict counts.
            </p>
          </div>
        </div>
      ) : null}
    </div>
  )
}

function Whose({ outcome, sending, signedIn }: Pick<Props, 'outcome' | 'sending' | 'signedIn'>) {
  if (!signedIn) return <span>Judged in this browser. Nothing was sent.</span>
  if (!outcome) return <span>Run here, with the cases you can see. Submit sends it.</span>
  if (outcome.verdict === 'verifying')
    return (
      <>
        <VerdictWord state="verifying" />
        <span>The server is running it again; its verdict counts. You may go on.</span>
      </>
    )
  if (outcome.checked === 'browser' || sending)
    return (
      <>
        <VerdictWord state="provisional" />
        <span>Judged in this browser. The server’s verdict counts.</span>
      </>
    )
  if (outcome.checked === 'self')
    return (
      <>
        <VerdictWord state="self-checked" />
        <span>This host has no safe place to run it again.</span>
        <Clock at={outcome.at} />
      </>
    )
  return (
    <span>
      {outcome.checked === 'verifier' ? 'Verified' : 'Judged'} by the server, <Clock at={outcome.at} />
    </span>
  )
}
