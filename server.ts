import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { constants } from 'node:zlib'
import compression from 'compression'
import next from 'next'
import sirv from 'sirv'
import { capBody } from './app/door/body-cap'
import { cleanHeaders, type House, isRefusal, judgeRequest, type Refusal, tooLarge } from './app/door/gate'
import { writeLogAsJson } from './app/door/log'
import { isBearer, Metrics } from './app/door/metrics'
import { contentSecurityPolicy, securityHeaders } from './app/door/policy'
import { env } from './app/env'
import { offerRenderer } from './components/lesson/sheets'
import { configureDatabase, readWorks } from './db/client'
import { keepSwept } from './db/sweep'
import { assetHeaders, frameHeaders, readManifest } from './runner/headers'

/**
 * The front door: one HTTP server around Next's own request handler. It refuses what Next answers badly, caps bodies,
 * writes the policies, serves what is only files, logs one line a request, and drains when it is told to stop.
 */

const HEADERS_WITHIN_MS = 15_000
/** Looked at every two seconds, and then there is `LINGER_MS`: nobody is waited for longer than a minute. */
const REQUEST_WITHIN_MS = 45_000
const IDLE_SOCKET_MS = 60_000
const DRAIN_MS = 15_000
/** Told to the supervisor: starting again will not help. */
const EXIT_HOPELESS = 3
/** How long a client that is over its cap may go on writing, so that it gets to read why. */
const LINGER_MS = 2000

writeLogAsJson()
const isDev = !env.isProduction
const metrics = env.METRICS_TOKEN ? new Metrics() : null
let underWay = 0
const house: House = { publicUrl: env.PUBLIC_URL, isLocal: env.isLocal, trustProxy: env.TRUST_PROXY }
const headersOfAll = Object.entries(securityHeaders(env))
const NO_FILE: Refusal = { status: 404, message: 'There is no such file.' }
const build = isDev ? 'development' : readFileSync('.next/BUILD_ID', 'utf8').trim()
let draining = false
let builtRunner: ReturnType<typeof readManifest> | null | undefined

const server = createServer({
  headersTimeout: HEADERS_WITHIN_MS,
  requestTimeout: REQUEST_WITHIN_MS,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 20_000,
  maxHeaderSize: 16 * 1024,
})
server.timeout = IDLE_SOCKET_MS

const app = next({
  dev: isDev,
  dir: import.meta.dirname,
  port: env.PORT,
  hostname: 'localhost',
  turbopack: isDev,
  // Next listens for upgrades on the server it is given; in production nothing here is a socket, so it gets a server
  // that never listens and upgrade requests stay ordinary requests that pass the gate.
  httpServer: isDev ? server : createServer(),
})

const handNext = app.getRequestHandler()
const compress = compression({
  // Measured on a lesson (153 kB): Brotli, which every browser takes, 0.93 ms of processor time and 22.9 kB at 3, 1.39 ms and
  // 21.9 kB at 4; gzip 1.7 ms and 25.3 kB at 4.
  brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } },
  level: 4,
  filter: (request, response) =>
    !request.url?.startsWith('/api/auth') && compression.filter(request, response),
})
const serveStatic = isDev ? null : serveFolder('.next/static')
const serveRunner = serveFolder('.runner')

/** Immutable files with their `.br` and `.gz` siblings; a name that is not there is answered 404. */
function serveFolder(folder: string) {
  if (!existsSync(folder)) return null
  const serve = sirv(folder, {
    dev: isDev,
    etag: true,
    immutable: true,
    maxAge: 31_536_000,
    brotli: true,
    gzip: true,
    extensions: [],
    onNoMatch: (request, response) => refuse(request, response, NO_FILE),
  })
  return (request: IncomingMessage, response: ServerResponse, path: string) => {
    // sirv hands a hostile range to createReadStream, which throws.
    delete request.headers.range
    request.url = path
    // And it pipes a file without looking after it: whoever stops in the middle would leave it open for ever.
    response.once('pipe', (file) => response.once('close', () => file.destroy()))
    serve(request, response)
  }
}

server.on('request', (request, response) => {
  logWhenDone(request, response)
  try {
    answer(request, response)
  } catch (error) {
    console.error('The front door failed:', error)
    if (response.headersSent) response.destroy()
    else refuse(request, response, { status: 500, message: 'This request could not be answered.' })
  }
})

