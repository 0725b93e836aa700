import { loadPyodide } from 'pyodide'
import { capHeap, type Interpreter, LIMITS, prepare, pyodideOptions, runJob } from './core'
import type { RunJob } from './protocol'
import { createPyodideModule } from './pyodide-module'

// A classic worker inside the opaque frame. One boot, one run, then the frame ends it.

type Assets = { wasm: Blob; stdlib: Blob; snapshot: Blob }
type Request = ({ type: 'boot' } & Assets) | { type: 'run'; id: string; job: RunJob }

/** Never fetched: the loader's requests are answered from memory. */
const BASE = 'https://runtime.invalid/'

const scope = globalThis as unknown as {
  postMessage?: (message: unknown) => void
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void
  fetch?: unknown
}
const post = (scope.postMessage as (message: unknown) => void).bind(scope)
const listen = scope.addEventListener.bind(scope)

/** Keeps accidents and floods small. The wall is the frame's opaque origin and its policy, not this. */
function hide(names: string[]): void {
  for (const name of names) {
    try {
      Object.defineProperty(globalThis, name, { value: undefined, configurable: false, writable: false })
    } catch {
      // Not there, or not ours to change.
    }
  }
}

// Pyodide refuses classic workers only by trying `importScripts`, which the policy blocks anyway.
hide([
  'importScripts',
  'Worker',
  'BroadcastChannel',
  'indexedDB',
  'caches',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'EventSource',
  'FontFace',
])

async function boot(assets: Assets): Promise<Interpreter> {
  const [wasm, stdlib, snapshot] = await Promise.all(
    [assets.wasm, assets.stdlib, assets.snapshot].map(
      async (blob) => new Uint8Array(await blob.arrayBuffer()),
    ),
  )
  if (!wasm || !stdlib || !snapshot) throw new Error('assets are missing')
  const headers = { 'content-type': 'application/octet-stream' }
  scope.fetch = async (url: unknown) =>
    new Response(String(url).endsWith('.zip') ? stdlib : new Uint8Array(), { headers })
  const { instantiateStreaming } = WebAssembly
  WebAssembly.instantiateStreaming = (_source, imports) => WebAssembly.instantiate(wasm, imports)
  const py = (await loadPyodide({
    ...pyodideOptions(BASE),
    createPyodideModule,
    _loadSnapshot: snapshot,
  })) as unknown as Interpreter
  WebAssembly.instantiateStreaming = instantiateStreaming
  prepare(py)
  hide(['fetch', 'postMessage', 'close', 'onmessage', 'addEventListener'])
  return py
}

const heap = capHeap(LIMITS.heapBytes)
let booted: Promise<Interpreter> | undefined

listen('message', async ({ data }) => {
  if (data.type === 'boot') {
    const began = performance.now()
    try {
      booted = boot(data)
      await booted
      post({ type: 'ready', ms: performance.now() - began })
    } catch (error) {
      post({ type: 'failed', detail: String(error).slice(0, 500) })
    }
  } else if (data.type === 'run' && booted) {
    const { id, job } = data
    const end = runJob(await booted, job, {
      heap,
      onOutput: (chunks) => post({ id, type: 'output', chunks }),
    })
    post({ id, ...end })
  }
})
