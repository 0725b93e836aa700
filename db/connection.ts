import postgres from 'postgres'

export type Sql = postgres.Sql

/**
 * A pool on `url` with the limits that every part of the house uses. `prepare: false` is for a pooler in transaction
 * mode. Back-off is ours: postgres.js would stretch a restart of 0.2 s into 20 s of errors.
 */
export function openSql(url: string, options: { max?: number; prepare?: boolean; name?: string } = {}): Sql {
  return postgres(url, {
    max: options.max ?? 10,
    prepare: options.prepare ?? true,
    connect_timeout: 5,
    idle_timeout: 300,
    max_lifetime: 30 * 60,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: {
      application_name: options.name ?? 'slipway',
      statement_timeout: 5000,
      idle_in_transaction_session_timeout: 15_000,
      lock_timeout: 2000,
    },
  })
}
