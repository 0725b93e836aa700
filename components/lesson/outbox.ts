import type { AttemptOutcome } from '@/exercises/kind'
import { Device, type WaitingAttempt } from './device'
import * as server from './server-calls'
import { listTabs, oneAtATime } from './tab'

export const RETRY_FIRST_MS = 1000
/** Short enough that work follows within ten seconds of the server. */
export const RETRY_MAX_MS = 8000

/** How an attempt can wait: what the server, or the way to it, said. */
export type Held = Extract<server.Answer<never>, { why: 'offline' | 'limited' | 'signed-out' }>

export type Watcher = {
  settled: (attempt: WaitingAttempt, said: server.Answer<Omit<AttemptOutcome, 'at'>>) => void
  held: (attempts: readonly WaitingAttempt[], why: Held) => void
}

const nobody: Watcher = { settled: () => undefined, held: () => undefined }

/**
 * What waits on this device for one person, and its way to the server: attempts in the order they were made, one at a
 * time in all pages of this browser; then drafts of pages that are closed. Nothing is dropped before it was acknowledged.
 */
export class Outbox {
  #waiting: WaitingAttempt[] = []
  #sending = false
  #again = false
  #timer: ReturnType<typeof setTimeout> | null = null
  #retryMs = RETRY_FIRST_MS
  #closed = false

  constructor(
    readonly user: string,
    readonly tab: string,
    readonly device = new Device(),
    readonly watcher: Watcher = nobody,
    /** Blocks whose drafts this page sends itself. */
    readonly own: ReadonlySet<string> = new Set(),
  ) {}

  get waiting(): readonly WaitingAttempt[] {
    return this.#waiting
  }

  /** Takes over what closed pages left. Rejects when the browser refuses storage. */
  async adopt(): Promise<void> {
    const tabs = await listTabs()
    const left = (await this.device.readAttempts(this.user)).filter(
      ({ id, tab }) => !(tab && tabs.has(tab)) && !this.#waiting.some((mine) => mine.id === id),
    )
    this.#waiting = [...this.#waiting, ...left].sort((a, b) => a.order - b.order)
  }

  async add(attempt: Omit<WaitingAttempt, 'user' | 'tab' | 'order'>): Promise<void> {
    const order = Math.max(Date.now(), (this.#waiting.at(-1)?.order ?? 0) + 1)
    const kept: WaitingAttempt = { ...attempt, user: this.user, tab: this.tab, order }
    this.#waiting.push(kept)
    await this.device.keepAttempt(kept).catch(() => {})
  }

  /** Sends what waits; stops at the first that cannot be sent now and tries again by itself. */
  async send(): Promise<void> {
    if (this.#closed) return
    if (this.#sending) {
      this.#again = true
      return
    }
    this.#sending = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    try {
      do {
        this.#again = false
        await oneAtATime(`outbox:${this.user}`, async () => {
          if (await this.#sendAttempts()) await this.#sendDrafts()
        })
      } while (this.#again && !this.#closed && !this.#timer)
    } finally {
      this.#sending = false
    }
  }

  /** From here on nothing is sent: the person has signed out. */
  close(): void {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Whether all have gone. */
  async #sendAttempts(): Promise<boolean> {
    while (this.#waiting[0] && !this.#closed) {
      const attempt = this.#waiting[0]
      const elsewhere =
        attempt.tab !== this.tab && !(await this.device.hasAttempt(attempt.id).catch(() => true))
      // Another page has sent it since: only its outcome is asked for.
      const said = elsewhere
        ? await server.getAttempt(attempt.id)
        : await server.postAttempt(this.user, attempt)
      if (isHeld(said)) {
        this.#hold(said)
        this.watcher.held(this.#waiting, said)
        return false
      }
      this.#retryMs = RETRY_FIRST_MS
      this.#waiting.shift()
      await this.device.dropAttempt(attempt.id).catch(() => {})
      this.watcher.settled(attempt, said)
    }
    return !this.#closed
  }

  async #sendDrafts(): Promise<void> {
    const [drafts, tabs] = await Promise.all([
      this.device.readWaitingDrafts(this.user).catch(() => []),
      listTabs(),
    ])
    for (const draft of drafts) {
      if (this.#closed || draft.held || this.own.has(draft.block) || tabs.has(draft.tab)) continue
      const said = await server.putDraft(this.user, draft.block, draft.base, draft.state)
      if (isHeld(said)) return this.#hold(said)
      if (said.ok && 'revision' in said.value) {
        await this.device.settleDraft({ ...draft, base: said.value.revision }).catch(() => {})
      } else {
        // Both are kept on the server by now; which of them to go on with is asked when the lesson is open.
        await this.device.keepDraft({ ...draft, held: true }).catch(() => {})
      }
    }
  }

  #hold(said: Held): void {
    // Somebody has to sign in first; that is a new page, or the return to this one.
    if (said.why === 'signed-out') return
    const wait = said.why === 'limited' ? said.seconds * 1000 : this.#retryMs
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.send()
    }, wait)
  }
}

function isHeld(said: server.Answer<unknown>): said is Held {
  return !said.ok && (said.why === 'offline' || said.why === 'limited' || said.why === 'signed-out')
}
