import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database'
import { createAccount } from './accounts'
import { getDraft, listDraftVersions, saveDraft } from './drafts'

let database: TestDatabase
let userId: string
const block = 'git/areas/which'
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  const made = await createAccount({
    email: `${randomUUID()}@harbour.example`,
    name: 'M',
    timeZone: 'UTC',
    passwordHash: 'x',
  })
  if (!made) throw new Error('no account was made')
  userId = made.id
})

test('each save on the newest revision gives the next one', async () => {
  expect(await saveDraft(userId, { block, base: 0, state: { a: 1 } })).toEqual({
    conflict: false,
    revision: 1,
  })
  expect(await saveDraft(userId, { block, base: 1, state: { a: 2 } })).toEqual({
    conflict: false,
    revision: 2,
  })
  expect(await getDraft(userId, block)).toMatchObject({ revision: 2, state: { a: 2 } })
})

test('a save on a stale base is kept as an earlier version and answered with both', async () => {
  await saveDraft(userId, { block, base: 0, state: { text: 'laptop' }, device: 'laptop' })
  const saved = await saveDraft(userId, { block, base: 0, state: { text: 'phone' }, device: 'phone' })
  expect(saved).toMatchObject({
    conflict: true,
    current: { revision: 1, state: { text: 'laptop' }, device: 'laptop' },
    yours: { revision: 0, state: { text: 'phone' }, device: 'phone' },
  })
  expect(await getDraft(userId, block)).toMatchObject({ state: { text: 'laptop' } })
  expect(await listDraftVersions(userId, block)).toMatchObject([{ base: 0, state: { text: 'phone' } }])
})

test('of fifteen devices that write on one base one wins and nothing of the others is lost', async () => {
  const saves = await Promise.all(
    Array.from({ length: 15 }, (_, n) => saveDraft(userId, { block, base: 0, state: { n } })),
  )
  const won = saves.flatMap(({ conflict }, n) => (conflict ? [] : [n]))
  expect(won).toHaveLength(1)
  const kept = (await listDraftVersions(userId, block)).map(({ state }) => (state as { n: number }).n)
  expect([...kept, ...won].sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, n) => n))
})

test('the same save again, because its answer was lost, is no conflict', async () => {
  await saveDraft(userId, { block, base: 0, state: { a: 1, b: [2] } })
  expect(await saveDraft(userId, { block, base: 0, state: { b: [2], a: 1 } })).toEqual({
    conflict: false,
    revision: 1,
  })
  expect(await listDraftVersions(userId, block)).toEqual([])
})

test('a late save that is asked again is kept once', async () => {
  await saveDraft(userId, { block, base: 0, state: { current: true } })
  const late = { block, base: 0, state: { late: 1 } }
  const [first, second] = [await saveDraft(userId, late), await saveDraft(userId, late)]
  expect(second).toEqual(first)
  expect(await listDraftVersions(userId, block)).toHaveLength(1)
})

test('the twenty newest of the earlier versions are kept', async () => {
  await saveDraft(userId, { block, base: 0, state: { current: true } })
  for (let n = 1; n <= 25; n++) await saveDraft(userId, { block, base: 0, state: { n } })
  const kept = (await listDraftVersions(userId, block)).map(({ state }) => (state as { n: number }).n)
  expect(kept).toEqual(Array.from({ length: 20 }, (_, n) => 25 - n))
})

test('a base that is newer than what is here, after a restored back-up, is written and answered', async () => {
  expect(await saveDraft(userId, { block, base: 7, state: { a: 1 } })).toEqual({
    conflict: false,
    revision: 8,
  })
})

test('nobody else sees a draft', async () => {
  await saveDraft(userId, { block, base: 0, state: { a: 1 } })
  expect(await getDraft(randomUUID(), block)).toBeNull()
})

test.each([[[1, 'two', null]], [{ deep: { x: [{}] } }], [{ text: '\\u0000 \\ud800 "quoted" — ü 🚢' }]])(
  'what was written comes back as it was: %j',
  async (state) => {
    await saveDraft(userId, { block, base: 0, state })
    expect((await getDraft(userId, block))?.state).toEqual(state)
  },
)

test('what Postgres cannot hold is marked instead of refused', async () => {
  await saveDraft(userId, { block, base: 0, state: { 'a\u0000': ['x\u0000y', 'half \ud83d', '🚢'] } })
  expect((await getDraft(userId, block))?.state).toEqual({ 'a\ufffd': ['x\ufffdy', 'half \ufffd', '🚢'] })
})
