'use client'

import { type ReactNode, useActionState, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input, Select } from '@/components/ui/field'
import { Done, Form, type FormAction } from './form'
import { PresentPassword } from './identity-forms'
import { useLeave } from './leave'
import { PasswordInput } from './password-input'

/** The name that the site greets by. */
export function NameForm({ action, name }: { action: FormAction; name: string }) {
  return (
    <Form action={action} fields={['name']} className="grid content-start gap-3" label="Name">
      {({ value, error, pending, done }) => (
        <>
          <Input
            label="Name"
            name="name"
            autoComplete="name"
            required
            maxLength={200}
            defaultValue={value('name') ?? name}
            error={error('name')}
          />
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" busy={pending}>
              Save the name
            </Button>
            <Done>{done}</Done>
          </div>
        </>
      )}
    </Form>
  )
}

/** The zone that days are counted in. */
export function TimeZoneForm({
  action,
  timeZone,
  timeZones,
}: {
  action: FormAction
  timeZone: string
  timeZones: string[]
}) {
  // A select is set back to its first value when its form was sent; this one follows what was chosen.
  const [chosen, choose] = useState(timeZone)
  return (
    <Form action={action} fields={['timeZone']} className="grid content-start gap-3" label="Time zone">
      {({ error, pending, done }) => (
        <>
          <Select
            label="Time zone"
            name="timeZone"
            value={chosen}
            onChange={(event) => choose(event.target.value)}
            error={error('timeZone')}
          >
            {timeZones.map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll('_', ' ')}
              </option>
            ))}
          </Select>
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" busy={pending}>
              Save the time zone
            </Button>
            <Done>{done}</Done>
          </div>
        </>
      )}
    </Form>
  )
}

/** The present password, then the new one; only the new one for somebody who has none yet. */
export function PasswordForm({
  action,
  email,
  hasPassword,
}: {
  action: FormAction
  email: string
  hasPassword: boolean
}) {
  return (
    <Form action={action} fields={['currentPassword', 'password']} label="Password">
      {({ error, pending, done }) => (
        <>
          {/* Tells a password manager whose password this is. Without a name it is not sent. */}
          <input type="email" autoComplete="username" value={email} readOnly hidden />
          <PresentPassword asked={hasPassword} error={error('currentPassword')} />
          <PasswordInput
            label="New password"
            name="password"
            autoComplete="new-password"
            required
            help="At least 12 characters, any of them. Length is what counts."
            error={error('password')}
          />
          <div className="flex flex-wrap items-center gap-3">
            <Button type="submit" busy={pending}>
              {hasPassword ? 'Change the password' : 'Set a password'}
            </Button>
            <Done>{done}</Done>
          </div>
        </>
      )}
    </Form>
  )
}

/** Signs one other device out. */
export function DeviceForm({ action, device, name }: { action: FormAction; device: string; name: string }) {
  return (
    <Form action={action} fields={[]} className="grid justify-items-end gap-2">
      {({ pending }) => (
        <>
          <input type="hidden" name="device" value={device} />
          <Button type="submit" busy={pending}>
            Sign out<span className="sr-only"> {name}</span>
          </Button>
        </>
      )}
    </Form>
  )
}

/** Signs this device out. */
export function SignOutForm({ action, user }: { action: FormAction; user: string }) {
  return (
    <LeaveForm action={action} user={user} className="grid justify-items-end gap-2">
      {(leaving) => (
        <Button type="submit" busy={leaving}>
          Sign out<span className="sr-only"> this device</span>
        </Button>
      )}
    </LeaveForm>
  )
}

/** A form that ends the session here. Without its script it still does that; a page without a script keeps nothing. */
function LeaveForm({
  action,
  user,
  className,
  children,
}: {
  action: FormAction
  user: string
  className: string
  children: (leaving: boolean) => ReactNode
}) {
  const [, submit] = useActionState(action, {})
  const { leaving, leave, dialog } = useLeave(user, () => action({}, new FormData()))
  return (
    <>
      <form
        action={submit}
        className={className}
        onSubmit={(event) => {
          event.preventDefault()
          leave()
        }}
      >
        {children(leaving)}
      </form>
      {dialog}
    </>
  )
}

/** Signs all other devices out, or all with this one. */
export function EverywhereForm({
  action,
  others,
  user,
}: {
  action: FormAction
  others: number
  user: string
}) {
  return (
    <div className="mt-4 flex flex-wrap items-center gap-3">
      <Form action={action} fields={[]} className="flex flex-wrap items-center gap-3">
        {({ pending, done }) => (
          <>
            <input type="hidden" name="others" value="yes" />
            <Button
              type="submit"
              busy={pending}
              notNow={others === 0 && !done ? 'No other device is signed in.' : null}
            >
              Sign out all others
            </Button>
            <Done>{done}</Done>
          </>
        )}
      </Form>
      <LeaveForm action={action} user={user} className="flex flex-wrap items-center gap-3">
        {(leaving) => (
          <Button type="submit" variant="quiet" busy={leaving} className="max-sm:-ml-3">
            Sign out everywhere, here too
          </Button>
        )}
      </LeaveForm>
    </div>
  )
}
