import type { FrameMessage, PageMessage } from './messages'
import { type OutputChunk, PROTOCOL_VERSION, type RunJob } from './protocol'

/*
 * The frame's only script. It is trusted: learner code never runs here, only in the workers it starts.
 * It watches them (time, messages, size), because a worker may lie about its own limits.
 */

if (self.origin !== 'null') throw new Error('The runner frame is not sandboxed.')
// No directive of the policy covers WebRTC.
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(window, name)

const KEEP = {
  ms: 5000,
  messages: 2000,
  /** A spare is hired this long after a run starts, or when it ends: earlier it competes with the first result. */
  spareMs: 400,
  bootMs: 30_000,
  resultBytes: 2 ** 20,
  outputChars: 65_536,
  outputLines: 1000,
  flushMs: 50,
}

type Hand = { worker: Worker; ready: boolean; dead: boolean; boot: number }
type Run = {
  id: string
  job: RunJob
  hand: Hand
  started: number
  timer: number
  spareTimer: number
  flushTimer: number
  messages: number
  chars: number
  lines: number
  cut: boolean
  pending: OutputChunk[]
}
type Failure = {
  type: 'failed'
  kind: 'timeout' | 'memory' | 'fatal' | 'stopped' | 'output-limit'
  detail?: string
}
type Ending = Failure | { type: 'result'; data: unknown }

let port: MessagePort | undefined
let assets: { wasm: Blob; stdlib: Blob; snapshot: Blob } | undefined
let script = ''
let spare: Hand | undefined
let current: Run | undefined

function tell(message: FrameMessage): void {
  port?.postMessage({ v: PROTOCOL_VERSION, ...message })
}

function hire(): Hand {
  const worker = new Worker(script, { type: 'classic' })
  const hand: Hand = { worker, ready: false, dead: false, boot: 0 }
  worker.onerror = (event) => fail(hand, `worker: ${event.message}`)
  worker.onmessageerror = () => fail(hand, 'a message could not be read')
  worker.onmessage = (event: MessageEvent<unknown>) => hear(hand, event.data)
  worker.postMessage({ type: 'boot', ...assets })
  hand.boot = window.setTimeout(() => fail(hand, 'boot did not finish'), KEEP.bootMs)
  return hand
}

const fail = (hand: Hand, detail: string) => end(hand, { type: 'failed', kind: 'fatal', detail })

/** Everything a worker says is a claim. */
function hear(hand: Hand, data: unknown): void {
  if (hand.dead || typeof data !== 'object' || data === null) return
  const message = data as Record<string, unknown>
  if (!hand.ready) {
    hearBoot(hand, message)
    return
  }
  const run = current
  if (!run || run.hand !== hand || !run.started || message.id !== run.id) return
  run.messages++
  if (run.messages > KEEP.messages) end(hand, { type: 'failed', kind: 'output-limit', detail: 'messages' })
  else if (message.type === 'output') takeOutput(run, message.chunks)
  else if (message.type === 'result') {
    if (message.cut === true) run.cut = true
    end(hand, { type: 'result', data: message.data })
  } else if (message.type === 'failed') {
    const kind = message.kind === 'memory' || message.kind === 'output-limit' ? message.kind : 'fatal'
    end(hand, { type: 'failed', kind, detail: String(message.detail ?? '').slice(0, 500) })
  }
}

function hearBoot(hand: Hand, message: Record<string, unknown>): void {
  if (message.type === 'failed') fail(hand, `boot: ${String(message.detail).slice(0, 500)}`)
  if (message.type !== 'ready') return
  hand.ready = true
  clearTimeout(hand.boot)
  tell({ type: 'ready', ms: Number(message.ms) || 0 })
  if (current?.hand === hand) start(current)
}

function takeOutput(run: Run, chunks: unknown): void {
  if (!Array.isArray(chunks)) return
  for (const chunk of chunks.slice(0, 1000) as unknown[]) {
    if (run.cut || typeof chunk !== 'object' || chunk === null) continue
    const { s, t } = chunk as Record<string, unknown>
    if (typeof t !== 'string') continue
    let text = t.slice(0, KEEP.outputChars - run.chars)
    const lines = text.split('\n')
    if (run.lines + lines.length - 1 >= KEEP.outputLines) {
      text = `${lines.slice(0, KEEP.outputLines - run.lines).join('\n')}\n`
      run.cut = true
    }
    run.lines += lines.length - 1
    run.chars += text.length
    if (text.length < t.length) run.cut = true
    if (text) run.pending.push({ s: s === 'err' ? 'err' : 'out', t: text })
  }
  run.flushTimer ||= window.setTimeout(() => flush(run), KEEP.flushMs)
}

function flush(run: Run): void {
  clearTimeout(run.flushTimer)
  run.flushTimer = 0
  if (run.pending.length > 0) tell({ type: 'output', id: run.id, chunks: run.pending })
  run.pending = []
}

function hireSpare(): void {
  spare ??= hire()
}

function begin(id: string, job: RunJob): void {
  const hand = spare ?? hire()
  spare = undefined
  const zero = { started: 0, timer: 0, spareTimer: 0, flushTimer: 0, messages: 0, chars: 0, lines: 0 }
  current = { id, job, hand, ...zero, cut: false, pending: [] }
  if (hand.ready) start(current)
}

function start(run: Run): void {
  run.started = performance.now()
  run.timer = window.setTimeout(
    () => end(run.hand, { type: 'failed', kind: 'timeout' }),
    run.job.limits?.ms ?? KEEP.ms,
  )
  run.hand.worker.postMessage({ type: 'run', id: run.id, job: run.job })
  tell({ type: 'started', id: run.id })
  run.spareTimer = window.setTimeout(hireSpare, KEEP.spareMs)
}

function end(hand: Hand, ending: Ending): void {
  if (hand.dead) return
  hand.dead = true
  clearTimeout(hand.boot)
  hand.worker.terminate()
  if (spare === hand) spare = undefined
  const run = current
  if (run?.hand !== hand) {
    // A spare that died is replaced by the next run; without a run the page must hear why nothing becomes ready.
    if (!run && ending.type === 'failed') tell({ type: 'broken', detail: ending.detail ?? '' })
    return
  }
  clearTimeout(run.timer)
  clearTimeout(run.spareTimer)
  flush(run)
  current = undefined
  window.setTimeout(hireSpare, 0)
  const common = { id: run.id, ms: run.started ? performance.now() - run.started : 0, cut: run.cut }
  tell({ ...common, ...bounded(ending) })
}

/** Only JSON of a bounded size leaves the frame. */
function bounded(ending: Ending): Ending {
  if (ending.type === 'failed') return ending
  try {
    const text = JSON.stringify(ending.data)
    if (text.length > KEEP.resultBytes) return { type: 'failed', kind: 'output-limit', detail: 'result' }
    return { type: 'result', data: JSON.parse(text) as unknown }
  } catch {
    return { type: 'failed', kind: 'fatal', detail: 'the result is not plain data' }
  }
}

addEventListener('message', (event: MessageEvent<PageMessage>) => {
  if (event.source !== parent || port || event.data?.v !== PROTOCOL_VERSION || event.data.type !== 'init')
    return
  const { worker, ...rest } = event.data.assets
  port = event.ports[0]
  assets = rest
  script = URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }))
  if (!port) return
  port.onmessage = ({ data }: MessageEvent<PageMessage>) => {
    if (data.type === 'run' && !current) begin(data.id, data.job)
    else if (data.type === 'stop' && current?.id === data.id)
      end(current.hand, { type: 'failed', kind: 'stopped' })
  }
  hireSpare()
})
