import { SearchButton } from '@/components/finder/search-button'
import { buttonClass } from '@/components/ui/button'
import { Slip } from '@/components/ui/slip'
import { TitleBlock } from '@/components/ui/title-block'
import { VerdictWord } from '@/components/ui/verdict-word'
import type { Course, LessonEntry } from '@/content/types'
import { CourseMap } from './course-map'
import { count, courseFacts, inHours, lessonHref, minutesLeft, type Standings, slipOf } from './facts'
import { type MapNode, type OutsideNeed, openNeeds } from './graph'
import { TitleWords } from './title-words'

type Props = {
  course: Course
  nodes: MapNode[]
  outside: OutsideNeed[]
  /** Null for a visitor. */
  standings: Standings | null
  /** The lesson to go on with; null for a visitor and when all that is written is complete. */
  at: LessonEntry | null
}

/** A course: its promise, where one is, what rests on what, and every lesson, written or planned. */
export function CoursePage({ course, nodes, outside, standings, at }: Props) {
  return (
    <main id="main" className="w-full flex-1">
      <Head course={course} standings={standings} at={at} nodes={nodes} outside={outside} />
      <RestsOn course={course} nodes={nodes} at={at} signedIn={standings !== null} />
      <Lessons course={course} nodes={nodes} standings={standings} at={at} />
      {outside.length > 0 && <Outside outside={outside} />}
    </main>
  )
}

function Head({ course, standings, at, outside }: Props) {
  const facts = courseFacts(course)
  const done = nodesDone(course, standings)
  const first = course.modules.flatMap(({ lessons }) => lessons).find(({ written }) => written)
  return (
    <header className="wrap grid items-end gap-x-[clamp(2rem,6vw,6rem)] gap-y-8 pt-10 min-[62.5rem]:grid-cols-[minmax(0,1fr)_20rem]">
      <div>
        <p className="meta">
          <a href="/courses">Courses</a>
        </p>
        <h1 className="title-64 mt-3 mb-4 max-w-[14ch]">{course.title}</h1>
        <p className="lede max-w-160">{course.promise}</p>
        <p className="meta mt-2 max-w-160">{course.idea}</p>
        <p className="mt-4 -ml-3">
          <SearchButton className={buttonClass({ variant: 'quiet' })} />
        </p>
      </div>
      <aside aria-label="Where you are" className="border-ink border-t pt-3">
        {standings && at ? (
          <WhereYouAre at={at} standings={standings} />
        ) : standings && facts.written > 0 ? (
          <>
            <p className="label">Where you are</p>
            <p className="title-22 mt-1">All that is written is complete</p>
            <p className="meta mt-2">{facts.lessons - facts.written} more are planned.</p>
          </>
        ) : first ? (
          <>
            <p className="label">Begins with</p>
            <p className="title-22 mt-1 mb-2">{first.title}</p>
            <p className="meta">{first.minutes} min. Lessons are read and done signed in.</p>
            <p className="mt-4">
              <a href={lessonHref(first)} className={buttonClass({ variant: 'primary', big: true })}>
                Begin
              </a>
            </p>
          </>
        ) : (
          <>
            <p className="label">Not begun</p>
            <p className="title-22 mt-1">No lesson is written yet</p>
            <p className="meta mt-2">What is planned is listed below, so that you can see where it leads.</p>
          </>
        )}
      </aside>
      <div className="col-span-full">
        <Slip
          data={slipOf(course, standings ?? {}, at)}
          label={
            standings
              ? undefined
              : `${count(facts.lessons, 'lesson')} in ${count(course.modules.length, 'module')}, ${facts.written} of them written`
          }
        />
        <p className="meta flex flex-wrap justify-between gap-x-6 pt-2 tabular-nums sm:max-w-[88%]">
          <span>
            {standings
              ? facts.written > 0
                ? `${done} of ${count(facts.written, 'written lesson')} done`
                : 'No lesson written yet'
              : `${facts.written} of ${count(facts.lessons, 'lesson')} written`}
          </span>
          {facts.lessons > facts.written && <span>{facts.lessons - facts.written} planned</span>}
        </p>
      </div>
      <TitleBlock
        className="col-span-full"
        facts={{
          Lessons: `${facts.lessons} in ${count(course.modules.length, 'module')}, ${facts.written || 'none'} written`,
          Time: facts.written > 0 ? `${inHours(facts.writtenMinutes)} for what is written` : 'Not known yet',
          'Judged exercises': facts.written > 0 ? facts.exercises : 'None yet',
          'Judged by': course.judgedBy,
          'You need':
            outside.length > 0 ? (
              <a href="#needs">{count(outside.length, 'skill')} from elsewhere</a>
            ) : (
              'Nothing from elsewhere'
            ),
        }}
      />
    </header>
  )
}

