'use client'

import type { ReactNode } from 'react'
import { BlockFrame, verdictState } from '@/components/ui/block-frame'
import { Button } from '@/components/ui/button'
import { HintLadder } from '@/components/ui/hint-ladder'
import { Html } from '@/components/ui/html'
import { VerdictWord } from '@/components/ui/verdict-word'
import type { BlockSession, Check, PublicBlock } from '@/exercises/kind'
import type { AnswerState } from '@/exercises/use-answer'

type Props<A> = {
  block: PublicBlock
  session: BlockSession<A>
  state: Pick<AnswerState<A>, 'outcome' | 'submit'>
  submitLabel?: string
  /** The answer is a work of its own: the button is the first of the page and names its key. */
  main?: boolean
  /** Why it cannot be submitted yet. */
  notNow?: string | null
  /** In place of "Not right": "1 of 8 cells differs". */
  wrong?: string | undefined
  /** Words about the outcome; read out when they come. */
  status?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The frame of a judged block in prose: what is asked, what was said about the answer, hints, and the button. Ctrl or ⌘ with Enter submits. */
export function PanelFrame<A>({
  block,
  session,
  state,
  submitLabel = 'Answer',
  main = false,
  notNow = null,
  wrong,
  status,
  actions,
  children,
}: Props<A>) {
  const { outcome } = state
  const verdict = headVerdict(session, outcome, wrong)
  const submit = () => {
    if (!session.sending && !notNow) state.submit()
  }
  return (
    <form
      noValidate
      data-block={block.id}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        submit()
      }}
    >
      <BlockFrame
        block={block}
        session={{ ...session, outcome }}
        verdict={verdict}
        actions={
          <>
            <Button
              type="submit"
              variant={main ? 'primary' : 'plain'}
              busy={session.sending}
              notNow={notNow}
              aria-keyshortcuts="Control+Enter Meta+Enter"
            >
              {outcome?.verdict === 'failed' ? `${submitLabel} again` : submitLabel}
              {main ? (
                <>
                  {' '}
                  <kbd className="border-current bg-transparent text-inherit max-sm:hidden">Ctrl Enter</kbd>
                </>
              ) : null}
            </Button>
            {actions}
          </>
        }
      >
        {children}
        <div role="status" className="relative">
          {outcome || session.sending ? <p className="sr-only">{verdict}</p> : null}
          {outcome && !session.sending && status ? <div className="mt-3">{status}</div> : null}
        </div>
        <HintLadder hints={block.hints} opened={session.hintsOpened} onOpen={session.openHint} />
      </BlockFrame>
    </form>
  )
}

function headVerdict(
  session: Pick<BlockSession<never>, 'sending' | 'state'>,
  outcome: AnswerState<never>['outcome'],
  wrong: string | undefined,
): ReactNode {
  if (session.sending) return <VerdictWord state="verifying">Checking</VerdictWord>
  const state = verdictState(outcome, true) ?? (session.state === 'passed' ? 'passed' : null)
  if (!state) return null
  if (outcome?.verdict !== 'failed' || outcome.checked === 'browser') return <VerdictWord state={state} />
  return (
    <span className="inline-flex flex-wrap items-baseline gap-x-3">
      <VerdictWord state="not-right">{wrong}</VerdictWord>
      {session.state === 'passed' ? <span className="meta">passed before</span> : null}
    </span>
  )
}

/** One sentence, then for each check what was said about it. A check that holds and has no words is left out. */
export function Words({
  checks,
  next,
  labels = true,
}: {
  checks: Check[]
  next?: string | undefined
  labels?: boolean
}) {
  const spoken = checks.filter(
    (check) => (labels && !check.passed) || check.why || (check.message && check.message !== next),
  )
  return (
    <div className="grid max-w-(--measure) grid-cols-[minmax(0,1fr)] gap-3 font-serif text-16">
      {next ? <p>{next}</p> : null}
      {spoken.map((check) => (
        <div key={check.id}>
          {labels ? (
            <p>
              <VerdictWord
                state={check.passed ? 'right' : 'not-right'}
                className="whitespace-normal! font-ui [overflow-wrap:anywhere]"
              >
                {check.label}
                {check.got !== undefined && !check.passed ? `: ${check.got}` : ''}
              </VerdictWord>
            </p>
          ) : null}
          {check.message && check.message !== next ? <p>{check.message}</p> : null}
          {check.why ? <Html html={check.why} /> : null}
        </div>
      ))}
    </div>
  )
}
