import type { Metadata } from 'next'
import { todayIn } from '@/components/dashboard/days'
import type { Way } from '@/components/site/provider-forms'
import { SettingsPage } from '@/components/site/settings-page'
import { getAccount, getPasswordDate } from '@/db/queries/accounts'
import { listEvents } from '@/db/queries/events'
import { listLinks } from '@/db/queries/links'
import { listSessions } from '@/db/queries/sessions'
import {
  askForVerification,
  changeEmail,
  changePassword,
  deleteAccount,
  signOut,
  signOutDevice,
  signOutEverywhere,
  updateBackground,
  updateName,
  updateTimeZone,
} from '../actions/accounts'
import { changeWay } from '../actions/ways'
import { requireLearner } from '../auth'
import { wordsOfCode } from '../credentials'
import { Frame } from '../frame'
import { PROVIDER_NAMES, providers } from '../providers'
import { shortDate } from '../standing'

export const metadata: Metadata = { title: 'Settings', robots: { index: false } }

type Props = { searchParams: Promise<{ way?: string | string[] }> }

export default async function Settings({ searchParams }: Props) {
  const learner = await requireLearner('/settings')
  const { timeZone } = learner
  const { way } = await searchParams
  const [account, passwordDate, sessions, events, links] = await Promise.all([
    getAccount(learner.id),
    getPasswordDate(learner.id),
    listSessions(learner.id),
    listEvents(learner.id, 50),
    listLinks(learner.id),
  ])
  const devices = sessions.map((session) => ({
    id: session.id,
    name: session.device,
    here: session.id === learner.sessionId,
    since: shortDate(session.createdAt, timeZone),
    lastUsed: lastUsed(session.lastSeenAt, timeZone),
  }))
  return (
    <Frame current="settings">
      <SettingsPage
        user={learner.id}
        name={learner.name}
        email={learner.email}
        emailVerified={account?.emailVerifiedAt != null}
        background={account?.background ?? 'none'}
        passwordSince={passwordDate && shortDate(passwordDate, timeZone)}
        log={events.map(({ createdAt, ...event }) => ({ ...event, at: moment(createdAt, timeZone) }))}
        providerNames={PROVIDER_NAMES}
        ways={waysOf(links, timeZone)}
        wayChanged={
          way === 'linked' ? { done: 'Linked. It signs you in from now on.' } : { refused: wordsOfCode(way) }
        }
        timeZone={timeZone}
        timeZones={[...new Set(['UTC', timeZone, ...Intl.supportedValuesOf('timeZone')])].toSorted()}
        devices={devices.toSorted((a, b) => Number(b.here) - Number(a.here))}
        actions={{
          updateName,
          updateTimeZone,
          updateBackground,
          changeEmail,
          askForVerification,
          changePassword,
          signOutDevice,
          signOutEverywhere,
          signOut,
          changeWay,
          deleteAccount,
        }}
      />
    </Frame>
  )
}

/** "today, 14:26", "yesterday, 22:10", "67 days ago" */
function lastUsed(at: Date, timeZone: string): string {
  const days = Math.round((Date.parse(todayIn(timeZone)) - Date.parse(todayIn(timeZone, at))) / 86_400_000)
  if (days > 1) return `${days} days ago`
  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at)
  return `${days <= 0 ? 'today' : 'yesterday'}, ${hour}`
}

/** "25 Nov 2026, 14:32" */
function moment(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(at)
}

/** Every provider that is offered here, and those that are linked though they are not offered any more. */
function waysOf(links: Awaited<ReturnType<typeof listLinks>>, timeZone: string): Way[] {
  const ids = new Set([...providers.map(({ id }) => id), ...links.map(({ provider }) => provider)])
  return [...ids].map((id) => {
    const link = links.find(({ provider }) => provider === id)
    return {
      id,
      name: PROVIDER_NAMES[id],
      linked: link ? { email: link.email, since: shortDate(link.linkedAt, timeZone) } : null,
    }
  })
}
