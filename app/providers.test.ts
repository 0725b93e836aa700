import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as accounts from '@/db/queries/accounts'
import { listEvents } from '@/db/queries/events'
import { linkProvider, listLinks, type Provider, signInByProvider, unlinkProvider } from '@/db/queries/links'
import {
  createMailToken,
  useMailToken as spendMailToken,
  useResetToken as spendResetToken,
} from '@/db/queries/tokens'
import { startTestDatabase, type TestDatabase } from '@/db/test-database'
import { type GitHubPerson, goThrough, startGitHub, startOpenId } from './providers.testing'

const HOME = 'http://localhost:4399'
const google = await startOpenId(`${HOME}/api/auth/callback/google`)
const oidc = await startOpenId(`${HOME}/api/auth/callback/oidc`)
const github = await startGitHub()
for (const [name, value] of Object.entries({
  PUBLIC_URL: HOME,
  DATABASE_URL: 'postgres://nobody:nothing@localhost/none',
  AUTH_SECRET: 'q8Zr2vTn5LxWc0KdYb7MgEuHs3JpFa1o',
  GOOGLE_ID: google.id,
  GOOGLE_SECRET: google.secret,
  GOOGLE_ISSUER: google.issuer,
  OIDC_ID: oidc.id,
  OIDC_SECRET: oidc.secret,
  OIDC_ISSUER: oidc.issuer,
  OIDC_NAME: 'Harbour Mutual',
  GITHUB_ID: github.id,
  GITHUB_SECRET: github.secret,
  GITHUB_URL: github.url,
}))
  vi.stubEnv(name, value)
const { askNextAuth, beginAtProvider, CHECK_COOKIES } = await import('./next-auth')
const { checkCredentials } = await import('./credentials')
const { hashPassword } = await import('./passwords')
const { providers } = await import('./providers')
const { findLearner, openSession } = await import('./sessions')
type Asker = Parameters<typeof askNextAuth>[1]

