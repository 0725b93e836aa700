import postgres from 'postgres'
import type { Sql } from './connection'

/** Makes a role that may sign in and nothing else, or gives one that exists this password. Name and password hold no quotes. */
export async function makeRole(sql: Sql, name: string, password: string): Promise<void> {
  const [found] = await sql`select from pg_roles where rolname = ${name}`
  const verb = found ? 'alter' : 'create'
  await sql.unsafe(`${verb} role "${name}" login password '${password}'`)
}

/** Any number, the same in every process: of two that start at once one makes the roles. */
const LOCK = 7_310_842_917
/** Stands at a role that is ours: one of this name that somebody else made is left alone. */
const OURS = 'Made by Slipway'

/**
 * Addresses for `app` and `verifier` on a database of somebody else's: the account of `admin` makes them each a role of their
 * own, named after the database since roles belong to the whole server. `secret` gives their passwords. Null where the account
 * may make no roles, where the names are taken, or where a role that was made cannot sign in by this address (a pooler that
 * knows only some names).
 */
export async function makeHouseRoles(
  admin: string,
  secret: (role: string) => string,
): Promise<{ app: string; verifier: string } | null> {
  const sql = postgres(admin, { max: 1, connect_timeout: 10, onnotice: () => undefined })
  try {
    const [me] = await sql<{ can: boolean; database: string }[]>`
      select rolsuper or rolcreaterole as can, current_database() as database from pg_roles where rolname = current_user`
    if (!me?.can) return null
    const roles = (['app', 'verifier'] as const).map(
      (part) => `${me.database.replace(/[^\w-]/g, '_').slice(0, 50)}_${part}`,
    )
    const areOurs = await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${LOCK})`
      const taken = await transaction`
        select from pg_roles where rolname in ${transaction(roles)}
        and shobj_description(oid, 'pg_authid') is distinct from ${OURS}`
      if (taken.length > 0) return false
      for (const role of roles) {
        await makeRole(transaction as unknown as Sql, role, secret(role))
        await transaction.unsafe(`comment on role "${role}" is '${OURS}'`)
      }
      return true
    })
    if (!areOurs) return null
    const [app = '', verifier = ''] = roles.map((role) => {
      const address = new URL(admin)
      address.username = role
      address.password = secret(role)
      return address.href
    })
    return (await canSignIn(app)) && (await canSignIn(verifier)) ? { app, verifier } : null
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function canSignIn(address: string): Promise<boolean> {
  const sql = postgres(address, { max: 1, connect_timeout: 10, onnotice: () => undefined })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 5 })
  }
}
