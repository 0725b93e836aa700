import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { type Transaction, withDatabase } from '../client'
import { rateLimits, signInFailures } from '../schema'

export type Turn = { allowed: boolean /** Seconds until the next is allowed. */; retryAfter: number }

type Bucket = {
  bucket: string
  capacity: number
  perSecond: number /** Tokens that this turn takes; 1. */
  cost?: number
}

const filled = ({ capacity, perSecond }: Bucket) =>
  sql<number>`least(${capacity}::float8, ${rateLimits.tokens} + greatest(0, extract(epoch from clock_timestamp() - ${rateLimits.updatedAt})) * ${perSecond}::float8)`

/**
 * Takes a turn's tokens out of a bucket that holds `capacity` and fills by `perSecond`. One statement, so that of any number
 * at once exactly as many are let through as there are tokens. A refused one takes nothing: whoever keeps asking is let
 * in as soon as one who waits.
 */
export async function takeToken(bucket: Bucket): Promise<Turn> {
  const { cost = 1 } = bucket
  const taken = await withDatabase((db) =>
    db
      .insert(rateLimits)
      .values({ bucket: bucket.bucket, tokens: bucket.capacity - cost, updatedAt: sql`clock_timestamp()` })
      .onConflictDoUpdate({
        target: rateLimits.bucket,
        set: { tokens: sql`${filled(bucket)} - ${cost}::float8`, updatedAt: sql`clock_timestamp()` },
        setWhere: sql`${filled(bucket)} >= ${cost}::float8`,
      })
      .returning({ tokens: rateLimits.tokens }),
  )
  return taken.length > 0 ? { allowed: true, retryAfter: 0 } : peekToken(bucket)
}

/** Whether the tokens of a turn are there now, without taking them. */
export async function peekToken(bucket: Bucket): Promise<Turn> {
  const [row] = await withDatabase((db) =>
    db
      .select({ tokens: filled(bucket) })
      .from(rateLimits)
      .where(eq(rateLimits.bucket, bucket.bucket)),
  )
  const missing = (bucket.cost ?? 1) - (row?.tokens ?? bucket.capacity)
  if (missing <= 0) return { allowed: true, retryAfter: 0 }
  return { allowed: false, retryAfter: Math.max(1, Math.ceil(missing / bucket.perSecond)) }
}

const WINDOW_SECONDS = 15 * 60
/** Wrong passwords that an address, and a network, may have in any window. */
const PER_ADDRESS = 10
const PER_ORIGIN = 100
/** Consecutive wrong ones after which only the operator's link helps. */
const LOCK_AFTER = 100

/** Names an address in tables that must not list addresses. */
export function hashOfAddress(email: string): Buffer {
  return createHash('sha256').update(`sign-in:${email}`).digest()
}

const wrongFrom = (origin: string): Bucket => ({
  bucket: `wrong-from:${origin}`,
  capacity: PER_ORIGIN,
  perSecond: PER_ORIGIN / WINDOW_SECONDS,
})

/**
 * Whether a password may be checked for this address from this network now. A yes counts the try as a wrong one for the
 * address, in one statement: of fifty guesses at once ten are let in. `clearSignInFailures` after the right password takes
 * all of it back, `returnSignIn` a try that was not made. A network pays only for failures, so a class behind one signs in.
 */
export async function signInAllowed(
  email: string,
  origin: string,
): Promise<{ allowed: true } | { allowed: false; locked: boolean; retryAfter: number }> {
  const network = await peekToken(wrongFrom(origin))
  if (!network.allowed) return { allowed: false, locked: false, retryAfter: network.retryAfter }
  const emailHash = hashOfAddress(email)
  const oldest = sql`${signInFailures.recent}[${sql.raw(String(PER_ADDRESS))}]`
  const free = sql`${oldest} + make_interval(secs => ${WINDOW_SECONDS})`
  return withDatabase(async (db) => {
    const [counted] = await db
      .insert(signInFailures)
      .values({
        emailHash,
        failures: 1,
        recent: sql`array[clock_timestamp()]`,
        lastAt: sql`clock_timestamp()`,
      })
      .onConflictDoUpdate({
        target: signInFailures.emailHash,
        set: {
          failures: sql`${signInFailures.failures} + 1`,
          recent: sql`(array_prepend(clock_timestamp(), ${signInFailures.recent}))[1:${sql.raw(String(PER_ADDRESS))}]`,
          lastAt: sql`clock_timestamp()`,
        },
        setWhere: sql`${signInFailures.failures} < ${LOCK_AFTER} and (${oldest} is null or ${free} <= clock_timestamp())`,
      })
      .returning({ failures: signInFailures.failures })
    if (counted) return { allowed: true }
    const [row] = await db
      .select({
        failures: signInFailures.failures,
        wait: sql<number | null>`extract(epoch from ${free} - clock_timestamp())::float8`,
      })
      .from(signInFailures)
      .where(eq(signInFailures.emailHash, emailHash))
    if (row && row.failures >= LOCK_AFTER) return { allowed: false, locked: true, retryAfter: 0 }
    return { allowed: false, locked: false, retryAfter: Math.max(1, Math.ceil(row?.wait ?? 1)) }
  })
}

/** The password that was let in was wrong: the network pays for it too. */
export async function recordSignInFailure(origin: string): Promise<void> {
  await takeToken(wrongFrom(origin))
}

/** Nobody looked at the password that was let in: the try is not counted. */
export async function returnSignIn(email: string): Promise<void> {
  await withDatabase((db) =>
    db
      .update(signInFailures)
      .set({
        failures: sql`greatest(0, ${signInFailures.failures} - 1)`,
        recent: sql`${signInFailures.recent}[2:]`,
      })
      .where(eq(signInFailures.emailHash, hashOfAddress(email))),
  )
}

/** The right password ends the row of wrong ones. */
export async function clearSignInFailures(email: string): Promise<void> {
  await withDatabase((db) =>
    db.delete(signInFailures).where(eq(signInFailures.emailHash, hashOfAddress(email))),
  )
}

/** Takes away buckets that have long been full, and single failures of long ago. */
export async function sweepLimits(tx: Transaction): Promise<void> {
  await tx.execute(sql`delete from ${rateLimits} where updated_at < now() - interval '1 day'`)
  await tx.execute(
    sql`delete from ${signInFailures} where last_at < now() - interval '90 days' and failures < ${LOCK_AFTER}`,
  )
}
