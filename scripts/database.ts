import type { Env } from '../app/read-env'
import { startEmbedded } from '../db/embedded'
import { migrate } from '../db/migrate'
import { pauseBefore } from './children'

type Embedded = Awaited<ReturnType<typeof startEmbedded>>

/**
 * The database of this house, migrated: the one that the variables name, or one of its own in `DATA_DIR`, which is
 * started again with back-off when it ends. `urls` are what the other processes are given.
 */
export async function openDatabase(env: Env, say: (line: string) => void) {
  if (env.DATABASE_URL) {
    const urls = { app: env.DATABASE_URL, verifier: env.VERIFIER_DATABASE_URL ?? env.DATABASE_URL }
    await migrate({ migrator: env.MIGRATOR_DATABASE_URL ?? env.DATABASE_URL, ...urls, log: say })
    return { urls, stop: async () => undefined, onMoved: (_moved: () => void) => undefined }
  }
  const keeper = new Keeper(env.DATA_DIR, say)
  await keeper.start()
  return keeper
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
    const pause = pauseBefore(this.attempt)
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
