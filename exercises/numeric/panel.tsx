'use client'

import { useId } from 'react'
import { controlClass } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { NumericAnswer } from './grade'
import type { NumericPublic } from './spec'

export function Panel({ block, session }: PanelProps<NumericPublic, NumericAnswer>) {
  const { prompt, unit } = block.props
  const state = useAnswer<NumericAnswer>(session, { text: '' })
  const id = useId()
  const feedback = state.outcome?.feedback
  const wrong = state.outcome?.verdict === 'failed'
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      notNow={state.answer.text.trim() ? null : 'Type a number first.'}
      status={
        feedback ? (
          <div id={`${id}-said`}>
            <Words checks={feedback.checks} next={feedback.next} labels={false} />
          </div>
        ) : null
      }
    >
      <div id={`${id}-prompt`} className="taught">
        <Html html={prompt} />
      </div>
      <div className="mt-4 flex items-center gap-3">
        <span className="w-40 max-w-full">
          <input
            value={state.answer.text}
            onChange={(event) => state.change({ text: event.target.value })}
            inputMode="text"
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            maxLength={200}
            aria-labelledby={`${id}-prompt`}
            aria-invalid={wrong || undefined}
            aria-describedby={
              [unit ? `${id}-unit` : '', feedback ? `${id}-said` : ''].filter(Boolean).join(' ') || undefined
            }
            className={`${controlClass} tabular-nums`}
          />
        </span>
        {unit ? <span id={`${id}-unit`}>{unit}</span> : null}
      </div>
    </PanelFrame>
  )
}
