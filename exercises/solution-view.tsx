'use client'

import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Html } from '@/components/ui/html'
import { ScrollRegion } from '@/components/ui/scroll-region'
import type { BlockSession, Solution } from '@/exercises/kind'

/** Fetched when it is first opened; there only once the learner has passed. */
export function SolutionView({
  session,
  title,
}: {
  session: Pick<BlockSession<never>, 'loadSolution' | 'state' | 'signedIn'>
  title: string
}) {
  const [solution, setSolution] = useState<Solution | 'loading' | 'none' | null>(null)
  if (session.state !== 'passed' || !session.signedIn) return null
  const open = async () => {
    if (solution && solution !== 'none') return
    setSolution('loading')
    setSolution((await session.loadSolution().catch(() => null)) ?? 'none')
  }
  return (
    <details className="group mt-3" onToggle={(event) => event.currentTarget.open && void open()}>
      <summary className="inline-flex min-h-8 items-center gap-1 font-medium text-ink-2 pointer-coarse:min-h-11">
        <ChevronRight
          aria-hidden
          size={16}
          strokeWidth={1.75}
          className="transition-transform duration-(--slow) ease-yard group-open:rotate-90"
        />
        {title}
      </summary>
      <div aria-live="polite" className="mt-2 grid gap-4">
        {solution === 'loading' ? <p className="meta">Fetching it</p> : null}
        {solution === 'none' ? (
          <p>It could not be fetched. Close this and open it again to try once more.</p>
        ) : null}
        {typeof solution === 'object'
          ? solution?.parts.map((part) => (
              <div key={`${part.title}${part.code ?? part.html ?? ''}`}>
                <p className="title-ui">{part.title}</p>
                {part.code === undefined ? null : (
                  <ScrollRegion label={part.title} className="mt-1 border-rule border-y bg-paper">
                    <pre className="code w-max min-w-full px-3 py-2">{part.code}</pre>
                  </ScrollRegion>
                )}
                {part.html ? (
                  <Html html={part.html} className="mt-1 max-w-(--measure) font-serif text-16" />
                ) : null}
              </div>
            ))
          : null}
      </div>
    </details>
  )
}