const PASSWORD = 'a heron stood by the lock'
const hash = await hashPassword(PASSWORD)
const visitor = { device: 'Firefox on Linux', origin: 'network' }
let database: TestDatabase
let sql: ReturnType<TestDatabase['as']>
let made = 0
let email: string
beforeAll(async () => {
  database = await startTestDatabase()
  sql = database.as('migrator')
})
beforeEach(() => {
  email = `maya-${++made}@harbour.example`
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterAll(async () => {
  await Promise.all([google.stop(), oidc.stop(), github.stop()])
  await database.stop()
})

const anAsker = (more: Partial<Asker> = {}): Asker => ({ visitor, former: null, ...more })

/** An account with a password; `verified` when it has proved its address. */
async function account({ verified = false } = {}) {
  const person = { email, name: 'Maya', timeZone: 'Europe/Lisbon', passwordHash: hash }
  const id = String((await accounts.createAccount(person))?.id)
  if (verified) await sql`update users set email_verified_at = now() where id = ${id}`
  return id
}

function known(provider: 'google' | 'oidc', claims: object = {}): string {
  const sub = `${provider}-${made}-${Math.random().toString(36).slice(2)}`
  const { people } = provider === 'google' ? google : oidc
  people.set(sub, { sub, email, email_verified: true, name: 'Maya Okafor', ...claims })
  return sub
}

/** All the way to the provider and back. */
async function go(provider: Provider, person: string, asker = anAsker()) {
  const begun = await beginAtProvider(provider, asker)
  if (!begun) throw new Error(`${provider} does not answer`)
  const query = await goThrough(begun.url, person, HOME)
  return askNextAuth({ path: ['callback', provider], query, cookies: begun.checks }, asker)
}
const whoIs = async (sid: string | null) => (sid ? ((await findLearner(sid))?.id ?? null) : null)
const countOf = async (address: string) =>
  (await sql`select count(*)::int as count from users where email = ${address}`)[0]?.count

test('the ways in are those whose variables are set, by the names that they have', () => {
  expect(providers).toEqual([
    { id: 'google', name: 'Google' },
    { id: 'oidc', name: 'Harbour Mutual' },
    { id: 'github', name: 'GitHub' },
  ])
})

test('nobody makes this house ask a provider without end', async () => {
  const busy = anAsker({ visitor: { ...visitor, origin: 'busy-network' } })
  await sql`insert into rate_limits (bucket, tokens, updated_at) values ('provider-asks:busy-network', 1.5, now())`
  const begun = await beginAtProvider('oidc', busy)
  expect(begun?.url).toContain(oidc.issuer)
  const call = { path: ['callback', 'oidc'] as ['callback', 'oidc'], query: { code: 'x', state: 'x' } }
  expect(await askNextAuth(call, busy)).toMatchObject({ sid: null, refusal: { code: 'provider' } })
  expect(await beginAtProvider('oidc', busy)).toBeNull()
  expect(await beginAtProvider('oidc', anAsker()), 'another network').not.toBeNull()
})

describe.each(['google', 'oidc'] as const)('%s', (provider) => {
  test('makes an account at the first sign-in and finds it at the next, whatever the address is then', async () => {
    const sub = known(provider)
    const first = await go(provider, sub, anAsker({ errand: { timeZone: 'Asia/Tokyo' } }))
    const id = await whoIs(first.sid)
    expect(first).toMatchObject({ refusal: null, sid: expect.stringMatching(/^[\w-]{43}$/) })
    const { people } = provider === 'google' ? google : oidc
    people.set(sub, { sub, email: `moved-${made}@harbour.example`, email_verified: false })
    const again = await go(provider, sub)
    expect(await whoIs(again.sid)).toBe(id)
    expect(await accounts.getAccount(String(id))).toMatchObject({
      email,
      name: 'Maya Okafor',
      timeZone: 'Asia/Tokyo',
      emailVerifiedAt: expect.any(Date),
    })
    expect((await listEvents(String(id), 9)).map(({ what }) => what)).toEqual([
      `sign-in:${provider}`,
      `sign-in:${provider}`,
      `linked:${provider}`,
      'created',
    ])
  })

  test('S-26 is asked with state, nonce and PKCE, and the answer is for this browser only', async () => {
    const begun = await beginAtProvider(provider, anAsker())
    const url = new URL(String(begun?.url))
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(url.searchParams.get(name), name).toMatch(/^[\w-]{43}$/)
    expect(url.searchParams.get('redirect_uri')).toBe(`${HOME}/api/auth/callback/${provider}`)
    expect(Object.keys(begun?.checks ?? {}).sort()).toEqual([...CHECK_COOKIES].sort())
  })
})

describe('S-25 an address links nothing by itself', () => {
  test.each([false, undefined, 'true', 1])(
    'S-25 one that is not verified (%j) signs nobody in',
    async (said) => {
      const id = await account()
      const answer = await go('oidc', known('oidc', { email_verified: said }))
      expect(answer).toMatchObject({ sid: null, refusal: { code: 'unverified' } })
      expect(await listLinks(id)).toEqual([])
      email = `new-${made}@harbour.example`
      expect(await go('google', known('google', { email_verified: said }))).toMatchObject({ sid: null })
      expect(await countOf(email)).toBe(0)
    },
  )

  test('S-25 an account that has proved the address is not linked, and another subject does not get in', async () => {
    const id = await account({ verified: true })
    expect(await go('google', known('google'))).toMatchObject({ sid: null, refusal: { code: 'exists' } })
    expect(await listLinks(id)).toEqual([])
    email = `two-${made}@harbour.example`
    const first = await go('oidc', known('oidc'))
    expect(first.sid).not.toBeNull()
    expect(await go('oidc', known('oidc'))).toMatchObject({ sid: null, refusal: { code: 'exists' } })
    expect(await go('google', known('google'))).toMatchObject({ sid: null, refusal: { code: 'exists' } })
  })

  test('S-25 what somebody prepared on an address that is not theirs ends when it is proved', async () => {
    const id = await account()
    const planted = await openSession(id, visitor, null)
    await linkProvider(
      id,
      { provider: 'github', subject: `attacker-${made}`, email: null, name: 'X' },
      visitor,
    )
    const reset = String(await createMailToken({ accountId: id, purpose: 'reset', email, minutes: 60 }))
    const change = { accountId: id, purpose: 'change', email: `x-${made}@evil.example`, minutes: 60 } as const
    const moved = String(await createMailToken(change))
    const owner = await go('google', known('google'))
    expect(await whoIs(owner.sid)).toBe(id)
    expect(await checkCredentials(email, PASSWORD, visitor)).toEqual({ refusal: { code: 'mismatch' } })
    expect(await accounts.getPasswordHash(id)).toBeNull()
    expect(await findLearner(planted)).toBeNull()
    expect((await listLinks(id)).map(({ provider }) => provider)).toEqual(['google'])
    expect(await spendResetToken(reset, hash)).toBeNull()
    expect(await spendMailToken(moved, visitor)).toBeNull()
    expect((await listEvents(id, 9)).map(({ what }) => what)).toContain('password-removed')
  })

  test('S-25 of twenty at once who are new one account is made', async () => {
    const identity = { provider: 'oidc' as const, subject: `many-${made}`, email, name: 'Maya' }
    const options = { signUpOpen: true, timeZone: 'UTC', from: visitor }
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => signInByProvider(identity, options)),
    )
    expect(await countOf(email)).toBe(1)
    const ids = all.flatMap((one) =>
      one.status === 'fulfilled' && 'accountId' in one.value ? [one.value.accountId] : [],
    )
    expect(new Set(ids).size).toBe(1)
  })

  test('where sign-up is closed nobody new is let in, and who is known is', async () => {
    const identity = { provider: 'oidc' as const, subject: `closed-${made}`, email, name: 'Maya' }
    const at = (signUpOpen: boolean) =>
      signInByProvider(identity, { signUpOpen, timeZone: 'UTC', from: visitor })
    expect(await at(false)).toEqual({ refusal: 'closed' })
    expect(await at(true)).toMatchObject({ isNew: true })
    expect(await at(false)).toMatchObject({ isNew: false })
    await sql`update users set suspended_at = now() where email = ${email}`
    expect(await at(true)).toEqual({ refusal: 'suspended' })
  })
})