function nodesDone(course: Course, standings: Standings | null): number {
  if (!standings) return 0
  return course.modules.flatMap(({ lessons }) => lessons).filter(({ slug }) => standings[slug]?.complete)
    .length
}

function WhereYouAre({ at, standings }: { at: LessonEntry; standings: Standings }) {
  const standing = standings[at.slug]
  const begun = standing !== undefined
  return (
    <>
      <p className="label">{begun ? `You are at lesson ${at.number}` : `Next is lesson ${at.number}`}</p>
      <p className="title-22 mt-1 mb-2">{at.title}</p>
      <p className="meta">
        {begun && `${standing.passed} of ${count(standing.total, 'exercise')} passed. `}
        About {minutesLeft(at, standing)} minutes.
      </p>
      <p className="mt-4">
        <a href={lessonHref(at)} className={buttonClass({ variant: 'primary', big: true })}>
          {begun ? 'Continue' : 'Begin'}
        </a>
      </p>
    </>
  )
}

function RestsOn({
  course,
  nodes,
  at,
  signedIn,
}: {
  course: Course
  nodes: MapNode[]
  at: LessonEntry | null
  signedIn: boolean
}) {
  const key: [look: string, word: string][] = signedIn
    ? [
        ['border-ink bg-ink forced-colors:bg-[CanvasText]', 'done'],
        ['border-oxide-paint bg-oxide-paint forced-colors:bg-[Highlight]', 'you are here'],
        ['border-ink', 'ready'],
        ['border-dashed border-rule-strong', 'needs something first, or not written yet'],
      ]
    : [
        ['border-ink', 'written'],
        ['border-dashed border-rule-strong', 'not written yet'],
      ]
  return (
    <section aria-labelledby="map" className="wrap pt-16">
      <div className="mb-5 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
        <h2 id="map" className="title-28">
          What rests on what
        </h2>
        <ul className="meta flex flex-wrap gap-x-5 gap-y-1" aria-label="Key of the map">
          {key.map(([look, word]) => (
            <li key={word} className="flex items-center gap-1.5">
              <span aria-hidden className={`size-3 rounded-full border-[1.25px] ${look}`} />
              {word}
            </li>
          ))}
        </ul>
      </div>
      <p className="sr-only">
        The list below says the same in words: each lesson names the lessons it needs.
      </p>
      <CourseMap course={course} nodes={nodes} at={at?.number ?? null} />
      <p className="meta mt-3">
        {at && restsOn(at, nodes)}You may open any lesson that is written; the map is advice, not a gate.
      </p>
    </section>
  )
}

/** "Binary search rests on one lesson (1) and carries two (18, 29). " */
function restsOn(at: LessonEntry, nodes: MapNode[]): string {
  const node = nodes[at.number - 1]
  if (!node) return ''
  const carries = nodes.filter(({ needs }) => needs.includes(at.number)).map(({ lesson }) => lesson.number)
  const list = (numbers: number[], word: string) =>
    numbers.length === 0 ? `no ${word}` : `${count(numbers.length, word)} (${numbers.join(', ')})`
  return `${node.name} rests on ${list(node.needs, 'lesson')} of this course and carries ${list(carries, 'lesson')}. `
}

const row =
  'grid min-h-10 content-center items-baseline gap-x-4 gap-y-0.5 py-2.5 min-[35rem]:py-1.5 grid-cols-[1.5rem_minmax(0,1fr)_auto] min-[35rem]:grid-cols-[1.75rem_minmax(0,1fr)_auto_10.5rem] min-[62.5rem]:grid-cols-[2rem_minmax(0,1fr)_9rem_4.5rem_12rem]'

function Lessons({
  course,
  nodes,
  standings,
  at,
}: {
  course: Course
  nodes: MapNode[]
  standings: Standings | null
  at: LessonEntry | null
}) {
  return (
    <section aria-labelledby="lessons" className="wrap pt-16">
      <h2 id="lessons" className="title-28">
        Lessons
      </h2>
      <div
        aria-hidden
        className="label -mt-4 grid grid-cols-[2rem_minmax(0,1fr)_9rem_4.5rem_12rem] gap-x-4 pb-1 max-[62.5rem]:hidden"
      >
        <span />
        <span />
        <span>Needs</span>
        <span className="text-right">Minutes</span>
        <span>State</span>
      </div>
      <div className="grid gap-8 max-[62.5rem]:mt-4">
        {course.modules.map((module) => {
          const minutes = module.lessons.reduce((sum, lesson) => sum + lesson.minutes, 0)
          const id = `module-${module.letter}`
          return (
            <section key={module.letter} aria-labelledby={id}>
              <div className="flex items-baseline justify-between gap-4 border-ink border-t pt-3 pb-2">
                <h3 id={id} className="title-18">
                  {module.letter}. {module.title}
                </h3>
                <p className="meta whitespace-nowrap tabular-nums">{minutes > 0 && inHours(minutes)}</p>
              </div>
              <ol>
                {module.lessons.map((lesson) => (
                  <LessonRow
                    key={lesson.slug}
                    node={nodes[lesson.number - 1] as MapNode}
                    nodes={nodes}
                    standings={standings}
                    here={standings !== null && at?.slug === lesson.slug}
                  />
                ))}
              </ol>
            </section>
          )
        })}
      </div>
    </section>
  )
}

