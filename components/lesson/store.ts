import type { AttemptOutcome, BlockSession, Solution, Verdict } from '@/exercises/kind'
import { BlockDraft, type Choice, type DraftState, type DraftView } from './block-draft'
import { Device, type WaitingAttempt } from './device'
import { type Held, Outbox, RETRY_MAX_MS } from './outbox'
import * as server from './server-calls'
import { listTabs, openTab, type Tab } from './tab'
import { noteUnsent, readUnsentNote } from './unsent-note'

export type { DraftState } from './block-draft'

/** Where the learner stands with a block when the page opens. */
export type BlockStart = {
  version: number
  state: 'new' | 'tried' | 'passed'
  draft: { revision: number; state: DraftState; at: string } | null
  /** Newest first. */
  history: AttemptOutcome[]
}

/** The changing part of a block's session. Replaced, never mutated. */
export type BlockView = DraftView & {
  state: 'new' | 'tried' | 'passed'
  outcome: AttemptOutcome | null
  history: AttemptOutcome[]
  sending: boolean
  notice: BlockSession<unknown>['notice']
  /** The learner is looking at both versions. */
  comparing: boolean
}

type Entry = { view: BlockView; version: number; draft: BlockDraft }

const HISTORY = 10
const SERVER_DELAY_MS = 1200
const EVICTED =
  'This browser removed what it kept here before it had reached your account. You see the last that did.'

/** "14:29" today, else with its day: what is compared may be older than today. */
export function clock(iso: string): string {
  const at = new Date(iso)
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return at.toDateString() === new Date().toDateString() ? time : `${time} on ${day}`
}

/**
 * Everything a lesson's page keeps for its learner: a draft for each block, and the attempts on their way. One a page.
 * With `user` null (a visitor) nothing is kept and nothing is sent.
 */
export class LessonStore {
  readonly #entries = new Map<string, Entry>()
  readonly #listeners = new Set<() => void>()
  readonly #device: Device
  readonly #keeping
  #outbox: Outbox | null = null
  #tab: Tab | null = null
  #closed = false

