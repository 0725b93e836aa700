import { Circle, CircleCheck, CircleDashed, CircleX, UserCheck } from 'lucide-react'
import type { ReactNode } from 'react'

export type VerdictState =
  | 'passed'
  | 'right'
  | 'not-yet'
  | 'not-right'
  | 'provisional'
  | 'verifying'
  | 'self-checked'
  | 'new'
  | 'revealed'

const looks = {
  passed: { word: 'Passed', icon: CircleCheck, tone: 'text-pass', turn: false },
  right: { word: 'Right', icon: CircleCheck, tone: 'text-pass', turn: false },
  'not-yet': { word: 'Not yet', icon: CircleX, tone: 'text-fail', turn: false },
  'not-right': { word: 'Not right', icon: CircleX, tone: 'text-fail', turn: false },
  provisional: { word: 'Provisional', icon: CircleDashed, tone: 'text-steel', turn: true },
  verifying: { word: 'Verifying', icon: CircleDashed, tone: 'text-steel', turn: true },
  'self-checked': { word: 'Self-checked', icon: UserCheck, tone: 'text-ink-2', turn: false },
  new: { word: 'Not tried', icon: Circle, tone: 'text-ink-3', turn: false },
  revealed: { word: 'Revealed', icon: Circle, tone: 'text-ink-2', turn: false },
} as const

/** An icon and a word; colour comes third. `children` replaces the word where the sentence needs another. */
export function VerdictWord({
  state,
  children,
  large = false,
  className = '',
}: {
  state: VerdictState
  children?: ReactNode
  large?: boolean
  className?: string
}) {
  const { word, icon: Icon, tone, turn } = looks[state]
  return (
    <span
      className={`inline-flex items-baseline gap-[5px] font-[550] whitespace-nowrap ${large ? 'text-16' : 'text-13'} ${tone} ${className}`}
    >
      <Icon
        size={16}
        strokeWidth={turn ? 1.75 : 2}
        aria-hidden
        className={`shrink-0 self-start ${large ? 'mt-1' : 'mt-0.5'} ${turn ? 'motion-safe:animate-turn' : ''}`}
      />
      {children ?? word}
    </span>
  )
}
