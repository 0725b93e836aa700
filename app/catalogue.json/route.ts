import { answer, answerError } from '@/app/handler'
import { getIndex } from '@/content'

// The content is there when the server runs, not when its pages are built.
export const dynamic = 'force-dynamic'

/** What the pages of the courses show to anybody, for finding a lesson by its title: nothing of a lesson's body. */
export async function GET(): Promise<Response> {
  try {
    return answer(200, { courses: await listCourses() })
  } catch (error) {
    return answerError(error)
  }
}

async function listCourses() {
  const { courses, skills } = await getIndex()
  const skillOf = new Map(skills.map(({ id, title }) => [id, title]))
  return courses.map(({ slug, title, modules }) => ({
    slug,
    title,
    lessons: modules
      .flatMap(({ lessons }) => lessons)
      .map((lesson) => ({
        slug: lesson.slug,
        number: lesson.number,
        title: lesson.title,
        teaches: skillOf.get(lesson.teaches) ?? lesson.teaches,
        written: lesson.written,
      })),
  }))
}
