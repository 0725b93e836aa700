import { Device } from './device'
import { forgetHere, hearLeaving } from './leaving'
import { Outbox } from './outbox'
import { openTab } from './tab'

/** On a page that is no lesson: sends what closed pages left on this device for this person. Gives the way to stop. */
export function startDelivering(user: string): () => void {
  const device = new Device()
  let stopped = false
  let stop = () => {
    stopped = true
  }
  void (async () => {
    const tab = await openTab()
    const outbox = new Outbox(user, tab.id, device)
    const retry = () => void (document.visibilityState === 'visible' && outbox.send())
    const stopHearing = hearLeaving(user, {
      deliver: retry,
      forget: (elsewhere) => {
        outbox.close()
        if (elsewhere) void forgetHere(user, device).finally(() => location.reload())
      },
    })
    addEventListener('online', retry)
    document.addEventListener('visibilitychange', retry)
    stop = () => {
      removeEventListener('online', retry)
      document.removeEventListener('visibilitychange', retry)
      stopHearing()
      outbox.close()
      tab.close()
    }
    if (stopped) return stop()
    // A browser that keeps nothing has nothing to send.
    await outbox.adopt().catch(() => {})
    await outbox.send()
  })()
  return () => stop()
}
