import { createHash, randomBytes } from 'node:crypto'
import { cookies } from 'next/headers'
import { deleteOwnAccount } from '@/db/queries/accounts'
import { type AccountEvent, recordEvent } from '@/db/queries/events'
import { createSession, findSession, revokeSession, touchSession } from '@/db/queries/sessions'
import { env } from './env'
import type { Visitor } from './visitor'

/** Who is signed in, as far as pages and handlers need to know. */
export type Learner = {
  id: string
  name: string
  email: string
  timeZone: string
  /** Names the session in the list of devices; of no use as a cookie. */
  sessionId: string
}

const DAY = 24 * 60 * 60
/** Idle and absolute end of a session, in seconds; Postgres is the judge of both. */
export const SESSION = { idleSeconds: 14 * DAY, absoluteSeconds: 30 * DAY }
const TOUCH_EVERY_MS = 5 * 60 * 1000

const prefix = env.isHttps ? '__Host-' : ''
export const SESSION_COOKIE = `${prefix}slipway-session`
export const CSRF_COOKIE = `${prefix}slipway-csrf`
export const COOKIE = { httpOnly: true, sameSite: 'lax', path: '/', secure: env.isHttps } as const

/** The cookie's value is 32 random bytes and nothing else. */
export const isSid = (value: unknown): value is string =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value)

/** What the database knows of a session: it cannot be turned back into a cookie. */
const hashOf = (sid: string) => createHash('sha256').update(sid).digest()

/** Exactly one cookie of exactly this name: next-auth would join every cookie whose name begins with it. */
export async function currentSid(): Promise<string | null> {
  const value = (await cookies()).get(SESSION_COOKIE)?.value
  return isSid(value) ? value : null
}

/**
 * Sessions that this process accepted in the last ten minutes: while Postgres cannot be reached they may read lessons,
 * nothing else. One that is seen to end is taken out at once.
 */
const accepted = new Map<string, { learner: Learner; at: number }>()
const REMEMBERED_MS = 10 * 60 * 1000
const MOST_REMEMBERED = 10_000

/** The person that a live session belongs to, from Postgres. Throws `DatabaseUnavailable`. */
export async function findLearner(sid: string): Promise<Learner | null> {
  const hash = hashOf(sid)
  const key = hash.toString('base64')
  const found = await findSession(hash)
  accepted.delete(key)
  if (!found) return null
  const learner: Learner = {
    id: found.accountId,
    name: found.name,
    email: found.email,
    timeZone: found.timeZone,
    sessionId: found.sessionId,
  }
  accepted.set(key, { learner, at: Date.now() })
  if (accepted.size > MOST_REMEMBERED) accepted.delete(accepted.keys().next().value as string)
  if (Date.now() - found.lastSeenAt.getTime() > TOUCH_EVERY_MS) await touchSession(hash, SESSION.idleSeconds)
  return learner
}

/** What `findLearner` said within the last ten minutes in this process. */
export function recallLearner(sid: string): Learner | null {
  const known = accepted.get(hashOf(sid).toString('base64'))
  return known && Date.now() - known.at <= REMEMBERED_MS ? known.learner : null
}

/** Forgets what this process remembers of a person: call it when some of their sessions were revoked. */
export function forgetLearner(id: string): void {
  for (const [key, { learner }] of accepted) if (learner.id === id) accepted.delete(key)
}

/**
 * Makes the row of a new session and gives the cookie's value; the session that this browser had before ends. `what` goes
 * into the log of the account.
 */
export async function openSession(
  accountId: string,
  visitor: Visitor,
  former: string | null,
  what: AccountEvent | null = null,
): Promise<string> {
  const sid = randomBytes(32).toString('base64url')
  const session = { accountId, sidHash: hashOf(sid), device: visitor.device, ...SESSION }
  await createSession(session, what && { what, from: visitor })
  if (former) await closeSession(former)
  return sid
}

/** Deletes the person of this session with everything of theirs; false when it is over. */
export async function deletePersonOf(sid: string): Promise<boolean> {
  return deleteOwnAccount(hashOf(sid))
}

/** From here on the cookie is worth nothing, in every process. With `visitor` it is a sign-out, and goes into the log. */
export async function closeSession(sid: string, visitor?: Visitor): Promise<void> {
  accepted.delete(hashOf(sid).toString('base64'))
  const accountId = await revokeSession(hashOf(sid))
  if (accountId && visitor) await recordEvent(accountId, 'sign-out', visitor)
}
