import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { openSql, type Sql } from './connection'
import { DatabaseUnavailable } from './errors'
import * as schema from './schema'

export type Database = PostgresJsDatabase<typeof schema>
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

type Opened = { url: string; sql: Sql; db: Database }

// On globalThis: Next bundles each route apart, and one process shall have one pool.
const KEY = Symbol.for('slipway.database')
const shared = globalThis as typeof globalThis & { [KEY]?: Opened }

const DEADLINE_SECONDS = 8

/** Says which database this process uses. A pool on another address is closed when its queries are done. */
export function configureDatabase(url: string, options: { max?: number } = {}): void {
  const before = shared[KEY]
  if (before?.url === url) return
  const sql = openSql(url, options)
  shared[KEY] = { url, sql, db: drizzle(sql, { schema }) }
  void before?.sql.end({ timeout: 5 })
}

/** Closes the pool, for scripts and tests. */
export async function closeDatabase(): Promise<void> {
  const opened = shared[KEY]
  delete shared[KEY]
  await opened?.sql.end({ timeout: 5 })
}

/** Postgres could not be reached or is not up: says nothing about the statement itself. */
const AWAY = new Set([
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  '53100', // disk full
  '53200',
  '53300', // too many connections
  '55P03', // lock not available
  '57014', // statement timeout
  '57P01',
  '57P02',
  '57P03',
  '25P03',
  '08006',
  '08001',
  '08004',
])

function isAway(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === 'string' && AWAY.has(code)) return true
  }
  return false
}

/**
 * Runs `work` against this process's database, for at most 8 s or `seconds`. Throws `DatabaseUnavailable` when Postgres is away,
 * refuses, or is too slow; anything else is thrown as it is.
 */
export async function withDatabase<T>(
  work: (db: Database) => Promise<T>,
  seconds = DEADLINE_SECONDS,
): Promise<T> {
  const opened = shared[KEY]
  if (!opened) throw new Error('configureDatabase(url) has not been called in this process')
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    const late = () => reject(new DatabaseUnavailable(new Error(`no answer within ${seconds} s`)))
    timer = setTimeout(late, seconds * 1000)
  })
  try {
    return await Promise.race([work(opened.db), deadline])
  } catch (error) {
    if (error instanceof DatabaseUnavailable || !isAway(error)) throw error
    throw new DatabaseUnavailable(error)
  } finally {
    clearTimeout(timer)
  }
}
