import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { withDatabase } from '../client'
import { passwords, users } from '../schema'
import { type From, noteEvent } from './events'
import { endTokens, revokeSessions, setPassword } from './tokens'

export type Background = NonNullable<(typeof users.$inferSelect)['background']>

/** Makes an account. Null when the address has one. `email` is canonical. */
export async function createAccount(
  account: { email: string; name: string; timeZone: string; passwordHash: string },
  from: From = null,
): Promise<{ id: string } | null> {
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
      await noteEvent(tx, made.id, 'created', from)
      return made
    }),
  )
}

/** By canonical address, with the hash: null in it for somebody who signs in by a provider only. */
export async function getAccountForSignIn(
  email: string,
): Promise<{ id: string; name: string; passwordHash: string | null; suspended: boolean } | null> {
  return withDatabase(async (db) => {
    const [found] = await db
      .select({
        id: users.id,
        name: users.name,
        passwordHash: passwords.hash,
        suspended: sql<boolean>`${users.suspendedAt} is not null`,
      })
      .from(users)
      .leftJoin(passwords, eq(passwords.userId, users.id))
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
  emailVerifiedAt: users.emailVerifiedAt,
  background: users.background,
}

export async function getAccount(id: string) {
  return withDatabase(async (db) => {
    const [found] = await db.select(account).from(users).where(eq(users.id, id))
    return found ?? null
  })
}

/** By canonical address. */
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

/** Sets a password, and ends every link that was mailed before. */
export async function changePassword(id: string, hash: string, from: From): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await setPassword(tx, id, hash)
      await endTokens(tx, id)
      await noteEvent(tx, id, 'password-changed', from)
    }),
  )
}

/** When the password was last set; null for somebody who has none. */
export async function getPasswordDate(id: string): Promise<Date | null> {
  return withDatabase(async (db) => {
    const [found] = await db
      .select({ changedAt: passwords.changedAt })
      .from(passwords)
      .where(eq(passwords.userId, id))
    return found?.changedAt ?? null
  })
}

export async function renameAccount(id: string, name: string, from: From): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await tx.update(users).set({ name }).where(eq(users.id, id))
      await noteEvent(tx, id, 'name-changed', from)
    }),
  )
}

export async function setBackground(id: string, background: Background | null): Promise<void> {
  await withDatabase((db) => db.update(users).set({ background }).where(eq(users.id, id)))
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
      await revokeSessions(tx, id)
      await noteEvent(tx, id, 'suspended', null)
    }),
  )
}

export async function unsuspendAccount(id: string): Promise<void> {
  await withDatabase((db) =>
    db.transaction(async (tx) => {
      await tx.update(users).set({ suspendedAt: null }).where(eq(users.id, id))
      await noteEvent(tx, id, 'unsuspended', null)
    }),
  )
}

/** Deletes a person and everything of theirs. For the operator: role `app` may not. */
export async function deleteAccount(id: string): Promise<void> {
  await withDatabase((db) => db.execute(sql`select forget_person(id, email) from ${users} where id = ${id}`))
}

/** Deletes the person of this live session and everything of theirs; false when the session is over. */
export async function deleteOwnAccount(sidHash: Buffer): Promise<boolean> {
  const [row] = await withDatabase((db) =>
    db.execute<{ gone: boolean }>(sql`select delete_own_account(${sidHash}) as gone`),
  )
  return row?.gone === true
}
