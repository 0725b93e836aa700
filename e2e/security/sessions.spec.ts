import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import {
  act,
  anAttempt,
  appDatabaseUrl,
  ask,
  BLOCK,
  COURSE,
  DATA_DIR,
  database,
  HOME,
  LESSON,
  makePerson,
  openSessionFor,
  PASSWORD,
  type Person,
  PORT,
  routesBuilt,
  send,
  serve,
  sessionIn,
  stateOf,
} from './house'

// A session begins with a new id, and is over everywhere the moment it ends.

const NEW_PASSWORD = 'seven terns over the bay'

/** What a cookie still opens: nothing, once its session is over. */
async function opens(cookie: string): Promise<string[]> {
  const open: string[] = []
  const says = async (what: string, isOpen: Promise<boolean>) =>
    (await isOpen) ? open.push(what) : undefined
  await Promise.all([
    says(
      'page',
      ask('/settings', { as: cookie }).then(({ status }) => status === 200),
    ),
    says(
      'payload',
      ask('/settings', { as: cookie, headers: { rsc: '1' } }).then(
        ({ body }) => body.includes('name="device"') || body.includes('Devices'),
      ),
    ),
    says(
      'lesson',
      ask(`/learn/${COURSE}/${LESSON}`, { as: cookie }).then(({ status }) => status === 200),
    ),
    says(
      'api',
      ask(`/api/progress?course=${COURSE}`, { as: cookie }).then(({ status }) => status !== 401),
    ),
    says(
      'write',
      send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state: {} }, { as: cookie }).then(
        ({ status }) => status !== 401,
      ),
    ),
    says(
      'attempt',
      send('POST', '/api/attempts', anAttempt(), { as: cookie }).then(({ status }) => status !== 401),
    ),
    says(
      'action',
      act('updateName', { name: 'Still here' }, { as: cookie }).then(
        ({ body }) => !body.includes('You are signed out'),
      ),
    ),
    says(
      'session',
      ask('/api/auth/session', { as: cookie }).then(({ body }) => body.includes('user')),
    ),
  ])
  return open
}

const ALL = ['action', 'api', 'attempt', 'lesson', 'page', 'session', 'write']
const alive = async (cookie: string) => (await opens(cookie)).filter((one) => one !== 'payload').sort()

async function signIn(person: Person, cookie?: string) {
  const answer = await act('signIn', { email: person.email, password: PASSWORD }, { as: cookie })
  const session = sessionIn(answer)
  expect(session, answer.body).not.toBeNull()
  return { answer, session: session as string }
}

