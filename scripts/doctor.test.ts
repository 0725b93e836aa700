import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../db/test-database'

const folder = mkdtempSync(join(tmpdir(), 'slipway-doctor-'))
let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(async () => {
  await database.stop()
  rmSync(folder, { recursive: true })
})

/** What the doctor says, by the name of what it looked at. */
async function consult(env: Record<string, string>): Promise<{ code: number; said: Map<string, string> }> {
  const child = spawn(process.execPath, ['scripts/doctor.mjs'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: '4147',
      DATA_DIR: folder,
      ...env,
    },
  })
  const chunks: string[] = []
  child.stdout.on('data', (chunk) => chunks.push(String(chunk)))
  const [code] = await once(child, 'close')
  const lines = [...chunks.join('').matchAll(/^(ok|costs|missing) +([^:]+): (.*)$/gm)]
  return { code, said: new Map(lines.map(([, state, name = '', says]) => [name, `${state}: ${says}`])) }
}

test('what an operator has set up is looked at, and what it costs is said', async () => {
  const backups = join(folder, 'backups')
  mkdirSync(backups)
  const old = join(backups, 'slipway-2026-01-01T00-00-00Z.backup')
  writeFileSync(old, '')
  utimesSync(old, new Date(0), new Date(0))
  writeFileSync(join(folder, 'auth-secret'), 'x', { mode: 0o644 })
  const { code, said } = await consult({
    DATABASE_URL: database.urlFor('migrator'),
    MIGRATOR_DATABASE_URL: database.urlFor('migrator'),
    DATABASE_POOLED: 'on',
    PUBLIC_URL: 'https://learn.example.org',
    METRICS_TOKEN: 'k3J8s-d02Lq_xVt5Zr1Wm7Yb',
  })
  expect(code).toBe(0)
  expect(said.get('Variables')).toBe('ok: served at https://learn.example.org')
  expect(said.get('Database')).toMatch(/^costs: PostgreSQL 18.* through a pooler without limits/)
  expect(said.get('Proxy')).toMatch(/^costs: TRUST_PROXY is off/)
  expect(said.get('Mail')).toMatch(/^costs: SMTP_URL is not set/)
  expect(said.get('Back-ups')).toMatch(/^costs: 1 in .* would be lost/)
  expect(said.get('Secrets')).toMatch(/^costs: others on this machine can read .*auth-secret/)
  expect(said.get('Metrics')).toMatch(/^ok: .metrics for/)
  expect(said.get('Health')).toBe('ok: not running')
})

test('a database that is newer than the code stops the start, and one that is at its level does not', async () => {
  const env = { DATABASE_URL: database.urlFor('migrator') }
  expect((await consult(env)).said.get('Database')).toMatch(/^ok: PostgreSQL 18.*, at migration \d+$/)
  const sql = database.as('migrator')
  await sql`insert into schema_migrations values (9000, 'newer', 'x')`
  const { code, said } = await consult(env)
  await sql`delete from schema_migrations where idx = 9000`
  expect(said.get('Database')).toMatch(/^missing: .* 1 migrations newer than this code/)
  expect(code).toBe(1)
})
