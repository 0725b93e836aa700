import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { clearUp, launch, until, untilServed } from '../testing'
import { atLeast, atMost, type Experiment, exactly, type Figure, type Given, patience } from './experiment'
import { makePeople, openHouse, type Person } from './house'
import { quantile, startReading } from './readers'
import { judge, startWriters } from './writers'

export const experiment: Experiment = {
  id: 'R-03',
  what: 'The disk fills: that of the data, that of the log of Postgres, those of the log files and of what is temporary. Writes are told that they wait, lessons stay readable, nothing acknowledged is lost, and all is well when there is room.',
  run,
}

const PORT = Number(process.env.FAULTS_PORT ?? 4145)
const MB = 1024 * 1024

/** Disks of their own, as parts of the data folder and with their size in MB. */
const DISKS = { data: ['postgres/data', 160], wal: ['postgres/data/pg_wal', 96], logs: ['logs', 2] } as const

/**
 * A house whose disks are small, in a mount namespace of its own: nothing of them is seen from outside, and nobody need be
 * root. `inside` is how this process reaches its files.
 */
async function openSmallHouse() {
  const first = await openHouse({ port: PORT })
  const { dataDir, url } = first
  await first.stop({ keep: true })
  const at = (part: string) => `'${join(dataDir, part)}'`
  const mounts = Object.values(DISKS).map(([part, size]) =>
    [
      `mkdir -p ${at(part)} && cp -a ${at(part)} ${at('copy')}`,
      `mount -t tmpfs -o size=${size}m,mode=700 none ${at(part)}`,
      `cp -a ${at('copy')}/. ${at(part)}/ && rm -r ${at('copy')}`,
    ].join(' && '),
  )
  const temporary = `mkdir -p ${at('tmp')} && mount -t tmpfs -o size=1m none ${at('tmp')}`
  const script = [...mounts, temporary, `exec '${process.execPath}' scripts/start.mjs`].join(' && ')
  const userSpace = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const started = launch('unshare', ['--mount', ...userSpace, 'sh', '-c', script], {
    PORT: String(PORT),
    PUBLIC_URL: url,
    DATA_DIR: dataDir,
    TMPDIR: join(dataDir, 'tmp'),
  })
  await untilServed(started)
  const inside = `/proc/${started.child.pid}/root${dataDir}`
  return {
    url,
    started,
    path: (part: string) => join(inside, part),
    // Not with findEmbedded: under this name of the folder it would take the server for somebody else's, and its pid file away.
    urlFor(role: 'app' | 'migrator') {
      const secrets = JSON.parse(readFileSync(join(inside, 'postgres/secrets.json'), 'utf8'))
      const port = readFileSync(join(inside, 'postgres/port'), 'utf8').trim()
      return `postgres://${role}:${secrets[role]}@127.0.0.1:${port}/slipway`
    },
    async stop() {
      if (started.child.exitCode === null && started.child.signalCode === null) {
        started.child.kill('SIGTERM')
        await started.ended
      }
      clearUp(dataDir)
    },
  }
}

type SmallHouse = Awaited<ReturnType<typeof openSmallHouse>>

async function run(given: Given) {
  const { size, random, say } = given
  const house = await openSmallHouse()
  try {
    // The ledger knows one draft a person: whoever writes the big ones is nobody of it.
    const [big, ...people] = await makePeople(house.urlFor('app'), size === 'full' ? 21 : 6)
    const writers = await startWriters(house.url, people, random, { pauseMs: 200 })
    const figures: Figure[] = []
    await until('Writing', house.started, () => writers.ledger.lastAcknowledged > 0)
    figures.push(...(await warn(house)))
    say('the disks of the log files and of what is temporary are full')
    figures.push(...(await fillAside(house, writers.ledger)))
    say('the disk of the data is full')
    figures.push(...(await fill(house, [big, people[0]], 'data', given, 5)))
    say('the disk of the log of Postgres is full')
    figures.push(...(await fill(house, [big, people[0]], 'wal', given, 30)))
    await writers.stop()
    const { acknowledged, lost, twice, halfWritten } = await judge(writers.ledger, house.urlFor('migrator'))
    figures.push(
      atLeast('Acknowledged writes', acknowledged, people.length),
      exactly('Lost', lost, 0),
      exactly('Twice', twice, 0),
      exactly('Half written', halfWritten, 0),
      exactly('Answers 500', writers.ledger.trouble.get('500') ?? 0, 0),
    )
    return {
      figures,
      remarks: [
        'Disks are memory file systems of 160, 96, 2 and 1 MB. Without room for its log Postgres ends, by design, and is started again until there is some; lessons are then read by those who were seen in the last ten minutes.',
      ],
    }
  } finally {
    await house.stop()
  }
}

