import type { Passage, SearchIndex } from '@/content/types'
import { excerpt, fold, type Match, matchText, matchTitle, wordsIn } from './match'

/** What anybody may find: courses and lessons by name. */
export type Catalogue = {
  courses: {
    slug: string
    title: string
    lessons: { slug: string; number: number; title: string; teaches: string; written: boolean }[]
  }[]
}

/** Something that can be done from anywhere. */
export type Command = { id: string; title: string; keys?: string; run(): void }

export type Found = {
  id: string
  title: string
  /** Parts of the title to mark, as pairs of from and to. */
  marks: [number, number][]
  /** Where it is, or what it is. */
  note: string
  /** What is written there, for a find in the text. */
  text?: { text: string; marks: [number, number][] }
  keys?: string
} & ({ href: string; run?: undefined } | { run: () => void; href?: undefined })

export type Group = {
  name: 'Lessons' | 'Sections and exercises' | 'In the text' | 'Commands'
  found: Found[]
}

const MOST = { lessons: 6, places: 6, texts: 8, commands: 6 }

type Scored = { score: number; found: Found }

/** What the palette searches in. `only` names the course to stay in. */
export type Sources = {
  catalogue: Catalogue | null
  indexes: SearchIndex[]
  commands: Command[]
  only: string | null
  here: string
}

/** Everything that answers to a query, best first in each group; without a query, what is near. */
export function find(query: string, { catalogue, indexes, commands, only, here }: Sources): Group[] {
  const words = wordsIn(query)
  const courses = (catalogue?.courses ?? []).filter(({ slug }) => only === null || slug === only)
  const lessons = findLessons(words, courses, here)
  const { places, texts } = words.length > 0 ? findPlaces(words, indexes, courses) : { places: [], texts: [] }
  const doing = only === null ? findCommands(words, commands) : []
  const best = (scored: Scored[], most: number) =>
    [...scored]
      .sort((a, b) => b.score - a.score)
      .slice(0, most)
      .map(({ found }) => found)
  const groups: Group[] = [
    { name: 'Lessons', found: best(lessons, words.length === 0 && only !== null ? 100 : MOST.lessons) },
    { name: 'Sections and exercises', found: best(places, MOST.places) },
    { name: 'In the text', found: best(texts, MOST.texts) },
    { name: 'Commands', found: best(doing, words.length === 0 ? 100 : MOST.commands) },
  ]
  return groups.filter(({ found }) => found.length > 0)
}

function findLessons(words: string[], courses: Catalogue['courses'], here: string): Scored[] {
  return courses.flatMap((course) =>
    course.lessons.flatMap((lesson): Scored[] => {
      const href = lesson.written ? `/learn/${course.slug}/${lesson.slug}` : `/courses/${course.slug}`
      const title = matchTitle(words, fold(lesson.title))
      const skill = title ?? matchTitle(words, fold(lesson.teaches))
      if (!skill || (words.length === 0 && !lesson.written)) return []
      const note = `${course.title} ${lesson.number}${lesson.written ? '' : ', not written yet'}${href === here ? ', you are here' : ''}`
      // Without a query: in the order of the course. With one, what can be read comes before what is planned.
      const score =
        words.length === 0 ? -lesson.number : skill.score - (title ? 0 : 1) - (lesson.written ? 0 : 2)
      return [
        {
          score,
          found: {
            id: `lesson-${course.slug}-${lesson.slug}`,
            title: lesson.title,
            marks: title?.marks ?? [],
            note,
            href,
          },
        },
      ]
    }),
  )
}

type Place = { passage: Passage; title: string; text: string; href: string; note: string; id: string }

const folded = new WeakMap<SearchIndex, Place[]>()

/** The parts of a course, folded once: they are searched at every key. */
function placesOf(index: SearchIndex, courseTitle: string): Place[] {
  let places = folded.get(index)
  if (!places) {
    places = index.lessons.flatMap(({ slug, number, title, passages }) =>
      passages.map((passage, at) => ({
        passage,
        title: fold(passage.title),
        text: fold(passage.text),
        href: `/learn/${index.course}/${slug}${passage.at && `#${passage.at}`}`,
        note: passage.at
          ? `${courseTitle} ${number}: ${title}`
          : `${courseTitle} ${number}, at the beginning`,
        id: `${index.course}-${slug}-${at}`,
      })),
    )
    folded.set(index, places)
  }
  return places
}

function findPlaces(words: string[], indexes: SearchIndex[], courses: Catalogue['courses']) {
  const places: Scored[] = []
  const texts: Scored[] = []
  for (const index of indexes) {
    const course = courses.find(({ slug }) => slug === index.course)
    if (!course) continue
    for (const { passage, title, text, href, note, id } of placesOf(index, course.title)) {
      // The beginning of a lesson is found by the lesson's own title.
      const byTitle: Match | null = passage.at ? matchTitle(words, title) : null
      if (byTitle)
        places.push({
          score: byTitle.score,
          found: { id: `place-${id}`, title: passage.title, marks: byTitle.marks, note, href },
        })
      const inText = matchText(words, text)
      if (inText)
        texts.push({
          score: inText.score + (byTitle ? 0.5 : 0),
          found: {
            id: `text-${id}`,
            title: passage.title,
            marks: [],
            note,
            href,
            text: excerpt(passage.text, inText.marks),
          },
        })
    }
  }
  return { places, texts }
}

function findCommands(words: string[], commands: Command[]): Scored[] {
  return commands.flatMap(({ id, title, keys, run }, at): Scored[] => {
    const match = matchTitle(words, fold(title))
    if (!match) return []
    return [
      {
        score: words.length === 0 ? -at : match.score,
        found: { id: `command-${id}`, title, marks: match.marks, note: '', keys, run },
      },
    ]
  })
}
