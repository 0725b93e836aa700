import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { openSql, type Sql } from './connection'
import { DatabaseUnavailable } from './errors'
import * as schema from './schema'

/** `$client` is for the few statements that are asked so often that Postgres shall keep them prepared; Drizzle's are not. */
export type Database = PostgresJsDatabase<typeof schema> & { $client: Sql }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

type Opened = {
  url: string
  sql: Sql
  db: Database
  /** Works under way or waiting for a connection. */
  pending: number
  done: number
  unavailable: number
  /** The newest answer of all was that Postgres is away, refuses, or is too slow. */
  inDoubt: boolean
}

// On globalThis: Next bundles each route apart, and one process shall have one pool.
const KEY = Symbol.for('slipway.database')
const shared = globalThis as typeof globalThis & { [KEY]?: Opened }

const DEADLINE_SECONDS = 8
/**
 * How long anybody waits while Postgres is in doubt. Where it refuses new connections, postgres.js keeps what waits for
 * one without a word (measured: until our own deadline).
 */
const DOUBT_SECONDS = 2

/** Says which database this process uses. A pool on another address is closed when its queries are done. */
export function configureDatabase(url: string, options: { max?: number; pooled?: boolean } = {}): void {
  const before = shared[KEY]
  if (before?.url === url) return
  const sql = openSql(url, options)
  shared[KEY] = {
    url,
    sql,
    db: drizzle(sql, { schema }),
    pending: 0,
    done: 0,
    unavailable: 0,
    inDoubt: false,
  }
  void before?.sql.end({ timeout: 5 })
}

/** What this process's works with the database are up to, for whoever watches it. */
export function readWorks(): Pick<Opened, 'pending' | 'done' | 'unavailable' | 'inDoubt'> {
  const { pending = 0, done = 0, unavailable = 0, inDoubt = false } = shared[KEY] ?? {}
  return { pending, done, unavailable, inDoubt }
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
 * Runs `work` against this process's database, for at most 8 s or `seconds`, and for little over 2 s while nothing else gets
 * through either. Throws `DatabaseUnavailable` when Postgres is away, refuses, or is too slow; anything else is thrown as it is.
 */
export async function withDatabase<T>(
  work: (db: Database) => Promise<T>,
  seconds = DEADLINE_SECONDS,
): Promise<T> {
  const opened = shared[KEY]
  if (!opened) throw new Error('configureDatabase(url) has not been called in this process')
  let timer: ReturnType<typeof setInterval> | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    const began = performance.now()
    const look = () => {
      const waited = (performance.now() - began) / 1000
      // A little early, so that who asked has the answer within the time.
      if (waited > seconds - 0.4 || (waited > DOUBT_SECONDS && opened.inDoubt))
        reject(new DatabaseUnavailable(new Error(`no answer within ${waited.toFixed(1)} s`)))
    }
    timer = setInterval(look, 200)
  })
  opened.pending++
  try {
    const done = await Promise.race([work(opened.db), deadline])
    opened.inDoubt = false
    opened.done++
    return done
  } catch (error) {
    const isLate = error instanceof DatabaseUnavailable
    opened.inDoubt = isLate || isAway(error)
    opened[opened.inDoubt ? 'unavailable' : 'done']++
    if (!opened.inDoubt) throw error
    throw isLate ? error : new DatabaseUnavailable(error)
  } finally {
    opened.pending--
    clearInterval(timer)
  }
}
