import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { PYTHON_MODULES } from './core'

/** The files that Node needs to run jobs; the browser's build starts from the same ones. */
export type Runtime = { key: string; pyodide: string; child: string; snapshot: string }

const sources = join(process.cwd(), 'runner')
const cache = join(process.cwd(), '.cache', 'runner')

/** Hash over everything that ends up in the snapshot or the child. */
export function sourceKey(): string {
  const hash = createHash('sha256')
  for (const file of [
    'core.ts',
    'node-child.ts',
    'snapshot.ts',
    'runtime.ts',
    ...PYTHON_MODULES.map(([, file]) => file),
  ]) {
    hash.update(file).update(readFileSync(join(sources, file)))
  }
  return hash
    .update(readFileSync(join(pyodideFolder(), 'package.json')))
    .digest('hex')
    .slice(0, 16)
}

/** The folder of the installed Pyodide, with a slash at its end. */
export function pyodideFolder(): string {
  return `${dirname(createRequire(join(process.cwd(), 'package.json')).resolve('pyodide/package.json'))}/`
}

/**
 * The runtime for Node, made once per state of the sources (about 4 s) and kept in `.cache/runner/`.
 * Several processes may ask at once: each makes its own and the first rename stands.
 */
export async function getRuntime(): Promise<Runtime> {
  const key = sourceKey()
  const folder = join(cache, key)
  const runtime = {
    key,
    pyodide: pyodideFolder(),
    child: join(folder, 'node-child.mjs'),
    snapshot: join(folder, 'snapshot.bin'),
  }
  if (existsSync(runtime.snapshot)) return runtime
  const draft = join(cache, `${key}.${process.pid}.${performance.now()}`)
  mkdirSync(draft, { recursive: true })
  try {
    await bundle(['node-child.ts', 'snapshot.ts'], draft)
    await runNode([join(draft, 'snapshot.mjs'), runtime.pyodide, `${sources}/`, join(draft, 'snapshot.bin')])
    removeOthers(folder, draft)
    try {
      renameSync(draft, folder)
    } catch (error) {
      if (!existsSync(runtime.snapshot)) throw error
    }
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return runtime
}

/** Runtimes of earlier sources: 30 MB each. Drafts of processes at work are left alone. */
function removeOthers(...keep: string[]): void {
  for (const entry of readdirSync(cache)) {
    const path = join(cache, entry)
    if (!keep.includes(path) && !entry.includes('.')) rmSync(path, { recursive: true, force: true })
  }
}

async function bundle(entries: string[], outdir: string): Promise<void> {
  await build({
    entryPoints: entries.map((entry) => join(sources, entry)),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir,
    outExtension: { '.js': '.mjs' },
    external: ['pyodide'],
    logLevel: 'warning',
  })
}

function runNode(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (text) => {
      errors += text
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The memory snapshot could not be made: ${errors}`)),
    )
  })
}

/** Writes a file whole or not at all. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, bytes)
  renameSync(draft, path)
}
