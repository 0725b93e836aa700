import type { RefObject } from 'react'

/** Where the focus goes when a dialog closes: to where it was, if that is still there. */
export function backTo(before: RefObject<Element | null>) {
  return () => {
    const { current } = before
    return current instanceof HTMLElement && current.isConnected && current !== document.body ? current : true
  }
}
