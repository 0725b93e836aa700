import { ArrowLeft, ArrowRight } from 'lucide-react'
import { ErrorNote } from '@/components/ui/error-note'
import type { Course, Lesson, LessonEntry, Segment } from '@/content/types'
import { BlockHost } from './block-host'
import { LessonEnd } from './lesson-end'
import { LessonStoreProvider } from './lesson-store'
import { PageOutline } from './page-outline'
import { END_PLACE, OUTLINE_PLACE, type SheetParts } from './places'
import { CONTINUE_PLACE } from './reading-place'
import { ReviewCards } from './review-cards'

/** A skill with the lesson that teaches it here, if one is written; otherwise it is shown as planned or assumed. */
export type SkillRef = { title: string; href: string | null; note: 'planned' | 'assumed' | null }

/** What stands around a lesson: the skill it teaches, those it needs, the written lessons before and after it. */
export type Neighbourhood = {
  teaches: string
  needs: SkillRef[]
  previous: LessonEntry | null
  next: LessonEntry | null
}

/** Everything a lesson's sheet is made of. Nothing in it is of one reader: a sheet is kept and given to the next one. */
export type SheetProps = Neighbourhood & {
  lesson: Lesson
  course: Course
  entry: LessonEntry
  databaseAnswers: boolean
  /** In which order its options stand: `orderOf` the reader. */
  order: string
}

/** Kinds that are worked on in the full width of the page rather than in the column of text. */
const WORKBENCHES = new Set(['code', 'artifact'])

/** A lesson as it is before any script ran and for a reader who has done nothing in it: prose, and pictures of its blocks. */
export function LessonSheet(props: SheetProps) {
  const { lesson, course, entry, teaches, needs, previous, next, databaseAnswers, order } = props
  const parts = partsOf(props)
  const module = course.modules.find(({ lessons }) => lessons.some(({ slug }) => slug === lesson.slug))
  const starts = Object.values(lesson.blocks).map(({ id, version }) => [
    id,
    { version, state: 'new' as const, draft: null, history: [] },
  ])
  return (
    // Somebody who is signed in; who it is makes no difference here, as nothing is kept or sent before scripts run.
    <LessonStoreProvider
      user="anyone"
      order={order}
      blocks={Object.fromEntries(starts)}
      runnerBase={undefined}
    >
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
            <div
              key={group.bench}
              id={anchorOf(group.bench)}
              data-place={group.bench}
              className="lesson-bench"
            >
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
                    <div
                      key={segment.id}
                      id={anchorOf(segment.id)}
                      data-place={segment.id}
                      className="block-place"
                    >
                      <BlockOf lesson={lesson} id={segment.id} />
                    </div>
                  ),
                )}
              </div>
              {i === 0 && (
                <div className="lesson-toc" data-place={OUTLINE_PLACE}>
                  <PageOutline entries={lesson.outline} blocks={Object.keys(lesson.blocks)} />
                </div>
              )}
            </div>
          ),
        )}
        <ReviewCards cards={lesson.cards} />
        <div data-place={END_PLACE}>
          <LessonEnd graded={parts.graded} next={parts.next} courseHref={parts.courseHref} />
        </div>
        <PreviousAndNext previous={previous} next={next} />
      </main>
      <template data-parts dangerouslySetInnerHTML={{ __html: toMarkup(JSON.stringify(parts)) }} />
    </LessonStoreProvider>
  )
}

function partsOf({ lesson, course, next }: SheetProps): SheetParts {
  return {
    lesson: `${lesson.course}/${lesson.slug}`,
    blocks: lesson.blocks,
    outline: lesson.outline,
    graded: Object.values(lesson.blocks)
      .filter((block) => block.graded)
      .map((block) => ({ id: block.id, title: block.title, href: `#${anchorOf(block.id)}` })),
    next: next && { title: next.title, href: `/learn/${next.course}/${next.slug}` },
    courseHref: `/courses/${course.slug}`,
  }
}

/** Text as the inside of an element. React would write each quotation mark of the JSON as six letters. */
function toMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
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
      {need.href ? <a href={need.href}>{need.title}</a> : need.title}
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
        <a href={`/learn/${previous.course}/${previous.slug}`} className={link}>
          <ArrowLeft size={16} className="shrink-0" aria-hidden />
          <span>
            <span className="block font-medium font-ui text-12 text-ink-3">Before</span>
            {previous.title}
          </span>
        </a>
      ) : (
        <span />
      )}
      {next && (
        <a href={`/learn/${next.course}/${next.slug}`} className={`${link} justify-between sm:text-right`}>
          <span>
            <span className="block font-medium font-ui text-12 text-ink-3">After</span>
            {next.title}
          </span>
          <ArrowRight size={16} className="shrink-0" aria-hidden />
        </a>
      )}
    </nav>
  )
}
