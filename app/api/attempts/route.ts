import { z } from 'zod'
import { getBlockKey } from '@/content/keys'
import { getAttempt, recordAttempt } from '@/db/queries/attempts'
import type { Verdict } from '@/exercises/kind'
import { gradeResponse } from '@/exercises/registry'
import { handler, Refused } from '../../handler'
import { anyJson } from '../../json'
import { blockId } from '../block-id'
import { requireBlock } from '../blocks'
import { toOutcome } from './outcome'

const body = z.strictObject({
  id: z.uuid(),
  block: blockId,
  version: z.int().min(1).max(1_000_000),
  response: anyJson,
  hints: z.int().min(0).max(3),
})

/** Judges an answer and writes it down. Sent again with the same id it is answered as before, and counts once. */
export const POST = handler(
  {
    body: { schema: body, maxBytes: 512 * 1024 },
    perMinute: {
      name: 'attempts',
      count: 30,
      // What somebody did without a network comes at once, and what they do next must not wait behind it.
      atOnce: 240,
      bytesEach: 16 * 1024,
      text: 'Too many attempts in a minute. Nothing of this one is lost: send it again a little later.',
    },
  },
  async ({ learner, body: { id, block, version, response, hints } }) => {
    // Looked for before the version is: a repeat of what was judged has its answer, whatever the lesson says today.
    const before = await getAttempt<Verdict>(learner.id, id)
    if (before) return toOutcome(before, block)

    const known = await requireBlock(block)
    if (version !== known.version) {
      throw new Refused(409, {
        error: 'This exercise has changed since the page was loaded. Load it again; what you wrote is kept.',
        current: known.version,
      })
    }
    const key = await getBlockKey(block)
    const judged = gradeResponse(key, response)
    if ('problem' in judged) throw new Refused(400, { error: judged.problem })

    const attempt = await recordAttempt(learner.id, {
      id,
      block,
      version,
      kind: key.kind,
      graded: known.graded,
      program: judged.program,
      lessonBlocks: known.lessonBlocks,
      response,
      hints,
      timeZone: learner.timeZone,
      passed: judged.verdict.passed,
      feedback: judged.verdict,
      // What ran in the learner's own browser was seen by nobody else.
      checked: judged.program ? 'self' : 'server',
    })
    return toOutcome(attempt, block)
  },
)
