import { and, asc, desc, eq, gte, inArray, like, lte, sql } from 'drizzle-orm'
import { withDatabase } from '../client'
import { deriveBlocks, deriveDays, deriveLessons } from '../derive'
import { activityDays, attempts, blockProgress, lessonProgress } from '../schema'
import type { Checked } from './attempts'

const blockColumns = {
  block: blockProgress.block,
  state: blockProgress.state,
  version: blockProgress.version,
  checked: blockProgress.checked,
  attempts: blockProgress.attempts,
  passedAt: blockProgress.passedAt,
  lastAt: blockProgress.lastAt,
}

/** Every block that a person has worked on, and every lesson, of a course or of all. */
export async function getProgress(userId: string, course?: string) {
  return withDatabase(async (db) => {
    const [blocks, lessons] = await Promise.all([
      db
        .select(blockColumns)
        .from(blockProgress)
        .where(
          and(
            eq(blockProgress.userId, userId),
            course === undefined ? undefined : like(blockProgress.block, `${course}/%`),
          ),
        )
        .orderBy(asc(blockProgress.block)),
      db
        .select({
          course: lessonProgress.course,
          lesson: lessonProgress.lesson,
          startedAt: lessonProgress.startedAt,
          lastAt: lessonProgress.lastAt,
          completedAt: lessonProgress.completedAt,
        })
        .from(lessonProgress)
        .where(
          and(
            eq(lessonProgress.userId, userId),
            course === undefined ? undefined : eq(lessonProgress.course, course),
          ),
        )
        .orderBy(desc(lessonProgress.lastAt)),
    ])
    return { blocks, lessons }
  })
}

export async function getBlockState(userId: string, block: string): Promise<'new' | 'tried' | 'passed'> {
  return withDatabase(async (db) => {
    const [found] = await db
      .select({ state: blockProgress.state })
      .from(blockProgress)
      .where(and(eq(blockProgress.userId, userId), eq(blockProgress.block, block)))
    return found?.state ?? 'new'
  })
}

/** What a person tried last, newest first. */
export async function listRecentActivity(userId: string, limit: number) {
  return withDatabase(async (db) => {
    const rows = await db
      .select({
        id: attempts.id,
        block: attempts.block,
        graded: attempts.graded,
        at: attempts.createdAt,
        newest: sql<{ passed: boolean; checked: Checked } | null>`(
          select json_build_object('passed', v.passed, 'checked', v.checked) from verdicts v
          where v.user_id = attempts.user_id and v.attempt_id = attempts.id
          order by v.created_at desc, v.id desc limit 1)`,
      })
      .from(attempts)
      .where(eq(attempts.userId, userId))
      .orderBy(desc(attempts.createdAt), desc(attempts.id))
      .limit(limit)
    return rows.map(({ newest, ...row }) => ({
      ...row,
      passed: newest?.passed ?? null,
      checked: newest?.checked ?? null,
    }))
  })
}

/** Days with activity from `from` to `to`, both included, as ISO dates in the time zones they were lived in. */
export async function listActivityDays(userId: string, from: string, to: string) {
  return withDatabase((db) =>
    db
      .select({ day: activityDays.day, minutes: activityDays.minutes, attempts: activityDays.attempts })
      .from(activityDays)
      .where(and(eq(activityDays.userId, userId), gte(activityDays.day, from), lte(activityDays.day, to)))
      .orderBy(asc(activityDays.day)),
  )
}

/** States of some blocks, for lists. */
export async function listBlockStates(userId: string, blocks: string[]) {
  if (blocks.length === 0) return []
  return withDatabase((db) =>
    db
      .select(blockColumns)
      .from(blockProgress)
      .where(and(eq(blockProgress.userId, userId), inArray(blockProgress.block, blocks))),
  )
}

const REBUILD_SECONDS = 15 * 60

/** One row of what is derived that is not what attempts and verdicts say. */
export type Difference = { table: string; key: string; stored: unknown; derived: unknown }

/**
 * Computes everything derived from attempts and verdicts alone and compares it with what is stored; with `write` mends
 * it. `required` names each lesson's graded blocks. For the operator: role `app` may not delete. Gives the differences.
 */
export async function rebuildProgress(
  required: { lesson: string; block: string }[],
  { write }: { write: boolean },
): Promise<Difference[]> {
  return withDatabase(
    (db) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`set local statement_timeout = 0`)
        // Nobody records an attempt meanwhile: what is read, taken away and written again must be of one moment.
        await tx.execute(
          sql`lock table attempts, verdicts, block_progress, lesson_progress, activity_days in share row exclusive mode`,
        )
        const differences: Difference[] = []
        for (const { table, key, columns, derived } of parts(required)) {
          // Lessons rest on blocks: within this transaction each table is right before the next is derived.
          const stored = await tx.execute(sql`select ${sql.raw(columns)} from ${sql.identifier(table)}`)
          const wanted = await tx.execute(sql`select ${sql.raw(columns)} from (${derived}) d`)
          const found = compare(table, key, stored, wanted)
          differences.push(...found)
          if (found.length === 0) continue
          await tx.execute(sql`delete from ${sql.identifier(table)}`)
          await tx.execute(
            sql`insert into ${sql.identifier(table)} (${sql.raw(columns)}) select ${sql.raw(columns.replace(/\bday\b/, 'day::date'))} from (${derived}) d`,
          )
        }
        if (!write) {
          throw new Undo(differences)
        }
        return differences
      }),
    REBUILD_SECONDS,
  ).catch((error) => {
    if (error instanceof Undo) return error.differences
    throw error
  })
}

/** Rolls the comparison back: it wrote only to see one table on top of another. */
class Undo extends Error {
  constructor(readonly differences: Difference[]) {
    super('compared only')
  }
}

const parts = (required: { lesson: string; block: string }[]) => [
  {
    table: 'block_progress',
    key: ['user_id', 'block'],
    columns: 'user_id, block, graded, state, version, checked, attempts, passed_at, last_at',
    derived: deriveBlocks({}),
  },
  {
    table: 'lesson_progress',
    key: ['user_id', 'course', 'lesson'],
    columns: 'user_id, course, lesson, started_at, last_at, completed_at',
    derived: deriveLessons({}, required),
  },
  {
    table: 'activity_days',
    key: ['user_id', 'day'],
    columns: 'user_id, day, minutes, attempts',
    derived: deriveDays({}),
  },
]

function compare(
  table: string,
  key: string[],
  stored: Iterable<Record<string, unknown>>,
  wanted: Iterable<Record<string, unknown>>,
): Difference[] {
  const name = (row: Record<string, unknown>) => key.map((column) => String(row[column])).join(' ')
  const sorted = (row: Record<string, unknown> | undefined) =>
    row && JSON.stringify(Object.entries(row).sort(([a], [b]) => a.localeCompare(b)))
  const before = new Map([...stored].map((row) => [name(row), row]))
  const after = new Map([...wanted].map((row) => [name(row), row]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => sorted(before.get(id)) !== sorted(after.get(id)))
    .map((id) => ({ table, key: id, stored: before.get(id) ?? null, derived: after.get(id) ?? null }))
}
