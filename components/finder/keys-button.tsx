'use client'

import { SHOW_KEYS } from './keys'

/** The list of keys for whoever uses none, or has turned them off. */
export function KeysButton() {
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      onClick={() => dispatchEvent(new Event(SHOW_KEYS))}
      className="underline decoration-1 decoration-rule-strong underline-offset-[0.2em] hover:decoration-2 hover:decoration-oxide"
    >
      Keys
    </button>
  )
}
