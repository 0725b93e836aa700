'use client'

import { CircleAlert, CloudCheck, HardDrive } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import type { SavedLine as Saved } from '@/exercises/kind'

const never = () => () => undefined

/** Where the learner's work is now, in words. A live region: it says when that changes. Never a toast. */
export function SavedLine({ saved }: { saved: Saved }) {
  return (
    <span role="status" className="text-13 text-ink-3">
      {saved.where === 'account' && (
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <CloudCheck size={16} strokeWidth={1.75} aria-hidden className="shrink-0" />
          <b className="font-medium text-ink-2">Saved to your account</b>
          <Clock at={saved.at} />
        </span>
      )}
      {saved.where === 'device' && (
        <span className="inline-flex items-baseline gap-1.5">
          <HardDrive size={16} strokeWidth={1.75} aria-hidden className="shrink-0 self-center" />
          <span>
            <b className="font-medium text-ink-2">Saved on this device.</b> {saved.reason}
          </span>
        </span>
      )}
      {saved.where === 'not-saved' && (
        <span className="inline-flex items-baseline gap-1.5 text-fail">
          <CircleAlert size={16} strokeWidth={2} aria-hidden className="shrink-0 self-center" />
          <span>
            <b className="font-medium">Not saved.</b> {saved.reason}
          </span>
        </span>
      )}
    </span>
  )
}

/** The hour on the learner's own clock; the server does not know it, so it is drawn in the browser only. */
function Clock({ at }: { at: string }) {
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  if (!inBrowser) return null
  return (
    <time dateTime={at} className="tabular-nums">
      {new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}
    </time>
  )
}
