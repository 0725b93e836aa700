import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, test } from '@playwright/test'
import {
  act,
  anAttempt,
  ask,
  BLOCK,
  COURSE,
  database,
  HOME,
  JSON_TYPE,
  LESSON,
  makePerson,
  PASSWORD,
  PORT,
  routesBuilt,
  send,
  serve,
  stateOf,
} from './house'

// Whatever is sent: a plain answer, nothing written, and the house stands.

const EVIL = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '\\/evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https://evil.example',
  'HTTPS://EVIL.EXAMPLE',
  'http://evil.example:80/learn',
  'evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:http://evil.example/1',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/\r\nLocation: https://evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/%09/evil.example',
  '/%2f/evil.example',
  '/%5cevil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/learn/..//evil.example',
  `${HOME}@evil.example`,
  `${HOME}.evil.example`,
  `//localhost:${PORT}@evil.example`,
  'http://[',
  '//[',
  '//%',
  '/%00',
  '/／evil.example',
  '/%252f%252fevil.example',
  'http://localhost:1/',
  '?next=//evil.example',
  '',
  `/${'a'.repeat(4000)}`,
]

/** The host that a browser on our site would go to. */
const hostOf = (location: string) => new URL(location, HOME).host

test.describe('S-12 a sign-in leads to this site only', () => {
  test('S-12 by the address of every page and endpoint', async () => {
    expect(EVIL.length).toBeGreaterThanOrEqual(40)
    const person = await makePerson()
    const pages = [
      '/sign-in',
      '/sign-up',
      '/api/auth/csrf',
      '/api/auth/signout',
      '/api/auth/signin',
      '/api/auth/callback/credentials',
      '/dashboard',
    ]
    for (const [at, value] of EVIL.entries()) {
      // The one page that reads it, and in turn one of those that should not.
      for (const page of ['/sign-in', pages[at % pages.length] as string]) {
        for (const as of [undefined, person]) {
          for (const name of ['callbackUrl', 'next', 'redirect']) {
            if (name !== 'callbackUrl' && page !== '/sign-in') continue
            const answer = await ask(`${page}?${name}=${encodeURIComponent(value)}`, { as })
            const what = `${page} ${JSON.stringify(value)}`
            expect(answer.status, what).toBeLessThan(500)
            if (answer.headers.location)
              expect(hostOf(answer.headers.location), what).toBe(`localhost:${PORT}`)
            expect(answer.body, what).not.toMatch(/(href|action|content)="(https?:)?[\\/]{2}[^"]*evil/i)
            expect(answer.body, what).not.toMatch(/(href|action)="\s*j\s*a\s*v\s*a\s*script:/i)
          }
        }
      }
    }
  })

  test('S-12 by the form, by next-auth’s own address and by its cookie', async () => {
    const person = await makePerson()
    const csrf = await ask('/api/auth/csrf')
    const { csrfToken } = JSON.parse(csrf.body)
    const csrfCookie = csrf.headers['set-cookie']?.[0]?.split(';', 1)[0] as string
    for (const value of EVIL) {
      const what = JSON.stringify(value)
      const form = await act('signIn', { email: person.email, password: PASSWORD, callbackUrl: value })
      expect(form.status, what).toBeLessThan(500)
      const to = String(form.headers['x-action-redirect'] ?? '').split(';', 1)[0] as string
      expect(to, what).toMatch(/^\//)
      expect(hostOf(to), what).toBe(`localhost:${PORT}`)
      const fields = { csrfToken, email: person.email, password: PASSWORD, callbackUrl: value }
      const cookie = `${csrfCookie}; next-auth.callback-url=${encodeURIComponent(value)}`
      const asked = { as: cookie }
      const json = await send('POST', '/api/auth/callback/credentials', { ...fields, json: 'true' }, asked)
      expect(json.status, what).toBe(200)
      expect(hostOf(JSON.parse(json.body).url), what).toBe(`localhost:${PORT}`)
      const body = new URLSearchParams(fields).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const plain = await ask('/api/auth/callback/credentials', { method: 'POST', body, headers, as: cookie })
      expect(plain.status, what).toBe(303)
      expect(hostOf(String(plain.headers.location)), what).toBe(`localhost:${PORT}`)
    }
  })
})

/** Of an error nothing is told: no statement, no place in our code, no machine. */
const TELLS =
  /node_modules|\.tsx?:\d|\bat [\w.]+ \(|select "|insert into|ECONNREFUSED|postgres(ql)?:|c4nary|\/work|\/tmp\/|\/home\/|PostgresError|DrizzleQueryError|ZodError|SyntaxError|TypeError/

test.describe('S-14 an error tells nothing of what is behind it', () => {
  test('S-14 while the database cannot be reached, on every page, endpoint and form', async () => {
    const away = await serve('server.ts', {
      PUBLIC_URL: HOME,
      DATABASE_URL: 'postgres://c4nary-role:c4nary-word@127.0.0.1:9/c4nary-database',
    })
    try {
      const cookie = `slipway-session=${'A'.repeat(43)}`
      const rest = { port: away.port, headers: { host: `localhost:${PORT}` } }
      const paths = [
        '/',
        '/courses',
        `/courses/${COURSE}`,
        `/learn/${COURSE}/${LESSON}`,
        '/dashboard',
        '/settings',
        '/sign-in',
        '/sign-up',
        '/reset-password?token=x',
        '/nothing',
        '/readyz',
        '/livez',
        `/api/progress?course=${COURSE}`,
        `/api/drafts/${BLOCK}`,
        `/api/attempts/${randomUUID()}`,
        `/api/search/${COURSE}`,
        '/catalogue.json',
        '/api/auth/session',
        '/api/auth/csrf',
      ]
      for (const path of paths) {
        for (const as of [undefined, cookie]) {
          const answer = await ask(path, { ...rest, as })
          expect(answer.body + JSON.stringify(answer.headers), path).not.toMatch(TELLS)
          if (path.startsWith('/api/') && as && path !== '/api/auth/csrf')
            expect(answer.status, path).toBe(503)
        }
      }
      const signIn = await act('signIn', { email: 'maya@harbour.example', password: PASSWORD }, rest)
      expect(signIn.body).toContain('cannot reach its database')
      expect(signIn.body).not.toMatch(TELLS)
      const write = await send('POST', '/api/attempts', anAttempt(), {
        ...rest,
        as: cookie,
        headers: rest.headers,
      })
      expect(write.status).toBe(503)
      expect(write.headers['retry-after']).toBe('5')
      expect(write.body).not.toMatch(TELLS)
    } finally {
      await away.stop()
    }
  })

  test('S-14 a body that cannot be read is told so in one plain sentence', async () => {
    const person = await makePerson()
    for (const body of [
      '{',
      '[',
      '"',
      '{"id":',
      'null',
      '{"a":1,}',
      "{'a':1}",
      '\u0000',
      '{"a":"\\ud800"}',
      'NaN',
    ]) {
      const answer = await send('POST', '/api/attempts', body, { as: person })
      expect(answer.status, body).toBe(400)
      expect(Object.keys(JSON.parse(answer.body))).toEqual(['error'])
      expect(answer.body, body).not.toMatch(TELLS)
    }
  })
})

test('S-15 nothing is served that was not meant to be, and no banner names the server', async () => {
  const paths =
    `/.git/config /.git/HEAD /.gitignore /.env /.env.local /.env.production /.npmrc /package.json /package-lock.json
    /server.ts /app/auth.ts /next.config.js /tsconfig.json /.next/BUILD_ID /.next/server/app-paths-manifest.json /.next/required-server-files.json
    /_next/server/app/page.js /_next/static/../server/app/page.js /_next/BUILD_ID /_next/image /_next/image?url=/icon.svg&w=64&q=75
    /_next/image?url=http://127.0.0.1:5432/&w=64&q=75 /_next/webpack-hmr /_next/data/x.json /__nextjs_original-stack-frames /__nextjs_launch-editor
    /_next/mcp /.content/index.json /.content/keys/cloud-deployment/cloud-building-blocks.json /.data/auth-secret /.data/backups /.data/outbox /backups /backups/slipway.backup /.cache/e2e/auth-secret /.runner/manifest.json
    /runner/manifest.json /runner/.. /content/salt.txt /content/courses/cloud-deployment/course.yaml /db/schema.ts /docs/api.md /README.md /e2e/authz-matrix.ts
    /node_modules/next/package.json /admin /wp-login.php /phpmyadmin /server-status /debug /metrics /healthz /trace /actuator/env /api /api/admin /api/debug
    /api/users /api/keys /api/graphql /graphql /api/auth/providers /api/auth/signin /api/auth/error /api/auth/verify-request /api/auth/_log`
      .split(/\s+/)
      .filter(Boolean)
  expect(paths.length).toBeGreaterThanOrEqual(60)
  for (const path of paths) {
    const answer = await ask(path)
    expect([400, 404, 405], `${path}: ${answer.status}`).toContain(answer.status)
    for (const name of ['x-powered-by', 'server', 'via', 'x-nextjs-cache', 'x-aspnet-version'])
      expect(answer.headers[name], `${path} ${name}`).toBeUndefined()
    expect(answer.body, path).not.toMatch(/Next\.js \d|Express|node\/v?\d/)
  }
  for (const method of ['TRACE', 'OPTIONS', 'PATCH', 'PROPFIND', 'DELETE'])
    expect((await ask('/courses', { method })).status, method).toBe(405)
})

test.describe('S-47 a quotation mark is a letter like any other', () => {
  const PAYLOADS = [
    "'",
    "''",
    '"',
    '`',
    "';--",
    "' or '1'='1",
    "' or 1=1--",
    "' or true--",
    "') or ('1'='1",
    "'; drop table users;--",
    "'; select pg_sleep(5);--",
    "' || pg_sleep(5)--",
    '1; select pg_sleep(5)',
    "' union select null--",
    "' union select hash from passwords--",
    '1 or 1=1',
    '1) or (1=1',
    '%27',
    '%2527',
    "\\'",
    "\\\\'",
    '$1',
    '$$',
    '$$; select 1; $$',
    '{{7*7}}',
    '*',
    '%',
    '_',
    '__',
    '%%',
    'a%',
    "a' and 'a'='a",
    "a' and 1=cast((select version()) as int)--",
    '/**/or/**/1=1',
    "'/*",
    '*/',
    '--',
    '#',
    ';',
    '(select 1)',
    'null',
    'true',
    '0x31',
    '1e309',
    "E'\\x27'",
    "U&'\\0027'",
    'chr(39)',
    'current_user',
    'name from users',
    'order by 1',
    'id desc; --',
    '"users"."id"',
    'users.id',
    "array['a']",
    "{'a'}",
    "'::text",
    '\' collate "C"--',
    "' returning *--",
    "'); commit;--",
    '\u02bc or 1=1',
    '\uff07 or 1=1',
  ]

  test('S-47 sixty of them in every name and field: as many rows as before, no wait, no 500', async () => {
    expect(PAYLOADS.length).toBeGreaterThanOrEqual(60)
    const person = await makePerson()
    const sql = await database()
    const tables = async () =>
      (
        await sql`select (select count(*) from pg_class where relkind = 'r') as tables, (select count(*) from passwords) > 0 as people`
      )[0]
    const before = [await stateOf(person), await tables()]
    for (const payload of PAYLOADS) {
      const part = encodeURIComponent(payload)
      const answers = await Promise.all([
        ask(`/api/progress?course=${part}`, { as: person }),
        ask(`/api/attempts/${part}`, { as: person }),
        ask(`/api/drafts/${COURSE}/${LESSON}/${part}`, { as: person }),
        ask(`/api/solutions/${part}/${LESSON}/x`, { as: person }),
        ask(`/courses/${part}`, { as: person }),
        ask(`/learn/${COURSE}/${part}`, { as: person }),
        act('signOutDevice', { device: payload }, { as: person }),
        ask('/settings', { as: `slipway-session=${part}` }),
      ])
      for (const { status, ms, body } of answers) {
        expect(status, payload).toBeLessThan(500)
        expect(ms, payload).toBeLessThan(4500)
        expect(body, payload).not.toContain('$argon2')
      }
      expect(
        answers.slice(0, 4).every(({ status }) => status >= 400),
        payload,
      ).toBe(true)
    }
    expect([await stateOf(person), await tables()]).toEqual(before)
  })
})

test('S-48 a name of a course, a lesson or a block never becomes a path', async () => {
  const person = await makePerson()
  const up = [
    '..',
    '../..',
    '..%2f..',
    '%2e%2e',
    '%2e%2e%2f%2e%2e',
    '..%5c..',
    '..\\..',
    '%c0%ae%c0%ae',
    '....//',
    '..;',
    '..%00',
    '.%2e',
    '%252e%252e%252f',
    '..%c0%af',
    '~',
    '.',
    '%00',
    'a%00.json',
    '%2fetc%2fpasswd',
    '/etc/passwd',
    'C:%5cwindows',
    'file:%2f%2f%2fetc',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'index',
    'keys',
    'state',
    'index.json',
    `${LESSON}.json`,
    `${LESSON}%20`,
    `${LESSON}.`,
    LESSON.toUpperCase(),
    `${LESSON}/`,
    `${LESSON}%0a`,
    'con',
    'a'.repeat(300),
    '%F0%9F%92%A9',
    '*',
    '[lesson]',
    '%5b...x%5d',
  ]
  expect(up.length).toBeGreaterThanOrEqual(40)
  for (const name of up) {
    for (const path of [
      `/learn/${COURSE}/${name}`,
      `/learn/${name}/${LESSON}`,
      `/courses/${name}`,
      `/api/drafts/${COURSE}/${name}/in-series`,
      `/api/drafts/${name}/${LESSON}/in-series`,
      `/api/solutions/${COURSE}/${LESSON}/${name}`,
      `/runner/${name}/frame.html`,
    ]) {
      const { status, body } = await ask(path, { as: person })
      // A slash at the end is taken off, and a path that goes up is none.
      expect([308, 400, 404], `${path}: ${status}`).toContain(status)
      expect(body, path).not.toMatch(/root:x:0|"accept"|ENOENT/)
    }
  }
})

test('S-49 a name that objects have, or one that is given twice, changes nothing', async () => {
  const person = await makePerson()
  const before = await stateOf(person)
  const id = randomUUID()
  const bodies = [
    `{"__proto__":{"x":1},${JSON.stringify(anAttempt()).slice(1)}`,
    `{"constructor":{"prototype":{"x":1}},${JSON.stringify(anAttempt()).slice(1)}`,
    `{"id":"${id}","id":"${randomUUID()}","block":"${BLOCK}","version":1,"response":{"text":"1"},"hints":0}`,
    JSON.stringify(anAttempt()).replace('"text"', '"__proto__":{"x":1},"text"'),
    JSON.stringify(anAttempt()).replace('"text":"12"', '"text":"12","text":"99.8"'),
    JSON.stringify(anAttempt()).replace('"text"', '"\\u005f_proto__":{"x":1},"text"'),
    `{"id[]":["${id}"],"block":"${BLOCK}","version":1,"response":{"text":"1"},"hints":0}`,
  ]
  for (const body of bodies)
    expect((await send('POST', '/api/attempts', body, { as: person })).status, body).toBe(400)
  for (const body of ['{"base":0,"base":1,"state":{}}', '{"base":0,"state":{"__proto__":{"x":1}}}'])
    expect((await send('PUT', `/api/drafts/${BLOCK}`, body, { as: person })).status, body).toBe(400)
  for (const query of [
    'course=a&course=b',
    '__proto__=x',
    'course[]=a',
    'course=a&__proto__[x]=1',
    'constructor=x',
    `course=${COURSE}&x`,
  ])
    expect((await ask(`/api/progress?${query}`, { as: person })).status, query).toBe(400)
  for (const block of ['__proto__/x/y', 'constructor/prototype/x', '__proto__', 'toString'])
    expect((await send('POST', '/api/attempts', anAttempt({ block }), { as: person })).status, block).toBe(
      404,
    )
  for (const fields of [{ __proto__x: 'a' }, { 'name[]': 'a' }, { constructor: 'x' }] as Record<
    string,
    string
  >[])
    expect((await act('updateName', { name: 'Ines', ...fields }, { as: person })).body).toContain(
      'This form has no field',
    )
  const twice = await act(
    'updateName',
    Object.fromEntries([
      ['name', 'A'],
      ['name"\r\nX: "', 'B'],
    ]),
    { as: person },
  )
  expect(twice.status).toBeLessThan(500)
  const form = 'csrfToken=a&csrfToken=b'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await ask('/api/auth/signout', { method: 'POST', body: form, headers, as: person })).status).toBe(
    400,
  )
  // Nothing of it stuck to other objects: answers are what they were.
  const session = JSON.parse((await ask('/api/auth/session', { as: person })).body)
  expect(Object.keys(session).sort()).toEqual(['expires', 'user'])
  const sql = await database()
  await sql`update users set name = ${person.name} where id = ${person.id}`
  expect(await stateOf(person)).toBe(before)
})

