'use client'

import {
  Component,
  type ComponentType,
  lazy,
  type ReactNode,
  Suspense,
  useLayoutEffect,
  useSyncExternalStore,
} from 'react'
import { ReportLine } from '@/components/report/report-line'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import type { PanelProps, PublicBlock } from '@/exercises/kind'
import { panels } from '@/exercises/panels'
import { useBlockSession } from './lesson-store'

const Versions = lazy(async () => ({ default: (await import('./versions')).Versions }))

type AnyPanel = ComponentType<PanelProps<unknown, unknown>>

// The registry of panels is exhaustive by type; here a block's kind is only known as a string from compiled content.
const lazyPanels = Object.fromEntries(
  Object.entries(panels).map(([kind, load]) => [
    kind,
    lazy(async () => ({ default: (await load()).Panel as AnyPanel })),
  ]),
)

/** Puts a block in place: its panel, loaded with the page, and its session from the lesson's store. */
export function BlockHost({
  block,
  onShown,
}: {
  block: PublicBlock
  /** Called once its panel, or why there is none, is there to be seen. Its effects run after that. */
  onShown?: () => void
}) {
  const { session, restored, comparing } = useBlockSession(block.id)
  const Panel = lazyPanels[block.kind]
  if (!Panel) throw new Error(`no panel for kind ${block.kind}`)
  return (
    <PanelBoundary onShown={onShown}>
      <Suspense
        fallback={<Skeleton label="Loading the exercise" lines={4} className="border-ink border-t pt-4" />}
      >
        <Usable onShown={onShown}>
          <Panel key={restored} block={block} session={session} />
          {session.signedIn && <ReportLine block={block} outcome={session.outcome} />}
        </Usable>
      </Suspense>
      {comparing && (
        <Suspense>
          <Versions
            block={block}
            answer={comparing.answer}
            other={comparing.other}
            onChoose={comparing.choose}
            onClose={comparing.close}
          />
        </Suspense>
      )}
    </PanelBoundary>
  )
}

const never = () => () => undefined

/**
 * Until a panel's script has taken it over it is a picture of itself: what is chosen, typed or pressed in it would be
 * lost without a word. So nothing in it can be used before, and when that lasts it says why.
 */
function Usable({ onShown, children }: { onShown: (() => void) | undefined; children: ReactNode }) {
  const usable = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  return (
    <fieldset role="presentation" disabled={!usable} className={`min-w-0 ${usable ? '' : 'not-usable'}`}>
      {children}
      {!usable && (
        <p className="not-usable-why">
          This exercise is still loading. It needs JavaScript, and can be used as soon as that has come.
        </p>
      )}
      <Shown onShown={onShown} />
    </fieldset>
  )
}

/** Says that what it stands in was put on the page. */
function Shown({ onShown }: { onShown: (() => void) | undefined }) {
  // Before the effects of panels: they measure and watch their place.
  useLayoutEffect(() => onShown?.(), [onShown])
  return null
}

/** A panel that breaks takes only itself away: the text and the other blocks stay. */
class PanelBoundary extends Component<
  { onShown: (() => void) | undefined; children: ReactNode },
  { broken: boolean }
> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <div className="border-ink border-t pt-3" role="alert">
        <p className="font-serif text-16">
          This exercise could not be shown. What you wrote in it is kept. Reload the page; if it happens
          again, tell whoever runs this site which exercise it was.
        </p>
        <Button className="mt-3" onClick={() => location.reload()}>
          Reload the page
        </Button>
        <Shown onShown={this.props.onShown} />
      </div>
    )
  }
}
