import { KeysButton } from '@/components/finder/keys-button'

/** Which copy of Slipway this is, and that one may run another. */
export function Footer({ host, flush = false }: { host: string; flush?: boolean }) {
  return (
    <footer className={`no-print border-rule border-t ${flush ? '' : 'mt-24'}`}>
      <div className="flex flex-wrap justify-between gap-x-8 gap-y-3 px-(--side) py-5 text-13 text-ink-3">
        <p>
          Slipway on <span className="break-all font-mono text-12">{host}</span>. Free software; run your own
          copy.
        </p>
        <nav aria-label="About this copy" className="flex flex-wrap gap-x-5 gap-y-2">
          <a href="/#judging">How judging works</a>
          <a href="/#limits">What it does not do</a>
          <a href="/courses">Courses</a>
          <KeysButton />
        </nav>
      </div>
    </footer>
  )
}
