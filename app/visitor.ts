import { createHmac } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { headers } from 'next/headers'
import { env } from './env'

/** Who sends this request, as far as limits and the list of devices need to know. */
export type Visitor = {
  /** Names the address of origin without holding it: equal for equal addresses, of no use to anyone else. */
  origin: string
  /** "Firefox on Linux" */
  device: string
}

/** The sender of the request being answered. */
export async function currentVisitor(): Promise<Visitor> {
  const sent = await headers()
  return readVisitor(sent)
}

/** `server.ts` has already replaced `x-forwarded-for` by what it knows itself. */
export function readVisitor(sent: Headers): Visitor {
  const address = sent.get('x-forwarded-for')?.split(',', 1)[0]?.trim() || 'unknown'
  return {
    origin: createHmac('sha256', env.AUTH_SECRET).update(network(address)).digest('base64url').slice(0, 22),
    device: describeDevice(sent.get('user-agent') ?? ''),
  }
}

/** One household has one IPv4 address, or one /64 of IPv6. */
function network(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').toLowerCase()
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = plain.split('::')
  const left = head ? head.split(':') : []
  const right = tail ? tail.split(':') : []
  const zeros = plain.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : []
  return [...left, ...zeros, ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
]

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** "Firefox on Linux", for the list of devices. Never repeats what the client wrote. */
export function describeDevice(userAgent: string): string {
  const head = userAgent.slice(0, 500)
  const browser = BROWSERS.find(([pattern]) => pattern.test(head))?.[1] ?? 'A browser'
  const system = SYSTEMS.find(([pattern]) => pattern.test(head))?.[1]
  return system ? `${browser} on ${system}` : browser
}
