import { setMaxListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { notedPid } from '../testing'
import { atLeast, atMost, type Experiment, exactly, type Figure, type Given, type Random } from './experiment'
import { type House, openHouse, type Person } from './house'
import { memoryOf, quantile, READ_LESSON, readPage } from './readers'
import { askToken, signIn, signOut } from './sign-in'
import { judge, startWriters } from './writers'

export const experiment: Experiment = {
  id: 'R-17',
  what: 'Thirty people read, answer, keep drafts, sign in and sign out for forty minutes: after the first twenty, memory, open files and connections stay where they are, and pages take no longer.',
  run,
}

const MB = 1024 * 1024
const HOUR = 60 * 60_000
const WATCH_TOKEN = 'soak-soak-soak-soak-soak-soak-soak'

/** What becomes free is given back a little later. */
const REST_MS = 2000
const COLLECT = pathToFileURL(join(import.meta.dirname, 'collect.mjs')).href

const PAGES = [
  ...['/', '/courses', '/courses/cloud-deployment', '/courses/data-structures', '/dashboard', '/settings'],
  ...[READ_LESSON, '/learn/cloud-deployment/cloud-building-blocks', '/learn/data-structures/binary-search'],
]

type Size = {
  people: number
  /** Rounds that nothing is made of, and rounds that are measured. */
  warm: number
  rounds: number
  /** How long people work in a round; then they pause and the process is weighed. */
  workMs: number
  /** Between two things of one person. */
  thinkMs: [number, number]
  awayMs: [number, number]
  sampleMs: number
}

const SIZES: Record<Given['size'], Size> = {
  full: {
    people: 30,
    warm: 10,
    rounds: 10,
    workMs: 110_000,
    thinkMs: [2000, 6000],
    awayMs: [20_000, 100_000],
    sampleMs: 2000,
  },
  short: {
    people: 5,
    warm: 0,
    rounds: 1,
    workMs: 1500,
    thinkMs: [100, 400],
    awayMs: [100, 400],
    sampleMs: 100,
  },
}

async function run({ size, random, say, openHouse }: Given) {
  const { people: count, warm, rounds, workMs, thinkMs, awayMs, sampleMs } = SIZES[size]
  const house = size === 'full' ? await openWeighed() : await openHouse()
  const watch = startWatching(house, (await house.findDatabase()).adminUrl, sampleMs)
  try {
    const people = await house.makeLearners(count)
    const pages: Timed[] = []
    const visits: Visits = { signIns: 0, failed: 0, undead: 0 }
    const weights: Weight[] = []
    let [acknowledged, wrong, trouble, began] = [0, 0, 0, Date.now()]
    for (let round = 1; round <= warm + rounds; round++) {
      const writers = await startWriters(house.url, people, random, { pauseMs: thinkMs[1] })
      const reading = startReading(house, people, random, thinkMs, pages)
      const coming = startComing(house, people, random, awayMs, visits)
      await pause(workMs)
      await Promise.all([writers.stop(), reading.stop(), coming.stop()])
      const judged = await judge(writers.ledger, (await house.findDatabase()).adminUrl)
      acknowledged += judged.acknowledged
      wrong += judged.lost + judged.twice + judged.halfWritten
      trouble += [...writers.ledger.trouble.values()].reduce((sum, times) => sum + times, 0)
      if (size === 'full') weights.push(await weigh(house))
      if (round === warm) began = Date.now()
      const { rss = 0, heap = 0 } = weights.at(-1) ?? {}
      say(
        `round ${round} of ${warm + rounds}: at rest ${mb(rss)} resident, ${mb(heap)} heap; ${watch.line()}`,
      )
    }
    const ended = Date.now()
    const least = size === 'full' ? count : 1
    const samples = await watch.stop()
    const within = <T extends { at: number }>(all: T[]) => all.filter(({ at }) => at >= began && at <= ended)
    return {
      figures: [
        atLeast('Pages read', pages.length, least),
        exactly('Pages that did not come', pages.filter(({ ms }) => Number.isNaN(ms)).length, 0),
        atLeast('Acknowledged writes', acknowledged, least),
        exactly('Writes that had to be sent again', trouble, 0),
        exactly('Lost, twice, half written', wrong, 0),
        atLeast('Sign-ins', visits.signIns, least),
        exactly('Sign-ins, pages after one and sign-outs that failed', visits.failed, 0),
        exactly('Read with a session that was signed out', visits.undead, 0),
        // What was weighed at the end of warming up is where the line begins.
        ...(size === 'full'
          ? drifts({ samples: within(samples), pages: within(pages), began, ended }, weights.slice(warm - 1))
          : []),
      ],
      remarks: [
        'A slope is the straight line of least squares, with its standard error. Memory is weighed every two minutes, while people pause for some seconds and after the process was told to throw away what nothing points to (`scripts/faults/collect.mjs`): left alone it holds several times that between two collections of its own.',
        '`/livez` touches nothing: what it takes longer at the end is what the machine gave less.',
      ],
    }
  } finally {
    await watch.stop()
    await house.stop()
  }
}

/** A house whose web process can be weighed. */
const openWeighed = () =>
  openHouse({ env: { METRICS_TOKEN: WATCH_TOKEN, NODE_OPTIONS: `--import=${COLLECT}` } })

const mb = (bytes: number) => `${(bytes / MB).toFixed(0)} MB`

type Timed = { at: number; ms: number }

type Span = { samples: Sample[]; pages: Timed[]; began: number; ended: number }

/** What R-17 asks of the time after warming up. */
function drifts({ samples, pages, began, ended }: Span, weights: Weight[]): Figure[] {
  const quarter = (ended - began) / 4
  const first = <T extends { at: number }>(all: T[]) => all.filter(({ at }) => at < began + quarter)
  const last = <T extends { at: number }>(all: T[]) => all.filter(({ at }) => at >= ended - quarter)
  const middle = (part: Part, from: Sample[]) =>
    quantile(
      from.map((sample) => sample[part]),
      0.5,
    )
  const rise = (part: Part) => middle(part, last(samples)) - middle(part, first(samples))
  const most = (part: Part) => Math.max(...samples.map((sample) => sample[part]))
  const p95 = (all: Timed[]) =>
    quantile(
      all.map(({ ms }) => ms),
      0.95,
    )
  const over = (all: Timed[]) => p95(last(all)) / p95(first(all))
  const cpu = (part: Sample[], done: Timed[]) =>
    ((part.at(-1)?.cpuSeconds ?? Number.NaN) - (part[0]?.cpuSeconds ?? Number.NaN)) / done.length
  const rss = slopeOf(weights.map(({ at, rss }) => [at, rss / MB]))
  const heap = slopeOf(weights.map(({ at, heap }) => [at, heap / MB]))
  return [
    atMost('Resident memory at rest, slope', rss.slope, 5, 'MB/h'),
    { name: 'Resident memory at rest, slope, give or take', value: rss.error, unit: 'MB/h' },
    atMost('Heap at rest, slope', heap.slope, 5, 'MB/h'),
    { name: 'Heap at rest, slope, give or take', value: heap.error, unit: 'MB/h' },
    {
      name: 'Resident memory at rest, least',
      value: Math.min(...weights.map(({ rss }) => rss)) / MB,
      unit: 'MB',
    },
    {
      name: 'Resident memory at rest, most',
      value: Math.max(...weights.map(({ rss }) => rss)) / MB,
      unit: 'MB',
    },
    { name: 'Heap at rest, most', value: Math.max(...weights.map(({ heap }) => heap)) / MB, unit: 'MB' },
    { name: 'Resident memory at work, most', value: most('rss') / MB, unit: 'MB' },
    atMost('Open files, median of the last quarter less that of the first', rise('files'), 5),
    { name: 'Open files, most', value: most('files') },
    atMost(
      'Connections of Postgres, median of the last quarter less that of the first',
      rise('connections'),
      0,
    ),
    atMost('Connections of Postgres, most', most('connections'), 10),
    atMost('Page, 95th of a hundred, last quarter over first', over(pages), 1.1),
    { name: 'Page, 95th of a hundred, first quarter', value: p95(first(pages)), unit: 'ms' },
    {
      name: '`/livez`, 95th of a hundred, last quarter over first',
      value: over(samples.map(({ at, livezMs }) => ({ at, ms: livezMs }))),
    },
    {
      name: 'Processor time of the web process a page, last quarter over first',
      value: cpu(last(samples), last(pages)) / cpu(first(samples), first(pages)),
    },
  ]
}

type Part = 'rss' | 'files' | 'connections'

type Sample = {
  at: number
  rss: number
  files: number
  /** Connections of everybody but the watcher. */
  connections: number
  cpuSeconds: number
  livezMs: number
}

/** Samples the web process from outside, and its database. */
function startWatching(house: House, adminUrl: string, everyMs: number) {
  const pid = notedPid(house.dataDir, 'web')
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined })
  const samples: Sample[] = []
  const control = new AbortController()
  const running = (async () => {
    while (await waited(everyMs, control.signal)) {
      const livezMs = await readPage(house, '', '/livez')
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and usename is not null`
      samples.push({
        at: Date.now(),
        rss: memoryOf(pid),
        files: readdirSync(`/proc/${pid}/fd`).length,
        connections: row?.count ?? Number.NaN,
        cpuSeconds: await metric(house, 'process_cpu_seconds_total'),
        livezMs,
      })
    }
  })()
  return {
    line() {
      const { rss = 0, files = 0, connections = 0 } = samples.at(-1) ?? {}
      return `${mb(rss)} at work, ${files} files, ${connections} connections`
    },
    async stop() {
      control.abort()
      await running
      await sql.end({ timeout: 2 })
      return samples
    },
  }
}

async function metric({ url }: House, name: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${WATCH_TOKEN}` } })
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.text())?.[1])
}

