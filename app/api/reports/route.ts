import { z } from 'zod'
import { getAttempt } from '@/db/queries/attempts'
import { recordReport } from '@/db/queries/reports'
import { handler, Refused } from '../../handler'
import { blockId } from '../block-id'
import { requireBlock } from '../blocks'

const body = z.strictObject({
  id: z.uuid(),
  block: blockId,
  version: z.int().min(1).max(1_000_000),
  kind: z.enum(['refused', 'problem']),
  attempt: z.uuid().nullable(),
  words: z.string().trim().max(2000, 'at most 2000 characters'),
})

/** Writes down what a learner says about a block, with the answer that it is about. The operator reads it. */
export const POST = handler(
  {
    body: { schema: body, maxBytes: 16 * 1024 },
    perMinute: {
      name: 'reports',
      count: 5,
      text: 'Too many reports in a minute. This one is not sent: send it again a little later.',
    },
  },
  async ({ learner, body: { id, block, version, kind, attempt: attemptId, words } }) => {
    await requireBlock(block)
    const attempt = attemptId === null ? null : await getAttempt(learner.id, attemptId)
    if (attemptId !== null && attempt?.block !== block) {
      throw new Refused(404, { error: 'There is no attempt of yours at this block by this id.' })
    }
    if (kind === 'refused' && attempt?.verdict !== 'failed') {
      throw new Refused(400, { error: '"attempt" must name an answer that was not passed.' })
    }
    if (kind === 'problem' && words === '') throw new Refused(400, { error: '"words" is empty.' })
    const { at } = await recordReport(learner.id, { id, block, version, kind, attemptId, words })
    return { id, at: at.toISOString() }
  },
)
