import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import type { Sql } from './connection'

const FOLDER = join(import.meta.dirname, 'migrations')
/** Any number, the same in every process: one migrates, the others wait. */
export const MIGRATION_LOCK = 7_310_842_915

type Entry = { idx: number; when: number; tag: string }
type Migration = Entry & { statements: string[]; hash: string; inTransaction: boolean }

/** The migrations of a folder in order. Throws when the journal is out of order: such a one would be skipped silently. */
export function readMigrations(folder = FOLDER): Migration[] {
  const journal = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8')) as { entries: Entry[] }
  let last = Number.NEGATIVE_INFINITY
  return journal.entries.map((entry, position) => {
    if (entry.idx !== position || entry.when <= last) {
      throw new Error(
        `migration ${entry.tag} is older than the one before it: generate it again on the newest state`,
      )
    }
    last = entry.when
    const source = readFileSync(join(folder, `${entry.tag}.sql`), 'utf8')
    return {
      ...entry,
      statements: source.split('--> statement-breakpoint').filter((statement) => statement.trim() !== ''),
      hash: createHash('sha256').update(source).digest('hex'),
      inTransaction: !source.startsWith('-- no-transaction'),
    }
  })
}

/**
 * Brings a database to the newest schema and grants `app` and `verifier` (names of roles, or their addresses) what they
 * may do. `migrator` is an address whose role owns the schema. Safe to run from many processes at once.
 * Throws when an applied migration was edited, or when the database is newer than this code.
 */
export async function migrate({
  migrator,
  app,
  verifier,
  log = () => undefined,
  folder = FOLDER,
  upTo,
  grants = true,
}: {
  migrator: string
  app?: string
  /** Null: nobody is the verifier here. */
  verifier?: string | null
  log?: (line: string) => void
  folder?: string
  /** Stops after this many, for a restore; the newest otherwise. */
  upTo?: number
  grants?: boolean
}): Promise<void> {
  const migrations = readMigrations(folder)
  const sql = postgres(migrator, { max: 1, connect_timeout: 10, onnotice: () => undefined })
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    await sql`set lock_timeout = '2s'`
    await sql.unsafe(`create table if not exists schema_migrations (
      idx integer primary key, tag text not null, hash text not null, applied_at timestamptz not null default now())`)
    const applied = await sql<{ idx: number; tag: string; hash: string }[]>`
      select idx, tag, hash from schema_migrations order by idx`
    for (const row of applied) {
      const known = migrations[row.idx]
      if (!known)
        throw new Error(
          `the database has migration ${row.tag}, which this version does not know: it is newer than the code`,
        )
      if (known.hash !== row.hash)
        throw new Error(
          `migration ${row.tag} was edited after it had been applied: undo that, and write a new one`,
        )
    }
    for (const migration of migrations.slice(applied.length, upTo)) {
      log(`Migrating the database: ${migration.tag}`)
      await apply(sql, migration)
    }
    if (grants)
      await grant(sql, roleOf(app) ?? 'app', verifier === null ? null : (roleOf(verifier) ?? 'verifier'))
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** The newest migration that this code has, and the newest that a database has. Equal: up to date. */
export async function migrationLevel(sql: Sql): Promise<{ code: number; database: number }> {
  const code = readMigrations().length
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from schema_migrations`
  return { code, database: row?.count ?? 0 }
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  const { idx, tag, hash, statements } = migration
  const note = (on: Sql) =>
    on`insert into schema_migrations (idx, tag, hash) values (${idx}, ${tag}, ${hash})`
  for (let attempt = 1; ; attempt++) {
    try {
      if (migration.inTransaction) {
        await sql.begin(async (transaction) => {
          for (const statement of statements) await transaction.unsafe(statement)
          await note(transaction as unknown as Sql)
        })
      } else {
        for (const statement of statements) await sql.unsafe(statement)
        await note(sql)
      }
      return
    } catch (error) {
      // 55P03: somebody holds the table. Giving way and trying again lets readers through in between.
      if ((error as { code?: string }).code !== '55P03' || attempt === 30) throw error
      await pause(Math.min(100 * attempt, 2000))
    }
  }
}

function roleOf(address: string | undefined): string | undefined {
  if (!address) return undefined
  return URL.canParse(address) ? decodeURIComponent(new URL(address).username) : address
}

/** What each role may do with each table; a test compares it with what the catalogue says. */
export const GRANTS: Record<'app' | 'verifier', Record<string, string>> = {
  app: {
    users: 'select, insert, update (background, email, email_verified_at, name, time_zone)',
    passwords: 'select, insert, update, delete',
    sessions: 'select, insert, update, delete',
    reset_tokens: 'select, insert, update (used_at), delete',
    linked_accounts: 'select, insert, delete',
    account_events: 'select, insert',
    house_events: 'insert',
    rate_limits: 'select, insert, update, delete',
    sign_in_failures: 'select, insert, update, delete',
    attempts: 'select, insert',
    verdicts: 'select, insert',
    reports: 'select, insert',
    drafts: 'select, insert, update',
    draft_versions: 'select, insert, delete',
    block_progress: 'select, insert, update',
    lesson_progress: 'select, insert, update',
    activity_days: 'select, insert, update',
    schema_migrations: 'select',
  },
  verifier: {
    users: 'select (id)',
    attempts: 'select',
    verdicts: 'select, insert',
    block_progress: 'select, insert, update',
    lesson_progress: 'select, insert, update',
    activity_days: 'select, insert, update',
    schema_migrations: 'select',
  },
}

/** Functions that run with the owner's rights, and who may call them. */
export const FUNCTIONS: Record<'app' | 'verifier', string[]> = {
  app: ['delete_own_account(bytea)', 'sweep_events()'],
  verifier: [],
}

async function grant(sql: Sql, app: string, verifier: string | null): Promise<void> {
  const names = { app, verifier }
  const [me] = await sql<{ name: string }[]>`select current_user as name`
  const existing = new Set(
    (await sql<{ rolname: string }[]>`select rolname from pg_roles`).map(({ rolname }) => rolname),
  )
  const idOf = (role: string) => `"${role.replaceAll('"', '""')}"`
  await sql.begin(async (transaction) => {
    // Who was the verifier and is no more keeps nothing of it.
    const [former] = await transaction<
      { role: string }[]
    >`select role from house_roles where part = 'verifier'`
    if (former && existing.has(former.role) && ![app, verifier, me?.name].includes(former.role))
      await transaction.unsafe(`revoke all on all tables in schema public from ${idOf(former.role)}`)
    if (verifier === null) await transaction`delete from house_roles where part = 'verifier'`
    for (const part of ['app', 'verifier'] as const) {
      const role = names[part]
      if (role === null || !existing.has(role)) continue
      await transaction`
        insert into house_roles (part, role) values (${part}, ${role})
        on conflict (part) do update set role = excluded.role where house_roles.role <> excluded.role`
      // One address for everything (a small managed database): the owner needs no grants, and cannot be held back.
      if (role === me?.name) continue
      const id = idOf(role)
      await transaction.unsafe(`grant usage on schema public to ${id}`)
      await transaction.unsafe(`revoke all on all tables in schema public from ${id}`)
      for (const [table, rights] of Object.entries(GRANTS[part]))
        await transaction.unsafe(`grant ${rights} on ${table} to ${id}`)
      for (const name of FUNCTIONS[part])
        await transaction.unsafe(`grant execute on function ${name} to ${id}`)
    }
  })
}
