import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { z } from 'zod'
import { DatabaseUnavailable } from '@/db/errors'
import type { AccountEvent } from '@/db/queries/events'
import type { Provider } from '@/db/queries/links'
import { HOME, safePath } from './callback-url'
import type { Refusal } from './credentials'
import {
  type Asker,
  type AuthAnswer,
  type AuthCall,
  askNextAuth,
  beginAtProvider,
  CHECK_COOKIES,
  type Errand,
  valueIn,
} from './next-auth'
import {
  COOKIE,
  CSRF_COOKIE,
  closeSession,
  currentSid,
  deletePersonOf,
  findLearner,
  type Learner,
  openSession,
  recallLearner,
  SESSION,
  SESSION_COOKIE,
} from './sessions'
import { currentVisitor } from './visitor'

export type { AuthCall } from './next-auth'
export type { Learner } from './sessions'

/** Once per request, however many parts of a page ask. */
const identify = cache(async (): Promise<{ learner: Learner; unsure?: DatabaseUnavailable } | null> => {
  const sid = await currentSid()
  if (!sid) return null
  try {
    const learner = await findLearner(sid)
    return learner && { learner }
  } catch (error) {
    const learner = error instanceof DatabaseUnavailable ? recallLearner(sid) : null
    if (learner) return { learner, unsure: error as DatabaseUnavailable }
    throw error
  }
})

/** The signed-in learner, or null. Throws `DatabaseUnavailable`. */
export async function currentLearner(): Promise<Learner | null> {
  const found = await identify()
  if (found?.unsure) throw found.unsure
  return found?.learner ?? null
}

/** The signed-in learner; anyone else is sent to sign in and comes back to `path`. For pages. Throws `DatabaseUnavailable`. */
export async function requireLearner(path: string): Promise<Learner> {
  return (await currentLearner()) ?? redirect(signInPath(path))
}

/**
 * Like `requireLearner`, for pages that only show a lesson: while Postgres cannot be reached, someone whom this process
 * accepted in the last ten minutes may go on reading, and `databaseAnswers` is false.
 */
export async function requireReader(path: string): Promise<{ learner: Learner; databaseAnswers: boolean }> {
  const found = await identify()
  if (!found) redirect(signInPath(path))
  return { learner: found.learner, databaseAnswers: !found.unsure }
}

/** The address of the sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  const back = safePath(path)
  return back === HOME ? '/sign-in' : `/sign-in?callbackUrl=${encodeURIComponent(back)}`
}

/** Begins a session in this browser; the one that was here before ends. `what` is logged. Only in actions and handlers. */
export async function startSession(accountId: string, what: AccountEvent | null = null): Promise<void> {
  await setSessionCookie(await openSession(accountId, await currentVisitor(), await currentSid(), what))
}

/** Ends the session in this browser, in the database first. Only in actions and handlers. */
export async function endSession(): Promise<void> {
  const sid = await currentSid()
  if (sid) await closeSession(sid, await currentVisitor())
  await clearSessionCookie()
}

/** Deletes the person who is signed in, with everything of theirs; false when the session is over. Only in actions. */
export async function leaveForGood(): Promise<boolean> {
  const sid = await currentSid()
  if (!sid || !(await deletePersonOf(sid))) return false
  await clearSessionCookie()
  return true
}

async function clearSessionCookie(): Promise<void> {
  ;(await cookies()).set(SESSION_COOKIE, '', { ...COOKIE, maxAge: 0 })
}

async function setSessionCookie(sid: string): Promise<void> {
  ;(await cookies()).set(SESSION_COOKIE, sid, { ...COOKIE, maxAge: SESSION.absoluteSeconds })
}

/** Signs in through next-auth's credentials and sets the cookie; null, or why not. Only in actions. */
export async function signInWithPassword(email: string, password: string): Promise<Refusal | null> {
  const csrf = await askForBrowser({ path: ['csrf'] })
  const { csrfToken } = csrf.body as { csrfToken: string }
  const answer = await askForBrowser({
    path: ['callback', 'credentials'],
    body: { csrfToken, email, password },
    cookies: { [CSRF_COOKIE]: valueIn(csrf.cookies, CSRF_COOKIE) ?? '' },
  })
  if (!answer.sid) return answer.refusal ?? { code: 'mismatch' }
  await setSessionCookie(answer.sid)
  return null
}

const asker = async (errand?: Errand): Promise<Asker> => ({
  visitor: await currentVisitor(),
  former: await currentSid(),
  errand,
})

/** Asks next-auth for the browser that sends this request. */
export async function askForBrowser(call: AuthCall): Promise<AuthAnswer> {
  return askNextAuth(call, await asker())
}

/** What somebody set out to do, kept in their browser while the provider asks who they are. */
const errandCookie = SESSION_COOKIE.replace(/session$/, 'errand')
const errandShape = z.object({
  provider: z.string(),
  timeZone: z.string(),
  callbackUrl: z.string(),
  linkTo: z.string().optional(),
})
type KeptErrand = z.infer<typeof errandShape>

/** The address of the provider to send the browser to; null when it does not answer. Only in actions. */
export async function startAtProvider(
  provider: Provider,
  errand: Omit<KeptErrand, 'provider'>,
): Promise<string | null> {
  const begun = await beginAtProvider(provider, await asker())
  if (!begun) return null
  const kept: KeptErrand = { ...errand, provider }
  const values = { ...begun.checks, [errandCookie]: Buffer.from(JSON.stringify(kept)).toString('base64url') }
  const jar = await cookies()
  for (const [name, value] of Object.entries(values)) jar.set(name, value, { ...COOKIE, maxAge: 15 * 60 })
  return begun.url
}

/** Where the browser goes after a provider has answered; whoever is admitted is signed in then. Only in handlers. */
export async function finishAtProvider(provider: Provider, query: Record<string, string>): Promise<string> {
  const jar = await cookies()
  const errand = readErrand(jar.get(errandCookie)?.value)
  const names = [errandCookie, ...CHECK_COOKIES]
  const sent = Object.fromEntries(CHECK_COOKIES.map((name) => [name, jar.get(name)?.value ?? '']))
  for (const name of names) jar.set(name, '', { ...COOKIE, maxAge: 0 })
  const back = errand?.linkTo === undefined ? '/sign-in?' : '/settings?way='
  const failed = (code: string) => (back === '/sign-in?' ? `/sign-in?error=${code}` : `${back}${code}#ways`)
  if (errand?.provider !== provider) return '/sign-in?error=provider'
  const call: AuthCall = { path: ['callback', provider], query, cookies: sent }
  const answer = await askNextAuth(call, await asker(errand))
  if (answer.linked) return `${back}linked#ways`
  if (!answer.sid) return failed(answer.refusal?.code ?? 'provider')
  await setSessionCookie(answer.sid)
  return safePath(errand.callbackUrl)
}

function readErrand(value: string | undefined): KeptErrand | null {
  try {
    return errandShape.parse(JSON.parse(Buffer.from(value ?? '', 'base64url').toString('utf8')))
  } catch {
    return null
  }
}
