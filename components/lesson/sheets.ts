import type { OutlineProps } from './outline'
import type { Neighbourhood, SheetProps } from './sheet'

/**
 * The parts of a lesson's page that are the same for many readers, kept as HTML in the web process. They are made by
 * `render-sheet.tsx`, which the front door brings (a page of Next cannot render to a string); the page asks for them by what
 * they are made of, and the component that it shows takes them by name, so that they go into the answer once and not a
 * second time as React's payload.
 */

/** Renders without Next: `components/lesson/render-sheet.tsx`. */
export type Renderer = {
  renderSheet(props: SheetProps): Promise<string>
  renderOutline(props: OutlineProps): Promise<string>
}

type Kept = { of: readonly unknown[]; html: string }
type Shelf = { load: () => Promise<Renderer>; kept: Map<string, Kept>; size: number }

// On globalThis: the front door, the page and the component that shows the sheet are bundled apart in one process.
const KEY = Symbol.for('slipway.sheets')
const shared = globalThis as typeof globalThis & { [KEY]?: Shelf }

/** Characters of HTML that are kept; the part that was not asked for longest goes first. */
const MOST = 64_000_000

/** Says where the renderer comes from; loaded when the first lesson is asked for. */
export function offerRenderer(load: () => Promise<Renderer>): void {
  shared[KEY] = { load, kept: new Map(), size: 0 }
}

/** The name under which `requireSheet` gives the sheet, made now if need be: only then `getRest` is asked. */
export function prepareSheet(
  props: Omit<SheetProps, keyof Neighbourhood>,
  getRest: () => Promise<Neighbourhood>,
): Promise<string> {
  const { lesson, course, entry, databaseAnswers, order } = props
  const name = `${lesson.course}/${lesson.slug} ${order} ${databaseAnswers}`
  return prepare(name, [lesson, course, entry], async ({ renderSheet }) =>
    renderSheet({ ...props, ...(await getRest()) }),
  )
}

/** The same for the outline of a course beside one of its lessons. */
export function prepareOutline(props: OutlineProps): Promise<string> {
  const { course, entry, done } = props
  const name = `${course.slug} ${entry.slug} ${done.join(' ')}`
  return prepare(name, [course, entry], ({ renderOutline }) => renderOutline(props))
}

/** What was prepared under this name. Only on the server, in the same request. */
export function requireSheet(name: string): string {
  const kept = shared[KEY]?.kept.get(name)
  if (!kept) throw new Error(`no part of a lesson's page was prepared as ${name}`)
  return kept.html
}

/** `of` are the compiled objects that it is made of: when content changes they are others, and what was kept is stale. */
async function prepare(
  name: string,
  of: readonly unknown[],
  render: (renderer: Renderer) => Promise<string>,
): Promise<string> {
  const shelf = shared[KEY]
  if (!shelf) throw new Error('offerRenderer(load) has not been called in this process')
  const known = shelf.kept.get(name)
  const isFresh = known?.of.every((part, i) => part === of[i]) === true
  const kept = isFresh ? known : { of, html: await render(await shelf.load()) }
  put(shelf, name, kept)
  return name
}

function put(shelf: Shelf, name: string, kept: Kept): void {
  const before = shelf.kept.get(name)
  if (before) {
    shelf.kept.delete(name)
    shelf.size -= before.html.length
  }
  shelf.kept.set(name, kept)
  shelf.size += kept.html.length
  for (const [oldest, { html }] of shelf.kept) {
    if (shelf.size <= MOST || oldest === name) break
    shelf.kept.delete(oldest)
    shelf.size -= html.length
  }
}
