import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readEnv } from '../app/read-env'
import { LIMITS } from '../db/connection'

const read = (file: string) => readFileSync(file, 'utf8')
const example = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)

type Instruction = { name: string; rest: string }

/** The instructions of a Dockerfile, comments left out and continued lines joined. */
function readDockerfile(): Instruction[] {
  const text = read('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? []
      return { name, rest }
    })
}
const all = (name: string) => readDockerfile().filter((one) => one.name === name)

test('every line of the Dockerfile is an instruction that Docker knows, and stages are named before they are used', () => {
  const known = [
    'FROM',
    'WORKDIR',
    'COPY',
    'RUN',
    'ENV',
    'USER',
    'VOLUME',
    'EXPOSE',
    'STOPSIGNAL',
    'HEALTHCHECK',
    'CMD',
  ]
  expect(readDockerfile().filter(({ name }) => !known.includes(name))).toEqual([])
  expect(readDockerfile()[0]?.name).toBe('FROM')
  const stages = all('FROM').map(({ rest }) => / AS (\w+)$/.exec(rest)?.[1])
  for (const { rest } of all('COPY')) {
    const from = /--from=(\w+)/.exec(rest)?.[1]
    if (from) expect(stages).toContain(from)
  }
})

test('the image is Node 24, runs as nobody special, keeps its data in a volume, and starts what is there', () => {
  expect(all('FROM').map(({ rest }) => rest)).toEqual([
    'node:24-bookworm-slim AS build',
    'node:24-bookworm-slim',
  ])
  const last = readDockerfile().slice(readDockerfile().findLastIndex(({ name }) => name === 'FROM'))
  expect(last.filter(({ name }) => name === 'USER').map(({ rest }) => rest)).toEqual(['node'])
  const user = last.findIndex(({ name }) => name === 'USER')
  expect(last.slice(user).filter(({ name }) => name === 'RUN' || name === 'COPY')).toEqual([])
  expect(last.find(({ name }) => name === 'ENV')?.rest).toContain('DATA_DIR=/data')
  expect(last.find(({ name }) => name === 'VOLUME')?.rest).toBe('/data')
  for (const name of ['CMD', 'HEALTHCHECK']) {
    const [, json = ''] = /(\[.*\])$/.exec(last.find((one) => one.name === name)?.rest ?? '') ?? []
    const [program, script] = z.tuple([z.literal('node'), z.string()]).parse(JSON.parse(json))
    expect(program).toBe('node')
    expect(existsSync(script), script).toBe(true)
  }
})

test('what is copied first exists, and nothing private or built is copied at all', () => {
  const [first] = all('COPY')
  for (const file of first?.rest.split(' ').slice(0, -1) ?? []) expect(existsSync(file), file).toBe(true)
  const ignored = read('.dockerignore').split('\n')
  for (const place of ['.git', '.env', '.data', 'node_modules', '.next', '.content', '.runner', '.cache'])
    expect(ignored).toContain(place)
})

const service = z.strictObject({
  build: z.literal('.').optional(),
  image: z
    .string()
    .regex(/^[a-z/]+:v?\d[\w.-]*$/, 'names a version')
    .optional(),
  init: z.literal(true).optional(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string().optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'is for this machine only')).optional(),
  volumes: z.array(z.string().regex(/^\w+:\/[\w/]+$/)).optional(),
  cap_drop: z.tuple([z.literal('ALL')]).optional(),
  security_opt: z.array(z.string()).optional(),
  shm_size: z.string().optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.number(),
    })
    .optional(),
})
const compose = z
  .strictObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(read('compose.yaml')))

