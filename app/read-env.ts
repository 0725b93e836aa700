import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'

/** What the environment may say, and what it may not. `app/env.ts` applies it to the web process. */

/** Compose files and `.env` write an absent value as `NAME=`. */
const blankIsUnset = (value: unknown) =>
  typeof value === 'string' && value.trim() === '' ? undefined : value
const optional = <T extends z.ZodType>(type: T) => z.preprocess(blankIsUnset, type.optional())
const text = optional(z.string().trim())

const webAddress = optional(
  z
    .string()
    .trim()
    .regex(/^https?:\/\//i, 'must start with http:// or https://')
    .refine((value) => URL.canParse(value), 'is not an address')
    .transform((value) => value.replace(/\/+$/, '')),
)

const database = optional(
  z
    .string()
    .trim()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .refine((value) => URL.canParse(value), 'is not an address'),
)

const onOff = (name: string) =>
  optional(z.enum(['on', 'off', 'true', 'false', '1', '0'], `must be on or off (${name}=on)`)).transform(
    (value) => value === 'on' || value === 'true' || value === '1',
  )

/** Above 1023, the ports that browsers and Node's own `fetch` refuse: https://fetch.spec.whatwg.org/#port-blocking */
const BAD_PORTS = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
])

const shape = z.object({
  NODE_ENV: optional(z.enum(['production', 'development', 'test'])).default('production'),
  PORT: optional(
    z.coerce
      .number('must be a number')
      .int()
      .min(1)
      .max(65535)
      .refine((port) => !BAD_PORTS.has(port), 'browsers open no page on this port; take 3000 or 8080'),
  ).default(3000),
  PUBLIC_URL: webAddress,
  DATA_DIR: text.default('.data'),
  AUTH_SECRET: text,
  DATABASE_URL: database,
  MIGRATOR_DATABASE_URL: database,
  VERIFIER_DATABASE_URL: database,
  /** A pooler in transaction mode stands between: PgBouncer. */
  DATABASE_POOLED: onOff('DATABASE_POOLED'),
  SMTP_URL: optional(
    z
      .string()
      .trim()
      .regex(/^smtps?:\/\//, 'must start with smtp:// or smtps://'),
  ),
  MAIL_FROM: text,
  GITHUB_ID: text,
  GITHUB_SECRET: text,
  GITHUB_URL: webAddress,
  GOOGLE_ID: text,
  GOOGLE_SECRET: text,
  GOOGLE_ISSUER: webAddress,
  OIDC_ISSUER: webAddress,
  OIDC_ID: text,
  OIDC_SECRET: text,
  OIDC_NAME: text,
  SIGN_UP: optional(z.enum(['open', 'closed'], 'must be open or closed')).default('open'),
  TRUST_PROXY: onOff('TRUST_PROXY'),
  /** Off without it. Whoever holds it may read `/metrics`. */
  METRICS_TOKEN: optional(z.string().trim().min(24, 'must have at least 24 characters')),
  /** What `npm start` says of itself: sentences, or lines of JSON as the web process writes them. */
  LOG_FORMAT: optional(z.enum(['text', 'json'], 'must be text or json')).default('text'),
})

/** Values that must be given together: half a provider is a typing error, not a wish. */
const TOGETHER = [
  ['GITHUB_ID', 'GITHUB_SECRET'],
  ['GOOGLE_ID', 'GOOGLE_SECRET'],
  ['OIDC_ISSUER', 'OIDC_ID', 'OIDC_SECRET'],
] as const

const SAMPLE_PASSWORDS = new Set([
  'postgres',
  'password',
  'secret',
  'slipway',
  'example',
  'admin',
  'root',
  'test',
])

/** What is wrong with the environment, one line a variable. The value itself is never printed: it may be a secret. */
export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The environment is not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'EnvError'
  }
}

/** True for the names of this machine itself, where browsers accept plain http as secure. */
export function isLocalName(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]'
  )
}

/**
 * Reads and checks an environment. Makes `DATA_DIR` and, where `AUTH_SECRET` is not given, the secret in it
 * (0600, at the first start). `withDatabase: false` is for who is about to start one,
 * `makesSecret: false` for who only looks. Throws an `EnvError` that names each variable that is wrong.
 */
