import { describe, expect, test } from 'vitest'
import { HOME, safePath } from './callback-url'

const HOSTILE = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '\\/evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https://evil.example',
  'http://evil.example/learn',
  'HTTPS://EVIL.EXAMPLE',
  'evil.example',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'mailto:a@b.c',
  'ftp://evil.example',
  '/%09/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/\r\nLocation: https://evil.example',
  '/%2f/evil.example',
  '/%5cevil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/./\\evil.example',
  '/learn/..//evil.example',
  'https://localhost:3000@evil.example',
  '//localhost:3000@evil.example',
  '/\u2028/evil.example',
  '/／evil.example',
  '/%252f%252fevil.example',
  '?next=//evil.example',
  '#//evil.example',
  '',
  '/a'.repeat(1500),
  'learn/git',
  '/%00',
  '/\u0000',
]

describe('where a sign-in leads', () => {
  test.each(HOSTILE)('never to another host: %j', (payload) => {
    expect(safePath(payload)).toBe(HOME)
  })

  test.each([undefined, null, 7, ['/learn'], { toString: () => '/learn' }])('not a string: %j', (payload) => {
    expect(safePath(payload)).toBe(HOME)
  })

  test.each([
    '/learn/dsa/binary-search',
    '/learn/dsa/binary-search?x=1&y=%20#star',
    '/settings#devices',
    '/',
    '/courses/cloud?to=//x',
  ])('back to the page that was asked for: %s', (path) => {
    expect(safePath(path)).toBe(path)
  })

  test.each([
    '/sign-in',
    '/sign-in?callbackUrl=/sign-in',
    '/sign-up',
    '/api/progress',
    '/api/auth/signout',
    '/x/../api/progress',
  ])('not to a page that sends back, and not to data: %s', (path) => {
    expect(safePath(path)).toBe(HOME)
  })
})
