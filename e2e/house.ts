import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { configureDatabase } from '../db/client'
import { findEmbedded } from '../db/embedded'
import { createAccount } from '../db/queries/accounts'
import { createSession } from '../db/queries/sessions'

/** The data folder of the server under test; `serve.mjs` empties it first. */
export const DATA_DIR = '.cache/e2e'

export const PASSWORD = 'a heron stood by the lock'
/** Computed once: a learner is made in a millisecond, and no test waits for argon2. */
const PASSWORD_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$GNfVWiD5BuxuvQwnn8rCUQ$6tFhLZ167pRveyil8RykLlp0lGIWy2Fu+WHhy7xJH2w'

const COOKIE = 'slipway-session'
const DAY = 24 * 60 * 60

export type Learner = { id: string; email: string; name: string; password: string }

/** Where the database of the server under test is, for each role. */
export async function findDatabase() {
  const found = await findEmbedded(DATA_DIR)
  if (!found) throw new Error(`No database is running in ${DATA_DIR}`)
  return found
}

/** This process asks the same database as the server, with the same rights as the server. */
export async function openDatabase(): Promise<void> {
  configureDatabase((await findDatabase()).urlFor('app'), { max: 2 })
}

/** An account that nobody else uses. Needs `openDatabase`. */
export async function makeLearner(name = 'Maya Okafor'): Promise<Learner> {
  const email = `learner-${randomUUID()}@harbour.example`
  const made = await createAccount({ email, name, timeZone: 'Europe/London', passwordHash: PASSWORD_HASH })
  if (!made) throw new Error(`${email} has an account already`)
  return { id: made.id, email, name, password: PASSWORD }
}

/** A session of the learner on a new device: the cookie that stands for it. */
export async function makeSessionCookie(learner: Learner, url: string, device = 'Firefox on Linux') {
  const value = randomBytes(32).toString('base64url')
  await createSession({
    accountId: learner.id,
    sidHash: createHash('sha256').update(value).digest(),
    device,
    idleSeconds: 14 * DAY,
    absoluteSeconds: 30 * DAY,
  })
  return { name: COOKIE, value, url, httpOnly: true, sameSite: 'Lax' as const }
}
