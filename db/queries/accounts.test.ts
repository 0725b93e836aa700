import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestDatabase, type TestDatabase } from '../test-database'
import {
  changePassword,
  createAccount,
  getAccount,
  getAccountForSignIn,
  getPasswordHash,
  listAccounts,
  rehashPassword,
  suspendAccount,
  unsuspendAccount,
} from './accounts'
import { clearSignInFailures, recordSignInFailure, returnSignIn, signInAllowed, takeToken } from './limits'
import {
  createSession,
  findSession,
  listSessions,
  revokeAllSessions,
  revokeSession,
  revokeSessionById,
  touchSession,
} from './sessions'
import { createResetLink, findResetPerson, useResetToken as spendResetToken } from './tokens'

const DAY = 24 * 60 * 60
let database: TestDatabase
let id: string
let email: string
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())
beforeEach(async () => {
  email = `${randomUUID()}@harbour.example`
  const made = await createAccount({ email, name: 'Maya', timeZone: 'Europe/Berlin', passwordHash: 'hash-1' })
  if (!made) throw new Error('no account was made')
  id = made.id
})

const hash = () => createHash('sha256').update(randomBytes(32)).digest()
const signIn = async (idleSeconds = 14 * DAY, absoluteSeconds = 30 * DAY) => {
  const sidHash = hash()
  await createSession({ accountId: id, sidHash, device: 'Firefox on Linux', idleSeconds, absoluteSeconds })
  return sidHash
}
const past = (seconds: number) => `${seconds} seconds`

test('of twenty sign-ups with one address at once exactly one makes the account', async () => {
  const wanted = `${randomUUID()}@harbour.example`
  const made = await Promise.all(
    Array.from({ length: 20 }, () =>
      createAccount({ email: wanted, name: 'N', timeZone: 'UTC', passwordHash: 'x' }),
    ),
  )
  expect(made.filter((one) => one !== null)).toHaveLength(1)
})

test('nothing but the two queries made for it gives a password hash', async () => {
  expect(await getPasswordHash(id)).toBe('hash-1')
  expect(await getAccountForSignIn(email)).toEqual({
    id,
    name: 'Maya',
    passwordHash: 'hash-1',
    suspended: false,
  })
  const sid = await signIn()
  const shown = JSON.stringify([
    await getAccount(id),
    await listAccounts(),
    await findSession(sid),
    await listSessions(id),
  ])
  expect(shown).not.toContain('hash-1')
  expect(shown).not.toContain(sid.toString('hex'))
})

test('a hash is renewed only while it is still the one that was checked', async () => {
  await rehashPassword(id, 'hash-1', 'hash-2')
  expect(await getPasswordHash(id)).toBe('hash-2')
  await changePassword(id, 'hash-3', null)
  await rehashPassword(id, 'hash-2', 'hash-4')
  expect(await getPasswordHash(id)).toBe('hash-3')
})

test.each([
  ['idle_expires_at', 14 * DAY],
  ['expires_at', 30 * DAY],
])('a session lives until its limit and not a minute longer: %s', async (column, limit) => {
  const sid = await signIn(column === 'expires_at' ? 30 * DAY : 14 * DAY)
  const sql = database.as('migrator')
  const move = (seconds: number) => sql`
    update sessions set idle_expires_at = idle_expires_at - ${past(seconds)}::interval, expires_at = expires_at - ${past(seconds)}::interval
    where sid_hash = ${sid}`
  await move(limit - 60)
  expect(await findSession(sid)).toMatchObject({ accountId: id })
  await move(61)
  expect(await findSession(sid)).toBeNull()
})

test('use moves the idle end, never past the absolute one', async () => {
  const sid = await signIn(60, 100)
  await touchSession(sid, 14 * DAY)
  const [row] = await database.as(
    'migrator',
  )`select idle_expires_at = expires_at as same from sessions where sid_hash = ${sid}`
  expect(row?.same).toBe(true)
})

test('an ended session is not brought back by use', async () => {
  const sid = await signIn()
  await revokeSession(sid)
  await touchSession(sid, 14 * DAY)
  expect(await findSession(sid)).toBeNull()
})

test('one device, all others, and all are signed out; nobody can sign out a device of somebody else', async () => {
  const [one, two, three] = [await signIn(), await signIn(), await signIn()]
  const listed = await listSessions(id)
  expect(listed).toHaveLength(3)
  const own = (await findSession(one))?.sessionId as string
  expect(await revokeSessionById(randomUUID(), own)).toBe(false)
  expect(await revokeSessionById(id, 'not-an-id')).toBe(false)
  expect(await revokeSessionById(id, (await findSession(two))?.sessionId as string)).toBe(true)
  expect(await findSession(two)).toBeNull()
  await revokeAllSessions(id, own)
  expect([await findSession(one), await findSession(three)]).toMatchObject([{ accountId: id }, null])
  await revokeAllSessions(id)
  expect(await listSessions(id)).toEqual([])
})

test('suspension ends every session at once, and the end of a suspension brings none back', async () => {
  const sid = await signIn()
  await database.asOperator(() => suspendAccount(id))
  expect(await findSession(sid)).toBeNull()
  expect(await getAccountForSignIn(email)).toMatchObject({ suspended: true })
  await database.asOperator(() => unsuspendAccount(id))
  expect(await findSession(sid)).toBeNull()
  expect(await getAccountForSignIn(email)).toMatchObject({ suspended: false })
})

