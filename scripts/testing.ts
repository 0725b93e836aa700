import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** For tests of whole processes: starts the house as somebody, and proves that nothing of it is left. */

const isRoot = process.getuid?.() === 0

/**
 * Ways to be another user that need no account on this machine: in a user namespace of its own a process is uid 0, or
 * an ordinary one, whoever started it.
 */
export const WAYS = {
  root: isRoot ? [] : ['unshare', '--map-root-user'],
  'an ordinary user': isRoot ? ['unshare', '-U', '--map-user=1000', '--map-group=1000'] : [],
}
export type Way = keyof typeof WAYS

export function canBe(way: Way): boolean {
  const [program, ...args] = WAYS[way]
  return program === undefined || spawnSync(program, [...args, 'true']).status === 0
}

/** A folder of its own below one that is closed to everybody else. */
export function makeDataDir(): string {
  return join(mkdtempSync(join(tmpdir(), 'slipway-process-')), 'data')
}

export type Started = { child: ChildProcess; lines: string[]; ended: Promise<unknown> }

/** Starts `node scripts/start.mjs` in a process group of its own. */
export function startHouse(way: Way, env: { PORT: number; DATA_DIR: string }): Started {
  const [program = process.execPath, ...args] = [...WAYS[way], process.execPath, 'scripts/start.mjs']
  return launch(program, args, { PORT: String(env.PORT), DATA_DIR: env.DATA_DIR })
}

export function launch(program: string, args: string[], extra: Record<string, string>): Started {
  const { npm_lifecycle_event: _npm, VITEST: _vitest, NODE_OPTIONS: _options, ...inherited } = process.env
  const env = { ...inherited, NODE_ENV: 'production' as const, ...extra }
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env })
  const lines: string[] = []
  const collect = (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return { child, lines, ended: once(child, 'exit') }
}

/** Waits until `look` gives something, asking again for at most `ms`. Throws with what the house said. */
export async function until<T>(
  what: string,
  started: Started,
  look: () => T | Promise<T>,
  ms = 60_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + ms
  while (Date.now() < deadline) {
    const found = await look()
    if (found) return found
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`${what} did not happen within ${ms} ms. It said:\n${started.lines.slice(-40).join('\n')}`)
}

export function untilServed(started: Started): Promise<string> {
  return until('Being ready', started, () =>
    started.lines.find((line) => line.startsWith('Slipway is at') || line.includes('"says":"Slipway is at')),
  )
}

/** Starts a web process alone, without supervisor and database, and waits until it is ready for at most a minute. */
export async function startWeb(
  cwd: string,
  port: number,
  extra: Record<string, string>,
): Promise<ChildProcess> {
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...inherited } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', 'server.ts'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...inherited, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', PORT: String(port), ...extra },
  })
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`the web process in ${cwd} ended with ${child.exitCode}`)
    const answer = await fetch(`http://localhost:${port}/readyz`).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return child
    await pause(100)
  }
  child.kill('SIGKILL')
  throw new Error(`the web process in ${cwd} was not ready within a minute`)
}

/** Ids of living processes that were started with this data folder. */
export function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && belongs(pid, dataDir))
}

function belongs(pid: number, dataDir: string): boolean {
  try {
    if (/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false
    const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8')
    return said.includes(dataDir)
  } catch {
    return false
  }
}

/** The supervisor and its children as they noted themselves. */
export function notedPid(dataDir: string, name: 'holder' | 'web'): number {
  return JSON.parse(readFileSync(join(dataDir, 'run', `${name}.json`), 'utf8')).pid
}

/** Whatever a failed test left: nothing may outlive it. */
export function clearUp(dataDir: string): void {
  for (const pid of processesOf(dataDir)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended meanwhile.
    }
  }
  const parent = join(dataDir, '..')
  if (existsSync(parent)) rmSync(parent, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}

/** Sends bytes as they are and gives the answer, which must end the connection; for what no client would write. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, 'localhost')
  socket.write(bytes)
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return answer
}
