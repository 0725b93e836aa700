import { spawn } from 'node:child_process'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { join } from 'node:path'
import postgres from 'postgres'
import { uuidv7 } from 'uuidv7'
import { hashPassword } from '../../app/passwords'
import { findEmbedded } from '../../db/embedded'
import type { CodePublic } from '../../exercises/code/shape'
import { listBuiltRoutes } from '../authz-matrix'

/** What the security tests know of the house that Playwright serves, and how they speak to it. */

export const PORT = Number(process.env.E2E_PORT ?? 3217)
export const HOME = `http://localhost:${PORT}`
export const DATA_DIR = '.cache/e2e'
export const PASSWORD = 'a heron stood by the lock'

export const COURSE = 'cloud-deployment'
export const LESSON = 'cloud-building-blocks'
/** A block that takes `{ text }`. */
export const BLOCK = `${COURSE}/${LESSON}/in-series`
export const WRONG_ANSWER = { text: '12' }

let opened: Promise<postgres.Sql> | undefined

/** The house's database as the role that owns it. */
export function database(): Promise<postgres.Sql> {
  opened ??= findEmbedded(DATA_DIR).then((found) => {
    if (!found) throw new Error(`No database runs on ${DATA_DIR}`)
    return postgres(found.adminUrl, { max: 2, idle_timeout: 5, onnotice: () => undefined })
  })
  return opened
}

/** The address of the house's database for a web process. */
export async function appDatabaseUrl(): Promise<string> {
  const found = await findEmbedded(DATA_DIR)
  if (!found) throw new Error(`No database runs on ${DATA_DIR}`)
  return found.urlFor('app')
}

export type Person = { id: string; name: string; email: string; cookie: string }

let hashed: Promise<string> | undefined

/** Somebody with an account and one session, made in the database: sign-up is limited per network. */
export async function makePerson(name = 'Maya Okafor'): Promise<Person> {
  const sql = await database()
  hashed ??= hashPassword(PASSWORD)
  const id = uuidv7()
  const email = `${name.split(' ')[0]?.toLowerCase()}-${randomUUID()}@harbour.example`
  await sql`insert into users (id, email, name, time_zone) values (${id}, ${email}, ${name}, 'Europe/London')`
  await sql`insert into passwords (user_id, hash) values (${id}, ${await hashed})`
  return { id, name, email, cookie: await openSessionFor(id) }
}

/** One more device of somebody: the value of a `Cookie` header. */
export async function openSessionFor(id: string): Promise<string> {
  const sql = await database()
  const sid = randomBytes(32).toString('base64url')
  await sql`
    insert into sessions (user_id, id, sid_hash, device, idle_expires_at, expires_at)
    values (${id}, ${uuidv7()}, ${createHash('sha256').update(sid).digest()}, 'Firefox on Linux',
            now() + interval '1 day', now() + interval '2 days')`
  return `slipway-session=${sid}`
}

export type Asked = {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  as?: Person | string
  /** Absent: our own on a write. `null`: none. */
  origin?: string | null
  port?: number
}
export type Answered = { status: number; headers: IncomingHttpHeaders; body: string; ms: number }

/** Sends a request with the path as it is written, which no URL parser has tidied. */
export function ask(
  path: string,
  { method = 'GET', headers = {}, body, as, origin, port = PORT }: Asked = {},
) {
  const sent: Record<string, string> = { ...headers }
  const writes = method !== 'GET' && method !== 'HEAD'
  const from = origin === undefined && writes ? HOME : origin
  if (from) sent.origin = from
  if (as) sent.cookie = [typeof as === 'string' ? as : as.cookie, sent.cookie].filter(Boolean).join('; ')
  if (body !== undefined) sent['content-length'] ??= String(Buffer.byteLength(body))
  const began = performance.now()
  return new Promise<Answered>((done, failed) => {
    const asking = request(
      { host: 'localhost', port, path, method, headers: sent, agent: false },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', failed)
        answer.on('end', () =>
          done({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(parts).toString('utf8'),
            ms: performance.now() - began,
          }),
        )
      },
    )
    asking.on('error', failed)
    asking.end(body)
  })
}

export const JSON_TYPE = { 'content-type': 'application/json' }

