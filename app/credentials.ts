import { DatabaseUnavailable } from '@/db/errors'
import { getAccountForSignIn, getPasswordHash, rehashPassword } from '@/db/queries/accounts'
import { recordEvent, recordHouseEvent } from '@/db/queries/events'
import { clearSignInFailures, recordSignInFailure, returnSignIn, signInAllowed } from '@/db/queries/limits'
import type { LinkRefusal } from '@/db/queries/links'
import { isFreshSession } from '@/db/queries/sessions'
import { canonicalEmail } from './fields'
import { Busy, hashPassword, needsRehash, verifyPassword } from './passwords'
import type { Visitor } from './visitor'

/** Why somebody is not signed in, or a provider not linked. Only `suspended` tells of an account, and only to who knows its password. */
export type Refusal =
  | { code: 'mismatch' | 'suspended' | 'unavailable' | 'locked' }
  | { code: LinkRefusal | 'provider' | 'swapped' }
  | { code: 'limited' | 'busy'; retryAfter: number }

/** The refusal as the form shows it. */
export function inWords(refusal: Refusal): string {
  switch (refusal.code) {
    case 'mismatch':
      return 'That e-mail and password do not match. Nothing is locked.'
    case 'limited':
      return `Too many wrong tries for this address or from this network. Try again in ${inMinutes(refusal.retryAfter)}.`
    case 'locked':
      return 'Too many wrong tries for this address, over a long time. Ask for a new password by mail: its link lets you in.'
    case 'suspended':
      return 'This account is suspended. Whoever runs this site can say why.'
    case 'busy':
      return `Many people are signing in just now. Try again in ${refusal.retryAfter} seconds.`
    case 'provider':
      return 'That did not work: no answer came, or it was not for this browser. Nothing was changed. Try again.'
    case 'unverified':
      return 'No verified address came with it, so nobody was signed in. Verify your address there, or make an account here with a password.'
    case 'exists':
      return 'An account has this address already. Sign in the way you do, and link the other way in your settings.'
    case 'closed':
      return 'Sign-up is closed on this site. Whoever runs it can make an account for you.'
    case 'taken':
      return 'Another account here is linked with that one. Nothing was changed.'
    case 'another':
      return 'You are linked with another account there. Unlink it first.'
    case 'swapped':
      return 'You were signed out, or signed in anew, in between. Nothing was changed. Try again.'
    case 'unavailable':
      return 'The server cannot reach its database, so nobody can sign in. Try again in a moment.'
  }
}

function inMinutes(seconds: number): string {
  const count = Math.max(1, Math.ceil(seconds / 60))
  return count === 1 ? 'a minute' : `${count} minutes`
}

/**
 * Judges an e-mail and a password. One computation of argon2 on every path that gets past the limits, and the limits
 * count addresses as they were typed, whether an account has them or not.
 */
export async function checkCredentials(
  typedEmail: string,
  password: string,
  visitor: Visitor,
): Promise<{ account: { id: string } } | { refusal: Refusal }> {
  try {
    const email = canonicalEmail(typedEmail)
    const account = email ? await getAccountForSignIn(email) : null
    const refusal = await judge(
      email ?? `none:${visitor.origin}`,
      { id: account?.id ?? null, hash: account?.passwordHash ?? null },
      password,
      visitor,
    )
    if (refusal || !account) return { refusal: refusal ?? { code: 'mismatch' } }
    if (account.suspended) return { refusal: { code: 'suspended' } }
    const { passwordHash } = account
    if (passwordHash && needsRehash(passwordHash))
      await rehashPassword(account.id, passwordHash, await hashPassword(password))
    return { account: { id: account.id } }
  } catch (error) {
    if (error instanceof Busy) return { refusal: { code: 'busy', retryAfter: error.retryAfter } }
    if (error instanceof DatabaseUnavailable) return { refusal: { code: 'unavailable' } }
    throw error
  }
}

/** Asks for the present password of somebody who is signed in; wrong ones count like wrong sign-ins. */
export async function checkPassword(
  learner: { id: string; email: string },
  password: string,
  visitor: Visitor,
): Promise<Refusal | null> {
  const hash = await getPasswordHash(learner.id)
  return judge(learner.email, { id: learner.id, hash }, password, visitor)
}

/** Minutes after a sign-in in which somebody without a password counts as having just shown who they are. */
const FRESH_MINUTES = 5

/**
 * Asks again who somebody is, before what cannot be undone by them: by their password, or, where they have none, by a
 * sign-in a moment ago. Gives what to say in the form, or null.
 */
export async function askAgain(
  learner: { id: string; email: string; sessionId: string },
  password: string | undefined,
  visitor: Visitor,
): Promise<{ field?: string; text: string } | null> {
  if ((await getPasswordHash(learner.id)) === null) {
    if (await isFreshSession(learner.id, learner.sessionId, FRESH_MINUTES)) return null
    return {
      text: 'This asks for a sign-in of the last five minutes, because your account has no password. Sign out, sign in again, and come back here.',
    }
  }
  const refusal = await checkPassword(learner, password ?? '', visitor)
  if (!refusal) return null
  const text = refusal.code === 'mismatch' ? 'This is not your present password.' : inWords(refusal)
  return { field: 'currentPassword', text }
}

async function judge(
  email: string,
  { id, hash }: { id: string | null; hash: string | null },
  password: string,
  visitor: Visitor,
): Promise<Refusal | null> {
  const { origin } = visitor
  return inLine(email, async () => {
    const gate = await signInAllowed(email, origin)
    if (!gate.allowed)
      return gate.locked ? { code: 'locked' } : { code: 'limited', retryAfter: gate.retryAfter }
    const isRight = await verifyPassword(hash, password).catch(async (error: unknown) => {
      if (error instanceof Busy) await returnSignIn(email)
      throw error
    })
    if (isRight) {
      await clearSignInFailures(email)
      return null
    }
    await recordSignInFailure(origin)
    // One row on each path: an address that is known costs what an unknown one does.
    if (id) await recordEvent(id, 'sign-in-failed', visitor)
    else await recordHouseEvent('sign-in-failed', visitor)
    return { code: 'mismatch' }
  })
}

const lines = new Map<string, Promise<unknown>>()

/** One after the other for one address: every try counts as a wrong one until it is looked at, right ones made at once too. */
async function inLine<T>(email: string, work: () => Promise<T>): Promise<T> {
  const turn = (lines.get(email) ?? Promise.resolve()).then(work, work)
  lines.set(email, turn)
  try {
    return await turn
  } finally {
    if (lines.get(email) === turn) lines.delete(email)
  }
}

const PROVIDER_CODES = [
  'provider',
  'unverified',
  'exists',
  'closed',
  'suspended',
  'taken',
  'another',
  'swapped',
] as const

/** The words for a code that came back in an address; null for any other. */
export function wordsOfCode(code: unknown): string | null {
  const known = PROVIDER_CODES.find((one) => one === code)
  return known ? inWords({ code: known }) : null
}
