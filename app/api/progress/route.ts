import { z } from 'zod'
import { getProgress } from '@/db/queries/progress'
import { handler } from '../../handler'
import { requireCourse } from '../blocks'

const query = z.strictObject({ course: z.string().min(1).max(100) })

/** The state of every graded block and every written lesson of a course. */
export const GET = handler({ query }, async ({ learner, query: { course: slug } }) => {
  const course = await requireCourse(slug)
  const stored = await getProgress(learner.id, slug)
  const known = new Map(stored.blocks.map((row) => [row.block, row]))
  const begun = new Map(stored.lessons.map((row) => [row.lesson, row]))

  const blocks: Record<string, { state: 'new' | 'tried' | 'passed'; checked?: string; version?: number }> = {}
  for (const { block, state, checked, version } of stored.blocks) blocks[block] = { state, checked, version }
  const lessons: Record<
    string,
    { passed: number; graded: number; complete: boolean; lastAt: string | null }
  > = {}
  for (const lesson of course.modules.flatMap((module) => module.lessons)) {
    if (!lesson.written) continue
    for (const id of lesson.graded) blocks[id] ??= { state: 'new' }
    const passed = lesson.graded.filter((id) => known.get(id)?.state === 'passed').length
    const graded = lesson.graded.length
    const lastAt = begun.get(lesson.slug)?.lastAt.toISOString() ?? null
    lessons[lesson.slug] = { passed, graded, complete: graded > 0 && passed === graded, lastAt }
  }
  const sum = (part: 'passed' | 'graded') =>
    Object.values(lessons).reduce((total, lesson) => total + lesson[part], 0)
  return { course: slug, blocks, lessons, passed: sum('passed'), graded: sum('graded') }
})
