import { ArrowLeft, ArrowRight, PanelLeft } from 'lucide-react'
import Link from 'next/link'
import { SearchButton } from '@/components/finder/search-button'
import { buttonClass } from '@/components/ui/button'
import { ErrorNote } from '@/components/ui/error-note'
import { Slip } from '@/components/ui/slip'
import type { Course, Lesson, LessonEntry, Segment } from '@/content/types'
import { BlockHost } from './block-host'
import { ContinueLine } from './continue-line'
import { LessonEnd } from './lesson-end'
import { LessonStoreProvider } from './lesson-store'
import { CourseOutline, type LessonStanding } from './outline'
import { PageOutline } from './page-outline'
import { CONTINUE_PLACE } from './reading-place'
import { ReviewCards } from './review-cards'
import type { BlockStart } from './store'
import './lesson.css'

/** A skill with the lesson that teaches it here, if one is written; otherwise it is shown as planned or assumed. */
export type SkillRef = { title: string; href: string | null; note: 'planned' | 'assumed' | null }

/** Kinds that are worked on in the full width of the page rather than in the column of text. */
const WORKBENCHES = new Set(['code', 'artifact'])

/** A lesson: the course beside it, its prose as compiled HTML, and its blocks alive in place. */
export function LessonPage({
  lesson,
  course,
  entry,
  teaches,
  needs,
  learner,
  databaseAnswers,
  blocks,
  standings,
  runnerBase,
  previous,
  next,
}: {
  lesson: Lesson
  course: Course
  entry: LessonEntry
  teaches: string
  needs: SkillRef[]
  learner: string
  databaseAnswers: boolean
  blocks: Record<string, BlockStart>
  standings: Record<string, LessonStanding>
  runnerBase: string | undefined
  previous: LessonEntry | null
  next: LessonEntry | null
}) {
  const graded = Object.values(lesson.blocks)
    .filter((block) => block.graded)
    .map((block) => ({ id: block.id, title: block.title, href: `#${anchorOf(block.id)}` }))
  const module = course.modules.find(({ lessons }) => lessons.some(({ slug }) => slug === lesson.slug))
  const written = course.modules.flatMap(({ lessons }) => lessons).filter((other) => other.written)
  const complete = written.filter(({ slug }) => standings[slug]?.complete).length
  return (
    <LessonStoreProvider user={learner} blocks={blocks} runnerBase={runnerBase}>
      <div className="grid flex-1 grid-cols-[minmax(0,1fr)] content-start lg:grid-cols-[17rem_minmax(0,1fr)] lg:content-stretch">
        <nav
          id="course-outline"
          popover="auto"
          aria-label="Course outline"
          className="lesson-outline lg:border-rule lg:border-r"
        >
          <div className="py-6 lg:sticky lg:top-14 lg:max-h-[calc(100dvh-3.5rem)] lg:overflow-y-auto">
            <p className="pr-5 pb-2 pl-4 font-semibold font-serif text-16 lg:pl-8">
              <Link href={`/courses/${course.slug}`} className="no-underline hover:underline">
                {course.title}
              </Link>
            </p>
            <div className="mr-5 ml-4 lg:ml-8">
              <Slip
                compact
                data={{
                  modules: course.modules.map(({ lessons }) => lessons.length),
                  done: written.filter(({ slug }) => standings[slug]?.complete).map(({ number }) => number),
                  at: entry.number,
                }}
              />
            </div>
            <p className="pt-1 pr-5 pb-4 pl-4 text-13 text-ink-3 tabular-nums lg:pl-8">
              {complete} of {written.length} written lessons done
            </p>
            <p className="pb-3 pl-1 lg:pl-5">
              <SearchButton className={buttonClass({ variant: 'quiet' })} />
            </p>
            <CourseOutline course={course} current={lesson.slug} standings={standings} />
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
        <main id="main" className="lesson-sheet">
          <header className="max-w-208 pt-8 lg:pt-12">
            <h1 className="text-balance font-[580] font-serif text-[clamp(1.75rem,3.4vw,2.25rem)] leading-[1.2] tracking-[-0.016em]">
              {lesson.title}
            </h1>
            <p className="mt-3 max-w-(--measure) text-pretty font-serif text-[clamp(1.125rem,1.6vw,1.3125rem)] text-ink-2 leading-normal">
              {lesson.objective}
            </p>
            <dl className="title-block mt-8">
              <div>
                <dt>Lesson</dt>
                <dd>
                  {entry.number}, {module?.title}
                </dd>
              </div>
              <div>
                <dt>Time</dt>
                <dd>{lesson.minutes} min</dd>
              </div>
              <div>
                <dt>Teaches</dt>
                <dd>{teaches}</dd>
              </div>
              <div>
                <dt>Needs</dt>
                <dd>
                  {needs.length === 0
                    ? 'Nothing before it'
                    : needs.map((need, i) => (
                        <Need key={need.title} need={need} last={i === needs.length - 1} />
                      ))}
                </dd>
              </div>
            </dl>
            <div id={CONTINUE_PLACE} />
          </header>
          {!databaseAnswers && (
            <div className="mb-10 max-w-(--measure)">
              <ErrorNote
                title="The server cannot reach its database."
                safe="What you write is kept on this device."
              >
                You can go on reading. What you passed is shown again, and what you wrote follows, when the
                database is back.
              </ErrorNote>
            </div>
          )}
          {beginsWithBlock(lesson) && <h2 className="sr-only">To begin with</h2>}
          {groupSegments(lesson).map((group, i) =>
            group.bench ? (
              <div key={group.bench} id={anchorOf(group.bench)} className="lesson-bench">
                <BlockOf lesson={lesson} id={group.bench} />
              </div>
            ) : (
              <div key={`text-${i.toString()}`} className="lesson-read">
                <div className="prose">
                  {group.segments?.map((segment, j) =>
                    segment.type === 'html' ? (
                      <div
                        key={`html-${j.toString()}`}
                        className="html"
                        dangerouslySetInnerHTML={{ __html: segment.html }}
                      />
                    ) : (
                      <div key={segment.id} id={anchorOf(segment.id)} className="block-place">
                        <BlockOf lesson={lesson} id={segment.id} />
                      </div>
                    ),
                  )}
                </div>
                {i === 0 && (
                  <div className="lesson-toc">
                    <PageOutline entries={lesson.outline} blocks={Object.keys(lesson.blocks)} />
                  </div>
                )}
              </div>
            ),
          )}
          <ReviewCards cards={lesson.cards} />
          <LessonEnd
            graded={graded}
            next={next && { title: next.title, href: `/learn/${next.course}/${next.slug}` }}
            courseHref={`/courses/${course.slug}`}
          />
          <PreviousAndNext previous={previous} next={next} />
        </main>
      </div>
      <ContinueLine user={learner} lesson={`${lesson.course}/${lesson.slug}`} />
    </LessonStoreProvider>
  )
}

