import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { withDatabase } from '../client'
import { passwords, resetTokens, sessions, signInFailures, users } from '../schema'
import { hashOfAddress } from './limits'

/** Makes an account. Null when the address has one. `email` is canonical. */
export async function createAccount(account: {
  email: string
  name: string
  timeZone: string
  passwordHash: string
}): Promise<{ id: string } | null> {
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const { passwordHash, ...person } = account
      const [made] = await tx
        .insert(users)
        .values({ id: uuidv7(), ...person })
        .onConflictDoNothing({ target: users.email })
        .returning({ id: users.id })
      if (!made) return null
      await tx.insert(passwords).values({ userId: made.id, hash: passwordHash })
      return made
    }),
  )
}

export async function getAccountForSignIn(
  email: string,
): Promise<{ id: string; name: string; passwordHash: string; suspended: boolean } | null> {
  return withDatabase(async (db) => {
    const [found] = await db
      .select({
        id: users.id,
        name: users.name,
        passwordHash: passwords.hash,
        suspended: sql<boolean>`${users.suspendedAt} is not null`,
      })
      .from(users)
      .innerJoin(passwords, eq(passwords.userId, users.id))
      .where(eq(users.email, email))
    return found ?? null
  })
}

const account = {
  id: users.id,
  email: users.email,
  name: users.name,
  timeZone: users.timeZone,
  createdAt: users.createdAt,
  suspendedAt: users.suspendedAt,
}

export async function getAccount(id: string) {
  return withDatabase(async (db) => {
    const [found] = await db.select(account).from(users).where(eq(users.id, id))
    return found ?? null
  })
}

/** For the operator: by canonical address. */
export async function getAccountByEmail(email: string) {
  return withDatabase(async (db) => {
    const [found] = await db.select(account).from(users).where(eq(users.email, email))
    return found ?? null
  })
}

/** For the operator: everybody, oldest first. */
export async function listAccounts() {
  return withDatabase((db) => db.select(account).from(users).orderBy(asc(users.createdAt), asc(users.id)))
}

export async function getPasswordHash(id: string): Promise<string | null> {
  return withDatabase(async (db) => {
    const [found] = await db.select({ hash: passwords.hash }).from(passwords).where(eq(passwords.userId, id))
    return found?.hash ?? null
  })
}

/** Replaces a hash that was made with weaker parameters, unless the password was changed meanwhile. */
export async function rehashPassword(id: string, before: string, after: string): Promise<void> {
  await withDatabase((db) =>
    db
      .update(passwords)
      .set({ hash: after })
      .where(and(eq(passwords.userId, id), eq(passwords.hash, before))),
  )
}

export async function changePassword(id: string, hash: string): Promise<void> {
  await withDatabase((db) =>
    db.update(passwords).set({ hash, changedAt: sql`now()` }).where(eq(passwords.userId, id)),
  )
}

export async function renameAccount(id: string, name: string): Promise<void> {
  await withDatabase((db) => db.update(users).set({ name }).where(eq(users.id, id)))
}

/** `timeZone` is an IANA name. Days already counted stay as they are. */
export async function setTimeZone(id: string, timeZone: string): Promise<void> {
  await withDatabase((db) => db.update(users).set({ timeZone }).where(eq(users.id, id)))
}

/** Ends every session at once. For the operator. */
export async function suspendAccount(id: string): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await tx
        .update(users)
        .set({ suspendedAt: sql`now()` })
        .where(and(eq(users.id, id), isNull(users.suspendedAt)))
      await tx
        .update(sessions)
        .set({ revokedAt: sql`now()` })
        .where(and(eq(sessions.userId, id), isNull(sessions.revokedAt)))
    }),
  )
}

export async function unsuspendAccount(id: string): Promise<void> {
  await withDatabase((db) => db.update(users).set({ suspendedAt: null }).where(eq(users.id, id)))
}

/** Deletes a person and everything of theirs. For the operator: role `app` may not. */
export async function deleteAccount(id: string): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      const [gone] = await tx.delete(users).where(eq(users.id, id)).returning({ email: users.email })
      if (gone) await tx.delete(signInFailures).where(eq(signInFailures.emailHash, hashOfAddress(gone.email)))
    }),
  )
}

/** A link that sets a new password, once. Only its hash is kept; older links of the person end. For the operator. */
export async function createResetToken(id: string, tokenHash: Buffer, minutes: number): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await tx.delete(resetTokens).where(eq(resetTokens.userId, id))
      const expiresAt = sql`now() + make_interval(mins => ${minutes})`
      await tx.insert(resetTokens).values({ userId: id, tokenHash, expiresAt })
    }),
  )
}

const isOpenLink = (tokenHash: Buffer) =>
  and(eq(resetTokens.tokenHash, tokenHash), isNull(resetTokens.usedAt), gt(resetTokens.expiresAt, sql`now()`))

/** Whom a link that can still be used belongs to: a new password is held against their name and address. */
export async function findResetPerson(tokenHash: Buffer): Promise<{ name: string; email: string } | null> {
  return withDatabase(async (db) => {
    const [person] = await db
      .select({ name: users.name, email: users.email })
      .from(resetTokens)
      .innerJoin(users, eq(users.id, resetTokens.userId))
      .where(and(isOpenLink(tokenHash), isNull(users.suspendedAt)))
    return person ?? null
  })
}

/**
 * Spends a link: sets the password, ends every session, forgets counted failures. The account's id, or null when the
 * link is unknown, used, too old, or of somebody suspended. Of many at once exactly one succeeds.
 */
export async function useResetToken(tokenHash: Buffer, passwordHash: string): Promise<string | null> {
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const [token] = await tx
        .update(resetTokens)
        .set({ usedAt: sql`now()` })
        .where(isOpenLink(tokenHash))
        .returning({ userId: resetTokens.userId })
      if (!token) return null
      const [person] = await tx
        .select({ email: users.email })
        .from(users)
        .where(and(eq(users.id, token.userId), isNull(users.suspendedAt)))
      if (!person) return null
      await tx
        .update(passwords)
        .set({ hash: passwordHash, changedAt: sql`now()` })
        .where(eq(passwords.userId, token.userId))
      await tx
        .update(sessions)
        .set({ revokedAt: sql`now()` })
        .where(and(eq(sessions.userId, token.userId), isNull(sessions.revokedAt)))
      await tx.delete(signInFailures).where(eq(signInFailures.emailHash, hashOfAddress(person.email)))
      return token.userId
    }),
  )
}
