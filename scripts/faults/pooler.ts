import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { closeDatabase, configureDatabase, withDatabase } from '../../db/client'
import { getAccountByEmail } from '../../db/queries/accounts'
import { getDraft, saveDraft } from '../../db/queries/drafts'
import type { Person } from './house'

/** What 10,000 named queries through PgBouncer in transaction mode gave, with the configuration that deploy/ ships. */
export async function queryThroughPooler(database: string, people: Person[], queries: number) {
  const version = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' })
  if (version.status !== 0)
    throw new Error('there is no pgbouncer on this machine: apt-get install pgbouncer')
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pooler-'))
  const { username, password, port, pathname } = new URL(database)
  const listen = await freePort()
  const users = join(folder, 'userlist.txt')
  const ini = readFileSync('deploy/pgbouncer.ini', 'utf8')
    .replace('port=5432 dbname=slipway', `port=${port} dbname=${pathname.slice(1)}`)
    .replace('listen_port = 6432', `listen_port = ${listen}`)
    .replace('/etc/pgbouncer/userlist.txt', users)
  writeFileSync(join(folder, 'pgbouncer.ini'), ini)
  writeFileSync(users, `"${username}" "${decodeURIComponent(password)}"\n`)
  for (const path of [folder, users, join(folder, 'pgbouncer.ini')]) chmodSync(path, 0o755)
  // It refuses root, as Postgres does.
  const ids = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const pooler = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], { stdio: 'ignore', ...ids })
  const ended = once(pooler, 'exit')
  const url = new URL(database)
  url.port = String(listen)
  try {
    configureDatabase(url.href, { pooled: true })
    await untilAnswered()
    const errors: string[] = []
    let asked = 0
    const [limits] = await withDatabase((db) =>
      db.execute<{ limit: string }>(sql`select current_setting('statement_timeout') as limit`),
    )
    const worker = async (person: Person) => {
      let base = 0
      const block = 'c/l/pooled'
      while (asked < queries) {
        asked += 3
        try {
          const account = await getAccountByEmail(person.email)
          const saved = await saveDraft(person.id, { block, base, state: { asked }, device: 'x' })
          if (!saved.conflict) base = saved.revision
          const draft = await getDraft(person.id, block)
          if (account?.id !== person.id || draft?.revision !== base)
            errors.push('another answer than was written')
        } catch (error) {
          errors.push(error instanceof Error ? `${error.message} ${String(error.cause)}` : String(error))
        }
      }
    }
    await Promise.all(people.map(worker))
    return { asked, errors, limit: limits?.limit ?? '', version: version.stdout.split('\n')[0] ?? '' }
  } finally {
    await closeDatabase()
    pooler.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

async function untilAnswered(): Promise<void> {
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      await withDatabase((db) => db.execute(sql`select 1`))
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((done) => setTimeout(done, 100))
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (!address || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}
