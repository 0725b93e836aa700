'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined

/** The hour on the learner's own clock, with the day where it is not today; the server knows neither, so only the browser draws it. */
export function Clock({ at }: { at: string }) {
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  const time = new Date(at)
  if (!inBrowser || Number.isNaN(time.getTime())) return null
  const day =
    time.toDateString() === new Date().toDateString()
      ? ''
      : `${time.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} `
  return (
    <time dateTime={at} className="tabular-nums">
      {day}
      {time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}
    </time>
  )
}
