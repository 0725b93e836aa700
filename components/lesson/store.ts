import type { AttemptOutcome, BlockSession, SavedLine, Solution, Verdict } from '@/exercises/kind'
import { Device, type DeviceDraft, type WaitingAttempt } from './device'
import * as server from './server-calls'

/** What a block's draft holds, on the device and on the server. */
export type DraftState = { answer?: unknown; hints?: number }

/** Where the learner stands with a block when the page opens. */
export type BlockStart = {
  version: number
  state: 'new' | 'tried' | 'passed'
  draft: { revision: number; state: DraftState; at: string } | null
  /** Newest first. */
  history: AttemptOutcome[]
}

/** The changing part of a block's session. Replaced, never mutated. */
export type BlockView = {
  answer: unknown
  hintsOpened: number
  state: 'new' | 'tried' | 'passed'
  outcome: AttemptOutcome | null
  history: AttemptOutcome[]
  sending: boolean
  saved: SavedLine
  notice: BlockSession<unknown>['notice']
  /** Grows when the answer was replaced from outside, so that a panel starts anew from it. */
  restored: number
}

type Entry = {
  view: BlockView
  version: number
  revision: number
  /** Counts changes; what a save has covered is compared with it. */
  edits: number
  savedOnDevice: number
  savedOnServer: number
  serverTimer: ReturnType<typeof setTimeout> | null
  writing: boolean
  /** A draft is on its way to the server; one at a time, or the second would look like another device's. */
  sendingDraft: boolean
  retryMs: number
}

const SERVER_DELAY_MS = 1200
const RETRY_FIRST_MS = 2000
const RETRY_MAX_MS = 30_000
const HISTORY = 10

const clock = (iso: string) =>
  new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
const seconds = (ms: number) => Math.max(1, Math.round(ms / 1000))

/**
 * Everything a lesson's page keeps for its learner: drafts on the device at once and on the server within two seconds,
 * attempts that are sent exactly once and wait on the device while they cannot be. One a page. With `user` null
 * (a visitor) nothing is kept and nothing is sent.
 */
export class LessonStore {
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<() => void>()
  readonly #device: Device
  #waiting: WaitingAttempt[] = []
  #sendingQueue = false
  #queueTimer: ReturnType<typeof setTimeout> | null = null
  #queueRetryMs = RETRY_FIRST_MS

  constructor(
    readonly user: string | null,
    blocks: Record<string, BlockStart>,
    device = new Device(),
  ) {
    this.#device = device
    for (const [id, start] of Object.entries(blocks)) {
      this.#entries.set(id, {
        version: start.version,
        revision: start.draft?.revision ?? 0,
        edits: 0,
        savedOnDevice: 0,
        savedOnServer: 0,
        serverTimer: null,
        writing: false,
        sendingDraft: false,
        retryMs: RETRY_FIRST_MS,
        view: {
          answer: start.draft?.state.answer,
          hintsOpened: start.draft?.state.hints ?? 0,
          state: start.state,
          outcome: start.history[0] ?? null,
          history: start.history,
          sending: false,
          saved: start.draft ? { where: 'account', at: start.draft.at } : { where: 'nowhere-yet' },
          notice: null,
          restored: 0,
        },
      })
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  view(block: string): BlockView {
    return this.#entry(block).view
  }

