import { desc, eq, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { type Transaction, withDatabase } from '../client'
import { accountEvents, houseEvents } from '../schema'

/** From which device and network something was done; null for the operator's hand. */
export type From = { device: string; origin: string } | null

/** What can happen to an account. What stands behind a colon is the way: `password`, or a provider. */
export type AccountEvent =
  | 'created'
  | `sign-in:${string}`
  | 'sign-in-failed'
  | 'sign-out'
  | 'device-signed-out'
  | 'all-signed-out'
  | 'name-changed'
  | 'password-changed'
  | 'password-reset'
  | 'password-removed'
  | 'reset-asked'
  | 'reset-link-given'
  | 'email-verified'
  | 'email-change-asked'
  | 'email-changed'
  | `linked:${string}`
  | `unlinked:${string}`
  | 'exported'
  | 'imported'
  | 'suspended'
  | 'unsuspended'

const row = (what: string, from: From) => ({
  id: uuidv7(),
  what,
  device: from?.device ?? null,
  origin: from?.origin ?? null,
})

/** Writes into the log of a person, in a transaction that does what is written. */
export async function noteEvent(
  tx: Pick<Transaction, 'insert'>,
  userId: string,
  what: AccountEvent,
  from: From,
): Promise<void> {
  await tx.insert(accountEvents).values({ userId, ...row(what, from) })
}

/** Writes into the log of a person. */
export async function recordEvent(userId: string, what: AccountEvent, from: From): Promise<void> {
  await withDatabase((db) => noteEvent(db, userId, what, from))
}

/** Writes down what happened to nobody who has an account. */
export async function recordHouseEvent(what: 'sign-in-failed', from: From): Promise<void> {
  await withDatabase((db) => db.insert(houseEvents).values(row(what, from)))
}

/** The log of a person, newest first. */
export async function listEvents(userId: string, most: number) {
  return withDatabase((db) =>
    db
      .select({
        id: accountEvents.id,
        what: accountEvents.what,
        device: accountEvents.device,
        createdAt: accountEvents.createdAt,
      })
      .from(accountEvents)
      .where(eq(accountEvents.userId, userId))
      .orderBy(desc(accountEvents.createdAt), desc(accountEvents.id))
      .limit(most),
  )
}

/** Takes away what happened more than a year ago. Only the owner of the tables may: the database does it, and decides how old. */
export async function sweepEvents(tx: Pick<Transaction, 'execute'>): Promise<void> {
  await tx.execute(sql`select sweep_events()`)
}
