import { type SQL, sql } from 'drizzle-orm'
import { uuidv7 } from 'uuidv7'
import { type Transaction, withDatabase } from '../client'

/**
 * Everything of one person, read from the catalogue: a table that is added with a `user_id` is taken along without a word
 * here. What is left out is named.
 */
const LEFT_OUT: Record<string, 'all' | string[]> = {
  // What lets somebody in is no data about them, and worth something to whoever finds the file.
  passwords: 'all',
  reset_tokens: 'all',
  sessions: ['sid_hash'],
}

/** Taken along to be read, and not taken in: what signs in at one installation says nothing at another. */
const NOT_TAKEN_IN = new Set(['sessions', 'linked_accounts'])

/** Tables that others point at come first. */
const FIRST = ['users', 'attempts', 'verdicts']

const SECONDS = 30

export type PersonTable = { name: string; columns: string[] }

/** The tables that hold rows of a person, with the columns that are taken along. */
async function listTables(tx: Transaction): Promise<PersonTable[]> {
  const rows = await tx.execute<{ name: string; columns: string[] }>(sql`
    select c.relname::text as name, json_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    group by c.relname
    having c.relname = 'users' or bool_or(a.attname = 'user_id')
    order by c.relname`)
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return rows
    .filter(({ name }) => LEFT_OUT[name] !== 'all')
    .map(({ name, columns }) => ({ name, columns: columns.filter((one) => !LEFT_OUT[name]?.includes(one)) }))
    .toSorted((a, b) => rank(a.name) - rank(b.name))
}

const listed = (columns: string[]): SQL =>
  sql.join(
    columns.map((column) => sql.identifier(column)),
    sql`, `,
  )

/**
 * Everything of a person as the text of one JSON object, table by table, in one moment. Text, because a number or a time
 * that JavaScript reads is not always the one that it writes.
 */
export async function exportAccount(id: string): Promise<string> {
  return withDatabase(
    (db) =>
      db.transaction(
        async (tx) => {
          await tx.execute(sql`set local timezone to 'UTC'`)
          const parts: string[] = []
          for (const { name, columns } of await listTables(tx)) {
            const owner = sql.identifier(name === 'users' ? 'id' : 'user_id')
            const [row] = await tx.execute<{ rows: string }>(sql`
              select jsonb_pretty(coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]'::jsonb)) as rows
              from (select ${listed(columns)} from ${sql.identifier(name)} where ${owner} = ${id}) t`)
            parts.push(`${JSON.stringify(name)}: ${row?.rows ?? '[]'}`)
          }
          return `{\n${parts.join(',\n')}\n}`
        },
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      ),
    SECONDS,
  )
}

/** Why an export is not taken in. */
export class NotTakenIn extends Error {}

/**
 * Takes in what `exportAccount` gave, given as the text of its tables, for the operator: one person with everything of
 * theirs, under the ids they had. No password, no session, no link to a provider. All of it or nothing: throws
 * `NotTakenIn` when the person is here already, or when this installation does not know something that the file holds.
 */
export async function importAccount(tables: string): Promise<{ id: string; email: string }> {
  return withDatabase(
    (db) =>
      db.transaction(async (tx) => {
        const known = await listTables(tx)
        const given = await readShape(tx, tables)
        for (const [name, columns] of given) {
          const table = known.find((one) => one.name === name)
          const unknown = columns.find((column) => !table?.columns.includes(column))
          if (!table)
            throw new NotTakenIn(`This installation has no table "${name}": it is older than the file.`)
          if (unknown !== undefined)
            throw new NotTakenIn(
              `This installation knows no "${unknown}" in "${name}": it is older than the file.`,
            )
        }
        const person = await onePerson(tx, tables, [...given.keys()])
        // What another house's verifier saw stays what it saw: the rule is for the web process.
        await tx.execute(sql`alter table verdicts disable trigger verdicts_guard`)
        for (const { name } of known) {
          const columns = given.get(name)
          if (!columns || columns.length === 0 || NOT_TAKEN_IN.has(name)) continue
          // Only what the file holds is named, so that a column added since gets its default.
          await tx.execute(sql`
            insert into ${sql.identifier(name)} (${listed(columns)})
            select ${listed(columns)}
            from jsonb_populate_recordset(null::${sql.identifier(name)}, ${tables}::jsonb -> ${name})`)
        }
        await tx.execute(sql`alter table verdicts enable trigger verdicts_guard`)
        await tx.execute(
          sql`insert into account_events (user_id, id, what) values (${person.id}, ${uuidv7()}, 'imported')`,
        )
        return person
      }),
    SECONDS,
  )
}

/** Which tables and columns a file holds. */
async function readShape(tx: Transaction, tables: string): Promise<Map<string, string[]>> {
  const rows = await tx.execute<{ name: string; columns: string[] | null }>(sql`
    select t.key as name, json_agg(distinct k.name) filter (where k.name is not null) as columns
    from jsonb_each(${tables}::jsonb) t
    left join lateral jsonb_array_elements(t.value) r(row) on true
    left join lateral jsonb_object_keys(r.row) k(name) on true
    group by t.key`)
  return new Map(rows.map(({ name, columns }) => [name, columns ?? []]))
}

/** The one person that a file is about, who must not be here yet. */
async function onePerson(
  tx: Transaction,
  tables: string,
  names: string[],
): Promise<{ id: string; email: string }> {
  const people = await tx.execute<{ id: string; email: string }>(
    sql`select id::text as id, email from jsonb_populate_recordset(null::users, ${tables}::jsonb -> 'users')`,
  )
  const [person] = people
  if (!person || people.length > 1) throw new NotTakenIn('The file must hold exactly one person.')
  for (const name of names.filter((one) => one !== 'users')) {
    const [foreign] = await tx.execute<{ count: number }>(sql`
      select count(*)::int as count from jsonb_array_elements(${tables}::jsonb -> ${name}) r(row)
      where r.row ->> 'user_id' is distinct from ${person.id}`)
    if (foreign?.count) throw new NotTakenIn(`"${name}" holds rows of somebody else.`)
  }
  const here = await tx.execute(
    sql`select 1 from users where id = ${person.id} or email = ${person.email} limit 1`,
  )
  if (here.length > 0) throw new NotTakenIn(`${person.email} has an account here already.`)
  return person
}
