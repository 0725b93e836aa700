/**
 * A note that work waits on this device, kept where a browser that clears its storage does not look: a cookie of this
 * site. If the note is there and the work is not, the browser has removed it, and the page can say so.
 */
const NAME = 'slipway-unsent'
const MOST = 12
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

let last: Promise<unknown> = Promise.resolve()

/** Notes whether work of this block waits here. One after another, so that none undoes the one before. */
export function noteUnsent(user: string, block: string, waits: boolean): Promise<void> {
  const next = last.then(async () => {
    if (typeof cookieStore === 'undefined') return
    const before = await readUnsentNote(user)
    if (before.includes(block) === waits) return
    const after = waits ? [...before, block].slice(-MOST) : before.filter((one) => one !== block)
    if (after.length === 0) return cookieStore.delete({ name: NAME, path: '/' })
    const value = encodeURIComponent([user, ...after].join(' '))
    await cookieStore.set({ name: NAME, value, path: '/', sameSite: 'strict', expires: Date.now() + YEAR_MS })
  })
  last = next.catch(() => {})
  return next.catch(() => {})
}

/** Blocks whose work waited here when this person was last seen. */
export async function readUnsentNote(user: string): Promise<string[]> {
  if (typeof cookieStore === 'undefined') return []
  const value = (await cookieStore.get(NAME))?.value
  const [owner, ...blocks] = value ? decodeURIComponent(value).split(' ') : []
  return owner === user ? blocks : []
}

/** Takes the note away. */
export async function forgetUnsentNote(): Promise<void> {
  await last
  if (typeof cookieStore !== 'undefined') await cookieStore.delete({ name: NAME, path: '/' })
}
