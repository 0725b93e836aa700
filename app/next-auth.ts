import type { NextApiRequest, NextApiResponse } from 'next'
import NextAuth, { type AuthOptions, type User } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { takeToken } from '@/db/queries/limits'
import { linkProvider, type Provider, signInByProvider } from '@/db/queries/links'
import { safePath } from './callback-url'
import { checkCredentials, type Refusal } from './credentials'
import { env } from './env'
import { identityOf, isProvider, providerConfigs } from './providers'
import {
  COOKIE,
  CSRF_COOKIE,
  closeSession,
  findLearner,
  isSid,
  openSession,
  SESSION,
  SESSION_COOKIE,
} from './sessions'
import type { Visitor } from './visitor'

/** next-auth, and nothing of Next's own: who asks is given. Only `app/auth.ts` imports this. */

const FLOW_SECONDS = 15 * 60
const flowCookie = (name: string) => ({
  name: SESSION_COOKIE.replace(/session$/, name),
  options: { ...COOKIE, maxAge: FLOW_SECONDS },
})
/** What binds the answer of a provider to the browser and the provider that it was begun with. */
const CHECKS = {
  state: flowCookie('state'),
  pkceCodeVerifier: flowCookie('pkce'),
  nonce: flowCookie('nonce'),
}
export const CHECK_COOKIES: string[] = Object.values(CHECKS).map(({ name }) => name)

/** What somebody set out to do when they went to a provider. */
export type Errand = {
  timeZone: string
  /** Present: the provider is linked to the person of this session, and nobody signs in. */
  linkTo?: string
}

/** Who asks. `former`: the session that this browser has. */
export type Asker = { visitor: Visitor; former: string | null; errand?: Errand }

