import { LoaderCircle } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'

export type ButtonLook = {
  variant?: 'primary' | 'plain' | 'quiet' | 'danger'
  /** 44 px high: pages where the button is the point. */
  big?: boolean
  /** A square for an icon alone; needs an `aria-label`. */
  square?: boolean
}

const base =
  'inline-flex items-center justify-center gap-1.5 rounded-control border font-medium no-underline whitespace-nowrap transition-colors duration-(--fast) ease-yard pointer-coarse:min-h-11'

const variants = {
  primary: 'border-ink bg-ink text-on-ink hover:border-ink-2 hover:bg-ink-2 active:bg-ink-3',
  plain: 'border-rule-strong bg-paper text-ink hover:border-ink-3 hover:bg-hover active:bg-rule',
  quiet: 'border-transparent bg-transparent text-ink-2 hover:bg-hover hover:text-ink active:bg-rule',
  danger: 'border-fail bg-transparent text-fail hover:bg-fail-wash active:bg-fail-wash',
}

const unavailable =
  'inline-flex items-center justify-center gap-1.5 rounded-control border border-rule-strong border-dashed bg-transparent font-medium text-ink-3 whitespace-nowrap cursor-not-allowed pointer-coarse:min-h-11'

function sizeOf({ big, square }: ButtonLook): string {
  // An icon alone has no dashed form: what cannot be used now is pale.
  if (square) return `aria-disabled:opacity-40 ${big ? 'size-11' : 'size-8 pointer-coarse:size-11'}`
  return big ? 'min-h-11 px-5 py-2.5 text-16' : 'min-h-8 px-3 py-[5px] text-14'
}

/** The classes of a button, for a link that acts like one. */
export function buttonClass(look: ButtonLook = {}, more = ''): string {
  return `${base} ${variants[look.variant ?? 'plain']} ${sizeOf(look)} ${more}`
}

/**
 * A button. `busy` keeps the width, says so and does nothing; `notNow` is the reason why it cannot be used, shown beside
 * it: the button is never hidden and stays in the order of focus.
 */
export function Button({
  variant,
  big,
  square,
  busy = false,
  notNow,
  className = '',
  children,
  onClick,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & ButtonLook & { busy?: boolean; notNow?: string | boolean | null }) {
  const reasonId = useId()
  const refused = Boolean(notNow)
  const reason: ReactNode = typeof notNow === 'string' ? notNow : null
  const stopped = refused || busy
  const look = { variant, big, square }
  const button = (
    <button
      {...rest}
      type={stopped ? 'button' : type}
      aria-disabled={stopped || rest['aria-disabled'] || undefined}
      aria-busy={busy || undefined}
      aria-describedby={reason ? reasonId : rest['aria-describedby']}
      onClick={stopped ? undefined : onClick}
      className={
        refused
          ? `${unavailable} ${sizeOf(look)} ${className}`
          : buttonClass(look, busy ? `relative ${className}` : className)
      }
    >
      {busy ? (
        <>
          <span className="absolute inset-0 grid place-items-center">
            <LoaderCircle size={16} strokeWidth={1.75} aria-hidden className="motion-safe:animate-busy" />
          </span>
          <span className="inline-flex items-center gap-1.5 opacity-0">{children}</span>
        </>
      ) : (
        children
      )}
    </button>
  )
  if (!reason) return button
  return (
    <>
      {button}
      <span id={reasonId} className="meta">
        {reason}
      </span>
    </>
  )
}
