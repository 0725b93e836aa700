'use server'

import { createHash } from 'node:crypto'
import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import {
  createAccount,
  findResetPerson,
  renameAccount,
  setTimeZone,
  useResetToken as spendResetToken,
  changePassword as storePassword,
} from '@/db/queries/accounts'
import { takeToken } from '@/db/queries/limits'
import { revokeAllSessions, revokeSessionById } from '@/db/queries/sessions'
import { endSession, signInWithPassword, startSession } from '../auth'
import { safePath } from '../callback-url'
import { checkPassword, inWords } from '../credentials'
import { env } from '../env'
import { email, hiddenTimeZone, personName, timeZone } from '../fields'
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
    const account = await createAccount({
      email: sent.email,
      name: sent.name,
      timeZone: sent.timeZone,
      passwordHash,
    })
    if (!account) {
      return {
        error: { field: 'email', text: 'An account with this address exists. Sign in with it instead.' },
      }
    }
    await startSession(account.id)
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

/** Sets a new password by the operator's link and signs every device out. Fields: `password`; hidden `token`. */
export const resetPassword = action(
  'anyone',
  { password: typedPassword, token: z.string().max(200) },
  async (sent) => {
    const { origin } = await currentVisitor()
    const turn = await takeToken({ bucket: `reset:${origin}`, capacity: 30, perSecond: 30 / 3600 })
    if (!turn.allowed) return { error: { text: `Too many tries. Try again in ${minutes(turn.retryAfter)}.` } }
    const tokenHash = createHash('sha256').update(sent.token).digest()
    const person = await findResetPerson(tokenHash)
    const problem = passwordProblem(sent.password, person ?? { name: '', email: '' })
    if (problem) return { error: { field: 'password', text: problem.text } }
    // Hashed for a bad link too: it takes the time of a good one.
    const passwordHash = await hashPassword(sent.password)
    const accountId = await spendResetToken(tokenHash, passwordHash)
    if (!accountId) {
      return {
        error: { text: 'This link has been used or is too old. Ask whoever runs this site for a new one.' },
      }
    }
    forgetLearner(accountId)
    await startSession(accountId)
    redirect('/dashboard')
  },
)

/** Changes the password, signs out every other device and gives this one a new session. Fields: `current`, `password`. */
export const changePassword = action(
  'learner',
  { currentPassword: typedPassword, password: typedPassword },
  async (sent, learner) => {
    const problem = passwordProblem(sent.password, learner)
    if (problem) return { error: { field: 'password', text: problem.text } }
    const refusal = await checkPassword(learner, sent.currentPassword, await currentVisitor())
    if (refusal) {
      const text = refusal.code === 'mismatch' ? 'This is not your present password.' : inWords(refusal)
      return { error: { field: 'currentPassword', text } }
    }
    await storePassword(learner.id, await hashPassword(sent.password))
    await revokeAllSessions(learner.id)
    forgetLearner(learner.id)
    await startSession(learner.id)
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
  await renameAccount(learner.id, name)
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

function minutes(seconds: number): string {
  const count = Math.max(1, Math.ceil(seconds / 60))
  return count === 1 ? 'a minute' : `${count} minutes`
}
