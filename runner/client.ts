import { getAssets, RunnerError } from './assets'
import type { Assets, FrameMessage, PageMessage } from './messages'
import { type OutputChunk, PROTOCOL_VERSION, type RunData, type RunJob, type RunResult } from './protocol'

/** What the page may say about the runtime. Bytes are those on the wire with Brotli. */
export type RunnerPhase =
  | { name: 'fetching'; loaded: number; total: number }
  /** All is here; it starts as soon as somebody is. */
  | { name: 'fetched' }
  | { name: 'starting' }
  | { name: 'ready' }
  | { name: 'running'; since: number }
  | { name: 'failed'; message: string }

export type RunOptions = { onOutput?: (chunks: OutputChunk[]) => void; signal?: AbortSignal }

export type Runner = {
  /** Settles when the first interpreter is ready; rejects with RunnerError. */
  readonly ready: Promise<void>
  readonly phase: RunnerPhase
  /** Calls back at each change of phase; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  /** Runs a job; jobs of one page run one after the other. Rejects with RunnerError only when no interpreter can start. */
  run(job: RunJob, options?: RunOptions): Promise<RunResult>
  /** Stops what this handle runs or has waiting. */
  stop(): void
  /** Tries again after `failed`. */
  retry(): void
  /** Lets go. With the last handle the frame goes too; what was fetched stays for the page's lifetime. */
  close(): void
}

const BOOT_ALARM_MS = 35_000
/** The page's own alarm goes off this long after the frame should have ended the run. */
const GRACE_MS = 1000
const DEFAULT_LIMIT_MS = 5000

const engines = new Map<string, Engine>()

/**
 * The page's runner for a runtime at `base` (`/runner/<version>/`). Handles of one base share one frame. Fetching begins
 * at once: call it when a block that needs Python comes near, not when its button is pressed.
 */
export function openRunner(base: string): Runner {
  let engine = engines.get(base)
  if (!engine) {
    engine = makeEngine(base)
    engines.set(base, engine)
  }
  return engine.open()
}

type Engine = ReturnType<typeof makeEngine>
type Task = {
  id: string
  owner: object
  job: RunJob
  options: RunOptions
  output: OutputChunk[]
  alarm: number
  resolve: (result: RunResult) => void
  reject: (error: RunnerError) => void
}

