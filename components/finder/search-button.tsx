'use client'

import { Search } from 'lucide-react'
import { SHOW_FINDER } from './keys'

/** Searches the course of this page only. */
export function SearchButton({ className }: { className: string }) {
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      aria-keyshortcuts="/"
      onClick={() => dispatchEvent(new CustomEvent(SHOW_FINDER, { detail: true }))}
      className={className}
    >
      <Search size={16} strokeWidth={1.75} aria-hidden />
      Search this course
    </button>
  )
}
