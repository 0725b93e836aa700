import type { ReactNode } from 'react'
import {
  count,
  courseFacts,
  inHours,
  lessonHref,
  lessonsOf,
  minutesLeft,
  type Standings,
  slipOf,
} from '@/components/course/facts'
import { buttonClass } from '@/components/ui/button'
import { Slip } from '@/components/ui/slip'
import { VerdictWord } from '@/components/ui/verdict-word'
import type { Course, LessonEntry } from '@/content/types'
import type { Week } from './days'
import { Soundings } from './soundings'

export type CourseRow = { course: Course; standings: Standings; at: LessonEntry | null; begun: boolean }
/** An exercise with the page it is on; `href` null where it is no longer part of the course. */
export type ExerciseRef = { id: string; title: string; lesson: string; href: string | null }
export type Activity = ExerciseRef & {
  attempt: string
  when: string
  passed: boolean | null
  selfChecked: boolean
}

export type DashboardData = {
  courses: CourseRow[]
  /** What to go on with; null when everything that is written is complete. */
  next: { course: Course; lesson: LessonEntry; open: ExerciseRef | null } | null
  weeks: Week[]
  lately: Activity[]
  selfChecked: ExerciseRef[]
}

/** Where one left off, how far each course is, which days had work, what happened lately. */
export function Dashboard({ courses, next, weeks, lately, selfChecked }: DashboardData) {
  return (
    <main id="main" className="wrap flex-1 pt-8 sm:pt-12">
      <h1 className="sr-only">Dashboard</h1>
      <Continue next={next} courses={courses} />
      <div className="grid gap-x-[clamp(2rem,5vw,4.5rem)] gap-y-12 pt-6 min-[62.5rem]:grid-cols-[minmax(0,1fr)_21rem]">
        <div className="grid min-w-0 content-start gap-12">
          <section aria-labelledby="courses">
            <h2 id="courses" className="title-22">
              Courses
            </h2>
            <CourseList courses={courses} />
          </section>
          <section aria-labelledby="days">
            <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
              <h2 id="days" className="title-22">
                Days
              </h2>
              <p className="meta">
                Minutes of work hang below the line; the marks are 30 and 60; today is red.{' '}
                <a href="/settings#profile">Change the time zone</a>
              </p>
            </div>
            <Soundings weeks={weeks} />
          </section>
          {selfChecked.length > 0 && <Lately activity={lately} />}
        </div>
        {selfChecked.length > 0 ? <SelfChecked exercises={selfChecked} /> : <Lately activity={lately} />}
      </div>
    </main>
  )
}

function Continue({ next, courses }: { next: DashboardData['next']; courses: CourseRow[] }) {
  if (!next) {
    return (
      <section aria-labelledby="continue" className="border-ink border-b pb-10">
        <h2 id="continue" className="title-36">
          Everything that is written is complete
        </h2>
        <p className="lede mt-2 max-w-(--measure)">
          The next lessons appear in their courses when they are written. The cards at the end of each lesson
          can be turned over again meanwhile.
        </p>
      </section>
    )
  }
  const { course, lesson, open } = next
  const row = courses.find((one) => one.course.slug === course.slug)
  const standing = row?.standings[lesson.slug]
  return (
    <section
      aria-labelledby="continue"
      className="grid items-end gap-x-16 gap-y-6 border-ink border-b pb-10 min-[62.5rem]:grid-cols-[minmax(0,1fr)_auto]"
    >
      <div>
        <p className="label">
          {standing ? 'Continue' : 'Next'}, {course.title} {lesson.number}
        </p>
        <h2 id="continue" className="title-36 mt-1">
          <a href={lessonHref(lesson)} className="decoration-transparent hover:decoration-oxide">
            {lesson.title}
          </a>
        </h2>
        <p className="lede mt-2 max-w-(--measure)">
          {standing
            ? `${standing.passed} of ${count(standing.total, 'exercise')} passed.${open ? ` Next is: ${open.title}.` : ''}`
            : `${lesson.minutes} minutes, ${count(lesson.graded.length, 'judged exercise')}.`}
        </p>
      </div>
      <div>
        <p>
          <a
            href={open?.href ?? lessonHref(lesson)}
            className={buttonClass({ variant: 'primary', big: true })}
          >
            {standing ? 'Continue' : 'Begin'}
          </a>
        </p>
        <p className="meta mt-3 tabular-nums">
          About {minutesLeft(lesson, standing)} minutes.{standing && ' What you wrote is there.'}
        </p>
      </div>
    </section>
  )
}

