'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Html } from '@/components/ui/html'
import { ScrollRegion } from '@/components/ui/scroll-region'
import type { Check, PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import { Drawing } from './drawing'
import type { TraceAnswer } from './grade'
import type { TracePublic } from './spec'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

/** The program, its state drawn at one step, and the table of all steps with cells to fill in. */
export function Panel({ block, session }: PanelProps<TracePublic, TraceAnswer>) {
  const { intro, code, watch, rows, drawing } = block.props
  const state = useAnswer<TraceAnswer>(session, { cells: {} })
  const [step, setStep] = useState(0)
  const table = useRef<HTMLTableElement>(null)
  const blanks = rows.flatMap((row, index) =>
    row.values.flatMap((value, at) => (value === null ? [`${index + 1}:${watch[at]}`] : [])),
  )
  const typed = (cell: string) =>
    typeof state.answer.cells[cell] === 'string' ? (state.answer.cells[cell] ?? '') : ''
  const change = (cell: string, text: string) =>
    state.change({
      cells: Object.fromEntries(blanks.map((blank) => [blank, blank === cell ? text : typed(blank)])),
    })
  const open = blanks.filter((blank) => !typed(blank).trim()).length
  const feedback = state.outcome?.feedback
  const checks = new Map(feedback?.checks.map((check) => [check.id, check]))
  const wrong = feedback?.checks.filter((check) => !check.passed).length ?? 0
  const row = rows[step]
  const lines = code.map((text, index) => ({ text, no: index + 1 }))
  const steps = rows.map(({ values }, index) => ({ values, no: index + 1 }))
  const pointers = watch.map((name, at) => ({
    name,
    value: row?.values[at] ?? typed(`${step + 1}:${name}`).trim(),
  }))
  const go = (to: number) => setStep(Math.min(rows.length - 1, Math.max(0, to)))

  function onStepKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    event.preventDefault()
    go(step + (event.key === 'ArrowLeft' ? -1 : 1))
  }

  /** Up, down and Enter go to the next cell to fill in the same column. */
  function onCellKey(event: KeyboardEvent<HTMLInputElement>, name: string, at: number) {
    const by =
      event.key === 'ArrowUp'
        ? -1
        : event.key === 'ArrowDown' || (event.key === 'Enter' && !event.ctrlKey && !event.metaKey)
          ? 1
          : 0
    if (by === 0) return
    event.preventDefault()
    for (let to = at + by; to >= 0 && to < rows.length; to += by) {
      const input = table.current?.querySelector<HTMLInputElement>(`input[name="${to + 1}:${name}"]`)
      if (input) return input.focus()
    }
  }

  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Check the trace"
      notNow={open ? `${open} of ${blanks.length} cells still empty.` : null}
      wrong={wrong ? `${wrong} of ${blanks.length} cells ${wrong === 1 ? 'differs' : 'differ'}` : undefined}
      status={
        feedback ? (
          <Words
            checks={feedback.checks}
            labels={!feedback.passed}
            next={feedback.passed ? 'Every cell is right.' : undefined}
          />
        ) : null
      }
    >
      <Html html={intro} className="taught" />
      <ScrollRegion label="The program" className="mt-4 border-rule border-y py-3">
        <ol className="code w-max min-w-full overflow-visible">
          {lines.map(({ text, no }) => (
            <li
              key={no}
              className={`grid grid-cols-[2.25rem_1fr] ${row?.line === no ? 'bg-oxide-wash' : ''}`}
            >
              <span aria-hidden className="select-none pr-3 text-right text-13 text-ink-3">
                {no}
              </span>
              <code className="whitespace-pre pr-6">
                {text || ' '}
                {row?.line === no ? <span className="sr-only"> (this step)</span> : null}
              </code>
            </li>
          ))}
        </ol>
      </ScrollRegion>
      {drawing.kind === 'table' ? null : (
        <div className="mt-4">
          <Drawing drawing={drawing} step={step} pointers={pointers} />
        </div>
      )}
      <fieldset aria-label="Steps" onKeyDown={onStepKey} className="my-4 flex items-center gap-3">
        <Button square aria-label="Previous step" aria-disabled={step === 0} onClick={() => go(step - 1)}>
          <ChevronLeft {...icon} />
        </Button>
        <span aria-live="polite" className="tabular-nums">
          Step {step + 1} of {rows.length}
        </span>
        <Button
          square
          aria-label="Next step"
          aria-disabled={step === rows.length - 1}
          onClick={() => go(step + 1)}
        >
          <ChevronRight {...icon} />
        </Button>
        <span className="meta ml-auto max-sm:hidden">Left and right arrow keys step, too</span>
      </fieldset>
      <ScrollRegion label="The steps">
        <table ref={table} className="w-full">
          <caption className="sr-only">The watched values at each step; fill in the empty cells</caption>
          <thead>
            <tr>
              {['Step', ...watch].map((head) => (
                <th key={head} scope="col" className="label border-ink border-b pr-3 pb-1.5 first:pl-2">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {steps.map(({ values, no }) => (
              <tr key={no} className={no - 1 === step ? 'bg-oxide-wash' : ''}>
                <th scope="row" className="h-10 border-rule border-b pr-3 pl-2 font-normal">
                  {no}
                </th>
                {watch.map((name, at) => {
                  const value = values[at]
                  const cell = `${no}:${name}`
                  return (
                    <td key={name} className="h-10 border-rule border-b pr-3 font-mono text-13">
                      {value === null || value === undefined ? (
                        <Cell
                          cell={cell}
                          label={`Step ${no}, ${name}`}
                          value={typed(cell)}
                          check={checks.get(cell)}
                          onChange={(text) => change(cell, text)}
                          onFocus={() => setStep(no - 1)}
                          onKeyDown={(event) => onCellKey(event, name, no - 1)}
                        />
                      ) : (
                        value
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </PanelFrame>
  )
}

type CellProps = {
  cell: string
  label: string
  value: string
  check: Check | undefined
  onChange: (text: string) => void
  onFocus: () => void
  onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void
}

function Cell({ cell, label, value, check, onChange, onFocus, onKeyDown }: CellProps) {
  const look = check
    ? check.passed
      ? 'border border-pass'
      : 'border-2 border-fail bg-fail-wash'
    : 'border border-rule-strong bg-paper'
  return (
    <>
      <input
        name={cell}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onFocus={onFocus}
        onKeyDown={onKeyDown}
        size={4}
        maxLength={400}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={check && !check.passed ? true : undefined}
        className={`h-[30px] w-14 max-w-full rounded-control sm:w-20 px-2 font-mono text-14 pointer-coarse:h-11 ${look}`}
      />
      {check ? <span className="sr-only">{check.passed ? 'right' : 'not right'}</span> : null}
    </>
  )
}
