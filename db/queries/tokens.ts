import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { type Transaction, withDatabase } from '../client'
import { accountTokens, linkedAccounts, passwords, sessions, signInFailures, users } from '../schema'
import { type From, noteEvent } from './events'
import { hashOfAddress } from './limits'

export type Purpose = 'reset' | 'verify' | 'change'

/** What is kept of a link. The purpose goes into the hash: a link of one purpose is no link of another. */
function hashOfToken(purpose: Purpose, token: string): Buffer {
  return createHash('sha256')
    .update(purpose === 'reset' ? token : `${purpose}:${token}`)
    .digest()
}

const isOpen = and(isNull(accountTokens.usedAt), gt(accountTokens.expiresAt, sql`now()`))

/** Ends every open link of a person, in the transaction that makes them worthless. */
export async function endTokens(
  tx: Pick<Transaction, 'update'>,
  userId: string,
  purpose?: Purpose,
): Promise<void> {
  await tx
    .update(accountTokens)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(accountTokens.userId, userId),
        isNull(accountTokens.usedAt),
        purpose && eq(accountTokens.purpose, purpose),
      ),
    )
}

/**
 * Makes a link that is mailed to `email`, good once, for `minutes`: 256 random bits, of which only a hash is kept. Earlier
 * links to reset stay good, so that whoever keeps asking for new ones cannot take the last one away; an earlier change of
 * address ends.
 */
export async function createMailToken(link: {
  accountId: string
  purpose: Purpose
  email: string
  minutes: number
}): Promise<string> {
  const { accountId: userId, purpose, email, minutes } = link
  const token = randomBytes(32).toString('base64url')
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      if (purpose === 'change') await endTokens(tx, userId, 'change')
      await tx.insert(accountTokens).values({
        userId,
        tokenHash: hashOfToken(purpose, token),
        purpose,
        email,
        expiresAt: sql`now() + make_interval(mins => ${minutes})`,
        createdAt: sql`clock_timestamp()`,
      })
      return token
    }),
  )
}

/** A link that sets a new password, once, for the operator to hand over; older ones of the person end. */
export async function createResetLink(userId: string, minutes: number): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await endTokens(tx, userId, 'reset')
      const expiresAt = sql`now() + make_interval(mins => ${minutes})`
      await tx.insert(accountTokens).values({ userId, tokenHash: hashOfToken('reset', token), expiresAt })
      await noteEvent(tx, userId, 'reset-link-given', null)
    }),
  )
  return token
}

/** Takes a link and closes it. Of many at once exactly one gets it; nobody gets one of somebody suspended. */
async function takeToken(tx: Transaction, purpose: Purpose, token: string) {
  const [taken] = await tx
    .update(accountTokens)
    .set({ usedAt: sql`now()` })
    .where(and(eq(accountTokens.tokenHash, hashOfToken(purpose, token)), isOpen))
    .returning({ userId: accountTokens.userId, email: accountTokens.email })
  if (!taken) return null
  const [person] = await tx
    .select({ id: users.id, email: users.email, emailVerifiedAt: users.emailVerifiedAt })
    .from(users)
    .where(and(eq(users.id, taken.userId), isNull(users.suspendedAt)))
    .for('update')
  return person ? { person, mailedTo: taken.email } : null
}

/**
 * Spends a link to reset: sets the password, ends every session and every other link, forgets counted failures. A link
 * that came by mail proves the address; where it had not been proved before, whatever signs in besides goes, because
 * whoever made the account may have been somebody else. The account's id, or null when the link is not good any more.
 */
export async function useResetToken(
  token: string,
  passwordHash: string,
  from: From = null,
): Promise<string | null> {
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const taken = await takeToken(tx, 'reset', token)
      if (!taken) return null
      const { person, mailedTo } = taken
      await endTokens(tx, person.id)
      await setPassword(tx, person.id, passwordHash)
      await revokeSessions(tx, person.id)
      await tx.delete(signInFailures).where(eq(signInFailures.emailHash, hashOfAddress(person.email)))
      await noteEvent(tx, person.id, 'password-reset', from)
      if (mailedTo === person.email && person.emailVerifiedAt === null) {
        await tx.delete(linkedAccounts).where(eq(linkedAccounts.userId, person.id))
        await markVerified(tx, person.id)
        await noteEvent(tx, person.id, 'email-verified', from)
      }
      return person.id
    }),
  )
}

