import { z } from 'zod'
import { getAttempt } from '@/db/queries/attempts'
import type { Verdict } from '@/exercises/kind'
import { handler, Refused } from '../../../handler'
import { toOutcome } from '../outcome'

/** One of the learner's own attempts, with its newest verdict. */
export const GET = handler({ params: z.strictObject({ id: z.uuid() }) }, async ({ learner, params }) => {
  const attempt = await getAttempt<Verdict>(learner.id, params.id)
  if (!attempt) throw new Refused(404, { error: 'There is no attempt of yours by this id.' })
  return toOutcome(attempt)
})
