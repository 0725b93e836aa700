import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { type Transaction, withDatabase } from '../client'
import { sessions, users } from '../schema'
import { type AccountEvent, type From, noteEvent } from './events'

const inSeconds = (seconds: number) => sql`now() + make_interval(secs => ${seconds})`

/** Begins a session. `sidHash` is SHA-256 of the cookie; `device` what the list of devices calls it; `event` is logged. */
export async function createSession(
  session: {
    accountId: string
    sidHash: Buffer
    device: string
    idleSeconds: number
    absoluteSeconds: number
  },
  event: { what: AccountEvent; from: From } | null = null,
): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await tx.insert(sessions).values({
        userId: session.accountId,
        id: uuidv7(),
        sidHash: session.sidHash,
        device: session.device,
        idleExpiresAt: inSeconds(Math.min(session.idleSeconds, session.absoluteSeconds)),
        expiresAt: inSeconds(session.absoluteSeconds),
      })
      if (event) await noteEvent(tx, session.accountId, event.what, event.from)
    }),
  )
}

/** Whether this session began at most so many minutes ago: then its person has just shown who they are. */
export async function isFreshSession(accountId: string, id: string, minutes: number): Promise<boolean> {
  return withDatabase(async (db) => {
    const young = gt(sessions.createdAt, sql`now() - make_interval(mins => ${minutes})`)
    return (
      (await db.$count(sessions, and(eq(sessions.userId, accountId), eq(sessions.id, id), isLive, young))) > 0
    )
  })
}

const isLive = and(
  isNull(sessions.revokedAt),
  gt(sessions.idleExpiresAt, sql`now()`),
  gt(sessions.expiresAt, sql`now()`),
)

/** The person a cookie stands for: not revoked, not expired, not suspended. One query. */
export async function findSession(sidHash: Buffer) {
  return withDatabase(async (db) => {
    const [found] = await db
      .select({
        sessionId: sessions.id,
        accountId: users.id,
        name: users.name,
        email: users.email,
        timeZone: users.timeZone,
        lastSeenAt: sessions.lastSeenAt,
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(and(eq(sessions.sidHash, sidHash), isLive, isNull(users.suspendedAt)))
    return found ?? null
  })
}

/** The session was used: its idle end moves, never past its absolute one. Call it at most every few minutes. */
export async function touchSession(sidHash: Buffer, idleSeconds: number): Promise<void> {
  await withDatabase((db) =>
    db
      .update(sessions)
      .set({
        lastSeenAt: sql`now()`,
        idleExpiresAt: sql`least(${inSeconds(idleSeconds)}, ${sessions.expiresAt})`,
      })
      .where(and(eq(sessions.sidHash, sidHash), isLive)),
  )
}

/** Ends a session; whose it was, or null when it was over already. */
export async function revokeSession(sidHash: Buffer): Promise<string | null> {
  return withDatabase(async (db) => {
    const [gone] = await db
      .update(sessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(sessions.sidHash, sidHash), isNull(sessions.revokedAt)))
      .returning({ accountId: sessions.userId })
    return gone?.accountId ?? null
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whether this person had such a live session. */
export async function revokeSessionById(accountId: string, id: string): Promise<boolean> {
  if (!UUID.test(id)) return false
  return withDatabase(async (db) => {
    const gone = await db
      .update(sessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(sessions.userId, accountId), eq(sessions.id, id), isLive))
      .returning({ id: sessions.id })
    return gone.length > 0
  })
}

/** Ends every session of a person, or all but the one named. */
export async function revokeAllSessions(accountId: string, exceptId?: string): Promise<void> {
  await withDatabase((db) =>
    db
      .update(sessions)
      .set({ revokedAt: sql`now()` })
      .where(
        and(
          eq(sessions.userId, accountId),
          isNull(sessions.revokedAt),
          exceptId === undefined ? undefined : ne(sessions.id, exceptId),
        ),
      ),
  )
}

/** The devices that are signed in, the one last used first. */
export async function listSessions(accountId: string) {
  return withDatabase((db) =>
    db
      .select({
        id: sessions.id,
        device: sessions.device,
        createdAt: sessions.createdAt,
        lastSeenAt: sessions.lastSeenAt,
      })
      .from(sessions)
      .where(and(eq(sessions.userId, accountId), isLive))
      .orderBy(desc(sessions.lastSeenAt)),
  )
}

/** Takes away rows that ended more than thirty days ago. */
export async function sweepSessions(tx: Transaction): Promise<void> {
  await tx.execute(
    sql`delete from ${sessions} where least(coalesce(revoked_at, expires_at), expires_at) < now() - interval '30 days'`,
  )
}
