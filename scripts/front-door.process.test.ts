import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readManifest } from '../runner/headers'
import { clearUp, makeDataDir, notedPid, type Started, sendRaw, startHouse, untilServed } from './testing'

const PORT = 4143
const home = `http://localhost:${PORT}`
const dataDir = makeDataDir()
let house: Started
/** Two hundred slow clients, which are there while everything else is tried. */
let slow: Promise<number>[]

beforeAll(async () => {
  house = startHouse('an ordinary user', { PORT, DATA_DIR: dataDir })
  await untilServed(house)
  slow = Array.from({ length: 200 }, dripHeaders)
})
afterAll(async () => {
  house.child.kill('SIGTERM')
  await house.ended
  clearUp(dataDir)
})

const asked = (path: string, init?: RequestInit) => fetch(home + path, { redirect: 'manual', ...init })
const pages = [
  '/',
  '/courses',
  '/sign-in',
  '/sign-up',
  '/nothing-here',
  '/learn/nothing/here',
  '/courses/nothing',
]

describe('hostile requests get an answer below 500', () => {
  const paths = [
    '/%',
    '/%00',
    '/%c0%ae',
    '/..%2f..%2fetc%2fpasswd',
    '//evil.example',
    '/[x]',
    '/learn/__proto__/constructor',
    '/learn/%F0%9F%92%A9/x',
    '/?_rsc=%',
    '/sign-in?callbackUrl=//[',
    '/sign-in?callbackUrl=javascript:alert(1)',
    '/api/auth/signin?callbackUrl=//[',
    '/api/auth/callback/credentials?callbackUrl=%00',
    '/api/auth/error?error=__proto__',
    '/api/auth/__proto__',
    '/api/drafts/__proto__/x/y',
    '/_next/image?url=http://127.0.0.1:1/&w=64&q=75',
    '/_next/data/x/y.json',
    '/.git/config',
    '/.env',
    '/package.json',
    '/_next/static/../../package.json',
    '/runner/__proto__/__proto__',
  ]
  test.each(paths)('GET %s', async (path) => {
    const head = `GET ${path} HTTP/1.1\r\nHost: localhost:${PORT}\r\nConnection: close\r\n\r\n`
    const status = Number((await sendRaw(PORT, head)).slice(9, 12))
    expect(status).toBeGreaterThanOrEqual(200)
    expect(status).toBeLessThan(500)
  })

  test.each(['TRACE', 'OPTIONS', 'PATCH', 'CONNECT', 'PROPFIND'])('%s is not allowed', async (method) => {
    const answer = await sendRaw(
      PORT,
      `${method} / HTTP/1.1\r\nHost: localhost:${PORT}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 405 /)
  })

  test('a very long address', async () => {
    expect((await asked(`/courses/${'a'.repeat(6000)}`)).status).toBe(404)
  })

  test('a hostile callback cookie does not break sign-in', async () => {
    const cookie = 'next-auth.callback-url=http%3A%2F%2F%5B; __Host-next-auth.callback-url=%zz'
    for (const path of ['/sign-in', '/api/auth/csrf', '/api/auth/session', '/api/auth/providers']) {
      expect((await asked(path, { headers: { cookie } })).status, path).toBeLessThan(500)
    }
  })

  test('headers over 16 KB are refused, and the connection ends', async () => {
    const head = `GET / HTTP/1.1\r\nHost: localhost:${PORT}\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`
    expect(await sendRaw(PORT, head)).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('a length and chunks together are refused: it is how requests are smuggled', async () => {
    const head = `POST /api/attempts HTTP/1.1\r\nHost: localhost:${PORT}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    expect(await sendRaw(PORT, head)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

/** Writes a body for as long as the other side takes it. Gives the status and how long it took to come, in ms. */
function pour(
  path: string,
  headers: Record<string, string>,
  bytes: number,
): Promise<{ status: number; ms: number }> {
  return new Promise((done, failed) => {
    const began = performance.now()
    const asking = request(
      home + path,
      { method: 'POST', headers: { origin: home, ...headers } },
      (answer) => {
        answer.resume()
        done({ status: answer.statusCode ?? 0, ms: performance.now() - began })
        asking.destroy()
      },
    )
    asking.on('error', failed)
    const chunk = Buffer.alloc(64 * 1024, 97)
    let sent = 0
    const more = () => {
      while (sent < bytes && !asking.destroyed) {
        sent += chunk.length
        if (!asking.write(chunk)) return void asking.once('drain', more)
      }
      if (!asking.destroyed) asking.end()
    }
    more()
  })
}

describe('bodies over their cap', () => {
  const form = { 'content-type': 'multipart/form-data; boundary=x' }
  const MB = 1024 * 1024
  test.each([
    ['/api/auth/callback/credentials', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['/sign-in', form],
  ])('%s: chunked, without a length', async (path, headers) => {
    const { status, ms } = await pour(path, headers, 5 * MB)
    expect(status).toBe(413)
    expect(ms).toBeLessThan(1000)
  })

  test.each(['/api/attempts', '/api/drafts/a/b/c', '/api/auth/signout', '/settings', '/'])(
    '%s: with a length, before a byte is read',
    async (path) => {
      const length = String(50 * MB)
      expect((await pour(path, { ...form, 'content-length': length }, MB)).status).toBe(413)
    },
  )

  test('ten of 50 MB at once leave the process as small as it was', async () => {
    const before = memoryOf(notedPid(dataDir, 'web'))
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const all = await Promise.all(
      Array.from({ length: 10 }, () => pour('/api/auth/callback/credentials', headers, 50 * MB)),
    )
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill(413))
    expect(memoryOf(notedPid(dataDir, 'web')) - before).toBeLessThan(100 * MB)
  })

  test('a compressed body is refused', async () => {
    expect(
      (
        await asked('/api/attempts', {
          method: 'POST',
          headers: { origin: home, 'content-encoding': 'gzip' },
          body: 'x',
        })
      ).status,
    ).toBe(415)
  })
})

describe('writes without our own Origin are refused on every path', () => {
  test.each([
    '/',
    '/sign-in',
    '/settings',
    '/api/attempts',
    '/api/auth/signout',
    '/api/auth/_log',
    '/api/nothing',
  ])('POST %s', async (path) => {
    for (const origin of [undefined, 'null', 'http://evil.example', `http://localhost:${PORT + 1}`]) {
      const headers: Record<string, string> = {
        'next-action': '00'.repeat(21),
        'x-forwarded-host': 'evil.example',
      }
      if (origin) headers.origin = origin
      expect((await asked(path, { method: 'POST', headers, body: 'x' })).status, String(origin)).toBe(403)
    }
  })
})

describe('headers', () => {
  test.each(pages)('%s carries the policy, and every script of it the nonce', async (path) => {
    const answer = await asked(path)
    const csp = answer.headers.get('content-security-policy') ?? ''
    const nonce = /script-src 'nonce-([^']+)' 'strict-dynamic';/.exec(csp)?.[1]
    expect(nonce).toMatch(/^[\w+/=]{24}$/)
    expect(csp).toContain(`frame-src ${home}/runner/${readManifest().version}/frame.html;`)
    expect(csp).not.toContain('unsafe')
    const html = await answer.text()
    const tags = html.match(/<(script|style)\b[^>]*>/g) ?? []
    expect(tags.length).toBeGreaterThan(0)
    expect(tags.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([])
    expect(html).not.toMatch(/<[^>]+\sstyle="/)
  })

  test('no two answers share a nonce', async () => {
    const seen = new Set<string | null>()
    for (let n = 0; n < 50; n++) seen.add((await asked('/sign-in')).headers.get('content-security-policy'))
    expect(seen.size).toBe(50)
  })

  test.each([...pages, '/api/progress', '/livez', '/nothing.js'])(
    '%s is not sniffed, framed, cached or told about',
    async (path) => {
      const { headers } = await asked(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(headers.get('permissions-policy')).toContain('camera=()')
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('server')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('strict-transport-security'), 'plain http').toBeNull()
    },
  )

  test('a client cannot choose the nonce', async () => {
    const answer = await asked('/', {
      headers: { 'x-nonce': 'evil', 'content-security-policy': "script-src 'nonce-evil'" },
    })
    expect(await answer.text()).not.toContain('nonce="evil"')
  })
})

describe('files', () => {
  test('scripts come compressed, immutable, and not at all under another name', async () => {
    const html = await (await asked('/')).text()
    const script = /\/_next\/static\/[^"]+\.js/.exec(html)?.[0] ?? ''
    const answer = await asked(script, { headers: { 'accept-encoding': 'br' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-encoding')).toBe('br')
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect((await asked(script, { headers: { range: 'bytes=9-2' } })).status).toBe(200)
    expect((await asked('/_next/static/nothing.js')).status).toBe(404)
  })

  test('pages are compressed on the way', async () => {
    const answer = await asked('/', { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(await answer.text()).toContain('</html>')
  })

  test('R-09: a file that somebody stops reading is closed', async () => {
    const name = 'pyodide.asm.wasm'
    const open = () => listOpen(notedPid(dataDir, 'web')).filter((file) => file.endsWith(name)).length
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(PORT, 'localhost')
      const path = `/runner/${readManifest().version}/${name}`
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${PORT}\r\n\r\n`)
      return socket.pause()
    })
    await expect.poll(open).toBe(sockets.length)
    for (const socket of sockets) socket.destroy()
    await expect.poll(open, { timeout: 5000 }).toBe(0)
  })

  test('the runner has its own policy and none of the house', async () => {
    const { version, frameScript } = readManifest()
    const frame = await asked(`/runner/${version}/frame.html`)
    expect(frame.status).toBe(200)
    expect(frame.headers.get('content-security-policy')).toBe(
      `sandbox allow-scripts; default-src 'none'; script-src '${frameScript}' 'wasm-unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
    )
    expect(frame.headers.get('x-frame-options')).toBeNull()
    expect(frame.headers.get('cache-control')).toContain('immutable')
    const wasm = await asked(`/runner/${version}/pyodide.asm.wasm`, { headers: { 'accept-encoding': 'br' } })
    expect(wasm.headers.get('content-encoding')).toBe('br')
    expect(wasm.headers.get('content-type')).toBe('application/wasm')
    expect((await asked('/runner/other/frame.html')).status).toBe(404)
    expect((await asked(`/runner/${version}/manifest.json`)).status, 'the page reads its hashes').toBe(200)
    expect((await asked(`/runner/${version}/pyodide.asm.wasm.br`)).status).toBe(404)
  })
})

test('another name is told the right one', async () => {
  const answer = await sendRaw(PORT, 'GET / HTTP/1.1\r\nHost: slipway.lan\r\nConnection: close\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 421 /)
  expect(answer).toContain(home)
})

test('the access log has one line of JSON a request and nothing personal', async () => {
  await asked('/courses?who=somebody%40example.org&token=s3cr3t-t0ken', {
    headers: { cookie: 'a=s3cr3t-c00kie' },
  })
  const line = house.lines.findLast((text) => text.includes('"path":"/courses"'))
  expect(Object.keys(JSON.parse(line ?? '{}'))).toEqual(['at', 'method', 'path', 'status', 'ms', 'bytes'])
  expect(house.lines.join('\n')).not.toMatch(/s3cr3t|somebody/)
})

test('R-09: whoever never ends its headers, and does not hear that it was told to go, is cut off within 30 s', async () => {
  expect(Math.max(...(await Promise.all(slow)))).toBeLessThan(30_000)
})

/** Writes headers a letter at a time and never hangs up. Gives how long the socket lived, in milliseconds. */
function dripHeaders(): Promise<number> {
  const began = performance.now()
  const socket = connect({ port: PORT, host: 'localhost', allowHalfOpen: true })
  socket.on('error', () => undefined)
  socket.resume().write(`GET / HTTP/1.1\r\nHost: localhost:${PORT}\r\nX-Slow: `)
  const timer = setInterval(() => socket.write('a', () => undefined), 1000)
  return new Promise((done) =>
    socket.once('close', () => {
      clearInterval(timer)
      done(performance.now() - began)
    }),
  )
}

/** The files that a process has open, by their paths. */
function listOpen(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return [] // It was closed meanwhile.
    }
  })
}

/** Resident memory of a process in bytes. */
function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
