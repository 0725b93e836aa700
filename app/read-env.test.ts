import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { EnvError, readEnv } from './read-env'

const folder = mkdtempSync(join(tmpdir(), 'slipway-env-'))
afterAll(() => rmSync(folder, { recursive: true }))

const SECRET = 'kJ8s-d02Lq_xVt5Zr1Wm7Yb4Nc6Pf3Gh9A'
const good = { DATA_DIR: folder, DATABASE_URL: 'postgres://app:x8Kq@db/slipway', AUTH_SECRET: SECRET }

function problemsOf(extra: Record<string, string | undefined>): string[] {
  try {
    readEnv({ ...good, ...extra })
    return []
  } catch (error) {
    if (error instanceof EnvError) return error.problems
    throw error
  }
}

test('nothing but a database is needed, and the address follows the port', () => {
  const env = readEnv({ ...good, PORT: '4000' })
  expect(env).toMatchObject({
    PUBLIC_URL: 'http://localhost:4000',
    isLocal: true,
    isHttps: false,
    SIGN_UP: 'open',
    TRUST_PROXY: false,
    isProduction: true,
  })
})

test('a blank value is an absent one', () => {
  expect(readEnv({ ...good, PORT: '', SMTP_URL: ' ', PUBLIC_URL: '' }).PORT).toBe(3000)
})

test('a public address keeps its origin only', () => {
  expect(readEnv({ ...good, PUBLIC_URL: 'https://Learn.Example.org/' })).toMatchObject({
    PUBLIC_URL: 'https://learn.example.org',
    isLocal: false,
    isHttps: true,
  })
})

describe('what is wrong is named with its variable', () => {
  test.each([
    ['PORT', { PORT: 'eighty' }],
    ['MIGRATOR_DATABASE_URL', { DATABASE_POOLED: 'on' }],
    ['METRICS_TOKEN', { METRICS_TOKEN: 'short' }],
    ['LOG_FORMAT', { LOG_FORMAT: 'xml' }],
    ['PORT', { PORT: '70000' }],
    ['PORT', { PORT: '6000' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://learn.example.org' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'https://learn.example.org/school' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'learn.example.org' }],
    ['AUTH_SECRET', { AUTH_SECRET: 'short' }],
    ['AUTH_SECRET', { AUTH_SECRET: 'a'.repeat(40) }],
    ['AUTH_SECRET', { AUTH_SECRET: 'change-me-change-me-change-me-please-0123456789' }],
    ['AUTH_SECRET', { AUTH_SECRET: 'abcdefghijklabcdefghijklabcdefghijklabcdefghijkl' }],
    ['DATABASE_URL', { DATABASE_URL: undefined }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://x@y/z' }],
    ['DATABASE_URL', { DATABASE_URL: 'postgres://app:change-me@localhost/slipway' }],
    [
      'DATABASE_URL',
      { DATABASE_URL: 'postgres://postgres:postgres@db/x', PUBLIC_URL: 'https://learn.example.org' },
    ],
    ['GITHUB_SECRET', { GITHUB_ID: 'abc' }],
    ['OIDC_ISSUER', { OIDC_ID: 'abc', OIDC_SECRET: 'def' }],
    ['MAIL_FROM', { SMTP_URL: 'smtp://mail' }],
    ['SIGN_UP', { SIGN_UP: 'maybe' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'perhaps' }],
  ])('%s of %j', (name, extra) => {
    expect(problemsOf(extra).join('\n')).toContain(name)
  })

  test('a value is never repeated: it may be a secret', () => {
    expect(problemsOf({ AUTH_SECRET: 'hunter2' }).join('\n')).not.toContain('hunter2')
    expect(problemsOf({ DATABASE_URL: 'mysql://root:hunter2@y/z' }).join('\n')).not.toContain('hunter2')
  })
})

describe('the secret that nobody gave', () => {
  const own = { ...good, AUTH_SECRET: undefined, DATA_DIR: join(folder, 'deep', 'data') }
  const file = join(own.DATA_DIR, 'auth-secret')

  test('is made once, for the owner alone, and read again', () => {
    const first = readEnv(own).AUTH_SECRET
    expect(first).toHaveLength(43)
    expect(readEnv(own).AUTH_SECRET).toBe(first)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8').trim()).toBe(first)
  })

  test('is refused when somebody shortened its file', () => {
    writeFileSync(file, 'abc\n')
    expect(problemsOf(own).join('\n')).toContain(file)
  })

  test('is not made by a build, nor by somebody who only looks', () => {
    const build = {
      ...own,
      DATA_DIR: join(folder, 'build'),
      DATABASE_URL: undefined,
      NEXT_PHASE: 'phase-production-build',
    }
    expect(readEnv(build)).toMatchObject({ AUTH_SECRET: '', DATABASE_URL: '' })
    expect(readEnv({ ...own, DATA_DIR: build.DATA_DIR }, { makesSecret: false }).AUTH_SECRET).toBe('')
    expect(() => statSync(build.DATA_DIR)).toThrow()
  })
})
