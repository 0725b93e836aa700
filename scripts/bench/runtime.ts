import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { build } from 'esbuild'
import { assetHeaders, frameHeaders, pagePolicyParts, readManifest } from '../../runner/headers'

export type Runtime = {
  /** A bare page under the policies that the front door gives the product's pages. */
  origin: string
  /** `/runner/<version>/` */
  base: string
  /** Address of the product's client as a module. */
  client: string
  /** A page without policies, and the worker that boots Pyodide in it without a snapshot. */
  plainPage: string
  plain: string
  close(): void
}

const CLIENT = '/client.js'
const PLAIN = '/plain.js'
const PLAIN_PAGE = '/plain'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
}

/** Pyodide as its own documentation boots it, but for the two files, which the page hands in as the product's does. */
const PLAIN_SOURCE = `import { loadPyodide } from 'pyodide'
import { createPyodideModule } from './runner/pyodide-module'
onmessage = async ({ data }) => {
  const [wasm, stdlib] = await Promise.all([data.wasm, data.stdlib].map(async (blob) => new Uint8Array(await blob.arrayBuffer())))
  self.fetch = async (url) => new Response(String(url).endsWith('.zip') ? stdlib : new Uint8Array())
  WebAssembly.instantiateStreaming = (_, imports) => WebAssembly.instantiate(wasm, imports)
  const py = await loadPyodide({ createPyodideModule, lockFileContents: LOCK, indexURL: 'https://runtime.invalid/', packageBaseUrl: 'https://runtime.invalid/' })
  let printed = ''
  py.setStdout({ batched: (text) => { printed += text } })
  py.runPython('print(6*7)')
  postMessage(printed)
}`

/** Serves the built runner of the house at `root`, its client, and the plain worker, on a port of its own. */
export async function openRuntime(root: string): Promise<Runtime> {
  const manifest = readManifest(root)
  const base = `/runner/${manifest.version}/`
  const scripts: Record<string, string> = {
    [CLIENT]: await bundle({ entryPoints: [join(root, 'runner/client.ts')], format: 'esm' }),
    [PLAIN]: await bundlePlain(root),
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const answer = (headers: Record<string, string>, body: string | Buffer, status = 200) =>
      response.writeHead(status, headers).end(body)
    const script = scripts[path]
    if (script !== undefined) return answer({ 'Content-Type': 'text/javascript', ...assetHeaders() }, script)
    if (path === PLAIN_PAGE)
      return answer({ 'Content-Type': 'text/html' }, '<!doctype html><title>Plain</title>')
    if (path === '/') {
      const parts = Object.entries(pagePolicyParts(manifest, `http://${request.headers.host}`))
      const policy = ["default-src 'none'", "script-src 'self'", ...parts.map((part) => part.join(' '))]
      return answer(
        { 'Content-Type': 'text/html', 'Content-Security-Policy': policy.join('; ') },
        '<!doctype html><title>Bench</title><body>',
      )
    }
    const name = path.startsWith(base) ? path.slice(base.length) : ''
    if (name !== 'manifest.json' && !Object.hasOwn(manifest.files, name))
      return answer({ 'Content-Type': 'text/plain' }, 'not here', 404)
    const file = join(root, '.runner', manifest.version, name)
    const isPacked = existsSync(`${file}.br`) && String(request.headers['accept-encoding']).includes('br')
    answer(
      {
        'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
        ...(name === 'frame.html' ? frameHeaders(manifest) : assetHeaders()),
        ...(isPacked && { 'Content-Encoding': 'br' }),
      },
      readFileSync(isPacked ? `${file}.br` : file),
    )
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://localhost:${port}`,
    base,
    client: CLIENT,
    plainPage: PLAIN_PAGE,
    plain: PLAIN,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function bundlePlain(root: string): Promise<string> {
  const lock = JSON.parse(readFileSync(join(root, 'node_modules/pyodide/pyodide-lock.json'), 'utf8')) as {
    info: object
  }
  return bundle({
    stdin: { contents: PLAIN_SOURCE, resolveDir: root },
    format: 'iife',
    external: ['node:*', 'ws'],
    define: {
      'import.meta.url': '"https://runtime.invalid/worker.js"',
      LOCK: JSON.stringify(JSON.stringify({ info: lock.info, packages: {} })),
    },
    // Or Pyodide takes a classic worker's way of loading, from an address that is not there.
    banner: { js: 'self.importScripts = undefined;' },
  })
}

async function bundle(options: Parameters<typeof build>[0]): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    write: false,
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  })
  const text = outputFiles?.[0]?.text
  if (text === undefined) throw new Error('nothing was bundled')
  return text
}
