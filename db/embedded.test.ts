import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterEach, expect, test } from 'vitest'
import { type Embedded, findEmbedded, startEmbedded } from './embedded'
import { AlreadyStarting } from './errors'
import { markOf } from './holder'

const dirs: string[] = []
const servers: Embedded[] = []
const newDir = () => {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-embedded-'))
  dirs.push(dir)
  return dir
}
const start = async (dataDir: string) => {
  const server = await startEmbedded({ dataDir })
  servers.push(server)
  return server
}
const ask = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 3 })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 2 })
  }
}
const pidOf = (dir: string) =>
  Number(readFileSync(join(dir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
const setting = (url: string, name: string) =>
  ask(
    url,
    async (sql) => (await sql<{ value: string }[]>`select current_setting(${name}) as value`)[0]?.value,
  )

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

test('a first start gives a real PostgreSQL with checksums, fsync and roles that are no superusers', async () => {
  const dir = newDir()
  const server = await start(dir)
  expect(server.reused).toBe(false)
  expect(await setting(server.urlFor('app'), 'data_checksums')).toBe('on')
  expect(await setting(server.urlFor('app'), 'fsync')).toBe('on')
  expect(await setting(server.urlFor('app'), 'synchronous_commit')).toBe('on')
  expect(await setting(server.urlFor('app'), 'server_encoding')).toBe('UTF8')
  const roles = await ask(
    server.adminUrl,
    (sql) =>
      sql`select rolname as name, rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication as mighty
        from pg_roles where rolname in ('app', 'migrator', 'verifier') order by 1`,
  )
  expect([...roles]).toEqual([
    { name: 'app', mighty: false },
    { name: 'migrator', mighty: false },
    { name: 'verifier', mighty: false },
  ])
  expect(statSync(join(dir, 'postgres')).mode & 0o777).toBe(0o700)
  expect(statSync(join(dir, 'postgres/secrets.json')).mode & 0o777).toBe(0o600)
})

test('letters beyond ASCII are lowered and compared as letters', async () => {
  const server = await start(newDir())
  const rows = await ask(server.urlFor('app'), (sql) => sql`select lower('ÄÖŁ') as low`)
  expect(rows[0]?.low).toBe('äöł')
})

test('a server whose keeper was killed is found and taken over, with what it held', async () => {
  const dir = newDir()
  const first = await start(dir)
  await ask(first.adminUrl, (sql) => sql`create table kept as select 42 as answer`)
  const second = await start(dir)
  expect(second.reused).toBe(true)
  expect(second.adminUrl).toBe(first.adminUrl)
  const rows = await ask(second.adminUrl, (sql) => sql`select answer from kept`)
  expect(rows[0]?.answer).toBe(42)
  await second.stop()
  expect(existsSync(join(dir, 'postgres/data/postmaster.pid'))).toBe(false)
  expect(await findEmbedded(dir)).toBeNull()
})

test('after kill -9 the end is told, and the next start recovers what was acknowledged', async () => {
  const dir = newDir()
  const first = await start(dir)
  await ask(first.adminUrl, (sql) => sql`create table kept as select 42 as answer`)
  const ended = new Promise<void>((done) => first.onExit(done))
  process.kill(pidOf(dir), 'SIGKILL')
  await ended
  const second = await start(dir)
  expect(second.reused).toBe(false)
  const rows = await ask(second.adminUrl, (sql) => sql`select answer from kept`)
  expect(rows[0]?.answer).toBe(42)
})

test('a pid file that names a living process which is no Postgres does not stop the start', async () => {
  const dir = newDir()
  const first = await start(dir)
  const pidFile = join(dir, 'postgres/data/postmaster.pid')
  const lines = readFileSync(pidFile, 'utf8').split('\n')
  await first.stop()
  const stranger = spawn('sleep', ['60'])
  try {
    writeFileSync(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'), { mode: 0o600 })
    const second = await start(dir)
    expect(second.reused).toBe(false)
    expect(await setting(second.urlFor('app'), 'fsync')).toBe('on')
  } finally {
    stranger.kill()
  }
})

test('started again after its end it is found at the same address, so that no process must be told', async () => {
  const dir = newDir()
  const first = await start(dir)
  await first.stop()
  expect((await start(dir)).adminUrl).toBe(first.adminUrl)
})

test('of two starts at once on an empty folder one is told that the other is in progress', async () => {
  const dir = newDir()
  const [first, second] = await Promise.allSettled([start(dir), start(dir)])
  expect(first.status).toBe('fulfilled')
  expect(second).toMatchObject({
    status: 'rejected',
    reason: new AlreadyStarting(join(dir, 'postgres'), process.pid),
  })
  expect((await start(dir)).reused).toBe(true)
})

test('a start waits for nobody who was killed while starting, and for nobody who has his number now', async () => {
  const dir = newDir()
  const other = spawn('sleep', ['60'])
  const file = join(dir, 'postgres/starting.json')
  try {
    const mark = markOf(other.pid ?? 0)
    mkdirSync(join(dir, 'postgres'))
    writeFileSync(file, JSON.stringify(mark))
    await expect(start(dir)).rejects.toThrow(`in progress (process ${other.pid})`)
    writeFileSync(file, JSON.stringify({ ...mark, started: 'before' }))
    expect((await start(dir)).reused).toBe(false)
    expect(existsSync(file)).toBe(false)
  } finally {
    other.kill()
  }
})
