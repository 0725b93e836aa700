'use client'

import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { ChoiceAnswer } from './grade'
import { OptionList } from './options'
import type { ChoicePublic } from './spec'

export function Panel({ block, session }: PanelProps<ChoicePublic, ChoiceAnswer>) {
  const { stem, multiple, options } = block.props
  const state = useAnswer<ChoiceAnswer>(session, { chosen: [] })
  const known = new Set(options.map((option) => option.id))
  const chosen = state.answer.chosen.filter((id) => known.has(id))
  const feedback = state.outcome?.feedback
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      notNow={chosen.length === 0 ? (multiple ? 'Choose at least one first.' : 'Choose one first.') : null}
      status={feedback ? <ChoiceStatus feedback={feedback} options={options} /> : null}
    >
      <OptionList
        stem={stem}
        multiple={multiple}
        options={options}
        chosen={chosen}
        onChange={(next) => state.change({ chosen: next })}
        seed={session.seed}
        checks={feedback?.checks ?? []}
      />
    </PanelFrame>
  )
}

/** What does not stand at an option already: the sentence for a set, and the words once more for those who cannot see where they appeared. */
export function ChoiceStatus({
  feedback,
  options,
}: {
  feedback: NonNullable<PanelProps<ChoicePublic, ChoiceAnswer>['session']['outcome']>['feedback']
  options: { id: string }[]
}) {
  const placed = new Set(options.map((option) => option.id))
  const rest = feedback.checks.filter((check) => !placed.has(check.id) && check.message !== feedback.next)
  return (
    <>
      <p className="sr-only">The reason stands at your answer.</p>
      {feedback.next || rest.length ? <Words checks={rest} next={feedback.next} labels={false} /> : null}
    </>
  )
}
