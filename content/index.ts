import { readFileSync, statSync } from 'node:fs'
import { compiledPaths } from './store'
import type { ContentIndex, Course, Lesson, LessonEntry, Problem, SearchIndex, Skill } from './types'

/** A lesson that exists and cannot be shown now. `problems` says why, for authors; learners are told that it is being mended. */
export class LessonUnavailable extends Error {
  constructor(
    readonly course: string,
    readonly lesson: string,
    readonly problems: Problem[],
  ) {
    super(
      `the lesson ${course}/${lesson} cannot be shown: ${problems[0]?.message ?? 'its compiled file is damaged'}`,
    )
    this.name = 'LessonUnavailable'
  }
}

/** There is no compiled content at all: `npm run content:build` has not run. */
export class ContentMissing extends Error {
  constructor(cause: unknown) {
    super('compiled content cannot be read; run `npm run content:build`', { cause })
    this.name = 'ContentMissing'
  }
}

const cache = new Map<string, { stamp: string; value: unknown }>()

/** A compiled file, read again only when it has changed on disk. Throws what the disk or the parser throws. */
export function readCompiled<T>(file: string): T {
  const { mtimeMs, size, ino } = statSync(file)
  const stamp = `${mtimeMs}:${size}:${ino}`
  const known = cache.get(file)
  if (known?.stamp === stamp) return known.value as T
  const value = JSON.parse(readFileSync(file, 'utf8')) as T
  cache.set(file, { stamp, value })
  return value
}

/** Everything that lists and maps need. Throws `ContentMissing` before the first build. */
export async function getIndex(root = process.cwd()): Promise<ContentIndex> {
  try {
    return readCompiled<ContentIndex>(compiledPaths(root).index)
  } catch (error) {
    throw new ContentMissing(error)
  }
}

export async function getCourses(root?: string): Promise<Course[]> {
  return (await getIndex(root)).courses
}

/** The course with this slug, or null: slugs come from addresses. */
export async function getCourse(slug: string, root?: string): Promise<Course | null> {
  return (await getIndex(root)).courses.find((course) => course.slug === slug) ?? null
}

/** How its course lists a lesson, written or planned, or null. */
export async function getLessonEntry(
  course: string,
  lesson: string,
  root?: string,
): Promise<LessonEntry | null> {
  return findEntry(await getIndex(root), course, lesson)
}

function findEntry(index: ContentIndex, course: string, lesson: string): LessonEntry | null {
  const found = index.courses.find(({ slug }) => slug === course)
  return found?.modules.flatMap(({ lessons }) => lessons).find(({ slug }) => slug === lesson) ?? null
}

/**
 * A lesson as its page shows it; null when no such lesson is written. The name is looked up in the index and never becomes a
 * path by itself. Throws `LessonUnavailable` for a lesson that has errors or whose compiled file is damaged.
 */
export async function getLesson(
  course: string,
  lesson: string,
  root = process.cwd(),
): Promise<Lesson | null> {
  const index = await getIndex(root)
  const entry = findEntry(index, course, lesson)
  if (!entry) return null
  const id = `${entry.course}/${entry.slug}`
  const problems = Object.hasOwn(index.broken, id) ? index.broken[id] : undefined
  if (problems) throw new LessonUnavailable(entry.course, entry.slug, problems)
  if (!entry.written) return null
  try {
    const read = readCompiled<Lesson>(compiledPaths(root).lesson(entry.course, entry.slug))
    if (!isLesson(read, entry)) throw new Error('it is not a lesson')
    return read
  } catch {
    throw new LessonUnavailable(entry.course, entry.slug, [])
  }
}

const LISTS = ['needs', 'outline', 'segments', 'cards', 'passages', 'runtimes'] as const

/** Whether a file holds the parts that pages rely on, and every block that the index or a segment names. */
function isLesson(read: Lesson, entry: LessonEntry): boolean {
  if (read.slug !== entry.slug || !LISTS.every((name) => Array.isArray(read[name]))) return false
  const shown = read.segments.flatMap((segment) => (segment.type === 'block' ? [segment.id] : []))
  return [...entry.graded, ...shown].every((id) => Object.hasOwn(read.blocks, id))
}

/** What can be searched in a course; null when there is no such course. Throws `ContentMissing` where it cannot be read. */
export async function getSearchIndex(slug: string, root = process.cwd()): Promise<SearchIndex | null> {
  const course = await getCourse(slug, root)
  if (!course) return null
  try {
    return readCompiled<SearchIndex>(compiledPaths(root).search(course.slug))
  } catch (error) {
    throw new ContentMissing(error)
  }
}

/** A skill that a lesson needs, with the lesson that teaches it: written, planned, or `assumed` where no course here does. */
export type Prerequisite = {
  skill: Skill
  lesson: LessonEntry | null
  standing: 'written' | 'planned' | 'assumed'
}

/** What a lesson needs, in its own order. */
export async function getPrerequisites(needs: string[], root?: string): Promise<Prerequisite[]> {
  const index = await getIndex(root)
  return needs.flatMap((need): Prerequisite[] => {
    const skill = index.skills.find(({ id }) => id === need)
    if (!skill) return []
    const [course = '', slug = ''] = (skill.lesson ?? '').split('/')
    const lesson = findEntry(index, course, slug)
    return [{ skill, lesson, standing: lesson ? (lesson.written ? 'written' : 'planned') : 'assumed' }]
  })
}
