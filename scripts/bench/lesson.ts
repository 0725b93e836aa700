import { execFile } from 'node:child_process'
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { type Figure, medianOf, type Step } from './figures'
import { BARE, CODE_LESSON, EMPTY, type House, LESSON } from './house'

const SECONDS = 4
/** Long enough for the compiler to have seen each page some hundred times. */
const WARM_SECONDS = 12
const CONNECTIONS = 8
/** What browsers say that they take; the house then answers in Brotli. */
const BROWSER = 'gzip, deflate, br, zstd'

type Load = {
  perSecond: number
  /** Answers for each second of processor time of the house: what a core of its own would give. */
  perCpuSecond: number
  bytes: number
}

/** Requests a second of the lesson page beside those of an empty page and of a bare handler, all on core 0. */
export async function measureLesson(house: House, rounds: number): Promise<Step> {
  if (process.platform !== 'linux' || cpus().length < 2)
    throw new Error('This figure needs Linux and two cores: one for the house, one for whoever asks.')
  house.setBytes(await pageOf(house))
  house.pin(0)
  try {
    for (const path of [EMPTY, BARE, LESSON, CODE_LESSON]) await load(house, path, BROWSER, WARM_SECONDS)
    const browser = await measure(house, rounds, BROWSER)
    const gzip = await measure(house, rounds, 'gzip')
    return {
      figures: [
        ...ratios('Brotli', browser, true),
        ...ratios('gzip', gzip, false),
        ...Object.entries(browser).flatMap(([path, samples]) => [
          {
            step: 'lesson',
            name: `${path}, Brotli, by the clock`,
            samples: samples.map(({ perSecond }) => perSecond),
            unit: 'requests/s',
          },
          {
            step: 'lesson',
            name: `${path}, Brotli, by processor time`,
            samples: samples.map(({ perCpuSecond }) => perCpuSecond),
            unit: 'requests/s',
          },
        ]),
      ],
      remarks: [
        `Bytes of an answer, Brotli and gzip: ${Object.keys(gzip)
          .map((path) => `${path} ${bytesOf(browser[path])} and ${bytesOf(gzip[path])}`)
          .join('; ')}.`,
      ],
    }
  } finally {
    house.pin(null)
  }
}

const bytesOf = (loads: Load[] = []) => medianOf(loads.map(({ bytes }) => bytes))

async function pageOf(house: House): Promise<string> {
  const { name, value } = house.cookie
  const answer = await fetch(house.origin + LESSON, { headers: { cookie: `${name}=${value}` } })
  const html = await answer.text()
  if (answer.status !== 200 || !html.includes('id="main"'))
    throw new Error(`${LESSON} answered ${answer.status} and no lesson`)
  return html
}

/** All addresses in turn within a round: what else the machine does then meets each of them. */
async function measure(house: House, rounds: number, encoding: string): Promise<Record<string, Load[]>> {
  const loads: Record<string, Load[]> = { [LESSON]: [], [EMPTY]: [], [BARE]: [], [CODE_LESSON]: [] }
  for (let round = 0; round < rounds; round++)
    for (const [path, samples] of Object.entries(loads)) samples.push(await load(house, path, encoding))
  return loads
}

function ratios(how: string, loads: Record<string, Load[]>, isJudged: boolean): Figure[] {
  const over = (path: string, rate: 'perSecond' | 'perCpuSecond') =>
    (loads[LESSON] ?? []).map((own, i) => own[rate] / (loads[path]?.[i]?.[rate] ?? Number.NaN))
  const rows: [string, string, number][] = [
    ['empty page', EMPTY, 0.6],
    ['bare handler', BARE, 0.35],
  ]
  return rows.flatMap(([what, path, value]) => {
    const limit = isJudged ? { limit: { kind: 'at least' as const, value } } : {}
    const name = `Lesson page / ${what}, ${how}`
    return [
      { step: 'lesson', name: `${name}, by the clock`, samples: over(path, 'perSecond'), ...limit },
      { step: 'lesson', name: `${name}, by processor time`, samples: over(path, 'perCpuSecond'), ...limit },
    ]
  })
}

async function load(house: House, path: string, encoding: string, seconds = SECONDS): Promise<Load> {
  const { name, value } = house.cookie
  const program = ['--import', 'tsx', 'scripts/bench/load.ts', house.origin, path]
  const args = ['-c', '1', process.execPath, ...program, String(seconds), String(CONNECTIONS), encoding]
  const before = house.cpuSeconds()
  const { stdout } = await promisify(execFile)('taskset', args, {
    env: { ...process.env, BENCH_COOKIE: `${name}=${value}` },
    timeout: 60_000,
  })
  const spent = house.cpuSeconds() - before
  const { answers, perSecond, bytes } = JSON.parse(stdout) as { answers: number } & Omit<Load, 'perCpuSecond'>
  return { perSecond, perCpuSecond: answers / spent, bytes }
}
