'use client'

import { ChevronDown } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Html } from '@/components/ui/html'
import type { Check, PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { WorkedAnswer } from './grade'
import type { StepPart, WorkedPublic } from './spec'

/** The first instance is revealed step by step; the others open with their blanks. */
export function Panel({ block, session }: PanelProps<WorkedPublic, WorkedAnswer>) {
  const { intro, instances } = block.props
  const state = useAnswer<WorkedAnswer>(session, { blanks: {} })
  const first = instances[0]
  const [revealed, setRevealed] = useState(() =>
    session.state === 'new' && session.answer === undefined ? 1 : (first?.steps.length ?? 0),
  )
  const id = useId()
  const ids = instances.flatMap((instance) => instance.steps.flatMap((step) => step.parts.flatMap(blanksOf)))
  const textOf = (blank: string) =>
    typeof state.answer.blanks[blank] === 'string' ? state.answer.blanks[blank] : ''
  const change = (blank: string, value: string) =>
    state.change({
      blanks: Object.fromEntries(ids.map((one) => [one, one === blank ? value : (textOf(one) ?? '')])),
    })
  const feedback = state.outcome?.feedback
  const checks = new Map(feedback?.checks.map((check) => [check.id, check]))
  const open = ids.filter((one) => !textOf(one)?.trim()).length
  const more = (first?.steps.length ?? 0) - revealed
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Check the blanks"
      notNow={open ? `${open} of ${ids.length} still empty.` : null}
      wrong={
        feedback && !feedback.passed ? feedback.next?.replace(/ (is|are) right\.$/, ' right') : undefined
      }
      status={
        feedback ? (
          <Words
            checks={feedback.checks.map((check) => ({ ...check, id: `${check.id}-said` }))}
            next={feedback.next ?? 'Every blank is right.'}
          />
        ) : null
      }
    >
      {intro ? <Html html={intro} className="taught" /> : null}
      {instances.map((instance, index) => (
        <div key={instance.title} className="mt-5">
          <p className="title-ui border-rule border-b pb-1.5">{instance.title}</p>
          <ol id={`${id}-${index}`}>
            {instance.steps.map((step, at) =>
              index === 0 && at >= revealed ? null : (
                <li key={step.goal} className="border-rule border-b py-3">
                  <p className="meta">{step.goal}</p>
                  <div className="mt-1 grid gap-3 font-serif text-16">
                    {step.parts.map((part) => (
                      <Part
                        key={'html' in part ? part.html : blanksOf(part).join()}
                        part={part}
                        label={`${instance.title}: ${step.goal}`}
                        textOf={textOf}
                        onChange={change}
                        checks={checks}
                      />
                    ))}
                  </div>
                </li>
              ),
            )}
          </ol>
          {index === 0 && more > 0 ? (
            <div className="mt-2 flex flex-wrap gap-2">
              <Button
                aria-expanded={false}
                aria-controls={`${id}-0`}
                onClick={() => setRevealed(revealed + 1)}
              >
                <ChevronDown size={16} strokeWidth={1.75} aria-hidden />
                Next step
              </Button>
              {more > 1 ? (
                <Button variant="quiet" onClick={() => setRevealed(first?.steps.length ?? 0)}>
                  All steps
                </Button>
              ) : null}
            </div>
          ) : null}
        </div>
      ))}
    </PanelFrame>
  )
}

function blanksOf(part: StepPart): string[] {
  return 'line' in part ? part.line.flatMap((piece) => ('blank' in piece ? [piece.blank] : [])) : []
}

type PartProps = {
  part: StepPart
  label: string
  textOf: (blank: string) => string | undefined
  onChange: (blank: string, value: string) => void
  checks: Map<string, Check>
}

function Part({ part, label, textOf, onChange, checks }: PartProps) {
  if ('html' in part) return <Html html={part.html} />
  return (
    <p className="leading-9">
      {part.line.map((piece) => {
        if ('html' in piece) return <Html key={piece.html} as="span" html={piece.html} />
        const check = checks.get(piece.blank)
        return (
          <span key={piece.blank}>
            <input
              value={textOf(piece.blank) ?? ''}
              onChange={(event) => onChange(piece.blank, event.target.value)}
              size={piece.size}
              maxLength={400}
              autoComplete="off"
              autoCapitalize="off"
              autoCorrect="off"
              spellCheck={false}
              aria-label={`${label}, blank`}
              aria-invalid={check && !check.passed ? true : undefined}
              className={`h-8 max-w-full rounded-control border bg-paper px-2 font-mono text-14 pointer-coarse:h-11 ${check ? (check.passed ? 'border-pass' : 'border-2 border-fail bg-fail-wash') : 'border-rule-strong'}`}
            />
            {check ? (
              <span className={`font-[550] font-ui text-13 ${check.passed ? 'text-pass' : 'text-fail'}`}>
                {check.passed ? ' right' : ' not right'}
              </span>
            ) : null}
          </span>
        )
      })}
    </p>
  )
}
