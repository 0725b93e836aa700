import postgres from 'postgres'
import { openSql } from '../../db/connection'
import { atLeast, atMost, type Experiment, exactly, type Figure, type Given, patience } from './experiment'
import { type House, openHouse, type Person } from './house'
import { queryThroughPooler } from './pooler'
import { judge, startWriters } from './writers'

export const experiment: Experiment = {
  id: 'R-13',
  what: 'Every connection is taken, or a transaction is left open on a table: people are told within 3 s, and nothing hangs.',
  run,
}

async function run({ size, random, say }: Given) {
  const house = await openHouse()
  try {
    const people = await house.makeLearners(size === 'full' ? 20 : 5)
    const writers = await startWriters(house.url, people, random, { pauseMs: 300 })
    const figures: Figure[] = []
    say('every connection of the server is taken')
    figures.push(...(await takeEveryConnection(house, people, size)))
    say('a transaction is left open with the table of sessions locked')
    figures.push(...(await leaveTransactionOpen(house, people, size)))
    await writers.stop()
    const remarks: string[] = []
    if (size === 'full') {
      say('ten thousand queries through PgBouncer')
      const { urlFor } = await house.findDatabase()
      const { asked, errors, limit, version } = await queryThroughPooler(urlFor('app'), people, 10_000)
      figures.push(atLeast('Queries through a pooler in transaction mode', asked, 10_000))
      figures.push(exactly('Of these failed, or answered something else', errors.length, 0))
      remarks.push(
        `${version} with deploy/pgbouncer.ini; its connections have a statement_timeout of ${limit}.`,
      )
      if (errors[0]) remarks.push(`The first failure: ${errors[0].slice(0, 200)}`)
    }
    const { lost, twice, halfWritten, acknowledged } = await judge(
      writers.ledger,
      (await house.findDatabase()).adminUrl,
    )
    figures.push(atLeast('Acknowledged writes', acknowledged, people.length))
    figures.push(
      exactly('Lost', lost, 0),
      exactly('Twice', twice, 0),
      exactly('Half written', halfWritten, 0),
    )
    return { figures, remarks }
  } finally {
    await house.stop()
  }
}

/** Ends the connections of the web process and takes every place of the server before it comes back. */
async function takeEveryConnection(house: House, people: Person[], size: Given['size']): Promise<Figure[]> {
  const { urlFor } = await house.findDatabase()
  const control = postgres(urlFor('app'), { max: 1, onnotice: () => undefined })
  const held: postgres.Sql[] = []
  try {
    await control`select 1`
    for (let full = false; !full; ) {
      const one = postgres(urlFor('verifier'), { max: 1, onnotice: () => undefined, idle_timeout: 0 })
      full = await one`select 1`.then(
        () => false,
        () => true,
      )
      if (full) await one.end({ timeout: 1 })
      else held.push(one)
      // The web process has its own open: ended, their places are taken at the next turn.
      await control`select pg_terminate_backend(pid) from pg_stat_activity
        where usename = 'app' and pid <> pg_backend_pid()`
    }
    const during = await askAll(house, people)
    const began = performance.now()
    await Promise.all(held.splice(0).map((one) => one.end({ timeout: 1 })))
    const back = (await untilServed(house, people[0])) - began
    return [
      atMost(
        'All connections taken: slowest answer',
        Math.max(...during.map(({ ms }) => ms)),
        3000 * patience({ size }),
        'ms',
      ),
      exactly('All connections taken: no answer', during.filter(({ status }) => status === 0).length, 0),
      exactly('All connections taken: answers 500', during.filter(({ status }) => status === 500).length, 0),
      atMost('All connections taken: back after they are free', back, 1000 * patience({ size }), 'ms'),
    ]
  } finally {
    await Promise.all([control, ...held].map((one) => one.end({ timeout: 1 })))
  }
}

/** What a crashed program of the house would leave: the server ends it by its own limit. */
async function leaveTransactionOpen(house: House, people: Person[], size: Given['size']): Promise<Figure[]> {
  const leaky = openSql((await house.findDatabase()).urlFor('app'), { max: 1, name: 'leaky' })
  // postgres.js reserves only a connection that is open where it asks for no types.
  await leaky`select 1`
  const leak = await leaky.reserve()
  try {
    await leak`begin`
    await leak`lock table sessions in row exclusive mode`
    await leak`lock table sessions in access exclusive mode`
    const began = performance.now()
    const during = await askAll(house, [...people, ...people, ...people])
    if (size === 'short') await leak`rollback`
    const free = (await untilServed(house, people[0])) - began
    return [
      atMost(
        'Table locked: slowest answer of three a person',
        Math.max(...during.map(({ ms }) => ms)),
        3000 * patience({ size }),
        'ms',
      ),
      exactly('Table locked: no answer', during.filter(({ status }) => status === 0).length, 0),
      exactly('Table locked: answers 500', during.filter(({ status }) => status === 500).length, 0),
      ...(size === 'full' ? [atMost('Transaction left open: freed after', free / 1000, 16, 's')] : []),
    ]
  } finally {
    leak.release()
    await leaky.end({ timeout: 1 })
  }
}

async function askAll(house: House, people: Person[]): Promise<{ status: number; ms: number }[]> {
  return Promise.all(people.map((person) => ask(house, person)))
}

async function ask(house: House, person: Person | undefined): Promise<{ status: number; ms: number }> {
  const began = performance.now()
  const answer = await fetch(`${house.url}/api/progress?course=git`, {
    headers: { cookie: person?.cookie ?? '' },
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  await answer?.body?.cancel()
  return { status: answer?.status ?? 0, ms: performance.now() - began }
}

/** When somebody is served again, on the clock of `performance.now()`; NaN after 30 s without. */
async function untilServed(house: House, person: Person | undefined): Promise<number> {
  const deadline = performance.now() + 30_000
  while (performance.now() < deadline) {
    if ((await ask(house, person)).status === 200) return performance.now()
    await new Promise((done) => setTimeout(done, 20))
  }
  return Number.NaN
}
