import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccount } from './queries/accounts'
import { createSession } from './queries/sessions'
import { keepSwept, sweep } from './sweep'
import { startTestDatabase, type TestDatabase } from './test-database'

let database: TestDatabase

beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

/** Rows on both sides of every limit; `old` of them shall go. */
async function fill() {
  const sql = database.as('migrator')
  await sql`truncate users, rate_limits, sign_in_failures, house_events cascade`
  const account = await createAccount({
    email: 'maya@harbour.example',
    name: 'Maya',
    timeZone: 'UTC',
    passwordHash: 'hash',
  })
  const begin = (device: string) =>
    createSession({
      accountId: String(account?.id),
      sidHash: randomBytes(32),
      device,
      idleSeconds: 60,
      absoluteSeconds: 60,
    })
  for (const device of ['live', 'revoked lately', 'old: revoked', 'old: expired']) await begin(device)
  await sql`update sessions set revoked_at = now() - interval '29 days' where device = 'revoked lately'`
  await sql`update sessions set revoked_at = now() - interval '31 days' where device = 'old: revoked'`
  await sql`update sessions set idle_expires_at = now() - interval '31 days', expires_at = now() - interval '31 days'
    where device = 'old: expired'`
  await sql`insert into rate_limits (bucket, tokens, updated_at) values
    ('full', 1, now() - interval '25 hours'), ('in use', 0, now() - interval '23 hours')`
  await sql`insert into sign_in_failures (email_hash, failures, last_at) values
    ('\\x01', 3, now() - interval '91 days'), ('\\x02', 3, now() - interval '89 days'), ('\\x03', 100, now() - interval '91 days')`
  for (const [email, age] of [
    ['late@harbour.example', '23 hours'],
    ['old@harbour.example', '25 hours'],
  ] as const)
    await sql`insert into reset_tokens (user_id, token_hash, email, expires_at)
      values (${String(account?.id)}, ${randomBytes(32)}, ${email}, now() - ${age}::interval)`
  for (const [what, age] of [
    ['lately', '364 days'],
    ['old', '367 days'],
  ] as const) {
    await sql`insert into account_events (user_id, id, what, created_at)
      values (${String(account?.id)}, gen_random_uuid(), ${what}, now() - ${age}::interval)`
    await sql`insert into house_events (id, what, created_at) values (gen_random_uuid(), ${what}, now() - ${age}::interval)`
  }
  return async () => [
    (await sql`select device from sessions order by device`).map((row) => row.device),
    (await sql`select bucket from rate_limits`).map((row) => row.bucket),
    (await sql`select failures from sign_in_failures order by email_hash`).map((row) => row.failures),
    (await sql`select email from reset_tokens`).map((row) => row.email),
    (await sql`select what from account_events order by created_at`).map((row) => row.what),
    (await sql`select what from house_events`).map((row) => row.what),
  ]
}

test('what ended long ago goes; what lives, what is locked and what ended lately stays', async () => {
  const left = await fill()
  expect(await sweep()).toBe(true)
  expect(await left()).toEqual([
    ['live', 'revoked lately'],
    ['in use'],
    [3, 100],
    ['late@harbour.example'],
    ['lately', 'created'],
    ['lately'],
  ])
})

test('while another process sweeps nothing is done', async () => {
  const left = await fill()
  const before = await left()
  const swept = await database.as('app').begin(async (other) => {
    await other`select pg_advisory_xact_lock(7310842916)`
    return sweep()
  })
  expect(swept).toBe(false)
  expect(await left()).toEqual(before)
  expect(await sweep()).toBe(true)
})

test('it goes on after a failure, one after the other, until it is ended', async () => {
  let running = 0
  let most = 0
  let turns = 0
  const told: unknown[] = []
  let end = () => {}
  await new Promise<void>((enough) => {
    end = keepSwept({
      everyMs: 2,
      work: async () => {
        most = Math.max(most, ++running)
        await new Promise((done) => setImmediate(done))
        running--
        if (++turns === 2) throw new Error('away')
        if (turns === 5) enough()
      },
      onError: (error) => told.push(error),
    })
  })
  end()
  expect(told).toEqual([new Error('away')])
  expect(most).toBe(1)
})

test('the wait keeps no process alive', () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const end = keepSwept({ onError: () => {} })
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before)
  end()
})
