import { z } from 'zod'
import { type Draft, getDraft, saveDraft } from '@/db/queries/drafts'
import { handler, Refused } from '../../../../../handler'
import { anyObject } from '../../../../../json'
import { currentVisitor } from '../../../../../visitor'
import { blockParams } from '../../../../block-id'
import { requireBlock } from '../../../../blocks'

const MAX_BYTES = 256 * 1024

const body = z.strictObject({
  base: z.int().min(0).max(1_000_000_000),
  state: anyObject,
})

/** The latest draft of a block, `{ revision: 0, state: null }` when there is none. */
export const GET = handler({ params: blockParams }, async ({ learner, params: block }) => {
  await requireBlock(block)
  const draft = await getDraft(learner.id, block)
  return draft ? shown(draft) : { revision: 0, state: null }
})

/** Keeps a draft. When another device moved on, it is kept beside the newer one and answered 409 with both. */
export const PUT = handler(
  {
    params: blockParams,
    body: { schema: body, maxBytes: MAX_BYTES },
    perMinute: {
      name: 'drafts',
      count: 120,
      text: 'Too many saves in a minute. This one stays on the device until it is sent.',
    },
  },
  async ({ learner, params: block, body: { base, state } }) => {
    await requireBlock(block)
    const { device } = await currentVisitor()
    const saved = await saveDraft(learner.id, { block, base, state, device })
    if (saved.conflict) {
      throw new Refused(409, {
        error: 'Another device saved this since. Both are kept.',
        current: shown(saved.current),
        yours: shown(saved.yours),
      })
    }
    return { revision: saved.revision }
  },
)

function shown({ revision, state, device, updatedAt }: Draft) {
  return { revision, state, device, updatedAt: updatedAt.toISOString() }
}