function Lately({ activity }: { activity: Activity[] }) {
  return (
    <section aria-labelledby="lately">
      <h2 id="lately" className="title-22">
        Lately
      </h2>
      <ul className="mt-3 grid gap-2">
        {activity.map((one) => (
          <li key={one.attempt} className="grid grid-cols-[3.75rem_minmax(0,1fr)] items-baseline gap-2">
            <span className="meta tabular-nums">{one.when}</span>
            <span>
              {one.passed === null ? 'Waiting for a verdict:' : one.passed ? 'Passed' : 'Not yet passed:'}{' '}
              <ExerciseLink exercise={one} />
              <span className="meta">
                {' '}
                in {one.lesson}
                {one.passed && one.selfChecked && ', self-checked'}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function CourseList({ courses }: { courses: CourseRow[] }) {
  return (
    <ul>
      {courses.map(({ course, standings, at, begun }) => {
        const facts = courseFacts(course)
        const written = lessonsOf(course).filter((lesson) => lesson.written)
        const done = written.filter(({ slug }) => standings[slug]?.complete).length
        const left = written.reduce((sum, lesson) => sum + minutesLeft(lesson, standings[lesson.slug]), 0)
        const next = at
          ? `${begun ? 'Next' : 'First'}: ${at.title}`
          : facts.written > 0
            ? 'All that is written is complete'
            : 'No lesson is written yet'
        return (
          <CourseLine
            key={course.slug}
            course={course}
            note={
              begun
                ? `${done} of ${count(facts.written, 'written lesson')} done. ${next}`
                : facts.written > 0
                  ? `Not begun. ${next}`
                  : next
            }
            slip={<Slip compact data={slipOf(course, standings, begun ? at : null)} />}
            time={
              facts.written === 0
                ? `${facts.lessons} planned`
                : left === 0
                  ? 'done'
                  : begun
                    ? `${inHours(left)} left`
                    : inHours(left)
            }
          />
        )
      })}
    </ul>
  )
}

function CourseLine({
  course,
  note,
  slip,
  time,
}: {
  course: Course
  note: string
  slip: ReactNode
  time: string
}) {
  return (
    <li className="grid items-center gap-x-8 gap-y-3 border-rule border-b py-4 last:border-b-0 sm:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_8rem]">
      <div>
        <h3 className="title-18">
          <a href={`/courses/${course.slug}`} className="decoration-transparent hover:decoration-oxide">
            {course.title}
          </a>
        </h3>
        <p className="meta tabular-nums">{note}</p>
      </div>
      {slip}
      <p className="text-13 text-ink-3 tabular-nums sm:text-right">{time}</p>
    </li>
  )
}

function ExerciseLink({ exercise }: { exercise: ExerciseRef }) {
  return exercise.href ? <a href={exercise.href}>{exercise.title}</a> : exercise.title
}

function SelfChecked({ exercises }: { exercises: ExerciseRef[] }) {
  const shown = exercises.slice(0, 5)
  return (
    <section aria-labelledby="self-checked" className="content-start">
      <h2 id="self-checked" className="title-22">
        Self-checked
      </h2>
      <ul className="mt-2">
        {shown.map((exercise) => (
          <li key={exercise.id} className="border-rule border-b py-2">
            <p>
              <ExerciseLink exercise={exercise} />
            </p>
            <p className="flex flex-wrap items-baseline gap-x-3">
              <VerdictWord state="self-checked" />
              <span className="meta">{exercise.lesson}</span>
            </p>
          </li>
        ))}
      </ul>
      <p className="meta mt-3">
        {exercises.length > shown.length && `${exercises.length - shown.length} more. `}
        Passed by your own run: this host has no safe place to run programs again. They count, and the record
        says so. Nothing to do here.
      </p>
    </section>
  )
}

/** The page of someone who has not tried anything yet: where to begin. */
export function EmptyDashboard({ name, courses }: { name: string; courses: CourseRow[] }) {
  const starts = courses.flatMap(({ course, at }) => (at ? [{ course, lesson: at }] : [])).slice(0, 2)
  return (
    <main id="main" className="wrap flex-1 pt-8 sm:pt-12">
      <h1 className="title-36">Good to have you here, {name.trim().split(/\s+/)[0]}.</h1>
      <p className="lede mt-3">
        {starts.length === 0
          ? 'This page fills up as you work. No lesson is written here yet.'
          : `This page fills up as you work. ${starts.length === 1 ? 'A good way' : 'Two good ways'} to begin:`}
      </p>
      <div className="mt-8 mb-12 grid gap-x-[clamp(2rem,6vw,6rem)] gap-y-8 sm:mt-10 sm:mb-16 sm:grid-cols-2">
        {starts.map(({ course, lesson }, i) => (
          <section
            key={course.slug}
            aria-labelledby={`begin-${course.slug}`}
            className={`flex flex-col border-t pt-4 ${i === 0 ? 'border-ink' : 'border-rule'}`}
          >
            <h2 id={`begin-${course.slug}`} className="title-22">
              {course.title}
            </h2>
            <p className="taught mt-2 mb-5 max-w-128">
              Lesson {lesson.number}: <em>{lesson.title}</em>.{' '}
              <span className="whitespace-nowrap">{lesson.minutes} minutes,</span>{' '}
              <span className="whitespace-nowrap">{count(lesson.graded.length, 'judged exercise')},</span>{' '}
              nothing to install.
            </p>
            <p className="mt-auto">
              <a
                href={lessonHref(lesson)}
                className={buttonClass({ variant: i === 0 ? 'primary' : 'plain', big: true })}
              >
                Begin lesson {lesson.number}
              </a>
            </p>
          </section>
        ))}
      </div>
      <section aria-labelledby="courses">
        <h2 id="courses" className="title-22">
          The courses
        </h2>
        <CourseList courses={courses} />
      </section>
      <p className="meta mt-4 border-rule border-t pt-4">
        Days and verdicts appear on this page when there are some.
      </p>
    </main>
  )
}
