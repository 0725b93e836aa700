import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configureDatabase, withDatabase } from './client'
import { DatabaseUnavailable } from './errors'
import { startTestDatabase, type TestDatabase } from './test-database'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const sleep = (seconds: number) => withDatabase((db) => db.execute(sql`select pg_sleep(${seconds})`))

test('nobody waits 3 s while Postgres says no, and a slow answer is waited for when it does not', async () => {
  configureDatabase(`${database.urlFor('app')}?application_name=one`, { max: 2 })
  const locked = await database.as('migrator').reserve()
  await locked`begin`
  await locked`lock table drafts in access exclusive mode`
  const began = performance.now()
  const refused = expect(withDatabase((db) => db.execute(sql`select 1 from drafts`))).rejects.toThrow(
    DatabaseUnavailable,
  )
  // Nothing is wrong with this one, which nobody can know.
  await expect(sleep(3)).rejects.toThrow(DatabaseUnavailable)
  expect(performance.now() - began).toBeLessThan(3000)
  await refused
  await locked`rollback`
  locked.release()

  await sleep(0)
  await expect(sleep(3)).resolves.toHaveLength(1)
})
