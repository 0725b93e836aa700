'use client'

import { Button } from '@/components/ui/button'
import { ScrollRegion } from '@/components/ui/scroll-region'
import type { PanelRunner } from '@/exercises/use-runner'
import type { RunnerPhase } from '@/runner/client'
import { explainFailure, explainProblem } from '@/runner/explain'
import type { Limits, OutputChunk, RunResult } from '@/runner/protocol'

export type Ran = { chunks: OutputChunk[]; result: RunResult | null; limits?: Limits }

const MAX_SHOWN = 60_000

/** What a run printed and how it ended, in words. */
export function RunOutput({ ran, running }: { ran: Ran | null; running: boolean }) {
  const text = ran ? joined(ran.chunks) : ''
  const end = ran?.result ? endWords(ran.result, ran.limits) : null
  return (
    <div className="border-rule border-t border-dashed bg-well">
      <p className="label flex justify-between gap-4 px-4 pt-2">
        <span>Output</span>
        <span className="tabular-nums" role="status">
          {running ? 'running' : ran?.result ? `${ran.result.ms} ms` : ''}
        </span>
      </p>
      <ScrollRegion label="Output" className="max-h-80 overflow-y-auto bg-well">
        {text ? (
          <pre className="whitespace-pre-wrap px-4 pt-1 pb-3 font-mono text-13 leading-[1.375rem] [overflow-wrap:anywhere]">
            {text}
          </pre>
        ) : (
          <p className="meta px-4 pt-1 pb-3">
            {ran?.result && !running ? 'Nothing was printed.' : running ? '' : 'What it prints stands here.'}
          </p>
        )}
      </ScrollRegion>
      {end ? (
        <div role="status" className="border-rule border-t px-4 py-2">
          {end.error ? (
            <pre className="whitespace-pre-wrap font-mono text-13 text-fail leading-[1.375rem] [overflow-wrap:anywhere]">
              {end.error}
            </pre>
          ) : null}
          {end.words ? <p className="font-serif text-16">{end.words}</p> : null}
        </div>
      ) : null}
    </div>
  )
}

function joined(chunks: OutputChunk[]): string {
  const text = chunks.map((chunk) => chunk.t).join('')
  return text.length > MAX_SHOWN
    ? `${text.slice(0, MAX_SHOWN)}\n… cut: more was printed than is shown here`
    : text
}

function endWords(
  result: RunResult,
  limits: Limits | undefined,
): { error?: string; words?: string | null } | null {
  if (result.type === 'failed') return { words: explainFailure(result.kind, limits) }
  const { error } = result.data
  if (error)
    return {
      error: `${error.line ? `Line ${error.line}: ` : ''}${error.text.trim()}`,
      words: explainProblem(error),
    }
  return result.cut ? { words: 'More was printed than is kept; the end is missing.' } : null
}

/** What the runtime is doing, where that is worth a word. */
export function RuntimeLine({ phase, runner }: { phase: RunnerPhase | null; runner: PanelRunner }) {
  return (
    <span role="status" className="meta">
      {phase?.name === 'fetching'
        ? `Fetching Python${phase.total ? `, ${megabytes(phase.loaded)} of ${megabytes(phase.total)} MB` : ''}. You can read on.`
        : null}
      {phase?.name === 'starting' ? 'Starting Python. You can read on.' : null}
      {phase?.name === 'failed' ? (
        <span className="inline-flex flex-wrap items-baseline gap-x-3">
          <span className="text-fail">{phase.message} What you wrote is safe.</span>
          <Button variant="quiet" onClick={runner.retry}>
            Try again
          </Button>
        </span>
      ) : null}
    </span>
  )
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
