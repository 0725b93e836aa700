'use client'

import { lazy, Suspense, useMemo, useState } from 'react'
import { Skeleton } from '@/components/ui/skeleton'
import type { AttemptOutcome, BlockSession, PanelProps, PublicBlock } from '@/exercises/kind'
import { panels } from '@/exercises/panels'

type AnyPanel = React.ComponentType<PanelProps<unknown, unknown>>

/**
 * One exercise for a visitor: the panel of the lesson, judged in the page with the cases that can be seen. Nothing is
 * sent and nothing is kept; the last outcome stands until the next try.
 */
export function TryExercise({ block, runnerBase }: { block: PublicBlock; runnerBase: string | undefined }) {
  const Panel = useMemo(() => lazyPanel(block.kind), [block.kind])
  const [answer, setAnswer] = useState<unknown>(undefined)
  const [history, setHistory] = useState<AttemptOutcome[]>([])
  const [hintsOpened, setHintsOpened] = useState(0)

  const session: BlockSession<unknown> = {
    answer,
    change: setAnswer,
    submit(_response, provisional) {
      if (!provisional) return
      const outcome: AttemptOutcome = {
        id: crypto.randomUUID(),
        block: block.id,
        verdict: provisional.passed ? 'passed' : 'failed',
        checked: 'browser',
        feedback: provisional,
        at: new Date().toISOString(),
      }
      setHistory((before) => [outcome, ...before].slice(0, 10))
    },
    outcome: history[0] ?? null,
    history: history.slice(1),
    state: history.some(({ verdict }) => verdict === 'passed')
      ? 'passed'
      : history.length > 0
        ? 'tried'
        : 'new',
    sending: false,
    saved: { where: 'nowhere-yet' },
    hintsOpened,
    openHint: () => setHintsOpened((opened) => Math.min(opened + 1, block.hints.length)),
    notice: null,
    loadSolution: async () => null,
    runnerBase,
    seed: 'visitor',
    signedIn: false,
  }
  return (
    <Suspense
      fallback={
        <Skeleton label="Loading the exercise" lines={10} className="min-h-120 border-ink border-t-2 pt-4" />
      }
    >
      <Panel block={block} session={session} />
    </Suspense>
  )
}

function lazyPanel(kind: string) {
  const load = Object.entries(panels).find(([name]) => name === kind)?.[1]
  if (!load) throw new Error(`no panel for kind ${kind}`)
  return lazy(async () => ({ default: (await load()).Panel as AnyPanel }))
}
