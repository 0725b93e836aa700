import { createHmac } from 'node:crypto'
import { getAccountByEmail } from '@/db/queries/accounts'
import { recordEvent } from '@/db/queries/events'
import { type Turn, takeToken } from '@/db/queries/limits'
import { createMailToken, type Purpose } from '@/db/queries/tokens'
import { env } from './env'
import { canonicalEmail } from './fields'
import {
  changeAskedLetter,
  changeLetter,
  RESET_MINUTES,
  resetLetter,
  VERIFY_MINUTES,
  verifyLetter,
} from './letters'
import { sendLetter } from './mail'
import type { Visitor } from './visitor'

/** Links by mail. Each is called after the answer was sent: how long it takes tells nobody whether an address is known. */

type Account = { id: string; email: string }

/** Names an address in a counter that outlives its account: whoever reads the counters cannot try addresses against it. */
const nameOf = (email: string) =>
  createHmac('sha256', env.AUTH_SECRET).update(`address ${email}`).digest('base64url').slice(0, 22)

/**
 * A link for a letter to `email`, whoever asks; null when the address has had its letters. Three at once and one more an hour
 * are never more than three within an hour. An account that ends takes its links along and not this count: else somebody
 * could make and end one on an address of somebody else's, a letter each time.
 */
async function linkFor(
  account: Account,
  purpose: Purpose,
  email: string,
  minutes: number,
): Promise<string | null> {
  const turn = await takeToken({ bucket: `letters:${nameOf(email)}`, capacity: 3, perSecond: 1 / 3600 })
  return turn.allowed ? createMailToken({ accountId: account.id, purpose, email, minutes }) : null
}

/**
 * Whether the holder of an address can be told of one more change to their account. A change that they could not be told of
 * is not made: otherwise, on an address that is somebody else's, each would be a letter to them. Only who is signed in and
 * has shown the password again takes a turn.
 */
export function mayTell(email: string): Promise<Turn> {
  return takeToken({ bucket: `changes:${nameOf(email)}`, capacity: 5, perSecond: 1 / 3600 })
}

/** Mails the link that proves the address of an account; nothing when it has had its letters of this hour. */
export async function mailVerification({ id, email }: Account): Promise<void> {
  const token = await linkFor({ id, email }, 'verify', email, VERIFY_MINUTES)
  if (token) await sendLetter(verifyLetter(email, token))
}

/** Mails the link that sets a new password, if there is such an account, and it is not suspended. */
export async function mailReset(typed: string, visitor: Visitor): Promise<void> {
  const email = canonicalEmail(typed)
  const account = email ? await getAccountByEmail(email) : null
  if (!account || account.suspendedAt) return
  const token = await linkFor(account, 'reset', account.email, RESET_MINUTES)
  if (!token) return
  await recordEvent(account.id, 'reset-asked', visitor)
  await sendLetter(resetLetter(account.email, token))
}

/** Mails the link that changes the address to the new one, and a notice to the present one. */
export async function mailChange(account: Account, wanted: string, visitor: Visitor): Promise<void> {
  const token = await linkFor(account, 'change', wanted, RESET_MINUTES)
  if (!token) return
  await recordEvent(account.id, 'email-change-asked', visitor)
  await Promise.all([sendLetter(changeLetter(wanted, token)), sendLetter(changeAskedLetter(account.email))])
}
