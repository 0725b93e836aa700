import { createHash } from 'node:crypto'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import postgres from 'postgres'
import {
  BackupProblem,
  type Contents,
  countLines,
  END_OF_TABLE,
  Fingerprint,
  FORMAT,
  type Header,
  line,
  parse,
  type Sink,
  type TableHead,
  VERSION,
} from './backup-format'
import type { Sql } from './connection'
import { MIGRATION_LOCK, migrate, readMigrations } from './migrate'

/**
 * Everything that people did as one stream of lines, and back into an empty database. docs/operate.md describes the
 * format. Ours and not `pg_dump`, which the embedded server does not bring.
 */

/** Tables that a back-up leaves out, and why. */
export const LEFT_OUT: Record<string, string> = {
  schema_migrations: 'the restore migrates',
  house_roles: 'filled in by each migration, from the addresses in use there',
  rate_limits: 'worth nothing after a minute',
}

/** What a restore ends, unless it is told to keep it: an ended session must not come back to life with older rows. */
export const ENDED_BY_RESTORE: Record<string, string> = { sessions: 'revoked_at', reset_tokens: 'used_at' }

/**
 * The database at `url` as it is at one moment, in chunks of bytes; people may write meanwhile, migrations wait. `url`
 * names the owner of the tables. Throws `BackupProblem` where there is no Slipway in it.
 */
