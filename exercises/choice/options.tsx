'use client'

import { Check as CheckIcon, X } from 'lucide-react'
import { useId } from 'react'
import { Html } from '@/components/ui/html'
import { shuffled } from '@/components/ui/shuffle'
import type { Check, Html as Markup } from '@/exercises/kind'

type Props = {
  stem: Markup
  multiple: boolean
  options: { id: string; html: Markup }[]
  chosen: string[]
  onChange: (chosen: string[]) => void
  seed: string
  /** What was said about chosen options, by their id. */
  checks: Check[]
}

const box =
  'relative top-[2.5px] size-4 flex-none appearance-none border-[1.5px] border-rule-strong bg-paper after:absolute after:inset-[3px] checked:border-ink checked:after:bg-ink forced-colors:appearance-auto'

/** The stem and its options, each with the words about it once it was judged. Digits choose while the focus is inside. */
export function OptionList({ stem, multiple, options, chosen, onChange, seed, checks }: Props) {
  const name = useId()
  const shown = shuffled(options, seed)
  const words = new Map(checks.map((check) => [check.id, check]))
  const toggle = (id: string) => {
    if (!multiple) onChange([id])
    else onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  }
  return (
    <fieldset
      aria-labelledby={`${name}-stem`}
      onKeyDown={(event) => {
        const option =
          /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey
            ? shown[Number(event.key) - 1]
            : undefined
        if (!option) return
        event.preventDefault()
        toggle(option.id)
      }}
    >
      <div id={`${name}-stem`} className="taught">
        <Html html={stem} />
        {multiple ? <p className="meta mt-1">Choose every one that is right.</p> : null}
      </div>
      <div className="mt-4 border-rule border-b">
        {shown.map((option) => {
          const said = words.get(option.id)
          const wash = said ? (said.passed ? 'bg-pass-wash' : 'bg-fail-wash') : ''
          return (
            <div key={option.id} className={`border-rule border-t ${wash}`}>
              <label
                className={`grid grid-cols-[16px_minmax(0,1fr)] items-baseline gap-3 px-3 py-2.5 font-serif text-16 sm:grid-cols-[16px_minmax(0,1fr)_auto] pointer-coarse:min-h-11 ${said ? '' : 'hover:bg-hover'}`}
              >
                <input
                  type={multiple ? 'checkbox' : 'radio'}
                  name={name}
                  value={option.id}
                  checked={chosen.includes(option.id)}
                  onChange={() => toggle(option.id)}
                  aria-describedby={said?.why ? `${name}-${option.id}` : undefined}
                  className={`${box} ${multiple ? 'rounded-mark after:rounded-[1px]' : 'rounded-full after:rounded-full'}`}
                />
                <Html html={option.html} />
                {said ? (
                  <span
                    className={`col-start-2 inline-flex items-baseline gap-[5px] font-[550] font-ui text-13 sm:col-start-3 ${said.passed ? 'text-pass' : 'text-fail'}`}
                  >
                    {said.passed ? (
                      <CheckIcon aria-hidden size={16} strokeWidth={2} className="self-center" />
                    ) : (
                      <X aria-hidden size={16} strokeWidth={2} className="self-center" />
                    )}
                    {said.passed ? 'Right' : 'Your answer'}
                  </span>
                ) : null}
              </label>
              {said?.why ? (
                <div id={`${name}-${option.id}`}>
                  <Html
                    html={said.why}
                    className="px-3 pb-4 font-serif text-16 leading-[1.55] sm:pr-4 sm:pl-10"
                  />
                </div>
              ) : null}
            </div>
          )
        })}
      </div>
    </fieldset>
  )
}
