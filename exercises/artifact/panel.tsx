'use client'

import { useId } from 'react'
import { CheckLine } from '@/components/ui/feedback'
import { Checkbox } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame } from '@/exercises/panel-frame'
import { SolutionView } from '@/exercises/solution-view'
import { useAnswer } from '@/exercises/use-answer'
import type { ArtifactAnswer } from './grade'
import type { ArtifactPublic } from './spec'
import { countWords } from './text'

/** Prose against stated rules: what is asked and the rules beside a plain sheet to write on. */
export function Panel({ block, session }: PanelProps<ArtifactPublic, ArtifactAnswer>) {
  const { prompt, starter, rules, words, rubric } = block.props
  const state = useAnswer<ArtifactAnswer>(session, { text: starter, ticks: [] })
  const id = useId()
  const { text, ticks } = state.answer
  const feedback = state.outcome?.feedback
  const judged = new Map(feedback?.checks.map((check) => [check.id, check]))
  const checks = rules.map((rule) => judged.get(rule.id) ?? { id: rule.id, label: rule.says, passed: false })
  const ordered = feedback
    ? [...checks.filter((check) => !check.passed), ...checks.filter((check) => check.passed)]
    : checks
  const count = countWords(text)
  const held = checks.filter((check) => judged.has(check.id) && check.passed).length
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Submit"
      main
      notNow={text.trim() ? null : 'Write something first.'}
      wrong={feedback ? `${held} of ${rules.length} rules hold` : undefined}
      status={
        feedback ? (
          <p className="font-serif text-16">{feedback.passed ? 'Every rule holds.' : feedback.next}</p>
        ) : null
      }
    >
      <div className="@container">
        <div className="grid gap-6 @3xl:grid-cols-[minmax(18rem,5fr)_minmax(0,7fr)]">
          <div className="min-w-0">
            <Html html={prompt} className="font-serif text-16" />
            <p className="title-ui mt-5 mb-2">
              Rules{' '}
              <span className="meta font-normal">
                {feedback
                  ? `${held} hold, ${rules.length - held} not yet`
                  : 'all must hold; no one reads it but you'}
              </span>
            </p>
            <ul className="border-rule border-t">
              {ordered.map((check) => (
                <CheckLine key={check.id} check={check} passed={judged.has(check.id) ? check.passed : null} />
              ))}
            </ul>
            {rubric.length ? (
              <fieldset className="mt-5">
                <legend className="title-ui">
                  Tick for yourself <span className="meta font-normal">not judged</span>
                </legend>
                {rubric.map((sentence, index) => (
                  <Checkbox
                    key={sentence}
                    checked={ticks.includes(index)}
                    onChange={(event) =>
                      state.change({
                        text,
                        ticks: event.target.checked
                          ? [...ticks, index]
                          : ticks.filter((tick) => tick !== index),
                      })
                    }
                  >
                    {sentence}
                  </Checkbox>
                ))}
              </fieldset>
            ) : null}
          </div>
          <div className="min-w-0">
            <label htmlFor={id} className="title-ui">
              Your text
            </label>
            <textarea
              id={id}
              value={text}
              onChange={(event) => state.change({ text: event.target.value, ticks })}
              rows={18}
              maxLength={20_000}
              spellCheck
              aria-describedby={`${id}-count`}
              className="mt-2 block w-full resize-y rounded-control border border-rule-strong bg-paper px-4 py-3 font-serif text-16 leading-[1.6] hover:border-ink-3"
            />
            <p id={`${id}-count`} className="meta mt-1 tabular-nums">
              {count} {count === 1 ? 'word' : 'words'}
              {words ? `; ${rangeWords(words)}` : ''}. A heading is a line that starts with #.
            </p>
          </div>
        </div>
      </div>
      <SolutionView session={session} title="Read three that pass" />
    </PanelFrame>
  )
}

function rangeWords({ min, max }: NonNullable<ArtifactPublic['words']>): string {
  if (min !== null && max !== null) return `${min} to ${max} are asked for`
  return min !== null ? `at least ${min} are asked for` : `at most ${max} are asked for`
}
