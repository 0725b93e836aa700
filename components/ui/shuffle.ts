/** The same list in another order, always the same one for the same seed: a page that is drawn again does not move. */
export function shuffled<T>(list: readonly T[], seed: string): T[] {
  const random = generator(seed)
  const out = [...list]
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[out[i], out[j]] = [out[j] as T, out[i] as T]
  }
  return out
}

const ORDERS = 8

/**
 * The order in which somebody is shown options, items and lines: one of eight, always the same for the same person. So few
 * that a page made for one reader is the page of the next one too.
 */
export function orderOf(person: string): string {
  return String(Math.floor(generator(person)() * ORDERS))
}

/** mulberry32 over an FNV-1a hash of the seed; numbers in [0, 1). */
function generator(seed: string): () => number {
  let state = 0x811c9dc5
  for (let i = 0; i < seed.length; i++) state = Math.imul(state ^ seed.charCodeAt(i), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
