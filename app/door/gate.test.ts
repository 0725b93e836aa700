import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import { bodyCap, cleanHeaders, type House, isRefusal, judgeRequest } from './gate'

const house: House = { publicUrl: 'http://localhost:3000', isLocal: true, trustProxy: false }
const far: House = { publicUrl: 'https://learn.example.org', isLocal: false, trustProxy: false }

function statusOf(
  method: string,
  url: string,
  headers: IncomingHttpHeaders = {},
  where = house,
): number | 'passed' {
  const verdict = judgeRequest(
    { method, url, headers: { host: new URL(where.publicUrl).host, ...headers } },
    where,
  )
  return isRefusal(verdict) ? verdict.status : 'passed'
}

const own = { origin: 'http://localhost:3000' }
const form = { ...own, 'content-type': 'multipart/form-data; boundary=x' }

describe('addresses', () => {
  test.each(['/%', '/%zz', '/%c0%ae', '*', 'http://evil.example/', ''])('%j is not valid', (url) => {
    expect(statusOf('GET', url)).toBe(400)
  })
  test.each([
    '//evil.example',
    '/%2fevil.example',
    '/\\evil',
    '/a%5cb',
    '/%00',
    '/a%0d%0ab',
    '/..%2f..%2fetc',
    '/a/%2e%2e/b',
    '/./a',
  ])('%j leads nowhere', (url) => expect(statusOf('GET', url)).toBe(404))
  test.each(['/', '/courses/git', '/learn/dsa/binary-search?a=%', '/caf%C3%A9', '/learn/__proto__/x'])(
    '%j passes',
    (url) => {
      expect(statusOf('GET', url)).toBe('passed')
    },
  )
})

describe('methods', () => {
  test.each([
    ['TRACE', '/'],
    ['OPTIONS', '/'],
    ['PATCH', '/api/attempts'],
    ['PUT', '/dashboard'],
    ['DELETE', '/learn/a/b'],
    ['POST', '/livez'],
    ['POST', '/runner/1/frame.html'],
    ['POST', '/_next/static/x.js'],
  ])('%s %s is refused with what is allowed', (method, url) => {
    const verdict = judgeRequest({ method, url, headers: { host: 'localhost:3000', ...own } }, house)
    expect(verdict).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('GET') } })
  })
  test('drafts are put', () => {
    expect(statusOf('PUT', '/api/drafts/a/b/c', own)).toBe('passed')
  })
})

describe('hosts', () => {
  test('on localhost another name gets a page that names the right one', () => {
    const verdict = judgeRequest({ method: 'GET', url: '/', headers: { host: 'slipway.lan:3000' } }, house)
    expect(verdict).toMatchObject({ status: 421, message: expect.stringContaining('http://localhost:3000') })
  })
  test('the number of this machine is led to its name', () => {
    const verdict = judgeRequest({ method: 'GET', url: '/a?b=c', headers: { host: '127.0.0.1:3000' } }, house)
    expect(verdict).toMatchObject({ status: 307, headers: { location: 'http://localhost:3000/a?b=c' } })
    expect(statusOf('GET', '/', { host: '127.0.0.1:8080' })).toBe(421)
  })
  test('on a public name another host is redirected when it reads and refused when it writes', () => {
    const verdict = judgeRequest({ method: 'GET', url: '/a?b=c', headers: { host: 'evil.example' } }, far)
    expect(verdict).toMatchObject({ status: 307, headers: { location: 'https://learn.example.org/a?b=c' } })
    expect(statusOf('POST', '/api/attempts', { host: 'evil.example', origin: far.publicUrl }, far)).toBe(421)
  })
  test('health answers on any name', () => {
    expect(statusOf('GET', '/livez', { host: '10.0.0.7:3000' }, far)).toBe('passed')
    expect(statusOf('GET', '/readyz', { host: '10.0.0.7:3000' }, far)).toBe('passed')
  })
  test('a forwarded host counts behind a trusted proxy only, and then its last entry', () => {
    const headers = {
      host: 'web:3000',
      'x-forwarded-host': 'evil.example, learn.example.org',
      'x-forwarded-proto': 'https',
    }
    expect(statusOf('GET', '/', headers, far)).toBe(307)
    expect(statusOf('GET', '/', headers, { ...far, trustProxy: true })).toBe('passed')
    expect(
      statusOf('GET', '/', { ...headers, 'x-forwarded-proto': 'http' }, { ...far, trustProxy: true }),
    ).toBe(307)
  })
})

