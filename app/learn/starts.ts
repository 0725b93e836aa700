import type { KeptVersion } from '@/components/lesson/block-draft'
import type { BlockStart, DraftState } from '@/components/lesson/store'
import type { Lesson } from '@/content/types'
import { getLessonRecord } from '@/db/queries/lesson-record'
import type { AttemptOutcome, Verdict } from '@/exercises/kind'

/** Where a reader stands: with each block that they have worked on, and which lessons of the course they have completed. */
export type ReaderStart = { starts: Record<string, BlockStart>; completed: string[] }

/** What a page begins with while the database is away: nothing known, everything to do. */
export const NOTHING_KNOWN: ReaderStart = { starts: {}, completed: [] }

/** Where a learner stands in a lesson; blocks that they have not touched are left out. */
export async function readReaderStart(userId: string, lesson: Lesson): Promise<ReaderStart> {
  const record = await getLessonRecord<Verdict>(userId, lesson.course, lesson.slug)
  const draftOf = new Map(record.drafts.map((draft) => [draft.block, draft]))
  const historyOf = new Map<string, AttemptOutcome[]>()
  for (const { at, ...attempt } of record.attempts) {
    const history = historyOf.get(attempt.block) ?? []
    history.push({ ...attempt, at: at.toISOString() })
    historyOf.set(attempt.block, history)
  }
  const starts: Record<string, BlockStart> = {}
  for (const { id, version } of Object.values(lesson.blocks)) {
    const draft = draftOf.get(id)
    const state = Object.hasOwn(record.states, id) ? record.states[id] : undefined
    const history = historyOf.get(id)
    if (!draft && !state && !history) continue
    starts[id] = {
      version,
      state: state ?? 'new',
      draft: draft
        ? { revision: draft.revision, state: toDraftState(draft.state), at: draft.updatedAt.toISOString() }
        : null,
      history: history ?? [],
    }
  }
  return { starts, completed: record.completed }
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
