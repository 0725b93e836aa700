import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hashSync } from '@node-rs/argon2'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as accounts from '@/db/queries/accounts'
import { listSessions, revokeAllSessions, revokeSessionById } from '@/db/queries/sessions'
import { createResetLink, useResetToken as spendResetToken } from '@/db/queries/tokens'
import { startTestDatabase, type TestDatabase } from '@/db/test-database'

vi.stubEnv('DATABASE_URL', 'postgres://nobody:nothing@localhost/none')
vi.stubEnv('AUTH_SECRET', 'q8Zr2vTn5LxWc0KdYb7MgEuHs3JpFa1o')
const { askAgain, checkCredentials, checkPassword } = await import('./credentials')
const { hashCount, hashPassword, needsRehash } = await import('./passwords')
const { closeSession, findLearner, openSession, recallLearner } = await import('./sessions')

const PASSWORD = 'a heron stood by the lock'
let database: TestDatabase
let made = 0

beforeAll(async () => {
  database = await startTestDatabase()
})

afterAll(() => database.stop())

/** Each from a network of its own, so that one test's failures are not another's. */
const from = (origin = `network-${made}`) => ({ origin, device: 'Firefox on Linux' })

async function account(passwordHash?: string) {
  const email = `maya-${++made}@harbour.example`
  const hash = passwordHash ?? (await hashPassword(PASSWORD))
  const created = await accounts.createAccount({
    email,
    name: 'Maya',
    timeZone: 'Europe/Lisbon',
    passwordHash: hash,
  })
  return { id: String(created?.id), email }
}

async function counted<T>(work: () => Promise<T>): Promise<{ result: T; hashes: number }> {
  const before = hashCount()
  return { result: await work(), hashes: hashCount() - before }
}

describe('an e-mail and a password', () => {
  test('sign in, however the address is typed', async () => {
    const { id, email } = await account()
    expect(await checkCredentials(`  ${email.toUpperCase()} `, PASSWORD, from())).toEqual({ account: { id } })
  })

  test('known, unknown and impossible addresses get the same answer for the same work', async () => {
    const { email } = await account()
    const known = await counted(() => checkCredentials(email, 'not the password', from()))
    const unknown = await counted(() =>
      checkCredentials('nobody@harbour.example', 'not the password', from()),
    )
    const impossible = await counted(() => checkCredentials('no address', 'not the password', from()))
    expect(known).toEqual({ result: { refusal: { code: 'mismatch' } }, hashes: 1 })
    expect(unknown).toEqual(known)
    expect(impossible).toEqual(known)
  })

  test('a hash of less cost is made anew at the first sign-in', async () => {
    const weak = hashSync(PASSWORD, { memoryCost: 4096, timeCost: 1, parallelism: 1 })
    const { id, email } = await account(weak)
    await checkCredentials(email, PASSWORD, from())
    const stored = String(await accounts.getPasswordHash(id))
    expect(needsRehash(stored)).toBe(false)
    expect(await checkCredentials(email, PASSWORD, from())).toEqual({ account: { id } })
  })

  test.each(['known', 'unknown'])(
    'of 50 guesses at once at a %s address ten are looked at',
    async (which) => {
      const email = which === 'known' ? (await account()).email : `unknown-${++made}@harbour.example`
      const { result, hashes } = await counted(() =>
        Promise.all(
          Array.from({ length: 50 }, (_, i) => checkCredentials(email, `guess number ${i}`, from())),
        ),
      )
      expect(hashes).toBe(10)
      const limited = result.filter((one) => 'refusal' in one && one.refusal.code === 'limited')
      expect(limited).toHaveLength(40)
      expect(await checkCredentials(email, PASSWORD, from())).toMatchObject({ refusal: { code: 'limited' } })
    },
  )

  test('one password tried on many addresses from one network is stopped at a hundred', async () => {
    const spray = (i: number) =>
      checkCredentials(`spray-${i}@harbour.example`, 'Summer in Lisbon 1', from('sprayer'))
    await spray(0)
    const [row] = await database.as(
      'migrator',
    )`select tokens from rate_limits where bucket = 'wrong-from:sprayer'`
    expect(row?.tokens).toBe(99)
    await database.as(
      'migrator',
    )`update rate_limits set tokens = 2, updated_at = now() where bucket = 'wrong-from:sprayer'`
    expect(await spray(1)).toEqual({ refusal: { code: 'mismatch' } })
    expect(await spray(2)).toEqual({ refusal: { code: 'mismatch' } })
    expect(await spray(3)).toMatchObject({ refusal: { code: 'limited' } })
  })

  test('S-22 sixty people behind one address sign in, with fifteen typing errors among them', async () => {
    const { id, email } = await account()
    for (let i = 0; i < 15; i++)
      await checkCredentials(`class-${i}@harbour.example`, 'a typing error', from('classroom'))
    for (let i = 0; i < 60; i++) {
      expect(await checkCredentials(email, PASSWORD, from('classroom'))).toEqual({ account: { id } })
    }
  })

  test("a hundred wrong ones in a row lock the address until the operator's link is used", async () => {
    const { id, email } = await account()
    const sql = database.as('migrator')
    for (let i = 0; i < 100; i++) {
      await checkCredentials(email, 'not the password', from(`stuffer-${i}`))
      await sql`update sign_in_failures set recent = '{}'`
    }
    expect(await checkCredentials(email, PASSWORD, from('owner'))).toEqual({ refusal: { code: 'locked' } })
    const token = await createResetLink(id, 60)
    expect(await spendResetToken(token, await hashPassword('another heron came by'))).toBe(id)
    expect(await checkCredentials(email, 'another heron came by', from('owner'))).toEqual({ account: { id } })
  })

  test('a suspended account is told so to who knows its password, and to nobody else', async () => {
    const { id, email } = await account()
    const sql = database.as('migrator')
    await sql`update users set suspended_at = now() where id = ${id}`
    expect(await checkCredentials(email, PASSWORD, from())).toEqual({ refusal: { code: 'suspended' } })
    expect(await checkCredentials(email, 'not the password', from())).toEqual({
      refusal: { code: 'mismatch' },
    })
  })

  test('wrong present passwords count like wrong sign-ins', async () => {
    const learner = await account()
    for (let i = 0; i < 10; i++)
      expect(await checkPassword(learner, 'not the password', from())).toEqual({ code: 'mismatch' })
    expect(await checkPassword(learner, PASSWORD, from())).toMatchObject({ code: 'limited' })
  })
})

