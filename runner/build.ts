import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'
import { readManifest } from './headers'
import type { Manifest } from './manifest'
import { getRuntime, pyodideFolder, sourceKey, writeWhole } from './runtime'

/*
 * `npm run runner:build`: makes `.runner/<version>/` with the frame, the worker and Pyodide, each with `.br` and `.gz`
 * beside it, and `.runner/manifest.json`. Does nothing when its inputs are unchanged.
 */

const root = process.cwd()
const sources = join(root, 'runner')
const target = join(root, '.runner')

/** Quality 9 gains 6 % over 5 on the snapshot and still ends within seconds. */
const BROTLI_QUALITY = 9

async function main(): Promise<void> {
  const began = performance.now()
  const inputs = inputsKey()
  const last = currentManifest()
  if (last?.inputs === inputs && existsSync(join(target, last.version, 'manifest.json'))) {
    console.log(`Python runner ${last.version} is up to date.`)
    return
  }
  say('memory snapshot', began)
  const runtime = await getRuntime()
  say('worker and frame', began)
  const frame = await bundle('frame.ts', { minify: true })
  const files = new Map<string, Buffer>([
    ['frame.html', Buffer.from(frameDocument(frame))],
    ['worker.js', Buffer.from(await bundle('worker.ts', { minify: true }))],
    ['pyodide.asm.wasm', readFileSync(join(runtime.pyodide, 'pyodide.asm.wasm'))],
    ['python_stdlib.zip', readFileSync(join(runtime.pyodide, 'python_stdlib.zip'))],
    ['snapshot.bin', readFileSync(runtime.snapshot)],
  ])
  const manifest: Manifest = { version: versionOf(files), frameScript: policyHash(frame), files: {}, inputs }
  const folder = join(target, manifest.version)
  mkdirSync(folder, { recursive: true })
  say('compressing', began)
  await Promise.all([...files].map(([name, bytes]) => writeCompressed(folder, name, bytes, manifest)))
  writeWhole(join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeWhole(join(target, 'manifest.json'), JSON.stringify(manifest))
  removeOthers(manifest.version)
  const wire = Object.values(manifest.files).reduce((sum, file) => sum + file.br, 0)
  say(`version ${manifest.version}, ${(wire / 1e6).toFixed(1)} MB on the wire`, began)
}

function say(what: string, began: number): void {
  console.log(`Python runner: ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
}

function currentManifest(): Manifest | null {
  try {
    return readManifest(root)
  } catch {
    return null
  }
}

function inputsKey(): string {
  const hash = createHash('sha256').update(sourceKey())
  for (const file of [
    'build.ts',
    'worker.ts',
    'frame.ts',
    'messages.ts',
    'pyodide-module.js',
    'protocol.ts',
    'manifest.ts',
    'headers.ts',
  ]) {
    hash.update(readFileSync(join(sources, file)))
  }
  return hash.digest('hex')
}

/** One classic script without imports: no `import()` is left, and a `blob:` worker needs no module. */
async function bundle(entry: string, options: { minify: boolean }): Promise<string> {
  const result = await build({
    ...options,
    entryPoints: [join(sources, entry)],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    external: ['node:*', 'ws'],
    alias: { 'pyodide/pyodide.asm.mjs': join(pyodideFolder(), 'pyodide.asm.mjs') },
    legalComments: 'none',
    define: { 'import.meta.url': '"https://runtime.invalid/worker.js"' },
    logLevel: 'error',
  })
  // An inline script ends at the first `</script`.
  return (result.outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
}

function frameDocument(script: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Python runner</title><script>${script}</script></html>`
}

function policyHash(script: string): string {
  return `sha256-${createHash('sha256').update(script).digest('base64')}`
}

function versionOf(files: Map<string, Buffer>): string {
  const hash = createHash('sha256')
  for (const [name, bytes] of files) hash.update(name).update(createHash('sha256').update(bytes).digest())
  return hash.digest('hex').slice(0, 16)
}

async function writeCompressed(
  folder: string,
  name: string,
  bytes: Buffer,
  manifest: Manifest,
): Promise<void> {
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_LGWIN]: 22,
      },
    }),
    promisify(gzip)(bytes, { level: 6 }),
  ])
  const path = join(folder, name)
  await Promise.all([writeFile(path, bytes), writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  manifest.files[name] = { bytes: bytes.length, br: br.length, gz: gz.length, sha256 }
}

function removeOthers(version: string): void {
  for (const entry of readdirSync(target)) {
    if (entry !== version && entry !== 'manifest.json')
      rmSync(join(target, entry), { recursive: true, force: true })
  }
}

await main()
