'use client'

import { ArrowDown, ArrowUp, GripVertical, Minus, Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Html } from '@/components/ui/html'
import { shuffled } from '@/components/ui/shuffle'
import type { PanelProps } from '@/exercises/kind'
import { PanelFrame, Words } from '@/exercises/panel-frame'
import { useAnswer } from '@/exercises/use-answer'
import { useArrange } from '@/exercises/use-arrange'
import type { OrderAnswer } from './grade'
import type { OrderPublic } from './spec'

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const

/** One list to sort; where some items do not belong, a second one to leave them in. */
export function Panel({ block, session }: PanelProps<OrderPublic, OrderAnswer>) {
  const { intro, items, distractors } = block.props
  const mixed = shuffled(items, session.seed)
  const state = useAnswer<OrderAnswer>(session, { order: distractors ? [] : mixed.map((item) => item.id) })
  const byId = new Map(items.map((item) => [item.id, item]))
  const placed = state.answer.order.flatMap((id) => byId.get(id) ?? [])
  const used = new Set(placed.map((item) => item.id))
  const list = distractors ? placed : [...placed, ...mixed.filter((item) => !used.has(item.id))]
  const left = distractors ? mixed.filter((item) => !used.has(item.id)) : []
  const change = (next: { id: string }[]) => state.change({ order: next.map((item) => item.id) })
  const arrange = useArrange<OrderPublic['items'][number]>({
    list,
    onChange: change,
    labelOf: (item) => item.label,
  })
  const feedback = state.outcome?.feedback
  return (
    <PanelFrame
      block={block}
      session={session}
      state={{
        ...state,
        submit: () =>
          state.answer.order.length === list.length
            ? state.submit()
            : session.submit({ order: list.map((item) => item.id) }),
      }}
      submitLabel="Check the order"
      notNow={list.length === 0 ? 'Place the items first.' : null}
      status={
        feedback ? (
          <Words
            checks={feedback.checks.filter((check) => check.id !== 'order' || check.why)}
            labels={!feedback.passed}
          />
        ) : null
      }
    >
      <Html html={intro} className="taught" />
      {distractors ? (
        <>
          <p className="title-ui mt-4 mb-2">To place</p>
          <ul className="border-rule border-b">
            {left.length === 0 ? (
              <li className="meta border-rule border-t py-2.5">
                Everything is placed. What does not belong may go back.
              </li>
            ) : null}
            {left.map((item) => (
              <li key={item.id} className="flex items-baseline gap-3 border-rule border-t py-2">
                <Html html={item.html} className="min-w-0 flex-1 font-serif text-16" />
                <Button
                  variant="quiet"
                  square
                  aria-label={`Place: ${item.label}`}
                  onClick={() => {
                    change([...list, item])
                    arrange.say(`${item.label}, position ${list.length + 1}`)
                  }}
                >
                  <Plus {...icon} />
                </Button>
              </li>
            ))}
          </ul>
          <p className="title-ui mt-5 mb-2">Your order</p>
        </>
      ) : null}
      <ol className={`border-rule border-b ${distractors ? '' : 'mt-4'}`}>
        {list.length === 0 ? (
          <li className="meta border-rule border-t border-dashed py-2.5">Nothing is placed yet.</li>
        ) : null}
        {list.map((item, index) => (
          <li
            key={item.id}
            className={`flex flex-wrap items-center gap-x-3 border-rule border-t py-1 ${arrange.isHeld(item.id) ? 'bg-oxide-wash' : ''}`}
          >
            <button
              type="button"
              {...arrange.itemProps(item, index)}
              aria-pressed={arrange.isHeld(item.id)}
              aria-label={`${index + 1}: ${item.label}`}
              title="Space picks it up, the arrow keys move it"
              className="flex min-h-8 min-w-8 flex-none items-center gap-1 rounded-control text-ink-3 tabular-nums hover:bg-hover pointer-coarse:min-h-11"
            >
              <GripVertical {...icon} />
              {index + 1}
            </button>
            <Html html={item.html} className="min-w-0 flex-1 basis-52 font-serif text-16" />
            <span className="ml-auto flex flex-none">
              <Button
                variant="quiet"
                square
                aria-label={`Up: ${item.label}`}
                aria-disabled={index === 0}
                onClick={() => arrange.move(index, -1)}
              >
                <ArrowUp {...icon} />
              </Button>
              <Button
                variant="quiet"
                square
                aria-label={`Down: ${item.label}`}
                aria-disabled={index === list.length - 1}
                onClick={() => arrange.move(index, 1)}
              >
                <ArrowDown {...icon} />
              </Button>
              {distractors ? (
                <Button
                  variant="quiet"
                  square
                  aria-label={`Take out: ${item.label}`}
                  onClick={() => {
                    change(list.filter((one) => one.id !== item.id))
                    arrange.say(`Taken out: ${item.label}`)
                  }}
                >
                  <Minus {...icon} />
                </Button>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
      <p className="meta mt-2">Space or Enter picks an item up, the arrow keys move it, Esc puts it back.</p>
      <p aria-live="polite" className="sr-only">
        {arrange.said}
      </p>
    </PanelFrame>
  )
}
