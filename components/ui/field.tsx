import { CircleX } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'

/** What a form's control looks like: 40 px high, 16 px text, so that phones do not zoom. */
export const controlClass =
  'h-10 w-full rounded-control border border-rule-strong bg-paper px-3 text-16 text-ink hover:border-ink-3 aria-invalid:border-2 aria-invalid:border-fail aria-invalid:px-[11px] pointer-coarse:min-h-11'

/** A mark to choose one of several. In forced colours it is the browser's own, whose dot is not repainted. */
export const radioClass =
  'relative size-4 flex-none appearance-none rounded-full border-[1.5px] border-rule-strong bg-paper after:absolute after:inset-[3px] after:rounded-full checked:border-ink checked:after:bg-ink forced-colors:appearance-auto'

type FieldWords = {
  label: ReactNode
  /** What to know before typing. */
  help?: ReactNode
  /** A sentence that says what to do. */
  error?: string | null
  /** Stands at the right of the label: "Forgotten?" */
  beside?: ReactNode
}

/** Label above, help below, error in words. `children` gets the ids that tie them to the control. */
export function Field({
  label,
  help,
  error,
  beside,
  children,
}: FieldWords & {
  children: (tie: {
    id: string
    'aria-describedby': string | undefined
    'aria-invalid': true | undefined
  }) => ReactNode
}) {
  const id = useId()
  const describedBy = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className="grid content-start gap-1.5">
      <div className="flex justify-between gap-4">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {beside}
      </div>
      {children({ id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined })}
      {help && (
        <p id={`${id}-help`} className="meta">
          {help}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="flex gap-1.5 text-13 text-fail">
          <CircleX size={16} strokeWidth={2} className="mt-0.5 shrink-0" aria-hidden />
          <span>{error}</span>
        </p>
      )}
    </div>
  )
}

/** A line to type in, with its label. */
export function Input({
  label,
  help,
  error,
  beside,
  className = '',
  ...rest
}: FieldWords & Omit<ComponentProps<'input'>, 'id'>) {
  return (
    <Field label={label} help={help} error={error} beside={beside}>
      {(tie) => <input {...rest} {...tie} className={`${controlClass} ${className}`} />}
    </Field>
  )
}

/** The browser's own list: it searches by typing, and on a phone it is the one that people know. */
export function Select({
  label,
  help,
  error,
  beside,
  className = '',
  children,
  ...rest
}: FieldWords & Omit<ComponentProps<'select'>, 'id'>) {
  return (
    <Field label={label} help={help} error={error} beside={beside}>
      {(tie) => (
        <select {...rest} {...tie} className={`${controlClass} pl-2! ${className}`}>
          {children}
        </select>
      )}
    </Field>
  )
}

/** A box to tick, its words beside it. */
export function Checkbox({ children, className = '', ...rest }: Omit<ComponentProps<'input'>, 'type'>) {
  return (
    <label className={`flex min-h-8 items-start gap-2 py-1.5 pointer-coarse:min-h-11 ${className}`}>
      <input type="checkbox" {...rest} className="my-0.5 size-4 flex-none" />
      <span>{children}</span>
    </label>
  )
}
