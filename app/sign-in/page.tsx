import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { SignInForm } from '@/components/site/account-forms'
import { AccountPage, OtherWay } from '@/components/site/account-page'
import { Alert } from '@/components/site/form'
import { ProviderButtons } from '@/components/site/provider-forms'
import { getCourse } from '@/content'
import { signIn } from '../actions/accounts'
import { continueWith } from '../actions/ways'
import { currentLearner } from '../auth'
import { HOME, safePath } from '../callback-url'
import { wordsOfCode } from '../credentials'
import { env } from '../env'
import { Frame } from '../frame'
import { providers } from '../providers'

export const metadata: Metadata = { title: 'Sign in', robots: { index: false } }

type Props = { searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }> }

export default async function SignInPage({ searchParams }: Props) {
  const { callbackUrl: wanted, error } = await searchParams
  const callbackUrl = safePath(wanted)
  const refused = wordsOfCode(error)
  if (await currentLearner()) redirect(callbackUrl)
  const back = await lessonAt(callbackUrl)
  const query = callbackUrl === HOME ? '' : `?callbackUrl=${encodeURIComponent(callbackUrl)}`
  return (
    <Frame flush>
      <AccountPage
        title="Sign in"
        intro={
          back && (
            <p>
              After this you go back to <b className="font-[550]">{back}</b>.
            </p>
          )
        }
      >
        {refused && (
          <div className="mb-5 max-w-104">
            <Alert>{refused}</Alert>
          </div>
        )}
        <SignInForm action={signIn} callbackUrl={callbackUrl} />
        <ProviderButtons action={continueWith} providers={providers} callbackUrl={callbackUrl} />
        <OtherWay>
          {env.SIGN_UP === 'open' ? (
            <>
              No account yet? <a href={`/sign-up${query}`}>Create one</a>
            </>
          ) : (
            'Sign-up is closed here. Whoever runs this site can make an account for you.'
          )}
        </OtherWay>
      </AccountPage>
    </Frame>
  )
}

/** The title of the lesson that an address leads to. */
async function lessonAt(path: string): Promise<string | undefined> {
  const [, course, lesson] = path.match(/^\/learn\/([a-z0-9-]+)\/([a-z0-9-]+)/) ?? []
  if (!course || !lesson) return undefined
  const found = await getCourse(course)
  return found?.modules.flatMap(({ lessons }) => lessons).find(({ slug }) => slug === lesson)?.title
}
