import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { closeDatabase, configureDatabase } from './client'
import { type Role, startEmbedded } from './embedded'
import { migrate } from './migrate'
import { createAccount } from './queries/accounts'
import type { recordAttempt } from './queries/attempts'

/** A real, migrated database of its own for one test file; the process's named queries use it as role `app`. */
export async function startTestDatabase() {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-db-'))
  const server = await startEmbedded({ dataDir })
  await migrate({ migrator: server.adminUrl, app: server.urlFor('app'), verifier: server.urlFor('verifier') })
  configureDatabase(server.urlFor('app'))
  const open: postgres.Sql[] = []
  return {
    dataDir,
    urlFor: (role: Role) => server.urlFor(role),
    /** A connection as one of the roles, to look at rows or to try what must be refused. */
    as(role: Role): postgres.Sql {
      const sql = postgres(server.urlFor(role), { max: 2, onnotice: () => undefined })
      open.push(sql)
      return sql
    },
    /** The named queries of `work` run as the role of the operator's commands. */
    async asOperator<T>(work: () => Promise<T>): Promise<T> {
      await closeDatabase()
      configureDatabase(server.adminUrl)
      try {
        return await work()
      } finally {
        await closeDatabase()
        configureDatabase(server.urlFor('app'))
      }
    },
    async stop() {
      await closeDatabase()
      await Promise.all(open.map((sql) => sql.end({ timeout: 2 })))
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type TestDatabase = Awaited<ReturnType<typeof startTestDatabase>>

/** A new account that nobody can sign in to; gives its id. */
export async function makeAccount({ name = 'Maya', timeZone = 'Europe/Berlin' } = {}): Promise<string> {
  const email = `${randomUUID()}@harbour.example`
  const made = await createAccount({ email, name, timeZone, passwordHash: 'x' })
  if (!made) throw new Error('no account was made')
  return made.id
}

type Attempt = Parameters<typeof recordAttempt>[1]

/** A passed attempt at one of the two graded blocks of a lesson. */
export const anAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  id: randomUUID(),
  block: 'git/areas/which',
  version: 1,
  kind: 'choice',
  program: false,
  graded: true,
  response: { choice: 'a' },
  hints: 0,
  timeZone: 'Europe/Berlin',
  passed: true,
  checked: 'server',
  feedback: { passed: true, checks: [] },
  lessonBlocks: ['git/areas/which', 'git/areas/why'],
  ...changes,
})
