import { createHash, randomBytes } from 'node:crypto'
import { closeDatabase, configureDatabase } from '../../db/client'
import { findEmbedded } from '../../db/embedded'
import { createSession } from '../../db/queries/sessions'
import { type Learner, makeLearner } from '../../e2e/house'
import { clearUp, launch, makeDataDir, type Started, until, untilServed } from '../testing'

/** A production house for an experiment: `npm start` on a data folder of its own. It must be built. */
export type House = {
  url: string
  dataDir: string
  started: Started
  /** Where its embedded database is now; it may come back on another port after a fault. */
  findDatabase(): Promise<NonNullable<Awaited<ReturnType<typeof findEmbedded>>>>
  /** Whether `/readyz` says so. */
  isReady(): Promise<boolean>
  /** Accounts with a session each; they cost no password hash. */
  makeLearners(count: number): Promise<Person[]>
  /** Stops it as Ctrl-C does and removes its folder, unless `keep`. */
  stop(options?: { keep?: boolean }): Promise<void>
}

export type Person = Learner & { cookie: string }

const DAY = 24 * 60 * 60

/** Starts a house on `FAULTS_PORT` (4145); `env` adds variables, `dataDir` takes one that is there already. */
export async function openHouse(
  options: { port?: number; dataDir?: string; env?: Record<string, string> } = {},
): Promise<House> {
  const port = options.port ?? Number(process.env.FAULTS_PORT ?? 4145)
  const dataDir = options.dataDir ?? makeDataDir()
  const url = `http://localhost:${port}`
  const started = launch(process.execPath, ['scripts/start.mjs'], {
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: dataDir,
    ...options.env,
  })
  const house: House = {
    url,
    dataDir,
    started,
    async findDatabase() {
      return await until('Finding the database', started, () => findEmbedded(dataDir))
    },
    async isReady() {
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) }).catch(() => null)
      await answer?.body?.cancel()
      return answer?.status === 200
    },
    async makeLearners(count) {
      return makePeople(options.env?.DATABASE_URL ?? (await house.findDatabase()).urlFor('app'), count)
    },
    async stop({ keep = false } = {}) {
      if (started.child.exitCode === null && started.child.signalCode === null) {
        started.child.kill('SIGTERM')
        await started.ended
      }
      if (!keep) clearUp(dataDir)
    },
  }
  try {
    await untilServed(started)
    return house
  } catch (error) {
    await house.stop()
    throw error
  }
}

/** Accounts with a session each, in the database at `address` as role `app` knows it. */
export async function makePeople(address: string, count: number): Promise<Person[]> {
  configureDatabase(address, { max: 4 })
  try {
    return await Promise.all(Array.from({ length: count }, makePerson))
  } finally {
    await closeDatabase()
  }
}

async function makePerson(): Promise<Person> {
  const learner = await makeLearner()
  const value = randomBytes(32).toString('base64url')
  await createSession({
    accountId: learner.id,
    sidHash: createHash('sha256').update(value).digest(),
    device: 'Firefox on Linux',
    idleSeconds: 14 * DAY,
    absoluteSeconds: 30 * DAY,
  })
  return { ...learner, cookie: `slipway-session=${value}` }
}
