import { lessonsOf, type Standing, type Standings } from '@/components/course/facts'
import type { Course, LessonEntry } from '@/content/types'
import type { getProgress } from '@/db/queries/progress'
import type { Learner } from './auth'

type Progress = Awaited<ReturnType<typeof getProgress>>

/** Where a learner stands in a course, lesson by lesson, and which lesson to go on with. */
export function standingIn(
  course: Course,
  { blocks, lessons }: Progress,
  learner: Pick<Learner, 'timeZone'>,
): { standings: Standings; at: LessonEntry | null; begun: boolean; lastAt: Date | null } {
  const byBlock = new Map(blocks.map((block) => [block.block, block]))
  const mine = lessons.filter((row) => row.course === course.slug)
  const standings: Standings = {}
  for (const { lesson: slug, completedAt } of mine) {
    const lesson = lessonsOf(course).find((one) => one.slug === slug)
    if (!lesson?.written) continue
    const passed = lesson.graded.map((id) => byBlock.get(id)).filter((block) => block?.state === 'passed')
    standings[slug] = {
      passed: passed.length,
      total: lesson.graded.length,
      complete: lesson.graded.length > 0 && passed.length === lesson.graded.length,
      selfChecked: passed.some((block) => block?.checked === 'self'),
      completedOn: completedAt && shortDate(completedAt, learner.timeZone),
    } satisfies Standing
  }
  const written = lessonsOf(course).filter((lesson) => lesson.written)
  const isOpen = (lesson: LessonEntry | undefined) =>
    lesson !== undefined && !standings[lesson.slug]?.complete
  // The lesson last worked on, unless it is complete; then the first that is not.
  const last = written.find(({ slug }) => slug === mine[0]?.lesson)
  return {
    standings,
    at: (isOpen(last) ? last : written.find(isOpen)) ?? null,
    begun: mine.length > 0,
    lastAt: mine[0]?.lastAt ?? null,
  }
}

/** "3 Sep", as the learner's own calendar has it. */
export function shortDate(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone }).format(at)
}
