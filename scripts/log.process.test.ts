import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findEmbedded } from '../db/embedded'
import { openHouse } from './faults/house'
import { clearUp, makeDataDir } from './testing'

const PORT = 4146
const TOKEN = 'k3J8s-d02Lq_xVt5Zr1Wm7Yb'
const BLOCK = 'cloud-deployment/notebook-to-service/when-needed'
/** Words that stand nowhere else: whoever finds one in a log has found a person's. */
const CANARY = {
  name: 'Quillfeather Osprey',
  email: 'quillfeather@harbour.example',
  password: 'saltmarsh over a lantern',
  answer: 'thistledown and driftwood',
  token: 'Zm9vLWtlc3RyZWwtdG9rZW4tYmFyLWJhei1xdXg',
}

const dataDir = makeDataDir()
let house: Awaited<ReturnType<typeof openHouse>>
let cookie = ''

beforeAll(async () => {
  house = await openHouse({ port: PORT, dataDir, env: { METRICS_TOKEN: TOKEN, LOG_FORMAT: 'json' } })
  const [person] = await house.makeLearners(1)
  cookie = person?.cookie ?? ''
})
afterAll(async () => {
  await house.stop({ keep: true })
  clearUp(dataDir)
})

const ask = (path: string, init: RequestInit = {}) => fetch(house.url + path, { redirect: 'manual', ...init })
const send = (method: string, path: string, body: unknown) =>
  ask(path, {
    method,
    headers: { cookie, origin: house.url, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

/** Everything of a person, through every way in, also where it fails. */
async function doEverything(): Promise<string[]> {
  const { name, email, password, answer, token } = CANARY
  const { csrfToken } = (await (await ask('/api/auth/csrf')).json()) as { csrfToken: string }
  await ask('/api/auth/callback/credentials', {
    method: 'POST',
    headers: { origin: house.url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ email, password, csrfToken, json: 'true' }),
  })
  await ask(`/reset-password?token=${token}`)
  await ask(`/sign-in?callbackUrl=/learn/${encodeURIComponent(name)}&email=${email}`)
  await ask('/dashboard', { headers: { cookie: `slipway-session=${token}` } })
  await send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state: { note: answer } })
  await send('PUT', `/api/drafts/${BLOCK}`, `{"base":0,"state":${answer}`)
  await send('POST', '/api/attempts', { id: token, block: answer, version: 1, response: answer, hints: 0 })

  // What only a fault of ours would do: a statement fails with somebody's words among its values.
  const database = await findEmbedded(dataDir)
  const sql = postgres(database?.adminUrl ?? '', { max: 1, onnotice: () => undefined })
  await sql`alter table drafts rename to elsewhere`
  const failed = await send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state: { note: answer } })
  await sql`alter table elsewhere rename to drafts`
  await sql.end()
  expect(failed.status, 'a failure is among what is written down').toBe(500)
  return [...Object.values(CANARY), cookie.split('=')[1] ?? '', 'harbour.example']
}

test('S-71: whatever happens, a run writes lines of JSON and nothing of a person', async () => {
  const words = await doEverything()
  const web = readFileSync(join(dataDir, 'logs/web.log'), 'utf8').trimEnd().split('\n')
  const told = house.started.lines
  for (const [where, lines] of Object.entries({ web, told })) {
    for (const line of lines) expect(() => JSON.parse(line), `${where}: ${line}`).not.toThrow()
    for (const word of words) expect(lines.join('\n'), `${where} holds ${word}`).not.toContain(word)
  }
  const failure = web.map((line) => JSON.parse(line)).find(({ says }) => says?.startsWith('handler failed'))
  expect(failure, 'and yet it says what failed').toMatchObject({ level: 'error' })
  expect(JSON.stringify(failure)).toMatch(/42P01.*drafts|drafts.*42P01/)
  for (const file of readdirSync(join(dataDir, 'postgres')).filter((name) => name === 'log'))
    for (const word of words)
      expect(readFileSync(join(dataDir, 'postgres', file), 'utf8')).not.toContain(word)
})

test('/metrics is for who holds the token, counts what was asked, and names nobody', async () => {
  expect((await ask('/metrics')).status).toBe(401)
  expect((await ask('/metrics', { headers: { cookie, authorization: `Bearer ${TOKEN}x` } })).status).toBe(401)
  const answer = await ask('/metrics', { headers: { authorization: `Bearer ${TOKEN}` } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const text = await answer.text()
  expect(text).toMatch(
    /slipway_http_requests_total\{method="PUT",route="\/api\/drafts\/…",status="500"\} [1-9]/,
  )
  expect(text).toMatch(/slipway_attempts_total\{outcome="refused"\} [1-9]/)
  expect(text).toMatch(/slipway_database_works_total\{outcome="answered"\} [1-9]/)
  for (const word of [...Object.values(CANARY), BLOCK]) expect(text).not.toContain(word)
})
