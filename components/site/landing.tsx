import { CloudCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { count, courseFacts, inHours, slipOf } from '@/components/course/facts'
import { buttonClass } from '@/components/ui/button'
import { TriedExpectedGot } from '@/components/ui/feedback'
import { Slip } from '@/components/ui/slip'
import { VerdictWord } from '@/components/ui/verdict-word'
import type { Course } from '@/content/types'
import { Yard } from './yard'

const section = 'wrap scroll-mt-14 pt-[clamp(4rem,8vw,7.5rem)]'
const two =
  'grid items-start gap-x-[clamp(2rem,6vw,6rem)] gap-y-6 min-[62.5rem]:grid-cols-[minmax(0,5fr)_minmax(0,7fr)]'

/** What this is, what is in it, how it judges, what it does not do, and the way in. */
export function Landing({
  courses,
  exercise,
  from,
  signUp,
  signedIn,
  signUpOpen,
}: {
  courses: Course[]
  /** The exercise to try at once; null where its lesson is not part of this copy. */
  exercise: ReactNode
  /** Where it is from: "Data structures and algorithms, lesson 13". */
  from: string
  /** The form, for whoever has no account. */
  signUp: ReactNode
  signedIn: boolean
  signUpOpen: boolean
}) {
  return (
    <main id="main" className="w-full flex-1">
      <section className="wrap pt-[clamp(2.5rem,6vw,5.5rem)]">
        <h1 className="title-64 max-w-[24ch]">A model in a notebook has earned nothing yet.</h1>
        <div className="mt-6 grid items-end gap-x-[clamp(2rem,6vw,6rem)] gap-y-8 min-[62.5rem]:grid-cols-[minmax(0,7fr)_minmax(0,5fr)]">
          <p className="lede max-w-160">
            Slipway teaches the part that comes after: data structures, cloud deployment and git, for people
            who can already analyse data or program a little. You read a page, then you do it, with the real
            tool, in the page.
          </p>
          <div>
            <p className="flex flex-wrap items-center gap-x-6 gap-y-4 text-16">
              {signedIn ? (
                <a href="/dashboard" className={buttonClass({ variant: 'primary', big: true })}>
                  Go to your dashboard
                </a>
              ) : (
                <a
                  href={signUpOpen ? '#sign-up' : '/sign-in'}
                  className={buttonClass({ variant: 'primary', big: true })}
                >
                  {signUpOpen ? 'Create an account' : 'Sign in'}
                </a>
              )}
              {exercise ? (
                <a href="#try">Try an exercise first</a>
              ) : (
                <a href="/courses">Look at a course first</a>
              )}
            </p>
            <p className="meta mt-4">
              Free, with nothing held back for a paid edition. You can also{' '}
              <a href="#own">run your own copy</a>.
            </p>
          </div>
        </div>
      </section>
      <Yard />
      {exercise && (
        <section
          id="try"
          aria-labelledby="try-title"
          className="wrap scroll-mt-14 pt-[clamp(2.5rem,5vw,4rem)]"
        >
          <div className="mb-4 flex flex-wrap items-baseline gap-x-4 gap-y-1">
            <h2 id="try-title" className="title-28">
              Try one now
            </h2>
            <p className="meta">
              From {from}. No account needed: it is judged in this page, and nothing is sent.
            </p>
          </div>
          {exercise}
        </section>
      )}
      <Courses courses={courses} />
      <Judging />
      <Limits />
      <section id="sign-up" aria-labelledby="sign-up-title" className={`${section} ${two}`}>
        <div>
          <h2 id="sign-up-title" className="title-36">
            {signedIn ? 'Run your own copy' : signUpOpen ? 'Create an account' : 'Sign-up is closed here'}
          </h2>
          {!signedIn && (
            <p className="lede mt-3">
              {signUpOpen
                ? 'So that your work is there tomorrow, on any device.'
                : 'Whoever runs this site makes the accounts.'}
            </p>
          )}
          <p id="own" className="meta mt-6 max-w-104">
            Rather keep it in your own house? Slipway is free software: one command starts it, with its
            database, on any machine with Node 20.19 or later.
          </p>
        </div>
        {signUp}
      </section>
    </main>
  )
}

function Courses({ courses }: { courses: Course[] }) {
  const facts = courses.map(courseFacts)
  const written = facts.reduce((sum, fact) => sum + fact.written, 0)
  const planned = facts.reduce((sum, fact) => sum + fact.lessons - fact.written, 0)
  return (
    <section aria-labelledby="courses" className={section}>
      <h2 id="courses" className="title-36">
        {count(courses.length, 'course')}, {count(written, 'lesson')} written
        {planned > 0 && `, ${planned} planned`}
      </h2>
      <div className="mt-8">
        <CourseRows courses={courses} as="h3" />
      </div>
      <p className="meta mt-3">
        Hours are what we expect of the written lessons alone. Plan 1.6 times as much with second tries.
      </p>
    </section>
  )
}

/** Courses one under the other: title and slip, promise and idea, facts. */
export function CourseRows({ courses, as: Title }: { courses: Course[]; as: 'h2' | 'h3' }) {
  return (
    <div className="border-rule border-b">
      {courses.map((course, i) => {
        const facts = courseFacts(course)
        const id = `course-${course.slug}`
        return (
          <article
            key={course.slug}
            aria-labelledby={id}
            className={`grid gap-x-[clamp(1.5rem,4vw,4rem)] gap-y-4 border-t pt-5 pb-8 sm:grid-cols-2 min-[62.5rem]:grid-cols-3 ${i === 0 ? 'border-ink' : 'border-rule'}`}
          >
            <div>
              <Title id={id} className="title-22">
                <a href={`/courses/${course.slug}`}>{course.title}</a>
              </Title>
              <div className="mt-4">
                <Slip
                  compact
                  data={slipOf(course)}
                  label={`${count(facts.lessons, 'lesson')} in ${count(course.modules.length, 'module')}`}
                />
              </div>
            </div>
            <div className="sm:row-span-2 min-[62.5rem]:row-span-1">
              <p className="taught">{course.promise}</p>
              <p className="meta mt-2">{course.idea}</p>
            </div>
            <dl className="flex flex-wrap content-start gap-x-5 gap-y-3 [&_dd]:font-medium [&_dd]:tabular-nums [&_dt]:text-12 [&_dt]:text-ink-3">
              <div>
                <dt>Lessons</dt>
                <dd>
                  {facts.written === 0 ? 'None written yet' : `${facts.written} written`},{' '}
                  {facts.lessons - facts.written} planned
                </dd>
              </div>
              {facts.written > 0 && (
                <>
                  <div>
                    <dt>Hours</dt>
                    <dd>{inHours(facts.writtenMinutes)}</dd>
                  </div>
                  <div>
                    <dt>Judged exercises</dt>
                    <dd>{facts.exercises}</dd>
                  </div>
                </>
              )}
              <div className="w-full">
                <dt>Judged by</dt>
                <dd className="font-normal!">{course.judgedBy}</dd>
              </div>
            </dl>
          </article>
        )
      })}
    </div>
  )
}

const steps = [
  {
    when: 'at each key',
    title: 'You write',
    text: 'Saved on your device within half a second, on the server within two. The page says which is true now.',
    sign: (
      <span className="inline-flex items-center gap-1.5 text-13 text-ink-2">
        <CloudCheck size={16} strokeWidth={1.75} aria-hidden />
        <b className="font-medium">Saved to your account</b>
      </span>
    ),
  },
  {
    when: 'at once',
    title: 'Your browser runs the real tool',
    text: 'In a sandbox without a network. Formatting never fails a task about behaviour. The verdict is instant, and called provisional.',
    sign: <VerdictWord state="provisional" />,
  },
  {
    when: 'right after',
    title: 'The server decides what counts',
    text: 'Choices, orders, numbers, reviews and files are judged there, with keys that your browser never has.',
    sign: <VerdictWord state="passed" />,
  },
  {
    when: 'where a host cannot run your program safely',
    title: 'Nobody runs it again',
    text: 'Then the server judges what your own run gave back, keeps all it needs to run it later, and the record says so.',
    sign: <VerdictWord state="self-checked" />,
  },
]

function Judging() {
  return (
    <section id="judging" aria-labelledby="judging-title" className={section}>
      <div className={two}>
        <h2 id="judging-title" className="title-36">
          How your work is judged
        </h2>
        <p className="lede">
          Twice. Once in your browser, so that you never wait; once by the server, so that it counts. Each
          step is a place where we can be wrong, so each says who decided.
        </p>
      </div>
      <ol className="mt-12 grid sm:grid-cols-2 sm:gap-y-10 min-[62.5rem]:grid-cols-4">
        {steps.map((step, i) => (
          <li
            key={step.title}
            className={`relative flex flex-col pb-8 pl-5 before:absolute before:top-1 before:-left-[5px] before:size-[9px] before:rounded-full before:border-[1.5px] sm:border-t sm:border-l-0 sm:pt-5 sm:pr-6 sm:pb-0 sm:pl-0 sm:before:-top-[5px] sm:before:left-0 border-l ${
              i === 3
                ? 'border-ink-3 border-dashed before:border-ink-3 before:border-dashed before:bg-canvas'
                : `border-ink before:border-ink ${i === 2 ? 'before:bg-ink' : 'before:bg-canvas'}`
            }`}
          >
            <p className="text-13 text-ink-3">{step.when}</p>
            <h3 className="title-18 mt-0.5 mb-2">{step.title}</h3>
            <p className="font-serif text-16 text-ink-2">{step.text}</p>
            <p className="mt-auto flex pt-2 sm:pt-4">{step.sign}</p>
          </li>
        ))}
      </ol>
      <div className={`${two} mt-12 items-center!`}>
        <p className="taught">
          Before a lesson is published, every exercise must accept each right answer we could think of and
          refuse each wrong one <em>for its own reason</em>. So “not yet” comes with four things: what was
          tried, what was expected, what came, and where to look.
        </p>
        <TriedExpectedGot
          className="p-4!"
          check={{
            tried: 'lower_bound([1, 2, 2, 2, 3], 2)',
            expected: '1, the first 2',
            got: '2, the middle 2',
            message: 'Line 7: it answers as soon as it meets an equal item. What may still be to its left?',
          }}
        />
      </div>
    </section>
  )
}

const limits = [
  ['No videos.', 'At most 250 words, then something to do.'],
  [
    'No real cloud.',
    'You will not have clicked through a provider’s console. You will have written the policies, images and pipelines it runs.',
  ],
  ['No points, lives or leaderboard.', 'A missed day costs nothing.'],
  [
    'No promise of a job.',
    'Engineering work on models is rarely a first job. The courses say what to apply for on the way.',
  ],
  ['No grade for prose.', 'Written answers are checked for stated rules only, and compared by you.'],
]

function Limits() {
  return (
    <section aria-labelledby="limits" className={`${section} ${two}`}>
      <h2 id="limits" className="title-36">
        What it does not do
      </h2>
      <dl>
        {limits.map(([what, why], i) => (
          <div
            key={what}
            className={`grid gap-x-6 gap-y-1 border-t py-4 sm:grid-cols-[minmax(0,2fr)_minmax(0,5fr)] ${i === 0 ? 'border-ink' : 'border-rule'}`}
          >
            <dt className="taught font-semibold!">{what}</dt>
            <dd className="taught text-ink-2">{why}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
