import { getAccountByEmail } from '@/db/queries/accounts'
import { recordEvent } from '@/db/queries/events'
import { createMailToken } from '@/db/queries/tokens'
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

/** Mails the link that proves the address of an account; nothing when it has had its letters of this hour. */
export async function mailVerification({ id, email }: Account): Promise<void> {
  const token = await createMailToken({
    accountId: id,
    purpose: 'verify',
    email,
    minutes: VERIFY_MINUTES,
  })
  if (token) await sendLetter(verifyLetter(email, token))
}

/** Mails the link that sets a new password, if there is such an account, and it is not suspended. */
export async function mailReset(typed: string, visitor: Visitor): Promise<void> {
  const email = canonicalEmail(typed)
  const account = email ? await getAccountByEmail(email) : null
  if (!account || account.suspendedAt) return
  const { id } = account
  const token = await createMailToken({
    accountId: id,
    purpose: 'reset',
    email: account.email,
    minutes: RESET_MINUTES,
  })
  if (!token) return
  await recordEvent(id, 'reset-asked', visitor)
  await sendLetter(resetLetter(account.email, token))
}

/** Mails the link that changes the address to the new one, and a notice to the present one. */
export async function mailChange({ id, email }: Account, wanted: string, visitor: Visitor): Promise<void> {
  const token = await createMailToken({
    accountId: id,
    purpose: 'change',
    email: wanted,
    minutes: RESET_MINUTES,
  })
  if (!token) return
  await recordEvent(id, 'email-change-asked', visitor)
  await Promise.all([sendLetter(changeLetter(wanted, token)), sendLetter(changeAskedLetter(email))])
}
