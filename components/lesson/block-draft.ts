import type { SavedLine } from '@/exercises/kind'
import { type Device, type DeviceDraft, refusalOf } from './device'
import { RETRY_FIRST_MS, RETRY_MAX_MS } from './outbox'
import * as server from './server-calls'

/** A version of a block's draft that stands beside the one on the page. */
export type KeptVersion = { answer?: unknown; hints?: number; device: string; at: string }

/** What a block's draft holds, on the device and on the server. */
export type DraftState = { answer?: unknown; hints?: number; others?: KeptVersion[] }

/** What a page shows of a draft. Replaced, never mutated. */
export type DraftView = {
  answer: unknown
  hintsOpened: number
  saved: SavedLine
  /** Grows when the answer was replaced from outside, so that a panel starts anew from it. */
  restored: number
  /** Another version to compare with; `undecided` while nothing can be saved to the account before a choice. */
  other: (KeptVersion & { undecided: boolean }) | null
}

export type Choice = 'this' | 'that' | 'both'

/** Where a page keeps drafts: for whom, under which name of its own, on which device; and how soon the server hears. */
export type Keeping = { user: string | null; tab: string; device: Device; serverDelayMs: number }

type Conflict = { revision: number; state: DraftState; device: string; at: string }

/** Saves whose answer never came; as many are remembered. */
const MOST_UNHEARD = 8

const seconds = (ms: number) => Math.max(1, Math.round(ms / 1000))

/**
 * One block's draft: on the device at once, on the server within two seconds, one save at a time. When another device
 * wrote meanwhile nothing is replaced: the page goes on with its own until the learner has chosen.
 */
export class BlockDraft {
  readonly #keeping: Keeping
  readonly #show: (part: Partial<DraftView>) => void
  readonly #view: () => DraftView
  #revision: number
  #others: KeptVersion[]
  #conflict: Conflict | null = null
  /** Counts changes; what a save has covered is compared with it. */
  #edits = 0
  #savedOnDevice = 0
  #savedOnServer = 0
  #refusal = ''
  #timer: ReturnType<typeof setTimeout> | null = null
  #writing = false
  #sending = false
  #unheard: DraftState[] = []
  #retryMs = RETRY_FIRST_MS
  #closed = false

  constructor(
    readonly block: string,
    start: { revision: number; state: DraftState } | null,
    keeping: Keeping,
    view: () => DraftView,
    show: (part: Partial<DraftView>) => void,
  ) {
    this.#keeping = keeping
    this.#view = view
    this.#show = show
    this.#revision = start?.revision ?? 0
    this.#others = start?.state.others ?? []
  }

  /** Whether the server has not acknowledged the newest change. */
  get dirty(): boolean {
    return this.#savedOnServer < this.#edits
  }

  /** What the page shows of the newest version that stands beside this one. */
  get other(): DraftView['other'] {
    if (this.#conflict) {
      const { state, device, at } = this.#conflict
      return { answer: state.answer, hints: state.hints, device, at, undecided: true }
    }
    return this.#others[0] ? { ...this.#others[0], undecided: false } : null
  }