type Weight = { at: number; rss: number; heap: number }

/** What the web process holds when it does nothing and has thrown away what it does not need. */
async function weigh(house: House): Promise<Weight> {
  const pid = notedPid(house.dataDir, 'web')
  // The second time takes what only became free by the first.
  for (let time = 0; time < 2; time++) {
    process.kill(pid, 'SIGUSR2')
    await readPage(house, '', '/livez')
    await pause(REST_MS)
  }
  return { at: Date.now(), rss: memoryOf(pid), heap: await metric(house, 'process_heap_bytes') }
}

/** Everybody reads one page after another; each goes into `pages`. */
function startReading(
  house: House,
  people: Person[],
  random: Random,
  thinkMs: [number, number],
  pages: Timed[],
) {
  const control = stopFor(people.length)
  const running = people.map(async ({ cookie }) => {
    while (await waited(random.between(...thinkMs), control.signal)) {
      const ms = await readPage(house, cookie, random.pick(PAGES))
      pages.push({ at: Date.now(), ms })
    }
  })
  return {
    async stop() {
      control.abort()
      await Promise.all(running)
    },
  }
}

type Visits = { signIns: number; failed: number; undead: number }

/** Everybody comes on another device now and then: signs in, reads, signs out, and tries once more with the old cookie. */
function startComing(
  house: House,
  people: Person[],
  random: Random,
  awayMs: [number, number],
  visits: Visits,
) {
  const control = stopFor(people.length)
  const running = people.map(async (person) => {
    while (await waited(random.between(...awayMs), control.signal)) {
      const token = await askToken(house)
      const { status, cookie } = await signIn(house, person, token)
      visits.signIns++
      const read = cookie ? await readPage(house, cookie, '/dashboard') : Number.NaN
      const left = cookie ? await signOut(house, cookie, token) : 0
      if (status !== 200 || Number.isNaN(read) || left !== 200) visits.failed++
      if (cookie && !Number.isNaN(await readPage(house, cookie, '/dashboard'))) visits.undead++
    }
  })
  return {
    async stop() {
      control.abort()
      await Promise.all(running)
    },
  }
}

/** Ends what so many people are doing. */
function stopFor(people: number): AbortController {
  const control = new AbortController()
  // One for each, and each leaves when its pause is over.
  setMaxListeners(people, control.signal)
  return control
}

/** False when it was cut short. */
async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await pause(ms, null, { signal }).catch(() => null)
  return !signal.aborted
}

type Point = [at: number, value: number]

/** What a value gains an hour by the straight line of least squares through its points, and the standard error of that. */
function slopeOf(points: Point[]): { slope: number; error: number } {
  const mean = (of: (point: Point) => number) => points.reduce((sum, one) => sum + of(one), 0) / points.length
  const [middle, level] = [mean(([at]) => at), mean(([, value]) => value)]
  const spread = mean(([at]) => (at - middle) ** 2)
  const slope = mean(([at, value]) => (at - middle) * (value - level)) / spread
  const beside = mean(([at, value]) => (value - level - slope * (at - middle)) ** 2)
  return { slope: slope * HOUR, error: Math.sqrt(beside / (points.length - 2) / spread) * HOUR }
}
