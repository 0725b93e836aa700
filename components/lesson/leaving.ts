import { Device, type Unsent } from './device'
import { Outbox } from './outbox'
import { openTab } from './tab'
import { forgetUnsentNote } from './unsent-note'

/** How the pages of this browser tell each other that a person wants to leave, and that they have left. */
const CHANNEL = 'slipway'
/** How long a sign-out waits for what is still on its way. */
const DELIVER_WITHIN_MS = 3000
const LOOK_EVERY_MS = 100

type Message = { user: string; say: 'deliver' | 'forget'; from: string }

/** Names this document, so that a page knows its own words. */
const HERE = typeof crypto === 'undefined' ? '' : crypto.randomUUID()

/**
 * Hears what other parts of this page, and other pages, say of this person: `deliver` asks to send everything now,
 * `forget` says that they have signed out (`elsewhere` when on another page). Gives the way to stop hearing.
 */
export function hearLeaving(
  user: string,
  on: { deliver: () => void; forget: (elsewhere: boolean) => void },
): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.user !== user) return
    if (data.say === 'deliver') on.deliver()
    else on.forget(data.from !== HERE)
  }
  return () => channel.close()
}

function tell(user: string, say: Message['say']): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage({ user, say, from: HERE } satisfies Message)
  channel.close()
}

/** Sends what waits on this device, for three seconds at most, and gives what then still waits. */
export async function deliver(user: string, device = new Device()): Promise<Unsent> {
  tell(user, 'deliver')
  const deadline = Date.now() + DELIVER_WITHIN_MS
  const tab = await openTab()
  const outbox = new Outbox(user, tab.id, device)
  try {
    await outbox.adopt()
    void outbox.send()
    for (;;) {
      const unsent = await device.countUnsent(user)
      if ((unsent.attempts === 0 && unsent.drafts === 0) || Date.now() >= deadline) return unsent
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS))
    }
  } catch {
    // The browser keeps nothing, so nothing waits in it.
    return { attempts: 0, drafts: 0 }
  } finally {
    outbox.close()
    tab.close()
  }
}

/** Takes away what this browser keeps of a person, in every page. Call it when their session has ended. */
export async function forget(user: string): Promise<void> {
  tell(user, 'forget')
  await forgetHere(user)
}

/** The part of it that each page does for itself, after the last of its own writes. */
export async function forgetHere(user: string, device = new Device()): Promise<void> {
  await device.forget(user).catch(() => {})
  await forgetUnsentNote().catch(() => {})
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) {
      if (key.includes(user) || storage.getItem(key)?.includes(user)) storage.removeItem(key)
    }
  }
}
