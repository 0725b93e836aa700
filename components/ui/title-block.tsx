import type { ReactNode } from 'react'

/** Facts in ruled cells, label over value, as on a drawing sheet. */
export function TitleBlock({
  facts,
  className = '',
}: {
  facts: Record<string, ReactNode>
  className?: string
}) {
  return (
    <dl className={`title-block ${className}`}>
      {Object.entries(facts).map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