function makeEngine(base: string) {
  const listeners = new Set<() => void>()
  const owners = new Set<object>()
  let phase: RunnerPhase = { name: 'fetching', loaded: 0, total: 0 }
  let frame: HTMLIFrameElement | undefined
  let port: MessagePort | undefined
  let current: Task | undefined
  let queue: Task[] = []
  let bootAlarm = 0
  let ready = makeDeferred()

  function setPhase(next: RunnerPhase) {
    phase = next
    for (const listener of listeners) listener()
  }

  /** After a failure the browser's cache is not asked: what it keeps may be what is damaged. */
  let again = false
  /** Something waits to be run, whether or not anybody was noticed. */
  const wanted = makeDeferred()
  let begun = 0

  async function begin() {
    const mine = ++begun
    try {
      const assets = await getAssets(base, again, (loaded, total) =>
        setPhase({ name: 'fetching', loaded, total }),
      )
      if (mine === begun) setPhase({ name: 'fetched' })
      await Promise.race([noticeSomebody(), wanted.promise])
      if (mine === begun && owners.size > 0) await mount(assets)
    } catch (error) {
      giveUp(
        error instanceof RunnerError ? error : new RunnerError('Python could not be started on this page.'),
      )
    }
  }

  async function mount(assets: Assets) {
    unmount()
    setPhase({ name: 'starting' })
    const element = document.createElement('iframe')
    frame = element
    element.setAttribute('sandbox', 'allow-scripts')
    element.hidden = true
    element.title = 'Python runner'
    element.src = `${base}frame.html`
    const loaded = new Promise((resolve) => element.addEventListener('load', resolve, { once: true }))
    document.body.append(element)
    bootAlarm = window.setTimeout(() => {
      if (frame === element) giveUp(new RunnerError('Python did not start within 35 seconds.'))
    }, BOOT_ALARM_MS)
    await loaded
    if (frame !== element) return
    const channel = new MessageChannel()
    port = channel.port1
    port.onmessage = ({ data }: MessageEvent<FrameMessage & { v: number }>) => hear(element, data)
    const init: PageMessage = { v: PROTOCOL_VERSION, type: 'init', assets }
    element.contentWindow?.postMessage(init, '*', [channel.port2])
    next()
  }

  function unmount() {
    clearTimeout(bootAlarm)
    port?.close()
    frame?.remove()
    port = undefined
    frame = undefined
  }

  /** A frame that answers no more, or flooded the page, is thrown away with its process. */
  function remount() {
    unmount()
    if (owners.size > 0) void begin()
  }

  function giveUp(error: RunnerError) {
    unmount()
    again = true
    ready.reject(error)
    const lost = current ? [current, ...queue] : queue
    current = undefined
    queue = []
    setPhase({ name: 'failed', message: error.message })
    for (const task of lost) {
      clearTimeout(task.alarm)
      task.reject(error)
    }
  }

  function hear(from: HTMLIFrameElement, message: FrameMessage & { v: number }) {
    if (from !== frame || message?.v !== PROTOCOL_VERSION) return
    if (message.type === 'ready') {
      clearTimeout(bootAlarm)
      ready.resolve()
      if (!current) setPhase({ name: 'ready' })
    } else if (message.type === 'broken') {
      if (phase.name === 'starting') giveUp(new RunnerError(`Python could not be started: ${message.detail}`))
    } else if (current && message.id === current.id) hearRun(current, message)
  }

  function hearRun(task: Task, message: Extract<FrameMessage, { id: string }>) {
    if (message.type === 'started') {
      setPhase({ name: 'running', since: performance.now() })
      watch(task, (task.job.limits?.ms ?? DEFAULT_LIMIT_MS) + GRACE_MS)
    } else if (message.type === 'output') {
      const chunks = message.chunks.filter((chunk) => typeof chunk?.t === 'string')
      append(task.output, chunks)
      task.options.onOutput?.(chunks)
    } else {
      const { ms, cut } = message
      const common = { output: task.output, cut, ms: Math.round(ms) }
      if (message.type === 'failed') settle(task, { ...common, type: 'failed', ...failureOf(message) })
      else if (isRunData(message.data)) settle(task, { ...common, type: 'result', data: message.data })
      else settle(task, { ...common, type: 'failed', kind: 'fatal', detail: 'the result has another shape' })
    }
  }

  function watch(task: Task, ms: number) {
    clearTimeout(task.alarm)
    task.alarm = window.setTimeout(() => {
      if (current !== task) return
      settle(task, {
        type: 'failed',
        kind: 'fatal',
        detail: 'frame did not answer',
        output: task.output,
        cut: false,
        ms,
      })
    }, ms)
  }

  function settle(task: Task, result: RunResult) {
    clearTimeout(task.alarm)
    current = undefined
    const detail = result.type === 'failed' ? (result.detail ?? '') : ''
    if (detail === 'messages' || /^(frame|boot)/.test(detail)) remount()
    else setPhase({ name: 'ready' })
    task.resolve(result)
    next()
  }

  function next() {
    if (current || !port) return
    const task = queue.shift()
    if (!task) return
    current = task
    watch(task, BOOT_ALARM_MS)
    const message: PageMessage = { v: PROTOCOL_VERSION, type: 'run', id: task.id, job: task.job }
    port.postMessage(message)
  }

  function stopTasks(belongs: (task: Task) => boolean) {
    for (const task of queue.filter(belongs)) {
      task.resolve({ type: 'failed', kind: 'stopped', output: [], cut: false, ms: 0 })
    }
    queue = queue.filter((task) => !belongs(task))
    if (current && belongs(current)) {
      const task = current
      port?.postMessage({ v: PROTOCOL_VERSION, type: 'stop', id: task.id } satisfies PageMessage)
      watch(task, GRACE_MS)
    }
  }

  function open(): Runner {
    const owner = {}
    if (owners.size === 0 && !frame) {
      if (phase.name === 'failed') ready = makeDeferred()
      void begin()
    }
    owners.add(owner)
    return {
      get ready() {
        return ready.promise
      },
      get phase() {
        return phase
      },
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      run(job, options = {}) {
        if (phase.name === 'failed') return Promise.reject(new RunnerError(phase.message))
        return new Promise<RunResult>((resolve, reject) => {
          const task: Task = { id: makeId(), owner, job, options, output: [], alarm: 0, resolve, reject }
          queue.push(task)
          wanted.resolve()
          if (options.signal?.aborted) stopTasks((other) => other === task)
          options.signal?.addEventListener('abort', () => stopTasks((other) => other === task), {
            once: true,
          })
          next()
        })
      },
      stop() {
        stopTasks((task) => task.owner === owner)
      },
      retry() {
        if (phase.name !== 'failed') return
        ready = makeDeferred()
        setPhase({ name: 'fetching', loaded: 0, total: 0 })
        void begin()
      },
      close() {
        stopTasks((task) => task.owner === owner)
        owners.delete(owner)
        if (owners.size > 0) return
        if (current) {
          const task = current
          clearTimeout(task.alarm)
          current = undefined
          task.resolve({ type: 'failed', kind: 'stopped', output: task.output, cut: false, ms: 0 })
        }
        unmount()
      },
    }
  }

  return { open }
}

