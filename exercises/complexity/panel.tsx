'use client'

import { useId, useState } from 'react'
import { BlockFrame } from '@/components/ui/block-frame'
import { Button } from '@/components/ui/button'
import { radioClass } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import { ScrollRegion } from '@/components/ui/scroll-region'
import { VerdictWord } from '@/components/ui/verdict-word'
import { formatNumber } from '@/exercises/answers'
import type { PanelProps } from '@/exercises/kind'
import { Plot, type Series } from '@/exercises/plot'
import { useAnswer } from '@/exercises/use-answer'
import type { ComplexityAnswer, ComplexityPublic } from './spec'

const tones = ['ink', 'steel', 'brass'] as const
const letters = ['A', 'B', 'C']

/** Recorded counts as a plot and a table. Whose curve is whose is marked and answered here; nothing is sent as an attempt. */
export function Panel({ block, session }: PanelProps<ComplexityPublic, ComplexityAnswer>) {
  const { intro, counts, functions, curves } = block.props
  const state = useAnswer<ComplexityAnswer>(session, { marks: {} })
  const [checked, setChecked] = useState(false)
  const id = useId()
  const single = functions.length === 1
  const named = curves.map((curve, index) => ({
    ...curve,
    letter: single ? (functions[0]?.name ?? '') : `Curve ${letters[index]}`,
    tone: tones[index] ?? 'ink',
  }))
  const series: Series[] = named.map((curve) => ({
    label: curve.letter,
    tone: curve.tone,
    points: curve.points.map(({ n, count }) => ({ n, y: count })),
  }))
  const markOf = (curve: string) =>
    functions.find((one) => one.name === state.answer.marks[curve])?.name ?? ''
  const open = curves.filter((curve) => !markOf(curve.id)).length
  const right = curves.filter((curve) =>
    functions.some((one) => one.curve === curve.id && one.name === markOf(curve.id)),
  ).length
  const mark = (curve: string, name: string) => {
    setChecked(false)
    state.change({
      marks: Object.fromEntries(curves.map((one) => [one.id, one.id === curve ? name : markOf(one.id)])),
    })
  }
  return (
    <div data-block={block.id}>
      <BlockFrame
        block={block}
        session={session}
        verdict={<span className="meta">Not judged</span>}
        actions={
          single ? undefined : (
            <Button
              onClick={() => setChecked(true)}
              notNow={open ? `${open} of ${curves.length} not marked yet.` : null}
            >
              Check the marks
            </Button>
          )
        }
      >
        <Html html={intro} className="taught" />
        <div className="mt-4 grid gap-4 [&_pre.code]:my-0">
          {functions.map((one) => (
            <Html key={one.name} html={one.code} />
          ))}
        </div>
        <figure className="mt-6">
          <Plot series={series} unit={counts} xLabel="n (logarithmic)" />
          <figcaption className="meta mt-2">
            {capital(counts)}, counted, not timed. Recorded when this page was checked.
          </figcaption>
        </figure>
        <ScrollRegion label={`${capital(counts)} at each n`} className="mt-4">
          <table className="w-full text-14">
            <thead>
              <tr>
                <th scope="col" className="label border-ink border-b pr-3 pb-1.5 text-right">
                  n
                </th>
                {named.map((curve) => (
                  <th
                    key={curve.id}
                    scope="col"
                    className="label border-ink border-b pr-3 pb-1.5 text-right last:pr-0"
                  >
                    {curve.letter}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(curves[0]?.points ?? []).map(({ n }, row) => (
                <tr key={n}>
                  <th scope="row" className="border-rule border-b py-[5px] pr-3 text-right font-normal">
                    {formatNumber(n)}
                  </th>
                  {named.map((curve) => (
                    <td key={curve.id} className="border-rule border-b py-[5px] pr-3 text-right last:pr-0">
                      {formatNumber(curve.points[row]?.count ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
        {single ? (
          <Why html={functions[0]?.why ?? null} />
        ) : (
          <div className="mt-5 grid gap-2">
            {named.map((curve) => (
              <fieldset key={curve.id} className="flex flex-wrap items-center gap-x-5 gap-y-1">
                <legend className="float-left mr-4 font-medium leading-8 pointer-coarse:leading-[2.75rem]">
                  {curve.letter} is
                </legend>
                {functions.map((one) => (
                  <label
                    key={one.name}
                    className="inline-flex min-h-8 items-center gap-2 font-mono text-14 pointer-coarse:min-h-11"
                  >
                    <input
                      type="radio"
                      name={`${id}-${curve.id}`}
                      checked={markOf(curve.id) === one.name}
                      onChange={() => mark(curve.id, one.name)}
                      className={radioClass}
                    />
                    {one.name}
                  </label>
                ))}
              </fieldset>
            ))}
          </div>
        )}
        <div role="status" className="[&:not(:empty)]:mt-4">
          {checked && !single ? (
            <div className="grid gap-3">
              <p>
                {right === curves.length ? (
                  <VerdictWord state="right">
                    {right === 2 ? 'Both' : `All ${right}`} marks are right
                  </VerdictWord>
                ) : (
                  <VerdictWord state="not-right">
                    {right} of {curves.length} marks are right
                  </VerdictWord>
                )}
              </p>
              {right === curves.length ? (
                functions.map((one) => <Why key={one.name} html={one.why} name={one.name} />)
              ) : (
                <p className="font-serif text-16">
                  Take two sizes, one twice the other. Does the count stay, double, or grow fourfold? Which
                  function must do that?
                </p>
              )}
            </div>
          ) : null}
        </div>
      </BlockFrame>
    </div>
  )
}

function Why({ html, name }: { html: string | null; name?: string }) {
  if (!html) return null
  return (
    <div className="mt-2 font-serif text-16">
      {name ? <code className="font-mono text-14">{name}</code> : null}
      <Html html={html} />
    </div>
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
