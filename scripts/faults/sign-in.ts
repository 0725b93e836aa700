import { PASSWORD } from '../../e2e/house'
import type { House, Person } from './house'

/** Signing in and out as a program does it, with nothing but the API. */

export type Token = { token: string; cookie: string }

export type SignedIn = {
  /** 401 where the answer was friendly and no session came with it. */
  status: number
  ms: number
  /** Seconds after which to come again; 0 when it was not said. */
  retryAfter: number
  /** The cookie that stands for the session. */
  cookie: string | null
}

type Site = Pick<House, 'url'>

/** What a form carries that was given out by this site. */
export async function askToken({ url }: Site): Promise<Token> {
  const answer = await fetch(`${url}/api/auth/csrf`)
  const { csrfToken } = (await answer.json()) as { csrfToken: string }
  return { token: csrfToken, cookie: cookieOf(answer, '') ?? '' }
}

/** With the password that every learner of the tests has. Status 0 when nothing came within a minute. */
export async function signIn(
  site: Site,
  person: Pick<Person, 'email'> | undefined,
  csrf: Token | undefined,
): Promise<SignedIn> {
  const began = performance.now()
  const answer = await send(site, 'callback/credentials', csrf?.cookie ?? '', {
    csrfToken: csrf?.token ?? '',
    email: person?.email ?? '',
    password: PASSWORD,
    json: 'true',
  })
  const cookie = answer && cookieOf(answer, 'slipway-session=')
  const status = answer?.status ?? 0
  return {
    // Let in is a session, not a status.
    status: status === 200 && !cookie ? 401 : status,
    ms: performance.now() - began,
    retryAfter: Number(answer?.headers.get('retry-after') ?? 0),
    cookie,
  }
}

/** Ends the session that `cookie` stands for; gives the status. */
export async function signOut(site: Site, cookie: string, csrf: Token): Promise<number> {
  const fields = { csrfToken: csrf.token, json: 'true' }
  return (await send(site, 'signout', `${csrf.cookie}; ${cookie}`, fields))?.status ?? 0
}

async function send({ url }: Site, what: string, cookie: string, fields: Record<string, string>) {
  const answer = await fetch(`${url}/api/auth/${what}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, cookie, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(60_000),
  }).catch(() => null)
  await answer?.body?.cancel()
  return answer
}

function cookieOf(answer: Response, begins: string): string | null {
  const line = answer.headers.getSetCookie().find((one) => one.startsWith(begins))
  return line?.split(';', 1)[0] ?? null
}
