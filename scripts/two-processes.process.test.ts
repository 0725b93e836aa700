import type { ChildProcess } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Embedded, startEmbedded } from '../db/embedded'
import { migrate } from '../db/migrate'
import { listBuiltRoutes } from '../e2e/authz-matrix'
import { PASSWORD } from '../e2e/house'
import { makePeople, type Person } from './faults/house'
import { clearUp, makeDataDir, startWeb } from './testing'

/** Two web processes on one database, as behind a balancer: each asks for what the other has just written. */

const HOME = 'http://localhost:4151'
const PORTS = [4151, 4152] as const
const DRAFT = '/api/drafts/cloud-deployment/notebook-to-service/when-needed'
const dataDir = makeDataDir()
let database: Embedded
let webs: ChildProcess[] = []
let people: Person[] = []

beforeAll(async () => {
  database = await startEmbedded({ dataDir })
  const [app, verifier] = [database.urlFor('app'), database.urlFor('verifier')]
  await migrate({ migrator: database.adminUrl, app, verifier })
  people = await makePeople(app, 4)
  const env = {
    DATABASE_URL: app,
    PUBLIC_URL: HOME,
    TRUST_PROXY: 'on',
    AUTH_SECRET: randomBytes(32).toString('base64'),
  }
  const starting = PORTS.map((port) => {
    const DATA_DIR = join(dataDir, String(port))
    mkdirSync(DATA_DIR)
    return startWeb(process.cwd(), port, { ...env, DATA_DIR })
  })
  // Where one does not start, the other is still ended.
  webs = (await Promise.allSettled(starting)).flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  await Promise.all(starting)
})
afterAll(async () => {
  await Promise.all(
    webs.map((web) => {
      web.kill('SIGTERM')
      return once(web, 'exit')
    }),
  )
  await database.stop()
  clearUp(dataDir)
})

type Which = 0 | 1
type Asked = {
  cookie?: string
  from?: string
  headers?: Record<string, string>
  body?: string | URLSearchParams
}

/** To the first process or the second, as the balancer hands it on. */
function ask(which: Which, path: string, { cookie, from, headers, body }: Asked = {}, method?: string) {
  return fetch(`http://localhost:${PORTS[which]}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      'x-forwarded-host': new URL(HOME).host,
      'x-forwarded-proto': 'http',
      'x-forwarded-for': from ?? '203.0.113.7',
      ...(cookie && { cookie }),
      ...(body !== undefined && { origin: HOME }),
      ...headers,
    },
    body,
  })
}

async function token(which: Which): Promise<{ csrfToken: string; cookie: string }> {
  const answer = await ask(which, '/api/auth/csrf')
  const { csrfToken } = (await answer.json()) as { csrfToken: string }
  return { csrfToken, cookie: answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '' }
}

async function signIn(which: Which, { email }: Person, password: string): Promise<number> {
  const { csrfToken, cookie } = await token(which)
  const body = new URLSearchParams({ csrfToken, email, password, json: 'true' })
  return (await ask(which, '/api/auth/callback/credentials', { cookie, body })).status
}

/** Whether an account was made, and its session with it. */
async function signUp(which: Which, from: string): Promise<boolean> {
  const action = listBuiltRoutes().actions.find(({ name }) => name === 'signUp')
  const fields = [
    ['_1_name', 'Maya Okafor'],
    ['_1_email', `maya-${randomUUID()}@harbour.example`],
    ['_1_password', PASSWORD],
    ['_1_timeZone', 'Europe/London'],
    ['0', '[{},"$K1"]'],
  ]
  const parts = fields.map(
    ([name, value]) => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const headers = {
    'next-action': action?.id ?? '',
    accept: 'text/x-component',
    'content-type': 'multipart/form-data; boundary=edge',
  }
  const answer = await ask(which, '/sign-up', { from, headers, body: `${parts.join('')}--edge--\r\n` })
  return answer.headers.getSetCookie().some((line) => line.startsWith('slipway-session='))
}

const draftOf = (which: Which, { cookie }: Person, base: number, note: string) =>
  ask(
    which,
    DRAFT,
    {
      cookie,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ base, state: { note } }),
    },
    'PUT',
  )

/** Every second one of `count` to the other process, all at once. */
const spread = <T>(count: number, work: (which: Which) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, at) => work((at % 2) as Which)))

function person(at: number): Person {
  const found = people[at]
  if (!found) throw new Error(`nobody is number ${at}`)
  return found
}

test('a session that ends in one process has ended in the other', async () => {
  const { cookie } = person(0)
  const read = (which: Which) => ask(which, '/api/progress?course=git', { cookie })
  // Both have accepted it, and would remember.
  expect([(await read(0)).status, (await read(1)).status]).toEqual([200, 200])
  const { csrfToken, cookie: csrf } = await token(0)
  const body = new URLSearchParams({ csrfToken, json: 'true' })
  expect((await ask(0, '/api/auth/signout', { cookie: `${csrf}; ${cookie}`, body })).status).toBe(200)
  expect((await read(1)).status).toBe(401)
  const page = await ask(1, '/learn/cloud-deployment/notebook-to-service', { cookie })
  expect([page.status, page.headers.get('location')?.startsWith('/sign-in')]).toEqual([307, true])
})

test('of twelve wrong passwords at once in two processes ten are looked at, and then the right one waits too', async () => {
  const statuses = await spread(12, (which) => signIn(which, person(1), 'a heron stood by the weir'))
  expect(statuses.filter((status) => status === 401)).toHaveLength(10)
  expect(statuses.filter((status) => status === 429)).toHaveLength(2)
  expect(await spread(2, (which) => signIn(which, person(1), PASSWORD))).toEqual([429, 429])
  expect(await spread(2, (which) => signIn(which, person(2), PASSWORD))).toEqual([200, 200])
})

test('of 22 accounts at once from one network in two processes twenty are made', async () => {
  const made = await spread(22, (which) => signUp(which, '198.51.100.4'))
  expect(made.filter(Boolean)).toHaveLength(20)
  expect(await signUp(1, '198.51.100.5'), 'another network').toBe(true)
})

test('two drafts on one state in two processes: one is kept, the other is answered with both', async () => {
  const writer = person(3)
  expect((await draftOf(0, writer, 0, 'begun')).status).toBe(200)
  const notes = ['by the first', 'by the second']
  const answers = await spread(2, async (which) => {
    const answer = await draftOf(which, writer, 1, notes[which] ?? '')
    return { status: answer.status, said: await answer.json() }
  })
  const [kept, late] = answers[0]?.status === 200 ? [0, 1] : [1, 0]
  expect(answers[kept]).toEqual({ status: 200, said: { revision: 2 } })
  expect(answers[late]).toMatchObject({
    status: 409,
    said: { current: { revision: 2, state: { note: notes[kept] } }, yours: { state: { note: notes[late] } } },
  })
  for (const which of [0, 1] as const) {
    const shown = await (await ask(which, DRAFT, { cookie: writer.cookie })).json()
    expect(shown).toMatchObject({ revision: 2, state: { note: notes[kept] } })
  }
})
