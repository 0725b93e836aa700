import { Check } from 'lucide-react'
import Link from 'next/link'
import type { Course } from '@/content/types'

/** Where the learner stands with a lesson, as lists and the outline show it. */
export type LessonStanding = { passed: number; total: number; complete: boolean }

/** The course beside the lesson: modules that open, lessons that are written as links, the rest named as planned. */
export function CourseOutline({
  course,
  current,
  standings,
}: {
  course: Course
  current: string
  standings: Record<string, LessonStanding>
}) {
  return (
    <ol>
      {course.modules.map((module) => {
        const written = module.lessons.filter((lesson) => lesson.written)
        const done = written.filter((lesson) => standings[lesson.slug]?.complete).length
        return (
          <li key={module.letter}>
            <details open={module.lessons.some((lesson) => lesson.slug === current)}>
              <summary className="grid cursor-pointer list-none grid-cols-[16px_1fr_auto] gap-2 py-1.5 pr-5 pl-4 font-medium text-14 text-ink-2 hover:bg-hover lg:pl-8 [&::-webkit-details-marker]:hidden">
                <span className="font-normal text-ink-3">{module.letter}</span>
                <span>{module.title}</span>
                <span className="text-12 text-ink-3 leading-5 tabular-nums">
                  {written.length === 0 ? (
                    'planned'
                  ) : (
                    <>
                      {done}/{written.length}
                      <span className="sr-only"> done</span>
                    </>
                  )}
                </span>
              </summary>
              <ol className="pb-2">
                {module.lessons.map((lesson) => (
                  <li key={lesson.slug}>
                    <OutlineLesson
                      lesson={lesson}
                      current={lesson.slug === current}
                      done={standings[lesson.slug]?.complete === true}
                    />
                  </li>
                ))}
              </ol>
            </details>
          </li>
        )
      })}
    </ol>
  )
}

const row = 'relative grid grid-cols-[20px_1fr_16px] gap-2 py-1.5 pr-5 pl-9 lg:pl-[3.25rem]'

function OutlineLesson({
  lesson,
  current,
  done,
}: {
  lesson: Course['modules'][number]['lessons'][number]
  current: boolean
  done: boolean
}) {
  const inside = (
    <>
      <span className={`text-right text-12 leading-5 tabular-nums ${current ? 'text-oxide' : 'text-ink-3'}`}>
        {lesson.number}
      </span>
      <span>
        {lesson.title}
        {!lesson.written && <span className="block text-12 text-ink-3">not written yet</span>}
      </span>
      <span className="text-ink-3">
        {done && (
          <>
            <Check size={16} strokeWidth={1.75} aria-hidden />
            <span className="sr-only">done</span>
          </>
        )}
      </span>
    </>
  )
  if (!lesson.written) return <div className={`${row} text-14 text-ink-3`}>{inside}</div>
  return (
    <Link
      href={`/learn/${lesson.course}/${lesson.slug}`}
      prefetch={false}
      aria-current={current ? 'page' : undefined}
      className={`${row} text-14 no-underline ${
        current
          ? 'bg-oxide-wash font-[550] text-ink before:absolute before:top-[13px] before:left-[14px] before:size-[7px] before:bg-oxide-paint before:[clip-path:polygon(0_0,100%_50%,0_100%)] lg:before:left-[30px]'
          : 'text-ink-2 hover:bg-hover hover:text-ink'
      }`}
    >
      {inside}
    </Link>
  )
}
