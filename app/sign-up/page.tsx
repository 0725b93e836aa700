import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignUpForm } from '@/components/site/account-forms'
import { AccountPage, OtherWay } from '@/components/site/account-page'
import { ProviderButtons } from '@/components/site/provider-forms'
import { signUp } from '../actions/accounts'
import { continueWith } from '../actions/ways'
import { currentLearner, signInPath } from '../auth'
import { safePath } from '../callback-url'
import { env } from '../env'
import { Frame } from '../frame'
import { providers } from '../providers'

export const metadata: Metadata = { title: 'Create an account' }

type Props = { searchParams: Promise<{ callbackUrl?: string | string[] }> }

export default async function SignUpPage({ searchParams }: Props) {
  const callbackUrl = safePath((await searchParams).callbackUrl)
  if (await currentLearner()) redirect(callbackUrl)
  const open = env.SIGN_UP === 'open'
  return (
    <Frame flush>
      <AccountPage
        title={open ? 'Create an account' : 'Sign-up is closed here'}
        intro={<p>So that your work is there tomorrow, on any device.</p>}
      >
        {open ? (
          <>
            <SignUpForm action={signUp} callbackUrl={callbackUrl} />
            <ProviderButtons action={continueWith} providers={providers} callbackUrl={callbackUrl} />
          </>
        ) : (
          <p className="taught">
            Whoever runs this site makes the accounts. Ask them for one; the courses can be looked through
            without.
          </p>
        )}
        <OtherWay>
          You have an account? <a href={signInPath(callbackUrl)}>Sign in</a>
        </OtherWay>
      </AccountPage>
    </Frame>
  )
}
