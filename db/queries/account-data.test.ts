import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, configureDatabase } from '../client'
import { startTestDatabase, type TestDatabase } from '../test-database'
import { exportAccount, importAccount } from './account-data'
import { createAccount, deleteAccount, deleteOwnAccount } from './accounts'
import { recordAttempt } from './attempts'
import { saveDraft } from './drafts'
import { signInAllowed, takeToken } from './limits'
import { linkProvider } from './links'
import { recordReport } from './reports'
import { createSession } from './sessions'
import { createMailToken } from './tokens'

let database: TestDatabase
let id: string
let email: string
let sid: Buffer
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const BLOCK = 'git/areas/which'
/** A number and a time that JavaScript would round, and what a string may hold. */
const ODD = { text: 'three terns ☂ "on" a bollard\n', much: '9007199254740993.25' }

/** Somebody who has done something of everything. */
beforeEach(async () => {
  email = `maya-${randomUUID()}@harbour.example`
  const person = { email, name: `Maya ${randomUUID()}`, timeZone: 'Europe/Berlin', passwordHash: 'hash-1' }
  id = String((await createAccount(person, { device: 'Firefox on Linux', origin: 'net' }))?.id)
  const refused = randomUUID()
  for (const passed of [false, true])
    await recordAttempt(id, {
      id: passed ? randomUUID() : refused,
      block: BLOCK,
      version: 1,
      kind: 'choice',
      program: false,
      graded: true,
      response: { ...ODD, passed },
      hints: 1,
      timeZone: 'Europe/Berlin',
      passed,
      checked: 'server',
      feedback: { passed, checks: [] },
      lessonBlocks: [BLOCK],
    })
  const report = { id: randomUUID(), block: BLOCK, version: 1, kind: 'refused' as const, words: ODD.text }
  await recordReport(id, { ...report, attemptId: refused })
  await saveDraft(id, { block: BLOCK, base: 0, state: ODD, device: 'Firefox on Linux' })
  await saveDraft(id, { block: BLOCK, base: 0, state: { other: true }, device: 'Safari on iPhone' })
  sid = createHash('sha256').update(randomBytes(32)).digest()
  const session = {
    accountId: id,
    sidHash: sid,
    device: 'Firefox on Linux',
    idleSeconds: 60,
    absoluteSeconds: 60,
  }
  await createSession(session, { what: 'sign-in:password', from: null })
  await linkProvider(id, { provider: 'github', subject: randomUUID(), email, name: 'Maya' }, null)
  await createMailToken({ accountId: id, purpose: 'reset', email, minutes: 60 })
  await signInAllowed(email, 'net')
  await takeToken({ bucket: `drafts:${id}`, capacity: 10, perSecond: 1 })
})

/** Every table, and in how many rows of it one of the words stands, in whichever column. */
async function findWords(words: string[]): Promise<Record<string, number>> {
  const sql = database.as('migrator')
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
  const found: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await sql`
      select count(*)::int as count from ${sql(name)} t
      where exists (select 1 from unnest(${words}::text[]) word where position(word in t::text) > 0)`
    found[name] = row?.count
  }
  await sql.end()
  return found
}

/** What names a person: id, address and name, the hash of the address, and what their cookie is kept as. */
async function wordsOf(): Promise<string[]> {
  const sql = database.as('migrator')
  const [row] = await sql`select name from users where id = ${id}`
  await sql.end()
  const addressHash = createHash('sha256').update(`sign-in:${email}`).digest('hex')
  return [id, email, row?.name, addressHash, sid.toString('hex')]
}

test.each(['the person', 'the operator'])(
  'deleted by %s, an account leaves no word of it in any column of any table',
  async (who) => {
    const words = await wordsOf()
    const before = await findWords(words)
    const full = Object.keys(before).filter((name) => before[name])
    expect(full).toEqual(
      expect.arrayContaining([
        'account_events',
        'activity_days',
        'attempts',
        'block_progress',
        'draft_versions',
        'drafts',
        'lesson_progress',
        'linked_accounts',
        'passwords',
        'rate_limits',
        'reports',
        'reset_tokens',
        'sessions',
        'sign_in_failures',
        'users',
        'verdicts',
      ]),
    )
    if (who === 'the person') expect(await deleteOwnAccount(sid)).toBe(true)
    else await database.asOperator(() => deleteAccount(id))
    const after = await findWords(words)
    expect(Object.keys(after).filter((name) => after[name])).toEqual([])
    expect(await deleteOwnAccount(sid)).toBe(false)
    const sql = database.as('migrator')
    const [stone] = await sql`select what, device, origin from house_events order by created_at desc limit 1`
    expect(stone).toEqual({ what: 'account-deleted', device: null, origin: null })
  },
)

