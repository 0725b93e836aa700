'use client'

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react'
import type { BlockSession } from '@/exercises/kind'
import type { Choice, DraftView } from './block-draft'
import { forgetHere, hearLeaving } from './leaving'
import { type BlockStart, type BlockView, clock, LessonStore } from './store'

type Shared = { store: LessonStore; order: string; runnerBase: string | undefined }

const Context = createContext<Shared | null>(null)

function useShared(): Shared {
  const shared = useContext(Context)
  if (!shared) throw new Error('a block stands outside <LessonStoreProvider>')
  return shared
}

/**
 * Gives every block below it its session. `user` is null for a visitor: nothing is kept, nothing is sent. `order` says in
 * which order options stand.
 */
export function LessonStoreProvider({
  user,
  order,
  blocks,
  runnerBase,
  children,
}: {
  user: string | null
  order: string
  blocks: Record<string, BlockStart>
  runnerBase: string | undefined
  children: ReactNode
}) {
  const [shared] = useState<Shared>(() => ({ store: new LessonStore(user, blocks), order, runnerBase }))
  useEffect(() => {
    const { store } = shared
    void store.start()
    if (!store.user) return
    // Looked at again: somebody may have signed in elsewhere meanwhile, or the network may be back.
    const look = () => (document.visibilityState === 'hidden' ? store.leave() : store.retry())
    const close = () => store.leave()
    const retry = () => store.retry()
    document.addEventListener('visibilitychange', look)
    addEventListener('pagehide', close)
    addEventListener('online', retry)
    // Heard also after this part of the site is gone: what is on its way then must not come back to the device.
    hearLeaving(store.user, {
      deliver: retry,
      forget: (elsewhere) => {
        store.close()
        if (elsewhere) void forgetHere(store.user ?? '').finally(() => location.reload())
      },
    })
    return () => {
      document.removeEventListener('visibilitychange', look)
      removeEventListener('pagehide', close)
      removeEventListener('online', retry)
      store.stop()
    }
  }, [shared])
  return <Context value={shared}>{children}</Context>
}

/** What is true of a block now, and again whenever it changes. */
export function useBlockView(block: string): BlockView {
  const { store } = useShared()
  const read = useCallback(() => store.view(block), [store, block])
  return useSyncExternalStore(store.subscribe, read, read)
}

/** The states of several blocks: for outlines and the end of a lesson. */
export function useBlockStates(blocks: readonly string[]): BlockView['state'][] {
  const { store } = useShared()
  const read = useCallback(() => blocks.map((block) => store.view(block).state).join(' '), [store, blocks])
  const states = useSyncExternalStore(store.subscribe, read, read)
  return states === '' ? [] : (states.split(' ') as BlockView['state'][])
}

/** Two versions of a block's draft that the learner is looking at, and what can be done about them. */
export type Comparing = {
  answer: unknown
  other: NonNullable<DraftView['other']>
  choose: (choice: Choice) => void
  close: () => void
}

export function useBlockSession(block: string): {
  session: BlockSession<unknown>
  restored: number
  comparing: Comparing | null
} {
  const { store, order, runnerBase } = useShared()
  const view = useBlockView(block)
  return {
    restored: view.restored,
    comparing:
      view.comparing && view.other
        ? {
            answer: view.answer,
            other: view.other,
            choose: (choice) => store.choose(block, choice),
            close: () => store.compare(block, false),
          }
        : null,
    session: {
      answer: view.answer,
      outcome: view.outcome,
      history: view.history,
      state: view.state,
      sending: view.sending,
      saved: view.saved,
      hintsOpened: view.hintsOpened,
      notice: view.notice ?? noticeOfOther(view, () => store.compare(block, true)),
      change: (answer) => store.change(block, answer),
      submit: (response, provisional) => void store.submit(block, response, provisional),
      openHint: () => store.openHint(block),
      loadSolution: () => store.loadSolution(block),
      runnerBase,
      seed: `${order}:${block}`,
      signedIn: store.user !== null,
    },
  }
}

/** Says that another version stands beside this one, where nothing more urgent is to be said. */
function noticeOfOther({ other }: BlockView, compare: () => void): BlockView['notice'] {
  if (!other) return null
  const where = `${other.device || 'another device'} at ${clock(other.at)}`
  return {
    kind: 'outdated',
    text: other.undecided
      ? `You also wrote on ${where}. Both are kept.`
      : `Another version is kept beside this one, from ${where}.`,
    action: { label: 'Compare the two', run: compare },
  }
}
