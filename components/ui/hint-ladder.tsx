import { ChevronRight } from 'lucide-react'
import type { Html as Markup } from '@/exercises/kind'
import { Button } from './button'
import { Html } from './html'

const names = ['Nudge', 'Technique', 'Part of the way']

/** Hints that were opened stay open, so that the page is a record. How many are left is not counted out. */
export function HintLadder({
  hints,
  opened,
  onOpen,
}: {
  hints: Markup[]
  opened: number
  onOpen: () => void
}) {
  if (hints.length === 0) return null
  const shown = hints.slice(0, opened)
  return (
    <div className={`mt-3 ${opened > 0 ? 'border-rule border-b' : ''}`} aria-live="polite">
      {shown.map((hint, i) => (
        <details key={hint} open className="group border-rule border-t py-1">
          <summary className="flex items-center gap-1 py-1 font-medium text-14 text-ink-2 pointer-coarse:min-h-11">
            <ChevronRight
              size={16}
              strokeWidth={1.75}
              aria-hidden
              className="transition-transform duration-(--slow) ease-yard group-open:rotate-90"
            />
            {names[i] ?? 'One more'}
          </summary>
          <Html html={hint} className="max-w-(--measure) pb-2 pl-5 font-serif text-16" />
        </details>
      ))}
      {opened < hints.length && (
        <p className={opened > 0 ? 'border-rule border-t py-2' : ''}>
          <Button variant="quiet" onClick={onOpen} className="-ml-3">
            {opened === 0
              ? 'Open a hint'
              : `Open the next hint: ${(names[opened] ?? 'one more').toLowerCase()}`}
          </Button>
        </p>
      )}
    </div>
  )
}
