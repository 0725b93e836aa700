/** The mark and the name, as a link home. On a phone the mark stands alone. */
export function MarkLink({ href, label }: { href: string; label: string }) {
  return (
    <a
      href={href}
      className="flex items-center gap-2 font-semibold font-serif text-[1.1875rem] leading-none tracking-[-0.012em] no-underline pointer-coarse:min-h-11"
      aria-label={label}
    >
      <Mark />
      <span className="max-[35rem]:hidden">Slipway</span>
    </a>
  )
}

/** The mark: a hull on its way down to the water. */
export function Mark({ className = 'size-7' }: { className?: string }) {
  return (
    <svg className={`shrink-0 ${className}`} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <path
        className="mark-paint"
        d="M4.6 13.4 L24.4 16.9 L23.6 19.2 Q22.9 20.6 21 20.3 L8.6 18.1 Q5.6 17.4 4.6 13.4Z"
      />
      <path
        className="mark-line"
        d="M3 7.6 Q3.2 16.9 8.6 18.1 L21 20.3 Q22.9 20.6 23.6 19.2 L25.4 12.4 L3 7.6Z M1 19.9 L22 23.6 M16.5 25.5 H27"
      />
    </svg>
  )
}
