import { createHash } from 'node:crypto'

/**
 * The lines of a back-up: a header, and for each table its name and columns, its rows as COPY writes them, and their sum;
 * then the end, with the sum of all. docs/operate.md describes it for people.
 */

export const FORMAT = 'slipway-backup'
export const VERSION = 1
/** Longer than any row that the front door lets in. */
const LONGEST_LINE = 64 * 1024 * 1024

/** A back-up that cannot be taken or restored, in words for whoever typed the command. */
export class BackupProblem extends Error {}

export type Header = {
  format: string
  version: number
  made: string
  server: string
  schema: { tag: string; hash: string }[]
}
export type TableHead = { table: string; columns: string[] }
type TableEnd = { rows: number; sha256: string }
export type Last = { end: true; sequences: Record<string, string>; rows: number; sha256: string }

export type Contents = { made: string; tables: Record<string, number>; rows: number; level: string }

export type Sink = { write(chunk: Buffer): Promise<void>; end(): Promise<void> }

export type Visitor = {
  header(header: Header): void
  /** Null: the rows are only checked. */
  table(head: TableHead): Promise<Sink> | null
  end(last: Last): Promise<void> | void
}

/** Walks through a back-up and checks every checksum on the way. */
export async function parse(chunks: AsyncIterable<Buffer>, visitor: Visitor): Promise<Contents> {
  const whole = createHash('sha256')
  const contents: Contents = { made: '', tables: {}, rows: 0, level: '' }
  let state = 'header' as 'header' | 'between' | 'rows' | 'after rows' | 'done'
  let current = { table: '', rows: 0, hash: createHash('sha256'), sink: null as Sink | null }
  const take = async (text: Buffer) => {
    if (state === 'header') {
      const header = readHeader(text)
      visitor.header(header)
      contents.made = header.made
      contents.level = header.schema.at(-1)?.tag ?? ''
      state = 'between'
    } else if (state === 'between') {
      const said = readLine<TableHead & Last>(text)
      if (said.end === true) {
        // The last line is not part of what it sums up.
        if (said.sha256 !== whole.digest('hex') || said.rows !== contents.rows)
          throw damaged('its sum is another')
        await visitor.end(said)
        state = 'done'
        return
      }
      if (typeof said.table !== 'string' || !Array.isArray(said.columns)) throw damaged('a table has no name')
      const into = (await visitor.table(said)) ?? null
      current = { table: said.table, rows: 0, hash: createHash('sha256'), sink: into }
      state = 'rows'
    } else if (state === 'after rows') {
      const said = readLine<TableEnd>(text)
      if (said.rows !== current.rows || said.sha256 !== current.hash.digest('hex'))
        throw damaged(`table ${current.table} has another checksum`)
      contents.tables[current.table] = current.rows
      contents.rows += current.rows
      state = 'between'
    } else throw damaged('something follows its end')
    whole.update(text)
  }
  for await (const { lines } of readLines(chunks)) {
    // Rows that lie together go on together.
    let from = 0
    for (let at = 0; at < lines.length; at++) {
      const one = lines[at] ?? Buffer.alloc(0)
      if (state === 'rows' && !one.equals(END_OF_TABLE)) continue
      if (state === 'rows') {
        await takeRows(lines.slice(from, at))
        await current.sink?.end()
        whole.update(one)
        state = 'after rows'
      } else await take(one)
      from = at + 1
    }
    if (state === 'rows') await takeRows(lines.slice(from))
  }
  if (state !== 'done') throw incomplete()
  return contents

  async function takeRows(rows: Buffer[]): Promise<void> {
    if (rows.length === 0) return
    const chunk = Buffer.concat(rows)
    whole.update(chunk)
    current.hash.update(chunk)
    current.rows += rows.length
    await current.sink?.write(chunk)
  }
}

/** Whole lines, each with its end, as many at a time as a chunk brings. Throws where the last one has no end. */
async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<{ lines: Buffer[] }> {
  let rest: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    const lines: Buffer[] = []
    let from = 0
    for (let at = chunk.indexOf(NEW_LINE); at !== -1; at = chunk.indexOf(NEW_LINE, from)) {
      const piece = chunk.subarray(from, at + 1)
      lines.push(rest.length > 0 ? Buffer.concat([...rest, piece]) : piece)
      rest = []
      length = 0
      from = at + 1
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from))
      length += chunk.length - from
      if (length > LONGEST_LINE) throw damaged('a line has no end')
    }
    if (lines.length > 0) yield { lines }
  }
  if (rest.length > 0) throw incomplete()
}

function readHeader(text: Buffer): Header {
  let header: Partial<Header>
  try {
    header = JSON.parse(text.toString()) as Partial<Header>
  } catch {
    header = {}
  }
  if (header?.format !== FORMAT) throw new BackupProblem('This is not a back-up of Slipway.')
  if (header.version !== VERSION)
    throw new BackupProblem(
      `This back-up has format ${header.version}; this release reads format ${VERSION}. Take the release that made it.`,
    )
  const { format, version, made, server, schema } = header
  if (typeof made !== 'string' || !Array.isArray(schema)) throw damaged('its first line is not whole')
  return { format, version, made, server: String(server), schema }
}

function readLine<T>(text: Buffer): Partial<T> & T {
  try {
    return JSON.parse(text.toString()) as T
  } catch {
    throw damaged('a line is not what belongs there')
  }
}

const damaged = (how: string) => new BackupProblem(`This back-up is damaged or was edited: ${how}.`)
const incomplete = () => new BackupProblem('This back-up ends too early: it is incomplete.')

/** What a set of rows is, whatever their order: a table has none. */
export class Fingerprint {
  private sum = 0n
  private rows = 0
  private rest = Buffer.alloc(0)

  add(chunk: Buffer): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk
    let from = 0
    for (let at = bytes.indexOf(NEW_LINE); at !== -1; at = bytes.indexOf(NEW_LINE, from)) {
      const digest = createHash('sha256').update(bytes.subarray(from, at)).digest()
      this.sum = BigInt.asUintN(
        128,
        this.sum + (digest.readBigUInt64LE(0) << 64n) + digest.readBigUInt64LE(8),
      )
      this.rows++
      from = at + 1
    }
    this.rest = Buffer.from(bytes.subarray(from))
  }

  equals(other: Fingerprint): boolean {
    return this.sum === other.sum && this.rows === other.rows && this.rest.length + other.rest.length === 0
  }
}

const NEW_LINE = 10
/** COPY writes a backslash of the data as two: no row reads like this. */
export const END_OF_TABLE = Buffer.from('\\.\n')

export const line = (value: object) => Buffer.from(`${JSON.stringify(value)}\n`)

export function countLines(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(NEW_LINE); at !== -1; at = chunk.indexOf(NEW_LINE, at + 1)) count++
  return count
}