test('S-78 nobody writes into our log', async () => {
  const bodies = [
    { level: 'error', code: 'a\r\nb', message: 'forged' },
    { level: '__proto__', code: 'x' },
    { level: 'constructor' },
  ]
  for (const body of bodies) {
    const form = new URLSearchParams(body as Record<string, string>).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await ask('/api/auth/_log', { method: 'POST', body: form, headers })).status).toBe(404)
    expect((await send('POST', '/api/auth/_log', body)).status).toBe(404)
  }
  const large = await send('POST', '/api/auth/_log', 'x'.repeat(1_000_000)).catch(() => ({ status: 413 }))
  expect(large.status).toBe(413)
})

test.describe('S-70 a body is as long as it may be, or nothing of it is kept', () => {
  test('S-70 many names, many levels, a byte too many', async () => {
    const person = await makePerson()
    const before = await stateOf(person)
    const names = `{${Array.from({ length: 30_000 }, (_, n) => `"k${n}":1`).join(',')}}`
    const deep = `{"base":0,"state":${'['.repeat(10_000)}${']'.repeat(10_000)}}`
    const large = JSON.stringify({ base: 0, state: { text: 'x'.repeat(300 * 1024) } })
    for (const [what, path, method, body, status] of [
      ['names', '/api/attempts', 'POST', names, 400],
      ['levels', `/api/drafts/${BLOCK}`, 'PUT', deep, 400],
      ['over the handler’s cap', `/api/drafts/${BLOCK}`, 'PUT', large, 413],
      ['over the door’s cap', '/api/attempts', 'POST', 'x'.repeat(600 * 1024), 413],
      ['over the cap of a page', '/sign-in', 'POST', 'x'.repeat(80 * 1024), 413],
    ] as const) {
      const answer = await send(method, path, body, { as: person }).catch((error: unknown) => error as Error)
      expect('status' in answer ? answer.status : answer.message, what).toBe(status)
      if ('ms' in answer) expect(answer.ms, what).toBeLessThan(2000)
    }
    expect(await stateOf(person)).toBe(before)
  })

  test('S-70 a long answer counts as several: nobody fills the disk two hundred times in a row', async () => {
    const person = await makePerson()
    const long = () => anAttempt({ response: { text: 'x'.repeat(500 * 1024) } })
    const sent = () => send('POST', '/api/attempts', long(), { as: person })
    const answers = []
    for (let n = 0; n < 8; n++) answers.push(await sent())
    expect(answers.map(({ status }) => status)).toEqual([...Array(7).fill(400), 429])
    expect(Number(answers[7]?.headers['retry-after'])).toBeGreaterThan(10)
    expect((await send('POST', '/api/attempts', anAttempt(), { as: person })).status).toBe(200)
  })

  test('S-70 a body that ends too early, or is longer than it says, is not taken for a whole one', async () => {
    const person = await makePerson()
    const before = await stateOf(person)
    const whole = JSON.stringify(anAttempt())
    const head = (length: number) =>
      `POST /api/attempts HTTP/1.1\r\nHost: localhost:${PORT}\r\nOrigin: ${HOME}\r\nCookie: ${person.cookie}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`
    const raw = (bytes: string) =>
      new Promise<string>((done) => {
        let said = ''
        const socket = connect(PORT, 'localhost', () => socket.end(bytes))
        socket.on('data', (chunk) => {
          said += chunk
        })
        socket.on('error', () => done(said))
        socket.on('close', () => done(said))
      })
    expect(await raw(head(whole.length + 10) + whole)).not.toMatch(/^HTTP\/1\.1 2/)
    expect(await raw(head(whole.length - 10) + whole)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await stateOf(person)).toBe(before)
  })
})

