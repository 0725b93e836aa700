import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { AlreadyStarting } from './errors'
import { isLiving, markOf, readMark, tryHold } from './holder'
import { makeRole } from './roles'
import { chooseShell, type Shell } from './shell'

export type Role = 'migrator' | 'app' | 'verifier'
export type Embedded = {
  /** Where each role reaches the database `slipway`. */
  urlFor(role: Role): string
  /** The owner of the schema: for migrations and for the operator's commands. */
  adminUrl: string
  /** A server left running by a process that was killed was found and taken over. */
  reused: boolean
  /** Stops it cleanly: open transactions are rolled back, everything acknowledged is on disk. */
  stop(): Promise<void>
  /** Called when the server ends without `stop`. */
  onExit(listener: () => void): void
}

const DATABASE = 'slipway'
const ROLES: Role[] = ['migrator', 'app', 'verifier']
const START_SECONDS = 60

type Secrets = Record<Role | 'postgres', string>

/**
 * Starts a real PostgreSQL on 127.0.0.1 with its data in `dataDir`, or finds the one that runs there already; as root too.
 * Throws `AlreadyStarting` while another start on the same folder is under way.
 */
export async function startEmbedded({
  dataDir,
  log = () => undefined,
}: {
  dataDir: string
  log?: (line: string) => void
}): Promise<Embedded> {
  const home = resolve(dataDir, 'postgres')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const release = holdStart(home)
  try {
    const shell = chooseShell(home, log)
    const secrets = readSecrets(join(home, 'secrets.json'))
    if (!existsSync(join(shell.data, 'PG_VERSION'))) {
      log('Making the database')
      await makeCluster(shell, secrets, join(home, 'log'))
    }
    const running = await findRunning(shell.data, secrets)
    const server = running ?? (await launch(shell, secrets, join(home, 'log')))
    await ensureRolesAndDatabase(server.port, secrets)
    return attach(server, secrets, running !== null)
  } finally {
    release()
  }
}

/** Two starts on one empty folder would make each other's cluster, secrets and port. */
function holdStart(home: string): () => void {
  const file = join(home, 'starting.json')
  while (!tryHold(file, markOf(process.pid))) {
    const holder = readMark(file)
    if (holder && isLiving(holder)) throw new AlreadyStarting(home, holder.pid)
  }
  return () => rmSync(file, { force: true })
}

/** Where the running server of `dataDir` is reached, for the operator's commands; null when none runs. */
export async function findEmbedded(dataDir: string): Promise<Pick<Embedded, 'urlFor' | 'adminUrl'> | null> {
  const home = resolve(dataDir, 'postgres')
  if (!existsSync(join(home, 'secrets.json'))) return null
  const secrets = readSecrets(join(home, 'secrets.json'))
  const copied = join(home, 'moved-to')
  const data = existsSync(copied) ? join(readFileSync(copied, 'utf8').trim(), 'data') : join(home, 'data')
  const running = await findRunning(data, secrets)
  if (!running) return null
  const urlFor = (role: Role) => addressOf(role, running.port, secrets)
  return { urlFor, adminUrl: urlFor('migrator') }
}

type Server = { pid: number; port: number; child: ChildProcess | null }

function readSecrets(file: string): Secrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets
  const secret = () => randomBytes(24).toString('base64url')
  const secrets: Secrets = { postgres: secret(), migrator: secret(), app: secret(), verifier: secret() }
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

