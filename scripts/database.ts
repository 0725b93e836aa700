import { createHmac } from 'node:crypto'
import type { Env } from '../app/read-env'
import { startEmbedded } from '../db/embedded'
import { migrate } from '../db/migrate'
import { makeHouseRoles } from '../db/roles'
import { pauseBefore } from './children'

const LONGEST_PAUSE_MS = 4000

type Embedded = Awaited<ReturnType<typeof startEmbedded>>

/**
 * The database of this house, migrated: the one that the variables name, or one of its own in `DATA_DIR`, which is
 * started again with back-off when it ends. `urls` are what the other processes are given; without an account for it there is
 * no verifier, and its address is null.
 */
export async function openDatabase(env: Env, say: (line: string) => void) {
  if (env.DATABASE_URL) {
    const migrator = env.MIGRATOR_DATABASE_URL ?? env.DATABASE_URL
    const urls = await rolesOf(env, say)
    await migrate({ migrator, ...urls, log: say })
    return { urls, stop: async () => undefined, onMoved: (_moved: () => void) => undefined }
  }
  const keeper = new Keeper(env.DATA_DIR, say)
  await keeper.start()
  return keeper
}

/**
 * Who the web process and the verifier are on a database of somebody else's: the roles that the variables name, or roles of
 * their own which the one account makes. Where it may not, that account is everybody, and a line says what that costs.
 */
async function rolesOf(env: Env, say: (line: string) => void) {
  const { DATABASE_URL: app, MIGRATOR_DATABASE_URL: migrator, VERIFIER_DATABASE_URL: verifier } = env
  // With an owner apart and no verifier named, nobody may say that a verifier saw something: least of all the web process.
  if (migrator) return { app, verifier: verifier ?? null }
  const secret = (role: string) =>
    createHmac('sha256', env.AUTH_SECRET).update(`role ${role}`).digest('base64url')
  const made = await makeHouseRoles(app, secret)
  if (made) return { app: made.app, verifier: verifier ?? made.verifier }
  say(
    'The account of DATABASE_URL can make no roles of its own for the web process, which therefore owns the tables and could alter history. To hold it back, name three accounts: DATABASE_URL, MIGRATOR_DATABASE_URL, VERIFIER_DATABASE_URL.',
  )
  return { app, verifier: verifier ?? app }
}

/** Keeps the embedded server running. */
class Keeper {
  urls = { app: '', verifier: '' }
  private server: Embedded | null = null
  private moved: () => void = () => undefined
  private isStopping = false
  private attempt = 0
  private starting: Promise<void> | null = null

  constructor(
    private readonly dataDir: string,
    private readonly say: (line: string) => void,
  ) {}

  /** Called when the server came back at another address. */
  onMoved(moved: () => void): void {
    this.moved = moved
  }

  async start(): Promise<void> {
    const server = await startEmbedded({ dataDir: this.dataDir, log: this.say })
    if (server.reused) this.say('Found the database still running from an earlier start.')
    this.server = server
    server.onExit(() => this.onExit())
    const urls = { app: server.urlFor('app'), verifier: server.urlFor('verifier') }
    await migrate({ migrator: server.adminUrl, ...urls, log: this.say })
    const hasMoved = this.urls.app !== '' && this.urls.app !== urls.app
    this.urls = urls
    if (hasMoved) this.moved()
  }

  async stop(): Promise<void> {
    this.isStopping = true
    await this.starting?.catch(() => undefined)
    await this.server?.stop()
  }

  private onExit(): void {
    this.server = null
    if (this.isStopping) return
    this.attempt++
    // A full disk keeps it from starting for as long as it is full; the people wait for it, so it is tried often.
    const pause = Math.min(pauseBefore(this.attempt), LONGEST_PAUSE_MS)
    this.say(`Postgres ended. Starting it again in ${pause / 1000} s.`)
    setTimeout(() => {
      if (this.isStopping) return
      this.starting = this.start().then(
        () => {
          this.attempt = 0
          this.say('Postgres is back.')
        },
        (error: unknown) => {
          this.say(`Postgres did not start: ${error instanceof Error ? error.message : error}`)
          this.onExit()
        },
      )
    }, pause)
  }
}
