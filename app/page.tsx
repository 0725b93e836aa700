import { SignUpForm } from '@/components/site/account-forms'
import { Landing } from '@/components/site/landing'
import { TryExercise } from '@/components/site/try-exercise'
import { getCourses, getLesson } from '@/content'
import { signUp } from './actions/accounts'
import { env } from './env'
import { Frame, knownLearner } from './frame'

export default async function LandingPage() {
  const signedIn = (await knownLearner()) !== null
  const signUpOpen = env.SIGN_UP === 'open'
  const lesson = await getLesson('data-structures', 'binary-search')
  const block = lesson?.blocks['data-structures/binary-search/lower-bound']
  return (
    <Frame>
      <Landing
        courses={await getCourses()}
        exercise={block && <TryExercise block={block} runnerBase={undefined} />}
        signUp={!signedIn && signUpOpen && <SignUpForm action={signUp} />}
        signedIn={signedIn}
        signUpOpen={signUpOpen}
      />
    </Frame>
  )
}
