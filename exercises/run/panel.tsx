'use client'

import { Play, RotateCcw, Square } from 'lucide-react'
import { useRef, useState } from 'react'
import { BlockFrame } from '@/components/ui/block-frame'
import { Button } from '@/components/ui/button'
import { CodeEditor } from '@/components/ui/code-editor'
import { Html } from '@/components/ui/html'
import type { PanelProps } from '@/exercises/kind'
import { type Ran, RunOutput, RuntimeLine } from '@/exercises/run-output'
import { useAnswer } from '@/exercises/use-answer'
import { useRunner, useWarmUp } from '@/exercises/use-runner'
import type { OutputChunk } from '@/runner/protocol'
import type { RunAnswer, RunPublic } from './spec'

const limits = { ms: 5000 }
const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

/** Code to change and run; nothing is judged. */
export function Panel({ block, session }: PanelProps<RunPublic, RunAnswer>) {
  const state = useAnswer<RunAnswer>(session, { code: block.props.code })
  const runner = useRunner(session.runnerBase)
  const [ran, setRan] = useState<Ran | null>(null)
  const place = useRef<HTMLDivElement>(null)
  useWarmUp(place, runner.warm, session.signedIn)
  const { code } = state.answer

  async function run() {
    if (runner.running) return
    const chunks: OutputChunk[] = []
    setRan({ chunks: [], result: null })
    const job = { files: { 'main.py': code }, entry: { kind: 'script' as const, path: 'main.py' }, limits }
    const result = await runner.run(job, (more) => {
      chunks.push(...more)
      setRan({ chunks: [...chunks], result: null })
    })
    setRan(result ? { chunks: result.output, result, limits } : null)
  }

  return (
    <div ref={place} data-block={block.id}>
      <BlockFrame block={block} session={session} verdict={<span className="meta">Not judged</span>}>
        <Html html={block.props.intro} className="taught mb-4" />
        <div className="flex flex-col border-rule border-t [--editor-min:6rem]">
          <CodeEditor
            value={code}
            onChange={(next) => state.change({ code: next })}
            language="python"
            label={`${block.title}, code`}
            onRun={run}
            onSubmit={run}
          />
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
          <Button onClick={run} busy={runner.running} aria-keyshortcuts="Shift+Enter">
            <Play {...icon} />
            Run
          </Button>
          {runner.running ? (
            <Button onClick={runner.stop}>
              <Square {...icon} />
              Stop
            </Button>
          ) : null}
          {code === block.props.code ? null : (
            <Button variant="quiet" onClick={() => state.change({ code: block.props.code })}>
              <RotateCcw {...icon} />
              As it was
            </Button>
          )}
          <RuntimeLine phase={runner.phase} runner={runner} />
        </div>
        <RunOutput ran={ran} running={runner.running} />
      </BlockFrame>
    </div>
  )
}
