import { readdirSync, readFileSync, statSync } from 'node:fs'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { notedPid } from '../testing'
import { atLeast, atMost, type Experiment, type Figure, type Given } from './experiment'
import { type House, openHouse, type Person } from './house'
import { SITE, startCaddy, startNginx } from './proxy'
import { countOpenOf, quantile, READ_LESSON } from './readers'

export const experiment: Experiment = {
  id: 'R-09',
  what: 'Two thousand clients send their headers or bodies a letter at a time, or read what they asked for as slowly: readers hardly notice, and every one of them is cut off in time.',
  shortIn: 'scripts/front-door.process.test.ts',
  run,
}

const COUNTS = {
  full: { headers: 1000, body: 500, reading: 500 },
  short: { headers: 40, body: 20, reading: 20 },
}
const ATTACK_MS = { full: 180_000, short: 70_000 }
const IDLE_MS = { full: 20_000, short: 5000 }
/** A letter this often: below every limit on silence. */
const DRIP_MS = 2000

/** They do not hang up when they are told to. */
const HALF_OPEN = { allowHalfOpen: true }

type Sort = keyof (typeof COUNTS)['full']

/** A way to the house: itself, or a proxy before it. */
type Way = {
  name: string
  origin: string
  cookie: (person: Person | undefined) => string
  open: () => Socket
  get: (path: string, cookie: string) => Promise<IncomingMessage>
  countOpen: () => number
}

async function run(given: Given) {
  const found = [
    await attackItself(given),
    await attackProxy(given, 'nginx', startNginx),
    await attackProxy(given, 'Caddy', startCaddy),
  ]
  return {
    figures: found.flatMap(({ figures }) => figures),
    remarks: found.flatMap(({ remarks }) => remarks),
  }
}

async function attackItself(given: Given) {
  const house = await given.openHouse()
  try {
    const { port } = new URL(house.url)
    const get = (path: string, cookie: string) =>
      answerOf(plainRequest({ host: 'localhost', port, path, headers: { cookie } }))
    return await attack(given, house, {
      name: 'Directly',
      origin: house.url,
      cookie: (person) => person?.cookie ?? '',
      open: () => connect({ host: 'localhost', port: Number(port), ...HALF_OPEN }),
      get,
      countOpen: () => countOpenOf(notedPid(house.dataDir, 'web')),
    })
  } finally {
    await house.stop()
  }
}

async function attackProxy(given: Given, name: string, start: typeof startNginx) {
  const origin = `https://${SITE}`
  const house = await openHouse({ env: { PUBLIC_URL: origin, TRUST_PROXY: 'on' } })
  const to = Number(new URL(house.url).port)
  const proxy = await start(to, to + 1).catch(async (error: unknown) => {
    await house.stop()
    throw error
  })
  const tls = { host: 'localhost', port: proxy.port, servername: SITE, rejectUnauthorized: false }
  try {
    const found = await attack(given, house, {
      name: `Through ${name}`,
      origin,
      cookie: (person) => `__Host-${person?.cookie}`,
      open: () => connectTls({ ...tls, ...HALF_OPEN }),
      get: (path, cookie) => answerOf(tlsRequest({ ...tls, path, headers: { host: SITE, cookie } })),
      countOpen: () => proxy.countOpen() + countOpenOf(notedPid(house.dataDir, 'web')),
    })
    return { ...found, remarks: [...found.remarks, `${proxy.version} with its file in deploy/.`] }
  } finally {
    await proxy.stop()
    await house.stop()
  }
}

async function attack({ size, say }: Given, house: House, way: Way) {
  const people = await house.makeLearners(51)
  const [reader, ...others] = people
  const cookie = way.cookie(reader)
  // What is loaded with the first page shall not count as the attack's.
  await readFor(way, cookie, 3000)
  const idle = quantile(await readFor(way, cookie, IDLE_MS[size]), 0.95)
  const openBefore = way.countOpen()
  say(`${way.name}: p95 ${Math.round(idle)} ms without, ${openBefore} files open`)
  const slow = startSlow(way, others, COUNTS[size])
  const times = await readFor(way, cookie, ATTACK_MS[size])
  const during = quantile(times, 0.95)
  const openDuring = way.countOpen()
  const lives = slow.stop()
  const openAfter = await untilBack(way, openBefore)
  say(
    `${way.name}: p95 ${Math.round(during)} ms with them, ${openDuring} files open, ${openAfter} afterwards`,
  )
  const figure = (name: string, make: (name: string) => Figure) => make(`${way.name}: ${name}`)
  const longest = (sort: Sort) => Math.max(...lives[sort]) / 1000
  return {
    figures: [
      figure('sockets that were open at once', (name) => ({ name, value: slow.most() })),
      figure('lessons read meanwhile', (name) => atLeast(name, times.length, 10)),
      figure('p95 of a lesson without them', (name) => ({ name, value: idle, unit: 'ms' })),
      figure('p95 of a lesson with them', (name) => atMost(name, during, 2 * idle, 'ms')),
      figure('longest life of a socket with slow headers', (name) =>
        atMost(name, longest('headers'), 30, 's'),
      ),
      figure('longest life of a socket with a slow body', (name) => atMost(name, longest('body'), 60, 's')),
      figure('longest life of a socket that reads slowly', (name) => ({
        name,
        value: longest('reading'),
        unit: 's',
      })),
      figure('files open afterwards, more or fewer than before', (name) =>
        atMost(name, Math.abs(openAfter - openBefore), 20),
      ),
    ],
    remarks: [] as string[],
  }
}

