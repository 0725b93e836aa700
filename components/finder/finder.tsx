'use client'

import { Search } from 'lucide-react'
import { type ComponentType, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { FindDialogProps } from './find-dialog'
import { isMac, KeyReader, SHOW_FINDER, SHOW_KEYS, singleKeysOn, takesText } from './keys'
import type { KeysDialogProps } from './keys-dialog'
import { moveToExercise } from './move'

type Open = 'find' | 'find-here' | 'keys' | null
type Parts = { Find: ComponentType<FindDialogProps>; Keys: ComponentType<KeysDialogProps> }

const never = () => () => undefined

/**
 * The way to every lesson and command: a button in the bar, and the keys that work on every page. What it opens is
 * fetched when it is first asked for, so that a page of text stays light.
 */
export function Finder({ signedIn, signUpOpen }: { signedIn: boolean; signUpOpen: boolean }) {
  const [open, setOpen] = useState<Open>(null)
  const [parts, setParts] = useState<Parts | null>(null)
  const before = useRef<Element | null>(null)
  const modifier = useSyncExternalStore(
    never,
    () => (isMac() ? '⌘' : 'Ctrl'),
    () => 'Ctrl',
  )

  useEffect(() => {
    const show = async (what: Open) => {
      // From one dialog to the other: what had the focus before the first gets it back.
      if (!document.activeElement?.closest('[role=dialog]')) before.current = document.activeElement
      setOpen(what)
      try {
        const [{ FindDialog: Find }, { KeysDialog: Keys }] = await Promise.all([
          import('./find-dialog'),
          import('./keys-dialog'),
        ])
        setParts({ Find, Keys })
      } catch {
        // The files of the dialog do not come: the list of courses still leads everywhere.
        if (what !== 'keys') location.assign('/courses')
      }
    }
    const reader = new KeyReader()
    const press = (event: KeyboardEvent) => {
      const inDialog = document.querySelector('[role=dialog], [role=alertdialog]') !== null
      const typing = inDialog || takesText(event.target)
      const action = reader.read(event, { typing, single: singleKeysOn(), mac: isMac() })
      if (!action) return
      // One thing at a time: what is open is closed first.
      if (inDialog) return event.preventDefault()
      if (action === 'next' || action === 'previous') {
        if (moveToExercise(action)) event.preventDefault()
        return
      }
      event.preventDefault()
      if (action === 'dashboard' || action === 'courses') location.assign(`/${action}`)
      else void show(action)
    }
    const find = (event: Event) => void show((event as CustomEvent<boolean>).detail ? 'find-here' : 'find')
    const keys = () => void show('keys')
    addEventListener('keydown', press)
    addEventListener(SHOW_FINDER, find)
    addEventListener(SHOW_KEYS, keys)
    return () => {
      removeEventListener('keydown', press)
      removeEventListener(SHOW_FINDER, find)
      removeEventListener(SHOW_KEYS, keys)
    }
  }, [])

  const close = () => setOpen(null)
  return (
    <>
      <button
        type="button"
        aria-label="Find a lesson or a command"
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={() => dispatchEvent(new CustomEvent(SHOW_FINDER))}
        className="finder-button"
      >
        <Search size={16} strokeWidth={1.75} aria-hidden />
        <span className="finder-words">Find a lesson or a command</span>
        <kbd className="finder-words">{modifier} K</kbd>
      </button>
      {parts && (open === 'find' || open === 'find-here') && (
        <parts.Find
          signedIn={signedIn}
          signUpOpen={signUpOpen}
          here={open === 'find-here'}
          modifier={modifier}
          before={before}
          onShowKeys={() => setOpen('keys')}
          onClose={close}
        />
      )}
      {parts && open === 'keys' && (
        <parts.Keys signedIn={signedIn} modifier={modifier} before={before} onClose={close} />
      )}
    </>
  )
}
