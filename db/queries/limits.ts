import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { withDatabase } from '../client'
import { rateLimits, signInFailures } from '../schema'

export type Turn = { allowed: boolean /** Seconds until the next is allowed. */; retryAfter: number }

/**
 * Takes one token out of a bucket that holds `capacity` and fills by `perSecond`. One statement, so that of any number
 * at once exactly as many are let through as there are tokens.
 */
export async function takeToken({
  bucket,
  capacity,
  perSecond,
}: {
  bucket: string
  capacity: number
  perSecond: number
}): Promise<Turn> {
  return withDatabase(async (db) => {
    const filled = sql`least(${capacity}::float8, ${rateLimits.tokens} + extract(epoch from clock_timestamp() - ${rateLimits.updatedAt}) * ${perSecond}::float8)`
    const [left] = await db
      .insert(rateLimits)
      .values({ bucket, tokens: capacity - 1, updatedAt: sql`clock_timestamp()` })
      .onConflictDoUpdate({
        target: rateLimits.bucket,
        set: { tokens: sql`greatest(-1, ${filled} - 1)`, updatedAt: sql`clock_timestamp()` },
      })
      .returning({ tokens: rateLimits.tokens })
    const tokens = left?.tokens ?? 0
    return { allowed: tokens >= 0, retryAfter: tokens >= 0 ? 0 : Math.max(1, Math.ceil(-tokens / perSecond)) }
  })
}

const WINDOW_SECONDS = 15 * 60
/** Wrong passwords that an address, and a network, may have in the window. */
const PER_ADDRESS = 10
const PER_ORIGIN = 100
/** Consecutive wrong ones after which only the operator's link helps. */
const LOCK_AFTER = 100

/** Names an address in tables that must not list addresses. */
export function hashOfAddress(email: string): Buffer {
  return createHash('sha256').update(`sign-in:${email}`).digest()
}

const buckets = (email: string, origin: string) => [
  { bucket: `wrong:${hashOfAddress(email).toString('base64url')}`, capacity: PER_ADDRESS },
  { bucket: `wrong-from:${origin}`, capacity: PER_ORIGIN },
]

/**
 * Whether a password may be checked for this address from this network now. Only failures count, so a class behind one
 * address signs in. Ask, check and record in one line per address, or guesses made at once are all let in.
 */
export async function signInAllowed(
  email: string,
  origin: string,
): Promise<{ allowed: true } | { allowed: false; locked: boolean; retryAfter: number }> {
  return withDatabase(async (db) => {
    const [counted] = await db
      .select({ failures: signInFailures.failures })
      .from(signInFailures)
      .where(eq(signInFailures.emailHash, hashOfAddress(email)))
    if (counted && counted.failures >= LOCK_AFTER) return { allowed: false, locked: true, retryAfter: 0 }
    for (const { bucket, capacity } of buckets(email, origin)) {
      const perSecond = capacity / WINDOW_SECONDS
      const [row] = await db
        .select({
          tokens: sql<number>`least(${capacity}::float8, ${rateLimits.tokens} + extract(epoch from clock_timestamp() - ${rateLimits.updatedAt}) * ${perSecond}::float8)`,
        })
        .from(rateLimits)
        .where(eq(rateLimits.bucket, bucket))
      if (row && row.tokens < 1) {
        return {
          allowed: false,
          locked: false,
          retryAfter: Math.max(1, Math.ceil((1 - row.tokens) / perSecond)),
        }
      }
    }
    return { allowed: true }
  })
}

/** Counts a wrong password, whether the address has an account or not. */
export async function recordSignInFailure(email: string, origin: string): Promise<void> {
  for (const { bucket, capacity } of buckets(email, origin)) {
    await takeToken({ bucket, capacity, perSecond: capacity / WINDOW_SECONDS })
  }
  await withDatabase((db) =>
    db
      .insert(signInFailures)
      .values({ emailHash: hashOfAddress(email), failures: 1, lastAt: sql`now()` })
      .onConflictDoUpdate({
        target: signInFailures.emailHash,
        set: { failures: sql`${signInFailures.failures} + 1`, lastAt: sql`now()` },
      }),
  )
}

/** The right password ends the row of wrong ones. */
export async function clearSignInFailures(email: string): Promise<void> {
  await withDatabase((db) =>
    db.delete(signInFailures).where(eq(signInFailures.emailHash, hashOfAddress(email))),
  )
}

/** Takes away buckets that have long been full, and single failures of long ago. */
export async function sweepLimits(): Promise<void> {
  await withDatabase(async (db) => {
    await db.execute(sql`delete from ${rateLimits} where updated_at < now() - interval '1 day'`)
    await db.execute(
      sql`delete from ${signInFailures} where last_at < now() - interval '90 days' and failures < ${LOCK_AFTER}`,
    )
  })
}
