'use client'

import { CircleCheck } from 'lucide-react'
import { useBlockStates } from './lesson-store'

/** What is still open in this lesson, or where to go when nothing is. Changes as exercises are passed. */
export function LessonEnd({
  graded,
  next,
  courseHref,
}: {
  graded: { id: string; title: string; href: string }[]
  next: { title: string; href: string } | null
  courseHref: string
}) {
  const states = useBlockStates(graded.map(({ id }) => id))
  const open = graded.filter((_, i) => states[i] !== 'passed')
  return (
    <section
      aria-labelledby="lesson-end"
      className="mt-16 max-w-(--measure) border-ink border-t pt-3"
      id="end-of-lesson"
    >
      <h2 id="lesson-end" className="font-serif font-semibold text-22">
        {open.length === 0 ? 'This lesson is complete' : 'Before this lesson is complete'}
      </h2>
      <div role="status" className="mt-2 font-serif text-16">
        {open.length === 0 ? (
          <p className="flex items-baseline gap-2">
            <CircleCheck size={16} className="shrink-0 self-center text-pass" aria-hidden />
            <span>
              {graded.length === 1 ? 'The exercise is passed.' : `All ${graded.length} exercises are passed.`}{' '}
              {next ? (
                <a href={next.href}>Go on with {next.title}</a>
              ) : (
                <a href={courseHref}>See what else the course has</a>
              )}
            </span>
          </p>
        ) : (
          <>
            <p>
              {graded.length - open.length} of {graded.length} exercises passed. Still open:
            </p>
            <ul className="mt-2 list-disc pl-5">
              {open.map((exercise) => (
                <li key={exercise.id}>
                  <a href={exercise.href}>{exercise.title}</a>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  )
}