function LessonRow({
  node,
  nodes,
  standings,
  here,
}: {
  node: MapNode
  nodes: MapNode[]
  standings: Standings | null
  here: boolean
}) {
  const { lesson, needs } = node
  const title = 'font-serif text-[1.0625rem] leading-6'
  return (
    <li
      id={lesson.slug}
      className={`${row} border-rule border-t ${here ? 'bg-oxide-wash -mx-4 px-4 min-[35rem]:-mx-3 min-[35rem]:px-3' : ''}`}
    >
      <span className={`tabular-nums ${here ? 'font-semibold text-oxide' : 'text-ink-3'}`}>
        {lesson.number}
      </span>
      {lesson.written ? (
        <a
          href={lessonHref(lesson)}
          className={`${title} decoration-transparent hover:decoration-oxide pointer-coarse:py-2 ${here ? 'font-semibold' : ''}`}
        >
          <TitleWords>{lesson.title}</TitleWords>
        </a>
      ) : (
        <span className={`${title} text-ink-3`}>
          <TitleWords>{lesson.title}</TitleWords>
        </span>
      )}
      <span className="meta tabular-nums max-[62.5rem]:sr-only">
        <span className="sr-only">
          {needs.length > 0 ? 'needs lessons ' : 'needs no lesson of this course '}
        </span>
        {needs.length > 0 ? needs.join(', ') : <span aria-hidden>–</span>}
      </span>
      <span className="text-right tabular-nums max-[62.5rem]:text-13 max-[62.5rem]:text-ink-3">
        {lesson.minutes}
        <span className="min-[62.5rem]:sr-only"> min</span>
      </span>
      <span className="flex items-baseline gap-3 max-[35rem]:col-[2/-1] min-[35rem]:max-[62.5rem]:justify-end">
        <State node={node} nodes={nodes} standings={standings} here={here} />
      </span>
    </li>
  )
}

function State({
  node,
  nodes,
  standings,
  here,
}: {
  node: MapNode
  nodes: MapNode[]
  standings: Standings | null
  here: boolean
}) {
  const { lesson } = node
  const standing = standings?.[lesson.slug]
  if (!lesson.written) return <span className="meta">not written yet</span>
  if (!standings) return <span className="font-medium text-13">Written</span>
  if (standing?.complete) {
    return (
      <>
        <VerdictWord state={standing.selfChecked ? 'self-checked' : 'passed'} />
        {standing.completedOn && <span className="meta tabular-nums">{standing.completedOn}</span>}
      </>
    )
  }
  if (here) {
    return (
      <a href={lessonHref(lesson)} className={buttonClass()}>
        {standing ? 'Continue' : 'Begin'}
        <span className="sr-only"> {lesson.title}</span>
      </a>
    )
  }
  if (standing) {
    return (
      <span className="font-medium text-13 tabular-nums">
        {standing.passed} of {standing.total} passed
      </span>
    )
  }
  const open = openNeeds(node, nodes)
  if (node.look === 'ready') return <span className="font-medium text-13">Ready</span>
  return <span className="meta tabular-nums">after {open.join(', ')}</span>
}

function Outside({ outside }: { outside: OutsideNeed[] }) {
  return (
    <section aria-labelledby="needs" className="wrap scroll-mt-14 pt-16">
      <h2 id="needs" className="title-28">
        What it takes for granted
      </h2>
      <p className="taught mt-2 max-w-(--measure)">
        Lessons of this course use these skills and do not teach them. Where no course here does either, they
        are assumed.
      </p>
      <ul className="mt-4 max-w-208 border-ink border-t">
        {outside.map(({ skill, lesson, neededBy }) => (
          <li
            key={skill.id}
            className="items-baseline justify-between gap-x-6 border-rule border-b py-2 max-sm:grid max-sm:gap-y-0.5 sm:flex"
          >
            <span className="font-serif text-16">{skill.title}</span>
            <span className="meta tabular-nums sm:text-right">
              {lesson ? (
                <>
                  taught in <a href={`/courses/${lesson.course}#${lesson.slug}`}>{lesson.title}</a>
                  {!lesson.written && ', not written yet'}
                </>
              ) : (
                'assumed'
              )}
              ; used from lesson {Math.min(...neededBy)} on
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
