import { ChevronRight, Unplug } from 'lucide-react'
import type { ReactNode } from 'react'

/** What happened, whether work is safe, what to do: in that order. */
export function ErrorNote({
  title,
  as: Title = 'h2',
  safe,
  children,
  action,
  operator,
}: {
  title: string
  as?: 'h1' | 'h2' | 'h3'
  /** The sentence about the learner's work. */
  safe?: string
  children: ReactNode
  action?: ReactNode
  /** What whoever runs the site needs to find it in the log. */
  operator?: string
}) {
  return (
    <div
      role="alert"
      className={`grid grid-cols-[28px_minmax(0,1fr)] gap-3 ${Title === 'h1' ? '' : 'border-rule border-t pt-4'}`}
    >
      <Unplug size={22} strokeWidth={1.75} aria-hidden className="mt-1" />
      <div>
        <Title className={Title === 'h1' ? 'title-28' : 'title-22'}>{title}</Title>
        <p className="taught mt-2 mb-4 max-w-(--measure)">
          {safe && <b>{safe} </b>}
          {children}
        </p>
        {action && <p className="flex flex-wrap items-center gap-3">{action}</p>}
        {operator && (
          <details className="group mt-3">
            <summary className="meta inline-flex min-h-6 items-center gap-1 pointer-coarse:min-h-11">
              <ChevronRight
                size={16}
                strokeWidth={1.75}
                aria-hidden
                className="transition-transform duration-(--slow) ease-yard group-open:rotate-90"
              />
              For whoever runs this site
            </summary>
            <p className="mt-1 font-mono text-12 text-ink-3 [overflow-wrap:anywhere]">{operator}</p>
          </details>
        )}
      </div>
    </div>
  )
}