export function readEnv(
  source: Record<string, string | undefined>,
  { withDatabase = true, makesSecret = true } = {},
) {
  const parsed = shape.safeParse(source)
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`))
  }
  const values = parsed.data
  const problems: string[] = []

  const url = new URL(values.PUBLIC_URL ?? `http://localhost:${values.PORT}`)
  const isLocal = isLocalName(url.hostname)
  if (url.pathname !== '/' || url.search || url.hash || url.username) {
    problems.push('PUBLIC_URL: must be an origin, without a path: https://learn.example.org')
  }
  if (!isLocal && url.protocol !== 'https:') {
    problems.push(
      'PUBLIC_URL: must be https away from localhost. Browsers give no secure context on plain http, and sign-in cookies would travel in the clear.',
    )
  }
  for (const group of TOGETHER) {
    const missing = group.filter((name) => values[name] === undefined)
    if (missing.length > 0 && missing.length < group.length) {
      problems.push(
        `${missing.join(', ')}: needed beside ${group.filter((name) => !missing.includes(name)).join(', ')}`,
      )
    }
  }
  // Migrations hold a lock of their session, which a pooler would give to somebody else.
  if (values.DATABASE_POOLED && !values.MIGRATOR_DATABASE_URL)
    problems.push('MIGRATOR_DATABASE_URL: needed beside DATABASE_POOLED, and past the pooler')
  if (values.OIDC_NAME && !values.OIDC_ISSUER) problems.push('OIDC_ISSUER: needed beside OIDC_NAME')
  if (values.SMTP_URL && !values.MAIL_FROM) problems.push('MAIL_FROM: needed beside SMTP_URL')

  for (const name of ['DATABASE_URL', 'MIGRATOR_DATABASE_URL', 'VERIFIER_DATABASE_URL'] as const) {
    const password = values[name] ? decodeURIComponent(new URL(values[name]).password) : ''
    if (
      /^change[-_ ]?(me|it)/i.test(password) ||
      (!isLocal && SAMPLE_PASSWORDS.has(password.toLowerCase()))
    ) {
      problems.push(`${name}: its password is a sample that everyone knows. Give the account one of its own.`)
    }
  }
  if (values.AUTH_SECRET !== undefined) {
    const weakness = weaknessOf(values.AUTH_SECRET)
    if (weakness) problems.push(`AUTH_SECRET: ${weakness}. Make one with: openssl rand -base64 32`)
  }

  // `next build` evaluates the pages' modules: it needs no database, no secret, and must leave neither in its output.
  const isBuild = source.NEXT_PHASE === 'phase-production-build'
  const dataDir = resolve(/* turbopackIgnore: true */ values.DATA_DIR)
  if (!values.DATABASE_URL && withDatabase && !isBuild) {
    problems.push(
      'DATABASE_URL: not set. `npm start` brings a database of its own; without it, name one here.',
    )
  }
  if (problems.length > 0) throw new EnvError(problems)

  return {
    ...values,
    PUBLIC_URL: url.origin,
    DATA_DIR: dataDir,
    DATABASE_URL: values.DATABASE_URL ?? '',
    AUTH_SECRET: values.AUTH_SECRET ?? (isBuild || !makesSecret ? '' : ownSecret(dataDir)),
    /** The server is reached by a name of this machine only. */
    isLocal,
    /** Cookies are `__Host-` and Secure, and the page is told to stay on TLS. */
    isHttps: url.protocol === 'https:',
    isProduction: values.NODE_ENV === 'production',
    /** Where a form may lead besides here: browsers hold the answer to a form against the policy of its page. */
    providerOrigins: [
      values.GOOGLE_ID && (values.GOOGLE_ISSUER ?? 'https://accounts.google.com'),
      values.OIDC_ISSUER,
      values.GITHUB_ID && (values.GITHUB_URL ?? 'https://github.com'),
    ].flatMap((address) => (address ? [new URL(address).origin] : [])),
  }
}

export type Env = ReturnType<typeof readEnv>

function weaknessOf(secret: string): string | null {
  if (secret.length < 32) return `has ${secret.length} characters, at least 32 are needed`
  if (new Set(secret).size < 10) return 'repeats itself'
  if (/change[-_ ]?(me|it)|your[-_ ]?secret|example|(?<part>.{4,})\k<part>{3,}/i.test(secret))
    return 'is a sample, not a secret'
  return null
}

/** Two processes that start together must end with one secret: a whole file is linked into place, the second link fails. */
function ownSecret(dataDir: string): string {
  const file = join(/* turbopackIgnore: true */ dataDir, 'auth-secret')
  const read = () => {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600)
    const secret = readFileSync(file, 'utf8').trim()
    const weakness = weaknessOf(secret)
    if (weakness)
      throw new EnvError([
        `AUTH_SECRET: the secret in ${file} ${weakness}. Remove the file to get a new one; everyone signs in again.`,
      ])
    return secret
  }
  try {
    return read()
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    unlinkSync(draft)
  }
  return read()
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
