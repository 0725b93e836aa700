import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { closeDatabase, configureDatabase } from './client'
import { type Role, startEmbedded } from './embedded'
import { migrate } from './migrate'

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
    async stop() {
      await closeDatabase()
      await Promise.all(open.map((sql) => sql.end({ timeout: 2 })))
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type TestDatabase = Awaited<ReturnType<typeof startTestDatabase>>