describe('linking from the settings', () => {
  test('is for the session that began it, and then signs in; the address plays no part', async () => {
    const id = await account({ verified: true })
    const sid = await openSession(id, visitor, null)
    const { sessionId = '' } = (await findLearner(sid)) ?? {}
    const sub = known('oidc', { email: 'elsewhere@harbour.example', email_verified: false })
    const asker = anAsker({ former: sid, errand: { timeZone: 'UTC', linkTo: sessionId } })
    expect(await go('oidc', sub, asker)).toMatchObject({ linked: true, sid: null, refusal: null })
    expect(await whoIs((await go('oidc', sub)).sid)).toBe(id)
    expect(await go('oidc', known('oidc'), asker)).toMatchObject({
      linked: false,
      refusal: { code: 'another' },
    })
  })

  test('S-26 does nothing when another session came in between, or none is left', async () => {
    const id = await account({ verified: true })
    const sid = await openSession(id, visitor, null)
    const { sessionId = '' } = (await findLearner(sid)) ?? {}
    const errand = { timeZone: 'UTC', linkTo: sessionId }
    email = `other-${made}@harbour.example`
    const other = await openSession(await account(), visitor, null)
    for (const former of [other, null]) {
      const answer = await go('oidc', known('oidc'), anAsker({ former, errand }))
      expect(answer).toMatchObject({ linked: false, sid: null, refusal: { code: 'swapped' } })
    }
    expect(await sql`select from linked_accounts where email = ${email}`).toHaveLength(0)
  })

  test('what signs in one person is not linked to another', async () => {
    const sub = known('oidc')
    expect((await go('oidc', sub)).sid).not.toBeNull()
    email = `other-${made}@harbour.example`
    const sid = await openSession(await account(), visitor, null)
    const { sessionId = '' } = (await findLearner(sid)) ?? {}
    const asker = anAsker({ former: sid, errand: { timeZone: 'UTC', linkTo: sessionId } })
    expect(await go('oidc', sub, asker)).toMatchObject({ linked: false, refusal: { code: 'taken' } })
  })

  test('the last way in cannot be taken away, not by two at once either', async () => {
    const id = String(await whoIs((await go('google', known('google'))).sid))
    expect(await unlinkProvider(id, 'google', visitor)).toBe(false)
    await linkProvider(id, { provider: 'oidc', subject: `second-${made}`, email, name: 'M' }, visitor)
    const both = await Promise.all(['google', 'oidc'].map((name) => unlinkProvider(id, name, visitor)))
    expect(both.filter(Boolean)).toHaveLength(1)
    await accounts.changePassword(id, hash, visitor)
    expect((await listLinks(id)).length).toBe(1)
    expect(await unlinkProvider(id, String((await listLinks(id))[0]?.provider), visitor)).toBe(true)
    expect(await unlinkProvider(id, 'github', visitor)).toBe(false)
  })
})