  /**
   * Takes over what this device kept, oldest first: of several pages that were closed before they had sent theirs, the
   * newest goes on and the others stand beside it.
   */
  restore(kept: DeviceDraft[]): void {
    const dirty = kept.filter((draft) => draft.dirty)
    const newest = dirty.at(-1) ?? kept.at(-1)
    // Clean and not newer than the page: the page was made from it, or from something later.
    if (!newest || this.#edits > 0 || (!newest.dirty && newest.base <= this.#revision)) return
    const state = newest.state as DraftState
    // A base behind the server's revision makes the server answer 409 and keep both.
    this.#revision = newest.base
    // The page that wrote it may have sent it, and nobody heard whether it arrived.
    if (newest.dirty) this.#unheard = [...((newest.sent as DraftState[] | undefined) ?? []), state]
    this.#others = merge(state.others ?? [], dirty.slice(0, -1).map(fromThisDevice), state)
    if (newest.dirty) this.#edits = 1
    this.#show({
      answer: state.answer,
      hintsOpened: state.hints ?? 0,
      restored: this.#view().restored + 1,
      saved: newest.dirty
        ? { where: 'device', reason: 'Not in your account yet.' }
        : { where: 'account', at: newest.at },
      other: this.other,
    })
    if (!newest.dirty) return
    void this.#adopt(dirty)
    this.#plan(0)
  }

  async #adopt(dirty: DeviceDraft[]): Promise<void> {
    await this.#saveOnDevice()
    // Only once it is kept under this page's own name.
    if (this.#savedOnDevice < 1) return
    await Promise.all(dirty.map((draft) => this.#keeping.device.dropDraft(draft))).catch(() => {})
  }

  edit(part: Partial<Pick<DraftView, 'answer' | 'hintsOpened' | 'restored' | 'other'>>): void {
    if (this.#closed) return
    this.#edits += 1
    this.#show(part)
    if (!this.#keeping.user) return
    void this.#saveOnDevice()
    this.#plan(this.#keeping.serverDelayMs)
  }

  /** Settles which of two versions the page goes on with. What is not chosen with `both` or kept before stays beside it. */
  choose(choice: Choice): void {
    const other = this.other
    if (!other) return
    const { answer, hintsOpened, restored } = this.#view()
    if (this.#conflict) {
      this.#revision = this.#conflict.revision
      this.#others = merge(this.#others, this.#conflict.state.others ?? [], {})
      if (choice === 'both') this.#others = merge([plain(other)], this.#others, { answer })
      this.#conflict = null
      this.#unheard = []
    } else if (choice !== 'both') this.#others = this.#others.slice(1)
    const taken = choice === 'that'
    this.edit({
      answer: taken ? other.answer : answer,
      hintsOpened: Math.max(hintsOpened, other.hints ?? 0),
      restored: taken ? restored + 1 : restored,
      other: this.other,
    })
  }

  /** Sends what the server has not seen; `leaving` when the page may not live to hear the answer. */
  async save(leaving = false): Promise<void> {
    if (!this.dirty || this.#conflict || this.#closed || !this.#keeping.user) return
    if (this.#sending) return this.#plan(this.#keeping.serverDelayMs)
    const covers = this.#edits
    const state = this.#state()
    this.#sending = true
    const said = await server.putDraft(this.#keeping.user, this.block, this.#revision, state, leaving)
    this.#sending = false
    if (this.#closed) return
    if (said.ok && 'revision' in said.value) return this.#settle(said.value.revision, covers)
    if (said.ok && 'conflict' in said.value) return this.#meet(said.value.conflict.current, state)
    if (!said.ok && said.why === 'offline') this.#unheard = [...this.#unheard, state].slice(-MOST_UNHEARD)
    await this.#wait(said)
  }

  /** Says where the work is while the server has not taken it, and plans the next try. */
  async #wait(said: server.Answer<unknown>): Promise<void> {
    const wait = !said.ok && said.why === 'limited' ? said.seconds * 1000 : this.#retryMs
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS)
    // Storage that was refused, or was being taken away, may be there by now.
    if (this.#savedOnDevice < this.#edits) await this.#saveOnDevice({ quiet: true })
    if (this.#closed) return
    this.#sayKept(whyNotSaved(said, seconds(wait)))
    if (said.ok || said.why === 'offline' || said.why === 'limited') this.#plan(wait)
  }

  async #settle(revision: number, covers: number): Promise<void> {
    this.#revision = revision
    this.#savedOnServer = covers
    this.#retryMs = RETRY_FIRST_MS
    this.#unheard = []
    if (this.#edits !== covers) return this.#plan(this.#keeping.serverDelayMs)
    const at = new Date().toISOString()
    this.#show({ saved: { where: 'account', at } })
    await this.#keeping.device.settleDraft(this.#deviceDraft(at)).catch(() => {})
  }

  /** The server holds another draft than this one was written on. */
  async #meet(current: server.DraftConflict['current'], sent: DraftState): Promise<void> {
    const theirs = (current.state ?? {}) as DraftState
    const isOwn = this.#unheard.some((state) => isSame(state, theirs))
    if (isOwn || isSame(theirs.answer, sent.answer)) {
      // A save of this page whose answer was lost, or the same words twice: there is nothing to choose between.
      this.#revision = current.revision
      if (!isOwn) this.#others = merge(this.#others, theirs.others ?? [], {})
      this.#unheard = []
      this.#show({ hintsOpened: Math.max(this.#view().hintsOpened, theirs.hints ?? 0), other: this.other })
      return this.save()
    }
    this.#conflict = {
      revision: current.revision,
      state: theirs,
      device: current.device ?? '',
      at: current.updatedAt,
    }
    this.#show({ other: this.other })
    this.#sayKept('You also wrote elsewhere: compare the two below.')
  }

  #sayKept(reason: string): void {
    const onDevice = this.#savedOnDevice === this.#edits
    this.#show({
      saved: onDevice
        ? { where: 'device', reason }
        : { where: 'not-saved', reason: `${reason} ${this.#refusal} Copy your work before you close.` },
    })
  }

  /** `quiet`: whoever calls says what came of it. */
  async #saveOnDevice({ quiet = false } = {}): Promise<void> {
    if (this.#writing) return
    this.#writing = true
    try {
      while (this.#savedOnDevice < this.#edits && !this.#closed) {
        const covers = this.#edits
        await this.#keeping.device.keepDraft(this.#deviceDraft())
        this.#savedOnDevice = covers
      }
      const { where } = this.#view().saved
      if (this.dirty && where !== 'device' && !this.#closed && !quiet) {
        this.#show({ saved: { where: 'device', reason: 'On its way to your account.' } })
      }
    } catch (error) {
      this.#savedOnDevice = -1
      this.#refusal = refusalOf(error)
      if (this.dirty && !quiet) {
        this.#show({ saved: { where: 'not-saved', reason: `${this.#refusal} Trying your account.` } })
      }
    } finally {
      this.#writing = false
    }
  }

  /** The browser threw away what it kept: it is written again from this page. */
  rewrite(): void {
    this.#savedOnDevice = -1
    if (this.dirty) void this.#saveOnDevice()
  }

  #state(): DraftState {
    const { answer, hintsOpened } = this.#view()
    return { answer, hints: hintsOpened, ...(this.#others.length > 0 && { others: this.#others }) }
  }

  #deviceDraft(at = new Date().toISOString()): DeviceDraft {
    const { user, tab } = this.#keeping
    const sent = this.#unheard.length > 0 ? { sent: this.#unheard } : {}
    return {
      user: user ?? '',
      block: this.block,
      tab,
      base: this.#revision,
      state: this.#state(),
      dirty: true,
      at,
      ...sent,
    }
  }

  #plan(delay: number): void {
    // Not restarted by further typing: the server hears within two seconds of the first change.
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.save()
    }, delay)
  }

  close(): void {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}

