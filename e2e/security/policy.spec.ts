import { createHash } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { readManifest } from '../../runner/headers'
import { ask, BLOCK, COURSE, HOME, LESSON, makePerson, routesBuilt } from './house'

// What browsers are told to allow.

const PAGES = [
  '/',
  '/courses',
  `/courses/${COURSE}`,
  `/learn/${COURSE}/${LESSON}`,
  '/learn/data-structures/binary-search',
  '/dashboard',
  '/settings',
  '/sign-in',
  '/sign-up',
  '/reset-password?token=x',
  '/nothing-here',
  '/courses/nothing',
  `/learn/${COURSE}/nothing`,
]

test.describe('S-52 no script runs that the server did not send', () => {
  test('S-52 every page says so, with a nonce of its own', async () => {
    const person = await makePerson()
    for (const path of PAGES) {
      for (const as of [undefined, person]) {
        const { headers, body } = await ask(path, { as })
        const policy = String(headers['content-security-policy'])
        expect(policy, path).toMatch(/script-src 'nonce-[\w+/=]{24}' 'strict-dynamic';/)
        for (const part of [
          "default-src 'none'",
          "object-src 'none'",
          "base-uri 'none'",
          "frame-ancestors 'none'",
          "form-action 'self'",
          "worker-src 'none'",
          "connect-src 'self'",
        ])
          expect(policy, path).toContain(part)
        expect(policy, path).not.toMatch(/unsafe|\*|https?:\/\/(?!localhost)/)
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
        const tags = body.match(/<script\b[^>]*>/g) ?? []
        expect(
          tags.filter((tag) => !tag.includes(`nonce="${nonce}"`)),
          path,
        ).toEqual([])
      }
    }
  })

  test('S-52 a thousand answers, a thousand nonces', async () => {
    const seen = new Set<string>()
    for (let round = 0; round < 50; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/api/nothing')))
      for (const { headers } of answers)
        seen.add(/'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1] ?? '')
    }
    expect(seen.size).toBe(1000)
  })

  test('S-52 a script that gets into the page is refused, and nothing of ours is', async ({
    page,
    context,
  }) => {
    const person = await makePerson()
    const [name = '', value = ''] = person.cookie.split('=')
    await context.addCookies([{ name, value, url: HOME, httpOnly: true, sameSite: 'Lax' }])
    await page.addInitScript(() => {
      const refused: string[] = []
      Object.assign(window, { refused })
      document.addEventListener('securitypolicyviolation', (event) =>
        refused.push(
          `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
        ),
      )
    })
    const refused = () => page.evaluate(() => (window as unknown as { refused: string[] }).refused)
    for (const path of [
      '/',
      `/courses/${COURSE}`,
      `/learn/${COURSE}/${LESSON}`,
      '/dashboard',
      '/settings',
      '/nothing-here',
    ]) {
      await page.goto(path, { waitUntil: 'networkidle' })
      expect(await refused(), `${path} as it is`).toEqual([])
    }
    await page.goto('/settings', { waitUntil: 'networkidle' })
    await page.evaluate(() => {
      // (A script that one of ours makes by itself is trusted: that is what `strict-dynamic` says.)
      const place = document.createElement('div')
      place.innerHTML =
        '<img src="/nothing.png" onerror="window.hit = 1"><svg onload="window.hit = 2"></svg><a id="planted" href="javascript:window.hit=3">x</a><iframe srcdoc="<script>parent.hit = 4</script>"></iframe><object data="data:text/html,x"></object><base href="https://evil.example/">'
      document.body.append(place)
      document.getElementById('planted')?.click()
      const outside = document.createElement('style')
      outside.textContent = '@import url(https://evil.example/x.css)'
      document.head.append(outside)
      // Later: what a test evaluates may evaluate, what a page does may not.
      setTimeout(() => new Function('window.hit = 5')(), 0)
    })
    await expect.poll(async () => (await refused()).length).toBeGreaterThanOrEqual(5)
    expect(await page.evaluate(() => (window as { hit?: number }).hit)).toBeUndefined()
    expect(await page.evaluate(() => document.baseURI)).toContain(HOME)
  })
})

test('S-53 every sort of answer carries its headers', async () => {
  const person = await makePerson()
  const { version } = readManifest()
  const script = /\/_next\/static\/[^"]+\.js/.exec((await ask('/')).body)?.[0] as string
  const house: Record<string, string | RegExp> = {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-frame-options': 'DENY',
    'permissions-policy': /camera=\(\)/,
  }
  const answers: [string, Record<string, string | RegExp>][] = [
    ...PAGES.map((path): [string, typeof house] => [
      path,
      { ...house, 'cache-control': /private,.*no-store/ },
    ]),
    ...[
      `/api/progress?course=${COURSE}`,
      `/api/drafts/${BLOCK}`,
      '/api/auth/session',
      '/api/auth/csrf',
      '/api/nothing',
      '/readyz',
    ].map((path): [string, typeof house] => [path, { ...house, 'cache-control': /no-store/ }]),
    ['/livez', house],
    ['/%', { ...house, 'cache-control': 'no-store', 'content-security-policy': /default-src 'none'/ }],
    [script, { ...house, 'cache-control': /immutable/, 'content-type': /javascript/ }],
    [
      `/runner/${version}/frame.html`,
      {
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'content-security-policy': /^sandbox allow-scripts; default-src 'none'; .*frame-ancestors 'self'$/,
      },
    ],
    [
      `/runner/${version}/pyodide.asm.wasm`,
      { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' },
    ],
  ]
  expect(routesBuilt().routes.length).toBeGreaterThan(10)
  for (const [path, expected] of answers) {
    for (const as of [undefined, person]) {
      const { headers } = await ask(path, { as, headers: { origin: 'https://evil.example' } })
      for (const [name, value] of Object.entries(expected)) {
        if (typeof value === 'string') expect(headers[name], `${path} ${name}`).toBe(value)
        else expect(String(headers[name]), `${path} ${name}`).toMatch(value)
      }
      expect(headers['access-control-allow-origin'], path).toBeUndefined()
      expect(headers['access-control-allow-credentials'], path).toBeUndefined()
      expect(headers['strict-transport-security'], `${path}: plain http`).toBeUndefined()
    }
  }
})

test('S-54 every file of the runtime is served as its manifest says, to the byte', async () => {
  const { version, files } = readManifest()
  const served = await Promise.all(
    Object.keys(files).map(async (name) => {
      const answer = await fetch(`${HOME}/runner/${version}/${name}`)
      const bytes = Buffer.from(await answer.arrayBuffer())
      return [name, bytes.length, createHash('sha256').update(bytes).digest('hex')]
    }),
  )
  expect(served).toEqual(Object.entries(files).map(([name, { bytes, sha256 }]) => [name, bytes, sha256]))
})