test.describe('S-27 the session’s cookie', () => {
  test('S-27 is HttpOnly, Lax, of the whole site and nothing but 32 random bytes', async () => {
    const { answer, session } = await signIn(await makePerson())
    const [line = ''] = answer.headers['set-cookie'] ?? []
    expect(session).toMatch(/^slipway-session=[A-Za-z0-9_-]{43}$/)
    const flags = line
      .split('; ')
      .slice(1)
      .map((flag) => flag.replace(/^Expires=.*/, 'Expires'))
    expect(flags.sort()).toEqual(['Expires', 'HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=lax'].sort())
    expect(line.length).toBeLessThan(4096)
  })

  test('S-27 over TLS it is __Host- and Secure, and browsers are told to stay on TLS', async () => {
    const url = 'https://learn.example.org'
    const far = await serve('server.ts', { PUBLIC_URL: url, DATABASE_URL: await appDatabaseUrl() })
    try {
      const person = await makePerson()
      const rest = { port: far.port, origin: url, headers: { host: 'learn.example.org' } }
      const answer = await act('signIn', { email: person.email, password: PASSWORD }, rest)
      const lines = answer.headers['set-cookie'] ?? []
      const line = lines.find((one) => one.startsWith('__Host-slipway-session=')) ?? ''
      expect(line, lines.join()).toMatch(/; Secure/i)
      expect(line).toMatch(/; HttpOnly/i)
      expect(line).toMatch(/; SameSite=lax/i)
      expect(line).toContain('; Path=/')
      expect(line).not.toMatch(/Domain/i)
      expect(lines.every((one) => one.startsWith('__Host-'))).toBe(true)
      expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
      // A cookie of the plain name, which any page of a sub-domain can plant, is not looked at.
      const planted = { port: far.port, headers: { host: 'learn.example.org' }, as: person.cookie }
      expect((await ask('/settings', planted)).status).toBe(307)
      const own = {
        port: far.port,
        headers: { host: 'learn.example.org' },
        as: line.split(';', 1)[0] as string,
      }
      expect((await ask('/settings', own)).status).toBe(200)
    } finally {
      await far.stop()
    }
  })

  test('S-27 a cookie whose name begins like ours, or a piece of one, is not joined to it', async () => {
    const person = await makePerson()
    const sid = person.cookie.split('=')[1] as string
    for (const planted of [
      `slipway-session.0=${sid}`,
      `slipway-session.0=${sid.slice(0, 20)}; slipway-session.1=${sid.slice(20)}`,
      `__Secure-slipway-session=${sid}`,
      `__Host-slipway-session=${sid}`,
      `next-auth.session-token=${sid}`,
      `Slipway-Session=${sid}`,
      `slipway-session="${sid}x"`,
      `slipway-session=${sid}.x`,
      `slipway-session=${Buffer.from(sid).toString('base64')}`,
    ])
      expect((await ask('/settings', { as: planted })).status, planted).toBe(307)
    const tossed = `${person.cookie}; slipway-session.9=x; __Secure-slipway-session=y`
    expect((await ask('/settings', { as: tossed })).status).toBe(200)
  })
})

test.describe('S-28 the id changes', () => {
  test('S-28 at sign-in: the one that somebody planted is worth nothing', async () => {
    const [person, attacker] = [await makePerson(), await makePerson()]
    for (const planted of [`slipway-session=${'A'.repeat(43)}`, attacker.cookie]) {
      const { session } = await signIn(person, planted)
      expect(session).not.toBe(planted)
      expect(await opens(planted)).toEqual([])
      expect((await ask('/api/auth/session', { as: session })).body).toContain(person.id)
    }
  })

  test('S-28 at each further sign-in and at a change of password, and the old one ends', async () => {
    const person = await makePerson()
    const first = await signIn(person)
    const second = await signIn(person, first.session)
    expect(second.session).not.toBe(first.session)
    expect(await opens(first.session)).toEqual([])
    const fields = { currentPassword: PASSWORD, password: NEW_PASSWORD }
    const changed = await act('changePassword', fields, { as: second.session })
    const third = sessionIn(changed)
    expect(third, changed.body).not.toBeNull()
    expect(third).not.toBe(second.session)
    expect(await opens(second.session)).toEqual([])
    expect(await opens(person.cookie), 'every other device is signed out').toEqual([])
    expect(await alive(String(third))).toEqual(ALL)
  })
})

test.describe('S-29 a cookie that was kept is worth nothing after sign-out', () => {
  test('S-29 by the form', async () => {
    const person = await makePerson()
    expect(await alive(person.cookie)).toEqual(ALL)
    await act('signOut', {}, { as: person })
    expect(await opens(person.cookie)).toEqual([])
  })

  test('S-29 by next-auth’s own address, and asking for the session does not bring it back', async () => {
    const person = await makePerson()
    const csrf = await ask('/api/auth/csrf', { as: person })
    const { csrfToken } = JSON.parse(csrf.body)
    const cookie = `${person.cookie}; ${csrf.headers['set-cookie']?.[0]?.split(';', 1)[0]}`
    const out = await send('POST', '/api/auth/signout', { csrfToken, json: 'true' }, { as: cookie })
    expect(out.status, out.body).toBe(200)
    for (let n = 0; n < 3; n++) {
      const again = await ask('/api/auth/session', { as: person })
      expect(sessionIn(again)).toBeNull()
    }
    expect(await opens(person.cookie)).toEqual([])
  })

  test('S-29 without the CSRF token nobody is signed out', async () => {
    const person = await makePerson()
    const out = await send(
      'POST',
      '/api/auth/signout',
      { csrfToken: 'made-up', json: 'true' },
      { as: person },
    )
    expect(out.status).toBe(403)
    expect(await alive(person.cookie)).toEqual(ALL)
  })
})

