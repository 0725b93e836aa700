import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** A draft as this device holds it. `base` is the server revision it was written on. */
export type DeviceDraft = {
  user: string
  block: string
  /** The page that wrote it, so that two open pages never overwrite each other; empty once the server has it. */
  tab: string
  base: number
  state: unknown
  dirty: boolean
  at: string
  /** What was sent to the server without hearing whether it arrived: finding it there is no conflict. */
  sent?: unknown
  /** The server refused it, or has another device's beside it: it waits for its lesson to be opened. */
  held?: boolean
}

/** An attempt that the server has not acknowledged yet. */
export type WaitingAttempt = {
  id: string
  user: string
  block: string
  tab?: string
  version: number
  response: unknown
  hints: number
  at: string
  /** Grows with every attempt of this browser: the order to send them in. */
  order: number
}

export type Unsent = { attempts: number; drafts: number }

/** `waiting` holds the person while the draft is dirty, and is absent otherwise: its index is short. */
type StoredDraft = DeviceDraft & { waiting?: string }

interface Shape extends DBSchema {
  drafts: { key: [string, string, string]; value: StoredDraft; indexes: { waiting: string } }
  attempts: { key: string; value: WaitingAttempt; indexes: { user: string } }
}

/**
 * What this browser keeps for a learner: drafts, and attempts on their way. Every method rejects when the browser
 * refuses storage (private mode, quota, evicted); the caller says so in the saved line.
 */
export class Device {
  #db: Promise<IDBPDatabase<Shape>> | null = null
  /** Called when the browser has taken the storage away while the page was open. */
  onLost: () => void = () => undefined

  #open(): Promise<IDBPDatabase<Shape>> {
    this.#db ??= openDB<Shape>('slipway', 2, {
      async upgrade(db, from, _to, transaction) {
        const before = from >= 1 ? await transaction.objectStore('drafts').getAll() : []
        if (from >= 1) db.deleteObjectStore('drafts')
        else db.createObjectStore('attempts', { keyPath: 'id' }).createIndex('user', 'user')
        const drafts = db.createObjectStore('drafts', { keyPath: ['user', 'block', 'tab'] })
        drafts.createIndex('waiting', 'waiting')
        for (const draft of before) await drafts.put(stored({ ...draft, tab: draft.dirty ? 'before' : '' }))
      },
      // Another tab with a newer page wants to upgrade: let go, and open again at the next write.
      blocking: (_current, _blocked, event) => {
        ;(event.target as IDBDatabase).close()
        this.#db = null
      },
      terminated: () => {
        this.#db = null
        this.onLost()
      },
    }).catch((error) => {
      this.#db = null
      throw error
    })
    return this.#db
  }

  async keepDraft(draft: DeviceDraft): Promise<void> {
    await (await this.#open()).put('drafts', stored(draft))
  }

  /** The server has it: what this page kept of the block gives way to one clean copy. */
  async settleDraft(draft: DeviceDraft): Promise<void> {
    const transaction = (await this.#open()).transaction('drafts', 'readwrite')
    await Promise.all([
      transaction.store.put(stored({ ...draft, tab: '', dirty: false, sent: undefined, held: undefined })),
      transaction.store.delete([draft.user, draft.block, draft.tab]),
      transaction.done,
    ])
  }

  async dropDraft({ user, block, tab }: Pick<DeviceDraft, 'user' | 'block' | 'tab'>): Promise<void> {
    await (await this.#open()).delete('drafts', [user, block, tab])
  }

  /** Every copy of these blocks' drafts, of all pages, oldest first. */
  async readDrafts(user: string, blocks: string[]): Promise<DeviceDraft[]> {
    const db = await this.#open()
    const found = await Promise.all(
      blocks.map((block) => db.getAll('drafts', IDBKeyRange.bound([user, block], [user, block, []]))),
    )
    return found.flat().sort(byTime)
  }

  /** Drafts of any lesson that the server has not acknowledged, oldest first. */
  async readWaitingDrafts(user: string): Promise<DeviceDraft[]> {
    return (await (await this.#open()).getAllFromIndex('drafts', 'waiting', user)).sort(byTime)
  }

  async keepAttempt(attempt: WaitingAttempt): Promise<void> {
    await (await this.#open()).put('attempts', attempt)
  }

  /** Attempts not acknowledged yet, oldest first. */
  async readAttempts(user: string): Promise<WaitingAttempt[]> {
    const waiting = await (await this.#open()).getAllFromIndex('attempts', 'user', user)
    return waiting.sort((a, b) => a.order - b.order)
  }

  /** False once some page has seen it acknowledged. */
  async hasAttempt(id: string): Promise<boolean> {
    return (await (await this.#open()).getKey('attempts', id)) !== undefined
  }

  async dropAttempt(id: string): Promise<void> {
    await (await this.#open()).delete('attempts', id)
  }

  async countUnsent(user: string): Promise<Unsent> {
    const db = await this.#open()
    const [attempts, drafts] = await Promise.all([
      db.countFromIndex('attempts', 'user', user),
      db.getAllFromIndex('drafts', 'waiting', user),
    ])
    return { attempts, drafts: new Set(drafts.map(({ block }) => block)).size }
  }

  /** Takes away everything of a person; others who use this browser keep theirs. */
  async forget(user: string): Promise<void> {
    const transaction = (await this.#open()).transaction(['drafts', 'attempts'], 'readwrite')
    const ids = await transaction.objectStore('attempts').index('user').getAllKeys(user)
    await Promise.all([
      transaction.objectStore('drafts').delete(IDBKeyRange.bound([user], [user, []])),
      ...ids.map((id) => transaction.objectStore('attempts').delete(id)),
      transaction.done,
    ])
  }
}

const byTime = (a: DeviceDraft, b: DeviceDraft) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)

function stored(draft: DeviceDraft): StoredDraft {
  const { waiting: _, ...plain } = draft as StoredDraft
  return plain.dirty ? { ...plain, waiting: plain.user } : plain
}

/** Why the browser would not keep something, in words. */
export function refusalOf(error: unknown): string {
  return error instanceof DOMException && error.name === 'QuotaExceededError'
    ? 'There is no room left on this device.'
    : 'The browser refuses storage, as some do in a private window.'
}
