import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { withDatabase } from '../client'
import { attempts, reports, users } from '../schema'
import { storable } from '../storable'

export type NewReport = {
  id: string
  block: string
  version: number
  kind: 'refused' | 'problem'
  /** One of the person's own attempts at the block, or null. */
  attemptId: string | null
  words: string
}

/** Writes a report down, once: the same id again gives when it was first written. */
export async function recordReport(userId: string, report: NewReport): Promise<{ id: string; at: Date }> {
  const given = { ...report, words: storable(report.words) as string }
  return withDatabase(async (db) => {
    const [made] = await db
      .insert(reports)
      .values({ userId, ...given, createdAt: sql`clock_timestamp()` })
      .onConflictDoNothing()
      .returning({ id: reports.id, at: reports.createdAt })
    if (made) return made
    const [before] = await db
      .select({ id: reports.id, at: reports.createdAt })
      .from(reports)
      .where(and(eq(reports.userId, userId), eq(reports.id, report.id)))
    if (!before) throw new Error('a report was written and is not there')
    return before
  })
}

const columns = {
  userId: reports.userId,
  id: reports.id,
  block: reports.block,
  version: reports.version,
  kind: reports.kind,
  words: reports.words,
  at: reports.createdAt,
  closedAt: reports.closedAt,
  email: users.email,
}

/** Everybody's reports, oldest first; for the operator, whose role reads all. */
export async function listReports({ closedToo }: { closedToo: boolean }) {
  return withDatabase((db) =>
    db
      .select(columns)
      .from(reports)
      .innerJoin(users, eq(users.id, reports.userId))
      .where(closedToo ? undefined : isNull(reports.closedAt))
      .orderBy(asc(reports.createdAt), asc(reports.id)),
  )
}

/** The reports whose id begins so, with the answer that each is about and the newest verdict on it; for the operator. */
export async function findReports(beginning: string) {
  return withDatabase((db) =>
    db
      .select({
        ...columns,
        answer: attempts.response,
        hints: attempts.hints,
        attemptId: reports.attemptId,
        attemptVersion: attempts.version,
        answeredAt: attempts.createdAt,
        verdict: sql<{ passed: boolean; checked: string; feedback: unknown } | null>`(
          select row_to_json(v) from verdicts v
          where v.user_id = ${reports.userId} and v.attempt_id = ${reports.attemptId}
          order by v.created_at desc, v.id desc limit 1
        )`,
      })
      .from(reports)
      .innerJoin(users, eq(users.id, reports.userId))
      .leftJoin(attempts, and(eq(attempts.userId, reports.userId), eq(attempts.id, reports.attemptId)))
      .where(sql`starts_with(${reports.id}::text, ${beginning})`)
      .limit(20),
  )
}

/** Closes a report; false when it was closed before or is not there. For the operator, whose role may. */
export async function closeReport(userId: string, id: string): Promise<boolean> {
  const closed = await withDatabase((db) =>
    db
      .update(reports)
      .set({ closedAt: sql`clock_timestamp()` })
      .where(and(eq(reports.userId, userId), eq(reports.id, id), isNull(reports.closedAt)))
      .returning({ id: reports.id }),
  )
  return closed.length > 0
}
