import type { Attempt } from '@/db/queries/attempts'
import type { AttemptOutcome, Verdict } from '@/exercises/kind'
import { Refused } from '../../handler'

/** An attempt as it is answered: nothing of the row but this. `asked` is the block the request named. */
export function toOutcome(attempt: Attempt<Verdict>, asked = attempt.block): AttemptOutcome {
  if (attempt.block !== asked) {
    throw new Refused(400, { error: '"id" was used for an attempt at another block. Make a new one.' })
  }
  const { id, block, verdict, checked, feedback, at } = attempt
  return { id, block, verdict, checked, feedback, at: at.toISOString() }
}
