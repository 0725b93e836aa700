/**
 * One line of JSON for whatever this process says, without anything of a person in it: logs are copied to places that
 * nobody guards. The access line of `server.ts` has `method`, everything else has `level` and `says`.
 */

export type LogLine = {
  at: string
  level: 'info' | 'warn' | 'error'
  says: string
  errors?: ErrorLine[]
}
/** An error, and below it what caused it. */
export type ErrorLine = { kind: string; says?: string; code?: string; about?: string; stack: string[] }

const LONGEST = 400
const FRAMES = 8

/** From now on everything that is written with `console`, by us or by a package, is a line of JSON. */
export function writeLogAsJson(): void {
  const levels = {
    log: 'info',
    info: 'info',
    debug: 'info',
    warn: 'warn',
    error: 'error',
    trace: 'error',
  } as const
  for (const [name, level] of Object.entries(levels) as [keyof typeof levels, LogLine['level']][])
    console[name] = (...said: unknown[]) => {
      const [first] = said
      // A line that another process of the house wrote goes on as it is.
      const isLine = typeof first === 'string' && first.startsWith('{"at":')
      const line = isLine ? first : JSON.stringify(lineOf(level, said, new Date()))
      process[level === 'info' ? 'stdout' : 'stderr'].write(`${line}\n`)
    }
  process.removeAllListeners('warning')
  process.on('warning', (warning) => console.warn(warning))
}

/** What was said as a line. Text is scrubbed; of an error only what cannot hold a value is told. */
export function lineOf(level: LogLine['level'], said: unknown[], at: Date): LogLine {
  const errors = said.filter((one) => one instanceof Error).flatMap(chainOf)
  const text = said.filter((one) => typeof one === 'string').map(scrub)
  const says =
    text.join(' ').trim() || errors[0]?.says || errors[0]?.kind || 'said something that is not text'
  return { at: at.toISOString(), level, says, ...(errors.length > 0 ? { errors } : {}) }
}

function chainOf(error: Error): ErrorLine[] {
  const chain: ErrorLine[] = []
  for (let at: unknown = error; at instanceof Error && chain.length < 5; at = at.cause)
    chain.push(describeError(at))
  return chain
}

type Details = Error & { code?: unknown; query?: unknown; table_name?: unknown; constraint_name?: unknown }

function describeError(error: Details): ErrorLine {
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : undefined
  // Drizzle puts the values of a statement into its message, Postgres the offending row into its own; a parser of JSON
  // and an invalid address quote what they were given. Their statement, table and code say as much.
  const quotes =
    error.query !== undefined ||
    error.name === 'PostgresError' ||
    error instanceof SyntaxError ||
    (error instanceof TypeError && /URL/.test(`${error.message}${String(error.code)}`))
  const about = text(error.constraint_name) ?? text(error.table_name) ?? text(error.query)
  const frames = (error.stack ?? '')
    .split('\n')
    .map((frame) => frame.trim())
    .filter((frame) => frame.startsWith('at '))
  return {
    kind: error.name === 'Error' ? error.constructor.name : error.name,
    ...(quotes ? {} : { says: scrub(error.message) }),
    ...(text(error.code) ? { code: text(error.code) } : {}),
    ...(about ? { about } : {}),
    stack: frames.slice(0, FRAMES),
  }
}

/** More than a line shows, also where much is taken out of it. The work of what follows grows with the square of this. */
const LONGEST_READ = 4000

/** Text without addresses, tokens, and the values that Postgres and drizzle quote. */
export function scrub(text: string): string {
  return whole(text)
    .replace(/\b(params|parameters|detail): .*/is, '$1: …')
    .replace(/Key \(([^)]*)\)=\(.*?\)(?= )/gs, 'Key ($1)=(…)')
    .replace(/[^\s"'<>@]{1,100}@[^\s"'<>@]{1,255}/g, '…@…')
    .replace(/[?&][\w-]+=[^\s&"']*/g, '')
    .replace(/[\w-]{32,}/g, (word) =>
      /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(word) || /^[a-z_-]+$/.test(word) ? word : '…',
    )
    .slice(0, LONGEST)
}

/** The beginning of a text, ended between two words: half of a token would not be known for one. */
function whole(text: string): string {
  if (text.length <= LONGEST_READ) return text
  return text.slice(0, Math.max(0, text.lastIndexOf(' ', LONGEST_READ)))
}