describe('S-26 an answer that was not asked for signs nobody in', () => {
  /** Begins in two browsers, and gives what each holds. */
  async function twoBrowsers() {
    const [mine, theirs] = [
      await beginAtProvider('oidc', anAsker()),
      await beginAtProvider('oidc', anAsker()),
    ]
    if (!mine || !theirs) throw new Error('the provider does not answer')
    return { mine, theirs, said: await goThrough(mine.url, known('oidc'), HOME) }
  }
  const without = (checks: Record<string, string>, part: string) =>
    Object.fromEntries(Object.entries(checks).filter(([name]) => !name.endsWith(part)))

  test.each<
    [
      string,
      (all: Awaited<ReturnType<typeof twoBrowsers>>) => [Record<string, string>, Record<string, string>],
    ]
  >([
    ['in a browser that began nothing', ({ said }) => [said, {}]],
    ['with another state', ({ said, mine }) => [{ ...said, state: 'made-up' }, mine.checks]],
    ['without a state', ({ said, mine }) => [{ code: String(said.code) }, mine.checks]],
    ['in another browser that began too (login CSRF)', ({ said, theirs }) => [said, theirs.checks]],
    ['without the check of PKCE', ({ said, mine }) => [said, without(mine.checks, 'pkce')]],
    [
      'with the PKCE of another',
      ({ said, mine, theirs }) => [said, { ...mine.checks, ...pick(theirs.checks, 'pkce') }],
    ],
    ['without the check of the nonce', ({ said, mine }) => [said, without(mine.checks, 'nonce')]],
    [
      'with the nonce of another',
      ({ said, mine, theirs }) => [said, { ...mine.checks, ...pick(theirs.checks, 'nonce') }],
    ],
    ['with a code that was made up', ({ said, mine }) => [{ ...said, code: 'made-up' }, mine.checks]],
    ['from another issuer', ({ said, mine }) => [{ ...said, iss: google.issuer }, mine.checks]],
    [
      'with an error',
      ({ said, mine }) => [{ error: 'access_denied', state: String(said.state) }, mine.checks],
    ],
  ])('S-26 %s', async (_, spoil) => {
    const all = await twoBrowsers()
    const [query, cookies] = spoil(all)
    const answer = await askNextAuth({ path: ['callback', 'oidc'], query, cookies }, anAsker())
    expect(answer).toMatchObject({ sid: null, linked: false })
    expect(await countOf(email)).toBe(0)
    const right = {
      path: ['callback', 'oidc'] as ['callback', Provider],
      query: all.said,
      cookies: all.mine.checks,
    }
    if (query.code !== all.said.code) expect((await askNextAuth(right, anAsker())).sid).not.toBeNull()
  })

  test('S-26 that was begun at one provider and comes back at another', async () => {
    const begun = await beginAtProvider('oidc', anAsker())
    const query = await goThrough(String(begun?.url), known('oidc'), HOME)
    const path: ['callback', Provider] = ['callback', 'google']
    expect(await askNextAuth({ path, query, cookies: begun?.checks }, anAsker())).toMatchObject({ sid: null })
  })

  test('S-26 a second time', async () => {
    const { mine, said } = await twoBrowsers()
    const call = { path: ['callback', 'oidc'] as ['callback', Provider], query: said, cookies: mine.checks }
    expect((await askNextAuth(call, anAsker())).sid).not.toBeNull()
    expect((await askNextAuth(call, anAsker())).sid).toBeNull()
  })
})

