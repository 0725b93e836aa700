'use client'

import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { backTo } from './back-to'
import { commandsFor } from './commands'
import { goTo } from './move'
import { type Found, find, type Group } from './search'
import { type Read, readSources } from './sources'

export type FindDialogProps = {
  signedIn: boolean
  signUpOpen: boolean
  /** Begins within the course of this page. */
  here: boolean
  modifier: string
  /** What had the focus: it gets it back. */
  before: RefObject<Element | null>
  onShowKeys: () => void
  onClose: () => void
}

/** The course whose page this is, by its address. */
const courseHere = () => /^\/(?:courses|learn)\/([^/]+)/.exec(location.pathname)?.[1] ?? null

/**
 * Finds lessons, sections, exercises, words and commands. The focus stays in the line that is typed in; arrows move the
 * choice in the list below, Enter takes it.
 */
export function FindDialog({ signedIn, signUpOpen, here, before, onShowKeys, onClose }: FindDialogProps) {
  const [course] = useState(courseHere)
  const [only, setOnly] = useState(here && course !== null)
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const [read, setRead] = useState<Read>({ catalogue: null, indexes: [], failed: false, done: false })
  const line = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const commands = useMemo(
    () => commandsFor({ signedIn, signUpOpen, showKeys: onShowKeys }),
    [signedIn, signUpOpen, onShowKeys],
  )

  const readAll = useCallback(() => {
    let open = true
    void readSources({ signedIn, course }, (now) => open && setRead(now))
    return () => {
      open = false
    }
  }, [signedIn, course])
  useEffect(readAll, [readAll])

  const title = read.catalogue?.courses.find(({ slug }) => slug === course)?.title
  const groups = useMemo(
    () => find(query, { ...read, commands, only: only ? course : null, here: location.pathname }),
    [query, read, commands, only, course],
  )
  const all = groups.flatMap(({ found }) => found)
  const chosen = all[Math.min(at, all.length - 1)]

  useEffect(() => {
    if (chosen) list.current?.querySelector(`[id="find-${chosen.id}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const take = (found: Found | undefined) => {
    if (!found) return
    onClose()
    // The dialog gives the focus back first; then what was chosen may take it.
    setTimeout(() => (found.run ? found.run() : follow(found.href)))
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup initialFocus={line} finalFocus={backTo(before)} className="find-dialog">
          <Dialog.Title className="sr-only">Find</Dialog.Title>
          <div className="flex items-center gap-3 border-rule border-b px-4">
            <Search size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-ink-3" />
            <input
              ref={line}
              role="combobox"
              aria-label={only ? `Find in ${title ?? 'this course'}` : 'Find a lesson or a command'}
              aria-expanded={all.length > 0}
              aria-controls={all.length > 0 ? 'find-results' : undefined}
              aria-activedescendant={chosen ? `find-${chosen.id}` : undefined}
              aria-autocomplete="list"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              enterKeyHint="go"
              maxLength={200}
              value={query}
              onChange={({ target }) => {
                setQuery(target.value)
                setAt(0)
              }}
              onKeyDown={(event) => {
                if (event.nativeEvent.isComposing) return
                const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
                if (move !== undefined && all.length > 0) {
                  event.preventDefault()
                  setAt((Math.min(at, all.length - 1) + move + all.length) % all.length)
                } else if (event.key === 'Enter') {
                  event.preventDefault()
                  take(chosen)
                }
              }}
              className="h-13 min-w-0 flex-1 bg-transparent text-18 outline-none"
            />
            <Dialog.Close className="min-h-8 rounded-control px-1 hover:bg-hover pointer-coarse:min-h-11">
              <span className="sr-only">Close</span>
              <kbd aria-hidden>Esc</kbd>
            </Dialog.Close>
          </div>
          {course !== null && title && (
            <div className="border-rule border-b px-4 py-1.5">
              <label className="inline-flex min-h-6 items-center gap-2 pointer-coarse:min-h-11">
                <input
                  type="checkbox"
                  className="size-4"
                  checked={only}
                  onChange={({ target }) => {
                    setOnly(target.checked)
                    setAt(0)
                  }}
                />
                Only in {title}
              </label>
            </div>
          )}
          <Results
            groups={groups}
            chosen={chosen}
            list={list}
            onTake={take}
            onPoint={(id) => setAt(all.findIndex((one) => one.id === id))}
          />
          <div className="border-rule border-t px-4 py-2 text-13 text-ink-2">
            <p role="status">{saysOf({ query, read, count: all.length })}</p>
            {read.failed && (
              <p className="mt-1">
                Some of it could not be read from the server.{' '}
                <Button variant="quiet" onClick={() => void readAll()}>
                  Try again
                </Button>
              </p>
            )}
            {!signedIn && (
              <p>
                What is written in the lessons can be searched when you are{' '}
                <a href={`/sign-in?callbackUrl=${encodeURIComponent(location.pathname)}`}>signed in</a>.
              </p>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function saysOf({ query, read, count }: { query: string; read: Read; count: number }): string {
  if (!read.done) return 'Reading what can be searched.'
  if (count > 0) return `${count === 1 ? '1 result' : `${count} results`}. Arrow keys choose, Enter opens.`
  return query.trim() === ''
    ? 'Nothing is written here yet.'
    : 'Nothing is found by these words. Fewer or shorter ones find more.'
}

function Results({
  groups,
  chosen,
  list,
  onTake,
  onPoint,
}: {
  groups: Group[]
  chosen: Found | undefined
  list: RefObject<HTMLDivElement | null>
  onTake: (found: Found) => void
  onPoint: (id: string) => void
}) {
  if (groups.length === 0) return null
  return (
    <div
      ref={list}
      id="find-results"
      role="listbox"
      aria-label="Results"
      tabIndex={-1}
      className="find-results"
    >
      {groups.map(({ name, found }) => (
        <fieldset key={name} aria-label={name}>
          <p className="label px-3 pt-2 pb-1" aria-hidden>
            {name}
          </p>
          {found.map((one) => (
            <div
              key={one.id}
              id={`find-${one.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={one.id === chosen?.id}
              className="find-result"
              onPointerMove={() => one.id !== chosen?.id && onPoint(one.id)}
              onClick={() => onTake(one)}
              onKeyDown={(event) => event.key === 'Enter' && onTake(one)}
            >
              <span>
                <Marked text={one.title} marks={one.marks} />
              </span>
              {one.note && <span className="text-13 text-ink-2">{one.note}</span>}
              {one.keys && <kbd>{one.keys}</kbd>}
              {one.text && (
                <span className="find-text">
                  <Marked {...one.text} />
                </span>
              )}
            </div>
          ))}
        </fieldset>
      ))}
    </div>
  )
}

function Marked({ text, marks }: { text: string; marks: [number, number][] }) {
  const parts: ReactNode[] = []
  let from = 0
  for (const [start, end] of marks) {
    parts.push(text.slice(from, start), <mark key={start}>{text.slice(start, end)}</mark>)
    from = end
  }
  return (
    <>
      {parts}
      {text.slice(from)}
    </>
  )
}

/** Goes to an address; to a part of this page without loading it again. */
function follow(href: string): void {
  const [path, fragment = ''] = href.split('#')
  const target = path === location.pathname && fragment !== '' ? document.getElementById(fragment) : null
  if (!target) {
    location.assign(href)
    return
  }
  location.hash = fragment
  goTo(target.querySelector<HTMLElement>('[data-block]') ?? target)
}
