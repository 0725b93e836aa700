/** Goes to the next or the previous exercise of the page, seen from the focus or from what is on the screen. False where there is none. */
export function moveToExercise(way: 'next' | 'previous'): boolean {
  const blocks = [...document.querySelectorAll<HTMLElement>('main [data-block]')]
  const line = innerHeight * 0.3
  const focused = document.activeElement
  const at = blocks.findIndex((block) => block.contains(focused))
  const below = (block: HTMLElement) => block.getBoundingClientRect().top > line + 1
  const above = (block: HTMLElement) => block.getBoundingClientRect().top < 0
  const target =
    at >= 0
      ? blocks[at + (way === 'next' ? 1 : -1)]
      : way === 'next'
        ? blocks.find(below)
        : blocks.findLast(above)
  if (!target) return false
  goTo(target)
  return true
}

/** Brings a part of the page to the top and puts the focus on it, so that Tab goes on from there. */
export function goTo(target: HTMLElement): void {
  const place = target.closest<HTMLElement>('.block-place, .lesson-bench') ?? target
  place.scrollIntoView({ block: 'start' })
  if (!target.hasAttribute('tabindex')) target.tabIndex = -1
  target.focus({ preventScroll: true })
}
