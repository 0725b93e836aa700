import type { Html, PublicBlock } from '@/exercises/kind'

/** A lesson as its course lists it; `written: false` has no page. */
export type LessonEntry = {
  course: string
  slug: string
  /** Position in the course, from 1. */
  number: number
  title: string
  minutes: number
  teaches: string
  needs: string[]
  written: boolean
  /** Graded blocks of a written lesson, in order; empty when planned. */
  graded: string[]
  star: string | null
  /** Exercises the curriculum plans: what a planned lesson will have, shown as planned. */
  plannedExercises: number
}

export type Module = { letter: string; title: string; lessons: LessonEntry[] }

export type Course = {
  slug: string
  title: string
  /** One sentence: what you can do after it. */
  promise: string
  /** One sentence: the idea that carries it. */
  idea: string
  /** What decides: "Python, and a meter that counts operations". */
  judgedBy: string
  modules: Module[]
}

export type Skill = { id: string; title: string; needs: string[]; lesson: string | null }

/** What the index of `.content/` holds: everything that lists and maps need, nothing of a lesson's body. */
export type ContentIndex = {
  /** Hash over all lessons: changes when any does. */
  version: string
  courses: Course[]
  skills: Skill[]
  /** Block id → kind, version, lesson; graded or practice. */
  blocks: Record<
    string,
    { kind: string; version: number; course: string; lesson: string; graded: boolean; star: boolean }
  >
  retired: Record<string, string | null>
  /** What stands in the way of a lesson, by `course/lesson`; such a lesson has no page until it is mended. */
  broken: Record<string, Problem[]>
}

/** Something an author must mend. `file` is relative to the repository. */
export type Problem = { file: string; line: number; message: string }

export type OutlineEntry = { level: 2 | 3; id: string; title: string; block?: string; graded?: boolean }

export type Segment = { type: 'html'; html: Html } | { type: 'block'; id: string }

export type Card = {
  id: string
  concept: string
  kind: 'recall' | 'predict' | 'decide'
  front: Html
  back: Html
}

/** A part of a lesson that search can lead to: a section, or a block. */
export type Passage = {
  /** The fragment of its address; empty for what stands before the first heading. */
  at: string
  title: string
  block: boolean
  text: string
}

/** What can be searched in the written lessons of a course: what their pages show, and no answer. */
export type SearchIndex = {
  course: string
  lessons: { slug: string; number: number; title: string; passages: Passage[] }[]
}

/** A compiled lesson as a page receives it. Holds no key. */
export type Lesson = {
  course: string
  slug: string
  title: string
  objective: string
  minutes: number
  teaches: string
  needs: string[]
  status: 'published' | 'draft'
  outline: OutlineEntry[]
  segments: Segment[]
  blocks: Record<string, PublicBlock>
  cards: Card[]
  /** Plain text for search, part by part. */
  passages: Passage[]
  /** Runtimes its blocks need. */
  runtimes: 'python'[]
}

/** Server only: what judges a block. */
export type BlockKey = { kind: string; version: number; graded: boolean; key: unknown; solution: unknown }
