import type { NextRequest } from 'next/server'
import type { z } from 'zod'
import { ContentMissing, LessonUnavailable } from '@/content'
import { DatabaseUnavailable } from '@/db/errors'
import { takeToken } from '@/db/queries/limits'
import { currentLearner, type Learner } from './auth'
import { env } from './env'
import { BadBody, readJson } from './json'

/** An answer that is not 200: throw it from anywhere below a handler. */
export class Refused extends Error {
  constructor(
    readonly status: 400 | 403 | 404 | 409 | 429,
    readonly body: { error: string } & Record<string, unknown>,
    readonly headers: Record<string, string> = {},
  ) {
    super(body.error)
    this.name = 'Refused'
  }
}

type Spec<Params, Query, Body> = {
  params?: z.ZodType<Params>
  /** Strict: a name that is not in it, or is given twice, is refused. Absent: no query at all. */
  query?: z.ZodType<Query>
  body?: { schema: z.ZodType<Body>; maxBytes: number }
  /**
   * Requests a learner may make in a minute; as many may come at once, or `atOnce` after a time with fewer. `name` is
   * shared by what shares the count. A body of more than `bytesEach` counts as several, at most as all of them: what is
   * kept is limited, not only how often it is sent.
   */
  perMinute?: Limit
}

type Limit = { name: string; count: number; atOnce?: number; bytesEach?: number; text: string }

type Given<Params, Query, Body> = { learner: Learner; params: Params; query: Query; body: Body }
type Context = { params: Promise<Record<string, string | string[] | undefined>> }

/**
 * Makes a route handler for signed-in learners that speaks JSON only. `work` gives the body of a 200 (or, for a file, the
 * whole answer), or throws `Refused`. Signed out 401, also where a page sends work of somebody who is not the one signed in;
 * foreign origin 403, too many 429, database away 503; nothing of an error is told.
 */
export function handler<Params = unknown, Query = unknown, Body = unknown>(
  spec: Spec<Params, Query, Body>,
  work: (given: Given<Params, Query, Body>) => Promise<object>,
) {
  return async (request: NextRequest, context: Context): Promise<Response> => {
    try {
      if (spec.body && request.headers.get('origin') !== env.PUBLIC_URL) {
        return answer(403, { error: `Only pages of ${env.PUBLIC_URL} may change something here.` })
      }
      const learner = await currentLearner()
      if (!learner) return answer(401, { error: 'Sign in first.' })
      const meant = request.headers.get('x-slipway-learner')
      if (meant !== null && meant !== learner.id) {
        return answer(401, { error: 'Somebody else is signed in in this browser now. Nothing was taken.' })
      }
      const params = await context.params
      const given = {
        learner,
        params: spec.params ? take(spec.params, params, 404) : params,
        query: spec.query ? take(spec.query, readQuery(request)) : refuseQuery(request),
        body: undefined as unknown,
      }
      if (spec.perMinute) await takeTurn(learner, spec.perMinute, sizeOf(request))
      if (spec.body) given.body = take(spec.body.schema, await readJson(request, spec.body.maxBytes))
      const done = await work(given as Given<Params, Query, Body>)
      return done instanceof Response ? done : answer(200, done)
    } catch (error) {
      return answerError(error)
    }
  }
}

/** Takes one turn of a learner's limit. Throws `Refused` 429 that says when to come again. */
async function takeTurn(
  learner: Learner,
  { name, count, atOnce = count, text, bytesEach }: Limit,
  size: number,
) {
  const cost = bytesEach ? Math.min(atOnce, Math.max(1, Math.ceil(size / bytesEach))) : 1
  const bucket = { bucket: `${name}:${learner.id}`, capacity: atOnce, perSecond: count / 60, cost }
  const turn = await takeToken(bucket)
  if (turn.allowed) return
  throw new Refused(429, { error: text }, { 'Retry-After': String(Math.max(1, Math.ceil(turn.retryAfter))) })
}

/** What a body says of its length; one that says nothing may be of any. */
const sizeOf = (request: NextRequest) =>
  Number(request.headers.get('content-length') ?? Number.POSITIVE_INFINITY)

/** Parses or throws `Refused`: 400 that names what is wrong, or 404 where nothing can be behind a wrong address. */
export function take<T>(schema: z.ZodType<T>, value: unknown, status: 400 | 404 = 400): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Refused(status, {
    error: status === 404 ? 'There is nothing at this address.' : nameProblem(parsed.error),
  })
}

/** One sentence that names the place and the problem. */
export function nameProblem(error: z.ZodError): string {
  const [issue] = error.issues
  if (!issue) return 'This is not what is expected here.'
  const path = issue.path.map((part) => String(part)).join('.')
  if (issue.code === 'unrecognized_keys') {
    const key = [path, issue.keys[0]].filter(Boolean).join('.')
    return `"${shorten(key)}" is not known here.`
  }
  if (path && issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `"${shorten(path)}" is missing.`
  return path ? `"${shorten(path)}" is not as it should be: ${issue.message}.` : `${issue.message}.`
}

function readQuery(request: NextRequest): Record<string, string> {
  const query = new Map<string, string>()
  for (const [name, value] of request.nextUrl.searchParams) {
    if (query.has(name)) throw new Refused(400, { error: `"${shorten(name)}" is given twice.` })
    if (name === '__proto__')
      throw new Refused(400, { error: '"__proto__" is not a name that may be used here.' })
    query.set(name, value)
  }
  return Object.fromEntries(query)
}

function refuseQuery(request: NextRequest): undefined {
  const [name] = Object.keys(readQuery(request))
  if (name !== undefined) throw new Refused(400, { error: `"${shorten(name)}" is not known here.` })
}

/** The answer to what was thrown: nothing of the server's inside is told. */
export function answerError(error: unknown): Response {
  if (error instanceof Refused) return answer(error.status, error.body, error.headers)
  if (error instanceof BadBody) return answer(error.status, { error: error.message })
  if (error instanceof DatabaseUnavailable) {
    return answer(
      503,
      { error: 'The server cannot reach its database. This is not saved yet.' },
      { 'Retry-After': '5' },
    )
  }
  if (error instanceof LessonUnavailable || error instanceof ContentMissing) {
    return answer(
      503,
      { error: 'This lesson cannot be read just now. What you wrote is kept.' },
      { 'Retry-After': '60' },
    )
  }
  console.error('handler failed:', error)
  return answer(500, {
    error: 'The server could not finish this, and has written down why. It is not saved yet.',
  })
}

/** JSON that no cache may keep. */
export function answer(status: number, body: object, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'private, no-store', ...headers } })
}

const shorten = (name: string) => (name.length > 80 ? `${name.slice(0, 80)}…` : name)
