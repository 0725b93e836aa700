import type { ReactNode } from 'react'

/** Facts in ruled cells, label over value, as on a drawing sheet. */
export function TitleBlock({
  facts,
  className = '',
}: {
  facts: [label: string, value: ReactNode][]
  className?: string
}) {
  return (
    <dl className={`title-block ${className}`}>
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