describe('writes', () => {
  test.each([
    undefined,
    'null',
    'http://evil.example',
    'http://localhost:3001',
    'http://a.localhost:3000',
    'https://localhost:3000',
  ])('from origin %j are refused', (origin) => {
    expect(statusOf('POST', '/sign-in', { ...form, origin })).toBe(403)
    expect(statusOf('PUT', '/api/drafts/a/b/c', { origin, 'x-forwarded-host': 'evil.example' })).toBe(403)
  })
  test('from our own pages pass', () => {
    expect(statusOf('POST', '/sign-in', form)).toBe('passed')
    expect(
      statusOf('POST', '/sign-in', {
        ...own,
        'next-action': 'abc',
        'content-type': 'text/plain;charset=UTF-8',
      }),
    ).toBe('passed')
  })
  test('to a page that are no form of it are refused: Next would leave their body unread', () => {
    expect(statusOf('POST', '/sign-in', { ...own, 'content-type': 'application/json' })).toBe(415)
    expect(
      statusOf('POST', '/sign-in', { ...own, 'content-type': 'application/x-www-form-urlencoded' }),
    ).toBe(415)
  })
  test('that are compressed are refused: nothing here unpacks a bomb', () => {
    expect(statusOf('POST', '/api/attempts', { ...own, 'content-encoding': 'gzip' })).toBe(415)
  })
  test('that say they are too long are refused before a byte is read', () => {
    const declared = (bytes: number) => ({ ...own, 'content-length': String(bytes) })
    expect(statusOf('POST', '/api/attempts', declared(512 * 1024))).toBe('passed')
    expect(statusOf('POST', '/api/attempts', declared(512 * 1024 + 1))).toBe(413)
    expect(statusOf('POST', '/api/auth/callback/credentials', declared(32 * 1024 + 1))).toBe(413)
    expect(statusOf('POST', '/settings', { ...form, 'content-length': String(64 * 1024 + 1) })).toBe(413)
    expect(statusOf('GET', '/api/progress', declared(16 * 1024 + 1))).toBe(413)
  })
})

test('a path that only begins like another has the smaller cap', () => {
  expect(bodyCap('/api/attempts')).toBe(512 * 1024)
  expect(bodyCap('/api/attemptsx')).toBe(16 * 1024)
  expect(bodyCap('/api/authors')).toBe(16 * 1024)
})

describe('callbackUrl', () => {
  test.each(['//[', '/\\[', 'javascript:alert(1)', 'data:text/html,x', 'http://', 'nonsense', 'file:///etc'])(
    '%j is refused before next-auth answers it with 500',
    (value) => {
      const url = `/api/auth/signin?callbackUrl=${encodeURIComponent(value)}`
      expect(statusOf('GET', url)).toBe(400)
    },
  )
  test('the second of two is looked at too', () => {
    expect(statusOf('GET', '/api/auth/signin?callbackUrl=/dashboard&callbackUrl=//[')).toBe(400)
  })
  test('a path of ours passes', () => {
    expect(statusOf('GET', '/api/auth/signin?callbackUrl=%2Flearn%2Fa%2Fb')).toBe('passed')
  })
})

test.each([
  '/_next/image?url=http%3A%2F%2F127.0.0.1%3A5432&w=64&q=75',
  '/_next/image?url=%2F%2Fevil.example%2Fa.svg&w=64&q=75',
  '/_next/image?url=http%3A%2F%2F169.254.169.254%2F&w=64&q=75',
  '/_next/%69mage?url=%2Ficon.svg&w=64&q=75',
  '/_next/image/',
])('S-11 the image optimiser is not there: %s', (url) => {
  expect(statusOf('GET', url)).toBe(404)
  expect(statusOf('HEAD', url, {}, far)).toBe(404)
})

describe('S-34 signing in, and out, is nobody else’s to do', () => {
  const paths = ['/sign-in', '/sign-up', '/settings', '/api/auth/callback/credentials', '/api/auth/signout']
  test.each(paths)('S-34 a form of another site to %s is refused', (path) => {
    for (const origin of [undefined, 'null', 'http://evil.example', 'http://localhost:3001'])
      for (const type of [
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/plain',
      ])
        expect(statusOf('POST', path, { origin, 'content-type': type })).toBe(403)
  })
})

describe('what reaches Next', () => {
  const hostile: IncomingHttpHeaders = {
    host: 'localhost:3000',
    'x-nonce': 'evil',
    'content-security-policy': "script-src 'nonce-evil'",
    'content-security-policy-report-only': 'x',
    'x-middleware-subrequest': 'middleware:middleware',
    'x-middleware-rewrite': '/settings',
    'x-matched-path': '/settings',
    'x-invoke-path': '/settings',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'gopher',
    'x-forwarded-for': '1.1.1.1, 203.0.113.9',
    'x-real-ip': '1.1.1.1',
    forwarded: 'for=1.1.1.1',
    'next-router-prefetch': '1',
    rsc: '1',
    cookie:
      'a=b; next-auth.callback-url=http%3A%2F%2F%5B; __Host-next-auth.csrf-token=c; __Secure-next-auth.callback-url=%zz',
  }

  test('S-13 says nothing that a client may not say', () => {
    const headers = { ...hostile }
    cleanHeaders(headers, '::ffff:198.51.100.4', house)
    expect(headers).toEqual({
      host: 'localhost:3000',
      'x-forwarded-host': 'localhost:3000',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '3000',
      'x-forwarded-for': '198.51.100.4',
      'next-router-prefetch': '1',
      rsc: '1',
      cookie: 'a=b; __Host-next-auth.csrf-token=c',
    })
  })
  test('names the client that a trusted proxy saw', () => {
    const headers = { ...hostile }
    cleanHeaders(headers, '10.0.0.2', { ...far, trustProxy: true })
    expect(headers['x-forwarded-for']).toBe('203.0.113.9')
    expect(headers['x-forwarded-host']).toBe('learn.example.org')
    expect(headers['x-forwarded-proto']).toBe('https')
  })
})
