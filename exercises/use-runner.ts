'use client'

import { useCallback, useEffect, useRef, useState } from 'react'
import type { Runner, RunnerPhase } from '@/runner/client'
import type { OutputChunk, RunJob, RunResult } from '@/runner/protocol'

export type PanelRunner = {
  /** Null until the runtime is being fetched. */
  phase: RunnerPhase | null
  running: boolean
  /** Begins to fetch the runtime; harmless when it is there. */
  warm(): void
  /** Null when no interpreter could be started; `phase` then says why. */
  run(job: RunJob, onOutput?: (chunks: OutputChunk[]) => void): Promise<RunResult | null>
  stop(): void
  retry(): void
}

/** The page's interpreter for one panel: opened when it is first wanted, let go with the panel. */
export function useRunner(base: string | undefined): PanelRunner {
  const opened = useRef<Promise<Runner> | null>(null)
  const [phase, setPhase] = useState<RunnerPhase | null>(null)
  const [running, setRunning] = useState(false)

  const open = useCallback(() => {
    if (base === undefined) return Promise.reject(new Error('This page serves no Python.'))
    opened.current ??= import('@/runner/client').then(({ openRunner }) => {
      const runner = openRunner(base)
      setPhase(runner.phase)
      runner.subscribe(() => setPhase(runner.phase))
      return runner
    })
    return opened.current
  }, [base])

  useEffect(
    () => () => {
      const last = opened.current
      opened.current = null
      void last?.then((runner) => runner.close()).catch(() => {})
    },
    [],
  )

  const warm = useCallback(() => {
    open().catch(() =>
      setPhase({
        name: 'failed',
        message: 'Python could not be fetched. Check the connection and reload the page.',
      }),
    )
  }, [open])

  return {
    phase,
    running,
    warm,
    async run(job, onOutput) {
      setRunning(true)
      try {
        const runner = await open()
        return await runner.run(job, onOutput ? { onOutput } : {})
      } catch (error) {
        opened.current ??= null
        setPhase({
          name: 'failed',
          message: error instanceof Error ? error.message : 'Python could not be started on this page.',
        })
        return null
      } finally {
        setRunning(false)
      }
    },
    stop: () => void opened.current?.then((runner) => runner.stop()).catch(() => {}),
    retry: () =>
      void open()
        .then((runner) => runner.retry())
        .catch(() => {}),
  }
}

/**
 * Fetches the runtime before it is wanted: in a lesson once the page is idle, so that it comes while the first paragraph is
 * read; for a visitor only when the element is scrolled to, pointed at or focused.
 */
export function useWarmUp(element: { current: Element | null }, warm: () => void, atOnce: boolean): void {
  useEffect(() => {
    const target = element.current
    if (atOnce || !target) return whenIdle(warm)
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) begin()
    })
    const begin = () => {
      end()
      warm()
    }
    // A visitor who does nothing fetches nothing, on whatever screen the element stands in view.
    const look = () => observer.observe(target)
    const end = () => {
      observer.disconnect()
      removeEventListener('scroll', look)
      target.removeEventListener('pointerenter', begin)
      target.removeEventListener('focusin', begin)
    }
    addEventListener('scroll', look, { passive: true, once: true })
    target.addEventListener('pointerenter', begin)
    target.addEventListener('focusin', begin)
    return end
  }, [element, warm, atOnce])
}

/** Safari knows no idle callback. */
function whenIdle(action: () => void): () => void {
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(action, 1000)
    return () => clearTimeout(timer)
  }
  const handle = requestIdleCallback(action, { timeout: 2000 })
  return () => cancelIdleCallback(handle)
}
