'use client'

import { Check as CheckIcon, X } from 'lucide-react'
import { useId } from 'react'
import { radioClass } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import { shuffled } from '@/components/ui/shuffle'
import type { Check, PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import type { ClassifyAnswer } from './grade'
import type { ClassifyPublic } from './spec'

/** One radio group a row: beside the text where there is room, below it where there is none. */
export function Panel({ block, session }: PanelProps<ClassifyPublic, ClassifyAnswer>) {
  const { intro, classes, items, pass } = block.props
  const state = useAnswer<ClassifyAnswer>(session, { rows: {} })
  const name = useId()
  const rows = shuffled(items, session.seed)
  const feedback = state.outcome?.feedback
  const said = new Map(feedback?.checks.map((check) => [check.id, check]))
  const chosenOf = (item: string) => classes.find((one) => one.id === state.answer.rows[item])?.id
  const open = rows.filter((row) => chosenOf(row.id) === undefined).length
  const wide = classes.length <= 4
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Check the rows"
      notNow={open ? `${open} of ${rows.length} without a class yet.` : null}
      wrong={feedback && !feedback.passed ? rightCount(feedback.checks) : undefined}
      status={feedback ? <Words checks={[]} next={feedback.next ?? 'Every row is right.'} /> : null}
    >
      <Html html={intro} className="taught" />
      {pass < items.length ? (
        <p className="meta mt-2">
          {pass} of {items.length} rows must be right.
        </p>
      ) : null}
      <div className="@container mt-4">
        <ul className="border-rule border-b">
          {rows.map((row) => (
            <li key={row.id} className={`border-rule border-t ${washOf(said.get(row.id))}`}>
              <fieldset
                aria-labelledby={`${name}-${row.id}`}
                aria-describedby={said.get(row.id)?.passed === false ? `${name}-${row.id}-said` : undefined}
                className={`grid min-w-0 gap-x-4 px-3 py-2 ${wide ? '@xl:grid-cols-[minmax(0,1fr)_auto] @xl:items-baseline' : ''}`}
              >
                <div id={`${name}-${row.id}`} className="flex items-baseline gap-2 font-serif text-16">
                  <RowMark check={said.get(row.id)} />
                  <Html html={row.html} className="min-w-0" />
                </div>
                <div
                  className={
                    wide
                      ? 'flex flex-wrap gap-x-4'
                      : 'grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-x-4'
                  }
                >
                  {classes.map((one) => (
                    <label
                      key={one.id}
                      className="inline-flex min-h-8 items-center gap-2 pointer-coarse:min-h-11"
                    >
                      <input
                        type="radio"
                        name={`${name}-${row.id}`}
                        value={one.id}
                        checked={chosenOf(row.id) === one.id}
                        onChange={() =>
                          state.change({ rows: { ...keepKnown(state.answer.rows, items), [row.id]: one.id } })
                        }
                        className={radioClass}
                      />
                      <Html html={one.html} />
                    </label>
                  ))}
                </div>
              </fieldset>
              <RowWords id={`${name}-${row.id}-said`} check={said.get(row.id)} />
            </li>
          ))}
        </ul>
      </div>
    </PanelFrame>
  )
}

/** A draft from an older version may name rows that are gone. */
function keepKnown(rows: Record<string, string>, items: { id: string }[]): Record<string, string> {
  return Object.fromEntries(items.flatMap(({ id }) => (typeof rows[id] === 'string' ? [[id, rows[id]]] : [])))
}

function rightCount(checks: Check[]): string {
  return `${checks.filter((check) => check.passed).length} of ${checks.length} right`
}

function washOf(check: Check | undefined): string {
  return check && !check.passed ? 'bg-fail-wash' : ''
}

function RowMark({ check }: { check: Check | undefined }) {
  if (!check) return null
  const Icon = check.passed ? CheckIcon : X
  return (
    <span className={`flex-none self-start pt-1 ${check.passed ? 'text-pass' : 'text-fail'}`}>
      <Icon aria-hidden size={16} strokeWidth={2} />
      <span className="sr-only">{check.passed ? 'Right: ' : 'Not right: '}</span>
    </span>
  )
}

function RowWords({ id, check }: { id: string; check: Check | undefined }) {
  if (!check || check.passed) return null
  return (
    <div id={id} className="px-3 pb-3 font-serif text-16 @xl:pl-9">
      {check.message ? <p>{check.message}</p> : null}
      {check.why ? <Html html={check.why} /> : null}
    </div>
  )
}
