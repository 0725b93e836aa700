import { z } from 'zod'

/** A body that is not what it should be; the message is meant for the sender. */
export class BadBody extends Error {
  constructor(
    message: string,
    readonly status: 400 | 413 | 415 = 400,
  ) {
    super(message)
    this.name = 'BadBody'
  }
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/**
 * Any value out of `parseJson`, which has looked through its text: nothing is looked at again. (`z.json()` walks through
 * it once more, half a megabyte in a quarter of a second.)
 */
export const anyJson = z.custom<Json>((value) => value !== undefined)

/** The same, where it is an object or a list. */
export const anyObject = z.custom<Json[] | { [name: string]: Json }>(
  (value) => typeof value === 'object' && value !== null,
  'an object or a list is expected',
)

const DEEPEST = 64

/**
 * Reads at most `cap` bytes and parses them as strict JSON. Throws `BadBody`: 415 another content type, 413 too large,
 * 400 for broken UTF-8 or JSON, a name given twice, `__proto__`, more than 64 levels.
 */
export async function readJson(request: Request, cap: number): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new BadBody('Send the body as application/json.', 415)
  const encoding = request.headers.get('content-encoding')
  if (encoding && encoding !== 'identity') throw new BadBody('Send the body without content encoding.', 415)
  return parseJson(await readText(request, cap))
}

/** Reads at most `cap` bytes of valid UTF-8, counted as they arrive. Throws `BadBody`. */
export async function readText(request: Request, cap: number): Promise<string> {
  const tooLarge = () => new BadBody(`The body is larger than ${cap} bytes.`, 413)
  if (Number(request.headers.get('content-length')) > cap) throw tooLarge()
  const reader = request.body?.getReader()
  if (!reader) throw new BadBody('The body is empty.')
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new BadBody('The body ended too early.')
    })
    if (done) break
    size += value.byteLength
    if (size > cap) {
      void reader.cancel().catch(() => undefined)
      throw tooLarge()
    }
    chunks.push(value)
  }
  if (size === 0) throw new BadBody('The body is empty.')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new BadBody('The body is not valid UTF-8.')
  }
}

/** Parses JSON and refuses what `JSON.parse` lets through; what no database keeps becomes U+FFFD. Throws `BadBody` with status 400. */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadBody('The body is not valid JSON.')
  }
  refuseTraps(text)
  return /\\u(0000|d[89a-f])/i.test(text) ? storable(value) : value
}

/** Postgres keeps no NUL and no half of a surrogate pair. A program may print both, and its attempt must not fail for it. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value.replaceAll('\u0000', '\ufffd')).toString()
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storable(name), storable(inner)]))
}

/** Walks over JSON that is known to be well formed: `JSON.parse` keeps the last of two equal names and forgets the first. */
function refuseTraps(text: string): void {
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null)
      if (open.length > DEEPEST) throw new BadBody(`The body is nested more than ${DEEPEST} levels deep.`)
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const start = at
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++
      const names = open.at(-1)
      if (!names || !isName(text, at + 1)) continue
      const name: string = JSON.parse(text.slice(start, at + 1))
      if (name === '__proto__') throw new BadBody('"__proto__" is not a name that may be used here.')
      if (names.has(name)) throw new BadBody(`"${shorten(name)}" is given twice.`)
      names.add(name)
    }
  }
}

/** A string is a name when a colon follows, whatever space stands between. */
function isName(text: string, from: number): boolean {
  let at = from
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++
  return text[at] === ':'
}

const shorten = (name: string) => (name.length > 60 ? `${name.slice(0, 60)}…` : name)