async function makeCluster(shell: Shell, secrets: Secrets, logFile: string): Promise<void> {
  // initdb killed half-way leaves a folder that it would refuse: it holds nothing yet.
  rmSync(shell.data, { recursive: true, force: true })
  const passwordFile = join(dirname(shell.data), '.password')
  writeFileSync(passwordFile, secrets.postgres, { mode: 0o600 })
  if (shell.uid !== undefined) spawnSync('chown', [`${shell.uid}:${shell.gid}`, passwordFile])
  try {
    const making = `${shell.data}.making`
    rmSync(making, { recursive: true, force: true })
    const [program, args] = shell.run('initdb', [
      '-D',
      making,
      '-U',
      'postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
    ])
    const log = openSync(logFile, 'a', 0o600)
    const status = await new Promise<number | null>((done, failed) => {
      const child = spawn(program, args, { stdio: ['ignore', log, log], uid: shell.uid, gid: shell.gid })
      child.on('error', failed)
      child.on('exit', done)
    })
    if (status !== 0) throw new Error(`initdb failed (status ${status}): see the end of ${logFile}`)
    renameSync(making, shell.data)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** A postmaster of this data folder that answers. A pid file without one is Postgres' own to clear up. */
async function findRunning(data: string, secrets: Secrets): Promise<Server | null> {
  for (let tries = 0; tries < 100; tries++) {
    let lines: string[]
    try {
      lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    } catch {
      return null
    }
    const pid = Number(lines[0])
    const port = Number(lines[3])
    if (!pid || !isAlive(pid)) return null
    if (!isServerOf(pid, data)) {
      // After a crash of the machine the number may be anybody's. Postgres would refuse to start for its sake.
      rmSync(join(data, 'postmaster.pid'), { force: true })
      return null
    }
    if (port && lines[7]?.trim() === 'ready' && (await answers(port, secrets)))
      return { pid, port, child: null }
    // Alive and not ready: starting, or shutting down after its keeper was killed.
    await pause(100)
  }
  return null
}

/** True when the process is a Postgres on this data folder, or on one that cannot be made out. */
function isServerOf(pid: number, data: string): boolean {
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ')
        : spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout
    return command === '' || (command.includes('postgres') && command.includes(data))
  } catch {
    return true
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  try {
    // A killed child that nobody has waited for yet still has a pid.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform !== 'linux'
  }
}

async function answers(port: number, secrets: Secrets): Promise<boolean> {
  const sql = postgres(addressOf('postgres', port, secrets), {
    max: 1,
    connect_timeout: 3,
    onnotice: () => undefined,
  })
  try {
    await sql`select 1`
    return true
  } catch {
    return false
  } finally {
    await sql.end({ timeout: 1 }).catch(() => undefined)
  }
}

async function launch(shell: Shell, secrets: Secrets, logFile: string): Promise<Server> {
  const port = await choosePort(join(dirname(logFile), 'port'))
  const [program, args] = shell.run('postgres', [
    '-D',
    shell.data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'max_connections=60',
    '-c',
    'log_timezone=UTC',
    '-c',
    'timezone=UTC',
    '-c',
    'log_statement=none',
    '-c',
    'log_min_error_statement=panic',
  ])
  const log = openSync(logFile, 'a', 0o600)
  // In a session of its own: Ctrl-C reaches its keeper, who lets requests end before the database goes.
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    detached: true,
    uid: shell.uid,
    gid: shell.gid,
  })
  let ended: string | null = null
  child.on('error', (error) => {
    ended = error.message
  })
  child.on('exit', (status, signal) => {
    ended = signal ?? `status ${status}`
  })
  for (let waited = 0; waited < START_SECONDS * 1000; waited += 50) {
    if (ended) throw new Error(`Postgres ended while starting (${ended}): see the end of ${logFile}`)
    if (isReady(shell.data) && (await answers(port, secrets))) return { pid: child.pid ?? 0, port, child }
    await pause(50)
  }
  child.kill('SIGINT')
  throw new Error(`Postgres was not ready after ${START_SECONDS} s: see the end of ${logFile}`)
}

function isReady(data: string): boolean {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/** The port of the last start where it is free: whoever is connected comes back without being told. */
async function choosePort(file: string): Promise<number> {
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const port = await freePort(last).catch(() => freePort(0))
  writeFileSync(file, String(port), { mode: 0o600 })
  return port
}

function freePort(wanted: number): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? done(address.port) : failed(new Error('no port')),
      )
    })
  })
}

function addressOf(role: Role | 'postgres', port: number, secrets: Secrets): string {
  return `postgres://${role}:${secrets[role]}@127.0.0.1:${port}/${role === 'postgres' ? 'postgres' : DATABASE}`
}

/** Roles belong to the cluster, so they are made before any migration, and again with nothing to do at each start. */
async function ensureRolesAndDatabase(port: number, secrets: Secrets): Promise<void> {
  const sql = postgres(addressOf('postgres', port, secrets), { max: 1, onnotice: () => undefined })
  try {
    for (const role of ROLES) await makeRole(sql, role, secrets[role])
    const [found] = await sql`select 1 from pg_database where datname = ${DATABASE}`
    if (!found) await sql.unsafe(`create database ${DATABASE} owner migrator`)
    await sql.unsafe(`revoke connect on database ${DATABASE} from public`)
    await sql.unsafe(`grant connect on database ${DATABASE} to ${ROLES.join(', ')}`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

function attach({ pid, port, child }: Server, secrets: Secrets, reused: boolean): Embedded {
  const listeners = new Set<() => void>()
  let isStopping = false
  const hasEnded = new Promise<void>((done) => {
    const end = () => {
      done()
      if (!isStopping) for (const listener of listeners) listener()
    }
    if (child) {
      if (child.exitCode !== null || child.signalCode !== null) end()
      else child.once('exit', end)
      return
    }
    // Not our child: there is nobody to tell us but the process table.
    const watch = setInterval(() => {
      if (isAlive(pid)) return
      clearInterval(watch)
      end()
    }, 300)
    watch.unref()
  })
  const urlFor = (role: Role) => addressOf(role, port, secrets)
  return {
    urlFor,
    adminUrl: urlFor('migrator'),
    reused,
    onExit: (listener) => listeners.add(listener),
    async stop() {
      isStopping = true
      signal(pid, 'SIGINT') // Postgres' fast shutdown
      for (let waited = 0; waited < 20_000 && isAlive(pid); waited += 25) await pause(25)
      if (isAlive(pid)) signal(pid, 'SIGQUIT') // immediate: recovers at the next start
      await Promise.race([hasEnded, pause(5000, undefined, { ref: false })])
    },
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}