test('nobody is deleted by a session that has ended, or by another name of one', async () => {
  const sql = database.as('migrator')
  await sql`update sessions set expires_at = now() where user_id = ${id}`
  expect(await deleteOwnAccount(sid)).toBe(false)
  expect(await deleteOwnAccount(randomBytes(32))).toBe(false)
  expect(await sql`select 1 from users where id = ${id}`).toHaveLength(1)
})

test('every table with rows of a person loses them with the person, and is taken along or named as left out', async () => {
  const sql = database.as('migrator')
  const tables = await sql<{ name: string; reached: boolean }[]>`
    with recursive gone(oid) as (
      select 'users'::regclass::oid
      union select k.conrelid from pg_constraint k join gone on k.confrelid = gone.oid where k.contype = 'f' and k.confdeltype = 'c'
    )
    select c.relname::text as name, c.oid in (select oid from gone) as reached
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`
  expect(tables.filter(({ reached }) => !reached)).toEqual([])
  const taken = Object.keys(JSON.parse(await exportAccount(id)))
  const left = tables.map(({ name }) => name).filter((name) => !taken.includes(name))
  expect(left).toEqual(['passwords', 'reset_tokens'])
})

test('S-37 an export holds everything of the person, nothing of others, and nothing that lets anybody in', async () => {
  const other = await createAccount({
    email: `${randomUUID()}@b.example`,
    name: 'N',
    timeZone: 'UTC',
    passwordHash: 'x',
  })
  const text = await exportAccount(id)
  const tables = JSON.parse(text) as Record<string, Record<string, unknown>[]>
  const counts = Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, rows.length]))
  expect(counts).toMatchObject({
    users: 1,
    attempts: 2,
    verdicts: 2,
    drafts: 1,
    draft_versions: 1,
    reports: 1,
    sessions: 1,
  })
  expect(tables.users?.[0]).toMatchObject({ id, email })
  expect(text).toContain(ODD.text.trim().replaceAll('"', '\\"'))
  for (const secret of ['hash-1', sid.toString('hex'), 'sid_hash', String(other?.id)])
    expect(text).not.toContain(secret)
})

test('an export is taken in by another installation, and is there what it was here', async () => {
  const text = await exportAccount(id)
  const elsewhere = await startTestDatabase()
  try {
    await closeDatabase()
    configureDatabase(elsewhere.urlFor('migrator'))
    expect(await importAccount(text)).toEqual({ id, email })
    const again = JSON.parse(await exportAccount(id)) as Record<string, Record<string, unknown>[]>
    const given = JSON.parse(text) as typeof again
    const imported = again.account_events?.filter(({ what }) => what === 'imported')
    expect(imported).toHaveLength(1)
    again.account_events = again.account_events?.filter(({ what }) => what !== 'imported') ?? []
    expect(again).toEqual({ ...given, sessions: [], linked_accounts: [] })
    const sql = elsewhere.as('migrator')
    expect(await sql`select from passwords`).toHaveLength(0)
    const [trigger] = await sql`select tgenabled from pg_trigger where tgname = 'verdicts_guard'`
    expect(trigger?.tgenabled).toBe('O')
    await expect(importAccount(text)).rejects.toThrow(`${email} has an account here already.`)
  } finally {
    await elsewhere.stop()
    configureDatabase(database.urlFor('app'))
  }
})

test.each([
  [
    'a table that is not known',
    (file: Tables) => ({ ...file, secrets: [{ user_id: id }] }),
    /no table "secrets"/,
  ],
  [
    'a table that is nobody’s',
    (file: Tables) => ({ ...file, rate_limits: [{ user_id: id, bucket: 'x' }] }),
    /no table/,
  ],
  [
    'a password',
    (file: Tables) => ({ ...file, passwords: [{ user_id: id, hash: 'x' }] }),
    /no table "passwords"/,
  ],
  [
    'a column that is not known',
    (file: Tables) => ({ ...file, users: [{ ...file.users?.[0], role: 'admin' }] }),
    /knows no "role" in "users"/,
  ],
  [
    'rows of somebody else',
    (file: Tables) => ({ ...file, drafts: [{ ...file.drafts?.[0], user_id: randomUUID() }] }),
    /"drafts" holds rows of somebody else/,
  ],
  [
    'two people',
    (file: Tables) => ({ ...file, users: [file.users?.[0], file.users?.[0]] }),
    /exactly one person/,
  ],
])('a file with %s is refused, and nothing of it stays', async (_, spoil, message) => {
  const file = JSON.parse(await exportAccount(id)) as Tables
  await database.asOperator(async () => {
    await deleteAccount(id)
    await expect(importAccount(JSON.stringify(spoil(file)))).rejects.toThrow(message)
  })
  const sql = database.as('migrator')
  expect(await sql`select 1 from users where id = ${id}`).toHaveLength(0)
})

type Tables = Record<string, Record<string, unknown>[]>
