import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, configureDatabase, withDatabase } from '../client'
import { makeAccount, startTestDatabase, type TestDatabase } from '../test-database'
import { deriveAround, recordAttempt } from './attempts'
import { getProgress, listActivityDays, rebuildProgress } from './progress'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const LESSONS: Record<string, string[]> = {
  'git/areas': ['git/areas/a', 'git/areas/b'],
  'git/merge': ['git/merge/a'],
  'dsa/search': ['dsa/search/a', 'dsa/search/b', 'dsa/search/c'],
}
const required = Object.entries(LESSONS).flatMap(([lesson, blocks]) =>
  blocks.map((block) => ({ lesson, block })),
)
const BLOCKS = [...required.map(({ block }) => block), 'git/areas/practice']

/** A small generator with a seed: a history that fails can be told to it again. */
function randomFrom(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0
    return state / 2 ** 32
  }
  return {
    next,
    below: (n: number) => Math.floor(next() * n),
    of: <T>(list: T[]) => list[Math.floor(next() * list.length)] as T,
  }
}

/** As the operator's command does it. */
async function rebuild(write: boolean) {
  await closeDatabase()
  configureDatabase(database.urlFor('migrator'))
  try {
    return await rebuildProgress(required, { write })
  } finally {
    await closeDatabase()
    configureDatabase(database.urlFor('app'))
  }
}

const zones = ['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'America/Los_Angeles']

test.each([1, 2, 3, 4, 5, 6])(
  'what is recorded attempt by attempt is what a rebuild finds: history %i',
  async (seed) => {
    const random = randomFrom(seed)
    const userId = await makeAccount({ timeZone: 'UTC' })
    const verifier = database.as('verifier')
    const model: { id: string; block: string; version: number; passed: boolean; at: Date }[] = []
    for (let n = 0; n < 40; n++) {
      const block = random.of(BLOCKS)
      const lesson = block.split('/').slice(0, 2).join('/')
      const lessonBlocks = LESSONS[lesson] ?? []
      const again = random.next() < 0.3 ? random.of(model) : undefined
      if (again) {
        again.passed = random.next() < 0.4
        await verifier`insert into verdicts (user_id, attempt_id, id, version, passed, checked, feedback)
        values (${userId}, ${again.id}, ${randomUUID()}, ${again.version}, ${again.passed}, 'verifier', '{}')`
        await withDatabase((db) =>
          db.transaction((tx) =>
            deriveAround(tx, userId, again, LESSONS[again.block.split('/').slice(0, 2).join('/')] ?? []),
          ),
        )
        continue
      }
      const given = { id: randomUUID(), block, version: 1 + random.below(2), passed: random.next() < 0.4 }
      const { at } = await recordAttempt(userId, {
        ...given,
        kind: 'code',
        program: true,
        graded: !block.endsWith('practice'),
        response: {},
        hints: 0,
        timeZone: random.of(zones),
        checked: 'self',
        feedback: {},
        lessonBlocks,
      })
      model.push({ ...given, at })
    }
    const { blocks, lessons } = await getProgress(userId)
    const hasPassed = (block: string) => model.some((one) => one.block === block && one.passed)
    expect(blocks.map(({ block, state, attempts }) => ({ block, state, attempts }))).toEqual(
      [...new Set(model.map(({ block }) => block))].sort().map((block) => ({
        block,
        state: hasPassed(block) ? 'passed' : 'tried',
        attempts: model.filter((one) => one.block === block).length,
      })),
    )
    for (const { course, lesson, completedAt } of lessons) {
      expect([lesson, completedAt !== null]).toEqual([
        lesson,
        (LESSONS[`${course}/${lesson}`] ?? []).every(hasPassed),
      ])
    }
    expect(await rebuild(false)).toEqual([])
  },
)

test('a derived row that is gone, wrong or too many is named, and a rebuild mends it', async () => {
  const userId = await makeAccount({ timeZone: 'UTC' })
  for (const block of LESSONS['git/areas'] ?? []) {
    await recordAttempt(userId, {
      id: randomUUID(),
      block,
      version: 1,
      kind: 'choice',
      program: false,
      graded: true,
      response: {},
      hints: 0,
      timeZone: 'UTC',
      passed: true,
      checked: 'server',
      feedback: {},
      lessonBlocks: LESSONS['git/areas'] ?? [],
    })
  }
  const before = [await getProgress(userId), await listActivityDays(userId, '2000-01-01', '2999-01-01')]
  const sql = database.as('migrator')
  const spoil = [
    () => sql`delete from block_progress where user_id = ${userId} and block = 'git/areas/a'`,
    () => sql`update lesson_progress set completed_at = null where user_id = ${userId}`,
    () => sql`insert into activity_days values (${userId}, '2001-02-03', 5, 5)`,
  ]
  for (const one of spoil) {
    await one()
    const found = await rebuild(false)
    expect(found.length).toBeGreaterThan(0)
    expect(await rebuild(false)).toEqual(found)
    expect(await rebuild(true)).toEqual(found)
    expect(await rebuild(false)).toEqual([])
    expect([await getProgress(userId), await listActivityDays(userId, '2000-01-01', '2999-01-01')]).toEqual(
      before,
    )
  }
})

test.each([
  ['one attempt', [0], 1],
  ['two within ten minutes', [0, 10 * 60], 10],
  ['a longer pause does not count', [0, 300, 300 + 601, 300 + 601 + 120], 7],
  ['seconds are added before they are rounded', [0, 40, 80, 120], 2],
  ['two at the same moment', [0, 0], 1],
])('minutes of a day: %s', async (_name, seconds, minutes) => {
  const userId = await makeAccount({ timeZone: 'UTC' })
  const sql = database.as('migrator')
  for (const second of seconds) {
    await sql`insert into attempts (user_id, id, block, version, kind, program, graded, response, hints, time_zone, created_at)
      values (${userId}, gen_random_uuid(), 'git/areas/a', 1, 'choice', false, true, '{}', 0, 'UTC',
        '2026-03-01T09:00:00Z'::timestamptz + make_interval(secs => ${second}))`
  }
  await rebuild(true)
  expect(await listActivityDays(userId, '2026-03-01', '2026-03-01')).toEqual([
    { day: '2026-03-01', minutes, attempts: seconds.length },
  ])
})

test('one moment is another day in another zone', async () => {
  const userId = await makeAccount({ timeZone: 'UTC' })
  const sql = database.as('migrator')
  for (const zone of ['Pacific/Kiritimati', 'America/Los_Angeles']) {
    await sql`insert into attempts (user_id, id, block, version, kind, program, graded, response, hints, time_zone, created_at)
      values (${userId}, gen_random_uuid(), 'git/areas/a', 1, 'choice', false, true, '{}', 0, ${zone}, '2026-03-01T10:30:00Z')`
  }
  await rebuild(true)
  const days = await listActivityDays(userId, '2026-01-01', '2026-12-31')
  expect(days.map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02'])
})

test('an attempt that nobody has judged yet counts as tried', async () => {
  const userId = await makeAccount({ timeZone: 'UTC' })
  await database.as('migrator')`
    insert into attempts (user_id, id, block, version, kind, program, graded, response, hints, time_zone)
    values (${userId}, gen_random_uuid(), 'git/areas/a', 1, 'code', true, true, '{}', 0, 'UTC')`
  await rebuild(true)
  expect((await getProgress(userId)).blocks).toMatchObject([
    { block: 'git/areas/a', state: 'tried', passedAt: null },
  ])
})
