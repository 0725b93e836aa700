import type { OutputChunk, RunData, RunJob } from './protocol'

/** What the browser's worker and the Node child share. No DOM, no Node. */

export const LIMITS = {
  ms: 5000,
  heapBytes: 256 * 2 ** 20,
  outputBytes: 64 * 1024,
  outputLines: 1000,
  resultBytes: 512 * 1024,
  fileBytes: 64 * 2 ** 20,
}

/** Writes that leave at once; later ones at most every `OUTPUT_PAUSE_MS`. Keeps the last line before an endless loop. */
const EAGER_WRITES = 200
const OUTPUT_PAUSE_MS = 50

/** Python files of the runner by the name they are imported under, in the order in which they are installed. */
export const PYTHON_MODULES = [
  ['_clock', 'clock.py'],
  ['_steps', 'steps.py'],
  ['_bans', 'bans.py'],
  ['slipway', 'slipway.py'],
  ['_driver', 'driver.py'],
] as const

/** The part of Pyodide that is used here. */
export type Interpreter = {
  FS: {
    ErrnoError: new (errno: number) => Error
    filesystems: { MEMFS: { ops_table: { file: { stream: { write: StreamWrite } } } } }
  }
  runPython(code: string, options?: { globals?: unknown }): unknown
  toPy(value: unknown): { destroy(): void }
  pyimport(name: string): { bind(pause: (ms: number) => void): void; run(job: string): string }
  unregisterJsModule(name: string): void
  setStdout(options: StreamOptions): void
  setStderr(options: StreamOptions): void
  setStdin(options: { isatty: boolean; stdin: () => string | null }): void
}

type StreamOptions = { isatty: boolean; write: (bytes: Uint8Array) => number }
type StreamWrite = (
  stream: { node: { usedBytes?: number } },
  buffer: unknown,
  offset: number,
  length: number,
  position: number,
  canOwn?: boolean,
) => number

/** Options that must be equal where the snapshot is made and where it is loaded. */
export function pyodideOptions(indexURL: string) {
  return {
    indexURL,
    // The real lock's head without packages: nothing may be fetched.
    lockFileContents:
      '{"info":{"abi_version":"2026_0","arch":"wasm32","platform":"emscripten_5_0_3","python":"3.14.2"},"packages":{}}',
    packageBaseUrl: indexURL,
    env: { HOME: '/home/pyodide', PYTHON_COLORS: '0', TERM: 'dumb', PYTHONHASHSEED: '0' },
    // Otherwise a snapshot carries the paths of the machine that made it.
    _sysExecutable: 'python',
    jsglobals: Object.create(null) as object,
    // No stack switching: the same on every engine.
    enableRunUntilComplete: false,
  }
}

/** Refuses to let WebAssembly memory grow past `maxBytes`. Call before Pyodide boots. */
export function capHeap(maxBytes: number): { refused: boolean } {
  const state = { refused: false }
  const grow = WebAssembly.Memory.prototype.grow
  WebAssembly.Memory.prototype.grow = function (this: WebAssembly.Memory, pages: number) {
    if (this.buffer.byteLength + pages * 65_536 > maxBytes) {
      state.refused = true
      throw new RangeError('heap cap')
    }
    return grow.call(this, pages)
  }
  return state
}

/** Installs the runner's Python modules, each with builtins of its own that a learner's program cannot patch. */
export function installModules(py: Interpreter, sources: readonly (readonly [string, string])[]): void {
  for (const [name, source] of sources) {
    const globals = py.toPy({ name, source })
    py.runPython(
      `import builtins, sys, types
m = types.ModuleType(name)
m.__file__ = name
m.__dict__['__builtins__'] = dict(vars(builtins))
sys.modules[name] = m
exec(compile(source, name, 'exec'), m.__dict__)`,
      { globals },
    )
    globals.destroy()
  }
}

/** Blocks this thread for some milliseconds. Needs no cross-origin isolation: the memory is never shared, only waited on. */
function makePause(): (ms: number) => void {
  const cell = new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer)
  return (ms) => {
    Atomics.wait(cell, 0, 0, ms)
  }
}

