import { existsSync } from 'node:fs'
import { EnvError, readEnv } from '../app/read-env'
import { BackupProblem } from '../db/backup-format'
import { closeDatabase, configureDatabase } from '../db/client'
import { findEmbedded, startEmbedded } from '../db/embedded'
import { AlreadyStarting, DatabaseUnavailable } from '../db/errors'
import { migrate } from '../db/migrate'

/** Something the person at the keyboard can mend: printed as one line, without a trace. */
export class Wrong extends Error {}

export type Operated = {
  publicUrl: string
  dataDir: string
  /** The role that owns the tables; empty without a database. */
  ownerUrl: string
  /** Roles or addresses that a migration grants something to; absent where they have their usual names. */
  app?: string
  /** Null: nobody is the verifier. */
  verifier?: string | null
}

/**
 * Runs one of the operator's commands on the database of this house, as the role that owns its tables: the one that the
 * variables name, or the embedded one, which is started for as long as it takes when it is not running.
 * Prints what went wrong and sets the exit status to 1.
 */
export async function asOperator(
  work: (house: Operated) => Promise<void>,
  { withDatabase = true } = {},
): Promise<void> {
  let stop = async () => undefined as undefined
  try {
    if (existsSync('.env')) process.loadEnvFile('.env')
    const env = readEnv(process.env, { withDatabase: false, makesSecret: false })
    const house: Operated = { publicUrl: env.PUBLIC_URL, dataDir: env.DATA_DIR, ownerUrl: '' }
    if (withDatabase) {
      const own = env.MIGRATOR_DATABASE_URL ?? env.DATABASE_URL
      const url = own !== '' ? own : (await findEmbedded(env.DATA_DIR))?.adminUrl
      if (url === undefined) {
        const server = await startEmbedded({ dataDir: env.DATA_DIR })
        stop = async () => void (await server.stop())
        await migrate({ migrator: server.adminUrl })
        house.ownerUrl = server.adminUrl
      } else {
        house.ownerUrl = url
        if (own !== '') house.app = env.DATABASE_URL
        const nobody = env.MIGRATOR_DATABASE_URL ? null : env.DATABASE_URL
        if (own !== '') house.verifier = env.VERIFIER_DATABASE_URL ?? nobody
      }
      configureDatabase(house.ownerUrl, { max: 2 })
    }
    await work(house)
  } catch (error) {
    process.exitCode = 1
    const isPlain = [Wrong, EnvError, AlreadyStarting, BackupProblem].some((kind) => error instanceof kind)
    if (isPlain && error instanceof Error) console.error(error.message)
    else if (error instanceof DatabaseUnavailable)
      console.error('The database does not answer. Nothing is known to have changed; see `npm run doctor`.')
    else console.error(error)
  } finally {
    await closeDatabase()
    await stop()
  }
}