const operator = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/user.ts', ...args], {
    env: { ...process.env, DATA_DIR, PORT: String(PORT) },
  }).then(({ stdout }) => stdout)

test.describe('S-30 all sessions end at once', () => {
  async function threeDevices() {
    const person = await makePerson()
    const cookies = [person.cookie, await openSessionFor(person.id), await openSessionFor(person.id)]
    // Asked once each, so that the process may remember them.
    for (const cookie of cookies) expect((await ask('/settings', { as: cookie })).status).toBe(200)
    return { person, cookies }
  }
  const noneOpens = async (cookies: string[]) => {
    for (const cookie of cookies) expect(await opens(cookie)).toEqual([])
  }

  test('S-30 when the operator suspends the account', async () => {
    const { person, cookies } = await threeDevices()
    await operator('suspend', person.email)
    await noneOpens(cookies)
    const answer = await act('signIn', { email: person.email, password: PASSWORD })
    expect(sessionIn(answer)).toBeNull()
    expect(answer.body).toContain('suspended')
  })

  test('S-30 when the operator deletes the account', async () => {
    const { person, cookies } = await threeDevices()
    await operator('delete', person.email, '--yes')
    await noneOpens(cookies)
  })

  test('S-30 when the password is set anew by the operator’s link, which works once', async () => {
    const { person, cookies } = await threeDevices()
    const token = /token=([\w-]+)/.exec(await operator('reset-link', person.email))?.[1] ?? ''
    expect(token).toMatch(/^[\w-]{43}$/)
    const own = await act('resetPassword', { token, password: `${person.email}2` })
    expect(own.body).toContain('built from your name, your address')
    const answer = await act('resetPassword', { token, password: NEW_PASSWORD })
    expect(sessionIn(answer), answer.body).not.toBeNull()
    await noneOpens(cookies)
    const again = await act('resetPassword', { token, password: `${NEW_PASSWORD} again` })
    expect(again.body).toContain('This link has been used or is too old.')
  })

  test('S-30 when everybody is signed out from one of them', async () => {
    const { cookies } = await threeDevices()
    await act('signOutEverywhere', {}, { as: cookies[1] })
    await noneOpens(cookies)
  })
})

test('S-31 a session ends at its idle and at its absolute limit', async () => {
  const person = await makePerson()
  const sql = await database()
  const { session } = await signIn(person)
  const [row] = await sql`
    select extract(epoch from idle_expires_at - now())::int as idle, extract(epoch from expires_at - now())::int as absolute
    from sessions where user_id = ${person.id} order by created_at desc limit 1`
  expect(Math.abs(Number(row?.idle) - 14 * 86_400)).toBeLessThan(60)
  expect(Math.abs(Number(row?.absolute) - 30 * 86_400)).toBeLessThan(60)
  const move = (idle: number, absolute: number) => sql`
    update sessions set last_seen_at = now(), idle_expires_at = now() + make_interval(secs => ${idle}),
      expires_at = now() + make_interval(secs => ${absolute}) where user_id = ${person.id}`
  await move(60, 60)
  expect(await alive(session)).toEqual(ALL)
  await move(-1, 1000)
  expect(await opens(session)).toEqual([])
  await move(1000, -1)
  expect(await opens(session)).toEqual([])
})

