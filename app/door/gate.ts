import type { IncomingHttpHeaders } from 'node:http'

/**
 * What the front door refuses before a request reaches Next: methods, addresses, hosts, origins, and how large a body
 * may be. Pure, so that each rule can be tested without a server.
 */

export type Asked = { method: string; url: string; headers: IncomingHttpHeaders }

export type House = {
  publicUrl: string
  isLocal: boolean
  trustProxy: boolean
}

export type Refusal = { status: number; message: string; headers?: Record<string, string> }

export type Passed = { path: string; query: string; maxBody: number }

const KB = 1024

/** Bytes a body may have, by the first rule that matches. Pages take server actions, which are forms. */
const BODY_CAPS: [RegExp, number][] = [
  [/^\/api\/(attempts|drafts)(\/|$)/, 512 * KB],
  [/^\/api\/auth(\/|$)/, 32 * KB],
  [/^\/api(\/|$)/, 16 * KB],
  [/^\/(_next|runner|livez|readyz|metrics)(\/|$)/, 16 * KB],
  [/^\//, 64 * KB],
]

const HEALTH = /^\/(livez|readyz|metrics)$/
const READ_ONLY = /^\/(_next|runner|livez|readyz|metrics)(\/|$)/

/** Judges a request by its head alone. Gives its path and the cap on its body, or how it is refused. */
export function judgeRequest({ method, url, headers }: Asked, house: House): Passed | Refusal {
  if (!url.startsWith('/')) return { status: 400, message: 'The address must be a path.' }
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  return (
    judgePath(path) ??
    judgeMethod(method, path) ??
    judgeHost(url, path, method, headers, house) ??
    judgeOrigin(method, headers, house) ??
    judgeBody(method, headers, path) ??
    judgeCallback(path, query, house) ?? { path, query, maxBody: bodyCap(path) }
  )
}

export function isRefusal(verdict: Passed | Refusal): verdict is Refusal {
  return 'status' in verdict
}

/** The cap on a request's body in bytes. */
export function bodyCap(path: string): number {
  return BODY_CAPS.find(([pattern]) => pattern.test(path))?.[1] ?? 16 * KB
}

function judgePath(path: string): Refusal | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return {
      status: 400,
      message: 'The address is not valid: a % must be followed by the code of a character.',
    }
  }
  const nothing = { status: 404, message: 'There is nothing at this address.' }
  // Browsers read both forms as another host, and Next answers them with a redirect.
  if (path.startsWith('//') || decoded.startsWith('//') || decoded.includes('\\')) return nothing
  if (hasControl(decoded)) return nothing
  if (decoded.split('/').some((part) => part === '.' || part === '..')) return nothing
  // Next's image optimiser fetches what it is told to; nothing here needs it.
  if (/^\/_next\/image(\/|$)/.test(decoded)) return nothing
  return null
}

function hasControl(value: string): boolean {
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at)
    if (code < 32 || code === 127) return true
  }
  return false
}

