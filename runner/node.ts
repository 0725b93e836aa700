import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { LIMITS, type RunEnd } from './core'
import type { OutputChunk, RunJob, RunResult } from './protocol'
import { getRuntime } from './runtime'

/*
 * The Node face: for the content compiler and the content check, which run what authors wrote.
 * It is not a jail: a child may read the disk and use the network as this user may. Learners' programs are run in the
 * browser's frame, and on a server only by the verifier, inside its own walls.
 */

const MAX_RUNNING = 2
const SPARES = 2
const BOOT_LIMIT_MS = 30_000

type Message = { type: 'ready' } | { type: 'started' } | { type: 'output'; chunks: OutputChunk[] } | RunEnd

type Child = {
  process: ChildProcess
  ready: Promise<void>
  on: (message: Message) => void
  gone: (why: string) => void
}

const spares: Child[] = []
const waiting: (() => void)[] = []
const alive = new Set<ChildProcess>()
let running = 0
let closed = false

/**
 * Runs a job in a fresh process with a booted interpreter and kills it at the job's time limit.
 * At most two run at once; further calls wait. Rejects only when the interpreter cannot be started at all.
 */
export async function runInNode(job: RunJob): Promise<RunResult> {
  closed = false
  if (running >= MAX_RUNNING) await new Promise<void>((resolve) => waiting.push(resolve))
  else running++
  try {
    const child = spares.shift() ?? (await hire())
    letRest(child, false)
    await child.ready
    const result = runIn(child, job)
    refill()
    return await result
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** Ends every child, spares included. The next `runInNode` starts anew. */
export async function closeNode(): Promise<void> {
  closed = true
  spares.length = 0
  const ends = [...alive].map(
    (child) =>
      new Promise<void>((resolve) =>
        child.exitCode === null && child.signalCode === null
          ? child.once('exit', () => resolve())
          : resolve(),
      ),
  )
  for (const child of alive) {
    // A resting spare does not keep this process, which would end here with its wait unanswered (exit code 13).
    child.ref()
    child.kill('SIGKILL')
  }
  await Promise.all(ends)
}

let hiring = 0

/** Boots spares, as many as runs are going on or waiting: a single run leaves none behind that nobody needs. */
function refill(): void {
  const wanted = Math.min(SPARES, waiting.length + 1)
  while (!closed && spares.length + hiring < wanted) {
    hiring++
    hire()
      .then((child) => {
        if (closed) child.process.kill('SIGKILL')
        else spares.push(child)
        letRest(child, true)
        // A spare that cannot boot is found out by the run that takes it.
        child.ready.catch(() => {})
      })
      .catch(() => {})
      .finally(() => {
        hiring--
      })
  }
}

async function hire(): Promise<Child> {
  const runtime = await getRuntime()
  const child = spawn(process.execPath, [runtime.child, runtime.pyodide, runtime.snapshot], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: { NODE_ENV: 'production', PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
  })
  alive.add(child)
  let errors = ''
  child.stderr?.on('data', (text) => {
    errors = `${errors}${text}`.slice(-2000)
  })
  const hand: Child = { process: child, ready: Promise.resolve(), on: () => {}, gone: () => {} }
  hand.ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error('Python did not start within 30 s.'))
    }, BOOT_LIMIT_MS)
    timer.unref()
    hand.on = (message) => {
      if (message.type !== 'ready') return
      clearTimeout(timer)
      resolve()
    }
    hand.gone = (why) => {
      clearTimeout(timer)
      reject(new Error(`Python could not be started: ${why}`))
    }
  })
  const pipe = child.stdio[3] as NodeJS.ReadableStream
  createInterface({ input: pipe }).on('line', (line) => hand.on(JSON.parse(line) as Message))
  child.once('error', (error) => hand.gone(error.message))
  child.once('close', () => {
    alive.delete(child)
    const at = spares.indexOf(hand)
    if (at >= 0) spares.splice(at, 1)
    hand.gone(errors.trim())
  })
  return hand
}

/** Whether this process may end while the child is still there: it may for an idle spare. */
function letRest(hand: Child, rest: boolean): void {
  const parts = [hand.process, ...hand.process.stdio] as ({ ref?(): void; unref?(): void } | null)[]
  for (const part of parts) {
    if (rest) part?.unref?.()
    else part?.ref?.()
  }
}

function runIn(hand: Child, job: RunJob): Promise<RunResult> {
  return new Promise((resolve) => {
    const output: OutputChunk[] = []
    let begun = performance.now()
    let timer: NodeJS.Timeout | undefined
    const end = (
      result: RunEnd | { type: 'failed'; kind: 'timeout' | 'fatal'; detail?: string; cut: boolean },
    ) => {
      clearTimeout(timer)
      hand.on = () => {}
      hand.gone = () => {}
      hand.process.kill('SIGKILL')
      resolve({ ...result, output, ms: Math.round(performance.now() - begun) })
    }
    hand.on = (message) => {
      if (message.type === 'started') {
        begun = performance.now()
        timer = setTimeout(
          () => end({ type: 'failed', kind: 'timeout', cut: false }),
          job.limits?.ms ?? LIMITS.ms,
        )
      } else if (message.type === 'output') output.push(...message.chunks)
      else if (message.type === 'result' || message.type === 'failed') end(message)
    }
    hand.gone = (why) => end({ type: 'failed', kind: 'fatal', detail: why.slice(-500), cut: false })
    hand.process.stdin?.on('error', () => {})
    hand.process.stdin?.end(JSON.stringify(job))
  })
}
