import { sql } from 'drizzle-orm'
import { withDatabase } from '../client'

/** How many migrations the database has had. Throws `DatabaseUnavailable`. */
export async function countMigrations(): Promise<number> {
  return withDatabase(async (db) => {
    const [row] = await db.execute<{ count: number }>(
      sql`select count(*)::int as count from schema_migrations`,
    )
    return row?.count ?? 0
  })
}
