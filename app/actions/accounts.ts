'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { after } from 'next/server'
import { z } from 'zod'
import {
  createAccount,
  getAccount,
  renameAccount,
  setBackground,
  setTimeZone,
  changePassword as storePassword,
} from '@/db/queries/accounts'
import { recordEvent } from '@/db/queries/events'
import { type Turn, takeToken } from '@/db/queries/limits'
import { revokeAllSessions, revokeSessionById } from '@/db/queries/sessions'
import {
  findResetPerson,
  useMailToken as spendMailToken,
  useResetToken as spendResetToken,
} from '@/db/queries/tokens'
import { mailChange, mailReset, mailVerification, mayTell } from '../account-mail'
import { endSession, leaveForGood, signInWithPassword, startSession } from '../auth'
import { safePath } from '../callback-url'
import { askAgain, inWords } from '../credentials'
import { env } from '../env'
import { background, canonicalEmail, email, hiddenTimeZone, personName, timeZone } from '../fields'
import { changedLetter, passwordLetter } from '../letters'
import { forgetLetters, sendLetter } from '../mail'
import { hashPassword, passwordProblem } from '../passwords'
import { forgetLearner } from '../sessions'
import { currentVisitor } from '../visitor'
import { action } from './action'

const typedPassword = z.string().max(10_000, 'Use at most 256 characters.')
const callbackUrl = z.string().max(5000).optional().transform(safePath)

/** Makes an account and signs in at once. Fields: `name`, `email`, `password`; hidden `timeZone`, `callbackUrl`. */
export const signUp = action(
  'anyone',
  { name: personName, email, password: typedPassword, timeZone: hiddenTimeZone, callbackUrl },
  async (sent) => {
    if (env.SIGN_UP === 'closed') {
      return {
        error: { text: 'Sign-up is closed on this site. Whoever runs it can make an account for you.' },
      }
    }
    const problem = passwordProblem(sent.password, sent)
    if (problem) return { error: { field: 'password', text: problem.text } }
    const { origin } = await currentVisitor()
    const turn = await takeToken({ bucket: `sign-up:${origin}`, capacity: 20, perSecond: 20 / 3600 })
    if (!turn.allowed) {
      const text = `Too many accounts were made from this network in the last hour. Try again in ${minutes(turn.retryAfter)}.`
      return { error: { text } }
    }
    const passwordHash = await hashPassword(sent.password)
    const { email: address, name, timeZone: zone } = sent
    const account = await createAccount(
      { email: address, name, timeZone: zone, passwordHash },
      await currentVisitor(),
    )
    if (!account) {
      return {
        error: { field: 'email', text: 'An account with this address exists. Sign in with it instead.' },
      }
    }
    await startSession(account.id)
    after(() => mailVerification({ id: account.id, email: address }))
    redirect(sent.callbackUrl)
  },
)

/** Signs in. Fields: `email`, `password`; hidden `callbackUrl`. Says the same whether the address is known or not. */
export const signIn = action(
  'anyone',
  { email: z.string(), password: typedPassword, callbackUrl },
  async (sent) => {
    const refusal = await signInWithPassword(sent.email, sent.password)
    if (refusal) return { error: { text: inWords(refusal) } }
    redirect(sent.callbackUrl)
  },
)

/** Ends the session in this browser. No fields. */
export const signOut = action('anyone', {}, async () => {
  await endSession()
  redirect('/')
})

const token = z.string().max(200)

/** Asks for a link by mail. Field: `email`. Says and takes the same whether the address is known or not. */
export const askForReset = action('anyone', { email }, async (sent) => {
  const visitor = await currentVisitor()
  const perSecond = 60 / 3600
  const turn = await takeToken({ bucket: `reset-ask:${visitor.origin}`, capacity: 60, perSecond })
  if (!turn.allowed) return { error: { text: `Too many tries. Try again in ${minutes(turn.retryAfter)}.` } }
  after(() => mailReset(sent.email, visitor))
  return {
    done: 'If an account has this address, a letter with a link is on its way to it. The link works for an hour. An address gets at most three letters an hour.',
    values: { email: sent.email },
  }
})

