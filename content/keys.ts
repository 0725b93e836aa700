import { getIndex, LessonUnavailable, readCompiled } from './index'
import { compiledPaths } from './store'
import type { BlockKey } from './types'

/**
 * What judges a block. Server only: app/api and the verifier. Nothing that this gives may be sent before the learner has
 * passed the block, and hidden cases never.
 * @throws LessonUnavailable when the block is unknown or its compiled file cannot be read.
 */
export async function getBlockKey(id: string, root = process.cwd()): Promise<BlockKey> {
  const { blocks } = await getIndex(root)
  const known = Object.hasOwn(blocks, id) ? blocks[id] : undefined
  if (!known) throw new LessonUnavailable('', id, [])
  try {
    const keys = readCompiled<Record<string, BlockKey>>(compiledPaths(root).keys(known.course, known.lesson))
    const key = Object.hasOwn(keys, id) ? keys[id] : undefined
    if (key) return key
  } catch {}
  throw new LessonUnavailable(known.course, known.lesson, [])
}
