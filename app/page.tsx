import { SignUpForm } from '@/components/site/account-forms'
import { Landing } from '@/components/site/landing'
import { TryExercise } from '@/components/site/try-exercise'
import { getCourses, getLesson, getLessonEntry, LessonUnavailable } from '@/content'
import { signUp } from './actions/accounts'
import { env } from './env'
import { Frame, knownLearner } from './frame'
import { getRunnerBase } from './runner-base'

export default async function LandingPage() {
  const signedIn = (await knownLearner()) !== null
  const signUpOpen = env.SIGN_UP === 'open'
  const exercise = await exerciseToTry()
  return (
    <Frame>
      <Landing
        courses={await getCourses()}
        exercise={exercise && <TryExercise block={exercise.block} runnerBase={getRunnerBase()} />}
        from={exercise?.from ?? ''}
        signUp={!signedIn && signUpOpen && <SignUpForm action={signUp} />}
        signedIn={signedIn}
        signUpOpen={signUpOpen}
      />
    </Frame>
  )
}

/** The first exercise of a lesson that is worth a try before one has an account; null where this copy does not have it. */
async function exerciseToTry() {
  const [course, slug] = ['data-structures', 'binary-search'] as const
  try {
    const block = (await getLesson(course, slug))?.blocks[`${course}/${slug}/lower-bound`]
    const entry = await getLessonEntry(course, slug)
    const courseTitle = (await getCourses()).find((one) => one.slug === course)?.title
    return block && entry ? { block, from: `${courseTitle}, lesson ${entry.number}` } : null
  } catch (error) {
    // A lesson that is being mended takes only itself away.
    if (error instanceof LessonUnavailable) return null
    throw error
  }
}
