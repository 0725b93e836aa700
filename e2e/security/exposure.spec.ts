import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import {
  anAttempt,
  ask,
  BLOCK,
  COURSE,
  database,
  forgedPass,
  JSON_TYPE,
  keyCanaries,
  LESSON,
  leaked,
  makePerson,
  type Person,
  send,
} from './house'

// What answers hold: of each secret there is one copy that nobody could guess, and it is looked for everywhere.

const PUBLIC_PAGES = [
  '/',
  '/courses',
  `/courses/${COURSE}`,
  '/courses/data-structures',
  '/sign-in',
  '/sign-up',
  '/reset-password?token=none',
  '/nothing-here',
]
const LESSONS = readdirSync('content/courses').flatMap((course) =>
  readdirSync(join('content/courses', course), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `/learn/${course}/${name}`),
)
const OWN_PAGES = ['/dashboard', '/settings', ...LESSONS]
const API = [
  '/api/auth/session',
  '/api/auth/csrf',
  `/api/progress?course=${COURSE}`,
  `/api/drafts/${BLOCK}`,
  `/api/solutions/${BLOCK}`,
  ...['cloud-deployment', 'data-structures'].map((course) => `/api/search/${course}`),
  '/catalogue.json',
  '/readyz',
]

type Victim = { person: Person; canaries: string[] }

/** Somebody about whom everything is known that nobody else may learn. */
async function makeVictim(): Promise<Victim> {
  const person = await makePerson(`Vega ${randomUUID()}`)
  const code = `draft-${randomUUID()}`
  expect(
    (await send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state: { answer: code } }, { as: person })).status,
  ).toBe(200)
  const attempt = anAttempt({ response: { text: `31 ${randomUUID()}` } })
  expect((await send('POST', '/api/attempts', attempt, { as: person })).status).toBe(200)
  const sql = await database()
  const [row] = await sql`
    select p.hash, s.id as session, encode(s.sid_hash, 'hex') as sid from passwords p join sessions s using (user_id) where user_id = ${person.id}`
  const sid = person.cookie.split('=')[1] as string
  const known = [
    person.id,
    person.email,
    person.name,
    code,
    attempt.id,
    attempt.response.text,
    row?.hash,
    row?.session,
    row?.sid,
    sid,
  ]
  return { person, canaries: known.map(String) }
}

const secretsOfHouse = () => [readFileSync('.cache/e2e/auth-secret', 'utf8').trim()]

test.describe('S-07 nobody receives what is somebody else’s, nor a key', () => {
  for (const who of ['anonymous', 'another learner'] as const) {
    test(`S-07 ${who} reads every page, as HTML and as React’s payload, and every endpoint`, async () => {
      const { canaries } = await makeVictim()
      const reader = who === 'anonymous' ? undefined : await makePerson()
      const keys = keyCanaries()
      expect(keys.length).toBeGreaterThan(200)
      for (const path of [...PUBLIC_PAGES, ...OWN_PAGES, ...API]) {
        for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
          const answer = await ask(path, { as: reader, headers })
          expect(answer.status, path).toBeLessThan(500)
          const all = answer.body + JSON.stringify(answer.headers)
          expect(
            leaked(all, [...canaries, ...secretsOfHouse(), ...keys]),
            `${path} ${JSON.stringify(headers)}`,
          ).toEqual([])
          expect(all, path).not.toContain('$argon2')
        }
      }
    })
  }

  test('S-07 even its owner never sees a hash, a session’s id in a cookie’s form, or a key before the pass', async () => {
    const { person } = await makeVictim()
    const sql = await database()
    const [row] = await sql`
      select p.hash, encode(s.sid_hash, 'hex') as sid from passwords p join sessions s using (user_id) where user_id = ${person.id}`
    const never = [
      String(row?.hash),
      String(row?.sid),
      person.cookie.split('=')[1] as string,
      ...keyCanaries(),
    ]
    for (const path of [...PUBLIC_PAGES, ...OWN_PAGES, ...API]) {
      const { body } = await ask(path, { as: person })
      // A wrong answer is told why it is wrong: that one reason is the learner's to read.
      const found = leaked(body, never).filter((text) => !body.includes(`"message":"${text}`))
      expect(found, path).toEqual([])
    }
  })

  test('S-07 an endpoint answers with these names and no others', async () => {
    const { person } = await makeVictim()
    const names = async (path: string) =>
      Object.keys(JSON.parse((await ask(path, { as: person })).body)).sort()
    const attempt = anAttempt()
    const sent = await send('POST', '/api/attempts', attempt, { as: person })
    const outcome = ['at', 'block', 'checked', 'feedback', 'id', 'verdict']
    expect(Object.keys(JSON.parse(sent.body)).sort()).toEqual(outcome)
    expect(await names(`/api/attempts/${attempt.id}`)).toEqual(outcome)
    expect(await names(`/api/drafts/${BLOCK}`)).toEqual(['device', 'revision', 'state', 'updatedAt'])
    expect(await names(`/api/progress?course=${COURSE}`)).toEqual([
      'blocks',
      'course',
      'graded',
      'lessons',
      'passed',
    ])
    expect(await names('/api/auth/session')).toEqual(['expires', 'user'])
    expect(await names('/readyz')).toEqual(['checks', 'status'])
    const { user } = JSON.parse((await ask('/api/auth/session', { as: person })).body)
    expect(Object.keys(user).sort()).toEqual(['id', 'name'])
  })
})

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  )
}

