import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { requireReader } from '@/app/auth'
import { Frame } from '@/app/frame'
import { getRunnerBase } from '@/app/runner-base'
import { LessonLive } from '@/components/lesson/lesson-live'
import type { Neighbourhood, SkillRef } from '@/components/lesson/sheet'
import { prepareOutline, prepareSheet } from '@/components/lesson/sheets'
import { orderOf } from '@/components/ui/shuffle'
import { getCourse, getIndex, getLesson, getLessonEntry, getPrerequisites } from '@/content'
import type { Lesson } from '@/content/types'
import { DatabaseUnavailable } from '@/db/errors'
import { NOTHING_KNOWN, type ReaderStart, readReaderStart } from '../../starts'

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
  const stand = isKnown ? await readStand(learner.id, lesson) : null
  const databaseAnswers = stand !== null
  const { starts, completed } = stand ?? NOTHING_KNOWN
  const order = orderOf(learner.id)
  const outline = await prepareOutline({ course, entry, done: completed })
  const sheet = await prepareSheet({ course, lesson, entry, databaseAnswers, order }, () =>
    getNeighbourhood(lesson),
  )
  return (
    <Frame current="courses" flush>
      <LessonLive
        key={path}
        sheets={[outline, sheet]}
        path={path}
        learner={learner.id}
        order={order}
        starts={starts}
        runnerBase={lesson.runtimes.length > 0 ? getRunnerBase() : undefined}
      />
    </Frame>
  )
}

/** Where the learner stands; null when the database went away after it had said who they are. */
async function readStand(userId: string, lesson: Lesson): Promise<ReaderStart | null> {
  try {
    return await readReaderStart(userId, lesson)
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return null
    throw error
  }
}

async function getNeighbourhood(lesson: Lesson): Promise<Neighbourhood> {
  const { skills, courses } = await getIndex()
  const needs = await getPrerequisites(lesson.needs)
  const written = (courses.find(({ slug }) => slug === lesson.course)?.modules ?? [])
    .flatMap(({ lessons }) => lessons)
    .filter((other) => other.written)
  const at = written.findIndex((other) => other.slug === lesson.slug)
  return {
    teaches: skills.find(({ id }) => id === lesson.teaches)?.title ?? lesson.teaches,
    needs: needs.map(
      ({ skill, lesson: by, standing }): SkillRef => ({
        title: skill.title,
        href: standing === 'written' && by ? `/learn/${by.course}/${by.slug}` : null,
        note: standing === 'written' ? null : standing,
      }),
    ),
    previous: written[at - 1] ?? null,
    next: written[at + 1] ?? null,
  }
}