describe('S-35 what cannot be undone asks again', () => {
  const ask = async (id: string, email: string, password: string | undefined, age = '0 minutes') => {
    const sid = await openSession(id, from(), null)
    const { sessionId = '' } = (await findLearner(sid)) ?? {}
    await database.as('migrator')`
      update sessions set created_at = created_at - ${age}::interval where user_id = ${id}`
    return askAgain({ id, email, sessionId }, password, from())
  }

  test('S-35 for the password, however fresh the session is', async () => {
    const { id, email } = await account()
    const refused = { field: 'currentPassword', text: 'This is not your present password.' }
    expect(await ask(id, email, undefined)).toEqual(refused)
    expect(await ask(id, email, '')).toEqual(refused)
    expect(await ask(id, email, 'not the password')).toEqual(refused)
    expect(await ask(id, email, PASSWORD, '29 days')).toBeNull()
  })

  test('S-35 for a sign-in of the last five minutes, where there is no password', async () => {
    const { id, email } = await account()
    await database.as('migrator')`delete from passwords where user_id = ${id}`
    expect(await ask(id, email, undefined, '4 minutes')).toBeNull()
    const refused = { text: expect.stringMatching(/^This asks for a sign-in of the last five minutes/) }
    expect(await ask(id, email, undefined, '6 minutes')).toEqual(refused)
    expect(await ask(id, email, PASSWORD, '1 day')).toEqual(refused)
    const other = await account()
    const sid = await openSession(other.id, from(), null)
    const { sessionId = '' } = (await findLearner(sid)) ?? {}
    expect(await askAgain({ id, email, sessionId }, undefined, from()), 'another’s session').toEqual(refused)
  })

  test('S-35 in every action that changes how somebody gets in, or ends the account', () => {
    const actions = ['accounts', 'ways']
      .map((name) => readFileSync(`app/actions/${name}.ts`, 'utf8'))
      .join('\n')
    const parts = actions.split(/(?=^export const )/m)
    for (const name of ['changeEmail', 'changePassword', 'deleteAccount', 'changeWay']) {
      const part = parts.find((one) => one.startsWith(`export const ${name} =`)) ?? ''
      expect(
        part.slice(
          0,
          part.search(/after\(|storePassword\(|leaveForGood\(|startAtProvider\(|unlinkProvider\(/),
        ),
        name,
      ).toContain('const refused = await askAgain(learner, sent.currentPassword,')
    }
  })
})

test('S-73 what happens to an account is written down: what, when, from which device and network', async () => {
  const { id, email } = await account()
  const visitor = from('a-network')
  const sid = await openSession(id, visitor, null, 'sign-in:password')
  await checkCredentials(email, 'not the password', visitor)
  await checkCredentials('nobody@harbour.example', 'not the password', from('b-network'))
  await accounts.renameAccount(id, 'Maya O', visitor)
  await accounts.changePassword(id, await hashPassword(PASSWORD), visitor)
  await closeSession(sid, visitor)
  const sql = database.as('migrator')
  const rows =
    await sql`select what, device, origin, created_at from account_events where user_id = ${id} order by id`
  expect(rows.map(({ what }) => what)).toEqual([
    'created',
    'sign-in:password',
    'sign-in-failed',
    'name-changed',
    'password-changed',
    'sign-out',
  ])
  for (const row of rows.slice(1)) {
    expect(row).toMatchObject({ device: 'Firefox on Linux', origin: 'a-network' })
    expect(Math.abs(Date.now() - row.created_at.getTime())).toBeLessThan(60_000)
  }
  const house = await sql`select what, device from house_events where origin = 'b-network'`
  expect(house).toEqual([{ what: 'sign-in-failed', device: 'Firefox on Linux' }])
  for (const statement of [
    'update account_events set what = what',
    'delete from account_events',
    'delete from house_events',
  ])
    await expect(database.as('app').unsafe(statement)).rejects.toMatchObject({ code: '42501' })
})

describe('a session', () => {
  const open = async (id: string, former: string | null = null) => openSession(id, from(), former)

  test('names its person, and is kept as a hash only', async () => {
    const { id, email } = await account()
    const sid = await open(id)
    expect(sid).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await findLearner(sid)).toEqual({
      id,
      email,
      name: 'Maya',
      timeZone: 'Europe/Lisbon',
      sessionId: expect.any(String),
    })
    const sql = database.as('migrator')
    const [row] =
      await sql`select encode(sid_hash, 'hex') as hash, device from sessions where user_id = ${id}`
    expect(row).toEqual({ hash: createHash('sha256').update(sid).digest('hex'), device: 'Firefox on Linux' })
  })

  test('has a new id at each sign-in, and the one before in that browser ends', async () => {
    const { id } = await account()
    const first = await open(id)
    const second = await open(id, first)
    expect(second).not.toBe(first)
    expect(await findLearner(first)).toBeNull()
    expect(await findLearner(second)).toMatchObject({ id })
  })

  test('ends at sign-out, also for who kept the cookie', async () => {
    const { id } = await account()
    const sid = await open(id)
    expect(await findLearner(sid)).not.toBeNull()
    await closeSession(sid)
    expect(await findLearner(sid)).toBeNull()
    expect(recallLearner(sid)).toBeNull()
  })

  test.each([
    ['suspended', 'update users set suspended_at = now() where id = $1'],
    ['deleted', 'delete from users where id = $1'],
  ])('ends with the account that is %s', async (_, statement) => {
    const { id } = await account()
    const sid = await open(id)
    expect(await findLearner(sid)).not.toBeNull()
    await database.as('migrator').unsafe(statement, [id])
    expect(await findLearner(sid)).toBeNull()
  })

  test('ends alone, or with all others', async () => {
    const { id } = await account()
    const stranger = await account()
    const sids = [await open(id), await open(id), await open(id)] as const
    const [one, two, three] = await Promise.all(
      sids.map(async (sid) => (await findLearner(sid))?.sessionId ?? ''),
    )
    expect(await revokeSessionById(stranger.id, String(one))).toBe(false)
    expect(await revokeSessionById(id, String(one))).toBe(true)
    expect(await revokeSessionById(id, 'no id at all')).toBe(false)
    expect((await listSessions(id)).map((session) => session.id).sort()).toEqual([two, three].sort())
    await revokeAllSessions(id, three)
    expect(await Promise.all(sids.map(findLearner))).toEqual([
      null,
      null,
      expect.objectContaining({ sessionId: three }),
    ])
  })

  test('ends fourteen days after its last use and thirty after its beginning, within a minute', async () => {
    const { id } = await account()
    const sid = await open(id)
    const sql = database.as('migrator')
    const age = async (idle: number, absolute: number) => {
      await sql`update sessions set idle_expires_at = now() + make_interval(secs => ${idle}), expires_at = now() + make_interval(secs => ${absolute}) where user_id = ${id}`
      return (await findLearner(sid)) !== null
    }
    const [row] =
      await sql`select extract(epoch from idle_expires_at - now())::int as idle, extract(epoch from expires_at - now())::int as absolute from sessions where user_id = ${id}`
    expect(Math.abs(row?.idle - 14 * 86_400)).toBeLessThan(60)
    expect(Math.abs(row?.absolute - 30 * 86_400)).toBeLessThan(60)
    expect(await age(30, 30)).toBe(true)
    expect(await age(-1, 1000)).toBe(false)
    expect(await age(1000, -1)).toBe(false)
  })

  test('its use moves the idle end, at most every five minutes, and never past the absolute one', async () => {
    const { id } = await account()
    const sid = await open(id)
    const sql = database.as('migrator')
    const idle = async () => {
      await findLearner(sid)
      const [row] =
        await sql`select extract(epoch from idle_expires_at - now())::int as idle from sessions where user_id = ${id}`
      return Math.round(Number(row?.idle) / 3600)
    }
    await sql`update sessions set idle_expires_at = now() + interval '10 hours', last_seen_at = now() - interval '4 minutes' where user_id = ${id}`
    expect(await idle()).toBe(10)
    await sql`update sessions set last_seen_at = now() - interval '6 minutes' where user_id = ${id}`
    expect(await idle()).toBe(14 * 24)
    await sql`update sessions set expires_at = now() + interval '20 hours', last_seen_at = now() - interval '6 minutes' where user_id = ${id}`
    expect(await idle()).toBe(20)
  })
})
