import type { NextApiRequest, NextApiResponse } from 'next'
import { cookies } from 'next/headers'
import { redirect } from 'next/navigation'
import NextAuth, { type AuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { cache } from 'react'
import { DatabaseUnavailable } from '@/db/errors'
import { HOME, safePath } from './callback-url'
import { checkCredentials, type Refusal } from './credentials'
import { env } from './env'
import {
  COOKIE,
  CSRF_COOKIE,
  closeSession,
  currentSid,
  findLearner,
  isSid,
  type Learner,
  openSession,
  recallLearner,
  SESSION,
  SESSION_COOKIE,
} from './sessions'
import { currentVisitor, type Visitor } from './visitor'

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

/** Begins a session in this browser; the one that was here before ends. Only in actions and handlers. */
export async function startSession(accountId: string): Promise<void> {
  await setSessionCookie(await openSession(accountId, await currentVisitor(), await currentSid()))
}

/** Ends the session in this browser, in the database first. Only in actions and handlers. */
export async function endSession(): Promise<void> {
  const sid = await currentSid()
  if (sid) await closeSession(sid)
  ;(await cookies()).set(SESSION_COOKIE, '', { ...COOKIE, maxAge: 0 })
}

async function setSessionCookie(sid: string): Promise<void> {
  ;(await cookies()).set(SESSION_COOKIE, sid, { ...COOKIE, maxAge: SESSION.absoluteSeconds })
}

/** Signs in through next-auth's credentials and sets the cookie; null, or why not. Only in actions. */
export async function signInWithPassword(email: string, password: string): Promise<Refusal | null> {
  const csrf = await askNextAuth({ path: ['csrf'] })
  const { csrfToken } = csrf.body as { csrfToken: string }
  const answer = await askNextAuth({
    path: ['callback', 'credentials'],
    body: { csrfToken, email, password },
    csrfCookie: valueIn(csrf.cookies, CSRF_COOKIE),
  })
  if (!answer.sid) return answer.refusal ?? { code: 'mismatch' }
  await setSessionCookie(answer.sid)
  return null
}

/** What happened in a hook and would be lost: next-auth takes an error in one for a session that is over, and clears the cookie. */
class Outside {
  refusal: Refusal | null = null
  #error: unknown = null

  async keep<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      this.#error = error
      throw error
    }
  }

  rethrow(): void {
    if (this.#error) throw this.#error
  }
}

/** next-auth's JWT strategy with the JWT taken out: the cookie is the raw random id, and the row decides. */
function authOptions(visitor: Visitor, former: string | null, outside: Outside): AuthOptions {
  return {
    secret: env.AUTH_SECRET,
    useSecureCookies: env.isHttps,
    session: { strategy: 'jwt', maxAge: SESSION.absoluteSeconds },
    cookies: {
      sessionToken: { name: SESSION_COOKIE, options: COOKIE },
      csrfToken: { name: CSRF_COOKIE, options: COOKIE },
    },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {} },
        async authorize(given) {
          const checked = await checkCredentials(given?.email ?? '', given?.password ?? '', visitor)
          if ('account' in checked) return checked.account
          outside.refusal = checked.refusal
          return null
        },
      }),
    ],
    jwt: {
      encode: async ({ token }) => String(token?.sid ?? ''),
      async decode({ token: sid }) {
        const learner = isSid(sid) ? await outside.keep(findLearner(sid)) : null
        return learner && { sid, sub: learner.id, name: learner.name }
      },
    },
    callbacks: {
      async jwt({ token, user, trigger }) {
        // With `trigger: "update"` the client sends data of its own: nothing of it is looked at.
        return trigger === 'signIn' ? { sid: await openSession(user.id, visitor, former) } : token
      },
      session: ({ session, token }) => ({
        expires: session.expires,
        user: { id: token.sub, name: token.name },
      }),
      redirect: ({ url }) => env.PUBLIC_URL + safePath(url),
    },
    events: {
      async signOut({ token }) {
        if (isSid(token?.sid)) await outside.keep(closeSession(token.sid))
      },
    },
    logger: {
      // A session that has ended is no error, and anyone can send one.
      error: (code) => code !== 'JWT_SESSION_ERROR' && console.error(`next-auth: ${code}`),
      warn: () => undefined,
      debug: () => undefined,
    },
  }
}

/** What of next-auth can be asked. Its own pages, `_log`, session updates and sign-out by GET are not here. */
export type AuthCall = {
  path: ['csrf'] | ['session'] | ['signout'] | ['callback', 'credentials']
  body?: Record<string, string>
  csrfCookie?: string
}

export type AuthAnswer = {
  body: unknown
  /** `Set-Cookie` lines, ours only. */
  cookies: string[]
  /** The new session's cookie, when one began. */
  sid: string | null
  refusal: Refusal | null
  /** The CSRF token was missing, or not of this browser. */
  forged: boolean
}

/**
 * Asks next-auth through its Pages Router door, where cookies are a plain object: it sees the two that are its own, and
 * no header, no remembered callback address, no cookie whose name merely begins like ours.
 */
export async function askNextAuth({ path, body, csrfCookie }: AuthCall): Promise<AuthAnswer> {
  const former = await currentSid()
  const answer: AuthAnswer = { body: null, cookies: [], sid: null, refusal: null, forged: false }
  const outside = new Outside()
  const options = authOptions(await currentVisitor(), former, outside)
  const request = {
    method: body ? 'POST' : 'GET',
    query: { nextauth: path },
    headers: {},
    cookies: {
      ...(former && { [SESSION_COOKIE]: former }),
      ...(csrfCookie && { [CSRF_COOKIE]: csrfCookie }),
    },
    body,
  }
  const keep = (value: unknown) => {
    answer.body = value
  }
  const response = {
    // Its statuses and addresses are not used: a refusal is a redirect too.
    status: () => response,
    getHeader: (name: string) => (name === 'Set-Cookie' ? answer.cookies : undefined),
    setHeader(name: string, value: string | string[]) {
      if (name === 'Set-Cookie') answer.cookies = [value].flat()
      if (name === 'Location' && String(value).endsWith('?csrf=true')) answer.forged = true
      return response
    },
    json: keep,
    send: keep,
    end: () => undefined,
  }
  await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, options)
  outside.rethrow()
  answer.cookies = answer.cookies.filter((line) =>
    [SESSION_COOKIE, CSRF_COOKIE].some((name) => line.startsWith(`${name}=`)),
  )
  const sid = path[0] === 'callback' ? valueIn(answer.cookies, SESSION_COOKIE) : undefined
  return { ...answer, refusal: outside.refusal, sid: isSid(sid) ? sid : null }
}

function valueIn(lines: string[], name: string): string | undefined {
  const line = lines.find((one) => one.startsWith(`${name}=`))
  return line && decodeURIComponent(line.slice(name.length + 1).split(';', 1)[0] as string)
}
