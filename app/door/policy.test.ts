import { expect, test } from 'vitest'
import { contentSecurityPolicy, securityHeaders } from './policy'

test('the policy of a page is exactly this', () => {
  const policy = {
    publicUrl: 'https://learn.example.org',
    isHttps: true,
    isDev: false,
    runnerVersion: 'abc',
    providerOrigins: [] as string[],
  }
  expect(contentSecurityPolicy('N', policy).split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'nonce-N' 'strict-dynamic'",
    "style-src 'self' 'nonce-N'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    'frame-src https://learn.example.org/runner/abc/frame.html',
    "worker-src 'none'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ])
})

test('without a runner nothing may be framed', () => {
  const policy = {
    publicUrl: 'http://localhost:3000',
    isHttps: false,
    isDev: false,
    runnerVersion: null,
    providerOrigins: [],
  }
  expect(contentSecurityPolicy('N', policy)).toContain("frame-src 'none'")
})

test('only a house on TLS tells browsers to stay there', () => {
  expect(securityHeaders({ isHttps: true })['Strict-Transport-Security']).toMatch(/max-age=31536000/)
  expect(securityHeaders({ isHttps: false })).not.toHaveProperty('Strict-Transport-Security')
})