/** Whom a link to reset that can still be used belongs to: a new password is held against their name and address. */
export async function findResetPerson(token: string): Promise<{ name: string; email: string } | null> {
  return withDatabase(async (db) => {
    const [person] = await db
      .select({ name: users.name, email: users.email })
      .from(accountTokens)
      .innerJoin(users, eq(users.id, accountTokens.userId))
      .where(and(eq(accountTokens.tokenHash, hashOfToken('reset', token)), isOpen, isNull(users.suspendedAt)))
    return person ?? null
  })
}

/** What a link would do, without doing it; null when it is not good any more. */
export async function getMailToken(token: string): Promise<{ purpose: Purpose; email: string } | null> {
  return withDatabase(async (db) => {
    for (const purpose of ['verify', 'change'] as const) {
      const [found] = await db
        .select({ email: accountTokens.email })
        .from(accountTokens)
        .innerJoin(users, eq(users.id, accountTokens.userId))
        .where(
          and(eq(accountTokens.tokenHash, hashOfToken(purpose, token)), isOpen, isNull(users.suspendedAt)),
        )
      if (found) return { purpose, email: found.email ?? '' }
    }
    return null
  })
}

export type Proved =
  | { outcome: 'verified'; accountId: string }
  | { outcome: 'changed'; accountId: string; email: string; former: string }
  | { outcome: 'taken' }

/** Spends a link that proves an address: the present one, or the one that takes its place. Null when it is not good. */
export async function useMailToken(token: string, from: From): Promise<Proved | null> {
  return withDatabase((db) =>
    db.transaction(async (tx): Promise<Proved | null> => {
      const verify = await takeToken(tx, 'verify', token)
      if (verify) {
        const { person, mailedTo } = verify
        if (mailedTo !== person.email) return null
        await endTokens(tx, person.id, 'verify')
        if (person.emailVerifiedAt === null) {
          await markVerified(tx, person.id)
          await noteEvent(tx, person.id, 'email-verified', from)
        }
        return { outcome: 'verified', accountId: person.id }
      }
      const change = await takeToken(tx, 'change', token)
      if (!change?.mailedTo) return null
      const { person, mailedTo: email } = change
      const [holder] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email))
      if (holder && holder.id !== person.id) return { outcome: 'taken' }
      await endTokens(tx, person.id)
      await tx.update(users).set({ email, emailVerifiedAt: sql`now()` }).where(eq(users.id, person.id))
      await tx.delete(signInFailures).where(eq(signInFailures.emailHash, hashOfAddress(person.email)))
      await noteEvent(tx, person.id, 'email-changed', from)
      return { outcome: 'changed', accountId: person.id, email, former: person.email }
    }),
  ).catch((error: unknown): Proved => {
    // Two who take one address at the same moment: the index lets one through.
    if (isTaken(error)) return { outcome: 'taken' }
    throw error
  })
}

function isTaken(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if ((at as Error & { code?: unknown }).code === '23505') return true
  return false
}

async function markVerified(tx: Transaction, userId: string): Promise<void> {
  await tx.update(users).set({ emailVerifiedAt: sql`now()` }).where(eq(users.id, userId))
}

/** Sets a password, the first one of somebody who signs in by a provider too. */
export async function setPassword(
  tx: Pick<Transaction, 'insert'>,
  userId: string,
  hash: string,
): Promise<void> {
  await tx
    .insert(passwords)
    .values({ userId, hash })
    .onConflictDoUpdate({ target: passwords.userId, set: { hash, changedAt: sql`now()` } })
}

/** Ends every session of a person, in a transaction. */
export async function revokeSessions(tx: Pick<Transaction, 'update'>, userId: string): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt)))
}

/** Takes away links that ended more than a day ago, in a transaction. */
export async function sweepTokens(tx: Pick<Transaction, 'delete'>): Promise<void> {
  await tx.delete(accountTokens).where(lt(accountTokens.expiresAt, sql`now() - interval '1 day'`))
}
