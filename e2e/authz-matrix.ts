import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What everybody gets, for every route and server action there is. `authz.spec.ts` asks, and fails when the build holds
 * a route or an action without a row here.
 *
 * `anonymous` has no session. `owner` asks for what is their own. `other` is signed in and asks for what is the owner's:
 * 404, as if it were not there, or something of their own.
 */
export type Principal = 'anonymous' | 'owner' | 'other'

/** What the rows ask about: all of it belongs to the owner. */
export type World = { attempt: string; device: string; block: string; course: string; lesson: string }

/** A status, a redirect's path, and words that must not be in the body (the owner's secret, for others). */
export type Expected = number | { to: string } | { status: number; holds: string }

export type RouteRow = {
  method?: 'GET' | 'POST' | 'PUT'
  path: (world: World) => string
  body?: (world: World) => unknown
} & Record<Principal, Expected>

const get = (
  path: string | ((world: World) => string),
  anonymous: Expected,
  owner: Expected,
  other: Expected,
): RouteRow => ({
  path: typeof path === 'string' ? () => path : path,
  anonymous,
  owner,
  other,
})
/** The same for all, because nothing of anybody is in it. */
const open = (path: string): RouteRow => get(path, 200, 200, 200)
const gated = (path: string): RouteRow => get(path, { to: '/sign-in' }, 200, 200)

/** The words that stand in the owner's draft; in nobody else's answer. */
export const SECRET = 'three terns on a bollard'

const REPORT = '0199f0c2-0000-7000-8000-000000000004'

export const ROUTES: Record<string, RouteRow[]> = {
  '/': [open('/')],
  '/courses': [open('/courses')],
  '/courses/[course]': [get(({ course }) => `/courses/${course}`, 200, 200, 200)],
  '/learn/[course]/[lesson]': [
    get(
      ({ course, lesson }) => `/learn/${course}/${lesson}`,
      { to: '/sign-in' },
      { status: 200, holds: SECRET },
      200,
    ),
  ],
  '/dashboard': [gated('/dashboard')],
  '/settings': [gated('/settings')],
  '/sign-in': [get('/sign-in', 200, { to: '/dashboard' }, { to: '/dashboard' })],
  '/sign-up': [get('/sign-up', 200, { to: '/dashboard' }, { to: '/dashboard' })],
  '/reset-password': [open('/reset-password?token=none')],
  '/catalogue.json': [open('/catalogue.json')],
  '/verify-email': [open('/verify-email?token=none')],
  '/readyz': [open('/readyz')],
  '/_not-found': [get('/no-such-page', 404, 404, 404)],
  // Rendered by Next itself where a layout fails; it has no address.
  '/_global-error': [],
  '/api/[...path]': [get('/api/no-such-endpoint', 404, 404, 404)],
  '/api/auth/[...nextauth]': [
    open('/api/auth/csrf'),
    open('/api/auth/session'),
    get('/api/auth/signout', 404, 404, 404),
    get('/api/auth/signin/oidc', 404, 404, 404),
    // Whoever comes back without having been sent is not let in; a provider that is not set up is not there.
    get('/api/auth/callback/oidc?code=x&state=x', { to: '/sign-in' }, { to: '/sign-in' }, { to: '/sign-in' }),
    get('/api/auth/callback/google?code=x&state=x', 404, 404, 404),
    { ...get('/api/auth/_log', 404, 404, 404), method: 'POST', body: () => ({ level: 'error' }) },
    { ...get('/api/auth/session', 404, 404, 404), method: 'POST', body: () => ({ data: { role: 'admin' } }) },
  ],
  '/api/attempts': [
    {
      ...get('/api/attempts', 401, 404, 404),
      method: 'POST',
      body: ({ attempt }) => ({
        id: attempt.replace(/^./, (first) => (first === 'f' ? 'e' : 'f')),
        block: 'no/such/block',
        version: 1,
        response: {},
        hints: 0,
      }),
    },
  ],
  '/api/reports': [
    {
      // About the owner's answer: for anybody else there is no such answer.
      ...get('/api/reports', 401, { status: 200, holds: REPORT }, 404),
      method: 'POST',
      body: ({ attempt, block }) => ({
        id: REPORT,
        block,
        version: 1,
        kind: 'refused',
        attempt,
        words: 'from the matrix',
      }),
    },
  ],
  '/api/attempts/[id]': [get(({ attempt }) => `/api/attempts/${attempt}`, 401, 200, 404)],
  '/api/search/[course]': [
    get(({ course }) => `/api/search/${course}`, 401, 200, 200),
    get('/api/search/no-such-course', 401, 404, 404),
  ],
  '/api/progress': [
    get(({ course }) => `/api/progress?course=${course}`, 401, { status: 200, holds: '"tried"' }, 200),
  ],
  '/api/export': [get('/api/export', 401, { status: 200, holds: SECRET }, 200)],
  '/api/drafts/[course]/[lesson]/[block]': [
    get(({ block }) => `/api/drafts/${block}`, 401, { status: 200, holds: SECRET }, 200),
    {
      ...get(({ block }) => `/api/drafts/${block}`, 401, 409, 200),
      method: 'PUT',
      // The owner's draft has moved on; the other begins one of their own.
      body: () => ({ base: 0, state: { note: 'from the matrix' } }),
    },
  ],
  '/api/solutions/[course]/[lesson]/[block]': [get(({ block }) => `/api/solutions/${block}`, 401, 403, 403)],
}

