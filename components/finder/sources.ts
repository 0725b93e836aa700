import type { SearchIndex } from '@/content/types'
import type { Catalogue } from './search'

/** What the palette has read so far, kept for as long as the page is open. */
export type Read = {
  catalogue: Catalogue | null
  indexes: SearchIndex[]
  /** Something could not be read: what is there can be searched, and it can be tried again. */
  failed: boolean
  done: boolean
}

let catalogue: Catalogue | null = null
const indexes = new Map<string, SearchIndex>()

async function get<T>(path: string): Promise<T | null> {
  try {
    const answer = await fetch(path, { credentials: 'same-origin', cache: 'no-store' })
    return answer.ok ? ((await answer.json()) as T) : null
  } catch {
    return null
  }
}

/**
 * Reads the names of all lessons and, for who is signed in, the words of those that are written, the course of this page
 * first. `tell` hears of every part that has come.
 */
export async function readSources(
  { signedIn, course }: { signedIn: boolean; course: string | null },
  tell: (read: Read) => void,
): Promise<void> {
  const say = (failed: boolean, done: boolean) =>
    tell({ catalogue, indexes: [...indexes.values()], failed, done })
  catalogue ??= await get<Catalogue>('/catalogue.json')
  if (!catalogue) return say(true, true)
  const wanted = catalogue.courses
    .filter(({ lessons }) => signedIn && lessons.some(({ written }) => written))
    .map(({ slug }) => slug)
    .sort((a, b) => Number(b === course) - Number(a === course))
  let failed = false
  say(failed, wanted.length === 0)
  for (const [at, slug] of wanted.entries()) {
    if (!indexes.has(slug)) {
      const index = await get<SearchIndex>(`/api/search/${slug}`)
      if (index) indexes.set(slug, index)
      else failed = true
    }
    say(failed, at === wanted.length - 1)
  }
}
