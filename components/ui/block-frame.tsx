import { Info } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AttemptOutcome, BlockSession, PublicBlock } from '@/exercises/kind'
import { Button } from './button'
import { SavedLine } from './saved-line'
import { type VerdictState, VerdictWord } from './verdict-word'

/** Which word stands for an outcome. A pass that only this browser or this host's own run vouches for says so. */
export function verdictState(outcome: AttemptOutcome | null, inline = false): VerdictState | null {
  if (!outcome) return null
  if (outcome.verdict === 'verifying') return 'verifying'
  if (outcome.checked === 'browser') return 'provisional'
  if (outcome.verdict === 'failed') return inline ? 'not-right' : 'not-yet'
  if (outcome.checked === 'self') return 'self-checked'
  return inline ? 'right' : 'passed'
}

/**
 * The frame of a block in prose: an ink rule, its name at the left, the verdict at the right, what can be done below,
 * with what stands in the way and where the work is saved. The verdict is for eyes: a panel says it once, in its own words.
 */
export function BlockFrame<A>({
  block,
  session,
  name,
  verdict,
  actions,
  children,
}: {
  block: PublicBlock
  session: BlockSession<A>
  name?: ReactNode
  /** Replaces the word at the right. */
  verdict?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  const state = verdictState(session.outcome, true) ?? (session.state === 'passed' ? 'right' : null)
  return (
    <div className="border-ink border-t pt-3 font-ui text-14">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 className="font-[550] font-ui text-13 tracking-normal">
          {name ?? block.title}
          {block.star && <span className="ml-1.5 font-normal text-ink-3"> Exit exercise</span>}
          {!block.graded && <span className="ml-1.5 font-normal text-ink-3"> For practice</span>}
        </h3>
        <span>{verdict ?? (state && <VerdictWord state={state} />)}</span>
      </div>
      {children}
      <Notice notice={session.notice} />
      <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
        {actions}
        <span className="ml-auto">
          <SavedLine saved={session.saved} />
        </span>
      </div>
    </div>
  )
}

/** What stands in the way of an attempt, and what to do about it. Nothing when nothing does. */
export function Notice({ notice }: { notice: BlockSession<unknown>['notice'] }) {
  return (
    <div role="status">
      {notice && (
        <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 border-rule border-y py-2">
          <p className="flex min-w-0 flex-1 basis-64 gap-2">
            <Info size={16} strokeWidth={1.75} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
            <span>{notice.text}</span>
          </p>
          {notice.action && <Button onClick={notice.action.run}>{notice.action.label}</Button>}
        </div>
      )}
    </div>
  )
}
