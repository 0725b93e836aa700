import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { type Transaction, withDatabase } from '../client'
import { linkedAccounts, passwords, users } from '../schema'
import { type From, noteEvent } from './events'
import { endTokens, revokeSessions } from './tokens'

export type Provider = (typeof linkedAccounts.$inferSelect)['provider']

/** Who a provider says is there. `email` is canonical, and null unless the provider says that it is verified. */
export type Identity = { provider: Provider; subject: string; email: string | null; name: string }

export type LinkRefusal = 'unverified' | 'exists' | 'closed' | 'suspended' | 'taken' | 'another'

/**
 * The account that a provider's word signs in to, or why none. The key is provider and subject. An address decides only
 * for somebody who is new here, and only a verified one: an account that has proved the same address is not touched (it
 * is linked from its settings), and one that has not is taken over by who proves it first: its password, its links and
 * its sessions end, because whoever made it may have been somebody else.
 */
export async function signInByProvider(
  identity: Identity,
  { signUpOpen, timeZone, from }: { signUpOpen: boolean; timeZone: string; from: From },
): Promise<{ accountId: string; isNew: boolean } | { refusal: LinkRefusal }> {
  const { provider, subject, email, name } = identity
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const known = await findLinked(tx, provider, subject)
      if (known) return known.suspended ? { refusal: 'suspended' } : { accountId: known.id, isNew: false }
      if (email === null) return { refusal: 'unverified' }
      const [person] = await tx.select().from(users).where(eq(users.email, email)).for('update')
      if (person?.suspendedAt) return { refusal: 'suspended' }
      if (person?.emailVerifiedAt) return { refusal: 'exists' }
      if (!person && !signUpOpen) return { refusal: 'closed' }
      const accountId = person
        ? await takeOver(tx, person.id, from)
        : await makeAccount(tx, { email, name, timeZone }, from)
      // Somebody made an account with this address in this moment.
      if (!accountId) return { refusal: 'exists' }
      await tx.insert(linkedAccounts).values({ userId: accountId, provider, subject, email })
      await noteEvent(tx, accountId, `linked:${provider}`, from)
      return { accountId, isNew: !person }
    }),
  )
}

async function findLinked(tx: Transaction, provider: Provider, subject: string) {
  const [found] = await tx
    .select({ id: users.id, suspended: sql<boolean>`${users.suspendedAt} is not null` })
    .from(linkedAccounts)
    .innerJoin(users, eq(users.id, linkedAccounts.userId))
    .where(and(eq(linkedAccounts.provider, provider), eq(linkedAccounts.subject, subject)))
  return found ?? null
}

/** The address was proved for the first time: nothing that signed in before does so any more. */
async function takeOver(tx: Transaction, userId: string, from: From): Promise<string> {
  const gone = await tx
    .delete(passwords)
    .where(eq(passwords.userId, userId))
    .returning({ id: passwords.userId })
  await tx.delete(linkedAccounts).where(eq(linkedAccounts.userId, userId))
  await endTokens(tx, userId)
  await revokeSessions(tx, userId)
  await tx.update(users).set({ emailVerifiedAt: sql`now()` }).where(eq(users.id, userId))
  if (gone.length > 0) await noteEvent(tx, userId, 'password-removed', from)
  await noteEvent(tx, userId, 'email-verified', from)
  return userId
}

async function makeAccount(
  tx: Transaction,
  person: { email: string; name: string; timeZone: string },
  from: From,
): Promise<string | null> {
  const [made] = await tx
    .insert(users)
    .values({ id: uuidv7(), ...person, emailVerifiedAt: sql`now()` })
    .onConflictDoNothing({ target: users.email })
    .returning({ id: users.id })
  if (made) await noteEvent(tx, made.id, 'created', from)
  return made?.id ?? null
}

/** Links what a provider says to somebody who is signed in. The address plays no part. Null, or why not. */
export async function linkProvider(
  accountId: string,
  { provider, subject, email }: Identity,
  from: From,
): Promise<LinkRefusal | null> {
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const known = await findLinked(tx, provider, subject)
      if (known) return known.id === accountId ? null : 'taken'
      const [made] = await tx
        .insert(linkedAccounts)
        .values({ userId: accountId, provider, subject, email })
        .onConflictDoNothing()
        .returning({ userId: linkedAccounts.userId })
      if (!made) return 'another'
      await noteEvent(tx, accountId, `linked:${provider}`, from)
      return null
    }),
  )
}

/** Takes a provider away. False when it is the last way in, or is not linked. */
export async function unlinkProvider(accountId: string, provider: string, from: From): Promise<boolean> {
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      // Two at once must not take each other's last way: the row of the person is the lock.
      await tx.select({ id: users.id }).from(users).where(eq(users.id, accountId)).for('update')
      const named = linkedAccounts.provider
      const others = await tx.$count(
        linkedAccounts,
        and(eq(linkedAccounts.userId, accountId), ne(sql`${named}`, provider)),
      )
      const words = await tx.$count(passwords, eq(passwords.userId, accountId))
      if (others + words === 0) return false
      const gone = await tx
        .delete(linkedAccounts)
        .where(and(eq(linkedAccounts.userId, accountId), eq(sql`${named}`, provider)))
        .returning({ provider: linkedAccounts.provider })
      if (gone[0]) await noteEvent(tx, accountId, `unlinked:${gone[0].provider}`, from)
      return gone.length > 0
    }),
  )
}

/** What signs somebody in besides a password. */
export async function listLinks(accountId: string) {
  return withDatabase((db) =>
    db
      .select({
        provider: linkedAccounts.provider,
        email: linkedAccounts.email,
        linkedAt: linkedAccounts.linkedAt,
      })
      .from(linkedAccounts)
      .innerJoin(users, and(eq(users.id, linkedAccounts.userId), isNull(users.suspendedAt)))
      .where(eq(linkedAccounts.userId, accountId))
      .orderBy(asc(linkedAccounts.provider)),
  )
}
