import { and, eq, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { type Transaction, withDatabase } from '../client'
import { deriveBlocks, deriveDays, deriveLessons } from '../derive'
import { attempts, verdicts } from '../schema'
import { storable } from '../storable'

export type Checked = 'server' | 'self' | 'verifier'

/** An attempt as it stands now. `feedback` is null while nobody has judged it. */
export type Attempt<F = unknown> = {
  id: string
  block: string
  verdict: 'passed' | 'failed' | 'verifying'
  checked: Checked
  feedback: F
  at: Date
}

const newest = sql`(
  select row_to_json(v) from verdicts v
  where v.user_id = attempts.user_id and v.attempt_id = attempts.id
  order by v.created_at desc, v.id desc limit 1
)`

const columns = {
  id: attempts.id,
  block: attempts.block,
  at: attempts.createdAt,
  newest: sql<{ passed: boolean; checked: Checked; feedback: unknown } | null>`${newest}`.as('newest'),
}

type Row = {
  id: string
  block: string
  at: Date
  newest: { passed: boolean; checked: Checked; feedback: unknown } | null
}

/** An attempt with its newest verdict, if it has one. */
export function toAttempt<F>({ id, block, at, newest }: Row): Attempt<F> {
  const verdict = newest === null ? 'verifying' : newest.passed ? 'passed' : 'failed'
  const feedback = (newest?.feedback ?? { passed: false, checks: [] }) as F
  return { id, block, at, verdict, checked: newest?.checked ?? 'self', feedback }
}

/** Somebody's attempt; null when it is not theirs or not there. */
export async function getAttempt<F = unknown>(userId: string, id: string): Promise<Attempt<F> | null> {
  return withDatabase(async (db) => {
    const [row] = await db
      .select(columns)
      .from(attempts)
      .where(and(eq(attempts.userId, userId), eq(attempts.id, id)))
    return row ? toAttempt(row) : null
  })
}

/**
 * Writes an attempt and its verdict down, with everything that follows from them, in one transaction. An id that is there
 * already changes nothing and gives what it gave: the caller looks whether it was for the same block.
 * `lessonBlocks` are the graded blocks that the lesson asks for.
 */
export async function recordAttempt<F>(
  userId: string,
  attempt: {
    id: string
    block: string
    version: number
    kind: string
    program: boolean
    graded: boolean
    response: unknown
    hints: number
    timeZone: string
    passed: boolean
    checked: 'server' | 'self'
    feedback: F
    lessonBlocks: string[]
  },
): Promise<Attempt<F>> {
  const { passed, checked, lessonBlocks, feedback: said, ...rest } = attempt
  const feedback = storable(said)
  const given = {
    ...rest,
    response: storable(rest.response),
    timeZone: await knownTimeZone(rest.timeZone),
  }
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await lockPerson(tx, userId)
      const [made] = await tx
        .insert(attempts)
        .values({ userId, ...given, createdAt: sql`clock_timestamp()` })
        .onConflictDoNothing()
        .returning({ at: attempts.createdAt })
      if (!made) return
      await tx.insert(verdicts).values({
        userId,
        attemptId: given.id,
        id: uuidv7(),
        version: given.version,
        passed,
        checked,
        feedback,
        createdAt: sql`clock_timestamp()`,
      })
      await deriveAround(tx, userId, { id: given.id, block: given.block, at: made.at }, lessonBlocks)
    }),
  )
  const recorded = await getAttempt<F>(userId, attempt.id)
  if (!recorded) throw new Error('an attempt was recorded and is not there')
  return recorded
}

const zones = new Map<string, boolean>()

/** The zone itself, or UTC where Postgres has an older list than whoever chose it: its day must be countable. */
async function knownTimeZone(zone: string): Promise<string> {
  let isKnown = zones.get(zone)
  if (isKnown === undefined) {
    const [row] = await withDatabase((db) =>
      db.execute(sql`select exists (select from pg_timezone_names where name = ${zone}) as known`),
    )
    isKnown = row?.known === true
    if (zones.size < 2000) zones.set(zone, isKnown)
  }
  return isKnown ? zone : 'UTC'
}

/** One writer a person: what is derived from all of their attempts is derived from all of them. */
async function lockPerson(tx: Transaction, userId: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 7))`)
}

/** Writes what follows from an attempt or a new verdict of it: the block, its lesson, the day. */
export async function deriveAround(
  tx: Transaction,
  userId: string,
  { id, block, at }: { id: string; block: string; at: Date },
  lessonBlocks: string[],
): Promise<void> {
  const lesson = block.split('/').slice(0, 2).join('/')
  await tx.execute(sql`
    insert into block_progress (user_id, block, graded, state, version, checked, attempts, passed_at, last_at)
    ${deriveBlocks({ userId, block })}
    on conflict (user_id, block) do update set graded = excluded.graded, state = excluded.state, version = excluded.version,
      checked = excluded.checked, attempts = excluded.attempts, passed_at = excluded.passed_at, last_at = excluded.last_at`)
  const required = lessonBlocks.map((graded) => ({ lesson, block: graded }))
  await tx.execute(sql`
    insert into lesson_progress (user_id, course, lesson, started_at, last_at, completed_at)
    ${deriveLessons({ userId, lesson }, required)}
    on conflict (user_id, course, lesson) do update set started_at = excluded.started_at, last_at = excluded.last_at,
      completed_at = excluded.completed_at`)
  await tx.execute(sql`
    insert into activity_days (user_id, day, minutes, attempts)
    select user_id, day::date, minutes, attempts from (${deriveDays({ userId, at })}) d
    where d.day in (
      select (created_at at time zone time_zone)::date::text from attempts where user_id = ${userId} and id = ${id}
    )
    on conflict (user_id, day) do update set minutes = excluded.minutes, attempts = excluded.attempts`)
}
