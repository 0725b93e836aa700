import { cache } from 'react'
import type { KeptVersion } from '@/components/lesson/block-draft'
import type { LessonStanding } from '@/components/lesson/outline'
import type { BlockStart, DraftState } from '@/components/lesson/store'
import type { Course, Lesson } from '@/content/types'
import { listLessonAttempts } from '@/db/queries/attempts'
import { listDrafts } from '@/db/queries/drafts'
import { getProgress } from '@/db/queries/progress'
import type { AttemptOutcome, Verdict } from '@/exercises/kind'

/** The page asks twice, for its blocks and for the outline beside it: once per request. */
const readProgress = cache(getProgress)

/** Where a learner stands with each block of a lesson: one query a table. */
export async function readLessonStarts(userId: string, lesson: Lesson): Promise<Record<string, BlockStart>> {
  const [drafts, attempts, progress] = await Promise.all([
    listDrafts(userId, lesson.course, lesson.slug),
    listLessonAttempts<Verdict>(userId, lesson.course, lesson.slug),
    readProgress(userId, lesson.course),
  ])
  const draftOf = new Map(drafts.map((draft) => [draft.block, draft]))
  const stateOf = new Map(progress.blocks.map(({ block, state }) => [block, state]))
  const historyOf = new Map<string, AttemptOutcome[]>()
  for (const { at, ...attempt } of attempts) {
    const history = historyOf.get(attempt.block) ?? []
    history.push({ ...attempt, at: at.toISOString() })
    historyOf.set(attempt.block, history)
  }
  return mapBlocks(lesson, (id, version) => {
    const draft = draftOf.get(id)
    return {
      version,
      state: stateOf.get(id) ?? 'new',
      draft: draft
        ? { revision: draft.revision, state: toDraftState(draft.state), at: draft.updatedAt.toISOString() }
        : null,
      history: historyOf.get(id) ?? [],
    }
  })
}

/** What a page begins with for a visitor, or while the database is away: nothing known, everything to do. */
export function freshStarts(lesson: Lesson): Record<string, BlockStart> {
  return mapBlocks(lesson, (_id, version) => ({ version, state: 'new', draft: null, history: [] }))
}

/** Where a learner stands with each written lesson of a course, by slug. */
export async function readStandings(userId: string, course: Course): Promise<Record<string, LessonStanding>> {
  const { blocks, lessons } = await readProgress(userId, course.slug)
  const passed = new Set(blocks.filter(({ state }) => state === 'passed').map(({ block }) => block))
  const complete = new Set(
    lessons.filter(({ completedAt }) => completedAt !== null).map(({ lesson }) => lesson),
  )
  const written = course.modules.flatMap((module) => module.lessons).filter((lesson) => lesson.written)
  return Object.fromEntries(
    written.map(({ slug, graded }) => [
      slug,
      {
        passed: graded.filter((block) => passed.has(block)).length,
        total: graded.length,
        complete: complete.has(slug),
      },
    ]),
  )
}

function mapBlocks(
  lesson: Lesson,
  make: (id: string, version: number) => BlockStart,
): Record<string, BlockStart> {
  return Object.fromEntries(Object.values(lesson.blocks).map(({ id, version }) => [id, make(id, version)]))
}

/** A draft is what a client wrote at some time: anything of another shape counts as not begun. */
function toDraftState(state: unknown): DraftState {
  if (typeof state !== 'object' || state === null || Array.isArray(state)) return {}
  const { answer, hints, others } = state as Record<string, unknown>
  const beside = Array.isArray(others) ? others.flatMap(toKeptVersion) : []
  return { answer, hints: toHints(hints), ...(beside.length > 0 && { others: beside }) }
}

const toHints = (hints: unknown) =>
  typeof hints === 'number' && hints >= 0 && hints <= 3 ? Math.floor(hints) : 0

function toKeptVersion(version: unknown): KeptVersion[] {
  if (typeof version !== 'object' || version === null) return []
  const { answer, hints, device, at } = version as Record<string, unknown>
  if (typeof device !== 'string' || typeof at !== 'string' || Number.isNaN(Date.parse(at))) return []
  return [{ answer, hints: toHints(hints), device: device.slice(0, 100), at }]
}
