import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Embedded, startEmbedded } from './embedded'
import { GRANTS, migrate, readMigrations } from './migrate'

let dataDir: string
let server: Embedded
let admin: postgres.Sql
let count = 0
let empty: string
let folder: string

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slipway-migrate-'))
  server = await startEmbedded({ dataDir })
  const secrets = JSON.parse(readFileSync(join(dataDir, 'postgres/secrets.json'), 'utf8')) as {
    postgres: string
  }
  const url = new URL(server.adminUrl)
  url.username = 'postgres'
  url.password = secrets.postgres
  url.pathname = '/postgres'
  admin = postgres(url.href, { max: 2, onnotice: () => undefined })
})

afterAll(async () => {
  await admin.end({ timeout: 2 })
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** An empty database, and a copy of the migrations that a test may spoil. */
beforeEach(async () => {
  const name = `empty_${++count}`
  await admin.unsafe(`create database ${name} owner migrator`)
  const url = new URL(server.adminUrl)
  url.pathname = `/${name}`
  empty = url.href
  folder = join(dataDir, `migrations-${count}`)
  cpSync(join(import.meta.dirname, 'migrations'), folder, { recursive: true })
})

const as = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 2 })
  }
}
const of = (role: 'app' | 'verifier') => {
  const url = new URL(server.urlFor(role))
  url.pathname = new URL(empty).pathname
  return url.href
}

test('of four that migrate at once one does, and all come back with the newest level', async () => {
  const lines: string[] = []
  await Promise.all(
    [1, 2, 3, 4].map(() => migrate({ migrator: empty, log: (line) => void lines.push(line) })),
  )
  expect(lines).toHaveLength(readMigrations().length)
  const rows = await as(empty, (sql) => sql`select tag from schema_migrations order by idx`)
  expect(rows.map(({ tag }) => tag)).toEqual(readMigrations().map(({ tag }) => tag))
})