test('S-20 ten wrong passwords in a quarter of an hour, over the network and at once, and the eleventh is not looked at', async () => {
  const person = await makePerson(`Ines ${randomUUID()}`)
  const wrong = (n: number) => act('signIn', { email: person.email, password: `not this one ${n}` })
  const answers = await Promise.all(Array.from({ length: 14 }, (_, n) => wrong(n)))
  const looked = answers.filter(({ body }) => body.includes('do not match'))
  expect(looked.length).toBe(10)
  const right = await act('signIn', { email: person.email, password: PASSWORD })
  expect(right.body).toContain('Too many wrong tries')
  expect(sessionIn(right)).toBeNull()
  // The link that the operator gives out lets the owner in again.
  const token = /token=([\w-]+)/.exec(await operator('reset-link', person.email))?.[1] ?? ''
  expect(sessionIn(await act('resetPassword', { token, password: NEW_PASSWORD }))).not.toBeNull()
  expect(sessionIn(await act('signIn', { email: person.email, password: NEW_PASSWORD }))).not.toBeNull()
})

/** A form as another site would write it, sent by whoever presses its button. */
function formTo(path: string, type: string, fields: Record<string, string>): string {
  const inputs = Object.entries(fields).map(([name, value]) => `<input name="${name}" value="${value}">`)
  return `<form method="post" enctype="${type}" action="${HOME}${path}">${inputs.join('')}<button>Win</button></form>`
}

test('S-34 a form, a frame and a picture of another site, in a browser, sign nobody in and nobody out', async ({
  page,
  context,
}) => {
  const [victim, attacker] = [await makePerson(), await makePerson('Mallory')]
  const before = [await stateOf(victim), await stateOf(attacker)]
  const [name = '', value = ''] = victim.cookie.split('=')
  await context.addCookies([{ name, value, url: HOME, httpOnly: true, sameSite: 'Lax' }])
  const idOf = (wanted: string) => routesBuilt().actions.find((one) => one.name === wanted)?.id
  const theirs = { email: attacker.email, password: PASSWORD }
  const typed = 'application/x-www-form-urlencoded'
  const forms = [
    formTo('/sign-in', 'multipart/form-data', { [`$ACTION_ID_${idOf('signIn')}`]: '', ...theirs }),
    formTo('/settings', 'multipart/form-data', { [`$ACTION_ID_${idOf('signOut')}`]: '' }),
    formTo('/api/auth/callback/credentials', typed, { csrfToken: 'x', ...theirs }),
    formTo('/api/auth/signout', typed, { csrfToken: 'x' }),
    formTo('/api/auth/signout', 'text/plain', { csrfToken: 'x' }),
  ]
  const pages = [
    ...forms,
    // Of no origin at all: what a browser then sends is `Origin: null`.
    `<iframe sandbox="allow-forms" srcdoc='${forms[1]}'></iframe>`,
    `<img src="${HOME}/api/auth/signout"><img src="${HOME}/settings"><iframe src="${HOME}/api/auth/signout"></iframe>`,
  ]
  const site = createServer((request, answer) => {
    answer.setHeader('content-type', 'text/html')
    answer.end(pages[Number(request.url?.slice(1))] ?? '')
  }).listen(0)
  await new Promise((done) => site.once('listening', done))
  try {
    // Another site, and another port of this one, to which the browser sends the cookie along.
    for (const host of ['127.0.0.1', 'localhost']) {
      for (const [at, html] of pages.entries()) {
        await page.goto(`http://${host}:${(site.address() as AddressInfo).port}/${at}`)
        if (!html.includes('<button>')) continue
        const sent = page.waitForResponse((one) => one.request().method() === 'POST')
        const place = html.startsWith('<iframe') ? page.frameLocator('iframe') : page
        await place.getByRole('button').click()
        expect((await sent).status(), `${host} ${html}`).toBe(403)
      }
    }
  } finally {
    site.close()
    site.closeAllConnections()
  }
  expect([await stateOf(victim), await stateOf(attacker)]).toEqual(before)
  const session = (await context.cookies(HOME)).find((one) => one.name === name)
  expect(session?.value).toBe(value)
  expect((await ask('/api/auth/session', { as: victim })).body).toContain(victim.id)
})
