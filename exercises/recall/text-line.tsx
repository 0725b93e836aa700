'use client'

import { useId } from 'react'
import { controlClass } from '@/components/ui/field'
import { Html } from '@/components/ui/html'
import type { Html as Markup } from '@/exercises/kind'

/** A prompt and a line to type in; nothing corrects what is typed. */
export function TextLine({
  prompt,
  value,
  onChange,
  wrong,
  saidBy,
}: {
  prompt: Markup
  value: string
  onChange: (text: string) => void
  wrong: boolean
  saidBy?: string | undefined
}) {
  const id = useId()
  return (
    <>
      <div id={id} className="taught">
        <Html html={prompt} />
      </div>
      <input
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="off"
        autoCapitalize="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={400}
        aria-labelledby={id}
        aria-invalid={wrong || undefined}
        aria-describedby={saidBy}
        className={`${controlClass} mt-4 max-w-112 font-mono`}
      />
    </>
  )
}
