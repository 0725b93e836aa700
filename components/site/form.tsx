'use client'

import { CircleCheck, CircleX } from 'lucide-react'
import { type ReactNode, useActionState, useEffect, useRef } from 'react'

/** What a server action gives back to its form. */
export type FormState = {
  error?: { field?: string; text: string }
  values?: Record<string, string>
  done?: string
}
export type FormAction = (state: FormState, form: FormData) => Promise<FormState>

/**
 * A form around a server action. It works before its script has loaded; with it, what was wrong gets the focus.
 * `children` draws the fields from what the action said.
 */
export function Form({
  action,
  fields,
  className = 'grid max-w-104 gap-5',
  label,
  children,
}: {
  action: FormAction
  /** Names of the fields that show their own error; any other error stands on top. */
  fields: string[]
  className?: string
  label?: string
  children: (part: {
    value: (name: string) => string | undefined
    error: (name: string) => string | null
    pending: boolean
    done: string | undefined
  }) => ReactNode
}) {
  const [state, submit, pending] = useActionState(action, {})
  const form = useRef<HTMLFormElement>(null)
  const { error } = state
  const onTop = error && !(error.field && fields.includes(error.field)) ? error : null

  useEffect(() => {
    if (state.error)
      form.current?.querySelector<HTMLElement>('[role="alert"], [aria-invalid="true"]')?.focus()
  }, [state])

  return (
    <form ref={form} action={submit} className={className} aria-label={label} noValidate>
      {onTop && <Alert>{onTop.text}</Alert>}
      {children({
        value: (name) => state.values?.[name],
        error: (name) => (error?.field === name ? error.text : null),
        pending,
        done: state.done,
      })}
    </form>
  )
}

/** What went wrong with a whole form. Takes the focus when it appears. */
export function Alert({ children }: { children: ReactNode }) {
  return (
    <div
      role="alert"
      tabIndex={-1}
      className="col-span-full grid grid-cols-[16px_minmax(0,1fr)] gap-3 bg-fail-wash px-4 py-3"
    >
      <CircleX size={16} strokeWidth={2} aria-hidden className="mt-0.5 text-fail" />
      <p>{children}</p>
    </div>
  )
}

/** One sentence beside a button: what is true now. */
export function Done({ children }: { children: string | undefined }) {
  return (
    <span role="status" className="text-13">
      {children && (
        <span className="inline-flex items-baseline gap-1.5 text-ink-2">
          <CircleCheck size={16} strokeWidth={2} aria-hidden className="shrink-0 self-center text-pass" />
          {children}
        </span>
      )}
    </span>
  )
}
