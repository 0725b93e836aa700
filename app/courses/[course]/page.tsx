import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { CoursePage } from '@/components/course/course-page'
import { courseGraph } from '@/components/course/graph'
import { getCourse, getIndex } from '@/content'
import { getProgress } from '@/db/queries/progress'
import { Frame, knownLearner } from '../../frame'
import { standingIn } from '../../standing'

type Props = { params: Promise<{ course: string }> }

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const course = await getCourse((await params).course)
  return course ? { title: course.title, description: course.promise } : {}
}

export default async function SyllabusPage({ params }: Props) {
  const course = await getCourse((await params).course)
  if (!course) notFound()
  const learner = await knownLearner()
  const standing = learner && standingIn(course, await getProgress(learner.id, course.slug), learner)
  const { courses, skills } = await getIndex()
  const at = standing?.at ?? null
  const standings = standing?.standings ?? null
  const { nodes, outside } = courseGraph(course, courses, skills, standings, at)
  return (
    <Frame current="courses">
      <CoursePage course={course} nodes={nodes} outside={outside} standings={standings} at={at} />
    </Frame>
  )
}
