import type { ReactNode } from 'react'
import type { Place } from '@/components/site/bar'
import { Shell } from '@/components/site/shell'
import { DatabaseUnavailable } from '@/db/errors'
import { signOut } from './actions/accounts'
import { currentLearner } from './auth'
import { env } from './env'

/** Bar and footer around a page, for whoever is looking at it. The page itself decides whether they may. */
export async function Frame({
  current,
  flush,
  children,
}: {
  current?: Place
  flush?: boolean
  children: ReactNode
}) {
  const learner = await knownLearner()
  return (
    <Shell
      account={learner && { id: learner.id, name: learner.name, email: learner.email, signOut }}
      current={current}
      host={new URL(env.PUBLIC_URL).host}
      signUpOpen={env.SIGN_UP === 'open'}
      flush={flush}
    >
      {children}
    </Shell>
  )
}

/** A page that anyone may read is also readable while the database is away: as a visitor. */
export async function knownLearner() {
  try {
    return await currentLearner()
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return null
    throw error
  }
}
