import { getIndex } from '@/content'
import { Refused } from '../handler'

/** What the index knows of a block, and the graded blocks of its lesson. Throws `Refused` 404 for any other name, so that a name never becomes a path. */
export async function requireBlock(id: string) {
  const { blocks } = await getIndex()
  const known = Object.hasOwn(blocks, id) ? blocks[id] : undefined
  if (!known) throw new Refused(404, { error: 'There is no block by this id.' })
  // What the lesson asks for: it is complete when all of these have passed.
  const lesson = `${known.course}/${known.lesson}/`
  const lessonBlocks = Object.keys(blocks).filter(
    (other) => other.startsWith(lesson) && blocks[other]?.graded,
  )
  return { ...known, lessonBlocks }
}

/** A course by its name. Throws `Refused` 404 for any other. */
export async function requireCourse(slug: string) {
  const course = (await getIndex()).courses.find((one) => one.slug === slug)
  if (!course) throw new Refused(404, { error: 'There is no course by this name.' })
  return course
}
