'use client'

import { type ComponentType, useState } from 'react'
import type { AttemptOutcome, PublicBlock } from '@/exercises/kind'
import type { ReportDialogProps, ReportKind } from './report-dialog'

/**
 * Below every block: the way to say that something is wrong with it. The dialog is fetched when it is asked for; what was
 * written in it stays for as long as the page is open.
 */
export function ReportLine({ block, outcome }: { block: PublicBlock; outcome: AttemptOutcome | null }) {
  const [Dialog, setDialog] = useState<ComponentType<ReportDialogProps> | null>(null)
  const [kind, setKind] = useState<ReportKind | null>(null)
  const [words, setWords] = useState('')
  const [failed, setFailed] = useState(false)
  // What only this browser has judged is not on the server yet: there is nothing to tie a report to.
  const judged = outcome && outcome.checked !== 'browser' ? outcome : null

  async function open(wanted: ReportKind) {
    setKind(wanted)
    setFailed(false)
    try {
      const loaded = await import('./report-dialog')
      setDialog(() => loaded.ReportDialog)
    } catch {
      setKind(null)
      setFailed(true)
    }
  }

  return (
    <div className="report-line">
      {judged?.verdict === 'failed' && (
        <button type="button" aria-haspopup="dialog" onClick={() => void open('refused')}>
          My right answer was refused
        </button>
      )}
      <button type="button" aria-haspopup="dialog" onClick={() => void open('problem')}>
        Report a problem
      </button>
      {failed && <span role="alert">The form could not be loaded. Reload the page, then try again.</span>}
      {Dialog && kind && (
        <Dialog
          block={block}
          kind={kind}
          attempt={judged}
          words={words}
          onWords={setWords}
          onClose={() => setKind(null)}
        />
      )}
    </div>
  )
}
