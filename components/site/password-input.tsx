'use client'

import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { controlClass, Field } from '@/components/ui/field'

/** A password that one may look at, and a word when caps lock is on. */
export function PasswordInput({
  label,
  help,
  error,
  beside,
  ...rest
}: {
  label: ReactNode
  help?: ReactNode
  error?: string | null
  beside?: ReactNode
} & Omit<ComponentProps<'input'>, 'id' | 'type'>) {
  const [shown, setShown] = useState(false)
  const [capsLock, setCapsLock] = useState(false)
  return (
    <Field label={label} help={help} error={error} beside={beside}>
      {(tie) => (
        <div>
          <div className="relative">
            <input
              {...rest}
              {...tie}
              type={shown ? 'text' : 'password'}
              autoCapitalize="off"
              autoCorrect="off"
              spellCheck={false}
              className={`${controlClass} pr-11 aria-invalid:pr-11`}
              onKeyUp={(event) => setCapsLock(event.getModifierState('CapsLock'))}
              onBlur={() => setCapsLock(false)}
            />
            <Button
              variant="quiet"
              square
              aria-label="Show the password"
              aria-pressed={shown}
              className="absolute top-1 right-1 pointer-coarse:top-0 pointer-coarse:right-0"
              onClick={() => setShown(!shown)}
            >
              {shown ? (
                <EyeOff size={16} strokeWidth={1.75} aria-hidden />
              ) : (
                <Eye size={16} strokeWidth={1.75} aria-hidden />
              )}
            </Button>
          </div>
          <p role="status" className="meta">
            {capsLock && <span className="mt-1.5 block">Caps lock is on.</span>}
          </p>
        </div>
      )}
    </Field>
  )
}
