'use server'

import { revalidatePath } from 'next/cache'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { unlinkProvider } from '@/db/queries/links'
import { startAtProvider } from '../auth'
import { safePath } from '../callback-url'
import { askAgain } from '../credentials'
import { hiddenTimeZone } from '../fields'
import { isProvider } from '../providers'
import { currentVisitor } from '../visitor'
import { action } from './action'

const provider = z.string().max(20)
const NOT_OFFERED = { error: { text: 'This site does not offer that way in.' } }
const AWAY = { error: { text: 'That does not answer just now. Nothing was changed; try again in a moment.' } }

/** Goes to a provider to sign in or to make an account. Fields: `provider`; hidden `callbackUrl`, `timeZone`. */
export const continueWith = action(
  'anyone',
  { provider, callbackUrl: z.string().max(5000).optional().transform(safePath), timeZone: hiddenTimeZone },
  async (sent) => {
    if (!isProvider(sent.provider)) return NOT_OFFERED
    const { callbackUrl, timeZone } = sent
    const url = await startAtProvider(sent.provider, { callbackUrl, timeZone })
    return url ? redirect(url) : AWAY
  },
)

/** Links a provider, or takes it away. Fields: `change`, as in `link:google`; `currentPassword`. */
export const changeWay = action(
  'learner',
  { change: z.string().max(40), currentPassword: z.string().max(10_000).optional() },
  async (sent, learner) => {
    const [kind, name = ''] = sent.change.split(':')
    const links = kind === 'link' && isProvider(name)
    if (!links && kind !== 'unlink') return NOT_OFFERED
    const visitor = await currentVisitor()
    const refused = await askAgain(learner, sent.currentPassword, visitor)
    if (refused) return { error: refused }
    if (links) {
      const { timeZone, sessionId: linkTo } = learner
      const url = await startAtProvider(name, { callbackUrl: '/settings', timeZone, linkTo })
      return url ? redirect(url) : AWAY
    }
    if (!(await unlinkProvider(learner.id, name, visitor)))
      return { error: { text: 'That is not linked, or is your last way in: set a password first.' } }
    revalidatePath('/settings')
    return { done: 'Unlinked.' }
  },
)