test('of fifty uses of one reset link at once one sets the password; it ends sessions and the lock', async () => {
  const sid = await signIn()
  const token = await database.asOperator(() => createResetLink(id, 60))
  await database.as(
    'migrator',
  )`insert into sign_in_failures (email_hash, failures, last_at) values (${createHash('sha256').update(`sign-in:${email}`).digest()}, 100, now())`
  expect(await signInAllowed(email, 'net')).toEqual({ allowed: false, locked: true, retryAfter: 0 })
  const used = await Promise.all(Array.from({ length: 50 }, (_, n) => spendResetToken(token, `new-${n}`)))
  expect(used.filter((one) => one === id)).toHaveLength(1)
  expect(await getPasswordHash(id)).toBe(`new-${used.indexOf(id)}`)
  expect(await findSession(sid)).toBeNull()
  expect(await signInAllowed(email, 'net')).toEqual({ allowed: true })
})

test('a reset link that is too old, unknown, or replaced by a newer one does nothing', async () => {
  const old = await database.asOperator(() => createResetLink(id, -1))
  expect(await spendResetToken(old, 'new')).toBeNull()
  const [replaced, newest] = await database.asOperator(async () => [
    await createResetLink(id, 60),
    await createResetLink(id, 60),
  ])
  expect(await spendResetToken('made up', 'new')).toBeNull()
  expect(await spendResetToken(String(replaced), 'new')).toBeNull()
  expect(await getPasswordHash(id)).toBe('hash-1')
  for (const dead of [old, String(replaced), 'made up']) expect(await findResetPerson(dead)).toBeNull()
  expect(await findResetPerson(String(newest))).toMatchObject({ email })
  expect(await spendResetToken(String(newest), 'new')).toBe(id)
  expect(await findResetPerson(String(newest))).toBeNull()
})

test('of two hundred at once a bucket of ten lets exactly ten through', async () => {
  const bucket = { bucket: randomUUID(), capacity: 10, perSecond: 0.001 }
  const turns = await Promise.all(Array.from({ length: 200 }, () => takeToken(bucket)))
  expect(turns.filter(({ allowed }) => allowed)).toHaveLength(10)
  expect(turns.find(({ allowed }) => !allowed)?.retryAfter).toBeGreaterThan(900)
})

test('who waits as long as a refusal says is let in, also after asking all the time', async () => {
  const bucket = { bucket: randomUUID(), capacity: 1, perSecond: 1 / 60 }
  await takeToken(bucket)
  for (let n = 0; n < 20; n++) await takeToken(bucket)
  const { retryAfter } = await takeToken(bucket)
  expect(retryAfter).toBe(60)
  await database.as(
    'migrator',
  )`update rate_limits set updated_at = updated_at - ${past(retryAfter)}::interval where bucket = ${bucket.bucket}`
  expect(await takeToken(bucket)).toEqual({ allowed: true, retryAfter: 0 })
})

test('a turn of several tokens takes them all or none, and waits for all of them', async () => {
  const bucket = { bucket: randomUUID(), capacity: 30, perSecond: 0.5 }
  const turns = await Promise.all(Array.from({ length: 9 }, () => takeToken({ ...bucket, cost: 8 })))
  expect(turns.filter(({ allowed }) => allowed)).toHaveLength(3)
  expect(turns.find(({ allowed }) => !allowed)?.retryAfter).toBe(4)
  expect((await takeToken({ ...bucket, cost: 6 })).allowed).toBe(true)
  expect(await takeToken({ ...bucket, cost: 30 })).toEqual({ allowed: false, retryAfter: 60 })
})

test('of fifty guesses at once ten are let in, and no more in any fifteen minutes', async () => {
  const gates = await Promise.all(Array.from({ length: 50 }, () => signInAllowed(email, 'net')))
  expect(gates.filter(({ allowed }) => allowed)).toHaveLength(10)
  const sql = database.as('migrator')
  const wait = (seconds: number) => sql`
    update sign_in_failures set recent = array(select one - ${past(seconds)}::interval from unnest(recent) one)
    where failures = 10 and last_at > now() - interval '1 minute'`
  await wait(14 * 60)
  expect(await signInAllowed(email, 'net')).toMatchObject({ allowed: false, locked: false })
  await wait(61)
  expect(await signInAllowed(email, 'net')).toEqual({ allowed: true })
})

test('a hundred wrong ones in a row lock, however slowly they come; a right one before that clears', async () => {
  const sql = database.as('migrator')
  const passWindow = () => sql`update sign_in_failures set recent = '{}'`
  const count = async () => {
    let allowed = 0
    for (let n = 0; n < 130; n++) {
      if (n % 8 === 0) await passWindow()
      if ((await signInAllowed(email, 'net')).allowed) allowed++
    }
    return allowed
  }
  expect(await count()).toBe(100)
  expect(await signInAllowed(email, 'net')).toEqual({ allowed: false, locked: true, retryAfter: 0 })
  await clearSignInFailures(email)
  expect(await signInAllowed(email, 'net')).toEqual({ allowed: true })
})

test('a try that was never made is not counted', async () => {
  for (let n = 0; n < 15; n++) {
    expect(await signInAllowed(email, 'net')).toEqual({ allowed: true })
    await returnSignIn(email)
  }
})

test('a network pays for wrong passwords only', async () => {
  const net = randomUUID()
  for (let n = 0; n < 100; n++) await recordSignInFailure(net)
  expect(await signInAllowed(`${randomUUID()}@harbour.example`, net)).toMatchObject({
    allowed: false,
    locked: false,
  })
  expect(await signInAllowed(email, 'another')).toEqual({ allowed: true })
})
