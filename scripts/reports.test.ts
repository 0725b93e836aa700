import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAccount } from '../db/queries/accounts'
import { recordAttempt } from '../db/queries/attempts'
import { recordReport } from '../db/queries/reports'
import { startTestDatabase, type TestDatabase } from '../db/test-database'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const block = 'git/areas/which'

async function makePerson(email: string): Promise<string> {
  const made = await createAccount({ email, name: 'Maya', timeZone: 'UTC', passwordHash: 'x' })
  if (!made) throw new Error('no account was made')
  return made.id
}

async function answer(userId: string): Promise<string> {
  const { id } = await recordAttempt(userId, {
    id: randomUUID(),
    block,
    version: 3,
    kind: 'code',
    program: false,
    graded: true,
    response: { source: 'def f():\n    return 1' },
    hints: 2,
    timeZone: 'UTC',
    passed: false,
    checked: 'server',
    feedback: { passed: false, checks: [{ id: 'one', passed: false, label: 'it gives 2' }] },
    lessonBlocks: [block],
  })
  return id
}

/** `npm run reports -- …` beside a running server. */
function reports(...args: string[]): Promise<{ status: number; said: string }> {
  const env = { ...process.env, DATA_DIR: database.dataDir, DATABASE_URL: '' }
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'scripts/reports.ts', ...args],
      { env },
      (error, out, err) => done({ status: error ? Number(error.code) : 0, said: out + err }),
    )
  })
}

test('an operator lists reports, reads one with its answer and verdict, and closes it', async () => {
  expect((await reports('list')).said).toContain('Nothing is open.')
  const userId = await makePerson('maya@harbour.example')
  const attemptId = await answer(userId)
  const id = `abcd1234${randomUUID().slice(8)}`
  const words = 'It is \u001b[2Jright\nbecause 1 is meant'
  await recordReport(userId, { id, block, version: 3, kind: 'refused', attemptId, words })

  const listed = await reports('list')
  expect(listed.said).toMatch(
    /^abcd1234 {2}\d{4}-\d\d-\d\d {2}right answer refused {2}git\/areas\/which {2}It is \ufffd\[2Jright\n1 report\n$/,
  )
  const shown = await reports('show', 'ABCD1234')
  expect(shown.status).toBe(0)
  expect(shown.said).not.toContain('\u001b')
  for (const part of [
    'maya@harbour.example',
    'version 3',
    '2 hints',
    'not passed, checked by server',
    '    return 1',
    'it gives 2',
  ])
    expect(shown.said).toContain(part)
  expect(await reports('close', 'abcd1234')).toEqual({ status: 0, said: `${id} is closed.\n` })
  expect((await reports('close', 'abcd1234')).status).toBe(1)
  expect((await reports('list')).said).toContain('Nothing is open.')
  expect((await reports('list', '--all')).said).toContain('closed')
})

test.each([[['show', 'ffffffff']], [['show', 'x; drop']], [['paint']], [['close']]])(
  'what cannot be done is said in words, with status 1: %j',
  async (args) => {
    const { status, said } = await reports(...args)
    expect(status).toBe(1)
    expect(said).not.toMatch(/\n\s+at /)
    expect(said.length).toBeGreaterThan(20)
  },
)
