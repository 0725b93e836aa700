import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anAttempt, makeAccount, startTestDatabase, type TestDatabase } from '../test-database'
import { createAccount } from './accounts'
import { getAttempt, recordAttempt } from './attempts'
import { getBlockState, getProgress, listActivityDays, listRecentActivity } from './progress'

let database: TestDatabase
let userId: string
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  userId = await makeAccount()
})

const today = (zone: string) => new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short' }).format()

test('a hundred attempts, each sent twice at once, are a hundred rows and a hundred answers', async () => {
  const all = Array.from({ length: 100 }, (_, n) => anAttempt({ block: `git/areas/b${n % 7}` }))
  const answers = await Promise.all(
    all.flatMap((one) => [
      recordAttempt(userId, one),
      recordAttempt(userId, { ...one, passed: false, feedback: { passed: false, checks: [] } }),
    ]),
  )
  for (let n = 0; n < all.length; n++) {
    expect(answers[2 * n]).toEqual(answers[2 * n + 1])
    expect(answers[2 * n]?.id).toBe(all[n]?.id)
  }
  const sql = database.as('migrator')
  const [rows] = await sql`select
    (select count(*)::int from attempts where user_id = ${userId}) as attempts,
    (select count(*)::int from verdicts where user_id = ${userId}) as verdicts,
    (select sum(attempts)::int from block_progress where user_id = ${userId}) as blocks,
    (select sum(attempts)::int from activity_days where user_id = ${userId}) as days`
  expect(rows).toEqual({ attempts: 100, verdicts: 100, blocks: 100, days: 100 })
})

test('an attempt marks its day, in the zone it was made in', async () => {
  await recordAttempt(userId, anAttempt({ timeZone: 'Pacific/Kiritimati' }))
  const day = today('Pacific/Kiritimati')
  expect(await listActivityDays(userId, '2000-01-01', '2999-01-01')).toEqual([
    { day, minutes: 1, attempts: 1 },
  ])
})

test('a time zone that Postgres does not know is counted in UTC instead of losing the attempt', async () => {
  await recordAttempt(userId, anAttempt({ timeZone: 'Sea/Atlantis' }))
  expect(await listActivityDays(userId, '2000-01-01', '2999-01-01')).toEqual([
    { day: today('UTC'), minutes: 1, attempts: 1 },
  ])
})

test('every time zone that this Node knows can be counted in', async () => {
  const sql = database.as('app')
  const unknown: string[] = []
  const known = new Set((await sql`select name from pg_timezone_names`).map(({ name }) => name))
  for (const zone of Intl.supportedValuesOf('timeZone')) if (!known.has(zone)) unknown.push(zone)
  expect(unknown).toEqual([])
})

test('a later failed try takes no pass away; the lesson is complete with the last of its blocks', async () => {
  const first = await recordAttempt(userId, anAttempt())
  expect(await getBlockState(userId, 'git/areas/which')).toBe('passed')
  expect((await getProgress(userId, 'git')).lessons[0]?.completedAt).toBeNull()
  await recordAttempt(userId, anAttempt({ passed: false }))
  expect(await getBlockState(userId, 'git/areas/which')).toBe('passed')
  const last = await recordAttempt(userId, anAttempt({ block: 'git/areas/why' }))
  const { blocks, lessons } = await getProgress(userId, 'git')
  expect(blocks.map(({ block, state, attempts }) => [block, state, attempts])).toEqual([
    ['git/areas/which', 'passed', 2],
    ['git/areas/why', 'passed', 1],
  ])
  expect(blocks[0]?.passedAt).toEqual(first.at)
  expect(lessons[0]?.completedAt).toEqual(last.at)
})

test('a pass is lost when the attempt it rests on is judged again as failed', async () => {
  const one = anAttempt({ program: true, checked: 'self' })
  await recordAttempt(userId, one)
  await database.as(
    'verifier',
  )`insert into verdicts (user_id, attempt_id, id, version, passed, checked, feedback)
    values (${userId}, ${one.id}, gen_random_uuid(), 1, false, 'verifier', '{"passed": false, "checks": []}')`
  expect(await getAttempt(userId, one.id)).toMatchObject({ verdict: 'failed', checked: 'verifier' })
  await recordAttempt(userId, anAttempt({ passed: false }))
  expect(await getBlockState(userId, 'git/areas/which')).toBe('tried')
})

test('somebody else sees nothing of an attempt, and may use its id for one of their own', async () => {
  const one = anAttempt()
  await recordAttempt(userId, one)
  const other = await createAccount({
    email: `${randomUUID()}@harbour.example`,
    name: 'Noor',
    timeZone: 'UTC',
    passwordHash: 'x',
  })
  if (!other) throw new Error('no account was made')
  expect(await getAttempt(other.id, one.id)).toBeNull()
  expect(await listRecentActivity(other.id, 10)).toEqual([])
  expect(await recordAttempt(other.id, { ...one, passed: false })).toMatchObject({ verdict: 'failed' })
  expect(await getAttempt(userId, one.id)).toMatchObject({ verdict: 'passed' })
})