  constructor(
    readonly user: string | null,
    blocks: Record<string, BlockStart>,
    device = new Device(),
    serverDelayMs = SERVER_DELAY_MS,
  ) {
    this.#device = device
    this.#keeping = { user, tab: crypto.randomUUID() as string, device, serverDelayMs }
    if (user) this.#outbox = this.#makeOutbox(user, Object.keys(blocks))
    for (const [id, start] of Object.entries(blocks)) {
      const draft: BlockDraft = new BlockDraft(
        id,
        start.draft,
        this.#keeping,
        () => this.#entry(id).view,
        (part) => this.#show(id, part),
      )
      this.#entries.set(id, {
        version: start.version,
        draft,
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
          other: draft.other,
          comparing: false,
        },
      })
    }
  }

  #makeOutbox(user: string, blocks: string[]): Outbox {
    const watcher = {
      settled: (attempt: WaitingAttempt, said: server.Answer<Omit<AttemptOutcome, 'at'>>) =>
        this.#entries.has(attempt.block) && this.#settle(attempt, said),
      held: (attempts: readonly WaitingAttempt[], why: Held) => this.#sayHeld(attempts, why),
    }
    return new Outbox(user, this.#keeping.tab, this.#device, watcher, new Set(blocks))
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
    if (!this.user || !this.#outbox) return
    this.#tab = await openTab(this.#keeping.tab)
    this.#device.onLost = () => this.#rewrite()
    try {
      const tabs = await listTabs()
      const ids = [...this.#entries.keys()]
      const kept = (await this.#device.readDrafts(this.user, ids)).filter(({ tab }) => !tabs.has(tab))
      await this.#outbox.adopt()
      for (const id of ids) this.#entry(id).draft.restore(kept.filter(({ block }) => block === id))
      for (const block of await readUnsentNote(this.user)) this.#missEvicted(block)
    } catch {
      // Storage is refused: the first write says so where it matters.
    }
    for (const attempt of this.#outbox.waiting) {
      if (this.#entries.has(attempt.block)) this.#show(attempt.block, { sending: true })
    }
    void this.#outbox.send()
  }

  /** A note says that this block's work waited here; if none does, the browser has thrown it away. */
  #missEvicted(block: string): void {
    const entry = this.#entries.get(block)
    const waits = this.#outbox?.waiting.some((attempt) => attempt.block === block)
    if (!entry || entry.draft.dirty || waits) return
    this.#show(block, { saved: { where: 'not-saved', reason: EVICTED } })
  }

  #rewrite(): void {
    for (const { draft } of this.#entries.values()) draft.rewrite()
    for (const attempt of this.#outbox?.waiting ?? []) void this.#device.keepAttempt(attempt).catch(() => {})
  }

  change(block: string, answer: unknown): void {
    this.#entry(block).draft.edit({ answer })
  }

  openHint(block: string): void {
    const { draft, view } = this.#entry(block)
    draft.edit({ hintsOpened: view.hintsOpened + 1 })
  }

  /** Shows both versions of a block's draft, or puts them away again. */
  compare(block: string, comparing: boolean): void {
    this.#show(block, { comparing })
  }

  choose(block: string, choice: Choice): void {
    this.#show(block, { comparing: false })
    this.#entry(block).draft.choose(choice)
  }

  /** Takes an attempt on its way. For a program `provisional` is what the page's own grader says meanwhile. */
  async submit(block: string, response: unknown, provisional?: Verdict): Promise<void> {
    const entry = this.#entry(block)
    if (entry.view.sending || this.#closed) return
    const id = crypto.randomUUID()
    const at = new Date().toISOString()
    if (provisional) {
      const verdict = provisional.passed ? 'passed' : 'failed'
      const outcome: AttemptOutcome = { id, block, verdict, checked: 'browser', feedback: provisional, at }
      // A visitor's own browser is the only judge there is.
      if (this.user) this.#show(block, { outcome })
      else this.#receive(outcome)
    }
    if (!this.#outbox) return
    this.#show(block, { sending: true, notice: null })
    const { version, view } = entry
    await this.#outbox.add({ id, block, version, response, hints: view.hintsOpened, at })
    await this.#outbox.send()
  }

  #sayHeld(attempts: readonly WaitingAttempt[], held: Held): void {
    const notice = noticeOf(held)
    for (const { block } of attempts) if (this.#entries.has(block)) this.#show(block, { notice })
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
      if (this.#closed) return
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
    for (const { draft } of this.#entries.values()) void draft.save(true)
  }

  /** The network is back, somebody looks at the page again, or asks: try at once. */
  retry(): void {
    for (const { draft } of this.#entries.values()) void draft.save()
    void this.#outbox?.send()
  }

  /** The page's part of the site is gone, but for what the device keeps: another page may take that over. */
  stop(): void {
    this.leave()
    this.#tab?.close()
  }

  /** The person has signed out: nothing of theirs is written or sent any more. */
  close(): void {
    this.#closed = true
    this.#outbox?.close()
    for (const { draft } of this.#entries.values()) draft.close()
    this.#tab?.close()
  }

  #entry(block: string): Entry {
    const entry = this.#entries.get(block)
    if (!entry) throw new Error(`no block ${block} on this page`)
    return entry
  }

  #show(block: string, part: Partial<BlockView>): void {
    const entry = this.#entry(block)
    const before = entry.view.saved.where
    entry.view = { ...entry.view, ...part }
    if (this.user && !this.#closed && (part.sending !== undefined || entry.view.saved.where !== before)) {
      void noteUnsent(this.user, block, entry.draft.dirty || entry.view.sending)
    }
    for (const listener of this.#listeners) listener()
  }
}

function noticeOf(held: Held): BlockView['notice'] {
  if (held.why === 'limited') {
    return {
      kind: 'limited',
      text: `Too many attempts in a minute. This one is kept and is sent in ${held.seconds} s. Nothing to do.`,
    }
  }
  if (held.why === 'signed-out') {
    return {
      kind: 'refused',
      text: 'You are signed out. This attempt is kept on this device and is sent when you have signed in again.',
      action: {
        label: 'Sign in',
        run: () => location.assign(`/sign-in?callbackUrl=${encodeURIComponent(location.pathname)}`),
      },
    }
  }
  return {
    kind: 'offline',
    text: held.database
      ? 'The server cannot reach its database. This attempt is not saved yet: it is kept on this device and follows by itself.'
      : 'The server does not answer. This attempt is kept on this device and follows by itself.',
  }
}