  /** Reads what this device kept from before, and sends what still waits. Call once, in the browser. */
  async start(): Promise<void> {
    if (!this.user) return
    try {
      const drafts = await this.#device.readDrafts(this.user, [...this.#entries.keys()])
      for (const draft of drafts) this.#restore(draft)
      this.#waiting = await this.#device.readAttempts(this.user)
    } catch {
      // Storage is refused: the first write says so where it matters.
    }
    for (const attempt of this.#waiting) {
      if (this.#entries.has(attempt.block)) this.#show(attempt.block, { sending: true })
    }
    void this.#sendQueue()
  }

  #restore(draft: DeviceDraft): void {
    const entry = this.#entry(draft.block)
    // Clean and not newer than the page: the page was made from it, or from something later.
    if (entry.edits > 0 || (!draft.dirty && draft.base <= entry.revision)) return
    const state = draft.state as DraftState
    // A base behind the server's revision makes the server answer 409 and keep both.
    entry.revision = draft.base
    if (draft.dirty) {
      entry.edits = 1
      entry.savedOnDevice = 1
    }
    this.#show(draft.block, {
      answer: state.answer,
      hintsOpened: state.hints ?? 0,
      restored: entry.view.restored + 1,
      saved: draft.dirty
        ? { where: 'device', reason: 'Not on the server yet.' }
        : { where: 'account', at: draft.at },
    })
    if (draft.dirty) this.#planServerSave(draft.block, 0)
  }

  change(block: string, answer: unknown): void {
    this.#edit(block, { answer })
  }

  openHint(block: string): void {
    this.#edit(block, { hintsOpened: this.#entry(block).view.hintsOpened + 1 })
  }

  #edit(block: string, part: Partial<BlockView>): void {
    const entry = this.#entry(block)
    entry.edits += 1
    this.#show(block, part)
    if (!this.user) return
    void this.#saveOnDevice(block)
    this.#planServerSave(block, SERVER_DELAY_MS)
  }

  async #saveOnDevice(block: string): Promise<void> {
    const entry = this.#entry(block)
    if (entry.writing) return
    entry.writing = true
    try {
      while (entry.savedOnDevice < entry.edits) {
        const covers = entry.edits
        await this.#device.keepDraft(this.#deviceDraft(block, true))
        entry.savedOnDevice = covers
      }
      if (entry.savedOnServer < entry.edits && entry.view.saved.where !== 'device') {
        this.#show(block, { saved: { where: 'device', reason: 'On its way to your account.' } })
      }
    } catch {
      entry.savedOnDevice = -1
      if (entry.savedOnServer < entry.edits) {
        this.#show(block, { saved: { where: 'not-saved', reason: 'The browser refuses storage.' } })
      }
    } finally {
      entry.writing = false
    }
  }

  #deviceDraft(block: string, dirty: boolean): DeviceDraft {
    const { view, revision } = this.#entry(block)
    const state: DraftState = { answer: view.answer, hints: view.hintsOpened }
    return { user: this.user ?? '', block, base: revision, state, dirty, at: new Date().toISOString() }
  }

  #planServerSave(block: string, delay: number): void {
    const entry = this.#entry(block)
    // Not restarted by further typing: the server hears within two seconds of the first change.
    entry.serverTimer ??= setTimeout(() => {
      entry.serverTimer = null
      void this.#saveOnServer(block)
    }, delay)
  }

  async #saveOnServer(block: string, leaving = false): Promise<void> {
    const entry = this.#entry(block)
    if (entry.savedOnServer >= entry.edits) return
    if (entry.sendingDraft) return this.#planServerSave(block, SERVER_DELAY_MS)
    const covers = entry.edits
    const { answer, hintsOpened } = entry.view
    entry.sendingDraft = true
    const said = await server.putDraft(block, entry.revision, { answer, hints: hintsOpened }, leaving)
    entry.sendingDraft = false
    if (said.ok && 'revision' in said.value) {
      entry.revision = said.value.revision
      entry.savedOnServer = covers
      entry.retryMs = RETRY_FIRST_MS
      if (entry.edits === covers) {
        this.#show(block, { saved: { where: 'account', at: new Date().toISOString() } })
        await this.#device.keepDraft(this.#deviceDraft(block, false)).catch(() => {})
      } else this.#planServerSave(block, SERVER_DELAY_MS)
      return
    }
    if (said.ok && 'conflict' in said.value) return this.#takeOther(block, covers, said.value.conflict)
    const wait = !said.ok && said.why === 'limited' ? said.seconds * 1000 : entry.retryMs
    entry.retryMs = Math.min(entry.retryMs * 2, RETRY_MAX_MS)
    const reason =
      said.ok || said.why === 'offline'
        ? `The server does not answer, next try in ${seconds(wait)} s.`
        : said.why === 'limited'
          ? `Too many saves in a minute, next try in ${said.seconds} s.`
          : said.why === 'signed-out'
            ? 'You are signed out. Sign in again and it follows.'
            : 'The server did not take it.'
    const onDevice = entry.savedOnDevice === entry.edits
    this.#show(block, {
      saved: onDevice
        ? { where: 'device', reason }
        : {
            where: 'not-saved',
            reason: `${reason} The browser refuses storage: copy your work before you close.`,
          },
    })
    if (!said.ok && (said.why === 'offline' || said.why === 'limited')) this.#planServerSave(block, wait)
  }

  /** Another device wrote meanwhile. The server keeps both; the page shows the newest it holds and offers the other. */
  #takeOther(block: string, covers: number, { current }: server.DraftConflict): void {
    const entry = this.#entry(block)
    const mine = entry.view.answer
    const theirs = (current.state ?? {}) as DraftState
    entry.revision = current.revision
    entry.savedOnServer = entry.edits
    this.#show(block, {
      answer: theirs.answer,
      hintsOpened: Math.max(theirs.hints ?? 0, entry.view.hintsOpened),
      restored: entry.view.restored + 1,
      saved: { where: 'account', at: current.updatedAt },
      notice: {
        kind: 'outdated',
        text: `You also wrote ${current.device ? `on ${current.device} ` : ''}at ${clock(current.updatedAt)}. Both are kept; this page now shows that one.`,
        action: {
          label: 'Go on with what I wrote here',
          run: () => {
            this.#edit(block, { answer: mine, restored: this.view(block).restored + 1, notice: null })
          },
        },
      },
    })
    void this.#device.keepDraft(this.#deviceDraft(block, false)).catch(() => {})
    if (entry.edits !== covers) this.#planServerSave(block, SERVER_DELAY_MS)
  }

  /** Takes an attempt on its way. For a program `provisional` is what the page's own grader says meanwhile. */
  async submit(block: string, response: unknown, provisional?: Verdict): Promise<void> {
    const entry = this.#entry(block)
    if (entry.view.sending) return
    const id = crypto.randomUUID()
    const at = new Date().toISOString()
    if (provisional) {
      const verdict = provisional.passed ? 'passed' : 'failed'
      const outcome: AttemptOutcome = { id, block, verdict, checked: 'browser', feedback: provisional, at }
      // A visitor's own browser is the only judge there is.
      if (this.user) this.#show(block, { outcome })
      else this.#receive(outcome)
    }
    if (!this.user) return
    this.#show(block, { sending: true, notice: null })
    const attempt: WaitingAttempt = {
      id,
      user: this.user,
      block,
      version: entry.version,
      response,
      hints: entry.view.hintsOpened,
      at,
      order: Math.max(Date.now(), (this.#waiting.at(-1)?.order ?? 0) + 1),
    }
    this.#waiting.push(attempt)
    await this.#device.keepAttempt(attempt).catch(() => {})
    await this.#sendQueue()
  }

  /** Sends what waits, in order, one at a time; stops at the first that cannot be sent now and tries again later. */
  async #sendQueue(): Promise<void> {
    if (this.#sendingQueue) return
    this.#sendingQueue = true
    if (this.#queueTimer) clearTimeout(this.#queueTimer)
    this.#queueTimer = null
    try {
      while (this.#waiting[0]) {
        const attempt = this.#waiting[0]
        const said = await server.postAttempt(attempt)
        if (!said.ok && (said.why === 'offline' || said.why === 'limited' || said.why === 'signed-out')) {
          this.#holdQueue(said)
          return
        }
        this.#queueRetryMs = RETRY_FIRST_MS
        this.#waiting.shift()
        await this.#device.dropAttempt(attempt.id).catch(() => {})
        if (this.#entries.has(attempt.block)) this.#settle(attempt, said)
      }
    } finally {
      this.#sendingQueue = false
    }
  }

  #holdQueue(said: { why: 'offline' } | { why: 'limited'; seconds: number } | { why: 'signed-out' }): void {
    const wait = said.why === 'limited' ? said.seconds * 1000 : this.#queueRetryMs
    this.#queueRetryMs = Math.min(this.#queueRetryMs * 2, RETRY_MAX_MS)
    const notice: BlockView['notice'] =
      said.why === 'limited'
        ? {
            kind: 'limited',
            text: `Too many attempts in a minute. This one is kept and is sent in ${said.seconds} s. Nothing to do.`,
          }
        : said.why === 'signed-out'
          ? {
              kind: 'refused',
              text: 'You are signed out. This attempt is kept on this device and is sent when you have signed in again.',
              action: {
                label: 'Sign in',
                run: () => location.assign(`/sign-in?callbackUrl=${encodeURIComponent(location.pathname)}`),
              },
            }
          : {
              kind: 'offline',
              text: 'The server does not answer. This attempt is kept on this device and follows by itself.',
            }
    for (const { block } of this.#waiting) if (this.#entries.has(block)) this.#show(block, { notice })
    if (said.why !== 'signed-out') this.#queueTimer = setTimeout(() => void this.#sendQueue(), wait)
  }

  #settle(attempt: WaitingAttempt, said: server.Answer<Omit<AttemptOutcome, 'at'>>): void {
    const { block, at } = attempt
    if (said.ok) {
      this.#receive({ ...said.value, at })
      return
    }
    const outdated = said.why === 'outdated'
    this.#show(block, {
      sending: false,
      notice: outdated
        ? {
            kind: 'outdated',
            text: 'This exercise was changed since you opened the page. What you wrote is kept.',
            action: { label: 'Reload the page', run: () => location.reload() },
          }
        : {
            kind: 'refused',
            text: said.why === 'refused' ? said.text : 'The server did not take this attempt.',
          },
    })
  }

  #receive(outcome: AttemptOutcome): void {
    const { view } = this.#entry(outcome.block)
    const passed = view.state === 'passed' || outcome.verdict === 'passed'
    this.#show(outcome.block, {
      outcome,
      history: [outcome, ...view.history.filter((old) => old.id !== outcome.id)].slice(0, HISTORY),
      state: passed ? 'passed' : 'tried',
      sending: false,
      notice: null,
    })
    if (outcome.verdict === 'verifying') this.#await(outcome, 1000)
  }

  #await(outcome: AttemptOutcome, wait: number): void {
    setTimeout(async () => {
      const said = await server.getAttempt(outcome.id)
      if (said.ok && said.value.verdict !== 'verifying') this.#receive({ ...said.value, at: outcome.at })
      else this.#await(outcome, Math.min(wait * 1.5, RETRY_MAX_MS))
    }, wait)
  }

  async loadSolution(block: string): Promise<Solution | null> {
    const said = await server.getSolution(block)
    return said.ok ? said.value : null
  }

  /** The page is being hidden or closed: what the server has not seen goes now. */
  leave(): void {
    if (!this.user) return
    for (const [block, entry] of this.#entries) {
      if (entry.savedOnServer < entry.edits) void this.#saveOnServer(block, true)
    }
  }

  /** The network is back, or the learner asks: try at once. */
  retry(): void {
    if (!this.user) return
    for (const [block, entry] of this.#entries) {
      if (entry.savedOnServer < entry.edits) void this.#saveOnServer(block)
    }
    void this.#sendQueue()
  }

  #entry(block: string): Entry {
    const entry = this.#entries.get(block)
    if (!entry) throw new Error(`no block ${block} on this page`)
    return entry
  }

  #show(block: string, part: Partial<BlockView>): void {
    const entry = this.#entry(block)
    entry.view = { ...entry.view, ...part }
    for (const listener of this.#listeners) listener()
  }
}
