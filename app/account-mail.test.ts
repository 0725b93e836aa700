import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as accounts from '@/db/queries/accounts'
import { listEvents } from '@/db/queries/events'
import { linkProvider, listLinks } from '@/db/queries/links'
import { listSessions } from '@/db/queries/sessions'
import {
  getMailToken,
  useMailToken as spendMailToken,
  useResetToken as spendResetToken,
} from '@/db/queries/tokens'
import { startTestDatabase, type TestDatabase } from '@/db/test-database'
import { partOf, startMailServer } from './mail.testing'

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-account-mail-'))
const server = await startMailServer()
vi.stubEnv('DATABASE_URL', 'postgres://nobody:nothing@localhost/none')
vi.stubEnv('AUTH_SECRET', 'q8Zr2vTn5LxWc0KdYb7MgEuHs3JpFa1o')
vi.stubEnv('PUBLIC_URL', 'https://learn.example.org')
vi.stubEnv('SMTP_URL', server.url)
vi.stubEnv('MAIL_FROM', 'Slipway <slipway@learn.example.org>')
vi.stubEnv('DATA_DIR', dataDir)
const { mailChange, mailReset, mailVerification, mayTell } = await import('./account-mail')
const { checkCredentials } = await import('./credentials')
const { hashCount, hashPassword } = await import('./passwords')
const { findLearner, openSession } = await import('./sessions')

