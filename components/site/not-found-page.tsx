import { buttonClass } from '@/components/ui/button'
import { Slip } from '@/components/ui/slip'

/** An address that leads nowhere: the likely cause, and two ways on. */
export function NotFoundPage({
  path,
  what,
  suggestion,
  course,
}: {
  path: string | null
  what: 'lesson' | 'course' | 'page'
  suggestion: { title: string; href: string } | null
  course: { title: string; href: string } | null
}) {
  return (
    <main id="main" className="wrap flex-1 pt-[clamp(2.5rem,6vw,5.5rem)]">
      <p className="label tabular-nums">404</p>
      <h1 className="title-36 mt-1">There is no {what} at this address.</h1>
      <p className="taught mt-3 mb-5 max-w-(--measure)">
        {path ? (
          <>
            <code className="[overflow-wrap:anywhere]">{path}</code> may be misspelt, or the {what} has moved.
          </>
        ) : (
          'It may be misspelt, or the page has moved.'
        )}
        {suggestion && (
          <>
            {' '}
            Did you mean <a href={suggestion.href}>{suggestion.title}</a>?
          </>
        )}
      </p>
      <p className="flex flex-wrap items-center gap-3">
        {course ? (
          <a href={course.href} className={buttonClass({}, 'whitespace-normal!')}>
            All lessons of {course.title}
          </a>
        ) : (
          <a href="/courses" className={buttonClass()}>
            All courses
          </a>
        )}
        <a href="/" className={buttonClass({ variant: 'quiet' })}>
          Start page
        </a>
      </p>
      <div className="mt-12">
        <Slip data={{ modules: [1, 1, 1, 1], done: [] }} label="An empty slip" />
      </div>
    </main>
  )
}
