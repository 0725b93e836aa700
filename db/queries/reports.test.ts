import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database'
import { createAccount } from './accounts'
import { recordAttempt } from './attempts'
import { type NewReport, recordReport } from './reports'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

async function makePerson(): Promise<string> {
  const email = `${randomUUID()}@harbour.example`
  const made = await createAccount({ email, name: 'Maya', timeZone: 'UTC', passwordHash: 'x' })
  if (!made) throw new Error('no account was made')
  return made.id
}
const report = (changes: Partial<NewReport> = {}): NewReport => ({
  id: randomUUID(),
  block: 'git/areas/which',
  version: 1,
  kind: 'problem',
  attemptId: null,
  words: 'The picture is upside down.',
  ...changes,
})

test('a report that is sent ten times at once is one row, and every sender hears the same', async () => {
  const userId = await makePerson()
  const one = report()
  const said = await Promise.all(Array.from({ length: 10 }, () => recordReport(userId, one)))
  expect(new Set(said.map(({ at }) => at.getTime())).size).toBe(1)
  const rows = await database.as('app')`select id from reports where user_id = ${userId}`
  expect(rows).toHaveLength(1)
})

test('a report holds on to an answer of the same person only, and one of a refused answer needs one', async () => {
  const [owner, other] = [await makePerson(), await makePerson()]
  const attemptId = randomUUID()
  await recordAttempt(owner, {
    id: attemptId,
    block: 'git/areas/which',
    version: 1,
    kind: 'choice',
    program: false,
    graded: true,
    response: {},
    hints: 0,
    timeZone: 'UTC',
    passed: false,
    checked: 'server',
    feedback: { passed: false, checks: [] },
    lessonBlocks: [],
  })
  await recordReport(owner, report({ kind: 'refused', attemptId, words: '' }))
  await expect(recordReport(other, report({ kind: 'refused', attemptId }))).rejects.toThrow()
  await expect(recordReport(owner, report({ kind: 'refused' }))).rejects.toThrow()
})

test('the web process can neither change nor delete what was reported', async () => {
  const app = database.as('app')
  await expect(app`update reports set words = 'nothing'`).rejects.toMatchObject({ code: '42501' })
  await expect(app`delete from reports`).rejects.toMatchObject({ code: '42501' })
})

test('words hold what cannot be stored as signs that can', async () => {
  const userId = await makePerson()
  const { id } = await recordReport(userId, report({ words: 'a\u0000b' }))
  const [row] = await database.as('app')`select words from reports where user_id = ${userId} and id = ${id}`
  expect(row?.words).toBe('a\ufffdb')
})
