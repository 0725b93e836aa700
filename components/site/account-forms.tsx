'use client'

import { useSyncExternalStore } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import { Form, type FormAction } from './form'
import { PasswordInput } from './password-input'

const passwordRule = 'At least 12 characters, any of them. Length is what counts.'

/** Signs in and goes back to where one came from. */
export function SignInForm({ action, callbackUrl }: { action: FormAction; callbackUrl: string }) {
  return (
    <Form action={action} fields={['email', 'password']}>
      {({ value, error, pending }) => (
        <>
          <input type="hidden" name="callbackUrl" value={callbackUrl} />
          <Input
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            required
            defaultValue={value('email')}
            error={error('email')}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            required
            error={error('password')}
            beside={<a href="/reset-password">Forgotten?</a>}
          />
          <Button type="submit" variant="primary" big busy={pending}>
            Sign in
          </Button>
        </>
      )}
    </Form>
  )
}

/** Makes an account and is signed in at once. The time zone is the browser's, to be changed in the settings. */
export function SignUpForm({ action, callbackUrl }: { action: FormAction; callbackUrl?: string }) {
  const timeZone = useBrowserTimeZone()
  return (
    <Form action={action} fields={['name', 'email', 'password']}>
      {({ value, error, pending }) => (
        <>
          <input type="hidden" name="timeZone" value={timeZone} />
          {callbackUrl && <input type="hidden" name="callbackUrl" value={callbackUrl} />}
          <Input
            label="Name"
            name="name"
            autoComplete="name"
            required
            maxLength={200}
            defaultValue={value('name')}
            error={error('name')}
          />
          <Input
            label="E-mail"
            name="email"
            type="email"
            autoComplete="email"
            required
            help="To sign in with. Nothing is sent to it."
            defaultValue={value('email')}
            error={error('email')}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="new-password"
            required
            help={passwordRule}
            error={error('password')}
          />
          <Button type="submit" variant="primary" big busy={pending}>
            Create an account
          </Button>
        </>
      )}
    </Form>
  )
}

/** A new password by the operator's link. */
export function ResetPasswordForm({ action, token }: { action: FormAction; token: string }) {
  return (
    <Form action={action} fields={['password']}>
      {({ error, pending }) => (
        <>
          <input type="hidden" name="token" value={token} />
          <PasswordInput
            label="New password"
            name="password"
            autoComplete="new-password"
            required
            help={passwordRule}
            error={error('password')}
          />
          <Button type="submit" variant="primary" big busy={pending}>
            Set the password and sign in
          </Button>
        </>
      )}
    </Form>
  )
}

const never = () => () => undefined

/** The zone that the browser counts its days in; UTC until its script runs. */
function useBrowserTimeZone(): string {
  return useSyncExternalStore(
    never,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    () => 'UTC',
  )
}
