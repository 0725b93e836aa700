'use client'

import { useId } from 'react'
import { controlClass } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import { VerdictWord } from '@/components/ui/verdict-word'
import { OptionList } from '@/exercises/choice/options'
import type { Check, PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { PredictAnswer } from './grade'
import type { PredictPublic } from './spec'

export function Panel({ block, session }: PanelProps<PredictPublic, PredictAnswer>) {
  const { prompt, code, answers } = block.props
  const state = useAnswer<PredictAnswer>(session, { answers: {} })
  const id = useId()
  const feedback = state.outcome?.feedback
  const textOf = (one: PredictPublic['answers'][number]) => {
    const kept = state.answer.answers[one.id]
    if (typeof kept !== 'string') return ''
    return one.options && !one.options.some((option) => option.id === kept) ? '' : kept
  }
  const change = (of: string, value: string) => {
    const kept = answers.map((one) => [one.id, one.id === of ? value : textOf(one)])
    state.change({ answers: Object.fromEntries(kept) })
  }
  const open = answers.filter((one) => !textOf(one).trim()).length
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Commit"
      notNow={open ? 'Commit a prediction first; then you see what it does.' : null}
      status={feedback ? <Outcome checks={feedback.checks} next={feedback.next} answers={answers} /> : null}
    >
      <Html html={prompt} className="taught" />
      <Html html={code} className="mt-4" />
      <div className="mt-4 grid gap-5">
        {answers.map((one) => {
          const check = feedback?.checks.find(
            (each) => each.id === one.id || each.id.startsWith(`${one.id}:`),
          )
          if (one.options) {
            const words = (feedback?.checks ?? []).map((each) =>
              each.id === one.id ? { ...each, id: textOf(one) } : each,
            )
            return (
              <OptionList
                key={one.id}
                stem={escapeText(one.label)}
                multiple={false}
                options={one.options}
                chosen={textOf(one) ? [textOf(one)] : []}
                onChange={([chosen]) => change(one.id, chosen ?? '')}
                seed={`${session.seed}/${one.id}`}
                checks={words}
              />
            )
          }
          const shared = {
            id: `${id}-${one.id}`,
            value: textOf(one),
            autoComplete: 'off',
            autoCapitalize: 'off',
            spellCheck: false,
            maxLength: 4000,
            'aria-invalid': check && !check.passed ? (true as const) : undefined,
          }
          return (
            <div key={one.id}>
              <label htmlFor={shared.id} className="block font-medium">
                {one.label}
              </label>
              {one.lines > 1 ? (
                <textarea
                  {...shared}
                  rows={one.lines}
                  onChange={(event) => change(one.id, event.target.value)}
                  className={`${controlClass} mt-1.5 h-auto py-2 font-mono`}
                />
              ) : (
                <input
                  {...shared}
                  onChange={(event) => change(one.id, event.target.value)}
                  className={`${controlClass} mt-1.5 max-w-112 font-mono`}
                />
              )}
            </div>
          )
        })}
      </div>
    </PanelFrame>
  )
}

/** A label is plain text; the stem of an option list is HTML. */
function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** What was predicted beside what happened, in words and marks. */
function Outcome({
  checks,
  next,
  answers,
}: {
  checks: Check[]
  next?: string | undefined
  answers: PredictPublic['answers']
}) {
  const judged = checks.filter((check) => check.expected !== undefined)
  const picked = new Set(answers.flatMap((one) => one.options?.map((option) => option.id) ?? []))
  const rest = checks.filter((check) => check.expected === undefined)
  return (
    <div className="grid gap-3">
      {next ? <p className="font-serif text-16">{next}</p> : null}
      {judged.map((check) => (
        <div key={check.id}>
          <p>
            <VerdictWord state={check.passed ? 'right' : 'not-right'} className="whitespace-normal!">
              {check.label}
              {check.passed ? ': as you said' : ': not what you said'}
            </VerdictWord>
          </p>
          <dl className="mt-1 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 bg-well p-3">
            <dt className="text-13 text-ink-2 leading-[1.375rem]">Yours</dt>
            <dd className="whitespace-pre-wrap font-mono text-13 leading-[1.375rem] [overflow-wrap:anywhere]">
              {check.got}
            </dd>
            <dt className="text-13 text-ink-2 leading-[1.375rem]">It did</dt>
            <dd className="whitespace-pre-wrap font-mono text-13 leading-[1.375rem] [overflow-wrap:anywhere]">
              {check.expected || '(nothing printed)'}
            </dd>
          </dl>
          {check.message ? <p className="mt-2 font-serif text-16">{check.message}</p> : null}
          {check.why && !picked.has(check.id) ? (
            <Html html={check.why} className="mt-2 font-serif text-16" />
          ) : null}
        </div>
      ))}
      <Words checks={rest} labels={false} />
    </div>
  )
}
