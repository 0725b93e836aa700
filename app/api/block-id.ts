import { z } from 'zod'

/** A name in an address: of a course, a lesson, a block. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,79}$/, 'a name in small letters, digits and hyphens')

/** The address of a block in a route: `[course]/[lesson]/[block]`. */
export const blockParams = z
  .strictObject({ course: slug, lesson: slug, block: slug })
  .transform(({ course, lesson, block }) => `${course}/${lesson}/${block}`)

/** The id of a block in a body: `course/lesson/block`. */
export const blockId = z.string().max(250)