export async function* dumpDatabase(url: string): AsyncGenerator<Buffer, Contents> {
  const sql = await connect(url)
  const whole = createHash('sha256')
  const write = (bytes: Buffer) => {
    whole.update(bytes)
    return bytes
  }
  try {
    // Before the snapshot: one that is older than a migration would see tables of another shape.
    await sql`select pg_advisory_lock_shared(${MIGRATION_LOCK})`
    await sql.unsafe('begin isolation level repeatable read read only')
    const [about] = await sql<{ server: string; made: Date; has: boolean }[]>`
      select current_setting('server_version') as server, now() as made,
        to_regclass('public.schema_migrations') is not null as has`
    if (!about?.has) throw new BackupProblem('There is no Slipway in this database: nothing was backed up.')
    const schema = [
      ...(await sql<Header['schema']>`select tag, hash from schema_migrations order by idx`),
    ].map(({ tag, hash }) => ({ tag, hash }))
    const made = about.made.toISOString()
    yield write(line({ format: FORMAT, version: VERSION, made, server: about.server, schema }))
    const tables: Record<string, number> = {}
    let all = 0
    for (const { table, columns } of await listTables(sql)) {
      yield write(line({ table, columns }))
      const hash = createHash('sha256')
      let rows = 0
      for await (const chunk of copyOut(sql, table, columns)) {
        hash.update(chunk)
        rows += countLines(chunk)
        yield write(chunk)
      }
      yield write(Buffer.concat([END_OF_TABLE, line({ rows, sha256: hash.digest('hex') })]))
      tables[table] = rows
      all += rows
    }
    const sequences = await readSequences(sql)
    yield line({ end: true, sequences, rows: all, sha256: whole.digest('hex') })
    await sql.unsafe('commit')
    return { made, tables, rows: all, level: schema.at(-1)?.tag ?? '' }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Reads a back-up from its first byte to its last and throws `BackupProblem` unless it is whole. */
export async function checkBackup(chunks: AsyncIterable<Buffer>): Promise<Contents> {
  return parse(chunks, { header: () => undefined, table: () => null, end: () => undefined })
}

/**
 * Fills the empty database at `migrator` from a back-up. `open` gives its bytes from the start: it is read through once
 * before anything is touched. Brings the schema to the level of the back-up, loads, compares every table with the file,
 * and migrates to the level of this code; `app` and `verifier` are granted what they may do. A failure leaves it empty.
 */
export async function restoreDatabase({
  migrator,
  app,
  verifier,
  open,
  keepSessions = false,
  folder,
  log = () => undefined,
}: {
  migrator: string
  app?: string
  verifier?: string | null
  open: () => AsyncIterable<Buffer>
  keepSessions?: boolean
  folder?: string
  log?: (line: string) => void
}): Promise<Contents> {
  const known = readMigrations(folder)
  let level = 0
  const requireLevel = (header: Header) => {
    level = header.schema.length
    header.schema.forEach(({ tag, hash }, at) => {
      const ours = known[at]
      if (!ours)
        throw new BackupProblem(
          `This back-up holds migration ${tag}, which this release does not know: a newer one made it. Update first.`,
        )
      if (ours.hash !== hash)
        throw new BackupProblem(
          `Migration ${tag} of this back-up is not the one of this release: they do not belong together.`,
        )
    })
  }
  await parse(open(), { header: requireLevel, table: () => null, end: () => undefined })
  log('The back-up is whole.')

  const sql = await connect(migrator)
  try {
    await requireEmpty(sql)
    await dropOurs(sql)
    await migrate({ migrator, folder, log, upTo: level, grants: false })
    await sql.unsafe('begin')
    const contents = await load(sql, open(), requireLevel, log)
    if (!keepSessions) await endSessions(sql)
    await sql.unsafe('commit')
    await migrate({ migrator, app, verifier, folder, log })
    await sql.unsafe('analyze')
    return contents
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function load(
  sql: Sql,
  chunks: AsyncIterable<Buffer>,
  requireLevel: (header: Header) => void,
  log: (line: string) => void,
): Promise<Contents> {
  const shape = new Map((await listTables(sql)).map(({ table, columns }) => [table, columns]))
  const seen: { table: string; columns: string[]; print: Fingerprint }[] = []
  const contents = await parse(chunks, {
    header: requireLevel,
    table: async ({ table, columns }) => {
      if (shape.get(table)?.toSorted().join() !== columns.toSorted().join())
        throw new BackupProblem(`Table ${table} of this back-up has another shape than its migrations make.`)
      log(`Restoring ${table}`)
      // The guards judge who writes; these rows were judged when they were written.
      await sql.unsafe(`alter table ${quote(table)} disable trigger user`)
      const print = new Fingerprint()
      seen.push({ table, columns, print })
      const list = columns.map(quote).join(', ')
      const into = await sql.unsafe(`copy ${quote(table)} (${list}) from stdin`).writable()
      return sink(into, print)
    },
    end: async ({ sequences }) => {
      for (const [name, value] of Object.entries(sequences))
        await sql`select setval(${quote(name)}::regclass, ${value}::bigint)`
    },
  })
  for (const { table, columns, print } of seen) {
    const found = new Fingerprint()
    for await (const chunk of copyOut(sql, table, columns)) found.add(chunk)
    if (!found.equals(print)) throw new BackupProblem(`Table ${table} is not what the back-up says.`)
    await sql.unsafe(`alter table ${quote(table)} enable trigger user`)
  }
  const missing = [...shape.keys()].filter((table) => !seen.some((one) => one.table === table))
  if (missing.length > 0) throw new BackupProblem(`This back-up lacks the table ${missing.join(', ')}.`)
  return contents
}

async function connect(url: string): Promise<Sql> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => undefined,
    // One spelling for one value, whatever the server is set to.
    connection: {
      application_name: 'slipway back-up',
      timezone: 'UTC',
      datestyle: 'ISO, YMD',
      intervalstyle: 'postgres',
      bytea_output: 'hex',
      extra_float_digits: '1',
      statement_timeout: 0,
      idle_in_transaction_session_timeout: 0,
    },
  })
  return sql
}

/** Our tables with the columns that hold something of their own, each after those that it refers to. */
async function listTables(sql: Sql): Promise<TableHead[]> {
  const columns = await sql<{ table: string; columns: string[] }[]>`
    select c.table_name as "table", array_agg(c.column_name::text order by c.ordinal_position) as columns
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
    group by 1 order by 1`
  const references = await sql<{ table: string; target: string }[]>`
    select s.relname as "table", t.relname as target from pg_constraint k
    join pg_class s on s.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and s.relnamespace = 'public'::regnamespace and s.oid <> t.oid`
  const waiting = columns.filter(({ table }) => !(table in LEFT_OUT))
  const ordered: TableHead[] = []
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ table }) =>
      references.every((one) => one.table !== table || !waiting.some((other) => other.table === one.target)),
    )
    const [next] = waiting.splice(at, 1)
    if (at === -1 || !next) throw new Error('two tables refer to each other: neither can be loaded first')
    ordered.push({ table: next.table, columns: next.columns })
  }
  return ordered
}

