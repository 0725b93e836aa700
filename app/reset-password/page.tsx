import type { Metadata } from 'next'
import { ResetPasswordForm } from '@/components/site/account-forms'
import { AccountPage, OtherWay } from '@/components/site/account-page'
import { resetPassword } from '../actions/accounts'
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
        </AccountPage>
      ) : (
        <AccountPage title="A new password">
          <div className="taught grid gap-4">
            <p>
              This site sends no e-mail yet, so it cannot send you a link. Ask whoever runs it, at your school
              or company, for one: they make it on the server and give it to you.
            </p>
            <p>Your work stays with your account meanwhile. Nothing is lost with a password.</p>
          </div>
          <OtherWay>
            Remembered it? <a href="/sign-in">Sign in</a>
          </OtherWay>
        </AccountPage>
      )}
    </Frame>
  )
}