const pick = (checks: Record<string, string>, part: string) =>
  Object.fromEntries(Object.entries(checks).filter(([name]) => name.endsWith(part)))

describe('GitHub', () => {
  const person = (emails: GitHubPerson['emails'], public_: string | null = null) => {
    const id = 1000 + made
    github.people.set(String(id), { id, login: `maya${made}`, email: public_, emails })
    return String(id)
  }

  test('signs in by its number with the primary address, which it says is verified', async () => {
    const code = person([
      { email: 'old@harbour.example', primary: false, verified: true },
      { email: email.toUpperCase(), primary: true, verified: true },
    ])
    const id = await whoIs((await go('github', code)).sid)
    expect(await accounts.getAccount(String(id))).toMatchObject({ email, name: `maya${made}` })
    const [row] = await sql`select subject from linked_accounts where user_id = ${String(id)}`
    expect(row?.subject).toBe(code)
    const { body: authorize } = github.asked.findLast(({ path }) => path.endsWith('authorize')) ?? {}
    expect(authorize?.get('code_challenge_method')).toBe('S256')
    expect(authorize?.get('state')).toMatch(/^[\w-]{43}$/)
    const { body: token } = github.asked.findLast(({ path }) => path.endsWith('access_token')) ?? {}
    expect(token?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  })

  test('S-25 the address of its profile is not believed, nor a primary one that is not verified', async () => {
    const victim = await account()
    const code = person([{ email, primary: true, verified: false }], email)
    expect(await go('github', code)).toMatchObject({ sid: null, refusal: { code: 'unverified' } })
    expect(await go('github', person([], email))).toMatchObject({
      sid: null,
      refusal: { code: 'unverified' },
    })
    expect(await listLinks(victim)).toEqual([])
  })

  test('S-26 its answer is for this browser only', async () => {
    const begun = await beginAtProvider('github', anAsker())
    const code = person([{ email, primary: true, verified: true }])
    const query = await goThrough(String(begun?.url), code, HOME)
    const path: ['callback', Provider] = ['callback', 'github']
    for (const [said, cookies] of [
      [query, {}],
      [{ ...query, state: 'made-up' }, begun?.checks],
      [query, without(begun?.checks ?? {}, 'pkce')],
    ] as const)
      expect((await askNextAuth({ path, query: said, cookies }, anAsker())).sid).toBeNull()
  })
  const without = (checks: Record<string, string>, part: string) =>
    Object.fromEntries(Object.entries(checks).filter(([name]) => !name.endsWith(part)))
})

test('a provider that does not answer is said so, and nothing is begun', async () => {
  const gone = await startOpenId(`${HOME}/x`)
  await gone.stop()
  const { providerConfigs } = await import('./providers')
  const config = providerConfigs.find(({ id }) => id === 'oidc')
  const { wellKnown } = config ?? {}
  Object.assign(config ?? {}, { wellKnown: `${gone.issuer}/.well-known/openid-configuration` })
  expect(await beginAtProvider('oidc', anAsker())).toBeNull()
  Object.assign(config ?? {}, { wellKnown })
})
