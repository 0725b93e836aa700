/** Where the choice is kept; absent: single keys work. */
export const KEYS_SETTING = 'slipway-keys'
/** Asks for the list of keys from anywhere on the page. */
export const SHOW_KEYS = 'slipway:show-keys'
/** Asks for the palette from anywhere on the page. */
export const SHOW_FINDER = 'slipway:find'

export type Action = 'find' | 'find-here' | 'keys' | 'dashboard' | 'courses' | 'next' | 'previous'

/** How long a first key waits for its second, in milliseconds. */
const CHORD_MS = 1200

type Pressed = Pick<
  KeyboardEvent,
  'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'isComposing' | 'defaultPrevented' | 'repeat' | 'timeStamp'
>

/**
 * Reads keys as they are pressed. Those with Ctrl or ⌘ always work; single letters and signs only while `single` is true
 * and nobody is typing, because speech input and unsteady hands press them without meaning to (WCAG 2.1.4).
 */
export class KeyReader {
  #began = Number.NEGATIVE_INFINITY

  read(
    event: Pressed,
    { typing, single, mac }: { typing: boolean; single: boolean; mac: boolean },
  ): Action | null {
    if (event.isComposing || event.defaultPrevented || event.altKey) return null
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
    if (event.ctrlKey || event.metaKey) {
      // On a Mac Ctrl K deletes to the end of the line, elsewhere ⌘ belongs to the system.
      const isOurs = event.ctrlKey !== mac && event.metaKey === mac
      return key === 'k' && isOurs ? 'find' : null
    }
    if (typing || !single || event.repeat) return null
    const follows = event.timeStamp - this.#began < CHORD_MS
    this.#began = Number.NEGATIVE_INFINITY
    if (follows) return key === 'd' ? 'dashboard' : key === 'c' ? 'courses' : null
    if (key === 'g') this.#began = event.timeStamp
    return key === '?'
      ? 'keys'
      : key === '/'
        ? 'find-here'
        : key === 'n'
          ? 'next'
          : key === 'p'
            ? 'previous'
            : null
  }
}

/** Whether keys pressed here are text, or steer a control that takes letters. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return (
    target.closest(
      'input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]:not([contenteditable=false]), [role=textbox], [role=combobox], [role=listbox], [role=menu]',
    ) !== null
  )
}

/** Whether single keys work on this device. */
export function singleKeysOn(): boolean {
  try {
    return localStorage.getItem(KEYS_SETTING) !== 'off'
  } catch {
    return true
  }
}

/** Turns single keys on or off on this device. False where the browser refuses storage: the choice cannot be kept. */
export function setSingleKeys(on: boolean): boolean {
  try {
    if (on) localStorage.removeItem(KEYS_SETTING)
    else localStorage.setItem(KEYS_SETTING, 'off')
    return true
  } catch {
    return false
  }
}

/** Whether keyboards here have ⌘. In the browser only. */
export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform)
}