function answer(request: IncomingMessage, response: ServerResponse) {
  if (draining) response.setHeader('Connection', 'close')
  setHeaders(response, headersOfAll)

  const verdict = judgeRequest(
    { method: request.method ?? '', url: request.url ?? '', headers: request.headers },
    house,
  )
  if (isRefusal(verdict)) return refuse(request, response, verdict)
  const { path } = verdict

  if (path === '/livez') return send(request, response, 200, 'application/json', '{"status":"alive"}\n')
  if (path === '/readyz' && draining) {
    return send(request, response, 503, 'application/json', '{"status":"draining"}\n')
  }
  if (path === '/metrics') return answerMetrics(request, response)
  if (path.startsWith('/runner/')) return answerRunner(request, response, path)
  if (path.startsWith('/_next/static/') && serveStatic) {
    return serveStatic(request, response, path.slice('/_next/static'.length))
  }

  const nonce = randomBytes(16).toString('base64')
  const csp = contentSecurityPolicy(nonce, {
    publicUrl: env.PUBLIC_URL,
    isHttps: env.isHttps,
    isDev,
    runnerVersion: runner()?.version ?? null,
    providerOrigins: env.providerOrigins,
  })
  cleanHeaders(request.headers, request.socket.remoteAddress ?? '', house)
  // Next takes the nonce for its own scripts from this request header, pages take it from the other one.
  request.headers['content-security-policy'] = csp
  request.headers['x-nonce'] = nonce
  // What was asked for, for the page that says that nothing is there: Next tells a page only what it matched.
  request.headers['x-slipway-path'] = path
  // A page carries the build that made it, an answer of the API the one that runs now: an old page sees that it is old.
  request.headers['x-slipway-build'] = build
  if (path.startsWith('/api/')) response.setHeader('X-Slipway-Build', build)
  response.setHeader('Content-Security-Policy', csp)
  response.setHeader('Cache-Control', 'private, no-store')

  // A body that nobody read would be swallowed by Node for as long as it lasts.
  response.once('finish', () => {
    const cut = () => void (request.complete || request.socket.destroy())
    if (!request.complete) setTimeout(cut, LINGER_MS).unref()
  })
  capBody(request, verdict.maxBody, (written) => {
    if (!response.headersSent) refuse(request, response, tooLarge(path), written)
  })
  // Measured on /courses (42 kB): gzip costs 0.4 ms of CPU a page (9.8 kB), brotli at 4 costs 2.9 (7.4 kB), at 1 it is
  // larger than gzip. Files have their brotli from the build.
  if (request.headers['accept-encoding']?.includes('gzip')) request.headers['accept-encoding'] = 'gzip'
  compress(request, response, () => {
    handNext(request, response).catch((error: unknown) => {
      if (!response.headersSent) {
        console.error('Next failed:', error)
        refuse(request, response, { status: 500, message: 'This request could not be answered.' })
      } else response.destroy()
    })
  })
}

/** For whoever holds the token; without one in the environment there is nothing at this address. */
function answerMetrics(request: IncomingMessage, response: ServerResponse) {
  if (!metrics || !env.METRICS_TOKEN)
    return refuse(request, response, { status: 404, message: 'There is nothing at this address.' })
  if (!isBearer(request.headers.authorization, env.METRICS_TOKEN)) {
    const headers = { 'WWW-Authenticate': 'Bearer' }
    return refuse(request, response, {
      status: 401,
      message: 'This is for who holds METRICS_TOKEN.',
      headers,
    })
  }
  response.setHeader('Cache-Control', 'no-store')
  const text = metrics.render(readWorks(), { requests: underWay })
  send(request, response, 200, 'text/plain; version=0.0.4; charset=utf-8', text)
}

/** What the runner's build made; authors rebuild it while the development server runs. */
function runner() {
  if (isDev || builtRunner === undefined) {
    try {
      builtRunner = readManifest(import.meta.dirname)
    } catch {
      builtRunner = null
    }
  }
  return builtRunner
}

/** The runner's files carry their own policies and none of the house's: its frame must be framed. */
function answerRunner(request: IncomingMessage, response: ServerResponse, path: string) {
  const manifest = runner()
  const [, version, file, ...rest] = path.split('/').slice(1)
  if (
    !serveRunner ||
    !manifest ||
    version !== manifest.version ||
    !file ||
    rest.length ||
    !(file === 'manifest.json' || Object.hasOwn(manifest.files, file))
  ) {
    return refuse(request, response, NO_FILE)
  }
  for (const [name] of headersOfAll) if (name !== 'Strict-Transport-Security') response.removeHeader(name)
  setHeaders(response, Object.entries(file === 'frame.html' ? frameHeaders(manifest) : assetHeaders()))
  serveRunner(request, response, `/${version}/${file}`)
}