const PASSWORD = 'a heron stood by the lock'
const hash = await hashPassword(PASSWORD)
let database: TestDatabase
let sql: ReturnType<TestDatabase['as']>
let made = 0
beforeAll(async () => {
  database = await startTestDatabase()
  sql = database.as('migrator')
})
beforeEach(() => void server.received.splice(0))
afterAll(async () => {
  await database.stop()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const from = (origin = `network-${made}`) => ({ origin, device: 'Firefox on Linux' })

async function account() {
  const email = `maya-${++made}@harbour.example`
  const person = { email, name: 'Maya', timeZone: 'Europe/Lisbon', passwordHash: hash }
  return { id: String((await accounts.createAccount(person))?.id), email }
}

/** The token in the newest letter to an address. */
function tokenFor(email: string): string {
  const letter = server.received.findLast(({ to }) => to.includes(email))
  return /token=([\w-]+)/.exec(partOf(String(letter?.message), 'text/plain'))?.[1] ?? ''
}
const lettersTo = (email: string) => server.received.filter(({ to }) => to.includes(email)).length
const verifiedAt = async (id: string) => (await accounts.getAccount(id))?.emailVerifiedAt
const happened = async (id: string) => (await listEvents(id, 50)).map(({ what }) => what)

describe('a link that verifies', () => {
  test('proves the address once, and is no link to a new password', async () => {
    const one = await account()
    await mailVerification(one)
    const token = tokenFor(one.email)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(await getMailToken(token)).toEqual({ purpose: 'verify', email: one.email })
    expect(await spendResetToken(token, hash)).toBeNull()
    expect(await verifiedAt(one.id)).toBeNull()
    expect(await spendMailToken(token, from())).toEqual({ outcome: 'verified', accountId: one.id })
    expect(await verifiedAt(one.id)).toBeInstanceOf(Date)
    expect(await spendMailToken(token, from())).toBeNull()
    expect(await getMailToken(token)).toBeNull()
    expect(await happened(one.id)).toContain('email-verified')
  })

  test('of somebody suspended does nothing', async () => {
    const one = await account()
    await mailVerification(one)
    await sql`update users set suspended_at = now() where id = ${one.id}`
    expect(await getMailToken(tokenFor(one.email))).toBeNull()
    expect(await spendMailToken(tokenFor(one.email), from())).toBeNull()
  })
})

describe('a link to a new password', () => {
  test('S-23 is kept as a hash, works once of twenty at once, ends sessions and every other link', async () => {
    const one = await account()
    const sid = await openSession(one.id, from(), null)
    await mailReset(one.email, from())
    const first = tokenFor(one.email)
    await mailReset(one.email.toUpperCase(), from())
    const token = tokenFor(one.email)
    expect(token).not.toBe(first)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    const rows = JSON.stringify(await sql`select t::text as row from reset_tokens t`)
    expect(rows).not.toContain(token)
    expect(rows).not.toContain(Buffer.from(token).toString('hex'))
    const [age] =
      await sql`select max(extract(epoch from expires_at - now()))::int as seconds from reset_tokens where user_id = ${one.id}`
    expect(age?.seconds).toBeLessThanOrEqual(3600)
    const used = await Promise.all(Array.from({ length: 20 }, () => spendResetToken(token, hash, from())))
    expect(used.filter((id) => id === one.id)).toHaveLength(1)
    expect(await findLearner(sid)).toBeNull()
    expect(await spendResetToken(first, hash)).toBeNull()
    expect(await verifiedAt(one.id), 'who reads its mail has the address').toBeInstanceOf(Date)
  })

  test('S-23 that is too old, or followed by a change of the password, does nothing', async () => {
    const one = await account()
    await mailReset(one.email, from())
    await sql`update reset_tokens set expires_at = now() - interval '1 second' where user_id = ${one.id}`
    expect(await spendResetToken(tokenFor(one.email), hash)).toBeNull()
    await mailReset(one.email, from())
    await accounts.changePassword(one.id, hash, from())
    expect(await spendResetToken(tokenFor(one.email), hash)).toBeNull()
  })

  test('S-25 to an address that was never proved ends what else signs in there', async () => {
    const one = await account()
    const identity = { provider: 'github', subject: `attacker-${made}`, email: null, name: 'X' } as const
    expect(await linkProvider(one.id, identity, from())).toBeNull()
    await mailReset(one.email, from())
    await spendResetToken(tokenFor(one.email), hash, from())
    expect(await listLinks(one.id)).toEqual([])
    await linkProvider(one.id, identity, from())
    await mailReset(one.email, from())
    await spendResetToken(tokenFor(one.email), hash, from())
    expect(await listLinks(one.id), 'once it is proved, links stay').toHaveLength(1)
  })

  test('S-21 of fifty at once for one address three are sent, whoever asks, and the first still works', async () => {
    const one = await account()
    await Promise.all(Array.from({ length: 50 }, (_, n) => mailReset(one.email, from(`network-${n}`))))
    expect(lettersTo(one.email)).toBe(3)
    await mailVerification(one)
    expect(lettersTo(one.email)).toBe(3)
    const token = /token=([\w-]+)/.exec(partOf(String(server.received[0]?.message), 'text/plain'))?.[1] ?? ''
    expect(await spendResetToken(token, hash)).toBe(one.id)
    await sql`update rate_limits set updated_at = updated_at - interval '61 minutes' where bucket like 'letters:%'`
    await mailReset(one.email, from())
    expect(lettersTo(one.email)).toBe(4)
  })

  test('S-21 an account that is made and ended on an address again and again gets it no fourth letter', async () => {
    const email = `victim-${++made}@harbour.example`
    const person = { email, name: 'Maya', timeZone: 'UTC', passwordHash: hash }
    for (let n = 0; n < 5; n++) {
      const id = String((await accounts.createAccount(person))?.id)
      await mailVerification({ id, email })
      await database.asOperator(() => accounts.deleteAccount(id))
    }
    expect(lettersTo(email)).toBe(3)
  })

  test('S-21 changes that its holder would be told of are five, also on an address that is made anew', async () => {
    const email = `victim-${++made}@harbour.example`
    const turns = await Promise.all(Array.from({ length: 9 }, () => mayTell(email)))
    expect(turns.filter(({ allowed }) => allowed)).toHaveLength(5)
    const actions = readFileSync('app/actions/accounts.ts', 'utf8').split(/(?=^export const )/m)
    for (const name of ['changeEmail', 'changePassword']) {
      const part = actions.find((one) => one.startsWith(`export const ${name} =`)) ?? ''
      expect(part.slice(0, part.indexOf('after(')), name).toMatch(
        /askAgain\([\s\S]*mayTell\(learner\.email\)/,
      )
    }
  })

  test('S-21 lets the owner in while somebody else guesses at the address', async () => {
    const one = await account()
    for (let n = 0; n < 12; n++) await checkCredentials(one.email, 'a guess at it', from(`guesser-${n}`))
    expect(await checkCredentials(one.email, PASSWORD, from())).toMatchObject({
      refusal: { code: 'limited' },
    })
    await mailReset(one.email, from())
    expect(await spendResetToken(tokenFor(one.email), hash, from())).toBe(one.id)
    expect(await checkCredentials(one.email, PASSWORD, from())).toEqual({ account: { id: one.id } })
  })
})

describe('a change of address', () => {
  test('holds when the new one is proved; the former one hears of it; other links end', async () => {
    const one = await account()
    const wanted = `new-${made}@harbour.example`
    await mailReset(one.email, from())
    const reset = tokenFor(one.email)
    await mailChange(one, wanted, from())
    expect([lettersTo(wanted), lettersTo(one.email)]).toEqual([1, 2])
    const token = tokenFor(wanted)
    expect(await spendResetToken(token, hash)).toBeNull()
    expect((await accounts.getAccount(one.id))?.email).toBe(one.email)
    expect(await spendMailToken(token, from())).toEqual({
      outcome: 'changed',
      accountId: one.id,
      email: wanted,
      former: one.email,
    })
    expect(await accounts.getAccount(one.id)).toMatchObject({
      email: wanted,
      emailVerifiedAt: expect.any(Date),
    })
    expect(await spendResetToken(reset, hash)).toBeNull()
    expect(await happened(one.id)).toEqual(expect.arrayContaining(['email-changed', 'email-change-asked']))
  })

  test('to an address that has an account changes nothing, and the one who asks is not told', async () => {
    const [one, other] = [await account(), await account()]
    await mailChange(one, other.email, from())
    expect(lettersTo(other.email)).toBe(1)
    expect(await spendMailToken(tokenFor(other.email), from())).toEqual({ outcome: 'taken' })
    expect((await accounts.getAccount(one.id))?.email).toBe(one.email)
  })

  test('of two who take one address at once, one has it', async () => {
    const wanted = `wanted-${++made}@harbour.example`
    const people = [await account(), await account()]
    const tokens: string[] = []
    for (const person of people) {
      await mailChange(person, wanted, from())
      tokens.push(tokenFor(wanted))
    }
    const outcomes = await Promise.all(tokens.map((token) => spendMailToken(token, from())))
    expect(outcomes.map((one) => one?.outcome).sort()).toEqual(['changed', 'taken'])
  })

  test('that was asked for ends with a new password, and a second one ends the first', async () => {
    const one = await account()
    await mailChange(one, `a-${made}@harbour.example`, from())
    const first = tokenFor(`a-${made}@harbour.example`)
    await mailChange(one, `b-${made}@harbour.example`, from())
    expect(await spendMailToken(first, from())).toBeNull()
    await accounts.changePassword(one.id, hash, from())
    expect(await spendMailToken(tokenFor(`b-${made}@harbour.example`), from())).toBeNull()
  })
})

/** How often a time of the first is longer than one of the second: 0.5 where nobody can tell them apart. */
function auc(first: number[], second: number[]): number {
  let wins = 0
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0
  return wins / (first.length * second.length)
}

describe('S-19 nobody can tell whether an address is known', () => {
  test('S-19 by sign-in: as many hashes on each path, and the same time', async () => {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
    const hashes = new Set<number>()
    const people = await Promise.all(Array.from({ length: 20 }, account))
    for (let n = 0; n < 200; n++) {
      // In turn, and the other way round each time, so that a busy moment hits both.
      for (const which of n % 2 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
        const email = which === 'known' ? String(people[n % 20]?.email) : `stranger-${n % 20}@harbour.example`
        if (n % 8 === 0) await sql`delete from sign_in_failures`
        const before = hashCount()
        const began = performance.now()
        const answer = await checkCredentials(email, 'not the password', from(`timer-${n}-${which}`))
        times[which].push(performance.now() - began)
        hashes.add(hashCount() - before)
        expect(answer).toEqual({ refusal: { code: 'mismatch' } })
      }
    }
    expect([...hashes]).toEqual([1])
    const area = auc(times.known, times.unknown)
    expect(area, `AUC ${area.toFixed(3)}`).toBeGreaterThan(0.35)
    expect(area, `AUC ${area.toFixed(3)}`).toBeLessThan(0.65)
  })

  test('S-19 by a reset: a link is hashed for before it is looked at', async () => {
    const one = await account()
    await mailReset(one.email, from())
    const counts: number[] = []
    for (const token of [tokenFor(one.email), 'a link that never was']) {
      const before = hashCount()
      await spendResetToken(token, await hashPassword('another heron came by'))
      counts.push(hashCount() - before)
    }
    expect(counts).toEqual([1, 1])
  })
})

test('a session is not touched by what is asked for only', async () => {
  const one = await account()
  await openSession(one.id, from(), null)
  await mailReset(one.email, from())
  await mailChange(one, `kept-${made}@harbour.example`, from())
  expect(await listSessions(one.id)).toHaveLength(1)
})

test('a suspended account and an unknown one get no letter', async () => {
  const one = await account()
  await sql`update users set suspended_at = now() where id = ${one.id}`
  await mailReset(one.email, from())
  await mailReset('nobody@harbour.example', from())
  await mailReset('no address', from())
  expect(server.received).toEqual([])
})

test('an address has its three letters whichever account asks', async () => {
  const victim = `victim-${++made}@harbour.example`
  await Promise.all(Array.from({ length: 6 }, async () => mailChange(await account(), victim, from())))
  expect(lettersTo(victim)).toBe(3)
})
