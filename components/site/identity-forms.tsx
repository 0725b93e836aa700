'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input, Select } from '@/components/ui/field'
import { Done, Form, type FormAction } from './form'
import { useEnding } from './leave'
import { PasswordInput } from './password-input'

/** The present password; nothing for somebody who has none, who must have signed in a moment ago instead. */
export function PresentPassword({ asked, error }: { asked: boolean; error: string | null }) {
  if (!asked) return null
  return (
    <PasswordInput
      label="Present password"
      name="currentPassword"
      autoComplete="current-password"
      required
      error={error}
    />
  )
}

/** Another address, which holds when it is verified. */
export function EmailForm({ action, hasPassword }: { action: FormAction; hasPassword: boolean }) {
  return (
    <Form action={action} fields={['email', 'currentPassword']} label="E-mail">
      {({ value, error, pending, done }) => (
        <>
          <Input
            label="New e-mail"
            name="email"
            type="email"
            autoComplete="email"
            required
            help="It takes effect when the link in a letter to it is used."
            defaultValue={value('email')}
            error={error('email')}
          />
          <PresentPassword asked={hasPassword} error={error('currentPassword')} />
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" busy={pending}>
              Change the address
            </Button>
            <Done>{done}</Done>
          </div>
        </>
      )}
    </Form>
  )
}

/** Mails the link that verifies the present address. */
export function VerificationForm({ action }: { action: FormAction }) {
  return (
    <Form action={action} fields={[]} className="mt-3 mb-6 flex flex-wrap items-center gap-3" label="Verify">
      {({ pending, done }) => (
        <>
          <Button type="submit" busy={pending}>
            Send me the link
          </Button>
          <Done>{done}</Done>
        </>
      )}
    </Form>
  )
}

const BACKGROUNDS = [
  ['none', 'I would rather not say'],
  ['data-scientist', 'Data scientist, or analyst'],
  ['software-engineer', 'Software engineer'],
  ['new', 'New to both'],
] as const

/** What the learner comes from. */
export function BackgroundForm({ action, background }: { action: FormAction; background: string }) {
  // A select is set back to its first value when its form was sent; this one follows what was chosen.
  const [chosen, choose] = useState(background)
  return (
    <Form
      action={action}
      fields={['background']}
      className="grid content-start gap-3"
      label="Where you come from"
    >
      {({ error, pending, done }) => (
        <>
          <Select
            label="Where you come from"
            name="background"
            value={chosen}
            onChange={(event) => choose(event.target.value)}
            error={error('background')}
          >
            {BACKGROUNDS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Select>
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" busy={pending}>
              Save the background
            </Button>
            <Done>{done}</Done>
          </div>
        </>
      )}
    </Form>
  )
}

/** The last form: the address typed in full, and the password. */
export function DeleteForm({
  action,
  user,
  email,
  hasPassword,
}: {
  action: FormAction
  user: string
  email: string
  hasPassword: boolean
}) {
  return (
    <Form action={useEnding(user, action)} fields={['confirm', 'currentPassword']} label="Delete the account">
      {({ value, error, pending }) => (
        <>
          <Input
            label={
              <>
                To confirm, type <b className="break-all">{email}</b>
              </>
            }
            name="confirm"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            required
            defaultValue={value('confirm')}
            error={error('confirm')}
          />
          <PresentPassword asked={hasPassword} error={error('currentPassword')} />
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" variant="danger" busy={pending}>
              Delete everything
            </Button>
          </div>
        </>
      )}
    </Form>
  )
}
