import { Check, PanelLeft } from 'lucide-react'
import { SearchButton } from '@/components/finder/search-button'
import { buttonClass } from '@/components/ui/button'
import { Slip } from '@/components/ui/slip'
import type { Course, LessonEntry } from '@/content/types'
import { SEARCH_PLACE } from './places'

/** Nothing in it but who has done what: two readers who have completed the same lessons are shown the same. */
export type OutlineProps = {
  course: Course
  entry: LessonEntry
  /** Slugs of the lessons that are complete. */
  done: string[]
}

/** The course beside a lesson, and the line above the lesson that opens it where there is no room beside. */
export function LessonOutline({ course, entry, done }: OutlineProps) {
  const written = course.modules.flatMap(({ lessons }) => lessons).filter((other) => other.written)
  const complete = written.filter(({ slug }) => done.includes(slug))
  const module = course.modules.find(({ lessons }) => lessons.some(({ slug }) => slug === entry.slug))
  return (
    <>
      <nav
        id="course-outline"
        popover="auto"
        aria-label="Course outline"
        className="lesson-outline lg:border-rule lg:border-r"
      >
        <div className="py-6 lg:sticky lg:top-14 lg:max-h-[calc(100dvh-3.5rem)] lg:overflow-y-auto">
          <p className="pr-5 pb-2 pl-4 font-semibold font-serif text-16 lg:pl-8">
            <a href={`/courses/${course.slug}`} className="no-underline hover:underline">
              {course.title}
            </a>
          </p>
          <div className="mr-5 ml-4 lg:ml-8">
            <Slip
              compact
              data={{
                modules: course.modules.map(({ lessons }) => lessons.length),
                done: complete.map(({ number }) => number),
                at: entry.number,
              }}
            />
          </div>
          <p className="pt-1 pr-5 pb-4 pl-4 text-13 text-ink-3 tabular-nums lg:pl-8">
            {complete.length} of {written.length} written lessons done
          </p>
          <div data-place={SEARCH_PLACE} className="pb-3 pl-1 lg:pl-5">
            {/* A picture until `lesson-live.tsx` puts the button in its place: it cannot be pressed in vain. */}
            <fieldset role="presentation" disabled>
              <SearchButton className={buttonClass({ variant: 'quiet' })} />
            </fieldset>
          </div>
          <CourseOutline course={course} current={entry.slug} done={done} />
        </div>
      </nav>
      <section
        aria-label="Place in the course"
        className="no-print sticky top-14 z-10 flex items-center gap-3 border-rule border-b bg-canvas px-4 py-1 lg:hidden"
      >
        <button
          type="button"
          popoverTarget="course-outline"
          className="-ml-3 inline-flex min-h-8 items-center gap-1.5 rounded-[4px] px-3 font-medium text-14 text-ink-2 hover:bg-hover pointer-coarse:min-h-11"
        >
          <PanelLeft size={16} strokeWidth={1.75} aria-hidden />
          Lessons
        </button>
        <span className="text-13 text-ink-3 tabular-nums">
          {module?.letter} · {entry.number} of{' '}
          {course.modules.reduce((sum, { lessons }) => sum + lessons.length, 0)}
        </span>
      </section>
    </>
  )
}

/** The course beside the lesson: modules that open, lessons that are written as links, the rest named as planned. */
function CourseOutline({ course, current, done }: { course: Course; current: string; done: string[] }) {
  return (
    <ol>
      {course.modules.map((module) => {
        const written = module.lessons.filter((lesson) => lesson.written)
        const complete = written.filter((lesson) => done.includes(lesson.slug)).length
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
                      {complete}/{written.length}
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
                      done={done.includes(lesson.slug)}
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
    <a
      href={`/learn/${lesson.course}/${lesson.slug}`}
      aria-current={current ? 'page' : undefined}
      className={`${row} text-14 no-underline ${
        current
          ? 'bg-oxide-wash font-[550] text-ink before:absolute before:top-[13px] before:left-[14px] before:size-[7px] before:bg-oxide-paint before:[clip-path:polygon(0_0,100%_50%,0_100%)] lg:before:left-[30px]'
          : 'text-ink-2 hover:bg-hover hover:text-ink'
      }`}
    >
      {inside}
    </a>
  )
}
