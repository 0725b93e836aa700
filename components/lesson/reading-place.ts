/** The id of the element that offers to go on: the air below the title block, so that nothing moves when it speaks. */
export const CONTINUE_PLACE = 'continue-place'

/** Where somebody was in a lesson: the fragment of a heading or an exercise, and its words. */
export type Place = { at: string; title: string }

type Kept = Record<string, Place & { on: number }>

/** Lessons of which a device remembers the place: the newest ones. */
const MOST = 40

// The person is in the key: signing out takes away whatever bears their id.
const keyOf = (user: string) => `slipway-places:${user}`

function readAll(user: string, storage: Storage): Kept {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(user)) ?? '{}')
    return typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? (kept as Kept) : {}
  } catch {
    return {}
  }
}

/** Where this person was in the lesson on this device, or null. */
export function readPlace(user: string, lesson: string, storage: Storage = localStorage): Place | null {
  const place = readAll(user, storage)[lesson]
  return typeof place?.at === 'string' && typeof place.title === 'string'
    ? { at: place.at, title: place.title }
    : null
}

/** Remembers the place, or forgets it with null. Where the browser refuses storage nothing is remembered. */
export function keepPlace(
  user: string,
  lesson: string,
  place: Place | null,
  storage: Storage = localStorage,
): void {
  const { [lesson]: _old, ...others } = readAll(user, storage)
  const newest = Object.entries(others)
    .sort(([, a], [, b]) => b.on - a.on)
    .slice(0, MOST - 1)
  const kept: Kept = {
    ...Object.fromEntries(newest),
    ...(place && { [lesson]: { ...place, on: Date.now() } }),
  }
  try {
    storage.setItem(keyOf(user), JSON.stringify(kept))
  } catch {
    // Without storage a lesson begins at its beginning.
  }
}

/** The last of the page's headings and exercises that has passed the upper third of the window; null before the first. */
export function placeOnScreen(): Place | null {
  const line = innerHeight * 0.3
  const parts = document.querySelectorAll<HTMLElement>(
    'main .html > :is(h2, h3)[id], main :is(.block-place, .lesson-bench)[id]',
  )
  const here = [...parts].findLast((part) => part.getBoundingClientRect().top <= line)
  if (!here) return null
  // Beside the name of an exercise stands what it counts for.
  const words = /^H[23]$/.test(here.tagName) ? here : here.querySelector('h3')?.firstChild
  return { at: here.id, title: words?.textContent?.trim() || 'an exercise' }
}
