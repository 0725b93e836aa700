import { type DBSchema, type IDBPDatabase, openDB } from 'idb'

/** A draft as this device holds it. `base` is the server revision it was written on. */
export type DeviceDraft = {
  user: string
  block: string
  base: number
  state: unknown
  dirty: boolean
  at: string
}

/** An attempt that the server has not acknowledged yet. */
export type WaitingAttempt = {
  id: string
  user: string
  block: string
  version: number
  response: unknown
  hints: number
  at: string
  /** Grows with every attempt of this browser: the order to send them in. */
  order: number
}

interface Shape extends DBSchema {
  drafts: { key: [string, string]; value: DeviceDraft }
  attempts: { key: string; value: WaitingAttempt; indexes: { user: string } }
}

/**
 * What this browser keeps for a learner: drafts, and attempts on their way. Every method rejects when the browser
 * refuses storage (private mode, quota, evicted); the caller says so in the saved line.
 */
export class Device {
  #db: Promise<IDBPDatabase<Shape>> | null = null

  #open(): Promise<IDBPDatabase<Shape>> {
    this.#db ??= openDB<Shape>('slipway', 1, {
      upgrade(db) {
        db.createObjectStore('drafts', { keyPath: ['user', 'block'] })
        db.createObjectStore('attempts', { keyPath: 'id' }).createIndex('user', 'user')
      },
      // Another tab with a newer page wants to upgrade: let go, and open again at the next write.
      blocking: (_current, _blocked, event) => {
        ;(event.target as IDBDatabase).close()
        this.#db = null
      },
      terminated: () => {
        this.#db = null
      },
    }).catch((error) => {
      this.#db = null
      throw error
    })
    return this.#db
  }

  async keepDraft(draft: DeviceDraft): Promise<void> {
    await (await this.#open()).put('drafts', draft)
  }

  async readDrafts(user: string, blocks: string[]): Promise<DeviceDraft[]> {
    const db = await this.#open()
    const found = await Promise.all(blocks.map((block) => db.get('drafts', [user, block])))
    return found.filter((draft) => draft !== undefined)
  }

  async keepAttempt(attempt: WaitingAttempt): Promise<void> {
    await (await this.#open()).put('attempts', attempt)
  }

  /** Attempts not acknowledged yet, oldest first. */
  async readAttempts(user: string): Promise<WaitingAttempt[]> {
    const waiting = await (await this.#open()).getAllFromIndex('attempts', 'user', user)
    return waiting.sort((a, b) => a.order - b.order)
  }

  async dropAttempt(id: string): Promise<void> {
    await (await this.#open()).delete('attempts', id)
  }
}