test.describe('whatever is sent to whatever address', () => {
  const VALUES: unknown[] = [
    null,
    true,
    0,
    -1,
    1e308,
    '',
    'x',
    '\u0000',
    '\ud800',
    'a'.repeat(5000),
    [],
    [[]],
    {},
    { toString: 1 },
    { length: 1e9 },
    '9'.repeat(400),
  ]

  test('bad input: each field missing, and of every other type', async () => {
    const targets: ['POST' | 'PUT', string, () => Record<string, unknown>][] = [
      ['POST', '/api/attempts', () => anAttempt()],
      ['PUT', `/api/drafts/${BLOCK}`, () => ({ base: 0, state: {} })],
      ['POST', '/api/auth/callback/credentials', () => ({ csrfToken: 'x', email: 'a', password: 'b' })],
    ]
    for (const [method, path, whole] of targets) {
      for (const name of Object.keys(whole())) {
        const { [name]: _gone, ...rest } = whole()
        // Limits are counted for each learner: a new one for each field.
        const person = await makePerson()
        const missing = await send(method, path, rest, { as: person })
        expect([400, 401, 403], `${path} without ${name}: ${missing.status}`).toContain(missing.status)
        for (const value of VALUES) {
          const answer = await send(method, path, { ...rest, [name]: value }, { as: person })
          expect(
            answer.status,
            `${path} ${name} = ${JSON.stringify(value)?.slice(0, 50)}: ${answer.body}`,
          ).toBeLessThan(500)
          if (answer.status >= 400) expect(JSON.parse(answer.body).error).toMatch(/^\S.{9,}/)
        }
      }
      for (const value of VALUES) {
        const answer = await send(method, path, JSON.stringify(value), { as: await makePerson() })
        expect([400, 401, 403], `${path} ${JSON.stringify(value)?.slice(0, 50)}`).toContain(answer.status)
      }
    }
  })

  test('bad input: a response of every wrong shape, for every kind of block', async () => {
    const shapes: unknown[] = [
      null,
      'x',
      [],
      {},
      { text: 1 },
      { chosen: ['x'] },
      { choices: [null] },
      { order: [1, 2] },
      { answer: {}, observation: {} },
      { answer: { files: { '../x': 'y' } }, observation: null },
      { files: { 'solution.py': 'x'.repeat(70_000) } },
      { toString: 'x' },
    ]
    const blocks = ['cloud-deployment/notebook-to-service', 'cloud-deployment/cloud-building-blocks']
      .concat('data-structures/binary-search', 'data-structures/cost-of-code')
      .flatMap((lesson) => Object.keys(JSON.parse(readFileSync(`.content/keys/${lesson}.json`, 'utf8'))))
    expect(blocks.length).toBeGreaterThan(30)
    for (const block of blocks) {
      const learner = await makePerson()
      for (const response of shapes) {
        const answer = await send('POST', '/api/attempts', anAttempt({ block, response }), { as: learner })
        const what = `${block} ${JSON.stringify(response).slice(0, 60)}: ${answer.body.slice(0, 200)}`
        expect([200, 400], what).toContain(answer.status)
        if (answer.status === 200) expect(JSON.parse(answer.body).verdict, what).toBe('failed')
      }
    }
  })

  test('bad input: types of content, broken UTF-8, encodings, methods', async () => {
    const person = await makePerson()
    const body = JSON.stringify(anAttempt())
    for (const type of [
      'text/plain',
      'text/json',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json5',
      '',
      'x'.repeat(500),
    ])
      expect(
        (await ask('/api/attempts', { method: 'POST', body, as: person, headers: { 'content-type': type } }))
          .status,
        type,
      ).toBe(415)
    for (const encoding of ['gzip', 'br', 'deflate', 'x', 'gzip, identity'])
      expect(
        (
          await ask('/api/attempts', {
            method: 'POST',
            body,
            as: person,
            headers: { ...JSON_TYPE, 'content-encoding': encoding },
          })
        ).status,
        encoding,
      ).toBe(415)
    for (const bytes of [
      [0xff, 0xfe],
      [0x7b, 0xc3, 0x28, 0x7d],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xef, 0xbb, 0xbf],
      [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
    ])
      expect(
        (
          await ask('/api/attempts', {
            method: 'POST',
            body: Buffer.from(bytes),
            as: person,
            headers: JSON_TYPE,
          })
        ).status,
        String(bytes),
      ).toBe(400)
    const paths = [
      '/',
      '/courses',
      '/sign-in',
      '/settings',
      `/learn/${COURSE}/${LESSON}`,
      '/api/attempts',
      '/api/progress',
      `/api/drafts/${BLOCK}`,
      `/api/solutions/${BLOCK}`,
      '/api/auth/session',
      '/api/auth/csrf',
      '/livez',
      '/readyz',
      '/nothing',
    ]
    for (const path of paths) {
      for (const method of [
        'GET',
        'HEAD',
        'POST',
        'PUT',
        'DELETE',
        'PATCH',
        'OPTIONS',
        'TRACE',
        'PROPFIND',
        'LOCK',
        'SEARCH',
        'PURGE',
      ]) {
        for (const sent of [undefined, 'x']) {
          if (sent && (method === 'GET' || method === 'HEAD')) continue
          const answer = await ask(path, {
            method,
            as: person,
            ...(sent && { body: sent, headers: { 'content-type': 'text/x' } }),
          })
          expect(answer.status, `${method} ${path}`).toBeLessThan(500)
        }
      }
    }
  })

  test('S-03 five hundred spoilt bodies of actions: each answered at once, by the same process', async () => {
    const person = await makePerson()
    const { actions } = routesBuilt()
    const pieces = [
      '"$K1"',
      '"$1:__proto__:x"',
      '"$@1"',
      '"$F1"',
      '"$Q1"',
      '"$W1"',
      '"$B1"',
      '"$1:then"',
      '"$n9"',
      '"$D"',
      '"$i1"',
      '"$o1"',
      '"$r1"',
      '{"then":"$1:then","__proto__":{"x":1}}',
      '{"constructor":{"prototype":"$1"}}',
      '["$0"]',
      '"$0:0:0"',
      `${'['.repeat(500)}${']'.repeat(500)}`,
      '\ufffd\u0000',
      '1e999',
      '"$undefined"',
    ]
    let seed = 1
    const next = (below: number) => {
      seed = (seed * 48271) % 2147483647
      return seed % below
    }
    const some = () => pieces[next(pieces.length)]
    const part = (name: string, value: unknown) =>
      `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    const times: number[] = []
    for (let n = 0; n < 500; n++) {
      const { id, name, page } = actions[n % actions.length] as (typeof actions)[number]
      // A spoilt sign-out may still sign out.
      const as = /^signOut/.test(name) ? await makePerson() : person
      const body = `${part('1', some())}${part('2', some())}${part('_1_email', 'x')}${part('0', `[${some()},${some()}]`)}--edge--\r\n`
      const headers = { 'next-action': id, 'content-type': 'multipart/form-data; boundary=edge' }
      const answer = await ask(page, { method: 'POST', as, headers, body })
      times.push(answer.ms)
      expect(answer.body, body).not.toMatch(TELLS)
    }
    // Not the slowest: a machine that does other things stops for a moment.
    expect(times.toSorted((a, b) => a - b)[490]).toBeLessThan(1000)
    expect((await ask('/settings', { as: person })).status, 'the house stands').toBe(200)
  })

  test('bad input: every action with no fields, strange fields, files and broken forms', async () => {
    const person = await makePerson()
    for (const { name, id, page } of routesBuilt().actions) {
      if (/^signOut/.test(name)) continue
      for (const fields of [
        {},
        { x: '' },
        { email: '\u0000', password: '\u0000', name: '\u0000', token: '\u0000', device: '\u0000' },
        { name: 'a'.repeat(20_000) },
        { email: 'a'.repeat(20_000), password: 'b'.repeat(20_000) },
      ] as Record<string, string>[]) {
        const answer = await act(name, fields, { as: person })
        expect(answer.status, name).toBeLessThan(500)
        expect(answer.body, name).not.toContain('has written down why')
      }
      const headers = { 'next-action': id, 'content-type': 'multipart/form-data; boundary=edge' }
      const part = (field: string, value: string, more = '') =>
        `--edge\r\nContent-Disposition: form-data; name="${field}"${more}\r\n\r\n${value}\r\n`
      const bodies = [
        '',
        '--edge--\r\n',
        part('0', '[]'),
        part('0', '["$K1"]'),
        part('0', '[{},"$K1"]') + part('_1_email', 'x', '; filename="a.svg"'),
        part('0', '"$F1"'),
        part('0', '[{},"$Q1"]'),
        part('0', '{"then":"$1:then"}'),
        part('0', '[{"__proto__":{"x":1}},"$K1"]'),
        part('0', '$'),
        'x',
      ]
      for (const body of bodies) {
        const text = body === '' || body.endsWith('--edge--\r\n') ? body : `${body}--edge--\r\n`
        const answer = await ask(page, { method: 'POST', as: person, headers, body: text }).catch(() => ({
          status: 400,
          body: '',
        }))
        expect(answer.body, `${name} ${JSON.stringify(body)}`).not.toMatch(TELLS)
      }
    }
    expect((await ask('/settings', { as: person })).status, 'the house stands').toBe(200)
    expect((await ask('/readyz')).status).toBe(200)
  })
})
