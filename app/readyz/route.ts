import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { getIndex } from '@/content'
import journal from '@/db/migrations/meta/_journal.json'
import { countMigrations } from '@/db/queries/health'
import { env } from '../env'
import { answer } from '../handler'

const DATABASE_WITHIN_MS = 1000
/** Free part of a disk under which a database soon refuses to write. */
const LEAST_FREE = 0.05
/** Free part under which whoever runs the site is told, while there is time. */
const WARN_FREE = 0.15
const WARN_EVERY_MS = 60 * 60 * 1000
/** Where this house writes: any of them may be a disk of its own. */
const WRITTEN = ['', 'postgres/data', 'postgres/data/pg_wal']
let lastWarning = 0

/** Whether this process can serve people now, and which part cannot. `server.ts` answers 503 itself while it drains. */
export async function GET(): Promise<Response> {
  const [database, content, disk] = await Promise.all([
    sees(seeDatabase, 'does not answer'),
    sees(seeContent, 'not compiled'),
    sees(seeDisk, 'cannot be looked at'),
  ])
  const checks = { database, content, disk }
  const ready = Object.values(checks).every((said) => said === 'ok' || said.startsWith('filling up'))
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
  // A database elsewhere has a disk of its own, which is not seen from here.
  const looked = await Promise.all(WRITTEN.map((part) => statfs(join(env.DATA_DIR, part)).catch(() => null)))
  const free = looked.flatMap((disk) => (disk ? [disk.bavail / disk.blocks] : []))
  if (free.length === 0) return 'cannot be looked at'
  const least = Math.min(...free)
  if (least < LEAST_FREE) return 'almost full'
  if (least >= WARN_FREE) return 'ok'
  const said = `filling up: ${Math.floor(least * 100)} % is free`
  if (Date.now() - lastWarning > WARN_EVERY_MS) {
    lastWarning = Date.now()
    console.warn(`The disk under ${env.DATA_DIR} is ${said}.`)
  }
  return said
}
