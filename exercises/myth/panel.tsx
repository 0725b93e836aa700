'use client'

import { useId } from 'react'
import { radioClass } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import { OptionList } from '@/exercises/choice/options'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { TextLine } from '@/exercises/recall/text-line'
import { useAnswer } from '@/exercises/use-answer'
import type { MythAnswer } from './grade'
import type { MythPublic } from './spec'

type Draft = Omit<MythAnswer, 'stance'> & { stance: MythAnswer['stance'] | '' }

const stances = [
  ['agree', 'I agree'],
  ['disagree', 'I disagree'],
  ['unsure', 'Not sure'],
] as const

const replies = { agree: 'You agree.', disagree: 'You disagree.', unsure: 'You are not sure.' }

/** First a stance; then what speaks against the belief; then a question that shows whether it stayed. */
export function Panel({ block, session }: PanelProps<MythPublic, MythAnswer>) {
  const { claim, refutation, followUp } = block.props
  const id = useId()
  const empty: Draft = { stance: '', followUp: followUp.kind === 'choice' ? { chosen: [] } : { text: '' } }
  const state = useAnswer<Draft>(session, empty)
  const { stance } = state.answer
  const given = state.answer.followUp
  const feedback = state.outcome?.feedback
  const known =
    followUp.kind === 'choice' ? new Set(followUp.options.map((option) => option.id)) : new Set<string>()
  const chosen =
    'chosen' in given && Array.isArray(given.chosen) ? given.chosen.filter((one) => known.has(one)) : []
  const text = 'text' in given && typeof given.text === 'string' ? given.text : ''
  const answered = followUp.kind === 'choice' ? chosen.length > 0 : text.trim() !== ''
  const rest = feedback?.checks.filter((check) => !known.has(check.id)) ?? []
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      notNow={
        stance === '' ? 'Say first what you think.' : answered ? null : 'Read, then answer the question.'
      }
      status={feedback ? <Words checks={rest} next={feedback.next} labels={false} /> : null}
    >
      <fieldset>
        <legend className="taught">
          <Html html={claim} as="span" className="[&_p]:inline" />
        </legend>
        <div className="mt-3 flex flex-wrap gap-x-5">
          {stances.map(([value, label]) => (
            <label
              key={value}
              className="inline-flex min-h-8 items-center gap-2 font-serif text-16 pointer-coarse:min-h-11"
            >
              <input
                type="radio"
                name={`${id}-stance`}
                value={value}
                checked={stance === value}
                onChange={() => state.change({ ...state.answer, stance: value })}
                className={radioClass}
              />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      <div aria-live="polite">
        {stance === '' ? (
          <p className="meta mt-3">What speaks for and against it opens when you have said what you think.</p>
        ) : (
          <div className="mt-5 grid gap-4">
            <p className="meta">{replies[stance]}</p>
            <Part title="What many people think" html={refutation.people} />
            <Part title="Where it fails" html={refutation.fails} />
            <Part title="What is true" html={refutation.instead} />
          </div>
        )}
      </div>
      {stance === '' ? null : (
        <div className="mt-6 border-rule border-t pt-4">
          {followUp.kind === 'choice' ? (
            <OptionList
              stem={followUp.stem}
              multiple={followUp.multiple}
              options={followUp.options}
              chosen={chosen}
              onChange={(next) => state.change({ ...state.answer, followUp: { chosen: next } })}
              seed={session.seed}
              checks={feedback?.checks ?? []}
            />
          ) : (
            <TextLine
              prompt={followUp.prompt}
              value={text}
              onChange={(next) => state.change({ ...state.answer, followUp: { text: next } })}
              wrong={state.outcome?.verdict === 'failed'}
            />
          )}
        </div>
      )}
    </PanelFrame>
  )
}

function Part({ title, html }: { title: string; html: string }) {
  return (
    <div>
      <p className="title-ui">{title}</p>
      <Html html={html} className="taught mt-1" />
    </div>
  )
}
