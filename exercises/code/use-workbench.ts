'use client'

import { useState } from 'react'
import type { PanelProps, Verdict } from '@/exercises/kind'
import type { Ran } from '@/exercises/run-output'
import { useAnswer } from '@/exercises/use-answer'
import { useRunner } from '@/exercises/use-runner'
import type { OutputChunk } from '@/runner/protocol'
import { gradeCode } from './grade'
import { makeCodeJob, observeCode } from './run'
import { type CodeAnswer, type CodeObservation, type CodePublic, SOLUTION } from './shape'

type Judged = { verdict: Verdict; observation: CodeObservation; sent: boolean; source: string }

/** What the workbench does: run the visible cases here, judge them, and for Submit send what was seen with the code. */
export function useWorkbench({ block, session }: PanelProps<CodePublic, CodeAnswer>) {
  const { starter, key } = block.props
  const state = useAnswer<CodeAnswer>(session, { files: { [SOLUTION]: starter } })
  const runner = useRunner(session.runnerBase)
  const [ran, setRan] = useState<Ran | null>(null)
  const [judged, setJudged] = useState<Judged | null>(null)
  // A draft of an older shape may lack the file.
  const source = typeof state.answer.files[SOLUTION] === 'string' ? state.answer.files[SOLUTION] : starter
  const answer: CodeAnswer = { files: { [SOLUTION]: source } }

  async function run(send: boolean) {
    if (runner.running || (send && session.sending)) return
    const chunks: OutputChunk[] = []
    setRan({ chunks: [], result: null })
    const result = await runner.run(makeCodeJob(key, answer), (more) => {
      chunks.push(...more)
      setRan({ chunks: [...chunks], result: null })
    })
    if (!result) {
      setRan(null)
      return
    }
    setRan({ chunks: result.output, result, limits: key.limits })
    // Stopped by hand: nothing was shown, so there is nothing to judge or to send.
    if (result.type === 'failed' && result.kind === 'stopped') return
    const observation = observeCode(key, result)
    const verdict = gradeCode(key, { answer, observation })
    const sent = send && session.signedIn
    setJudged({ verdict, observation, sent, source })
    if (sent) session.submit({ answer, observation }, verdict)
  }

  // After Run the page's own verdict stands; after Submit, and when the page opens, the newest outcome does.
  const outcome = judged && !judged.sent ? null : session.outcome
  return {
    source,
    change: (text: string) => state.change({ files: { [SOLUTION]: text } }),
    startOver() {
      state.change({ files: { [SOLUTION]: starter } })
      setRan(null)
      setJudged(null)
    },
    runner,
    run,
    ran,
    observation: judged?.observation ?? null,
    here: judged?.sent ? judged.verdict : null,
    outcome,
    verdict: judged && !judged.sent ? judged.verdict : (outcome?.feedback ?? judged?.verdict ?? null),
    /** The code is no longer what the verdict is about. */
    changed: judged !== null && judged.source !== source,
  }
}
