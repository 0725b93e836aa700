import { sql } from 'drizzle-orm'
import { withDatabase } from './client'
import { sweepEvents } from './queries/events'
import { sweepLimits } from './queries/limits'
import { sweepSessions } from './queries/sessions'
import { sweepTokens } from './queries/tokens'

/** Any number, the same in every process: who holds it sweeps, the others leave it to them. */
const LOCK = 7_310_842_916
const HOUR_MS = 60 * 60 * 1000

/** Takes away what nobody needs any more. False when another process is at it: then nothing is done. */
export async function sweep(): Promise<boolean> {
  return withDatabase((db) =>
    db.transaction(async (tx) => {
      const [lock] = await tx.execute<{ mine: boolean }>(
        sql`select pg_try_advisory_xact_lock(${LOCK}) as mine`,
      )
      if (!lock?.mine) return false
      await sweepSessions(tx)
      await sweepLimits(tx)
      await sweepTokens(tx)
      await sweepEvents(tx)
      return true
    }),
  )
}

/**
 * Sweeps again and again, each time after half to one and a half of `everyMs`, so that processes that started together do
 * not come together. A failure is told and the next time is another try. Keeps no process alive. Gives what ends it.
 */
export function keepSwept({
  everyMs = HOUR_MS,
  work = sweep,
  onError,
}: {
  everyMs?: number
  work?: () => Promise<unknown>
  onError: (error: unknown) => void
}): () => void {
  let timer: NodeJS.Timeout
  let ended = false
  const wait = () => {
    if (ended) return
    timer = setTimeout(() => void work().catch(onError).finally(wait), everyMs * (0.5 + Math.random()))
    timer.unref()
  }
  wait()
  return () => {
    ended = true
    clearTimeout(timer)
  }
}
