'use client'

import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/field'
import { Done, Form, type FormAction } from './form'
import { PasswordInput } from './password-input'
import { useBrowserTimeZone } from './use-browser-time-zone'

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
            help="To sign in with. One letter is sent to it, to verify it."
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

/** Asks for a letter with a link to a new password. */
export function AskForResetForm({ action }: { action: FormAction }) {
  return (
    <Form action={action} fields={['email']} label="A new password">
      {({ value, error, pending, done }) => (
        <>
          <Input
            label="E-mail"
            name="email"
            type="email"
            autoComplete="username"
            required
            defaultValue={value('email')}
            error={error('email')}
          />
          <Button type="submit" variant="primary" big busy={pending}>
            Send me a link
          </Button>
          <Done>{done}</Done>
        </>
      )}
    </Form>
  )
}

/** Uses a link that proves an address. It takes a press: programs that look at mail follow links, and must not prove anything. */
export function VerifyEmailForm({
  action,
  token,
  label,
}: {
  action: FormAction
  token: string
  label: string
}) {
  return (
    <Form action={action} fields={[]} label={label}>
      {({ pending }) => (
        <>
          <input type="hidden" name="token" value={token} />
          <Button type="submit" variant="primary" big busy={pending}>
            {label}
          </Button>
        </>
      )}
    </Form>
  )
}

/** A new password by a link. */
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
