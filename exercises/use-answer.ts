'use client'

import { useState } from 'react'
import type { AttemptOutcome, BlockSession } from '@/exercises/kind'

export type AnswerState<A> = {
  answer: A
  change(next: A): void
  submit(): void
  /** The newest outcome, as long as it belongs to the answer that stands there. */
  outcome: AttemptOutcome | null
}

/**
 * What a panel keeps of its learner's answer: restored from the draft, saved at each change. A draft of another shape, from
 * an older version of the block, is read as far as its parts are of the same sort as those of `empty`.
 */
export function useAnswer<A extends object>(session: BlockSession<A>, empty: A): AnswerState<A> {
  const [answer, setAnswer] = useState<A>(() => restoreAnswer(session.answer, empty))
  const [changed, setChanged] = useState(false)
  return {
    answer,
    change(next) {
      setAnswer(next)
      setChanged(true)
      session.change(next)
    },
    submit() {
      setChanged(false)
      session.submit(answer)
    },
    outcome: changed ? null : session.outcome,
  }
}

function restoreAnswer<A extends object>(draft: unknown, empty: A): A {
  if (typeof draft !== 'object' || draft === null) return empty
  const parts = Object.entries(empty).map(([name, initial]) => {
    const kept: unknown = Object.hasOwn(draft, name) ? draft[name as keyof typeof draft] : initial
    return [name, isSameSort(kept, initial) ? kept : initial]
  })
  return Object.fromEntries(parts) as A
}

function isSameSort(one: unknown, other: unknown): boolean {
  return (
    typeof one === typeof other &&
    Array.isArray(one) === Array.isArray(other) &&
    (one === null) === (other === null)
  )
}
