'use client'

import { Dialog } from '@base-ui/react/dialog'
import { type ReactNode, type RefObject, useState } from 'react'
import { buttonClass } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/field'
import { backTo } from './back-to'
import { setSingleKeys, singleKeysOn } from './keys'

export type KeysDialogProps = {
  signedIn: boolean
  modifier: string
  before: RefObject<Element | null>
  onClose: () => void
}

/** The keys that work on this page, and the switch for those that are a single letter or sign. */
export function KeysDialog({ signedIn, modifier, before, onClose }: KeysDialogProps) {
  const [single, setSingle] = useState(singleKeysOn)
  const [kept, setKept] = useState(true)
  const inCourse = /^\/(courses|learn)\/./.test(location.pathname)
  const exercises = document.querySelector('main [data-block]') !== null
  const editor = document.querySelector('.code-editor, .cm-editor') !== null
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup finalFocus={backTo(before)} className="keys-dialog">
          <Dialog.Title className="title-22">Keys on this page</Dialog.Title>
          <Dialog.Description className="taught mt-2">
            Single letters and signs do nothing while you write. Those with {modifier} always work.
          </Dialog.Description>
          <div className="mt-6 grid gap-x-10 gap-y-6 sm:grid-cols-2">
            <Keys title="Everywhere">
              <Key does="find a lesson or a command">
                <kbd>{modifier} K</kbd>
              </Key>
              <Key does="this list" off={!single}>
                <kbd>?</kbd>
              </Key>
              {inCourse && (
                <Key does="search this course" off={!single}>
                  <kbd>/</kbd>
                </Key>
              )}
              {signedIn && (
                <Key does="dashboard" off={!single}>
                  <kbd>G</kbd> then <kbd>D</kbd>
                </Key>
              )}
              <Key does="courses" off={!single}>
                <kbd>G</kbd> then <kbd>C</kbd>
              </Key>
            </Keys>
            {exercises && (
              <Keys title="Exercises">
                <Key does="next exercise" off={!single}>
                  <kbd>N</kbd>
                </Key>
                <Key does="previous exercise" off={!single}>
                  <kbd>P</kbd>
                </Key>
                <Key does="submit">
                  <kbd>{modifier} Enter</kbd>
                </Key>
              </Keys>
            )}
            {editor && (
              <Keys title="In the editor">
                <Key does="submit">
                  <kbd>{modifier} Enter</kbd>
                </Key>
                <Key does="run">
                  <kbd>Shift Enter</kbd>
                </Key>
                <Key does="leave the editor">
                  <kbd>Esc</kbd> then <kbd>Tab</kbd>
                </Key>
              </Keys>
            )}
          </div>
          <div className="mt-6 flex flex-wrap items-center justify-between gap-3">
            <Checkbox
              checked={single}
              onChange={({ target }) => {
                setSingle(target.checked)
                setKept(setSingleKeys(target.checked))
              }}
            >
              Single letters and signs work as keys on this device
            </Checkbox>
            <Dialog.Close className={buttonClass()}>Close</Dialog.Close>
          </div>
          <p role="status" className="meta">
            {kept ? '' : 'The browser refuses storage, so this choice cannot be kept.'}
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Keys({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="title-ui">{title}</h3>
      <dl className="mt-2 border-rule border-t">{children}</dl>
    </section>
  )
}

function Key({ does, off = false, children }: { does: string; off?: boolean; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[7.5rem_1fr] gap-3 border-rule border-b py-1.5">
      <dt className="text-ink-3">{children}</dt>
      <dd>
        {does}
        {off && <span className="text-ink-3">, turned off</span>}
      </dd>
    </div>
  )
}
