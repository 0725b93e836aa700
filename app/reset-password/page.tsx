import type { Metadata } from 'next'
import { AskForResetForm, ResetPasswordForm } from '@/components/site/account-forms'
import { AccountPage, OtherWay } from '@/components/site/account-page'
import { askForReset, resetPassword } from '../actions/accounts'
import { env } from '../env'
import { Frame } from '../frame'

export const metadata: Metadata = { title: 'Set a new password', robots: { index: false } }

type Props = { searchParams: Promise<{ token?: string | string[] }> }

export default async function ResetPasswordPage({ searchParams }: Props) {
  const { token } = await searchParams
  return (
    <Frame flush>
      {typeof token === 'string' && token !== '' ? (
        <AccountPage
          title="Set a new password"
          intro={<p>Every device that is signed in now is signed out by this.</p>}
        >
          <ResetPasswordForm action={resetPassword} token={token} />
          <OtherWay>
            The link does not work any more? <a href="/reset-password">Ask for another</a>
          </OtherWay>
        </AccountPage>
      ) : (
        <AccountPage
          title="A new password"
          intro={<p>Your work stays with your account. Nothing is lost with a password.</p>}
        >
          <AskForResetForm action={askForReset} />
          {!env.SMTP_URL && (
            <p className="meta mt-6">
              This site has no mail server: letters wait in its outbox. Ask whoever runs it to read you the
              link.
            </p>
          )}
          <OtherWay>
            Remembered it? <a href="/sign-in">Sign in</a>
          </OtherWay>
        </AccountPage>
      )}
    </Frame>
  )
}
