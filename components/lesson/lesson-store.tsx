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
import { type BlockStart, type BlockView, LessonStore } from './store'

type Shared = { store: LessonStore; runnerBase: string | undefined }

const Context = createContext<Shared | null>(null)

function useShared(): Shared {
  const shared = useContext(Context)
  if (!shared) throw new Error('a block stands outside <LessonStoreProvider>')
  return shared
}

/** Gives every block below it its session. `user` is null for a visitor: nothing is kept, nothing is sent. */
export function LessonStoreProvider({
  user,
  blocks,
  runnerBase,
  children,
}: {
  user: string | null
  blocks: Record<string, BlockStart>
  runnerBase: string | undefined
  children: ReactNode
}) {
  const [shared] = useState<Shared>(() => ({ store: new LessonStore(user, blocks), runnerBase }))
  useEffect(() => {
    const { store } = shared
    void store.start()
    const leave = () => document.visibilityState === 'hidden' && store.leave()
    const close = () => store.leave()
    const retry = () => store.retry()
    document.addEventListener('visibilitychange', leave)
    addEventListener('pagehide', close)
    addEventListener('online', retry)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      removeEventListener('pagehide', close)
      removeEventListener('online', retry)
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

export function useBlockSession(block: string): { session: BlockSession<unknown>; restored: number } {
  const { store, runnerBase } = useShared()
  const view = useBlockView(block)
  return {
    restored: view.restored,
    session: {
      answer: view.answer,
      outcome: view.outcome,
      history: view.history,
      state: view.state,
      sending: view.sending,
      saved: view.saved,
      hintsOpened: view.hintsOpened,
      notice: view.notice,
      change: (answer) => store.change(block, answer),
      submit: (response, provisional) => void store.submit(block, response, provisional),
      openHint: () => store.openHint(block),
      loadSolution: () => store.loadSolution(block),
      runnerBase,
      seed: `${store.user ?? 'visitor'}:${block}`,
      signedIn: store.user !== null,
    },
  }
}
