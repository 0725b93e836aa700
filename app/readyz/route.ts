import { statfs } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { getIndex } from '@/content'
import journal from '@/db/migrations/meta/_journal.json'
import { countMigrations } from '@/db/queries/health'
import { env } from '../env'
import { answer } from '../handler'

const DATABASE_WITHIN_MS = 1000
/** Free part of the disk under which a database soon refuses to write. */
const LEAST_FREE = 0.05

/** Whether this process can serve people now, and which part cannot. `server.ts` answers 503 itself while it drains. */
export async function GET(): Promise<Response> {
  const [database, content, disk] = await Promise.all([
    sees(seeDatabase, 'does not answer'),
    sees(seeContent, 'not compiled'),
    sees(seeDisk, 'cannot be looked at'),
  ])
  const checks = { database, content, disk }
  const ready = Object.values(checks).every((said) => said === 'ok')
  return answer(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks })
}

async function sees(look: () => Promise<string>, otherwise: string): Promise<string> {
  return look().catch(() => otherwise)
}

async function seeDatabase(): Promise<string> {
  const late = after(DATABASE_WITHIN_MS, null, { ref: false })
  const count = await Promise.race([countMigrations(), late])
  if (count === null) return 'does not answer'
  return count === journal.entries.length
    ? 'ok'
    : 'not at the level of this code: migrate it, or start the newer code'
}

async function seeContent(): Promise<string> {
  return Object.keys((await getIndex()).blocks).length > 0 ? 'ok' : 'holds no lesson'
}

async function seeDisk(): Promise<string> {
  const { bavail, blocks } = await statfs(env.DATA_DIR)
  return bavail / blocks >= LEAST_FREE ? 'ok' : 'almost full'
}
