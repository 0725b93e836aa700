import { randomInt } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashPassword } from '../app/passwords'
import { closeDatabase, configureDatabase } from '../db/client'
import { createAccount } from '../db/queries/accounts'

export const DEMO_EMAIL = 'demo@slipway.example'

/** Without letters and digits that are taken for each other. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/**
 * Makes a learner to look around with, on the first start of a data folder. Gives the address and the password, which
 * is kept nowhere; null when there was one before.
 */
export async function createDemoLearner(dataDir: string, database: string) {
  const note = join(dataDir, 'demo-learner')
  if (existsSync(note)) return null
  const password = Array.from({ length: 4 }, () => Array.from({ length: 4 }, letter).join('')).join('-')
  configureDatabase(database)
  try {
    const passwordHash = await hashPassword(password)
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    const made = await createAccount({ email: DEMO_EMAIL, name: 'Demo learner', timeZone, passwordHash })
    writeFileSync(note, `${DEMO_EMAIL}\n`, { mode: 0o600 })
    return made && { email: DEMO_EMAIL, password }
  } finally {
    await closeDatabase()
  }
}

const letter = () => LETTERS.charAt(randomInt(LETTERS.length))
