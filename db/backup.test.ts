import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkBackup, dumpDatabase, ENDED_BY_RESTORE, LEFT_OUT, restoreDatabase } from './backup'
import { migrate, readMigrations } from './migrate'
import { createAccount } from './queries/accounts'
import { recordAttempt } from './queries/attempts'
import { saveDraft } from './queries/drafts'
import { createSession } from './queries/sessions'
import { startTestDatabase, type TestDatabase } from './test-database'

let database: TestDatabase
let admin: postgres.Sql
let count = 0

beforeAll(async () => {
  database = await startTestDatabase()
  const secrets = JSON.parse(readFileSync(join(database.dataDir, 'postgres/secrets.json'), 'utf8')) as {
    postgres: string
  }
  const url = new URL(database.urlFor('migrator'))
  url.username = 'postgres'
  url.password = secrets.postgres
  url.pathname = '/postgres'
  admin = postgres(url.href, { max: 1, onnotice: () => undefined })
})
afterAll(async () => {
  await admin.end({ timeout: 2 })
  await database.stop()
})

/** The address of a new, empty database. */
async function newDatabase(): Promise<string> {
  const name = `restored_${++count}`
  await admin.unsafe(`create database ${name} owner migrator`)
  return at(name)
}
const at = (name: string, role: 'migrator' | 'app' = 'migrator') => {
  const url = new URL(database.urlFor(role))
  url.pathname = `/${name}`
  return url.href
}
async function ask<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 2 })
  }
}

async function dump(url = database.urlFor('migrator')): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of dumpDatabase(url)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
/** In pieces whose ends fall anywhere. */
async function* pieces(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}
const restore = (migrator: string, bytes: Buffer, options = {}) =>
  restoreDatabase({ migrator, open: () => pieces(bytes), ...options })

