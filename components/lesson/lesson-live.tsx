'use client'

import { type ReactNode, startTransition, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { SearchButton } from '@/components/finder/search-button'
import { buttonClass } from '@/components/ui/button'
import { BlockHost } from './block-host'
import { ContinueLine } from './continue-line'
import { LessonEnd } from './lesson-end'
import { LessonStoreProvider } from './lesson-store'
import { PageOutline } from './page-outline'
import { END_PLACE, OUTLINE_PLACE, SEARCH_PLACE, type SheetParts } from './places'
import { requireSheet } from './sheets'
import type { BlockStart } from './store'
import './lesson.css'

type Props = {
  /** Names of what `sheets.ts` has prepared, in the order in which it stands on the page. */
  sheets: string[]
  /** The page's own address. */
  path: string
  learner: string
  order: string
  /** Of blocks that were worked on; the others are new. */
  starts: Record<string, BlockStart>
  runnerBase: string | undefined
}

type Found = { parts: SheetParts; places: Map<string, Element> }

/**
 * A lesson: HTML that was made once for all its readers, and in it, once scripts run, what is this reader's own. On the
 * server it is one element whose content React neither builds nor sends a second time; in the browser the blocks, the
 * page's outline and its end take the place of their pictures.
 */
export function LessonLive({ sheets, path, learner, order, starts, runnerBase }: Props) {
  const root = useRef<HTMLDivElement>(null)
  // In a browser it is empty: React leaves alone what the server wrote there.
  const [html] = useState(() => (typeof window === 'undefined' ? sheets.map(requireSheet).join('') : ''))
  const [found, setFound] = useState<Found | null>(null)

  useEffect(() => {
    const element = root.current
    if (!element) return
    let gone = false
    const begin = () => {
      if (!gone) startTransition(() => setFound(findParts(element)))
    }
    if (element.firstChild) begin()
    else
      takeFrom(path, element).then(begin, () => {
        // Signed out meanwhile, or no answer: the browser goes there itself and shows what is there.
        if (!gone) location.assign(path)
      })
    return () => {
      gone = true
    }
  }, [path])

  return (
    <>
      <div
        ref={root}
        id="lesson"
        className="lesson-page"
        suppressHydrationWarning
        dangerouslySetInnerHTML={{ __html: html }}
      />
      {found && <Living found={found} {...{ learner, order, starts, runnerBase }} />}
    </>
  )
}

/** Whoever comes from another page of ours without loading this one: the lesson is taken from its own page. */
async function takeFrom(path: string, element: Element): Promise<void> {
  const answer = await fetch(path)
  if (!answer.ok || answer.redirected) throw new Error(`${path} answered ${answer.status}`)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const lesson = page.getElementById('lesson')
  if (!lesson?.firstChild) throw new Error(`${path} holds no lesson`)
  element.replaceChildren(...lesson.childNodes)
}

function findParts(element: Element): Found {
  const json = element.querySelector<HTMLTemplateElement>('template[data-parts]')?.content.textContent
  if (!json) throw new Error('the sheet of this lesson holds no parts')
  const places = [...element.querySelectorAll('[data-place]')]
  return {
    parts: JSON.parse(json) as SheetParts,
    places: new Map(places.map((place) => [place.getAttribute('data-place') ?? '', place])),
  }
}

function Living({
  found: { parts, places },
  learner,
  order,
  starts,
  runnerBase,
}: { found: Found } & Omit<Props, 'sheets' | 'path'>) {
  const blocks = Object.values(parts.blocks)
  const ids = useMemo(() => Object.keys(parts.blocks), [parts])
  const all = Object.fromEntries(
    blocks.map(({ id, version }) => [
      id,
      starts[id] ?? { version, state: 'new' as const, draft: null, history: [] },
    ]),
  )
  return (
    <LessonStoreProvider user={learner} order={order} blocks={all} runnerBase={runnerBase}>
      {blocks.map((block) => (
        <Island key={block.id} place={places.get(block.id)}>
          {(onShown) => <BlockHost block={block} onShown={onShown} />}
        </Island>
      ))}
      <Island place={places.get(OUTLINE_PLACE)}>
        {(onShown) => (
          <Settled onShown={onShown}>
            <PageOutline entries={parts.outline} blocks={ids} />
          </Settled>
        )}
      </Island>
      <Island place={places.get(END_PLACE)}>
        {(onShown) => (
          <Settled onShown={onShown}>
            <LessonEnd graded={parts.graded} next={parts.next} courseHref={parts.courseHref} />
          </Settled>
        )}
      </Island>
      <Island place={places.get(SEARCH_PLACE)}>
        {(onShown) => (
          <Settled onShown={onShown}>
            <SearchButton className={buttonClass({ variant: 'quiet' })} />
          </Settled>
        )}
      </Island>
      <ContinueLine user={learner} lesson={parts.lesson} />
    </LessonStoreProvider>
  )
}

/** Draws its child beside the page and puts it there in place of its picture when it is complete: nothing flickers. */
function Island({
  place,
  children,
}: {
  place: Element | undefined
  children: (onShown: () => void) => ReactNode
}) {
  const [host] = useState(() => document.createElement('div'))
  const onShown = useMemo(() => () => place && takePlace(place, host), [place, host])
  return createPortal(children(onShown), host)
}

const FOCUSABLE = 'a[href], button, input, textarea, summary, [tabindex]'

/** Whoever had come to a link or a heading of the picture by keyboard is on the same one afterwards. */
function takePlace(place: Element, host: HTMLElement): void {
  const at = [...place.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement as Element)
  place.replaceChildren(host)
  if (at >= 0) host.querySelectorAll<HTMLElement>(FOCUSABLE)[at]?.focus({ preventScroll: true })
}

function Settled({ onShown, children }: { onShown: () => void; children: ReactNode }) {
  useLayoutEffect(onShown, [onShown])
  return children
}