/** What happened in a hook and would be lost: next-auth takes an error in one for a session that is over, and clears the cookie. */
class Outside {
  refusal: Refusal | null = null
  linked = false
  accountId: string | null = null
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
function authOptions(asker: Asker, outside: Outside): AuthOptions {
  const { visitor, former } = asker
  return {
    secret: env.AUTH_SECRET,
    useSecureCookies: env.isHttps,
    session: { strategy: 'jwt', maxAge: SESSION.absoluteSeconds },
    cookies: {
      sessionToken: { name: SESSION_COOKIE, options: COOKIE },
      csrfToken: { name: CSRF_COOKIE, options: COOKIE },
      ...CHECKS,
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
      ...providerConfigs,
    ],
    jwt: {
      encode: async ({ token }) => String(token?.sid ?? ''),
      async decode({ token: sid }) {
        const learner = isSid(sid) ? await outside.keep(findLearner(sid)) : null
        return learner && { sid, sub: learner.id, name: learner.name }
      },
    },
    callbacks: {
      async signIn({ user, account }) {
        const provider = account?.provider ?? ''
        return !isProvider(provider) || outside.keep(admit(provider, user, asker, outside))
      },
      async jwt({ token, user, account, trigger }) {
        // With `trigger: "update"` the client sends data of its own: nothing of it is looked at.
        if (trigger !== 'signIn') return token
        const way = account && isProvider(account.provider) ? account.provider : 'password'
        const id = way === 'password' ? user.id : outside.accountId
        if (!id) throw new Error('A provider signed somebody in whom nobody admitted')
        return { sid: await outside.keep(openSession(id, visitor, former, `sign-in:${way}`)) }
      },
      session: ({ session, token }) => ({
        expires: session.expires,
        user: { id: token.sub, name: token.name },
      }),
      redirect: ({ url }) => env.PUBLIC_URL + safePath(url),
    },
    events: {
      async signOut({ token }) {
        if (isSid(token?.sid)) await outside.keep(closeSession(token.sid, visitor))
      },
    },
    logger: {
      // A session that has ended is no error, and anyone can send one. What a provider said is not for a log.
      error: (code) => code !== 'JWT_SESSION_ERROR' && console.error(`next-auth: ${code}`),
      warn: () => undefined,
      debug: () => undefined,
    },
  }
}

/** Links, or finds the account that the provider's word signs in to. False: nobody is signed in. */
async function admit(
  provider: Provider,
  user: User,
  { visitor, former, errand }: Asker,
  outside: Outside,
): Promise<boolean> {
  const identity = identityOf(provider, user)
  if (errand?.linkTo !== undefined) {
    const learner = former && (await findLearner(former))
    // Somebody else signed in here while the provider was asked.
    if (!learner || learner.sessionId !== errand.linkTo) {
      outside.refusal = { code: 'swapped' }
      return false
    }
    const refusal = await linkProvider(learner.id, identity, visitor)
    if (refusal) outside.refusal = { code: refusal }
    else outside.linked = true
    return false
  }
  const found = await signInByProvider(identity, {
    signUpOpen: env.SIGN_UP === 'open',
    timeZone: errand?.timeZone ?? 'UTC',
    from: visitor,
  })
  if ('refusal' in found) {
    outside.refusal = { code: found.refusal }
    return false
  }
  outside.accountId = found.accountId
  return true
}

/** What of next-auth can be asked. Its own pages, `_log`, session updates and sign-out by GET are not here. */
export type AuthCall = {
  path:
    | ['csrf']
    | ['session']
    | ['signout']
    | ['callback', 'credentials']
    | ['signin', Provider]
    | ['callback', Provider]
  body?: Record<string, string>
  query?: Record<string, string>
  /** Of this browser, by name; only next-auth's own are passed on. */
  cookies?: Record<string, string>
}

export type AuthAnswer = {
  body: unknown
  /** `Set-Cookie` lines, ours only. */
  cookies: string[]
  /** Where next-auth would send the browser. */
  location: string | null
  /** The new session's cookie, when one began. */
  sid: string | null
  /** A provider was linked. */
  linked: boolean
  refusal: Refusal | null
  /** The CSRF token was missing, or not of this browser. */
  forged: boolean
}

const NOT_ASKED: AuthAnswer = {
  body: null,
  cookies: [],
  location: null,
  sid: null,
  linked: false,
  refusal: { code: 'provider' },
  forged: false,
}

/** Times in a quarter of an hour that a network may make this house ask a provider: a sign-in is two, a class is many. */
const ASKS = 400

async function mayAskProvider(origin: string): Promise<boolean> {
  const bucket = { bucket: `provider-asks:${origin}`, capacity: ASKS, perSecond: ASKS / 900 }
  return (await takeToken(bucket)).allowed
}

/**
 * Asks next-auth through its Pages Router door, where cookies are a plain object: it sees those that are its own, and
 * no header, no remembered callback address, no cookie whose name merely begins like ours.
 */
export async function askNextAuth(
  { path, body, query = {}, cookies = {} }: AuthCall,
  asker: Asker,
): Promise<AuthAnswer> {
  const { former, visitor } = asker
  if (isProvider(path[1] ?? '') && !(await mayAskProvider(visitor.origin))) return NOT_ASKED
  const own = [CSRF_COOKIE, ...(path[0] === 'callback' ? CHECK_COOKIES : [])]
  const outside = new Outside()
  const options = authOptions(asker, outside)
  const request = {
    method: body ? 'POST' : 'GET',
    query: { ...query, nextauth: path },
    headers: {},
    cookies: {
      ...Object.fromEntries(Object.entries(cookies).filter(([name]) => own.includes(name))),
      ...(former && { [SESSION_COOKIE]: former }),
    },
    body,
  }
  let answered: unknown = null
  let lines: string[] = []
  let location: string | null = null
  const keep = (value: unknown) => {
    answered = value
  }
  const response = {
    // Its statuses are not used: a refusal is a redirect too.
    status: () => response,
    getHeader: (name: string) => (name === 'Set-Cookie' ? lines : undefined),
    setHeader(name: string, value: string | string[]) {
      if (name === 'Set-Cookie') lines = [value].flat()
      if (name === 'Location') location = String(value)
      return response
    },
    json: keep,
    send: keep,
    end: () => undefined,
  }
  await NextAuth(request as unknown as NextApiRequest, response as unknown as NextApiResponse, options)
  outside.rethrow()
  const kept = lines.filter((line) =>
    [SESSION_COOKIE, CSRF_COOKIE, ...CHECK_COOKIES].some((name) => line.startsWith(`${name}=`)),
  )
  const sid = path[0] === 'callback' ? valueIn(kept, SESSION_COOKIE) : undefined
  return {
    body: answered,
    cookies: kept,
    location,
    forged: String(location).endsWith('?csrf=true'),
    refusal: outside.refusal,
    linked: outside.linked,
    sid: isSid(sid) ? sid : null,
  }
}

/** The value of a cookie in `Set-Cookie` lines. */
export function valueIn(lines: string[], name: string): string | undefined {
  const line = lines.find((one) => one.startsWith(`${name}=`))
  return line && decodeURIComponent(line.slice(name.length + 1).split(';', 1)[0] as string)
}

/** Begins a sign-in at a provider: its address, and the checks that the browser keeps meanwhile. Null: it does not answer. */
export async function beginAtProvider(
  provider: Provider,
  asker: Asker,
): Promise<{ url: string; checks: Record<string, string> } | null> {
  const csrf = await askNextAuth({ path: ['csrf'] }, asker)
  const { csrfToken } = csrf.body as { csrfToken: string }
  const cookies = { [CSRF_COOKIE]: valueIn(csrf.cookies, CSRF_COOKIE) ?? '' }
  const begun = await askNextAuth({ path: ['signin', provider], body: { csrfToken }, cookies }, asker)
  const checks = Object.fromEntries(
    CHECK_COOKIES.flatMap((name) => {
      const value = valueIn(begun.cookies, name)
      return value ? [[name, value]] : []
    }),
  )
  const isAway = !begun.location || new URL(begun.location).origin === env.PUBLIC_URL
  return isAway || Object.keys(checks).length === 0 ? null : { url: String(begun.location), checks }
}