test('a migration that was edited after it was applied is refused by name', async () => {
  await migrate({ migrator: empty, folder })
  const [first] = readMigrations(folder)
  const file = join(folder, `${first?.tag}.sql`)
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n-- one more line`)
  await expect(migrate({ migrator: empty, folder })).rejects.toThrow(
    new RegExp(`${first?.tag} was edited after it had been applied`),
  )
})

test('a migration dated before the one that precedes it is refused instead of skipped', () => {
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8')) as {
    entries: { idx: number; when: number; tag: string }[]
  }
  const last = journal.entries.at(-1)
  if (!last) throw new Error('there is no migration')
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when - 1 })
  writeFileSync(file, JSON.stringify(journal))
  expect(() => readMigrations(folder)).toThrow(/is older than the one before it/)
})

test('our own migrations are in order', () => {
  const dates = readMigrations().map(({ when }) => when)
  expect(dates).toEqual([...new Set(dates)].sort((a, b) => a - b))
  expect(dates.length).toBeGreaterThan(0)
})

test('a migration that fails half-way leaves nothing behind and can be run again', async () => {
  const last = readMigrations(folder).at(-1)
  const file = join(folder, `${last?.tag}.sql`)
  const right = readFileSync(file, 'utf8')
  writeFileSync(file, `${right}\n--> statement-breakpoint\nselect 1 / 0;`)
  await expect(migrate({ migrator: empty, folder })).rejects.toThrow(/division by zero/)
  writeFileSync(file, right)
  await migrate({ migrator: empty, folder })
  const rows = await as(empty, (sql) => sql`select count(*)::int as count from schema_migrations`)
  expect(rows[0]?.count).toBe(readMigrations(folder).length)
})

/** The rights on tables and columns that the catalogue holds for a role, spelled as GRANTS spells them. */
async function rightsOf(role: string): Promise<Record<string, string>> {
  return as(empty, async (sql) => {
    const tables = await sql<{ table_name: string; right: string }[]>`
      select table_name, lower(privilege_type) as right from information_schema.role_table_grants
      where grantee = ${role} and table_schema = 'public'`
    const columns = await sql<{ table_name: string; right: string; names: string }[]>`
      select table_name, lower(privilege_type) as right, string_agg(column_name, ', ' order by column_name) as names
      from information_schema.column_privileges c
      where grantee = ${role} and table_schema = 'public' and not exists (
        select 1 from information_schema.role_table_grants t
        where t.grantee = c.grantee and t.table_name = c.table_name and t.privilege_type = c.privilege_type)
      group by 1, 2`
    const rights: Record<string, string[]> = {}
    for (const { table_name, right } of tables) rights[table_name] = [...(rights[table_name] ?? []), right]
    for (const { table_name, right, names } of columns)
      rights[table_name] = [...(rights[table_name] ?? []), `${right} (${names})`]
    return Object.fromEntries(Object.entries(rights).map(([table, list]) => [table, list.sort().join('; ')]))
  })
}
const spelled = (grants: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(grants).map(([table, rights]) => [
      table,
      (rights.match(/\w+(?: \([^)]*\))?/g) ?? []).sort().join('; '),
    ]),
  )

test('each role has exactly the rights that are listed, whatever was granted by hand before', async () => {
  await migrate({ migrator: empty })
  await as(empty, (sql) => sql.unsafe('grant delete, truncate on attempts to app'))
  await migrate({ migrator: empty })
  expect(await rightsOf('app')).toEqual(spelled(GRANTS.app))
  expect(await rightsOf('verifier')).toEqual(spelled(GRANTS.verifier))
  expect(GRANTS.app.attempts).toBe('select, insert')
  expect(GRANTS.app.verdicts).toBe('select, insert')
})

test.each([
  'update attempts set block = block',
  'delete from attempts',
  'truncate attempts cascade',
  'update verdicts set passed = true',
  'delete from verdicts',
  'delete from users',
  'update users set suspended_at = null',
  'create table mine (a int)',
  'alter table attempts add column mine int',
  'drop trigger verdicts_guard on verdicts',
  'alter table verdicts disable trigger all',
  "update house_roles set role = 'app'",
  'update account_events set what = what',
  'delete from account_events',
  'select * from house_events',
  'update reset_tokens set expires_at = now()',
  "select forget_person(gen_random_uuid(), 'a@b.example')",
])('role app may not: %s', async (statement) => {
  await migrate({ migrator: empty })
  await expect(as(of('app'), (sql) => sql.unsafe(statement))).rejects.toMatchObject({ code: '42501' })
})

test('only the verifier says verifier, and nobody says server of a program', async () => {
  await migrate({ migrator: empty })
  const user = '01900000-0000-7000-8000-000000000001'
  const attempt = (id: string, program: boolean) => (sql: postgres.Sql) =>
    sql`
    insert into attempts (user_id, id, block, version, kind, program, graded, response, hints, time_zone)
    values (${user}, ${id}, 'c/l/b', 1, 'code', ${program}, true, '{}', 0, 'UTC')`
  const verdict = (id: string, checked: string) => (sql: postgres.Sql) =>
    sql`
    insert into verdicts (user_id, attempt_id, id, version, passed, checked, feedback)
    values (${user}, ${id}, gen_random_uuid(), 1, true, ${checked}, '{}')`
  const [program, choice] = ['01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-00000000000b']
  await as(of('app'), async (sql) => {
    await sql`insert into users (id, email, name, time_zone) values (${user}, 'a@b.example', 'A', 'UTC')`
    await attempt(program, true)(sql)
    await attempt(choice, false)(sql)
    await verdict(program, 'self')(sql)
    await verdict(choice, 'server')(sql)
    await expect(verdict(program, 'server')(sql)).rejects.toMatchObject({ code: '42501' })
    await expect(verdict(program, 'verifier')(sql)).rejects.toMatchObject({ code: '42501' })
    await expect(verdict(program, 'teacher')(sql)).rejects.toMatchObject({ code: '23514' })
  })
  await as(of('verifier'), async (sql) => {
    await verdict(program, 'verifier')(sql)
    await expect(attempt('01900000-0000-7000-8000-00000000000c', true)(sql)).rejects.toMatchObject({
      code: '42501',
    })
  })
})
