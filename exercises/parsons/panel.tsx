'use client'

import { ArrowDown, ArrowUp, GripVertical, IndentDecrease, IndentIncrease, Minus, Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Html } from '@/components/ui/html'
import { shuffled } from '@/components/ui/shuffle'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import { useArrange } from '@/exercises/use-arrange'
import type { ParsonsAnswer } from './grade'
import type { ParsonsPublic } from './spec'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

type Placed = { id: string; code: string; indent: number }

/** Two lists: lines to place, and the program. Every move has a button; the arrow keys do it after Space. */
export function Panel({ block, session }: PanelProps<ParsonsPublic, ParsonsAnswer>) {
  const { intro, indent, lines } = block.props
  const state = useAnswer<ParsonsAnswer>(session, { lines: [] })
  const byId = new Map(lines.map((line) => [line.id, line]))
  const program = state.answer.lines.flatMap(({ id, indent: depth }): Placed[] => {
    const line = byId.get(id)
    return line ? [{ id, code: line.code, indent: indent ? clampDepth(depth) : line.indent }] : []
  })
  const used = new Set(program.map((line) => line.id))
  const left = shuffled(lines, session.seed).filter((line) => !used.has(line.id))
  const change = (next: Placed[]) =>
    state.change({ lines: next.map((line) => ({ id: line.id, indent: indent ? line.indent : 0 })) })
  const setDepth = (index: number, by: 1 | -1) =>
    change(
      program.map((line, at) => (at === index ? { ...line, indent: clampDepth(line.indent + by) } : line)),
    )
  const arrange = useArrange<Placed>({
    list: program,
    onChange: change,
    labelOf: (line) => `line ${line.code}`,
    indentOf: indent ? (line) => line.indent : undefined,
    onIndent: indent ? setDepth : undefined,
  })
  const feedback = state.outcome?.feedback
  return (
    <PanelFrame
      block={block}
      session={session}
      state={state}
      submitLabel="Check the program"
      notNow={program.length === 0 ? 'Place the lines first.' : null}
      status={feedback ? <Words checks={feedback.checks} labels={!feedback.passed} /> : null}
    >
      <Html html={intro} className="taught" />
      <p className="title-ui mt-4 mb-2">Lines to place</p>
      <ul className="border-rule border-b">
        {left.length === 0 ? (
          <li className="meta border-rule border-t py-2.5">
            Every line is placed. What does not belong may go back.
          </li>
        ) : null}
        {left.map((line) => (
          <li key={line.id} className="flex items-center gap-3 border-rule border-t py-1">
            <Code code={line.code} indent={line.indent} />
            <Button
              variant="quiet"
              square
              aria-label={`Add: ${line.code}`}
              onClick={() => {
                change([
                  ...program,
                  { ...line, indent: indent ? (program.at(-1)?.indent ?? 0) : line.indent },
                ])
                arrange.say(`line ${line.code}, position ${program.length + 1}`)
              }}
            >
              <Plus {...icon} />
            </Button>
          </li>
        ))}
      </ul>
      <p className="title-ui mt-5 mb-2">Your program</p>
      <ol className="bg-paper">
        {program.length === 0 ? (
          <li className="meta border-rule border-y border-dashed px-3 py-2.5">Nothing is placed yet.</li>
        ) : null}
        {program.map((line, index) => (
          <li
            key={line.id}
            className={`flex flex-wrap items-center gap-x-3 border-rule border-b py-1 first:border-t ${arrange.isHeld(line.id) ? 'bg-oxide-wash' : ''}`}
          >
            <button
              type="button"
              {...arrange.itemProps(line, index)}
              aria-pressed={arrange.isHeld(line.id)}
              aria-label={`${index + 1}: ${line.code}${indent ? `, indent ${line.indent}` : ''}`}
              className="flex min-h-8 min-w-8 flex-none items-center gap-1 rounded-control text-13 text-ink-3 tabular-nums hover:bg-hover pointer-coarse:min-h-11"
            >
              <GripVertical {...icon} />
              {index + 1}
            </button>
            <Code code={line.code} indent={line.indent} />
            <span className="ml-auto flex flex-none">
              {indent ? (
                <>
                  <Button
                    variant="quiet"
                    square
                    aria-label={`Less indent: ${line.code}`}
                    aria-disabled={line.indent === 0}
                    onClick={() => arrange.indent(index, -1)}
                  >
                    <IndentDecrease {...icon} />
                  </Button>
                  <Button
                    variant="quiet"
                    square
                    aria-label={`More indent: ${line.code}`}
                    onClick={() => arrange.indent(index, 1)}
                  >
                    <IndentIncrease {...icon} />
                  </Button>
                </>
              ) : null}
              <Button
                variant="quiet"
                square
                aria-label={`Up: ${line.code}`}
                aria-disabled={index === 0}
                onClick={() => arrange.move(index, -1)}
              >
                <ArrowUp {...icon} />
              </Button>
              <Button
                variant="quiet"
                square
                aria-label={`Down: ${line.code}`}
                aria-disabled={index === program.length - 1}
                onClick={() => arrange.move(index, 1)}
              >
                <ArrowDown {...icon} />
              </Button>
              <Button
                variant="quiet"
                square
                aria-label={`Take out: ${line.code}`}
                onClick={() => {
                  change(program.filter((one) => one.id !== line.id))
                  arrange.say(`Taken out: line ${line.code}`)
                }}
              >
                <Minus {...icon} />
              </Button>
            </span>
          </li>
        ))}
      </ol>
      <p className="meta mt-2">
        Space or Enter picks a line up, up and down move it{indent ? ', left and right indent it' : ''}, Esc
        puts it back.
      </p>
      <p aria-live="polite" className="sr-only">
        {arrange.said}
      </p>
    </PanelFrame>
  )
}

function clampDepth(depth: number): number {
  return Math.min(12, Math.max(0, Math.trunc(depth) || 0))
}

/** What does not fit goes on a step deeper than its line begins, as in an editor. Classes, as the policy allows no style of an element's own. */
function hanging(line: string): string {
  const depth = Math.floor((line.length - line.trimStart().length) / 4)
  return (
    ['pl-[2ch] -indent-[2ch]', 'pl-[6ch] -indent-[6ch]', 'pl-[10ch] -indent-[10ch]'][Math.min(2, depth)] ?? ''
  )
}

function Code({ code, indent }: { code: string; indent: number }) {
  return (
    <code className="min-w-0 flex-1 basis-52 whitespace-pre-wrap font-mono [overflow-wrap:anywhere] text-13 leading-[1.375rem] sm:text-14">
      {code
        .replace(/^/gm, '    '.repeat(indent))
        .split('\n')
        .map((line, at) => (
          <span key={`${at.toString()}${line}`} className={`block ${hanging(line)}`}>
            {line}
          </span>
        ))}
    </code>
  )
}