async function readSequences(sql: Sql): Promise<Record<string, string>> {
  const rows = await sql<{ name: string; last: string }[]>`
    select sequencename as name, last_value::text as last from pg_sequences
    where schemaname = 'public' and last_value is not null order by 1`
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]))
}

async function* copyOut(sql: Sql, table: string, columns: string[]): AsyncGenerator<Buffer> {
  const list = columns.map(quote).join(', ')
  const rows = await sql.unsafe(`copy ${quote(table)} (${list}) to stdout`).readable()
  for await (const chunk of rows) yield chunk as Buffer
  // postgres.js pauses its socket when the reader is slow and resumes it when more is asked for; nothing more is asked
  // for where the pause came with the last rows, and the next statement would never be answered.
  rows._read(0)
}

/** Throws unless there is nothing in this database, or a Slipway that nobody has used. */
async function requireEmpty(sql: Sql): Promise<void> {
  const [others] = await sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and usename is not null`
  if (others?.count)
    throw new BackupProblem(
      'Somebody is connected to this database: stop Slipway first. Nothing was touched.',
    )
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'`
  if (tables.length === 0) return
  if (!tables.some(({ name }) => name === 'schema_migrations'))
    throw new BackupProblem(
      `This database holds tables of something else (${tables[0]?.name}). Nothing was touched.`,
    )
  for (const { name } of tables) {
    if (name in LEFT_OUT) continue
    const [row] = await sql.unsafe<{ count: number }[]>(
      `select count(*)::int as count from (select 1 from ${quote(name)} limit 1000) as few`,
    )
    if (row?.count)
      throw new BackupProblem(
        `This database is in use: ${name} has ${row.count === 1000 ? '1000 rows or more' : `${row.count} row${row.count === 1 ? '' : 's'}`}. A restore goes into an empty one. Nothing was touched.`,
      )
  }
}

/** A Slipway that nobody has used may be at a newer level than the back-up: it is made again from the first migration on. */
async function dropOurs(sql: Sql): Promise<void> {
  const drops = await sql<{ drop: string }[]>`
    select format('drop table %s cascade', c.oid::regclass) as drop from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(c.relowner, 'usage')
    union all
    select format('drop routine %s cascade', p.oid::regprocedure) from pg_proc p
    where p.pronamespace = 'public'::regnamespace and pg_has_role(p.proowner, 'usage')
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`
  if (drops.length > 0)
    await sql.begin(async (tx) => {
      for (const { drop } of drops) await tx.unsafe(drop)
    })
}

async function endSessions(sql: Sql): Promise<void> {
  for (const [table, column] of Object.entries(ENDED_BY_RESTORE))
    await sql.unsafe(`update ${quote(table)} set ${quote(column)} = now() where ${quote(column)} is null`)
}

function sink(into: Writable, print: Fingerprint): Sink {
  return {
    async write(chunk) {
      print.add(chunk)
      await new Promise<void>((done, failed) =>
        into.write(chunk, (error) => (error ? failed(error) : done())),
      )
    },
    async end() {
      into.end()
      await finished(into)
    },
  }
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
