import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { closeDatabase, configureDatabase } from '../../db/client'
import { findEmbedded } from '../../db/embedded'
import { createAccount } from '../../db/queries/accounts'
import { createSession } from '../../db/queries/sessions'
import { processesOf, type Started, until } from '../testing'

/**
 * A copy of this repository with two routes that the product must not have: an empty page and a handler that answers
 * the bytes of a lesson page, both behind the same session check as the lesson itself. It is built by the product's own
 * start and served by its own front door.
 */

const PLACE = '.cache/bench/house'
const BYTES = '.cache/bench-bytes.html'

const ROUTES: Record<string, string> = {
  'app/bench-empty/page.tsx': `import { requireLearner } from '@/app/auth'

export default async function Page() {
  await requireLearner('/bench-empty')
  return <main />
}
`,
  'app/api/bench-bytes/route.ts': `import { readFileSync } from 'node:fs'
import { requireLearner } from '@/app/auth'

let bytes: string | undefined

export async function GET() {
  await requireLearner('/api/bench-bytes')
  bytes ??= readFileSync(process.cwd() + '/${BYTES}', 'utf8')
  return new Response(bytes, { headers: { 'Content-Type': 'text/html; charset=utf-8' } })
}
`,
}

/** A build of everything on a busy machine. */
const READY_WITHIN_MS = 10 * 60_000

export const EMPTY = '/bench-empty'
export const BARE = '/api/bench-bytes'
export const COURSE = '/courses/data-structures'
export const LESSON = '/learn/cloud-deployment/cloud-building-blocks'
export const CODE_LESSON = '/learn/data-structures/binary-search'

export type House = {
  root: string
  dataDir: string
  origin: string
  /** The cookie of a learner who has just signed up. */
  cookie: { name: string; value: string }
  /** What the bare handler answers from now on; only before it was first asked. */
  setBytes(html: string): void
  /** Puts the web process and Postgres on one core, or leaves them to all of them. */
  pin(core: number | null): void
  /** Processor time that the house has used so far: web process, Postgres, whatever started them. */
  cpuSeconds(): number
  stop(): Promise<void>
}

/** Copies, builds (about a minute when something changed), starts. Port from `BENCH_PORT`. */
export async function openHouse(): Promise<House> {
  const root = join(process.cwd(), PLACE)
  copyRepository(root)
  const port = Number(process.env.BENCH_PORT ?? 4191)
  const dataDir = join(root, '.cache/data')
  rmSync(dataDir, { recursive: true, force: true })
  const started = start(root, {
    PORT: String(port),
    DATA_DIR: dataDir,
    PUBLIC_URL: `http://localhost:${port}`,
  })
  const stop = async () => {
    if (started.child.exitCode === null) started.child.kill('SIGTERM')
    await started.ended
  }
  try {
    await until(
      'Being served',
      started,
      () => started.lines.find((line) => line.startsWith('Slipway is at')),
      READY_WITHIN_MS,
    )
    const value = await signUp(dataDir)
    return {
      root,
      dataDir,
      origin: `http://localhost:${port}`,
      cookie: { name: 'slipway-session', value },
      setBytes: (html) => writeFileSync(join(root, BYTES), html),
      pin: (core) => pinAll(dataDir, core),
      cpuSeconds: () => familyOf(dataDir).reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What git knows and what it would add, only where it differs: an unchanged copy is not built again. */
function copyRepository(root: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  })
  const files = new Set(listed.split('\0').filter((file) => file !== '' && existsSync(file)))
  for (const file of files) putFile(join(root, file), readFileSync(file))
  for (const [file, text] of Object.entries(ROUTES)) putFile(join(root, file), Buffer.from(text))
  for (const file of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name).slice(root.length + 1)
    const isOurs = files.has(path) || path in ROUTES
    const isMade = /^(node_modules|\.next|\.content|\.runner|\.cache|next-env\.d\.ts)/.test(path)
    if (file.isFile() && !isOurs && !isMade) rmSync(join(root, path))
  }
  if (existsSync(join(root, 'node_modules'))) return
  // Turbopack follows no link out of its root. Hard links cost nothing; another disk gets real copies.
  try {
    execFileSync('cp', ['-al', 'node_modules', root], { stdio: 'ignore' })
  } catch {
    cpSync('node_modules', join(root, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  }
}

function putFile(path: string, bytes: Buffer): void {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

function start(root: string, env: Record<string, string>): Started {
  const { npm_lifecycle_event: _npm, NODE_OPTIONS: _options, ...inherited } = process.env
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', ...env },
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      // Access lines of a load test would fill the memory.
      const said = chunk.toString().split('\n')
      lines.push(...said.filter((line) => line !== '' && !line.startsWith('{"at":')))
    })
  return { child, lines, ended: once(child, 'exit') }
}

async function signUp(dataDir: string): Promise<string> {
  const database = await findEmbedded(dataDir)
  if (!database) throw new Error(`No database runs on ${dataDir}`)
  configureDatabase(database.urlFor('app'), { max: 1 })
  try {
    const value = randomBytes(32).toString('base64url')
    const account = await createAccount({
      email: `bench-${value.slice(0, 8).toLowerCase()}@harbour.example`,
      name: 'Maya Okafor',
      timeZone: 'Europe/London',
      passwordHash: 'nobody signs in with this',
    })
    if (!account) throw new Error('The account for the measurement exists already')
    const sidHash = createHash('sha256').update(value).digest()
    const lasts = { idleSeconds: 86_400, absoluteSeconds: 86_400 }
    await createSession({ accountId: account.id, sidHash, device: 'Bench', ...lasts })
    return value
  } finally {
    await closeDatabase()
  }
}

/** Everything of the house, and what it starts from now on. */
function pinAll(dataDir: string, core: number | null): void {
  for (const pid of familyOf(dataDir)) {
    try {
      execFileSync('taskset', ['-a', '-c', '-p', core === null ? '0-1' : String(core), String(pid)], {
        stdio: 'ignore',
      })
    } catch (error) {
      if (existsSync(`/proc/${pid}`)) throw error
    }
  }
}

/** The processes that were started with this data folder, and theirs: Postgres gives its own no name of it. */
function familyOf(dataDir: string): number[] {
  const family = new Set(processesOf(dataDir))
  const parents = new Map<number, number>()
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const parent = Number(statOf(pid)?.[1])
    if (parent) parents.set(pid, parent)
  }
  let before = 0
  while (before !== family.size) {
    before = family.size
    for (const [pid, parent] of parents) if (family.has(parent)) family.add(pid)
  }
  return [...family]
}

/** The fields of `/proc/<pid>/stat` after the name; null when the process has ended. */
function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return null
  }
}

/** User and system time from `/proc`, which counts in hundredths of a second. */
function cpuSecondsOf(pid: number): number {
  const fields = statOf(pid)
  return fields ? (Number(fields[11]) + Number(fields[12])) / 100 : 0
}