/** What the front door answers by itself, before Next: no route of the build. */
export const DOOR: Record<string, RouteRow[]> = {
  '/livez': [open('/livez')],
  // Off without METRICS_TOKEN, as here; with one it is for who holds it, which no session is (scripts/log.process.test.ts).
  '/metrics': [get('/metrics', 404, 404, 404)],
}

export type ActionRow = {
  fields: (world: World) => Record<string, string>
} & Record<Principal, { says: string } | { to: string }>

const signedOut = { says: 'You are signed out.' }

export const ACTIONS: Record<string, ActionRow> = {
  signUp: {
    fields: () => ({ name: 'X', email: 'x@harbour.example', password: 'short' }),
    ...same({ says: 'Use at least 12 characters.' }),
  },
  signIn: {
    fields: () => ({ email: 'nobody@harbour.example', password: 'not a password of anyone' }),
    ...same({ says: 'That e-mail and password do not match.' }),
  },
  resetPassword: {
    fields: () => ({ token: 'made-up', password: 'seven terns over fog' }),
    ...same({ says: 'This link has been used or is too old.' }),
  },
  askForReset: {
    fields: () => ({ email: 'nobody@harbour.example' }),
    ...same({ says: 'If an account has this address' }),
  },
  verifyEmail: {
    fields: () => ({ token: 'made-up' }),
    ...same({ says: 'This link has been used or is too old.' }),
  },
  askForVerification: {
    fields: () => ({}),
    anonymous: signedOut,
    owner: { says: 'A letter is on its way.' },
    other: { says: 'A letter is on its way.' },
  },
  changeEmail: {
    fields: () => ({ email: 'new@harbour.example', currentPassword: 'not the present one' }),
    anonymous: signedOut,
    owner: { says: 'This is not your present password.' },
    other: { says: 'This is not your present password.' },
  },
  deleteAccount: {
    fields: () => ({ confirm: 'somebody@harbour.example', currentPassword: 'not the present one' }),
    anonymous: signedOut,
    owner: { says: 'That is not the address of this account.' },
    other: { says: 'That is not the address of this account.' },
  },
  updateBackground: {
    fields: () => ({ background: 'new' }),
    anonymous: signedOut,
    owner: { says: 'Saved.' },
    other: { says: 'Saved.' },
  },
  // Nobody is at the provider of the tests.
  continueWith: { fields: () => ({ provider: 'oidc' }), ...same({ says: 'That does not answer just now.' }) },
  changeWay: {
    fields: () => ({ change: 'link:oidc', currentPassword: 'not the present one' }),
    anonymous: signedOut,
    owner: { says: 'This is not your present password.' },
    other: { says: 'This is not your present password.' },
  },
  changePassword: {
    fields: () => ({ currentPassword: 'not the present one', password: 'seven terns over fog' }),
    anonymous: signedOut,
    owner: { says: 'This is not your present password.' },
    other: { says: 'This is not your present password.' },
  },
  updateName: {
    fields: () => ({ name: 'Maya' }),
    anonymous: signedOut,
    owner: { says: 'Saved.' },
    other: { says: 'Saved.' },
  },
  updateTimeZone: {
    fields: () => ({ timeZone: 'Europe/Lisbon' }),
    anonymous: signedOut,
    owner: { says: 'Saved.' },
    other: { says: 'Saved.' },
  },
  // `device` is a second session of the owner; the rows are asked in the order anonymous, other, owner.
  signOutDevice: {
    fields: ({ device }) => ({ device }),
    anonymous: signedOut,
    owner: { says: 'That device is signed out.' },
    other: { says: 'No device of yours by this name is signed in.' },
  },
  signOutEverywhere: {
    fields: () => ({ others: 'yes' }),
    anonymous: signedOut,
    owner: { says: 'Every other device is signed out.' },
    other: { says: 'Every other device is signed out.' },
  },
  signOut: { fields: () => ({}), ...same({ to: '/' }) },
}

function same<T>(expected: T): Record<Principal, T> {
  return { anonymous: expected, owner: expected, other: expected }
}

export type Built = {
  /** Route patterns, as in `ROUTES`. */
  routes: string[]
  actions: { name: string; id: string; file: string; page: string }[]
}

/** Files that Next serves under a name of its own: icons, the social image, robots, manifest. They hold nothing of anybody. */
const METADATA =
  /\/(icon|apple-icon|favicon\.ico|opengraph-image|twitter-image|robots\.txt|sitemap\.xml|manifest\.webmanifest)([.\w-]*)?$/

/** Every route and server action of the build in `folder`, from Next's own manifests. Throws where there is no build. */
export function listBuiltRoutes(folder = process.cwd()): Built {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, '.next', path), 'utf8'))
  const routes = Object.values(read('app-path-routes-manifest.json') as Record<string, string>)
  type Reference = { workers: Record<string, unknown>; filename: string; exportedName: string }
  const { node, edge } = read('server/server-reference-manifest.json') as Record<
    'node' | 'edge',
    Record<string, Reference>
  >
  const actions = Object.entries({ ...node, ...edge }).map(([id, { exportedName, filename, workers }]) => ({
    id,
    name: exportedName,
    file: filename,
    page: pageOf(Object.keys(workers)),
  }))
  return { routes: [...new Set(routes)].filter((route) => !METADATA.test(route)), actions }
}

/** A page that knows the action and has an address without parameters. */
function pageOf(workers: string[]): string {
  const pages = workers.map((worker) => `/${worker.replace(/^app\/|\/?page$/g, '')}`)
  return pages.find((page) => !/[[_]/.test(page)) ?? '/'
}
