'use client'

import { useId } from 'react'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { RecallAnswer } from './grade'
import type { RecallPublic } from './spec'
import { TextLine } from './text-line'

export function Panel({ block, session }: PanelProps<RecallPublic, RecallAnswer>) {
  const state = useAnswer<RecallAnswer>(session, { text: '' })
  const said = useId()
  const feedback = state.outcome?.feedback
  const shown = feedback?.passed ? feedback.checks[0]?.expected : undefined
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      notNow={state.answer.text.trim() ? null : 'Type an answer first.'}
      status={
        feedback ? (
          <div id={said}>
            {shown ? (
              <p className="mb-2 font-serif text-16">
                In full: <code className="font-mono text-14">{shown}</code>
              </p>
            ) : null}
            <Words checks={feedback.checks} next={feedback.next} labels={false} />
          </div>
        ) : null
      }
    >
      <TextLine
        prompt={block.props.prompt}
        value={state.answer.text}
        onChange={(text) => state.change({ text })}
        wrong={state.outcome?.verdict === 'failed'}
        saidBy={feedback ? said : undefined}
      />
    </PanelFrame>
  )
}
