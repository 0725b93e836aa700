'use client'

import { AlertDialog } from '@base-ui/react/alert-dialog'
import { type ReactNode, useId, useRef } from 'react'
import { buttonClass } from '@/components/ui/button'
import { ScrollRegion } from '@/components/ui/scroll-region'
import type { PublicBlock } from '@/exercises/kind'
import { answerInWords, type Line, markDifferences } from './answer-words'
import type { Choice, DraftView } from './block-draft'
import { clock } from './store'

/** Two versions of a draft side by side. Closing it decides nothing; "keep both" is the safe answer and has the focus. */
export function Versions({
  block,
  answer,
  other,
  onChoose,
  onClose,
}: {
  block: PublicBlock
  answer: unknown
  other: NonNullable<DraftView['other']>
  onChoose: (choice: Choice) => void
  onClose: () => void
}) {
  const both = useRef<HTMLButtonElement>(null)
  const device = other.device || 'another device'
  const [mine, theirs] = markDifferences(answerInWords(block, answer), answerInWords(block, other.answer))
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <AlertDialog.Popup
          initialFocus={both}
          className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-248 max-w-[calc(100vw-2rem)] overflow-y-auto rounded-dialog bg-paper p-6 text-ink shadow-float"
        >
          <AlertDialog.Title className="title-22">Two versions of {block.title}</AlertDialog.Title>
          <AlertDialog.Description className="taught mt-2 mb-5">
            You also wrote on <b>{device}</b> at {clock(other.at)}. Both are kept. Which do you want to go on
            with?
          </AlertDialog.Description>
          <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
            <Version title="On this page, now" lines={mine} wash="bg-oxide-wash">
              <button type="button" className={buttonClass()} onClick={() => onChoose('this')}>
                Keep this
              </button>
            </Version>
            <Version title={`${device}, ${clock(other.at)}`} lines={theirs} wash="bg-steel-wash">
              <button type="button" className={buttonClass()} onClick={() => onChoose('that')}>
                Keep that
              </button>
            </Version>
          </div>
          <div className="mt-5 flex flex-wrap items-center gap-3 border-rule border-t pt-4">
            <button
              ref={both}
              type="button"
              className={buttonClass({ variant: 'primary' })}
              onClick={() => onChoose('both')}
            >
              Keep both
            </button>
            <p className="meta min-w-0 flex-1 basis-64">
              You go on with this one; the other stays beside it, to be compared again at any time.
            </p>
            <AlertDialog.Close className={buttonClass({ variant: 'quiet' })}>Decide later</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

function Version({
  title,
  lines,
  wash,
  children,
}: {
  title: string
  lines: Line[]
  wash: string
  children: ReactNode
}) {
  const heading = useId()
  return (
    <section aria-labelledby={heading} className="min-w-0">
      <h3 id={heading} className="font-medium text-12 text-ink-3">
        {title}
      </h3>
      <ScrollRegion label={title} className="my-2 max-h-[45dvh] overflow-y-auto border-rule border-y">
        <pre className="code w-max min-w-full py-2">
          {lines.map((line, at) => (
            <span
              // Lines have no identity but their place.
              key={at.toString()}
              className={`block min-h-[1lh] px-3 ${line.differs ? wash : ''}`}
            >
              {line.text}
              {line.differs && <span className="sr-only"> (only in this version)</span>}
            </span>
          ))}
        </pre>
      </ScrollRegion>
      {children}
    </section>
  )
}
