import { randomUUID } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { ACTIONS } from '../authz-matrix'
import {
  act,
  anAttempt,
  appDatabaseUrl,
  aReport,
  ask,
  BLOCK,
  COURSE,
  database,
  forgedPass,
  HOME,
  JSON_TYPE,
  LESSON,
  leaked,
  lessonCanaries,
  makePerson,
  openSessionFor,
  type Person,
  PORT,
  routesBuilt,
  type Served,
  send,
  serve,
  sessionIn,
  stateOf,
} from './house'

// Who may see and do what, whatever a request is dressed as.

const GATED = [`/learn/${COURSE}/${LESSON}`, '/dashboard', '/settings']
const TREE = encodeURIComponent(JSON.stringify(['', { children: ['__PAGE__', {}] }, null, null, true]))

/** Ways in which proxies, routers and caches have been led around a check before. */
function disguises(path: string): { path: string; method?: string; headers?: Record<string, string> }[] {
  const [, first = '', ...rest] = path.split('/')
  const tail = rest.length > 0 ? `/${rest.join('/')}` : ''
  const subrequests = ['middleware', 'src/middleware', 'proxy', 'src/proxy', 'pages/_middleware']
  const headers: Record<string, string>[] = [
    ...subrequests.map((value) => ({ 'x-middleware-subrequest': value })),
    ...subrequests.map((value) => ({ 'x-middleware-subrequest': Array(5).fill(value).join(':') })),
    { rsc: '1' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/_tree' },
    { rsc: '1', 'next-router-segment-prefetch': '/_full' },
    { rsc: '1', 'next-router-state-tree': TREE },
    { 'next-router-prefetch': '1' },
    { purpose: 'prefetch' },
    { 'sec-purpose': 'prefetch;prerender' },
    { 'x-middleware-prefetch': '1' },
    { 'x-nextjs-data': '1' },
    { 'x-middleware-next': '1' },
    { 'x-middleware-rewrite': path },
    { 'x-invoke-path': path, 'x-invoke-status': '200' },
    { 'x-matched-path': path },
    { 'x-now-route-matches': '1' },
    { 'x-prerender-revalidate': 'preview' },
    { 'x-forwarded-host': 'localhost:1', 'x-forwarded-proto': 'https' },
    { 'x-original-url': path, 'x-rewrite-url': path },
    { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
    { cookie: '__prerender_bypass=1; __next_preview_data=1' },
    { cookie: 'slipway-session=' },
    { cookie: `slipway-session=${'A'.repeat(43)}` },
    { cookie: 'next-auth.session-token=x; __Secure-next-auth.session-token=x' },
    { authorization: 'Bearer x' },
    { range: 'bytes=0-100' },
    { accept: 'text/x-component' },
    { 'next-url': path, rsc: '1' },
    { 'x-http-method-override': 'GET' },
  ]
  const paths = [
    `${path}.rsc`,
    `${path}.json`,
    `${path}.txt`,
    `${path}/`,
    `${path}/.`,
    `/${path}`,
    `/.${path}`,
    `/x/..${path}`,
    `${path}%20`,
    `${path}%2f`,
    `${path};a=b`,
    `${path}?_rsc=abc`,
    `${path}?nxtPcourse=${COURSE}&nxtPlesson=${LESSON}`,
    `${path}?__nextDataReq=1`,
    `${path}?__nextLocale=en`,
    `/${first.toUpperCase()}${tail}`,
    `/%${first.charCodeAt(0).toString(16)}${first.slice(1)}${tail}`,
    `/${first}%2f${rest.join('%2f')}`,
    `/en${path}`,
    `/_next${path}`,
    `/_next/data/build${path}.json`,
    `${path}.segments/_tree.segment.rsc`,
    `${path}.segments/_full.segment.rsc`,
    `${path}.segments/__PAGE__.segment.rsc`,
    `${path}/opengraph-image`,
  ]
  return [
    ...headers.map((one) => ({ path, headers: one })),
    ...paths.map((one) => ({ path: one })),
    ...paths.slice(0, 4).map((one) => ({ path: one, headers: { rsc: '1', 'next-router-prefetch': '1' } })),
    ...['HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'TRACE'].map((method) => ({ path, method })),
  ]
}

async function tryDisguises(port: number, canaries: string[]): Promise<string[]> {
  const seen: string[] = []
  for (const path of GATED) {
    for (const one of disguises(path)) {
      const { port: _port, ...asked } = { port, ...one }
      const answer = await ask(asked.path, {
        ...asked,
        headers: { host: `localhost:${PORT}`, ...asked.headers },
        port,
      })
      const found = leaked(answer.body, canaries)
      const inHead = leaked(JSON.stringify(answer.headers), canaries)
      if (found.length + inHead.length > 0) seen.push(`${JSON.stringify(one)}: ${[...found, ...inHead][0]}`)
    }
  }
  return seen
}

/** What stands on those pages for whom they are for. */
async function canariesOf(): Promise<string[]> {
  const canaries = lessonCanaries()
  expect(canaries.length, 'the lesson has sentences to look for').toBeGreaterThanOrEqual(30)
  const person = await makePerson()
  const lesson = await ask(GATED[0] as string, { as: person })
  expect(leaked(lesson.body, canaries).length, 'and shows them to a learner').toBeGreaterThanOrEqual(30)
  expect((await ask('/settings', { as: person })).body).toContain(person.email)
  return [...canaries, person.email, 'Firefox on Linux']
}

test.describe('S-02 a gated page shows nothing to anybody who is not signed in', () => {
  test('S-02 however the request is dressed', async () => {
    const canaries = await canariesOf()
    expect(disguises('/learn/a/b').length).toBeGreaterThanOrEqual(60)
    expect(await tryDisguises(PORT, canaries)).toEqual([])
  })
})

const FOREIGN: [string, string | null, Record<string, string>?][] = [
  ['no Origin', null],
  ['null', 'null'],
  ['another site', 'http://evil.example'],
  ['another site with a forwarded host', 'http://evil.example', { 'x-forwarded-host': 'evil.example' }],
  ['a name below ours', `http://evil.localhost:${PORT}`],
  ['another port', `http://localhost:${PORT + 1}`],
  ['the other scheme', `https://localhost:${PORT}`],
  ['ours with more behind it', `${HOME}.evil.example`],
]

/** Fields that would change something, were they let in. */
async function fieldsOf(person: Person): Promise<Record<string, Record<string, string>>> {
  const sql = await database()
  const [session] = await sql`select id from sessions where user_id = ${person.id} limit 1`
  const fresh = 'seven terns over the bay'
  return {
    signUp: { name: 'Evil', email: `evil-${randomUUID()}@harbour.example`, password: fresh },
    signIn: { email: person.email, password: 'a heron stood by the lock' },
    resetPassword: { token: 'made-up', password: fresh },
    askForReset: { email: person.email },
    verifyEmail: { token: 'made-up' },
    askForVerification: {},
    changeEmail: {
      email: `evil-${randomUUID()}@harbour.example`,
      currentPassword: 'a heron stood by the lock',
    },
    deleteAccount: { confirm: person.email, currentPassword: 'a heron stood by the lock' },
    updateBackground: { background: 'new' },
    continueWith: { provider: 'oidc' },
    changeWay: { change: 'unlink:oidc', currentPassword: 'a heron stood by the lock' },
    changePassword: { currentPassword: 'a heron stood by the lock', password: fresh },
    updateName: { name: 'Mallory' },
    updateTimeZone: { timeZone: 'Asia/Tokyo' },
    signOutDevice: { device: String(session?.id) },
    signOutEverywhere: {},
    signOut: {},
  }
}

const FOR_ANYBODY = [
  'signUp',
  'signIn',
  'signOut',
  'resetPassword',
  'askForReset',
  'verifyEmail',
  'continueWith',
]

test('S-04 no action changes anything for who is not signed in, from whatever page it is called', async () => {
  const victim = await makePerson()
  const before = await stateOf(victim)
  const fields = await fieldsOf(victim)
  expect(Object.keys(fields).sort(), 'every action of the build').toEqual(
    routesBuilt()
      .actions.map(({ name }) => name)
      .sort(),
  )
  for (const name of Object.keys(ACTIONS)) {
    // These are for anybody; the matrix says what they answer.
    if (FOR_ANYBODY.includes(name)) continue
    for (const page of [undefined, '/', '/settings', '/courses']) {
      const answer = await act(name, fields[name] ?? {}, { page })
      expect(answer.status, `${name} at ${page}`).toBeLessThan(500)
      expect(answer.body, `${name} at ${page}`).not.toMatch(/Saved|is changed|is signed out\./)
      expect(sessionIn(answer)).toBeNull()
    }
  }
  const unknown = await ask('/', {
    method: 'POST',
    headers: { 'next-action': '7f'.repeat(21), 'content-type': 'multipart/form-data; boundary=edge' },
    body: '--edge--\r\n',
  })
  expect([404, 409]).toContain(unknown.status)
  expect(await stateOf(victim)).toBe(before)
})

test.describe('S-05 a server action runs for a page of ours only', () => {
  for (const [what, origin, headers] of FOREIGN) {
    test(`S-05 ${what} is refused by every action`, async () => {
      const victim = await makePerson()
      const before = await stateOf(victim)
      for (const [name, fields] of Object.entries(await fieldsOf(victim))) {
        const answer = await act(name, fields, { as: victim, origin, headers })
        expect(answer.status, name).toBe(403)
        expect(answer.headers['set-cookie'], name).toBeUndefined()
      }
      expect(await stateOf(victim)).toBe(before)
    })
  }

  test('S-05 from our own page they run', async () => {
    const owner = await makePerson()
    expect((await act('updateName', { name: 'Ines' }, { as: owner })).body).toContain('Saved.')
  })
})

const writes = (): ['POST' | 'PUT', string, string][] => [
  ['POST', '/api/attempts', JSON.stringify(anAttempt())],
  ['PUT', `/api/drafts/${BLOCK}`, JSON.stringify({ base: 0, state: { a: 1 } })],
  ['POST', '/api/reports', JSON.stringify(aReport())],
  ['POST', '/api/auth/signout', 'csrfToken=x'],
  ['POST', '/api/auth/callback/credentials', 'csrfToken=x&email=a&password=b'],
]

test.describe('S-06 a handler changes nothing for another site', () => {
  for (const [what, origin, headers] of FOREIGN) {
    test(`S-06 ${what} is refused by every handler`, async () => {
      const victim = await makePerson()
      const before = await stateOf(victim)
      for (const [method, path, body] of writes()) {
        for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
          const sent = { as: victim, method, body, origin, headers: { 'content-type': type, ...headers } }
          expect((await ask(path, sent)).status, `${method} ${path} ${type}`).toBe(403)
        }
      }
      expect(await stateOf(victim)).toBe(before)
    })
  }

  test('S-06 what an HTML form can send is no JSON, and no GET changes anything', async () => {
    const victim = await makePerson()
    const before = await stateOf(victim)
    for (const [method, path, body] of writes().slice(0, 3)) {
      for (const type of [
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
      ]) {
        const answer = await ask(path, { as: victim, method, body, headers: { 'content-type': type } })
        expect(answer.status, `${path} ${type}`).toBe(415)
      }
    }
    const queries = ['', '?id=x', `?block=${BLOCK}&version=1`, '?csrfToken=x&json=true']
    const paths = [
      '/api/attempts',
      `/api/drafts/${BLOCK}`,
      '/api/auth/signout',
      '/api/auth/signin',
      '/settings',
    ]
    for (const path of paths)
      for (const query of queries)
        for (const method of ['GET', 'HEAD']) await ask(path + query, { as: victim, method })
    expect(await stateOf(victim)).toBe(before)
  })
})

test.describe('S-36 what is somebody else’s is not there', () => {
  test('S-36 no attempt, draft, solution or device of another learner is given, named or changed', async () => {
    const owner = await makePerson()
    const other = await makePerson()
    const attempt = anAttempt()
    expect((await send('POST', '/api/attempts', attempt, { as: owner })).status).toBe(200)
    const secret = `owner-${randomUUID()}`
    const draft = await send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state: { secret } }, { as: owner })
    expect(draft.status).toBe(200)
    const before = await stateOf(owner)

    expect((await ask(`/api/attempts/${attempt.id}`, { as: owner })).status).toBe(200)
    const gone = await ask(`/api/attempts/${attempt.id}`, { as: other })
    const never = await ask(`/api/attempts/${randomUUID()}`, { as: other })
    expect(gone.status).toBe(404)
    expect(gone.body, 'what exists and what does not look the same').toBe(never.body)
    // The same id is the other learner's own to use: what is the owner's is not given back.
    const same = await send('POST', '/api/attempts', { ...attempt, response: { text: '13' } }, { as: other })
    expect(same.status).toBe(200)
    expect((await ask(`/api/drafts/${BLOCK}`, { as: other })).body).not.toContain(secret)
    const put = await send('PUT', `/api/drafts/${BLOCK}`, { base: 1, state: { mine: 1 } }, { as: other })
    expect(put.body).not.toContain(secret)
    const sql = await database()
    const [device] = await sql`select id from sessions where user_id = ${owner.id}`
    expect((await act('signOutDevice', { device: String(device?.id) }, { as: other })).body).toContain(
      'No device of yours',
    )
    expect(await stateOf(owner)).toBe(before)
  })

  test('S-36 a parameter that is missing, doubled or of another type opens nothing', async () => {
    const owner = await makePerson()
    const other = await makePerson()
    const secret = `owner-${randomUUID()}`
    await send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state: { secret } }, { as: owner })
    const attempt = anAttempt()
    await send('POST', '/api/attempts', attempt, { as: owner })
    const before = await stateOf(owner)
    const reads = [
      '/api/attempts',
      '/api/attempts/',
      '/api/attempts/null',
      '/api/attempts/undefined',
      `/api/attempts/${attempt.id}%00`,
      `/api/attempts/${attempt.id},${attempt.id}`,
      `/api/attempts/${attempt.id}?user=${owner.id}`,
      `/api/attempts/${attempt.id}/`,
      `/api/attempts/${attempt.id.toUpperCase()}`,
      '/api/progress',
      '/api/progress?course=',
      '/api/progress?course[]=a',
      `/api/progress?course=${COURSE}&userId=${owner.id}`,
      `/api/progress?course=${COURSE}&course=data-structures`,
      `/api/drafts/${BLOCK}?userId=${owner.id}`,
      `/api/drafts/${COURSE}/${LESSON}`,
      `/api/drafts/${COURSE}/${LESSON}/%25`,
      `/api/drafts/${COURSE}/${LESSON}/_`,
      `/api/solutions/${BLOCK}?passed=true`,
    ]
    for (const path of reads) {
      const answer = await ask(path, { as: other })
      expect([307, 308, 400, 403, 404, 405], `${path}: ${answer.status}`).toContain(answer.status)
      expect(answer.body, path).not.toContain(secret)
    }
    for (const id of [[attempt.id], { $ne: null }, 7, null, true, '', `${attempt.id}'`])
      expect((await send('POST', '/api/attempts', { ...attempt, id }, { as: other })).status).toBe(400)
    for (const device of ['', '%', `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, "' or true --"])
      await act('signOutDevice', { device }, { as: other })
    expect(await stateOf(owner)).toBe(before)
    const sql = await database()
    const rows = await sql`select 1 from attempts where user_id = ${other.id}`
    expect(rows.length).toBe(0)
  })
})

const SMUGGLED = {
  role: 'admin',
  score: 100,
  passed: true,
  userId: '00000000-0000-7000-8000-000000000000',
  user_id: '00000000-0000-7000-8000-000000000000',
  completedAt: '2020-01-01T00:00:00Z',
  verified: true,
  checked: 'verifier',
  verdict: 'passed',
  graded: false,
  suspendedAt: null,
}

test.describe('S-38 a field that nobody asked for is refused', () => {
  for (const [name, value] of Object.entries(SMUGGLED)) {
    test(`S-38 ${name}, by every handler and action, and nothing is written`, async () => {
      const person = await makePerson()
      const before = await stateOf(person)
      const attempt = await send('POST', '/api/attempts', anAttempt({ [name]: value }), { as: person })
      expect(attempt.status).toBe(400)
      expect(attempt.body).toContain(name)
      const body = { base: 0, state: {}, [name]: value }
      expect((await send('PUT', `/api/drafts/${BLOCK}`, body, { as: person })).status).toBe(400)
      expect((await send('POST', '/api/reports', aReport({ [name]: value }), { as: person })).status).toBe(
        400,
      )
      const path = '/api/auth/callback/credentials'
      expect((await send('POST', path, { csrfToken: 'x', [name]: value })).status).toBe(400)
      for (const [action, fields] of Object.entries(await fieldsOf(person))) {
        const answer = await act(action, { ...fields, [name]: String(value) }, { as: person })
        expect(answer.body, action).toContain('This form has no field')
      }
      expect(await stateOf(person)).toBe(before)
    })
  }
})

test.describe('S-39 a pass comes from the grader', () => {
  test('S-39 claims, foreign ids, old versions and forged observations make no pass of the server’s', async () => {
    const cheat = await makePerson()
    const wrong = await send('POST', '/api/attempts', anAttempt(), { as: cheat })
    expect(JSON.parse(wrong.body)).toMatchObject({ verdict: 'failed', checked: 'server' })
    const tries: object[] = [
      { version: 0 },
      { version: 2 },
      { version: 999 },
      { response: { ...WRONG, passed: true } },
      { response: { ...WRONG, verdict: { passed: true } } },
      { response: { answer: WRONG, observation: { passed: true } } },
      { response: null },
      { response: [] },
      { hints: -1 },
    ]
    for (const more of tries) {
      const answer = await send('POST', '/api/attempts', anAttempt(more), { as: cheat })
      expect([400, 409], JSON.stringify(more)).toContain(answer.status)
    }
    expect((await ask(`/api/solutions/${BLOCK}`, { as: cheat })).status).toBe(403)
    const sql = await database()
    const passed = await sql`select 1 from verdicts where user_id = ${cheat.id} and passed`
    expect(passed.length).toBe(0)
  })

  test('S-39 a forged observation of a program is never called checked by the server', async () => {
    const cheat = await makePerson()
    const block = 'data-structures/binary-search/lower-bound'
    const response = forgedPass(block)
    const answer = await send('POST', '/api/attempts', anAttempt({ block, response }), { as: cheat })
    expect(answer.status, answer.body).toBe(200)
    const sql = await database()
    const rows = await sql<{ checked: string }[]>`select checked from verdicts where user_id = ${cheat.id}`
    expect(rows.map(({ checked }) => checked)).toEqual(['self'])
    expect(JSON.parse(answer.body).checked).toBe('self')
  })

  test('S-39 another learner’s pass, its id and its answer do nothing for somebody else', async () => {
    const [honest, cheat] = [await makePerson(), await makePerson()]
    const right = anAttempt({ response: { text: '99.8' } })
    await send('POST', '/api/attempts', right, { as: honest })
    expect((await ask(`/api/attempts/${right.id}`, { as: cheat })).status).toBe(404)
    const replayed = await send('POST', '/api/attempts', { ...right, response: WRONG }, { as: cheat })
    expect(JSON.parse(replayed.body).verdict).toBe('failed')
    const sql = await database()
    const rows = await sql`select state from block_progress where user_id = ${cheat.id}`
    expect(rows.map(({ state }) => state)).toEqual(['tried'])
  })
})

const WRONG = { text: '12' }

test.describe('S-33 nothing that a client says about its session is believed', () => {
  test('S-33 an update of the session is not there, and the token stays as it is', async () => {
    const person = await makePerson()
    const before = await stateOf(person)
    const victim = await makePerson()
    const bodies = [
      { data: { role: 'admin' } },
      { data: { sub: victim.id, email: victim.email, name: 'Root' } },
      { csrfToken: 'x', data: { user: { id: victim.id } } },
    ]
    for (const body of bodies) {
      for (const method of ['POST', 'PUT'] as const) {
        const answer = await send(method, '/api/auth/session', body, { as: person })
        expect([404, 405]).toContain(answer.status)
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
    }
    const session = JSON.parse((await ask('/api/auth/session', { as: person })).body)
    expect(session.user).toEqual({ id: person.id, name: person.name })
    expect(await stateOf(person)).toBe(before)
    expect(await openSessionFor(person.id)).not.toBe(person.cookie)
  })
})

test.describe('without the front door', () => {
  // One such process is enough for all of them.
  test.describe.configure({ mode: 'default' })
  let bare: Served
  const host = { host: `localhost:${PORT}` }

  test.beforeAll(async () => {
    bare = await serve('e2e/security/bare.ts', { PUBLIC_URL: HOME, DATABASE_URL: await appDatabaseUrl() })
  })
  test.afterAll(() => bare.stop())

  test('S-02 a gated page still shows nothing to anybody who is not signed in', async () => {
    const canaries = await canariesOf()
    const lesson = await ask(GATED[0] as string, { as: await makePerson(), port: bare.port, headers: host })
    expect(leaked(lesson.body, canaries).length, 'it serves').toBeGreaterThanOrEqual(30)
    expect(await tryDisguises(bare.port, canaries)).toEqual([])
  })

  test('S-05 the actions themselves refuse what comes from elsewhere', async () => {
    const victim = await makePerson()
    const before = await stateOf(victim)
    const fields = await fieldsOf(victim)
    for (const [, origin, headers] of FOREIGN) {
      for (const [name, sent] of Object.entries(fields))
        await act(name, sent, { as: victim, origin, port: bare.port, headers: { ...host, ...headers } })
    }
    expect(await stateOf(victim)).toBe(before)
    const own = await act('updateName', { name: 'Ines' }, { as: victim, port: bare.port, headers: host })
    expect(own.body, 'from our own page it runs').toContain('Saved.')
  })

  test('S-06 the handlers themselves refuse what comes from elsewhere', async () => {
    const victim = await makePerson()
    const before = await stateOf(victim)
    for (const [, origin, headers] of FOREIGN) {
      for (const [method, path, body] of writes()) {
        const sent = {
          as: victim,
          method,
          body,
          origin,
          port: bare.port,
          headers: { ...host, ...JSON_TYPE, ...headers },
        }
        expect((await ask(path, sent)).status, `${method} ${path} ${origin}`).toBe(403)
      }
    }
    expect(await stateOf(victim)).toBe(before)
  })
})