function judgeMethod(method: string, path: string): Refusal | null {
  const allowed = READ_ONLY.test(path)
    ? ['GET', 'HEAD']
    : /^\/api(\/|$)/.test(path)
      ? ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']
      : ['GET', 'HEAD', 'POST']
  if (allowed.includes(method)) return null
  return {
    status: 405,
    message: `This address takes ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  }
}

/** Probes ask by address, so health answers on any name; everything else belongs to one name. */
function judgeHost(
  url: string,
  path: string,
  method: string,
  headers: IncomingHttpHeaders,
  house: House,
): Refusal | null {
  if (HEALTH.test(path)) return null
  const wanted = new URL(house.publicUrl)
  const forwarded = (name: string) => (house.trustProxy ? lastOf(headers[name]) : undefined)
  const host = (forwarded('x-forwarded-host') ?? headers.host ?? '').toLowerCase()
  const scheme = `${forwarded('x-forwarded-proto') ?? wanted.protocol.slice(0, -1)}:`
  if (host === wanted.host && scheme === wanted.protocol) return null

  const isThisMachine = /^(127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host) && portOf(host) === wanted.port
  const reads = method === 'GET' || method === 'HEAD'
  const message = `This Slipway is at ${house.publicUrl} and answers to no other name. To serve it under another one, set PUBLIC_URL to that address and start it again.`
  if (reads && (!house.isLocal || isThisMachine)) {
    return { status: 307, message, headers: { location: house.publicUrl + url } }
  }
  return { status: 421, message }
}

/** The entry that the nearest proxy wrote: what stands before it came from outside. */
export function lastOf(value: string | string[] | undefined): string | undefined {
  return (
    String(value ?? '')
      .split(',')
      .at(-1)
      ?.trim() || undefined
  )
}

const portOf = (host: string) => /:(\d+)$/.exec(host)?.[1] ?? ''

/**
 * Next runs a server action when `Origin` is missing (measured on 16.4.6), so the door asks for it on every write.
 * Every browser sends it on writes, and no path is excepted.
 */
function judgeOrigin(method: string, headers: IncomingHttpHeaders, house: House): Refusal | null {
  if (method === 'GET' || method === 'HEAD' || headers.origin === house.publicUrl) return null
  const got = headers.origin === undefined ? 'carries no Origin' : 'comes from another Origin'
  return {
    status: 403,
    message: `This request ${got}. Only pages of ${house.publicUrl} may change something here.`,
  }
}

function judgeBody(method: string, headers: IncomingHttpHeaders, path: string): Refusal | null {
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return { status: 415, message: 'Send the body without content encoding.' }
  }
  if (Number(headers['content-length'] ?? 0) > bodyCap(path)) return tooLarge(path)
  // Next renders the page for any other POST and leaves its body unread, however long it is.
  const isAction =
    headers['next-action'] !== undefined || /^multipart\/form-data(;|$)/i.test(headers['content-type'] ?? '')
  if (method === 'POST' && !/^\/api(\/|$)/.test(path) && !isAction) {
    return { status: 415, message: 'A page takes its own forms and nothing else.' }
  }
  return null
}

/** What a body over the cap of its path is answered. */
export function tooLarge(path: string): Refusal {
  return { status: 413, message: `The body is larger than ${bodyCap(path)} bytes. Nothing of it was kept.` }
}

/** next-auth answers 500 to a `callbackUrl` that is no address (measured on 4.24.15), before any callback of ours. */
function judgeCallback(path: string, query: string, house: House): Refusal | null {
  if (!/^\/api\/auth(\/|$)/.test(path)) return null
  const bad = new URLSearchParams(query).getAll('callbackUrl').some((value) => !isCallback(value, house))
  return bad ? { status: 400, message: 'callbackUrl must be a path of this site.' } : null
}

function isCallback(value: string, house: House): boolean {
  if (value === '') return true
  const base = value.startsWith('/') ? house.publicUrl : undefined
  return URL.canParse(value, base) && /^https?:$/.test(new URL(value, base).protocol)
}

/** Headers that only this house or its proxy may write; a client that sends them is asking to be believed. */
const OURS =
  /^(x-middleware-|x-forwarded-|x-invoke-|x-now-|x-vercel-|x-next-|x-prerender-|content-security-policy)|^(x-matched-path|x-nonce|x-real-ip|forwarded)$/

/**
 * Takes out of a request what a client may not say, and writes in what the house knows: one host, one scheme, one
 * client address. `client` is the peer's address; behind a trusted proxy it is the one which that proxy saw.
 */
export function cleanHeaders(headers: IncomingHttpHeaders, client: string, house: House): void {
  const wanted = new URL(house.publicUrl)
  const seen = house.trustProxy ? lastOf(headers['x-forwarded-for']) : undefined
  for (const name of Object.keys(headers)) if (OURS.test(name)) delete headers[name]
  headers.host = wanted.host
  headers['x-forwarded-host'] = wanted.host
  headers['x-forwarded-proto'] = wanted.protocol.slice(0, -1)
  headers['x-forwarded-port'] = wanted.port || (wanted.protocol === 'https:' ? '443' : '80')
  headers['x-forwarded-for'] = (seen ?? client).replace(/^::ffff:(?=\d+\.)/, '')
  if (headers.cookie !== undefined) headers.cookie = keepCookies(headers.cookie, house)
}

/** The same 500 as above comes from the cookie that next-auth keeps its `callbackUrl` in. */
function keepCookies(header: string, house: House): string {
  if (!header.includes('callback-url')) return header
  const kept = header.split(';').filter((pair) => {
    const [name = '', ...value] = pair.split('=')
    if (!name.trim().endsWith('callback-url')) return true
    try {
      return isCallback(decodeURIComponent(value.join('=').trim()), house)
    } catch {
      return false
    }
  })
  return kept.join(';')
}
