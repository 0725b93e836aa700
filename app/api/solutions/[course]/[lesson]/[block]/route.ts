import { getBlockKey } from '@/content/keys'
import { getBlockState } from '@/db/queries/progress'
import type { Solution } from '@/exercises/kind'
import { handler, Refused } from '../../../../../handler'
import { blockParams } from '../../../../block-id'
import { requireBlock } from '../../../../blocks'

/** The reference and its alternatives, for who has passed the block. */
export const GET = handler({ params: blockParams }, async ({ learner, params: block }) => {
  await requireBlock(block)
  if ((await getBlockState(learner.id, block)) !== 'passed') {
    throw new Refused(403, { error: 'The solution is here once you have passed this exercise.' })
  }
  const { solution } = await getBlockKey(block)
  if (!solution) throw new Refused(404, { error: 'This block has no solution to show.' })
  return solution as Solution
})
