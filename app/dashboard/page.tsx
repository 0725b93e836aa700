import type { Metadata } from 'next'
import { Dashboard, EmptyDashboard, type ExerciseRef } from '@/components/dashboard/dashboard'
import { firstDayOf, todayIn, weeksUpTo, whenShort } from '@/components/dashboard/days'
import { getIndex, getLesson } from '@/content'
import type { ContentIndex } from '@/content/types'
import { getProgress, listActivityDays, listRecentActivity } from '@/db/queries/progress'
import { requireLearner } from '../auth'
import { Frame } from '../frame'
import { standingIn } from '../standing'

export const metadata: Metadata = { title: 'Dashboard', robots: { index: false } }

const WEEKS = 8

export default async function DashboardPage() {
  const learner = await requireLearner('/dashboard')
  const today = todayIn(learner.timeZone)
  const [index, progress, recent, days] = await Promise.all([
    getIndex(),
    getProgress(learner.id),
    listRecentActivity(learner.id, 8),
    listActivityDays(learner.id, firstDayOf(today, WEEKS), today),
  ])
  const courses = index.courses.map((course) => ({ course, ...standingIn(course, progress, learner) }))
  if (recent.length === 0) {
    return (
      <Frame current="dashboard">
        <EmptyDashboard name={learner.name} courses={courses} />
      </Frame>
    )
  }
  const byRecency = courses.toSorted((a, b) => (b.lastAt?.getTime() ?? 0) - (a.lastAt?.getTime() ?? 0))
  const goOn = byRecency.find(({ at }) => at !== null)
  const passed = new Set(progress.blocks.filter(({ state }) => state === 'passed').map(({ block }) => block))
  const openBlock = goOn?.at?.graded.find((id) => !passed.has(id))
  const next = goOn?.at && {
    course: goOn.course,
    lesson: goOn.at,
    open: openBlock ? await exerciseOf(openBlock, index) : null,
  }
  const lately = await Promise.all(
    recent.map(async (one) => ({
      ...(await exerciseOf(one.block, index)),
      attempt: one.id,
      when: whenShort(one.at, learner.timeZone),
      passed: one.passed,
      selfChecked: one.checked === 'self',
    })),
  )
  const selfChecked = await Promise.all(
    progress.blocks
      .filter(({ state, checked }) => state === 'passed' && checked === 'self')
      .toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime())
      .map(({ block }) => exerciseOf(block, index)),
  )
  return (
    <Frame current="dashboard">
      <Dashboard
        courses={courses}
        next={next ?? null}
        weeks={weeksUpTo(today, WEEKS, days)}
        lately={lately}
        selfChecked={selfChecked}
      />
    </Frame>
  )
}

/** What a block is called and where it is. One that was taken out, or whose lesson is being mended, keeps its name. */
async function exerciseOf(id: string, index: ContentIndex): Promise<ExerciseRef> {
  const [course = '', slug = '', name = ''] = id.split('/')
  const entry = index.courses
    .find((one) => one.slug === course)
    ?.modules.flatMap(({ lessons }) => lessons)
    .find((one) => one.slug === slug)
  const lesson = await getLesson(course, slug).catch(() => null)
  const block = lesson?.blocks[id]
  return {
    id,
    title: block?.title ?? name.replaceAll('-', ' '),
    lesson: entry?.title ?? slug,
    href: block ? `/learn/${course}/${slug}#${name}` : null,
  }
}
