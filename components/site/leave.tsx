'use client'

import { AlertDialog } from '@base-ui/react/alert-dialog'
import { type ReactNode, useRef, useState, useSyncExternalStore, useTransition } from 'react'
import { deliver, forget } from '@/components/lesson/leaving'
import { buttonClass } from '@/components/ui/button'
import type { FormAction, FormState } from './form'

type Unsent = { attempts: number; drafts: number }

/**
 * The way out for a person: what waits on this device is sent first, what cannot be sent is named before it is lost, and
 * afterwards nothing of theirs is left in this browser. `end` ends the session; `dialog` is to be drawn beside the button.
 */
export function useLeave(user: string, end: () => Promise<unknown>) {
  const [leaving, begin] = useTransition()
  const [unsent, setUnsent] = useState<Unsent | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  const go = () =>
    begin(async () => {
      try {
        const said = (await end()) as FormState | undefined
        setProblem(said?.error?.text ?? null)
      } finally {
        // After a redirect too, which arrives as an error. A session that did not end keeps its work: it is asked again.
        if (!(await isSignedIn())) await forget(user)
      }
    })
  const leave = () =>
    begin(async () => {
      const left = await deliver(user)
      if (left.attempts + left.drafts > 0) setUnsent(left)
      else go()
    })
  const dialog: ReactNode = unsent ? (
    <Ask
      title="Sign out with unsent work?"
      stay="Stay signed in"
      onStay={() => setUnsent(null)}
      leave="Sign out and lose it"
      onLeave={() => {
        setUnsent(null)
        go()
      }}
    >
      {inWords(unsent)} here and not in your account. Signing out takes this away from this device, and there
      is no other copy. Stay signed in, and it follows when the server answers.
    </Ask>
  ) : problem ? (
    <Ask
      title="You are still signed in"
      stay="Stay signed in"
      onStay={() => setProblem(null)}
      leave="Try again"
      onLeave={() => {
        setProblem(null)
        go()
      }}
    >
      {problem}
    </Ask>
  ) : null
  return { leaving, leave, dialog }
}

const never = () => () => undefined

/** An action that may end the session: once it has, nothing of the person is left in this browser. */
export function useEnding(user: string, action: FormAction): FormAction {
  // Until the script is there the form sends itself to the action, and a page without a script keeps nothing.
  const hasScript = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  if (!hasScript) return action
  return async (state, form) => {
    try {
      return await action(state, form)
    } finally {
      if (!(await isSignedIn())) await forget(user)
    }
  }
}

/** True also when the server cannot say: then nothing is thrown away. */
async function isSignedIn(): Promise<boolean> {
  try {
    const answer = await fetch('/api/auth/session', { cache: 'no-store' })
    const session = (await answer.json()) as { user?: unknown } | null
    return !answer.ok || Boolean(session?.user)
  } catch {
    return true
  }
}

/** Asked when something would be lost, or did not happen; to stay is the safe answer and has the focus. */
function Ask({
  title,
  children,
  stay,
  onStay,
  leave,
  onLeave,
}: {
  title: string
  children: ReactNode
  stay: string
  onStay: () => void
  leave: string
  onLeave: () => void
}) {
  const safe = useRef<HTMLButtonElement>(null)
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onStay()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Popup
          initialFocus={safe}
          className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 w-112 max-w-[calc(100vw-2rem)] rounded-dialog bg-paper p-6 text-ink shadow-float"
        >
          <AlertDialog.Title className="title-22">{title}</AlertDialog.Title>
          <AlertDialog.Description className="taught mt-2 mb-6">{children}</AlertDialog.Description>
          <div className="flex flex-wrap justify-end gap-3">
            <AlertDialog.Close ref={safe} className={buttonClass()}>
              {stay}
            </AlertDialog.Close>
            <button type="button" className={buttonClass({ variant: 'danger' })} onClick={onLeave}>
              {leave}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

/** "2 attempts and one draft wait" */
function inWords({ attempts, drafts }: Unsent): string {
  const parts = [
    attempts > 0 && (attempts === 1 ? 'One attempt' : `${attempts} attempts`),
    drafts > 0 && (drafts === 1 ? 'one draft' : `${drafts} drafts`),
  ].filter((part) => part !== false)
  const text = parts.join(' and ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${attempts + drafts === 1 ? 'waits' : 'wait'}`
}
