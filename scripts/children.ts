import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LogLine } from '../app/door/log'
import { forgetChild, noteChild } from './data-dir'

/** A process ended with this when starting it again cannot help: a bad variable, a port that is taken. */
const EXIT_HOPELESS = 3
/** What has run for so long did start: its end is a new one. A crash while starting backs off. */
const STEADY_MS = 5000
const LONGEST_PAUSE_MS = 30_000
/** A little over the drain of `server.ts`. */
const STOP_WITHIN_MS = 18_000
const LOG_LIMIT_BYTES = 10 * 1024 * 1024

/** How long to wait before the nth start in a row, in milliseconds: 0.5 s, 1 s, 2 s, up to half a minute. */
export function pauseBefore(attempt: number): number {
  return Math.min(500 * 2 ** (attempt - 1), LONGEST_PAUSE_MS)
}

export type Spec = {
  name: string
  args: string[]
  env: NodeJS.ProcessEnv
  dataDir: string
  /** Called when the child ended and will not be started again. */
  onHopeless: () => void
  say: (line: string) => void
}

/** Keeps one Node program running: writes down its output, starts it again with back-off when it ends by itself. */
export function keepRunning(spec: Spec) {
  const { name, dataDir, say } = spec
  const log = openLog(dataDir, name)
  let child: ChildProcess | null = null
  let attempt = 0
  let timer: NodeJS.Timeout | undefined
  let isStopping = false
  let ended: Promise<void> = Promise.resolve()

  const start = () => {
    const began = Date.now()
    const running = spawn(process.execPath, spec.args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: spec.env,
    })
    child = running
    if (running.pid !== undefined) noteChild(dataDir, name, running.pid)
    for (const stream of [running.stdout, running.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`)
        const shown = process.stdout.isTTY ? forPerson(line) : line
        if (shown !== null) say(shown)
      })
    }
    ended = new Promise((done) => {
      running.once('error', done)
      running.once('exit', (code, signal) => {
        forgetChild(dataDir, name)
        done()
        if (isStopping) return
        if (code === EXIT_HOPELESS) {
          say(`${name} cannot run as things are; the reason stands above.`)
          return spec.onHopeless()
        }
        attempt = Date.now() - began > STEADY_MS ? 1 : attempt + 1
        const pause = pauseBefore(attempt)
        say(`${name} ended (${signal ?? `exit code ${code}`}). Starting it again in ${pause / 1000} s.`)
        timer = setTimeout(start, pause)
      })
    })
  }

  return {
    start,
    /** Asks the child to finish its work and waits for it; ends it by force when that takes too long. */
    stop: async () => {
      isStopping = true
      clearTimeout(timer)
      const running = child
      if (running && running.exitCode === null && running.signalCode === null) {
        running.kill('SIGTERM')
        const force = setTimeout(() => running.kill('SIGKILL'), STOP_WITHIN_MS)
        await ended
        clearTimeout(force)
      }
      await new Promise<void>((done) => log.end(done))
    },
    /** Starts the child anew with other variables. */
    restart: (env: NodeJS.ProcessEnv) => {
      spec.env = env
      attempt = 0
      child?.kill('SIGTERM')
    },
  }
}

/** What of a line is for a terminal: the access log would drown what a person must read; it is in the file. */
export function forPerson(line: string): string | null {
  if (!line.startsWith('{"at":')) return line
  let said: Partial<LogLine>
  try {
    said = JSON.parse(line) as Partial<LogLine>
  } catch {
    // A process that was killed had no time to end its line.
    return line
  }
  const { says, errors = [] } = said
  if (says === undefined) return null
  const causes = errors.map(({ kind, says: why = '', code = '', about = '', stack }) =>
    [
      `  ${[kind, code, why, about].filter(Boolean).join(': ')}`,
      ...stack.map((frame) => `    ${frame}`),
    ].join('\n'),
  )
  return [says, ...causes].join('\n')
}

/** One earlier log is kept: a log that grows for ever ends as a full disk. */
function openLog(dataDir: string, name: string) {
  const folder = join(dataDir, 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${name}.log`)
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) renameSync(file, `${file}.1`)
  // A full disk ends the stream, not the house: what goes on is said on the terminal only.
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  stream.on('error', () => undefined)
  return stream
}
