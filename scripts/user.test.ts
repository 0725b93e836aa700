import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Embedded, startEmbedded } from '../db/embedded'
import { migrate } from '../db/migrate'

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-user-'))
let server: Embedded
beforeAll(async () => {
  server = await startEmbedded({ dataDir })
  await migrate({ migrator: server.adminUrl })
})
afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** `npm run user -- …` beside a running server, with `typed` on standard input. */
function user(args: string[], typed = ''): Promise<{ status: number; said: string }> {
  const env = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '', PUBLIC_URL: 'https://learn.example.org' }
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', 'scripts/user.ts', ...args],
      { env },
      (error, out, err) => done({ status: error ? Number(error.code) : 0, said: out + err }),
    )
    child.stdin?.end(typed)
  })
}

test('an operator makes, suspends, lets in again, and deletes an account', async () => {
  const made = await user(['create', 'Maya@Harbour.example', '--name', 'Maya'])
  expect(made).toMatchObject({ status: 0 })
  expect(made.said).toMatch(/Password, shown this once: (\w{5}-){3}\w{5}\n/)
  expect(await user(['create', 'maya@harbour.example'])).toMatchObject({ status: 1 })
  expect((await user(['suspend', 'maya@harbour.example'])).status).toBe(0)
  expect((await user(['list'])).said).toMatch(
    /^maya@harbour\.example {2}since .* suspended {2}Maya\n1 account\n$/,
  )
  expect((await user(['reset-link', 'maya@harbour.example'])).status).toBe(1)
  await user(['unsuspend', 'maya@harbour.example'])
  expect((await user(['reset-link', 'maya@harbour.example'])).said).toMatch(
    /^https:\/\/learn\.example\.org\/reset-password\?token=[\w-]{43}\n/,
  )
  expect(await user(['delete', 'maya@harbour.example'])).toMatchObject({ status: 1 })
  expect((await user(['list'])).said).toContain('maya@harbour.example')
  expect((await user(['delete', 'maya@harbour.example', '--yes'])).status).toBe(0)
  expect((await user(['list'])).said).toContain('Nobody has an account yet')
})

test('a password from standard input is held to the same rules as on the page', async () => {
  const refused = await user(['create', 'noor@harbour.example', '--ask-password'], 'short\n')
  expect(refused).toEqual({ status: 1, said: 'Use at least 12 characters. This password has 5.\n' })
  const made = await user(['create', 'noor@harbour.example', '--ask-password'], 'seven dry ropes on a deck\n')
  expect(made).toEqual({ status: 0, said: 'noor@harbour.example has an account now.\n' })
  expect(await user(['create', 'ivo@harbour.example', '--ask-password'])).toEqual({
    status: 1,
    said: 'No password was given.\n',
  })
})

test('an account is taken in from its file, once, and has no password until a link gives one', async () => {
  const person = {
    id: '01900000-0000-7000-8000-000000000001',
    email: 'ana@harbour.example',
    name: 'Ana',
    time_zone: 'Europe/Lisbon',
    created_at: '2026-01-02T03:04:05.678901+00:00',
  }
  const written = (tables: object, version = 1) => {
    const file = join(dataDir, 'ana.json')
    const head = { format: 'slipway-account', version, exportedAt: '2026-11-25T14:32:07.120Z' }
    writeFileSync(file, JSON.stringify({ ...head, tables }, null, 2))
    return file
  }
  const tried = async (tables: object, version?: number) =>
    (await user(['import', written(tables, version)])).said
  expect(await tried({ users: [person] }, 2)).toContain(
    '"version" is of a version that this installation does not',
  )
  expect(await tried({ users: [{ ...person, email: 'Ana@Harbour.example' }] })).toContain('is not an address')
  expect(await tried({ users: [] })).toContain('is not taken in.')
  expect(await user(['import', written({ users: [person] })])).toMatchObject({ status: 0 })
  expect(await tried({ users: [person] })).toContain('ana@harbour.example has an account here already.')
  expect((await user(['list'])).said).toMatch(/ana@harbour\.example +since 2026-01-02 {2}Ana/)
  expect((await user(['reset-link', 'ana@harbour.example'])).status).toBe(0)
  expect((await user(['import', join(dataDir, 'no-such-file.json')])).said).toContain('is not JSON')
})

test.each([
  [['suspend', 'nobody@harbour.example']],
  [['suspend', 'no address']],
  [['paint', 'a@b.example']],
  [['suspend']],
])('what cannot be done is said in words, with status 1: %j', async (args) => {
  const { status, said } = await user(args)
  expect(status).toBe(1)
  expect(said).not.toMatch(/\n\s+at /)
  expect(said.length).toBeGreaterThan(20)
})
