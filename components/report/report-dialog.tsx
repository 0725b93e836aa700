'use client'

import { Dialog } from '@base-ui/react/dialog'
import { CircleCheck } from 'lucide-react'
import { type FormEvent, useRef, useState } from 'react'
import { Button, buttonClass } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import type { AttemptOutcome, PublicBlock } from '@/exercises/kind'
import { postReport } from './post-report'

export type ReportKind = 'refused' | 'problem'

export type ReportDialogProps = {
  block: PublicBlock
  kind: ReportKind
  /** The newest answer that the server has judged: it goes along. */
  attempt: AttemptOutcome | null
  words: string
  onWords: (words: string) => void
  onClose: () => void
}

const MOST = 2000

const said = {
  refused: {
    title: 'My right answer was refused',
    about:
      'Your answer and its verdict go along, so you need not write them again. The verdict stays as it is until somebody has looked.',
    label: 'Why is it right?',
    help: 'May be left empty.',
  },
  problem: {
    title: 'Report a problem',
    about:
      'A mistake in the text, a check that cannot be met, something that does not work: whoever runs this site reads it.',
    label: 'What is wrong?',
    help: '',
  },
}

/** Asks what is wrong with a block, sends it once, and says when it has arrived. */
export function ReportDialog({ block, kind, attempt, words, onWords, onClose }: ReportDialogProps) {
  const [id] = useState(() => crypto.randomUUID())
  const [state, setState] = useState<'writing' | 'sending' | 'sent'>('writing')
  const [problem, setProblem] = useState<string | null>(null)
  const done = useRef<HTMLButtonElement>(null)
  const { title, about, label, help } = said[kind]

  async function send(event: FormEvent) {
    event.preventDefault()
    if (state !== 'writing') return
    if (kind === 'problem' && words.trim() === '') {
      setProblem('Write what is wrong, in a few words.')
      return
    }
    setState('sending')
    setProblem(null)
    const refused = await postReport({
      id,
      block: block.id,
      version: block.version,
      kind,
      attempt: attempt?.id ?? null,
      words,
    })
    setProblem(refused)
    setState(refused ? 'writing' : 'sent')
    if (!refused) {
      onWords('')
      done.current?.focus()
    }
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-112 max-w-[calc(100vw-1rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-dialog bg-paper p-6 text-ink shadow-float">
          <Dialog.Title className="title-22">{title}</Dialog.Title>
          <Dialog.Description className="meta mt-1">{block.title}</Dialog.Description>
          {state === 'sent' ? (
            <p role="status" className="taught mt-4 flex gap-2">
              <CircleCheck size={16} strokeWidth={1.75} aria-hidden className="mt-1.5 shrink-0" />
              Sent. Whoever runs this site reads it
              {attempt ? ', with your answer beside it' : ''}.
            </p>
          ) : (
            <form id="report" noValidate onSubmit={send}>
              <p className="taught mt-3 mb-4">{about}</p>
              <Field label={label} help={help} error={problem}>
                {(tie) => (
                  <textarea
                    {...tie}
                    rows={5}
                    maxLength={MOST}
                    value={words}
                    onChange={({ target }) => onWords(target.value)}
                    className="w-full rounded-control border border-rule-strong bg-paper px-3 py-2 text-16 text-ink hover:border-ink-3 aria-invalid:border-2 aria-invalid:border-fail"
                  />
                )}
              </Field>
              {kind === 'problem' && attempt && (
                <p className="meta mt-2">Your newest answer to this exercise goes along.</p>
              )}
            </form>
          )}
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <Dialog.Close ref={done} className={buttonClass()}>
              {state === 'sent' ? 'Close' : 'Not now'}
            </Dialog.Close>
            {state !== 'sent' && (
              <Button variant="primary" type="submit" form="report" busy={state === 'sending'}>
                Send
              </Button>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