/** At 88 % it is said, and nothing else changes. */
async function warn(house: SmallHouse): Promise<Figure[]> {
  const remove = ballast(house.path(DISKS.data[0]), 0.88)
  try {
    const answer = await fetch(`${house.url}/readyz`)
    const said = await answer.text()
    return [
      exactly('At 88 %: ready', answer.status, 200),
      exactly('At 88 %: warned', Number(said.includes('filling up')), 1),
    ]
  } finally {
    remove()
  }
}

async function fillAside(house: SmallHouse, ledger: { lastAcknowledged: number }): Promise<Figure[]> {
  const removes = [ballast(house.path('logs'), 1), ballast(house.path('tmp'), 1)]
  try {
    // Each request writes a line of the access log, which has no room.
    const began = Date.now()
    const pages = startReading(house, undefined)
    await pause(2000)
    await pages.stop()
    await until('Writing', house.started, () => ledger.lastAcknowledged > began + 1500)
    const ready = await fetch(`${house.url}/readyz`)
    return [exactly('Logs and temporary files full: ready, and people write', ready.status, 200)]
  } finally {
    for (const remove of removes) remove()
  }
}

/** Fills a disk, watches, makes room, and measures. Big drafts are what meets the end of it. */
async function fill(
  house: SmallHouse,
  [writer, reader]: (Person | undefined)[],
  disk: 'data' | 'wal',
  { size }: Given,
  recoverWithin: number,
): Promise<Figure[]> {
  const name = disk === 'data' ? 'Data disk full' : 'Log disk full'
  const slack = patience({ size }, 6)
  const reading = startReading(house, reader)
  const began = Date.now()
  const remove = ballast(house.path(DISKS[disk][0]), 1)
  let red = Number.NaN
  const watching = (async () => {
    while (Number.isNaN(red) && Date.now() - began < 30_000) {
      const status = await fetch(`${house.url}/readyz`).then(
        ({ status }) => status,
        () => 0,
      )
      if (status === 503) red = Date.now() - began
      await pause(100)
    }
  })()
  let refused: { status: number; text: string } | null = null
  try {
    for (let turn = 0; turn < 400 && !refused; turn++) {
      const answer = await writeBig(house, writer, turn)
      if (answer.status >= 500 || answer.status === 0) refused = answer
      if (answer.status === 429) await pause(300)
    }
    await watching
    await pause(size === 'full' ? 8000 : 1000)
  } finally {
    remove()
  }
  const room = Date.now()
  await until('Writing again', house.started, async () => (await writeBig(house, writer, -1)).status === 200)
  const recovered = (Date.now() - room) / 1000
  await until('Being ready again', house.started, async () => (await fetch(`${house.url}/readyz`)).ok)
  const pages = await reading.stop()
  return [
    exactly(`${name}: what a write is answered`, refused?.status ?? Number.NaN, 503),
    exactly(`${name}: it says that it is not saved yet`, Number(refused?.text.includes('not saved yet')), 1),
    exactly(`${name}: lessons that did not come`, pages.filter(Number.isNaN).length, 0),
    atMost(`${name}: lesson, 95th of a hundred`, quantile(pages, 0.95), 1000 * slack, 'ms'),
    atMost(`${name}: not ready after`, red / 1000, 10, 's'),
    atMost(`${name}: writing after there is room`, recovered, recoverWithin * slack, 's'),
  ]
}

async function writeBig(house: SmallHouse, person: Person | undefined, turn: number) {
  const block = 'cloud-deployment/cloud-building-blocks/in-series'
  // Noise, which the database cannot compress away.
  const noise = Array.from({ length: 20_000 }, () => Math.random().toString(36).slice(2, 10)).join('')
  const answer = await fetch(`${house.url}/api/drafts/${block}`, {
    method: 'PUT',
    headers: { cookie: person?.cookie ?? '', origin: house.url, 'content-type': 'application/json' },
    body: JSON.stringify({ base: 0, state: { turn, noise } }),
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  const text = (await answer?.text()) ?? ''
  // Each is a version of its own, which a draft that came second is; it is kept like any other.
  const status = answer?.status ?? 0
  return { status: status === 409 ? 200 : status, text }
}

/** Fills a disk up to a part of it. Gives the way to make room again. */
function ballast(folder: string, part: number): () => void {
  const file = join(folder, 'ballast')
  const { blocks, bfree, bsize } = statfsSync(folder)
  const bytes = Math.floor((bfree - blocks * (1 - part)) * bsize)
  writeFileSync(file, '')
  try {
    const chunk = Buffer.alloc(MB)
    for (let left = bytes; left > 0; left -= chunk.length)
      writeFileSync(file, chunk.subarray(0, Math.min(left, chunk.length)), { flag: 'a' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return () => rmSync(file, { force: true })
}