/** The fragment of a block's address: the last part of its id. */
function anchorOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** Whether an exercise, whose name is a heading of the third level, comes before the first section. */
function beginsWithBlock({ segments }: Lesson): boolean {
  const first = segments.find((segment) => segment.type === 'block' || segment.html.includes('<h2'))
  return first?.type === 'block'
}

type Group = { bench: string; segments?: never } | { bench?: never; segments: Segment[] }

/** Runs of text and small blocks, with each workbench on its own between them. */
function groupSegments(lesson: Lesson): Group[] {
  const groups: Group[] = []
  for (const segment of lesson.segments) {
    const last = groups.at(-1)
    if (segment.type === 'block' && WORKBENCHES.has(lesson.blocks[segment.id]?.kind ?? ''))
      groups.push({ bench: segment.id })
    else if (last?.segments) last.segments.push(segment)
    else groups.push({ segments: [segment] })
  }
  return groups
}

function BlockOf({ lesson, id }: { lesson: Lesson; id: string }) {
  const block = lesson.blocks[id]
  if (!block) throw new Error(`compiled lesson names block ${id} and does not hold it`)
  return <BlockHost block={block} />
}

function Need({ need, last }: { need: SkillRef; last: boolean }) {
  return (
    <>
      {need.href ? <Link href={need.href}>{need.title}</Link> : need.title}
      {need.note && (
        <span className="text-ink-3"> ({need.note === 'planned' ? 'not written yet' : 'assumed'})</span>
      )}
      {!last && ', '}
    </>
  )
}

function PreviousAndNext({ previous, next }: { previous: LessonEntry | null; next: LessonEntry | null }) {
  if (!previous && !next) return null
  const link = 'flex items-center gap-3 py-2 font-[550] font-serif text-16 no-underline hover:underline'
  return (
    <nav
      aria-label="Neighbouring lessons"
      className="mt-16 flex flex-col justify-between gap-2 border-rule border-t pt-4 sm:flex-row sm:gap-6"
    >
      {previous ? (
        <Link href={`/learn/${previous.course}/${previous.slug}`} prefetch={false} className={link}>
          <ArrowLeft size={16} className="shrink-0" aria-hidden />
          <span>
            <span className="block font-medium font-ui text-12 text-ink-3">Before</span>
            {previous.title}
          </span>
        </Link>
      ) : (
        <span />
      )}
      {next && (
        <Link
          href={`/learn/${next.course}/${next.slug}`}
          prefetch={false}
          className={`${link} justify-between sm:text-right`}
        >
          <span>
            <span className="block font-medium font-ui text-12 text-ink-3">After</span>
            {next.title}
          </span>
          <ArrowRight size={16} className="shrink-0" aria-hidden />
        </Link>
      )}
    </nav>
  )
}
