import type { Metadata } from 'next'
import { VerifyEmailForm } from '@/components/site/account-forms'
import { AccountPage, OtherWay } from '@/components/site/account-page'
import { getMailToken } from '@/db/queries/tokens'
import { verifyEmail } from '../actions/accounts'
import { Frame } from '../frame'

export const metadata: Metadata = { title: 'Verify an address', robots: { index: false } }

type Props = { searchParams: Promise<{ token?: string | string[]; done?: string | string[] }> }

export default async function VerifyEmailPage({ searchParams }: Props) {
  const { token, done } = await searchParams
  if (done === 'verified' || done === 'changed') return <Proved changed={done === 'changed'} />
  const link = typeof token === 'string' && token.length <= 200 ? await getMailToken(token) : null
  if (!link || typeof token !== 'string') return <NotGood />
  const changes = link.purpose === 'change'
  return (
    <Frame flush>
      <AccountPage
        title={changes ? 'Use this address?' : 'Is this your address?'}
        intro={
          <p className="break-words">
            {changes ? (
              <>
                You sign in with <b className="font-[550]">{link.email}</b> from then on.
              </>
            ) : (
              <>
                Somebody made an account with <b className="font-[550]">{link.email}</b>. Say yes only if it
                was you.
              </>
            )}
          </p>
        }
      >
        <VerifyEmailForm
          action={verifyEmail}
          token={token}
          label={changes ? 'Use this address' : 'Yes, it is mine'}
        />
      </AccountPage>
    </Frame>
  )
}

function Proved({ changed }: { changed: boolean }) {
  return (
    <Frame flush>
      <AccountPage title={changed ? 'The address is changed' : 'The address is verified'}>
        <p className="taught">
          {changed
            ? 'You sign in with the new address from now on. The former one got a letter that says so.'
            : 'A lost password is no lost account from now on: the link to a new one comes to this address.'}
        </p>
        <OtherWay>
          <a href="/dashboard">Go on learning</a>
        </OtherWay>
      </AccountPage>
    </Frame>
  )
}

function NotGood() {
  return (
    <Frame flush>
      <AccountPage title="This link is not good any more">
        <p className="taught">
          It has been used, is too old, or was not copied whole. Nothing was changed. You get a new one in the
          settings, under E-mail.
        </p>
        <OtherWay>
          <a href="/settings#email">Go to your settings</a>
        </OtherWay>
      </AccountPage>
    </Frame>
  )
}