function whyNotSaved(said: server.Answer<unknown>, next: number): string {
  if (said.ok) return `The server’s answer was cut short, next try in ${next} s.`
  switch (said.why) {
    case 'offline':
      return said.database
        ? `The server cannot reach its database. Not saved to your account yet, next try in ${next} s.`
        : `The server does not answer, next try in ${next} s.`
    case 'limited':
      return `Too many saves in a minute, next try in ${next} s.`
    case 'signed-out':
      return 'You are signed out. Sign in again and it follows.'
    default:
      return 'The server did not take it.'
  }
}

const plain = ({ answer, hints, device, at }: KeptVersion): KeptVersion => ({ answer, hints, device, at })

function fromThisDevice({ state, at }: DeviceDraft): KeptVersion {
  const { answer, hints } = state as DraftState
  return { answer, hints, device: 'this device', at }
}

/** Versions without repeats and without the one that goes on. */
function merge(first: KeptVersion[], second: KeptVersion[], goesOn: DraftState): KeptVersion[] {
  const all: KeptVersion[] = []
  for (const version of [...first, ...second]) {
    const known = [goesOn, ...all].some(({ answer }) => isSame(answer, version.answer))
    if (!known) all.push(version)
  }
  return all
}

/** Equal as the database sees it: the order of names does not count, and what is undefined is not there. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  )
}
