import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'

export type Sql = postgres.Sql

/** How long a statement, a wait for a lock, and a transaction that nobody goes on with may last, in milliseconds. */
export const LIMITS = {
  statement_timeout: 5000,
  idle_in_transaction_session_timeout: 15_000,
  lock_timeout: 2000,
}

/**
 * A pool on `url` with the limits that every part of the house uses. `pooled` is for a pooler in transaction mode between:
 * it keeps no prepared statements and takes no settings, so the limits are its own (deploy/pgbouncer.ini). Back-off is
 * ours: postgres.js would stretch a restart of 0.2 s into 20 s of errors.
 */
export function openSql(url: string, options: { max?: number; pooled?: boolean; name?: string } = {}): Sql {
  return postgres(url, {
    max: options.max ?? 10,
    prepare: !options.pooled,
    connect_timeout: 5,
    idle_timeout: 300,
    max_lifetime: 30 * 60,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 1),
    // Asked for on each new connection, and where that fails what waits is never answered (measured: R-13). Drizzle reads
    // and writes arrays by itself.
    fetch_types: false,
    ...pacedSockets(),
    onnotice: () => undefined,
    connection: { application_name: options.name ?? 'slipway', ...(options.pooled ? {} : LIMITS) },
  })
}

const AT_ONCE = 20
const PER_SECOND = 20

/**
 * Opens the sockets of a pool, twenty at once and then twenty a second. Where a server hangs up while a connection begins,
 * postgres.js tries again without its back-off (measured: 1,463 times a second). The socket is handed over while it still
 * connects: an error on it is then handled like any other, whereas one that is thrown here would be a place of the pool lost.
 */
function pacedSockets() {
  let left = AT_ONCE
  let since = performance.now()
  let next = 0
  const takeTurn = async () => {
    for (;;) {
      const now = performance.now()
      left = Math.min(AT_ONCE, left + ((now - since) / 1000) * PER_SECOND)
      since = now
      if (left >= 1) break
      await pause(1000 / PER_SECOND)
    }
    left--
  }
  return {
    async socket({ host, port, path }: { host: string[]; port: number[]; path: string | false | undefined }) {
      await takeTurn()
      const at = next++ % host.length
      const socket: Socket & { host?: string } = path
        ? connect(path)
        : connect({ host: host[at] ?? 'localhost', port: port[at] ?? 5432 })
      // For the name that TLS asks for.
      socket.host = host[at]
      return socket
    },
  }
}
