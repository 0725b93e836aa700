'use client'

import { Button } from '@/components/ui/button'
import { Done, Form, type FormAction } from './form'
import { PresentPassword } from './identity-forms'
import { useBrowserTimeZone } from './use-browser-time-zone'

export type ProviderName = { id: string; name: string }

/** Other ways in, below the form that takes a password; nothing where the house has none. */
export function ProviderButtons({
  action,
  providers,
  callbackUrl,
}: {
  action: FormAction
  providers: ProviderName[]
  callbackUrl: string
}) {
  const timeZone = useBrowserTimeZone()
  if (providers.length === 0) return null
  return (
    <div className="mt-6 grid max-w-104 gap-5">
      <p className="flex items-center gap-3 text-13 text-ink-3 before:h-px before:flex-1 before:bg-rule after:h-px after:flex-1 after:bg-rule">
        or with
      </p>
      <Form action={action} fields={[]} label="Other ways in" className="grid gap-3 sm:grid-cols-2">
        {({ pending }) => (
          <>
            <input type="hidden" name="callbackUrl" value={callbackUrl} />
            <input type="hidden" name="timeZone" value={timeZone} />
            {providers.map(({ id, name }) => (
              <Button key={id} type="submit" big name="provider" value={id} busy={pending}>
                {name}
              </Button>
            ))}
          </>
        )}
      </Form>
    </div>
  )
}

export type Way = ProviderName & {
  /** What is linked, to recognise it by; null when nothing is. */
  linked: { email: string | null; since: string } | null
}

/** What signs the account in besides the password: link and unlink. */
export function WaysForm({
  action,
  ways,
  hasPassword,
}: {
  action: FormAction
  ways: Way[]
  hasPassword: boolean
}) {
  const linked = ways.filter((way) => way.linked).length
  return (
    <Form action={action} fields={['currentPassword']} label="Other ways in">
      {({ error, pending, done }) => (
        <>
          <ul className="border-rule border-b">
            {ways.map((way) => (
              <li
                key={way.id}
                className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-rule border-t py-2.5"
              >
                <div className="min-w-0">
                  <p className="font-medium">{way.name}</p>
                  <p className="meta break-words">
                    {way.linked
                      ? `Linked ${way.linked.since}${way.linked.email ? `, as ${way.linked.email}` : ''}`
                      : 'Not linked'}
                  </p>
                </div>
                {way.linked ? (
                  <Button
                    type="submit"
                    name="change"
                    value={`unlink:${way.id}`}
                    busy={pending}
                    notNow={!hasPassword && linked === 1 ? 'The last way in. Set a password first.' : null}
                  >
                    Unlink<span className="sr-only"> {way.name}</span>
                  </Button>
                ) : (
                  <Button type="submit" name="change" value={`link:${way.id}`} busy={pending}>
                    Link<span className="sr-only"> {way.name}</span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <PresentPassword asked={hasPassword} error={error('currentPassword')} />
          <Done>{done}</Done>
        </>
      )}
    </Form>
  )
}