test('S-08 no file that browsers may fetch holds a key, a hidden case, a reference or a secret', () => {
  const files = [...filesBelow('.next/static'), ...filesBelow('.runner')].filter(
    (file) => !/\.(br|gz)$/.test(file),
  )
  expect(files.length).toBeGreaterThan(20)
  const canaries = [...keyCanaries(), ...secretsOfHouse(), 'AUTH_SECRET', 'DATABASE_URL', '$argon2id$']
  const found = files.flatMap((file) =>
    leaked(readFileSync(file, 'latin1'), canaries).map((text) => `${file}: ${text}`),
  )
  expect(found).toEqual([])
  expect(files.filter((file) => file.endsWith('.map'))).toEqual([])
})

test('S-08 hidden cases stay on the server before the pass and after it', async () => {
  const person = await makePerson()
  const blocks = JSON.parse(
    readFileSync('.content/keys/data-structures/binary-search.json', 'utf8'),
  ) as Record<string, { kind: string; key: { casesSource?: string; whole?: { casesSource: string } } }>
  const programs = Object.entries(blocks).filter(([, { kind }]) => kind === 'code')
  expect(programs.length).toBeGreaterThan(0)
  for (const [block, { key }] of programs) {
    const compact = (line: string) => line.replace(/\s/g, '').replace(/,$/, '')
    const open = compact(key.casesSource ?? '')
    const hidden = (key.whole?.casesSource ?? '').split('\n').filter((line) => {
      return line.trim().length >= 24 && !open.includes(compact(line))
    })
    expect(hidden.length, block).toBeGreaterThan(0)
    expect((await ask(`/api/solutions/${block}`, { as: person })).status).toBe(403)
    const pass = anAttempt({ block, response: forgedPass(block) })
    const said = await send('POST', '/api/attempts', pass, { as: person })
    expect(JSON.parse(said.body)).toMatchObject({ verdict: 'passed' })
    const shown = await ask(`/api/solutions/${block}`, { as: person })
    expect(shown.status).toBe(200)
    const page = await ask('/learn/data-structures/binary-search', { as: person })
    const text = shown.body + page.body
    expect(
      hidden.filter((line) => text.includes(JSON.stringify(line.trim()).slice(1, -1))),
      block,
    ).toEqual([])
  }
})

test.describe('S-10 what is personal is kept by no cache', () => {
  test('S-10 two people and nobody ask the same addresses, again and again: each gets their own', async () => {
    const [a, b] = [await makeVictim(), await makeVictim()]
    const paths = [
      '/dashboard',
      '/settings',
      `/learn/${COURSE}/${LESSON}`,
      '/',
      `/courses/${COURSE}`,
      `/api/drafts/${BLOCK}`,
      '/api/auth/session',
    ]
    for (const path of paths) {
      const rounds = path.startsWith('/api') ? 50 : 5
      for (let n = 0; n < rounds; n++) {
        const answer = await ask(path, { as: a.person, headers: n % 2 ? { rsc: '1' } : {} })
        expect(answer.headers['cache-control'], path).toContain('private, no-store')
      }
      for (const headers of [{}, { rsc: '1' }] as Record<string, string>[]) {
        expect(leaked((await ask(path, { as: b.person, headers })).body, a.canaries), path).toEqual([])
        expect(leaked((await ask(path, { headers })).body, [...a.canaries, ...b.canaries]), path).toEqual([])
      }
    }
  })

  test('S-10 an address that looks like a file is none', async () => {
    const { person, canaries } = await makeVictim()
    const ends = [
      '/a.css',
      '/x.js',
      '%2fa.css',
      ';a.css',
      '.css',
      '/..%2fa.css',
      '%00.css',
      '/_next/static/a.js',
      '?a.css',
    ]
    for (const page of ['/dashboard', '/settings', `/learn/${COURSE}/${LESSON}`]) {
      for (const end of ends) {
        const answer = await ask(page + end, { as: person })
        if (end.startsWith('?')) expect(answer.headers['cache-control']).toContain('no-store')
        else {
          expect([400, 404], page + end).toContain(answer.status)
          // The frame of the page that says so may name the reader, and is kept by nobody.
          expect(answer.headers['cache-control'], page + end).toContain('no-store')
          expect(
            leaked(
              answer.body,
              canaries.filter((text) => ![person.id, person.name, person.email].includes(text)),
            ),
            page + end,
          ).toEqual([])
        }
      }
    }
    const json = await send(
      'PUT',
      `/api/drafts/${BLOCK}`,
      { base: 0, state: {} },
      { as: person, headers: JSON_TYPE },
    )
    expect(json.headers['cache-control']).toContain('no-store')
  })
})
