import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { startEmbedded } from '../../db/embedded'
import { notedPid, until } from '../testing'
import { atLeast, atMost, type Experiment, exactly, type Figure, type Given, patience } from './experiment'
import { type House, openHouse, type Person } from './house'
import { READ_LESSON } from './readers'
import { judge, startWriters } from './writers'

export const experiment: Experiment = {
  id: 'R-02',
  what: 'Postgres is restarted under load, in order and by force, and one that hangs up while a connection begins stands in for it: lessons stay readable, writes are told that they wait, and all is well 2 s after it is back.',
  run,
}

/** What the postmaster takes for a fast and for an immediate shutdown. */
const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const

async function run(given: Given) {
  return { figures: [...(await restart(given)), ...(await hangUp(given))] }
}

async function restart({ size, random, say }: Given): Promise<Figure[]> {
  const times = size === 'full' ? 10 : 1
  const house = await openHouse()
  try {
    const people = await house.makeLearners(size === 'full' ? 20 : 5)
    const [reader] = people
    await read(house.url, reader)
    const writers = await startWriters(house.url, people, random, { pauseMs: 200 })
    const web = notedPid(house.dataDir, 'web')
    const back: number[] = []
    let unread = 0
    for (const [mode, signal] of Object.entries(SIGNALS)) {
      for (let time = 1; time <= times; time++) {
        await pause(random.between(800, 2000))
        process.kill(await postmaster(house), signal)
        if ((await read(house.url, reader)) !== 200) unread++
        const ready = await untilAnswers(house)
        await until('Serving again', house.started, async () => (await progress(house.url, reader)) === 200)
        back.push(Date.now() - ready)
        say(`${mode} ${time} of ${times}: served ${back.at(-1)} ms after Postgres was ready`)
      }
    }
    await writers.stop()
    const { adminUrl } = await house.findDatabase()
    const { acknowledged, lost, twice, halfWritten } = await judge(writers.ledger, adminUrl)
    const slack = patience({ size }, 6)
    return [
      exactly('Restarts', back.length, 2 * times),
      atLeast('Acknowledged writes', acknowledged, people.length),
      exactly('Lost', lost, 0),
      exactly('Twice', twice, 0),
      exactly('Half written', halfWritten, 0),
      exactly('Answers 500', writers.ledger.trouble.get('500') ?? 0, 0),
      exactly('Lessons not readable meanwhile', unread, 0),
      atMost('Served after Postgres was ready', Math.max(...back) / 1000, 2 * slack, 's'),
      atMost('Slowest write', writers.ledger.slowest / 1000, 8 * slack, 's'),
      exactly('Web processes started anew', Number(notedPid(house.dataDir, 'web') !== web), 0),
    ]
  } finally {
    await house.stop()
  }
}

async function postmaster(house: House): Promise<number> {
  return until('A Postgres', house.started, () => {
    try {
      return Number(
        readFileSync(join(house.dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n', 1)[0],
      )
    } catch {
      return null
    }
  })
}

/** When the database answered again, after it was seen not to. */
async function untilAnswers(house: House): Promise<number> {
  const answers = async () => {
    const { adminUrl } = await house.findDatabase()
    const sql = postgres(adminUrl, { max: 1, connect_timeout: 2, onnotice: () => undefined })
    return sql`select 1`
      .then(() => true)
      .catch(() => false)
      .finally(() => sql.end({ timeout: 1 }))
  }
  // Told to end, it lets a connection or two begin before it does.
  await until('Going', house.started, () =>
    house.started.lines.some((line) => line.startsWith('Postgres ended')),
  )
  await until('Coming back', house.started, answers)
  // What was said of this restart must not be taken for the next one.
  house.started.lines.splice(0)
  return Date.now()
}

async function read(url: string, person: Person | undefined): Promise<number> {
  return ask(url + READ_LESSON, person)
}

async function progress(url: string, person: Person | undefined): Promise<number> {
  return ask(`${url}/api/progress?course=git`, person)
}

async function ask(address: string, person: Person | undefined): Promise<number> {
  const answer = await fetch(address, {
    headers: { cookie: person?.cookie ?? '' },
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  await answer?.body?.cancel()
  return answer?.status ?? 0
}

/** A server that stands before Postgres and, while `hangsUp`, closes each connection as soon as the client has spoken. */
async function startStub(target: number) {
  let hangsUp = false
  let refused = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => undefined).on('close', () => open.delete(client))
    if (hangsUp) {
      refused++
      client.once('data', () => client.end())
      return
    }
    const behind = connect(target, '127.0.0.1')
    behind.on('error', () => client.destroy()).on('close', () => client.destroy())
    client.on('close', () => behind.destroy())
    client.pipe(behind).pipe(client)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return {
    port,
    hangUp(on: boolean) {
      hangsUp = on
      refused = 0
      for (const socket of open) socket.destroy()
    },
    refused: () => refused,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

async function hangUp({ size, random, say }: Given): Promise<Figure[]> {
  const seconds = size === 'full' ? 20 : 2
  const folder = mkdtempSync(join(tmpdir(), 'slipway-stub-'))
  const database = await startEmbedded({ dataDir: folder })
  const stub = await startStub(Number(new URL(database.adminUrl).port))
  const through = (address: string) => {
    const url = new URL(address)
    url.port = String(stub.port)
    return url.href
  }
  try {
    const house = await openHouse({
      env: {
        DATABASE_URL: through(database.urlFor('app')),
        VERIFIER_DATABASE_URL: through(database.urlFor('verifier')),
        MIGRATOR_DATABASE_URL: database.adminUrl,
      },
    })
    try {
      const people = await house.makeLearners(5)
      const writers = await startWriters(house.url, people, random, { pauseMs: 200 })
      await read(house.url, people[0])
      const before = writers.ledger.slowest
      say(`hanging up for ${seconds} s`)
      stub.hangUp(true)
      const began = Date.now()
      let unread = 0
      let slowest = 0
      while (Date.now() - began < seconds * 1000) {
        const asked = performance.now()
        if ((await read(house.url, people[0])) !== 200) unread++
        slowest = Math.max(slowest, performance.now() - asked)
        await pause(200)
      }
      const perSecond = stub.refused() / seconds
      stub.hangUp(false)
      const back = Date.now()
      await until('Serving again', house.started, async () => (await progress(house.url, people[0])) === 200)
      const served = Date.now() - back
      await writers.stop()
      const { lost, twice, halfWritten } = await judge(writers.ledger, database.adminUrl)
      const slack = patience({ size }, 6)
      return [
        { name: 'Hanging up: slowest write before', value: before / 1000, unit: 's' },
        atMost('Hanging up: slowest write', writers.ledger.slowest / 1000, 8 * slack, 's'),
        atMost('Hanging up: slowest page', slowest / 1000, 8 * slack, 's'),
        exactly('Hanging up: lessons not readable', unread, 0),
        exactly('Hanging up: answers 500', writers.ledger.trouble.get('500') ?? 0, 0),
        atMost('Hanging up: connections tried', perSecond, 100, '/s'),
        atMost('Hanging up: served after the end of it', served / 1000, 2 * slack, 's'),
        exactly('Hanging up: lost, twice, half written', lost + twice + halfWritten, 0),
      ]
    } finally {
      await house.stop()
    }
  } finally {
    stub.close()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
