import { readFileSync, writeSync } from 'node:fs'
import { loadPyodide } from 'pyodide'
import { capHeap, type Interpreter, LIMITS, prepare, pyodideOptions, runJob } from './core'
import type { RunJob } from './protocol'

// One process, one run. Started by node.ts with the folder of Pyodide and the snapshot's path: `{"type":"ready"}` on
// descriptor 3, then one job as a JSON line on descriptor 0, its output and its end as JSON lines on descriptor 3.

const [pyodideFolder = '', snapshotPath = ''] = process.argv.slice(2)

function tell(message: object) {
  let rest = Buffer.from(`${JSON.stringify(message)}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(3, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

const heap = capHeap(LIMITS.heapBytes)
const py = (await loadPyodide({
  ...pyodideOptions(pyodideFolder),
  _loadSnapshot: new Uint8Array(readFileSync(snapshotPath)),
})) as unknown as Interpreter
prepare(py)
tell({ type: 'ready' })

let text = ''
for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
const job = JSON.parse(text) as RunJob
tell({ type: 'started' })
tell(runJob(py, job, { heap, onOutput: (chunks) => tell({ type: 'output', chunks }) }))
process.exit(0)