/** Sets a new password by a link and signs every device out. Fields: `password`; hidden `token`. */
export const resetPassword = action('anyone', { password: typedPassword, token }, async (sent) => {
  const visitor = await currentVisitor()
  const turn = await takeToken({ bucket: `reset:${visitor.origin}`, capacity: 30, perSecond: 30 / 3600 })
  if (!turn.allowed) return { error: { text: `Too many tries. Try again in ${minutes(turn.retryAfter)}.` } }
  const person = await findResetPerson(sent.token)
  const problem = passwordProblem(sent.password, person ?? { name: '', email: '' })
  if (problem) return { error: { field: 'password', text: problem.text } }
  // Hashed for a bad link too: it takes the time of a good one.
  const passwordHash = await hashPassword(sent.password)
  const accountId = await spendResetToken(sent.token, passwordHash, visitor)
  if (!accountId) return { error: { text: 'This link has been used or is too old. Ask for a new one.' } }
  forgetLearner(accountId)
  await startSession(accountId, 'sign-in:link')
  after(() => tellOfPassword(accountId))
  redirect('/dashboard')
})

async function tellOfPassword(accountId: string): Promise<void> {
  const account = await getAccount(accountId)
  if (account) await sendLetter(passwordLetter(account.email))
}

/** Mails the link that proves the present address. No fields. */
export const askForVerification = action('learner', {}, async (_, learner) => {
  const account = await getAccount(learner.id)
  if (account?.emailVerifiedAt) return { done: 'This address is verified already.' }
  after(() => mailVerification(learner))
  return { done: 'A letter is on its way. An address gets at most three letters an hour.' }
})

/** Spends a link that proves an address, the present one or the next. Hidden field: `token`. */
export const verifyEmail = action('anyone', { token }, async (sent) => {
  const visitor = await currentVisitor()
  const turn = await takeToken({ bucket: `verify:${visitor.origin}`, capacity: 60, perSecond: 60 / 3600 })
  if (!turn.allowed) return { error: { text: `Too many tries. Try again in ${minutes(turn.retryAfter)}.` } }
  const proved = await spendMailToken(sent.token, visitor)
  if (!proved)
    return { error: { text: 'This link has been used or is too old. Ask for a new one in the settings.' } }
  if (proved.outcome === 'taken')
    return { error: { text: 'Another account has this address by now. The former address stays.' } }
  forgetLearner(proved.accountId)
  if (proved.outcome === 'changed') after(() => sendLetter(changedLetter(proved.former)))
  redirect(`/verify-email?done=${proved.outcome}`)
})

/** Begins a change of address: it holds when the new one is verified. Fields: `email`, `currentPassword`. */
export const changeEmail = action(
  'learner',
  { email, currentPassword: typedPassword.optional() },
  async (sent, learner) => {
    if (sent.email === learner.email)
      return { error: { field: 'email', text: 'You sign in with this address now.' } }
    const visitor = await currentVisitor()
    const refused = await askAgain(learner, sent.currentPassword, visitor)
    if (refused) return { error: refused }
    const turn = await mayTell(learner.email)
    if (!turn.allowed) return tooManyChanges(turn)
    after(() => mailChange(learner, sent.email, visitor))
    return {
      done: `A letter with a link is on its way to ${sent.email}. Until it is used, ${learner.email} holds.`,
    }
  },
)

/**
 * Changes the password, or sets the first one; signs out every other device and gives this one a new session.
 * Fields: `currentPassword`, `password`.
 */
