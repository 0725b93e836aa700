'use client'

import { Html } from '@/components/ui/html'
import { OptionList } from '@/exercises/choice/options'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { QuestionsAnswer } from './grade'
import type { QuestionsPublic } from './spec'

export function Panel({ block, session }: PanelProps<QuestionsPublic, QuestionsAnswer>) {
  const { intro, questions } = block.props
  const state = useAnswer<QuestionsAnswer>(session, { chosen: {} })
  const feedback = state.outcome?.feedback
  const chosenOf = (question: QuestionsPublic['questions'][number]) => {
    const kept = state.answer.chosen[question.id]
    return Array.isArray(kept) ? kept.filter((id) => question.options.some((option) => option.id === id)) : []
  }
  const open = questions.filter((question) => chosenOf(question).length === 0).length
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Answer all"
      notNow={open ? `${open} of ${questions.length} without an answer yet.` : null}
      wrong={feedback?.next?.replace(/\.$/, '')}
      status={
        feedback ? (
          <Words checks={[]} next={feedback.next ?? 'All right. The reasons stand at your answers.'} />
        ) : null
      }
    >
      {intro ? <Html html={intro} className="taught mb-5" /> : null}
      <ol className="grid gap-8">
        {questions.map((question) => (
          <li key={question.id}>
            <OptionList
              stem={question.stem}
              multiple={question.multiple}
              options={question.options}
              chosen={chosenOf(question)}
              onChange={(chosen) =>
                state.change({ chosen: { ...state.answer.chosen, [question.id]: chosen } })
              }
              seed={`${session.seed}/${question.id}`}
              checks={checksOf(feedback?.checks ?? [], question.id)}
            />
            <MissingWords checks={checksOf(feedback?.checks ?? [], question.id)} />
          </li>
        ))}
      </ol>
    </PanelFrame>
  )
}

function checksOf<C extends { id: string }>(checks: C[], question: string): C[] {
  return checks.flatMap((check) =>
    check.id.startsWith(`${question}:`) ? [{ ...check, id: check.id.slice(question.length + 1) }] : [],
  )
}

/** For a set: that more belongs to it stands at no option. */
function MissingWords({ checks }: { checks: { id: string; message?: string }[] }) {
  const missing = checks.find((check) => check.id === 'missing')
  return missing?.message ? <p className="mt-2 font-serif text-16">{missing.message}</p> : null
}
