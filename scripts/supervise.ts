import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { writeLogAsJson } from '../app/door/log'
import { type Env, EnvError, readEnv } from '../app/read-env'
import { AlreadyStarting } from '../db/errors'
import { parentOf } from '../db/holder'
import { buildAll, Failed, type Run } from './build'
import { keepRunning } from './children'
import { Busy, endLeftover, holdDataDir } from './data-dir'
import { openDatabase } from './database'
import { createDemoLearner } from './demo-learner'

/** Somebody asked to stop while things were starting: that is no error. */
class Stopped extends Error {}
/** A sentence for the person at the terminal, who needs no stack. */
export class Plain extends Error {}

const READY_WITHIN_MS = 60_000

type Part = { stop: () => Promise<void> | void }

/**
 * `npm start` once the packages are there: builds what changed, starts Postgres, migrates, starts the web process, says
 * where it is, and keeps all of it running until it is told to stop. Ends the process.
 */
export async function supervise({ dev }: { dev: boolean }): Promise<void> {
  const house = new House()
  try {
    await house.open((inside) => open(inside, dev))
  } catch (error) {
    if (error instanceof Stopped) return
    const isPlain =
      error instanceof Plain ||
      error instanceof Failed ||
      error instanceof Busy ||
      error instanceof AlreadyStarting ||
      error instanceof EnvError
    console.error(isPlain ? error.message : error)
    await house.close(1)
  }
}

async function open(house: House, dev: boolean): Promise<void> {
  const NODE_ENV: Env['NODE_ENV'] = dev ? 'development' : 'production'
  const env = readEnv({ ...process.env, NODE_ENV }, { withDatabase: false })
  if (env.LOG_FORMAT === 'json') {
    writeLogAsJson()
    house.tellsAsJson = true
  }
  const held = await holdDataDir(env.DATA_DIR, env.PUBLIC_URL)
  house.add({ stop: held.release })
  house.onClose(held.sayStopping)

  const leftover = await endLeftover(env.DATA_DIR, 'web')
  if (leftover) say(`Ended the web process ${leftover} of an earlier start.`)
  await requirePort(env.PORT)
  await buildAll(house.run, { web: !dev, drafts: dev })

  house.goOn()
  const database = await openDatabase(env, say)
  house.add(database)
  house.goOn()
  const demo = env.isLocal ? await createDemoLearner(env.DATA_DIR, database.urls.app) : null
  if (demo)
    say(`A learner to look around with, told only this once: ${demo.email}, password ${demo.password}`)

  const webEnv = () => ({
    ...process.env,
    NODE_ENV,
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: database.urls.app,
    DATA_DIR: env.DATA_DIR,
  })
  const web = keepRunning({
    name: 'web',
    args: ['--import', 'tsx', 'server.ts'],
    env: webEnv(),
    dataDir: env.DATA_DIR,
    onHopeless: () => void house.close(1),
    say,
  })
  house.goOn()
  house.add(web)
  database.onMoved(() => web.restart(webEnv()))
  web.start()
  if (dev) {
    const watcher = keepRunning({
      name: 'lessons',
      args: ['--import', 'tsx', 'content/build.ts', '--watch', '--drafts'],
      env: webEnv(),
      dataDir: env.DATA_DIR,
      onHopeless: () => void house.close(1),
      say,
    })
    house.add(watcher)
    watcher.start()
  }
  await untilReady(env, house)
  say(`\nSlipway is at ${env.PUBLIC_URL} (Ctrl-C stops it)`)
}

const say = (line: string) => console.log(line)

/** Holds what was opened, and closes it in the reverse order, once. */
class House {
  private parts: Part[] = []
  private opening: Promise<void> = Promise.resolve()
  private step: ChildProcess | null = null
  private closing: Promise<void> | null = null
  private announce: (() => void) | null = null
  /** What steps say goes through this process, to be a line of JSON. */
  tellsAsJson = false

  constructor() {
    const onSignal = (signal: string) => {
      if (!this.closing) say(`\nStopping (${signal}). Requests under way are finished first.`)
      void this.close(0)
    }
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, onSignal)
    this.watchNpm()
  }

  open(work: (house: House) => Promise<void>): Promise<void> {
    this.opening = work(this)
    return this.opening
  }

  add(part: Part): void {
    this.parts.push(part)
  }

  onClose(announce: () => void): void {
    this.announce = announce
  }

  /** Between two steps: ends the opening when closing has begun. */
  goOn(): void {
    if (this.closing) throw new Stopped()
  }

  run: Run = async (name, args, env) => {
    this.goOn()
    const stdio = this.tellsAsJson ? 'pipe' : 'inherit'
    const step = spawn(process.execPath, args, { stdio, env: { ...process.env, ...env } })
    this.step = step
    for (const stream of [step.stdout, step.stderr])
      if (stream) createInterface({ input: stream }).on('line', say)
    const [code] = await once(step, 'exit')
    this.step = null
    this.goOn()
    if (code !== 0) throw new Failed(name)
  }

  close(code: number): Promise<void> {
    this.closing ??= this.closeAll(code)
    return this.closing
  }

  private async closeAll(code: number): Promise<void> {
    this.announce?.()
    this.step?.kill('SIGTERM')
    // What is starting just now, a database for one, must be known before it can be stopped.
    await this.opening.catch(() => undefined)
    for (const part of this.parts.reverse()) {
      try {
        await part.stop()
      } catch (error) {
        console.error('This did not stop in order:', error)
      }
    }
    process.exit(code)
  }

  /** `kill -9` of npm leaves this process and the shell between them behind, where nobody looks for it: it follows. */
  private watchNpm(): void {
    if (!process.env.npm_lifecycle_event) return
    const parents = () => `${process.ppid} ${parentOf(process.ppid)}`
    const first = parents()
    setInterval(() => {
      if (parents() !== first) void this.close(0)
    }, 1000).unref()
  }
}

/** Said before the build, which takes a minute: a port that is taken is known at once. */
async function requirePort(port: number): Promise<void> {
  const probe = createServer()
  probe.listen(port)
  try {
    await once(probe, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    throw new Plain(
      code === 'EADDRINUSE'
        ? `Port ${port} is in use by another program. Take another one: PORT=${port + 1} npm start`
        : `Port ${port} cannot be opened (${code}). Take another one: PORT=3000 npm start`,
    )
  } finally {
    probe.close()
  }
}

async function untilReady(env: Env, house: House): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  let last = 'it does not answer'
  while (Date.now() < deadline) {
    house.goOn()
    try {
      const answer = await fetch(`http://localhost:${env.PORT}/readyz`, { signal: AbortSignal.timeout(5000) })
      if (answer.ok) return
      last = (await answer.text()).trim()
    } catch {
      // Not listening yet.
    }
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Plain(`The web process was not ready within ${READY_WITHIN_MS / 1000} s: ${last}`)
}
