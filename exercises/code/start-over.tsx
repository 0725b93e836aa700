'use client'

import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useRef } from 'react'
import { buttonClass } from '@/components/ui/button'

/** Asked before the editor is emptied; the safe answer has the focus. */
export function StartOver({ onClose, onConfirm }: { onClose: () => void; onConfirm: () => void }) {
  const keep = useRef<HTMLButtonElement>(null)
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Popup
          initialFocus={keep}
          className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 w-112 max-w-[calc(100vw-2rem)] rounded-dialog bg-paper p-6 text-ink shadow-float"
        >
          <AlertDialog.Title className="title-22">Start over?</AlertDialog.Title>
          <AlertDialog.Description className="taught mt-2 mb-6">
            The editor goes back to the given code. What you have written is replaced; attempts that you sent
            stay.
          </AlertDialog.Description>
          <div className="flex flex-wrap justify-end gap-3">
            <AlertDialog.Close ref={keep} className={buttonClass()}>
              Keep my code
            </AlertDialog.Close>
            <button type="button" className={buttonClass({ variant: 'danger' })} onClick={onConfirm}>
              Start over
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