/** Reads a lesson again and again for `ms`. Gives every time that it took, NaN where it did not come. */
async function readFor(way: Way, cookie: string, ms: number): Promise<number[]> {
  const times: number[] = []
  for (const until = performance.now() + ms; performance.now() < until; ) {
    const began = performance.now()
    const answer = await way.get(READ_LESSON, cookie).catch(() => null)
    for await (const _ of answer ?? []);
    times.push(answer?.statusCode === 200 ? performance.now() - began : Number.NaN)
    await pause(50)
  }
  return times
}

function answerOf(asking: ReturnType<typeof plainRequest>): Promise<IncomingMessage> {
  return new Promise((done, failed) => {
    asking.setTimeout(20_000, () => asking.destroy(new Error('no answer in time')))
    asking.on('response', done).on('error', failed).end()
  })
}

/** Keeps so many slow clients going, a new one for each that was cut off. They go on when they are told that it is over. */
function startSlow(way: Way, people: Person[], counts: Record<Sort, number>) {
  const lives: Record<Sort, number[]> = { headers: [], body: [], reading: [] }
  const living = new Map<Socket, { sort: Sort; since: number }>()
  let isOver = false
  let most = 0
  const file = largestFile()
  const open = (sort: Sort, n: number) => {
    if (isOver) return
    const socket = way.open()
    const since = performance.now()
    living.set(socket, { sort, since })
    most = Math.max(most, living.size)
    const write = (text: string) => void (socket.destroyed || socket.write(text, () => undefined))
    write(headOf(sort, way, people[n % people.length], file))
    const timer = setInterval(() => {
      if (sort === 'reading') socket.read(16)
      else write('a')
    }, DRIP_MS)
    if (sort === 'reading') socket.pause()
    else socket.resume()
    socket.on('error', () => undefined)
    socket.once('close', () => {
      clearInterval(timer)
      living.delete(socket)
      if (isOver) return
      lives[sort].push(performance.now() - since)
      setTimeout(open, 200, sort, n)
    })
  }
  for (const sort of ['headers', 'body', 'reading'] as const)
    for (let n = 0; n < counts[sort]; n++) setTimeout(open, (n * 10_000) / counts[sort], sort, n)
  return {
    most: () => most,
    /** Ends them. Gives how long each lived, those that live still included, in milliseconds. */
    stop: () => {
      isOver = true
      const now = performance.now()
      for (const [socket, { sort, since }] of living) {
        lives[sort].push(now - since)
        socket.destroy()
      }
      return lives
    },
  }
}

function headOf(sort: Sort, way: Way, person: Person | undefined, file: string): string {
  const host = `Host: ${new URL(way.origin).host}\r\n`
  if (sort === 'headers') return `GET ${READ_LESSON} HTTP/1.1\r\n${host}X-Slow: `
  if (sort === 'reading') return `GET ${file} HTTP/1.1\r\n${host}\r\n`
  const headers = `Origin: ${way.origin}\r\nCookie: ${way.cookie(person)}\r\nContent-Type: application/json\r\n`
  return `POST /api/attempts HTTP/1.1\r\n${host}${headers}Content-Length: 100000\r\n\r\n{"id": "`
}

/** The largest file that anybody may ask for, as an address. */
function largestFile(): string {
  const { version } = JSON.parse(readFileSync('.runner/manifest.json', 'utf8')) as { version: string }
  const names = readdirSync(`.runner/${version}`).filter((name) => !/\.(br|gz)$/.test(name))
  const [largest] = names.toSorted(
    (a, b) => statSync(`.runner/${version}/${b}`).size - statSync(`.runner/${version}/${a}`).size,
  )
  return `/runner/${version}/${largest}`
}

/** Waits until about as many files are open as before, for at most half a minute. Gives how many there are. */
async function untilBack(way: Way, before: number): Promise<number> {
  for (let tries = 0; tries < 60 && Math.abs(way.countOpen() - before) > 20; tries++) await pause(500)
  return way.countOpen()
}
