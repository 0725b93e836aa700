import { chooseTheme } from '@/components/site/theme-toggle'
import { singleKeysOn } from './keys'
import { moveToExercise } from './move'
import type { Command } from './search'

const go = (path: string) => () => location.assign(path)

/** What can be done from this page by who is looking at it. */
export function commandsFor({
  signedIn,
  signUpOpen,
  showKeys,
}: {
  signedIn: boolean
  signUpOpen: boolean
  showKeys: () => void
}): Command[] {
  const keys = (text: string) => (singleKeysOn() ? { keys: text } : {})
  const exercises = document.querySelector('main [data-block]') !== null
  const inLesson = location.pathname.startsWith('/learn/')
  return [
    ...(exercises
      ? [
          {
            id: 'next',
            title: 'Go to the next exercise',
            ...keys('N'),
            run: () => void moveToExercise('next'),
          },
          {
            id: 'previous',
            title: 'Go to the previous exercise',
            ...keys('P'),
            run: () => void moveToExercise('previous'),
          },
        ]
      : []),
    ...(signedIn
      ? [{ id: 'dashboard', title: 'Open the dashboard', ...keys('G D'), run: go('/dashboard') }]
      : []),
    { id: 'courses', title: 'Open the list of courses', ...keys('G C'), run: go('/courses') },
    ...(signedIn
      ? [{ id: 'settings', title: 'Open the settings', run: go('/settings') }]
      : [
          { id: 'sign-in', title: 'Sign in', run: go('/sign-in') },
          ...(signUpOpen ? [{ id: 'sign-up', title: 'Create an account', run: go('/sign-up') }] : []),
        ]),
    { id: 'keys', title: 'Show the keys', ...keys('?'), run: showKeys },
    ...(inLesson ? [{ id: 'print', title: 'Print this lesson', run: () => print() }] : []),
    { id: 'light', title: 'Appearance: light', run: () => chooseTheme('light') },
    { id: 'dark', title: 'Appearance: dark', run: () => chooseTheme('dark') },
    { id: 'system', title: 'Appearance: as the system', run: () => chooseTheme('system') },
  ]
}
