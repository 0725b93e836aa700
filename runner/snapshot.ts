import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadPyodide } from 'pyodide'
import { type Interpreter, installModules, PYTHON_MODULES, pyodideOptions } from './core'

// A process of its own, started by runtime.ts: boots Pyodide plainly, installs the runner's modules and writes the
// memory to a file. Arguments: folder of Pyodide, folder of the runner's Python files, path to write.

const [pyodideFolder = '', pythonFolder = '', target = ''] = process.argv.slice(2)

/** What learners and cases import most: in the snapshot an import costs nothing. */
const PRELOADED =
  'abc, ast, asyncio, bisect, collections, copy, dataclasses, datetime, decimal, enum, fractions, functools, heapq, ' +
  'io, itertools, json, linecache, math, operator, random, re, statistics, string, symtable, textwrap, time, traceback, types, typing, unittest'

// The same bytes for the same sources: nothing random may get into the memory that is kept.
let seed = 1
crypto.getRandomValues = (<T extends ArrayBufferView>(view: T): T => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  for (let i = 0; i < bytes.length; i++) {
    seed = (seed * 48_271) % 2_147_483_647
    bytes[i] = seed & 255
  }
  return view
}) as typeof crypto.getRandomValues
Date.now = () => 1_700_000_000_000
performance.now = () => 0
process.hrtime.bigint = () => 0n

const py = (await loadPyodide({
  ...pyodideOptions(pyodideFolder),
  _makeSnapshot: true,
})) as unknown as Interpreter & { makeMemorySnapshot(): Uint8Array }
py.runPython(`import ${PRELOADED}`)
installModules(
  py,
  PYTHON_MODULES.map(([name, file]) => [name, readFileSync(join(pythonFolder, file), 'utf8')] as const),
)
// The only thing left that differs from one making to the next.
py.runPython('import random; random.seed(0)')
writeFileSync(target, py.makeMemorySnapshot())
process.exit(0)
