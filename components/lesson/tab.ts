/** Names an open page. While it is open it holds a lock of this name: whoever asks knows which pages still live. */
const LOCK = 'slipway-page:'

export type Tab = { id: string; close: () => void }

/** Opens a page's name, and holds its lock until `close` or until the page is gone, however that happens. */
export async function openTab(id: string = crypto.randomUUID()): Promise<Tab> {
  if (!hasLocks()) return { id, close: () => undefined }
  return new Promise((opened) => {
    void navigator.locks
      .request(LOCK + id, () => new Promise<void>((close) => opened({ id, close })))
      .catch(() => opened({ id, close: () => undefined }))
  })
}

/** The names of pages that are open. Where the browser cannot tell, none: their work is then taken over, which is harmless. */
export async function listTabs(): Promise<Set<string>> {
  if (!hasLocks()) return new Set()
  const { held = [] } = await navigator.locks.query()
  return new Set(held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : [])))
}

/** Runs `work` while no other page of this browser runs work of the same name. */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  return hasLocks() ? navigator.locks.request(`slipway:${name}`, work) : work()
}

const hasLocks = () => typeof navigator !== 'undefined' && 'locks' in navigator
