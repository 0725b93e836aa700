import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireReader } from '@/app/auth'
import { Frame } from '@/app/frame'
import { getRunnerBase } from '@/app/runner-base'
import { LessonPage, type SkillRef } from '@/components/lesson/lesson-page'
import { getCourse, getIndex, getLesson, getLessonEntry, getPrerequisites } from '@/content'
import type { Course, Lesson } from '@/content/types'
import { DatabaseUnavailable } from '@/db/errors'
import { freshStarts, readLessonStarts, readStandings } from '../../starts'

type Params = { params: Promise<{ course: string; lesson: string }> }

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  const { course, lesson } = await params
  const entry = await getLessonEntry(course, lesson)
  return { title: entry?.written ? entry.title : 'No lesson at this address', robots: { index: false } }
}

export default async function Page({ params }: Params) {
  const { course: courseSlug, lesson: slug } = await params
  const path = `/learn/${encodeURIComponent(courseSlug)}/${encodeURIComponent(slug)}`
  const { learner, databaseAnswers: isKnown } = await requireReader(path)
  const lesson = await getLesson(courseSlug, slug)
  const course = await getCourse(courseSlug)
  const entry = await getLessonEntry(courseSlug, slug)
  if (!lesson || !course || !entry) notFound()
  const stand = isKnown ? await readStand(learner.id, lesson, course) : null
  const databaseAnswers = stand !== null
  const { blocks, standings } = stand ?? { blocks: freshStarts(lesson), standings: {} }
  const needs = await getPrerequisites(lesson.needs)
  const teaches = (await getIndex()).skills.find(({ id }) => id === lesson.teaches)
  const written = course.modules.flatMap((module) => module.lessons).filter((other) => other.written)
  const at = written.findIndex((other) => other.slug === slug)
  return (
    <Frame current="courses" flush>
      <LessonPage
        lesson={lesson}
        course={course}
        entry={entry}
        teaches={teaches?.title ?? lesson.teaches}
        needs={needs.map(
          ({ skill, lesson: by, standing }): SkillRef => ({
            title: skill.title,
            href: standing === 'written' && by ? `/learn/${by.course}/${by.slug}` : null,
            note: standing === 'written' ? null : standing,
          }),
        )}
        learner={learner.id}
        databaseAnswers={databaseAnswers}
        blocks={blocks}
        standings={standings}
        runnerBase={lesson.runtimes.length > 0 ? getRunnerBase() : undefined}
        previous={written[at - 1] ?? null}
        next={written[at + 1] ?? null}
      />
    </Frame>
  )
}

/** Where the learner stands; null when the database went away after it had said who they are. */
async function readStand(userId: string, lesson: Lesson, course: Course) {
  try {
    const [blocks, standings] = await Promise.all([
      readLessonStarts(userId, lesson),
      readStandings(userId, course),
    ])
    return { blocks, standings }
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return null
    throw error
  }
}