test('compose has the app, PostgreSQL 18 and a mail catcher, and every name in it leads somewhere', () => {
  const { app, db, mail } = compose.services
  expect(Object.keys(compose.services)).toEqual(['app', 'db', 'mail'])
  expect(db?.image).toBe('postgres:18')
  expect(db?.ports, 'nobody outside reaches the database').toBeUndefined()
  expect(mail?.image).toContain('mailpit')
  for (const { depends_on = {}, volumes = [] } of Object.values(compose.services)) {
    for (const other of Object.keys(depends_on))
      expect(compose.services[other]?.healthcheck, other).toBeDefined()
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
  }
  for (const name of Object.keys(app?.environment ?? {})) expect(example, name).toContain(name)
  const seconds = Number.parseInt(app?.stop_grace_period ?? '', 10)
  const drain =
    Number(/STOP_WITHIN_MS = ([\d_]+)/.exec(read('scripts/children.ts'))?.[1]?.replace('_', '')) / 1000
  expect(seconds, 'longer than requests may take to end').toBeGreaterThan(drain)
})

/** `${NAME:-default}` and `${NAME:?why}` as compose fills them in. */
function fillIn(text: string, given: Record<string, string>): string {
  return text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_all, name: string, kind: string, word: string) => {
    const value = given[name]
    if (value) return value
    if (kind === '?') throw new Error(`${name}: ${word}`)
    return word
  })
}

test('the variables that compose gives are in order as they are, and without a password it says so', () => {
  const given = Object.entries(compose.services.app?.environment ?? {})
  const filled = (secrets: Record<string, string>) =>
    Object.fromEntries(given.map(([name, value]) => [name, fillIn(value, secrets)]))
  const env = readEnv(filled({ POSTGRES_PASSWORD: 'k3J8s-d02Lq_xVt5' }), { makesSecret: false })
  expect(env).toMatchObject({ PORT: 3000, isLocal: true, SMTP_URL: 'smtp://mail:1025' })
  expect(() => filled({})).toThrow('POSTGRES_PASSWORD: set it in .env')
})

test('the example of variables is what is read, no more and no less', () => {
  const source = read('app/read-env.ts')
  const shape = source.slice(source.indexOf('const shape = '), source.indexOf('/** Values that must'))
  const known = [...shape.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name)
  const elsewhere = ['BACKUP_PASSPHRASE']
  const untold = ['NODE_ENV']
  expect(example.filter((name) => !elsewhere.includes(name ?? '')).toSorted()).toEqual(
    known.filter((name) => !untold.includes(name ?? '')).toSorted(),
  )
})

test('the units of systemd run as somebody of their own and start what is there', () => {
  const units = readdirSync('deploy').filter((file) => /\.(service|timer)$/.test(file))
  expect(units.length).toBe(3)
  for (const file of units) {
    const lines = read(`deploy/${file}`)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    for (const line of lines) expect(line, file).toMatch(/^(\[\w+\]|[A-Z][A-Za-z]+=.+)$/)
    if (!file.endsWith('.service')) continue
    expect(lines, file).toContain('User=slipway')
    const start = lines.find((line) => line.startsWith('ExecStart='))
    const script = /node (\S+)/.exec(start ?? '')?.[1]
    const named = /npm run --silent (\S+)/.exec(start ?? '')?.[1]
    const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
    expect(script ? statSync(script).isFile() : Object.hasOwn(scripts, named ?? ''), file).toBe(true)
  }
})

test('the pooler gives its connections the limits that Slipway would have asked for', () => {
  const ini = read('deploy/pgbouncer.ini')
  for (const [name, value] of Object.entries(LIMITS)) expect(ini).toContain(`set ${name} = ${value}`)
  expect(ini).toContain('pool_mode = transaction')
})

test('both proxies overwrite what they forward and keep /metrics to themselves', () => {
  const nginx = read('deploy/nginx.conf')
  expect(nginx).toContain('X-Forwarded-For $remote_addr;')
  expect(nginx).not.toContain('$proxy_add_x_forwarded_for')
  expect(nginx).toMatch(/location = \/metrics \{\s+return 404;/)
  const caddy = read('deploy/Caddyfile')
  expect(caddy).toContain('respond /metrics 404')
  for (const text of [nginx, caddy]) expect(text.split('{').length).toBe(text.split('}').length)
})