/** Files live in JavaScript memory, outside the heap cap, so they need a cap of their own. */
function capFiles(py: Interpreter, maxBytes: number): void {
  const operations = py.FS.filesystems.MEMFS.ops_table.file.stream
  const { write } = operations
  let grown = 0
  operations.write = (stream, buffer, offset, length, position, canOwn) => {
    const more = position + length - (stream.node.usedBytes ?? 0)
    if (more > 0) {
      grown += more
      if (grown > maxBytes) throw new py.FS.ErrnoError(51) // ENOSPC
    }
    return write(stream, buffer, offset, length, position, canOwn)
  }
}

/** The last step of a boot, after which the interpreter takes one job. */
export function prepare(py: Interpreter): void {
  capFiles(py, LIMITS.fileBytes)
  py.pyimport('_driver').bind(makePause())
  for (const name of ['js', 'pyodide_js']) {
    try {
      py.unregisterJsModule(name)
    } catch {
      // Not registered: nothing to take away.
    }
  }
}

type Pipe = {
  readonly cut: boolean
  write(stream: OutputChunk['s'], bytes: Uint8Array): number
  flush(): void
  /** From now on everything is dropped. */
  close(): void
}

/**
 * Batches what a program writes and drops everything past the caps.
 * @param now - milliseconds of a clock that only goes forward
 */
export function makeOutputPipe(send: (chunks: OutputChunk[]) => void, now: () => number): Pipe {
  const decoders = { out: new TextDecoder(), err: new TextDecoder() }
  let bytes = 0
  let lines = 0
  let sends = 0
  let last = Number.NEGATIVE_INFINITY
  let pending: OutputChunk[] = []
  let cut = false
  let closed = false

  function flush() {
    if (pending.length === 0) return
    send(pending)
    pending = []
    sends++
    last = now()
  }

  function admitted(chunk: Uint8Array): number {
    if (lines >= LIMITS.outputLines) return 0
    const room = Math.min(chunk.length, LIMITS.outputBytes - bytes)
    for (let i = 0; i < room; i++) {
      if (chunk[i] === 10 && ++lines >= LIMITS.outputLines) return i + 1
    }
    return room
  }

  return {
    get cut() {
      return cut
    },
    flush,
    close() {
      flush()
      closed = true
    },
    write(stream, chunk) {
      if (cut || closed) return chunk.length
      const take = admitted(chunk)
      bytes += take
      const text = decoders[stream].decode(chunk.subarray(0, take), { stream: true })
      const tail = pending.at(-1)
      if (text && tail?.s === stream) tail.t += text
      else if (text) pending.push({ s: stream, t: text })
      if (take < chunk.length) cut = true
      if (cut || sends < EAGER_WRITES || now() - last >= OUTPUT_PAUSE_MS) flush()
      return chunk.length
    },
  }
}

/** How a run ended, as the worker or the child says it. */
export type RunEnd = { cut: boolean } & (
  | { type: 'result'; data: RunData }
  | { type: 'failed'; kind: 'memory' | 'fatal' | 'output-limit'; detail: string }
)

/** Runs one job to its end in a booted interpreter. Never throws; the interpreter is not to be used again. */
export function runJob(
  py: Interpreter,
  job: RunJob,
  host: { heap: { refused: boolean }; onOutput: (chunks: OutputChunk[]) => void },
): RunEnd {
  const pipe = makeOutputPipe(host.onOutput, () => performance.now())
  const fail = (kind: 'memory' | 'fatal' | 'output-limit', detail: string): RunEnd => ({
    type: 'failed',
    kind,
    detail: detail.slice(0, 500),
    cut: pipe.cut,
  })
  // Pyodide announces a fatal error here before it prints its own stack as if the program had printed it.
  console.error = () => pipe.close()
  try {
    py.setStdout({ isatty: true, write: (bytes) => pipe.write('out', bytes) })
    py.setStderr({ isatty: true, write: (bytes) => pipe.write('err', bytes) })
    const lines = (job.stdin ?? '').split('\n')
    if (lines.at(-1) === '') lines.pop()
    py.setStdin({ isatty: false, stdin: () => (lines.length > 0 ? `${lines.shift()}\n` : null) })
    const text = py.pyimport('_driver').run(JSON.stringify(job))
    pipe.flush()
    if (text.length > LIMITS.resultBytes) return fail('output-limit', 'result')
    const data = JSON.parse(text) as RunData
    if (host.heap.refused && data.error?.type === 'MemoryError') return fail('memory', data.error.text)
    return { type: 'result', data, cut: pipe.cut }
  } catch (error) {
    pipe.flush()
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return fail(host.heap.refused ? 'memory' : 'fatal', said)
  }
}