function setHeaders(response: ServerResponse, headers: [string, string][]): void {
  for (const [name, value] of headers) response.setHeader(name, value)
}

/**
 * Answers with a refusal. A client that is still writing is read for a moment, or it meets a closed socket instead of
 * the answer; `written` is when it stopped, where the request itself cannot tell.
 */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  written?: Promise<void>,
) {
  const { status, message, headers } = refusal
  setHeaders(response, Object.entries(headers ?? {}))
  response.setHeader('Content-Security-Policy', `default-src 'none'; frame-ancestors 'none'`)
  response.setHeader('Cache-Control', 'no-store')
  const isApi = request.url?.startsWith('/api/')
  const body = isApi ? `${JSON.stringify({ error: message })}\n` : `${message}\n`
  const type = isApi ? 'application/json' : 'text/plain; charset=utf-8'
  if (!written && (request.complete || hasNoBody(request))) return send(request, response, status, type, body)
  response.shouldKeepAlive = false
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.write(body)
  const end = response.end.bind(response)
  // Whoever was reading the body learns that it broke off, and would end this answer with one of its own.
  response.write = () => true
  response.end = () => response
  const timer = setTimeout(end, LINGER_MS)
  response.once('close', () => clearTimeout(timer))
  if (written) void written.then(() => end())
  else request.once('end', () => end()).resume()
}

const hasNoBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** One line a request, without query, address or name: nothing personal is in a log that nobody guards. */
function logWhenDone(request: IncomingMessage, response: ServerResponse): void {
  const started = performance.now()
  const { method = '', socket } = request
  const [path = ''] = (request.url ?? '').slice(0, 200).split('?', 1)
  underWay++
  const before = socket.bytesWritten
  let status = 0
  const writeHead = response.writeHead
  response.writeHead = (...parts: unknown[]) => {
    status ||= Number(parts[0])
    return Reflect.apply(writeHead, response, parts)
  }
  response.once('close', () => {
    underWay--
    const ms = Math.round(performance.now() - started)
    const bytes = socket.bytesWritten - before
    // 499: the client went away before the answer was complete.
    const seen = response.writableFinished || status >= 400 ? status || response.statusCode : 499
    const line = { at: new Date().toISOString(), method, path, status: seen, ms, bytes }
    process.stdout.write(`${JSON.stringify(line)}\n`)
    metrics?.note({ method, path, status: seen, ms, bytes })
  })
}

/** A request that could not be parsed, or took too long to arrive, has no response object yet. */
server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
  if (!socket.writable || error.code === 'ECONNRESET' || socket.bytesWritten > 0) return void socket.destroy()
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  hangUp(socket, status)
})

server.on('connect', (_request, socket) => hangUp(socket, '405 Method Not Allowed'))

/** Tells a client that it is over. Whoever does not hang up then is cut off: an ended socket can be written to for ever. */
function hangUp(socket: Duplex, status: string): void {
  socket.on('error', () => undefined)
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

server.on('error', (error: Error & { code?: string }) => {
  console.error(error.code === 'EADDRINUSE' ? `Port ${env.PORT} is in use by another program.` : error)
  process.exit(EXIT_HOPELESS)
})

/** Takes no new request, lets those under way finish, and ends the process. */
function drain(): void {
  if (draining) return
  draining = true
  const end = () => {
    void app.close().finally(() => process.exit(0))
  }
  server.close(end)
  server.closeIdleConnections()
  setTimeout(() => {
    console.error(`Requests were still running after ${DRAIN_MS / 1000} s; they were cut.`)
    server.closeAllConnections()
    end()
  }, DRAIN_MS)
}

process.on('SIGTERM', drain)
process.on('SIGINT', drain)
// The supervisor is gone without having said so: nobody would restart or stop this process any more.
process.on('disconnect', drain)
process.on('unhandledRejection', (error) =>
  console.error('A promise was rejected and nobody listened:', error),
)

configureDatabase(env.DATABASE_URL, { pooled: env.DATABASE_POOLED })
keepSwept({ onError: (error) => console.error('Old sessions and limits were not swept:', error) })
const loadRenderer = () => import('./components/lesson/render-sheet')
offerRenderer(loadRenderer)
await app.prepare()
// Once it listens: the first reader of a lesson shall not wait for this, and the start shall not either.
server.listen(env.PORT, () => void loadRenderer())
