const widths = ['w-[92%]', 'w-[86%]', 'w-[58%]', 'w-[74%]', 'w-[66%]', 'w-[70%]', 'w-[38%]', 'w-[52%]']

/** Lines that will be words: the final heights, no shimmer. Named for those who hear it. */
export function Skeleton({
  label,
  lines = 4,
  className = '',
}: {
  label: string
  lines?: number
  className?: string
}) {
  return (
    <div role="status" aria-label={label} className={className}>
      {Array.from({ length: lines }, (_, i) => (
        <span
          key={i.toString()}
          aria-hidden
          className={`my-[7px] block h-2.5 rounded-mark bg-hover ${widths[i % widths.length]}`}
        />
      ))}
    </div>
  )
}