/** Rows and a hash of each table, by Postgres itself. */
async function printOf(url: string): Promise<Record<string, string>> {
  return ask(url, async (sql) => {
    const tables = await sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public' order by 1`
    const prints: Record<string, string> = {}
    for (const { name } of tables) {
      if (name in LEFT_OUT) continue
      const [row] = await sql.unsafe<{ print: string }[]>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text collate "C")), '') as print from "${name}" t`,
      )
      prints[name] = row?.print ?? ''
    }
    return prints
  })
}

const AWKWARD = ['\\.', '\\.\n\\.\n', 'a\tb\r\nc\\N', "'; drop table users; --", 'ünï🐦', '{"end":true}', '']

async function makePerson() {
  const made = await createAccount({
    email: `${randomUUID()}@harbour.example`,
    name: 'Wren \\. O’Neill\t|',
    timeZone: 'Europe/London',
    passwordHash: 'x',
  })
  if (!made) throw new Error('no account was made')
  return made.id
}
const attempt = (block: string, response: unknown) => ({
  id: randomUUID(),
  block,
  version: 1,
  kind: 'choice',
  program: false,
  graded: true,
  response,
  hints: 0,
  timeZone: 'Asia/Tokyo',
  passed: true,
  checked: 'server' as const,
  feedback: { passed: true, checks: [] },
  lessonBlocks: [block],
})

async function fill(): Promise<string> {
  const id = await makePerson()
  for (const text of AWKWARD) {
    await recordAttempt(id, attempt(`c/l/${randomUUID()}`, { text }))
    await saveDraft(id, { block: `c/l/${randomUUID()}`, base: 0, state: { text }, device: text })
  }
  const lasts = { idleSeconds: 3600, absoluteSeconds: 7200 }
  await createSession({ accountId: id, sidHash: Buffer.from(randomUUID()), device: 'x', ...lasts })
  await ask(database.urlFor('migrator'), async (sql) => {
    await sql`insert into sign_in_failures values (${Buffer.from(id)}, 3, now(), array[now(), now() - interval '1 us'])`
    await sql`insert into reset_tokens values (${id}, ${Buffer.from(id)}, now())`
  })
  return id
}

test('every table comes back as it was, with its guards and grants, and people can go on', async () => {
  const person = await fill()
  const empty = await newDatabase()
  const contents = await restore(empty, await dump(), { keepSessions: true })
  expect(await printOf(empty)).toEqual(await printOf(database.urlFor('migrator')))
  expect(contents.tables).toMatchObject({ sign_in_failures: 1, sessions: 1, reset_tokens: 1 })

  const name = new URL(empty).pathname.slice(1)
  await admin.unsafe(`grant connect on database ${name} to app`)
  await ask(at(name, 'app'), async (sql) => {
    const id = randomUUID()
    await sql`insert into attempts (user_id, id, block, version, kind, program, graded, response, hints, time_zone)
      values (${person}, ${id}, 'c/l/b', 1, 'code', true, true, '{}', 0, 'UTC')`
    const verdict = sql`insert into verdicts (user_id, attempt_id, id, version, passed, checked, feedback)
      values (${person}, ${id}, ${randomUUID()}, 1, true, 'verifier', '{}')`
    await expect(verdict, 'the guard of verdicts is awake').rejects.toMatchObject({ code: '42501' })
    await expect(sql`delete from attempts`, 'and so are the grants').rejects.toMatchObject({ code: '42501' })
  })
})

test('tables larger than what waits in memory are read and written slowly', async () => {
  const id = await makePerson()
  const long = 'terns '.repeat(10_000)
  for (let n = 0; n < 30; n++) await recordAttempt(id, attempt('c/l/long', { n, long }))
  const slow = async function* (bytes: Buffer) {
    for await (const piece of pieces(bytes, 100_000)) {
      await new Promise(setImmediate)
      yield piece
    }
  }
  const empty = await newDatabase()
  const bytes = await dump()
  await restoreDatabase({ migrator: empty, open: () => slow(bytes), keepSessions: true })
  expect(await printOf(empty)).toEqual(await printOf(database.urlFor('migrator')))
})

test('a restore ends sessions and links unless it is told to keep them', async () => {
  await fill()
  const empty = await newDatabase()
  await restore(empty, await dump())
  const [open] = await ask(
    empty,
    (sql) => sql`select (select count(*)::int from sessions where revoked_at is null) as sessions,
      (select count(*)::int from reset_tokens where used_at is null) as links`,
  )
  expect(open).toEqual({ sessions: 0, links: 0 })
})

test('every table is backed up or left out by name, and whatever opens a door is ended', async () => {
  const { tables } = await checkBackup(pieces(await dump()))
  const all = await ask(
    database.urlFor('migrator'),
    (sql) => sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  const names = all.map(({ name }) => name)
  expect([...Object.keys(tables), ...Object.keys(LEFT_OUT)].toSorted()).toEqual(names.toSorted())
  // `linked_accounts` says whom a provider may sign in; like a password it is no session that could come back to life.
  const doors = names.filter((name) => /session|token|links?$/.test(name))
  expect(Object.keys(ENDED_BY_RESTORE).toSorted()).toEqual(doors.toSorted())
})

test('while people write it is one moment: no attempt without its verdict, and none that comes later', async () => {
  const id = await makePerson()
  let isWriting = true
  let written = 0
  const writing = (async () => {
    for (; isWriting; written++) await recordAttempt(id, attempt('c/l/moment', { n: written }))
  })()
  const dumps: Buffer[] = []
  const before: number[] = []
  while (dumps.length < 2) {
    before.push(written)
    dumps.push(await dump())
  }
  isWriting = false
  await writing
  for (const [at, bytes] of dumps.entries()) {
    const { tables } = await checkBackup(pieces(bytes))
    expect(tables.attempts).toBe(tables.verdicts)
    const empty = await newDatabase()
    await restore(empty, bytes)
    const [progress] = await ask(
      empty,
      (sql) => sql<{ counted: number; there: number }[]>`
        select attempts as counted, (select count(*)::int from attempts where block = 'c/l/moment') as there
        from block_progress where block = 'c/l/moment'`,
    )
    expect(progress?.counted ?? 0).toBe(progress?.there ?? 0)
    expect(progress?.there ?? 0).toBeGreaterThanOrEqual(before[at] ?? 0)
  }
})

test('one that was cut off anywhere is refused, and nothing is touched', async () => {
  await fill()
  const bytes = await dump()
  for (let part = 0; part < 60; part++) {
    const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 60))
    await expect(checkBackup(pieces(cut)), `after ${cut.length} bytes`).rejects.toThrow(
      /incomplete|not a back-up/,
    )
  }
  const empty = await newDatabase()
  await expect(restore(empty, bytes.subarray(0, -1))).rejects.toThrow('ends too early')
  const [tables] = await ask(
    empty,
    (sql) => sql`select count(*)::int as count from information_schema.tables where table_schema = 'public'`,
  )
  expect(tables).toEqual({ count: 0 })
})

test('one byte that is another, wherever it is, is noticed', async () => {
  await fill()
  const bytes = await dump()
  for (let part = 0; part < 120; part++) {
    const edited = Buffer.from(bytes)
    const place = Math.floor((bytes.length * part) / 120)
    edited[place] = (edited[place] ?? 0) ^ 1
    await expect(checkBackup(pieces(edited)), `byte ${place}`).rejects.toThrow(/back-up/)
  }
  await expect(checkBackup(pieces(Buffer.concat([bytes, Buffer.from('{}\n')])))).rejects.toThrow(
    'follows its end',
  )
})

test('another format, a newer release and other migrations are told apart', async () => {
  const bytes = (await dump()).toString()
  const [first = '', ...rest] = bytes.split('\n')
  const header = JSON.parse(first) as { version: number; schema: { tag: string; hash: string }[] }
  const withHeader = (change: object) =>
    Buffer.from([JSON.stringify({ ...header, ...change }), ...rest].join('\n'))
  const empty = await newDatabase()
  await expect(restore(empty, withHeader({ version: 2 }))).rejects.toThrow(
    'has format 2; this release reads format 1',
  )
  await expect(restore(empty, withHeader({ format: 'other' }))).rejects.toThrow('not a back-up of Slipway')
  const newer = [...header.schema, { tag: '0099_newer', hash: 'x' }]
  await expect(restore(empty, withHeader({ schema: newer }))).rejects.toThrow(
    '0099_newer, which this release does not know',
  )
  const other = header.schema.map((one, at) => (at === 0 ? { ...one, hash: 'x' } : one))
  await expect(restore(empty, withHeader({ schema: other }))).rejects.toThrow('not the one of this release')
})

test('a database that is in use, or somebody else’s, is left alone', async () => {
  const bytes = await dump()
  const used = await newDatabase()
  await restore(used, bytes)
  await expect(restore(used, bytes)).rejects.toThrow(/in use: \w+ has .*Nothing was touched/)
  const foreign = await newDatabase()
  await ask(foreign, (sql) => sql`create table invoices (id int)`)
  await expect(restore(foreign, bytes)).rejects.toThrow('something else (invoices)')
  const busy = await newDatabase()
  await ask(busy, async (sql) => {
    await sql`select 1`
    await expect(restore(busy, bytes)).rejects.toThrow('stop Slipway first')
  })
  await expect(dump(foreign)).rejects.toThrow('no Slipway in this database')
})

/** A copy of the migrations with one more, in which rows get numbers of their own. */
function folderWithSequence(): string {
  const folder = join(database.dataDir, `migrations-${++count}`)
  mkdirSync(folder)
  cpSync(join(import.meta.dirname, 'migrations'), folder, { recursive: true })
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as {
    entries: { idx: number; when: number; tag: string }[]
  }
  const last = journal.entries.at(-1)
  if (!last) throw new Error('there is no migration')
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '0098_numbers' })
  writeFileSync(file, JSON.stringify(journal))
  writeFileSync(
    join(folder, '0098_numbers.sql'),
    'create table numbers (id bigint generated always as identity primary key, twice bigint generated always as (id * 2) stored)',
  )
  return folder
}

test('numbers that the database gave go on where they were', async () => {
  const folder = folderWithSequence()
  const source = await newDatabase()
  await migrate({ migrator: source, folder })
  await ask(source, (sql) => sql`insert into numbers select from generate_series(1, 41)`)
  const empty = await newDatabase()
  await restore(empty, await dump(source), { folder })
  const [next] = await ask(
    empty,
    (sql) => sql<{ id: string; twice: string }[]>`insert into numbers default values returning *`,
  )
  expect(next).toEqual({ id: '42', twice: '84' })
})

test('one of an older release is brought to the level of this one, into a server that was started before', async () => {
  await fill()
  const folder = folderWithSequence()
  const empty = await newDatabase()
  await migrate({ migrator: empty, folder })
  const { level } = await restore(empty, await dump(), { folder })
  expect(level).toBe(readMigrations().at(-1)?.tag)
  const { numbers, ...rest } = await printOf(empty)
  expect(numbers).toBe('0 ')
  expect(Object.keys(rest)).toEqual(Object.keys(await printOf(database.urlFor('migrator'))))
})
