import type { NextRequest } from 'next/server'
import { z } from 'zod'
import { DatabaseUnavailable } from '@/db/errors'
import type { Provider } from '@/db/queries/links'
import { type AuthCall, askForBrowser, finishAtProvider } from '../../../auth'
import { safePath } from '../../../callback-url'
import { inWords, type Refusal } from '../../../credentials'
import { env } from '../../../env'
import { answer, nameProblem } from '../../../handler'
import { BadBody, parseJson, readText } from '../../../json'
import { isProvider } from '../../../providers'
import { CSRF_COOKIE } from '../../../sessions'

/**
 * The part of next-auth that programs may speak to: a CSRF token, who is signed in, sign in, sign out; and where providers
 * send people back to. Its own pages,
 * `_log` (a way into our log for anyone), `providers` and session updates do not exist here.
 */
const CALLS = {
  'GET csrf': ['csrf'],
  'GET session': ['session'],
  'POST signout': ['signout'],
  'POST callback/credentials': ['callback', 'credentials'],
} as const satisfies Record<string, AuthCall['path']>

const MAX_BYTES = 16 * 1024

const fields = z.strictObject({
  csrfToken: z.string().max(200),
  email: z.string().max(1000).optional(),
  password: z.string().max(10_000).optional(),
  callbackUrl: z.string().max(5000).optional(),
  /** Answer with `{ url }` instead of a redirect: next-auth's own client sends it. */
  json: z.enum(['true', 'false']).optional(),
})

type Context = { params: Promise<{ nextauth: string[] }> }

async function reply(request: NextRequest, context: Context): Promise<Response> {
  try {
    const { nextauth } = await context.params
    const name = `${request.method === 'HEAD' ? 'GET' : request.method} ${nextauth.join('/')}`
    const provider = /^GET callback\/(\w+)$/.exec(name)?.[1] ?? ''
    if (isProvider(provider)) return await comeBack(request, provider)
    const path = Object.hasOwn(CALLS, name) ? CALLS[name as keyof typeof CALLS] : null
    if (!path) return answer(404, { error: 'There is nothing at this address.' })
    return request.method === 'POST' ? await change(request, path) : await tell(request, path)
  } catch (error) {
    if (error instanceof BadBody) return answer(error.status, { error: error.message })
    if (error instanceof DatabaseUnavailable)
      return answer(503, { error: inWords({ code: 'unavailable' }) }, { 'Retry-After': '5' })
    console.error('sign-in failed:', error)
    return answer(500, { error: 'The server could not finish this, and has written down why.' })
  }
}

export { reply as GET, reply as POST }

/** What a provider says when it sends somebody back; other names it may add are not looked at. */
const SAID = ['code', 'state', 'iss', 'error']

async function comeBack(request: NextRequest, provider: Provider): Promise<Response> {
  const said: Record<string, string> = {}
  for (const name of SAID) {
    const values = request.nextUrl.searchParams.getAll(name)
    if (values.length > 1 || (values[0]?.length ?? 0) > 4000)
      return answer(400, { error: `"${name}" is given twice, or is too long.` })
    if (values[0] !== undefined) said[name] = values[0]
  }
  const to = await finishAtProvider(provider, said)
  return new Response(null, { status: 303, headers: { Location: to, 'Cache-Control': 'private, no-store' } })
}

async function tell(request: NextRequest, path: AuthCall['path']): Promise<Response> {
  const told = await askForBrowser({ path, cookies: csrfCookie(request) })
  // Reading does not lengthen a session: only a token that is new, or a cookie that is taken away, is set.
  const kept = told.cookies.filter((line) => line.startsWith(CSRF_COOKIE) || /Max-Age=0/.test(line))
  return withCookies(answer(200, (told.body ?? {}) as object), kept)
}

async function change(request: NextRequest, path: AuthCall['path']): Promise<Response> {
  // Cookies alone do not say who asks: a page of another site would send them too.
  if (request.headers.get('origin') !== env.PUBLIC_URL) {
    return answer(403, { error: `Only pages of ${env.PUBLIC_URL} may change something here.` })
  }
  const parsed = fields.safeParse(await readFields(request))
  if (!parsed.success) return answer(400, { error: nameProblem(parsed.error) })
  const { json, callbackUrl, ...body } = parsed.data
  const said = await askForBrowser({ path, body: { ...body }, cookies: csrfCookie(request) })
  if (said.forged) return answer(403, { error: 'The CSRF token is missing, or not of this browser.' })
  const refused = path[0] === 'callback' && !said.sid ? (said.refusal ?? MISMATCH) : null
  const url = refused ? `/sign-in?error=${refused.code}` : path[0] === 'signout' ? '/' : safePath(callbackUrl)
  const response =
    json !== 'true'
      ? new Response(null, { status: 303, headers: { Location: url, 'Cache-Control': 'private, no-store' } })
      : refused
        ? answerRefusal(refused, url)
        : answer(200, { url })
  return withCookies(response, said.cookies)
}

const STATUSES: Partial<Record<Refusal['code'], number>> = {
  locked: 429,
  limited: 429,
  busy: 503,
  unavailable: 503,
}
const MISMATCH: Refusal = { code: 'mismatch' }

function answerRefusal(refusal: Refusal, url: string): Response {
  const status = STATUSES[refusal.code] ?? 401
  const wait =
    'retryAfter' in refusal
      ? { 'Retry-After': String(Math.max(1, Math.ceil(refusal.retryAfter))) }
      : undefined
  return answer(status, { error: inWords(refusal), url }, wait)
}

async function readFields(request: NextRequest): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return parseJson(await readText(request, MAX_BYTES))
  if (type !== 'application/x-www-form-urlencoded') {
    throw new BadBody('Send the body as application/json or application/x-www-form-urlencoded.', 415)
  }
  const given = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(await readText(request, MAX_BYTES))) {
    if (given.has(name) || name === '__proto__')
      throw new BadBody(`"${name.slice(0, 60)}" may not be given twice.`)
    given.set(name, value)
  }
  return Object.fromEntries(given)
}

const csrfCookie = (request: NextRequest): Record<string, string> => ({
  [CSRF_COOKIE]: request.cookies.get(CSRF_COOKIE)?.value ?? '',
})

function withCookies(response: Response, lines: string[]): Response {
  for (const line of lines) response.headers.append('Set-Cookie', line)
  return response
}