const SIGNS = ['pointermove', 'pointerdown', 'touchstart', 'wheel', 'scroll', 'keydown'] as const
let noticed: Promise<void> | undefined

/**
 * Settles at the first sign that somebody uses the page. To start Python takes a phone some seconds of processor time: a
 * page that was only loaded, in a tab behind or by a robot, does not spend them.
 */
function noticeSomebody(): Promise<void> {
  noticed ??= new Promise((done) => {
    if (navigator.userActivation?.hasBeenActive) return done()
    const options = { capture: true, passive: true }
    const hear = () => {
      for (const sign of SIGNS) removeEventListener(sign, hear, options)
      done()
    }
    for (const sign of SIGNS) addEventListener(sign, hear, options)
  })
  return noticed
}

type Deferred = { promise: Promise<void>; resolve(): void; reject(error: RunnerError): void }

function makeDeferred(): Deferred {
  let resolve: Deferred['resolve'] = () => {}
  let reject: Deferred['reject'] = () => {}
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  // Whoever awaits it hears; nobody need.
  promise.catch(() => {})
  return { promise, resolve, reject }
}

/** `randomUUID` is missing on plain http away from localhost. */
function makeId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('-')
}

function append(output: OutputChunk[], chunks: OutputChunk[]) {
  for (const { s, t } of chunks) {
    const last = output.at(-1)
    if (last?.s === s) last.t += t
    else output.push({ s, t })
  }
}

function failureOf(message: { kind: string; detail?: string }) {
  const kinds = ['timeout', 'memory', 'fatal', 'stopped', 'output-limit'] as const
  return { kind: kinds.find((kind) => kind === message.kind) ?? 'fatal', detail: message.detail }
}

/** Whether a result has the outer shape of RunData. What is inside stays a claim of the learner's program. */
function isRunData(data: unknown): data is RunData {
  if (typeof data !== 'object' || data === null) return false
  const { error, cases, bans, meters } = data as Record<string, unknown>
  const lists = [cases, bans, meters].every((list) => Array.isArray(list))
  if (error === null) return lists
  const { type, text, trail } = (typeof error === 'object' ? error : {}) as Record<string, unknown>
  return lists && typeof type === 'string' && typeof text === 'string' && Array.isArray(trail)
}
