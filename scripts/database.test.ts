import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEnv } from '../app/read-env'
import { closeDatabase, configureDatabase } from '../db/client'
import { type Embedded, startEmbedded } from '../db/embedded'
import { createAccount } from '../db/queries/accounts'
import { openDatabase } from './database'

/** A PostgreSQL that somebody else runs, with names of its own: our roles are taken away from it. */
const dataDir = mkdtempSync(join(tmpdir(), 'slipway-external-'))
let server: Embedded
let root: postgres.Sql
let made = 0

const addressOf = (user: string, password: string, database: string) => {
  const address = new URL(server.adminUrl)
  Object.assign(address, { username: user, password, pathname: `/${database}` })
  return address.href
}

beforeAll(async () => {
  server = await startEmbedded({ dataDir })
  const secrets = JSON.parse(readFileSync(join(dataDir, 'postgres/secrets.json'), 'utf8'))
  root = postgres(addressOf('postgres', secrets.postgres, 'postgres'), { max: 1, onnotice: () => undefined })
  await root`drop database slipway`
  await root`drop role migrator, app, verifier`
})
afterAll(async () => {
  await closeDatabase()
  await root.end({ timeout: 2 })
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** An account of this name with a database of its own. */
async function harbour(attributes: string) {
  const name = `harbour-${++made}`
  await root.unsafe(`create role "${name}" login ${attributes} password 'tide'`)
  await root.unsafe(`create database "${name}" owner "${name}"`)
  return { name, owner: addressOf(name, 'tide', name) }
}

const lines: string[] = []
async function open(variables: Record<string, string>, secret = 'q8Zr2vTn5LxWc0KdYb7MgEuHs3JpFa1o') {
  lines.length = 0
  const env = readEnv({ DATA_DIR: join(dataDir, 'house'), AUTH_SECRET: secret, ...variables })
  return (await openDatabase(env, (line) => lines.push(line))).urls
}

const roleIn = (address: string) => decodeURIComponent(new URL(address).username)

async function signUp(app: string) {
  configureDatabase(app)
  const email = `maya-${++made}@harbour.example`
  return createAccount({ email, name: 'Maya', timeZone: 'UTC', passwordHash: 'hash' })
}

/** What of these an address is refused for want of rights. */
async function refused(address: string, statements: string[]) {
  const sql = postgres(address, { max: 1, onnotice: () => undefined })
  const codes = await Promise.all(
    statements.map((statement) =>
      sql.unsafe(statement).then(
        () => 'done',
        ({ code }) => code,
      ),
    ),
  )
  await sql.end({ timeout: 2 })
  return statements.filter((_, at) => codes[at] === '42501')
}
const HISTORY = ['delete from attempts', 'update verdicts set passed = true', 'create table own (id int)']
const SECRETS = ['select * from passwords', 'select * from sessions', 'select email from users']

test('one account that may make roles gives the web process and the verifier roles that are held back', async () => {
  const { name, owner } = await harbour('createrole')
  const [urls, second] = await Promise.all([open({ DATABASE_URL: owner }), open({ DATABASE_URL: owner })])
  expect(second).toEqual(urls)
  expect([urls.app, urls.verifier].map((url) => roleIn(String(url)))).toEqual([
    `${name}_app`,
    `${name}_verifier`,
  ])
  expect(await signUp(urls.app)).toMatchObject({ id: expect.any(String) })
  expect(await refused(urls.app, HISTORY)).toEqual(HISTORY)
  expect(await refused(String(urls.verifier), [...HISTORY, ...SECRETS])).toEqual([...HISTORY, ...SECRETS])
  expect(lines.filter((line) => line.includes('no roles'))).toEqual([])

  expect(await open({ DATABASE_URL: owner })).toEqual(urls)
  const later = await open({ DATABASE_URL: owner }, 'another-Secret-of-4-7-and-9-letters!')
  expect(later.app).not.toBe(urls.app)
  expect(await signUp(later.app)).toMatchObject({ id: expect.any(String) })
})

test('one account that may make no roles is everybody, and a line says what that costs', async () => {
  const { owner } = await harbour('nocreaterole')
  const urls = await open({ DATABASE_URL: owner })
  expect(urls).toEqual({ app: owner, verifier: owner })
  expect(lines.join('\n')).toContain('could alter history')
  expect(await signUp(urls.app)).toMatchObject({ id: expect.any(String) })
})

test('a role of somebody else that has the name is left alone', async () => {
  const { name, owner } = await harbour('createrole')
  await root.unsafe(`create role "${name}_app" login password 'theirs'`)
  expect(await open({ DATABASE_URL: owner })).toEqual({ app: owner, verifier: owner })
  expect(await refused(addressOf(`${name}_app`, 'theirs', name), HISTORY)).toEqual(HISTORY)
})

test('three accounts of any names get the rights of their parts; without a third nobody is the verifier', async () => {
  const { name, owner } = await harbour('nocreaterole')
  await root.unsafe(`create role pages login password 'tide'`)
  await root.unsafe(`create role judge login password 'tide'`)
  const [pages, judge] = [addressOf('pages', 'tide', name), addressOf('judge', 'tide', name)]
  const two = { DATABASE_URL: pages, MIGRATOR_DATABASE_URL: owner }
  expect(await open(two)).toEqual({ app: pages, verifier: null })
  const parts = async () => {
    const sql = postgres(owner, { max: 1 })
    const rows = await sql`select part, role from house_roles order by part`
    await sql.end()
    return rows.map(({ part, role }) => `${part} ${role}`)
  }
  expect(await parts()).toEqual(['app pages'])
  const urls = await open({ ...two, VERIFIER_DATABASE_URL: judge })
  expect(urls).toEqual({ app: pages, verifier: judge })
  expect(await parts()).toEqual(['app pages', 'verifier judge'])
  expect(await signUp(pages)).toMatchObject({ id: expect.any(String) })
  expect(await refused(pages, HISTORY)).toEqual(HISTORY)
  expect(await refused(judge, [...HISTORY, ...SECRETS])).toEqual([...HISTORY, ...SECRETS])
  expect(await refused(judge, ['select * from attempts'])).toEqual([])

  // Without the third again: neither who was the verifier nor somebody of that name is one.
  await root.unsafe(`create role verifier login password 'theirs'`)
  await open(two)
  expect(await parts()).toEqual(['app pages'])
  for (const address of [judge, addressOf('verifier', 'theirs', name)])
    expect(await refused(address, ['select * from attempts'])).toHaveLength(1)
  expect(await signUp(pages)).toMatchObject({ id: expect.any(String) })
})
