'use client'

import { type KeyboardEvent, useRef, useState } from 'react'

type Arrange<T> = {
  list: T[]
  onChange(list: T[]): void
  labelOf(item: T): string
  /** For lines of code: how deep a line stands; absent where depth is not asked. */
  indentOf?: ((item: T) => number) | undefined
  onIndent?: ((index: number, by: 1 | -1) => void) | undefined
}

/**
 * Moving the items of a list without a pointer: buttons, and after Space or Enter on an item the arrow keys; Enter drops,
 * Escape puts everything back. Each move is said once in `said`, for a live region.
 */
export function useArrange<T extends { id: string }>({
  list,
  onChange,
  labelOf,
  indentOf,
  onIndent,
}: Arrange<T>) {
  const [held, setHeld] = useState<{ id: string; before: T[] } | null>(null)
  const [said, setSaid] = useState('')
  const items = useRef(new Map<string, HTMLElement>())

  const place = (item: T, index: number) =>
    `${labelOf(item)}, position ${index + 1} of ${list.length}${indentOf ? `, indent ${indentOf(item)}` : ''}`

  function move(index: number, by: 1 | -1) {
    const to = index + by
    const item = list[index]
    if (!item || to < 0 || to >= list.length) return
    const next = [...list]
    next.splice(index, 1)
    next.splice(to, 0, item)
    onChange(next)
    setSaid(place(item, to))
    // The item keeps the focus where the browser would lose it to the moved element.
    requestAnimationFrame(() => items.current.get(item.id)?.focus())
  }

  function indent(index: number, by: 1 | -1) {
    const item = list[index]
    if (!item || !onIndent || !indentOf) return
    const depth = indentOf(item) + by
    if (depth < 0 || depth > 12) return
    onIndent(index, by)
    setSaid(`${labelOf(item)}, indent ${depth}`)
  }

  function onKeyDown(event: KeyboardEvent, index: number) {
    const item = list[index]
    if (!item || event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey)
      return
    const isHeld = held?.id === item.id
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault()
      setHeld(isHeld ? null : { id: item.id, before: list })
      setSaid(
        isHeld
          ? `Dropped. ${place(item, index)}`
          : `Picked up ${place(item, index)}. Arrow keys move it, Escape puts it back.`,
      )
      return
    }
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault()
      const by = event.key === 'ArrowUp' ? -1 : 1
      if (isHeld) move(index, by)
      else items.current.get(list[index + by]?.id ?? '')?.focus()
      return
    }
    if (!isHeld) return
    if (event.key === 'Escape') {
      event.preventDefault()
      event.stopPropagation()
      onChange(held.before)
      setHeld(null)
      setSaid('Put back.')
    } else if (onIndent && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault()
      indent(index, event.key === 'ArrowLeft' ? -1 : 1)
    }
  }

  return {
    said,
    say: setSaid,
    move,
    indent,
    isHeld: (id: string) => held?.id === id,
    /** For the element of an item that takes the focus. */
    itemProps: (item: T, index: number) => ({
      ref: (element: HTMLElement | null) => {
        if (element) items.current.set(item.id, element)
        else items.current.delete(item.id)
      },
      onKeyDown: (event: KeyboardEvent) => onKeyDown(event, index),
      onBlur: () => setHeld((now) => (now?.id === item.id ? now : null)),
    }),
  }
}
