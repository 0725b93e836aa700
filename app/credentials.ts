import { DatabaseUnavailable } from '@/db/errors'
import { getAccountForSignIn, getPasswordHash, rehashPassword } from '@/db/queries/accounts'
import { clearSignInFailures, recordSignInFailure, returnSignIn, signInAllowed } from '@/db/queries/limits'
import { canonicalEmail } from './fields'
import { Busy, hashPassword, needsRehash, verifyPassword } from './passwords'
import type { Visitor } from './visitor'

/** Why somebody is not signed in. Only `suspended` tells of an account, and only to who knows its password. */
export type Refusal =
  | { code: 'mismatch' | 'suspended' | 'unavailable' | 'locked' }
  | { code: 'limited' | 'busy'; retryAfter: number }

/** The refusal as the form shows it. */
export function inWords(refusal: Refusal): string {
  switch (refusal.code) {
    case 'mismatch':
      return 'That e-mail and password do not match. Nothing is locked.'
    case 'limited':
      return `Too many wrong tries for this address or from this network. Try again in ${inMinutes(refusal.retryAfter)}.`
    case 'locked':
      return 'Too many wrong tries for this address, over a long time. Whoever runs this site can give out a link that sets a new password.'
    case 'suspended':
      return 'This account is suspended. Whoever runs this site can say why.'
    case 'busy':
      return `Many people are signing in just now. Try again in ${refusal.retryAfter} seconds.`
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
      account?.passwordHash ?? null,
      password,
      visitor,
    )
    if (refusal || !account) return { refusal: refusal ?? { code: 'mismatch' } }
    if (account.suspended) return { refusal: { code: 'suspended' } }
    if (needsRehash(account.passwordHash))
      await rehashPassword(account.id, account.passwordHash, await hashPassword(password))
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
  return judge(learner.email, await getPasswordHash(learner.id), password, visitor)
}

async function judge(
  email: string,
  hash: string | null,
  password: string,
  { origin }: Visitor,
): Promise<Refusal | null> {
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
