import { Agent, type ClientRequest, get } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { findEmbedded } from '../../db/embedded'
import { makePeople, type Person } from '../faults/house'
import { memoryOf, quantile } from '../faults/readers'
import { notedPid } from '../testing'
import type { Step } from './figures'
import { CODE_LESSON, COURSE, type House, LESSON } from './house'

const FEW = 10
const MANY = 1000
/** How long somebody looks at a page: between these, 15 s in the middle. */
const THINK_MS = [10_000, 20_000] as const
/** Everybody has come, and has read a page, before anything is timed. */
const SETTLE_MS = THINK_MS[1]
const MEASURE_MS = 45_000

const PAGES = [LESSON, CODE_LESSON, '/learn/cloud-deployment/notebook-to-service', COURSE, '/dashboard']
const MB = 1024 * 1024

type Load = { p95: number; memory: number; perSecond: number; failed: number; cores: number }

/** One web process, fresh, with ten signed-in readers and with a thousand, in turn. */
export async function measureReaders(house: House, rounds: number): Promise<Step> {
  const people = await makeReaders(house)
  await restartWeb(house)
  await warmUp(house, people.slice(0, FEW))
  const few: Load[] = []
  const many: Load[] = []
  for (let round = 0; round < rounds; round++) {
    few.push(await read(house, people.slice(0, FEW)))
    many.push(await read(house, people))
  }
  const of = (loads: Load[], part: keyof Load) => loads.map((load) => load[part])
  const ratios = many.map((load, at) => load.p95 / (few[at]?.p95 ?? Number.NaN))
  const [fewMb, manyMb] = [(few[0]?.memory ?? Number.NaN) / MB, Math.max(...of(many, 'memory')) / MB]
  const step = 'readers'
  return {
    figures: [
      {
        step,
        name: 'Pages that did not come',
        samples: [[...of(few, 'failed'), ...of(many, 'failed')].reduce((sum, one) => sum + one, 0)],
        unit: 'pages',
        limit: { kind: 'at most', value: 0 },
      },
      { step, name: `Page, 95th of a hundred, ${FEW} readers`, samples: of(few, 'p95'), unit: 'ms' },
      { step, name: `Page, 95th of a hundred, ${MANY} readers`, samples: of(many, 'p95'), unit: 'ms' },
      { step, name: `Page, 95th of a hundred, ${MANY} readers / ${FEW}`, samples: ratios },
      { step, name: `Memory of the web process at most, ${FEW} readers`, samples: [fewMb], unit: 'MB' },
      { step, name: `Memory of the web process at most, ${MANY} readers`, samples: [manyMb], unit: 'MB' },
      { step, name: `Memory of the web process, ${MANY} readers / ${FEW}`, samples: [manyMb / fewMb] },
      { step, name: `Pages a second, ${MANY} readers`, samples: of(many, 'perSecond'), unit: 'pages/s' },
      { step, name: `Cores that the house used, ${FEW} readers`, samples: of(few, 'cores') },
      { step, name: `Cores that the house used, ${MANY} readers`, samples: of(many, 'cores') },
    ],
    remarks: [
      `Each reader has a session of their own and looks at a page for ${THINK_MS[0] / 1000} to ${THINK_MS[1] / 1000} s before the next: a lesson in three of five, the course, the dashboard. Web process, Postgres and who asks share the cores. The page is what is timed, under gzip, without its scripts and fonts, which a browser has.`,
    ],
  }
}

async function makeReaders({ dataDir }: House): Promise<Person[]> {
  const database = await findEmbedded(dataDir)
  if (!database) throw new Error(`No database runs on ${dataDir}`)
  const people: Person[] = []
  // A hundred at a time: each has 8 s.
  while (people.length < MANY) people.push(...(await makePeople(database.urlFor('app'), 100)))
  return people
}

/** What earlier steps left in memory would be counted; the supervisor starts another process. */
async function restartWeb({ dataDir, origin }: House): Promise<void> {
  const before = notedPid(dataDir, 'web')
  process.kill(before, 'SIGKILL')
  for (let tries = 0; tries < 600; tries++) {
    await pause(100)
    const answer = await fetch(`${origin}/readyz`).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok && notedPid(dataDir, 'web') !== before) return
  }
  throw new Error('the web process did not come back within a minute')
}

/** Long enough for the compiler to have seen each page some hundred times. */
async function warmUp({ origin }: House, people: Person[]): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  await Promise.all(
    people.map(async ({ cookie }) => {
      for (let page = 0; page < 150; page++) await timed(agent, origin + pageAt(page), cookie)
    }),
  )
  agent.destroy()
}

const pageAt = (turn: number) => PAGES[turn % PAGES.length] ?? LESSON

/** Everybody reads one page after another; timed from when all have come. */
async function read(house: House, people: Person[]): Promise<Load> {
  const agent = new Agent({ keepAlive: true })
  const pid = notedPid(house.dataDir, 'web')
  const began = performance.now() + SETTLE_MS
  const ends = began + MEASURE_MS
  const times: number[] = []
  let [memory, failed] = [0, 0]
  const watching = setInterval(() => {
    memory = Math.max(memory, memoryOf(pid))
  }, 200)
  const think = () => THINK_MS[0] + Math.random() * (THINK_MS[1] - THINK_MS[0])
  const reading = people.map(async ({ cookie }, at) => {
    await pause(Math.random() * SETTLE_MS)
    for (let turn = at; performance.now() < ends; turn++) {
      const asked = performance.now()
      const ms = await timed(agent, house.origin + pageAt(turn), cookie)
      if (Number.isNaN(ms)) failed++
      else if (asked >= began) times.push(ms)
      await pause(Math.min(think(), Math.max(0, ends - performance.now())))
    }
  })
  await pause(SETTLE_MS)
  const before = house.cpuSeconds()
  await pause(MEASURE_MS)
  const cores = (house.cpuSeconds() - before) / (MEASURE_MS / 1000)
  await Promise.all(reading)
  clearInterval(watching)
  agent.destroy()
  return { p95: quantile(times, 0.95), memory, perSecond: times.length / (MEASURE_MS / 1000), failed, cores }
}

/** Milliseconds from the request to the last byte; NaN when the page did not come. */
function timed(agent: Agent, url: string, cookie: string): Promise<number> {
  const began = performance.now()
  return new Promise((done) => {
    const asking: ClientRequest = get(
      url,
      { agent, headers: { cookie, 'accept-encoding': 'gzip' } },
      (answer) => {
        answer.on('end', () => done(answer.statusCode === 200 ? performance.now() - began : Number.NaN))
        answer.on('error', () => done(Number.NaN))
        answer.resume()
      },
    )
    asking.on('error', () => {
      // The server had just closed a connection that waited: a browser asks again too.
      if (asking.reusedSocket) void timed(agent, url, cookie).then(done)
      else done(Number.NaN)
    })
  })
}
