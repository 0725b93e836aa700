import type { ReactNode } from 'react'

/** What would be here, and the next thing to do. `picture` is for a page of its own, not for a part of one. */
export function Empty({
  title,
  picture,
  children,
  action,
}: {
  title: string
  picture?: ReactNode
  children: ReactNode
  action?: ReactNode
}) {
  return (
    <div className={picture ? 'grid items-center gap-x-10 gap-y-6 sm:grid-cols-[15rem_minmax(0,1fr)]' : ''}>
      {picture}
      <div>
        <h3 className="title-18">{title}</h3>
        <p className="taught mt-2 max-w-(--measure)">{children}</p>
        {action && <p className="mt-4 flex flex-wrap items-center gap-3">{action}</p>}
      </div>
    </div>
  )
}
