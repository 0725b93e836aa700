'use client'

import { BlockHost } from '@/components/lesson/block-host'
import { LessonStoreProvider } from '@/components/lesson/lesson-store'
import type { PublicBlock } from '@/exercises/kind'

/**
 * One exercise for a visitor: the panel of the lesson, judged in the page with the cases that can be seen. Nothing is
 * sent and nothing is kept.
 */
export function TryExercise({ block, runnerBase }: { block: PublicBlock; runnerBase: string | undefined }) {
  const start = { version: block.version, state: 'new' as const, draft: null, history: [] }
  return (
    <LessonStoreProvider user={null} order="visitor" blocks={{ [block.id]: start }} runnerBase={runnerBase}>
      <BlockHost block={block} />
    </LessonStoreProvider>
  )
}
