import type { SlipData } from '@/components/ui/slip'
import type { Course, LessonEntry } from '@/content/types'

/** Where a learner stands with one lesson. */
export type Standing = {
  passed: number
  total: number
  complete: boolean
  /** Some of what passed rests on the learner's own run alone. */
  selfChecked: boolean
  /** When the last of its exercises passed, as the learner's calendar writes it: "3 Sep". */
  completedOn: string | null
}
/** By slug of the lesson; absent: not begun. */
export type Standings = Record<string, Standing>

/** Every lesson of a course, in order. */
export function lessonsOf(course: Course): LessonEntry[] {
  return course.modules.flatMap(({ lessons }) => lessons)
}

/** "2 h 5 min", "45 min" */
export function inHours(minutes: number): string {
  const hours = Math.floor(minutes / 60)
  const rest = Math.round(minutes % 60)
  if (hours === 0) return `${rest} min`
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
}

/** "1 lesson", "3 lessons" */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`
}

/** What can be counted of a course. Written lessons first; what is planned is named as such. */
export function courseFacts(course: Course) {
  const lessons = lessonsOf(course)
  const written = lessons.filter((lesson) => lesson.written)
  const sum = (list: LessonEntry[]) => list.reduce((total, { minutes }) => total + minutes, 0)
  return {
    lessons: lessons.length,
    written: written.length,
    minutes: sum(lessons),
    writtenMinutes: sum(written),
    exercises: written.reduce((total, { graded }) => total + graded.length, 0),
  }
}

/** About how many minutes of a lesson are still ahead, by the share of its exercises that are open. */
export function minutesLeft(lesson: LessonEntry, standing: Standing | undefined): number {
  if (!standing || standing.total === 0) return lesson.minutes
  return Math.round((lesson.minutes * (standing.total - standing.passed)) / standing.total)
}

/** The slip of a course for someone who stands so; for a visitor nothing is done. */
export function slipOf(course: Course, standings: Standings = {}, at: LessonEntry | null = null): SlipData {
  return {
    modules: course.modules.map(({ lessons }) => lessons.length),
    done: lessonsOf(course)
      .filter(({ slug }) => standings[slug]?.complete)
      .map(({ number }) => number),
    at: at?.number ?? null,
  }
}

/** The address of a written lesson. */
export function lessonHref({ course, slug }: Pick<LessonEntry, 'course' | 'slug'>): string {
  return `/learn/${course}/${slug}`
}