export const changePassword = action(
  'learner',
  { currentPassword: typedPassword.optional(), password: typedPassword },
  async (sent, learner) => {
    const problem = passwordProblem(sent.password, learner)
    if (problem) return { error: { field: 'password', text: problem.text } }
    const visitor = await currentVisitor()
    const refused = await askAgain(learner, sent.currentPassword, visitor)
    if (refused) return { error: refused }
    const turn = await mayTell(learner.email)
    if (!turn.allowed) return tooManyChanges(turn)
    await storePassword(learner.id, await hashPassword(sent.password), visitor)
    await revokeAllSessions(learner.id)
    forgetLearner(learner.id)
    await startSession(learner.id)
    after(() => sendLetter(passwordLetter(learner.email)))
    revalidatePath('/settings')
    return { done: 'The password is changed. Every other device is signed out.' }
  },
)

/** Signs one device out. Field: `device`, its id from the list. */
export const signOutDevice = action(
  'learner',
  { device: z.string().max(100) },
  async ({ device }, learner) => {
    if (device === learner.sessionId) {
      await endSession()
      redirect('/')
    }
    const known = await revokeSessionById(learner.id, device)
    forgetLearner(learner.id)
    if (known) await recordEvent(learner.id, 'device-signed-out', await currentVisitor())
    revalidatePath('/settings')
    return known
      ? { done: 'That device is signed out.' }
      : { error: { text: 'No device of yours by this name is signed in.' } }
  },
)

/** Signs every device out; with the field `others`, every one but this. */
export const signOutEverywhere = action(
  'learner',
  { others: z.string().max(10).optional() },
  async ({ others }, learner) => {
    await revokeAllSessions(learner.id, others === undefined ? undefined : learner.sessionId)
    forgetLearner(learner.id)
    await recordEvent(learner.id, 'all-signed-out', await currentVisitor())
    if (others === undefined) {
      await endSession()
      redirect('/')
    }
    revalidatePath('/settings')
    return { done: 'Every other device is signed out.' }
  },
)

/** Changes the name. Field: `name`. */
export const updateName = action('learner', { name: personName }, async ({ name }, learner) => {
  await renameAccount(learner.id, name, await currentVisitor())
  revalidatePath('/', 'layout')
  return { done: 'Saved.', values: { name } }
})

/** Changes the time zone that days are counted in. Field: `timeZone`. Days already counted stay as they are. */
export const updateTimeZone = action('learner', { timeZone }, async (sent, learner) => {
  await setTimeZone(learner.id, sent.timeZone)
  revalidatePath('/settings')
  return {
    done: 'Saved. Days are counted in this time zone from now on.',
    values: { timeZone: sent.timeZone },
  }
})

/** Says what one comes from; `none` takes it back. Field: `background`. */
export const updateBackground = action('learner', { background }, async (sent, learner) => {
  await setBackground(learner.id, sent.background)
  revalidatePath('/settings')
  return { done: 'Saved.', values: { background: sent.background ?? 'none' } }
})

/** Deletes the account and everything of it. Fields: `confirm`, the address as typed; `currentPassword`. */
export const deleteAccount = action(
  'learner',
  { confirm: z.string().max(1000), currentPassword: typedPassword.optional() },
  async (sent, learner) => {
    if (canonicalEmail(sent.confirm) !== learner.email)
      return {
        error: { field: 'confirm', text: 'That is not the address of this account. Nothing is deleted.' },
      }
    const refused = await askAgain(learner, sent.currentPassword, await currentVisitor())
    if (refused) return { error: refused }
    if (!(await leaveForGood()))
      return { error: { text: 'You are signed out. Sign in again; nothing was deleted.' } }
    forgetLearner(learner.id)
    await forgetLetters(learner.email)
    redirect('/')
  },
)

const tooManyChanges = ({ retryAfter }: Turn) => ({
  error: {
    text: `Your address and password were changed too often in the last hour. Nothing was changed now; try again in ${minutes(retryAfter)}.`,
  },
})

function minutes(seconds: number): string {
  const count = Math.max(1, Math.ceil(seconds / 60))
  return count === 1 ? 'a minute' : `${count} minutes`
}
