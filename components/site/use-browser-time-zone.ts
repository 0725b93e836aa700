'use client'

import { useSyncExternalStore } from 'react'

const never = () => () => undefined

/** The zone that the browser counts its days in; UTC until its script runs. */
export function useBrowserTimeZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    () => 'UTC',
  )
}
