'use client'

import { Moon, Sun, SunMoon } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { THEME_KEY } from './theme-script'

type Theme = 'system' | 'light' | 'dark'

const looks = {
  system: { icon: SunMoon, word: 'as the system', next: 'light' },
  light: { icon: Sun, word: 'light', next: 'dark' },
  dark: { icon: Moon, word: 'dark', next: 'system' },
} as const satisfies Record<Theme, { icon: typeof Sun; word: string; next: Theme }>

const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The class on `<html>` is the truth: the script in the head put it there. */
function currentTheme(): Theme {
  const { classList } = document.documentElement
  return classList.contains('dark') ? 'dark' : classList.contains('light') ? 'light' : 'system'
}

/** Puts a theme on the page and keeps the choice on this device. */
export function chooseTheme(theme: Theme) {
  const { classList } = document.documentElement
  classList.remove('light', 'dark')
  if (theme !== 'system') classList.add(theme)
  try {
    if (theme === 'system') localStorage.removeItem(THEME_KEY)
    else localStorage.setItem(THEME_KEY, theme)
  } catch {
    // Where storage is refused the choice holds for this page.
  }
  for (const listener of listeners) listener()
}

/** Light, dark, or as the system has it: one button that goes round. */
export function ThemeToggle() {
  const theme = useSyncExternalStore(subscribe, currentTheme, () => 'system' as const)
  const { icon: Icon, word, next } = looks[theme]
  return (
    <Button
      variant="quiet"
      square
      aria-label={`Appearance: ${word}. Change to ${looks[next].word}`}
      title={`Appearance: ${word}`}
      onClick={() => chooseTheme(next)}
    >
      <Icon size={16} strokeWidth={1.75} aria-hidden />
    </Button>
  )
}