/** A write of JSON, from a page of ours. */
export function send(
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
  rest: Asked = {},
): Promise<Answered> {
  return ask(path, {
    ...rest,
    method,
    headers: { ...JSON_TYPE, ...rest.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

export const anAttempt = (more: object = {}) => ({
  id: randomUUID(),
  block: BLOCK,
  version: 1,
  response: WRONG_ANSWER,
  hints: 0,
  ...more,
})

export const aReport = (more: object = {}) => ({
  id: randomUUID(),
  block: BLOCK,
  version: 1,
  kind: 'problem',
  attempt: null,
  words: 'The picture is upside down.',
  ...more,
})

let built: ReturnType<typeof listBuiltRoutes> | undefined
export const routesBuilt = () => {
  built ??= listBuiltRoutes()
  return built
}

/** Calls a server action as a page does: the state first, then the form. */
export function act(name: string, fields: Record<string, string>, rest: Asked & { page?: string } = {}) {
  const action = routesBuilt().actions.find((one) => one.name === name)
  if (!action) throw new Error(`The build has no action ${name}`)
  const parts = [
    ...Object.entries(fields).map(([field, value]) => [`_1_${field}`, value]),
    ['0', '[{},"$K1"]'],
  ]
  const body = parts
    .map(([field, value]) => `--edge\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`)
    .join('')
  return ask(rest.page ?? action.page, {
    ...rest,
    method: 'POST',
    headers: {
      'next-action': action.id,
      accept: 'text/x-component',
      'content-type': 'multipart/form-data; boundary=edge',
      ...rest.headers,
    },
    body: `${body}--edge--\r\n`,
  })
}

/** The value of a cookie that an answer sets, as a `Cookie` header; null when it sets none or takes it away. */
export function sessionIn(answer: Answered, name = 'slipway-session'): string | null {
  const line = answer.headers['set-cookie']?.find((one) => one.startsWith(`${name}=`))
  const value = line?.slice(name.length + 1).split(';', 1)[0]
  return value ? `${name}=${value}` : null
}

/** Everything that people have done, or one of them, as one hash: equal when nothing was written. */
export async function stateOf(person: Person): Promise<string> {
  const sql = await database()
  const [row] = await sql`
    select md5(concat(
      (select u::text from users u where u.id = ${person.id}),
      (select p::text from passwords p where p.user_id = ${person.id}),
      (select string_agg(s.id::text || coalesce(s.revoked_at::text, ''), ',' order by s.id) from sessions s where s.user_id = ${person.id}),
      (select string_agg(a.id::text, ',' order by a.id) from attempts a where a.user_id = ${person.id}),
      (select string_agg(v.id::text || v.passed::text || v.checked, ',' order by v.id) from verdicts v where v.user_id = ${person.id}),
      (select string_agg(d::text, ',' order by d.block) from drafts d where d.user_id = ${person.id}),
      (select string_agg(r::text, ',' order by r.id) from reports r where r.user_id = ${person.id}),
      (select string_agg(b::text, ',' order by b.block) from block_progress b where b.user_id = ${person.id})
    )) as hash`
  return String(row?.hash)
}

/** The longest part of a text that is written the same way in HTML, in JSON and in a script. */
function plainRun(text: string): string {
  return (text.match(/[A-Za-z0-9 .,;:]+/g) ?? [])
    .reduce((best, run) => (run.length > best.length ? run : best), '')
    .trim()
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('\n') ? value.split('\n') : [value]
  if (typeof value !== 'object' || value === null) return []
  // What a thing is called stands on the page, sometimes put together of two names.
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'label' || name === 'title' ? [] : stringsOf(inner),
  )
}

const compiled = (...path: string[]) => readFileSync(join('.content', ...path), 'utf8')
const lessons = () =>
  readdirSync('.content/lessons').flatMap((course) =>
    readdirSync(join('.content/lessons', course)).map((file) => [course, file] as const),
  )

/** Sentences that only keys hold: answers, reasons, hidden cases, references. Nobody who has passed nothing may see one. */
export function keyCanaries(): string[] {
  const open =
    compiled('index.json') +
    lessons()
      .map(([course, file]) => compiled('lessons', course, file))
      .join('\n')
  const secret = lessons().flatMap(([course, file]) => stringsOf(JSON.parse(compiled('keys', course, file))))
  const runs = new Set(secret.map(plainRun).filter((run) => run.length >= 24))
  return [...runs].filter((run) => !open.includes(run))
}

/** Sentences that stand in a lesson and not in what everybody may read of it. */
export function lessonCanaries(course = COURSE, lesson = LESSON): string[] {
  const index = compiled('index.json')
  const { segments } = JSON.parse(compiled('lessons', course, `${lesson}.json`)) as { segments: unknown }
  const runs = new Set(
    stringsOf(segments)
      .flatMap((html) => html.split(/<[^>]+>/))
      .map(plainRun)
      .filter((run) => run.length >= 40),
  )
  return [...runs].filter((run) => !index.includes(run))
}

export const leaked = (body: string, canaries: Iterable<string>): string[] =>
  [...canaries].filter((canary) => body.includes(canary))

export type Served = { port: number; said: () => string; stop: () => Promise<void> }

/** Another web process on the same build, with an environment of its own. `script` is what serves. */
export async function serve(script: string, env: Record<string, string>): Promise<Served> {
  const port = 20_000 + Math.floor(Math.random() * 20_000)
  const child = spawn(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, NODE_ENV: 'production', DATA_DIR, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  const deadline = Date.now() + 30_000
  const isUp = () =>
    ask('/livez', { port }).then(
      () => true,
      () => false,
    )
  while (!(await isUp())) {
    if (Date.now() > deadline || child.exitCode !== null) {
      child.kill('SIGKILL')
      throw new Error(`${script} did not begin to serve:\n${said}`)
    }
    await new Promise((done) => setTimeout(done, 100))
  }
  return {
    port,
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What a page would send for a `code` block that pretends that everything held. */
export function forgedPass(block: string) {
  const lesson = JSON.parse(
    readFileSync(`.content/lessons/${block.slice(0, block.lastIndexOf('/'))}.json`, 'utf8'),
  ) as Record<'blocks', Record<string, { props: CodePublic }>>
  const key = (lesson.blocks[block] as { props: CodePublic }).props.key
  const observation = {
    scope: 'visible',
    ended: 'result',
    error: null,
    exited: false,
    bans: [],
    cases: key.cases.map(({ id, expected }) => ({ id, value: expected })),
    meters: key.meters.map(({ id, points }) => ({ id, points: points.map(({ n }) => ({ n, count: 1 })) })),
    ms: 1,
  }
  return { answer: { files: { 'solution.py': 'pass\n' } }, observation }
}
