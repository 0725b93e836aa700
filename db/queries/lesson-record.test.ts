import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { anAttempt, makeAccount, startTestDatabase, type TestDatabase } from '../test-database'
import { recordAttempt } from './attempts'
import { saveDraft } from './drafts'
import { getLessonRecord } from './lesson-record'

let database: TestDatabase
let userId: string
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  userId = await makeAccount()
})

const nothing = { drafts: [], attempts: [], states: {}, completed: [] }

test('someone who has done nothing has an empty record', async () => {
  expect(await getLessonRecord(userId, 'git', 'areas')).toEqual(nothing)
})

test('a lesson has the newest attempts of each block as they were recorded, newest first, and of no other lesson', async () => {
  for (let n = 0; n < 4; n++) await recordAttempt(userId, anAttempt({ response: { n } }))
  const why = await recordAttempt(userId, anAttempt({ block: 'git/areas/why', passed: false }))
  await recordAttempt(userId, anAttempt({ block: 'git/areas-2/which' }))
  const { attempts } = await getLessonRecord(userId, 'git', 'areas', 3)
  expect(attempts.map(({ block }) => block)).toEqual(['git/areas/why', ...Array(3).fill('git/areas/which')])
  expect(attempts[0]).toEqual({ ...why, at: expect.any(Date) })
  // JSON keeps the microseconds that a Date has no room for.
  expect(Math.abs((attempts[0]?.at.getTime() ?? 0) - why.at.getTime())).toBeLessThanOrEqual(1)
})

test('a lesson has its own drafts as they were written', async () => {
  const state = { answer: { text: 'ü "quoted" \\u0000 🚢', deep: [{ x: null }] }, hints: 2 }
  await saveDraft(userId, { block: 'git/areas/which', base: 0, state })
  await saveDraft(userId, { block: 'git/areas-2/which', base: 0, state: { a: 2 } })
  const { drafts } = await getLessonRecord(userId, 'git', 'areas')
  expect(drafts).toEqual([{ block: 'git/areas/which', revision: 1, state, updatedAt: expect.any(Date) }])
  expect(Math.abs(Date.now() - (drafts[0]?.updatedAt.getTime() ?? 0))).toBeLessThan(60_000)
})

test('states are of the lesson, completed lessons are of its course', async () => {
  await recordAttempt(userId, anAttempt())
  await recordAttempt(userId, anAttempt({ block: 'git/areas/why', passed: false }))
  await recordAttempt(userId, anAttempt({ block: 'git/first/one', lessonBlocks: ['git/first/one'] }))
  await recordAttempt(userId, anAttempt({ block: 'yard/first/one', lessonBlocks: ['yard/first/one'] }))
  const record = await getLessonRecord(userId, 'git', 'areas')
  expect(record.states).toEqual({ 'git/areas/which': 'passed', 'git/areas/why': 'tried' })
  expect(record.completed).toEqual(['first'])
})

test('nothing of anybody else is in it', async () => {
  const other = await makeAccount()
  await recordAttempt(other, anAttempt({ lessonBlocks: ['git/areas/which'] }))
  await saveDraft(other, { block: 'git/areas/which', base: 0, state: {} })
  expect(await getLessonRecord(userId, 'git', 'areas')).toEqual(nothing)
  expect((await getLessonRecord(other, 'git', 'areas')).completed).toEqual(['areas'])
})
