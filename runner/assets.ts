import { ASSET_FILES, type Manifest } from './manifest'
import type { Assets } from './messages'

/** The runtime could not be fetched, verified or started. `message` is for the learner. */
export class RunnerError extends Error {
  override readonly name = 'RunnerError'
}

const fetched = new Map<string, Promise<Assets>>()

type Progress = (loaded: number, total: number) => void

/**
 * The files of the runtime at `base`, fetched once a page and each held against its hash; `again` asks the server, not the browser's
 * cache. `onProgress` hears bytes on the wire with Brotli. Rejects with RunnerError, and the next call tries again.
 */
export function getAssets(base: string, again: boolean, onProgress: Progress): Promise<Assets> {
  const known = fetched.get(base)
  if (known) return known
  const assets = fetchAssets(base, again ? 'reload' : 'default', onProgress)
  fetched.set(base, assets)
  assets.catch(() => fetched.delete(base))
  return assets
}

async function fetchAssets(base: string, cache: RequestCache, onProgress: Progress): Promise<Assets> {
  if (!crypto.subtle) throw new RunnerError('Python needs a secure address: https, or localhost.')
  const manifest = (await (await fetchFile(`${base}manifest.json`, { cache })).json()) as Manifest
  const files = Object.values(ASSET_FILES)
  const total = files.reduce((sum, file) => sum + (manifest.files[file]?.br ?? 0), 0)
  const loaded = new Map<string, number>()
  // The first file that fails ends the other transfers, and what they still report.
  const abort = new AbortController()
  const request: RequestInit = { cache, signal: abort.signal }
  const get = async (file: string, type: string) => {
    const expected = manifest.files[file]
    if (!expected) throw new RunnerError('The Python runtime on this server is incomplete.')
    const bytes = await readBytes(await fetchFile(base + file, request), expected.bytes, (count) => {
      loaded.set(file, (Math.min(count, expected.bytes) / expected.bytes) * expected.br)
      if (!abort.signal.aborted)
        onProgress(Math.round([...loaded.values()].reduce((sum, part) => sum + part, 0)), total)
    })
    if ((await sha256(bytes)) !== expected.sha256) {
      throw new RunnerError('A file of the Python runtime arrived damaged. Try again to fetch it anew.')
    }
    return new Blob([bytes], { type })
  }
  const [worker, wasm, stdlib, snapshot] = await Promise.all([
    get(ASSET_FILES.worker, 'text/javascript'),
    get(ASSET_FILES.wasm, 'application/wasm'),
    get(ASSET_FILES.stdlib, 'application/zip'),
    get(ASSET_FILES.snapshot, 'application/octet-stream'),
  ]).catch((error) => {
    abort.abort()
    throw error
  })
  return { worker, wasm, stdlib, snapshot }
}

async function fetchFile(url: string, request: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, request)
  } catch {
    throw new RunnerError('The Python runtime could not be fetched. Check the connection.')
  }
  if (!response.ok) throw new RunnerError(`The Python runtime could not be fetched (${response.status}).`)
  return response
}

/** Reads a body into one buffer of the size the manifest names; a body of another size fails its hash. */
async function readBytes(
  response: Response,
  size: number,
  onCount: (bytes: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size)
  const reader = response.body?.getReader()
  let count = 0
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      if (count + part.value.length > size) return new Uint8Array(0)
      bytes.set(part.value, count)
      count += part.value.length
      onCount(count)
    }
  } catch {
    throw new RunnerError('The Python runtime could not be fetched. Check the connection.')
  }
  return count === size ? bytes : new Uint8Array(0)
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
