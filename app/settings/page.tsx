import type { Metadata } from 'next'
import { todayIn } from '@/components/dashboard/days'
import { SettingsPage } from '@/components/site/settings-page'
import { listSessions } from '@/db/queries/sessions'
import {
  changePassword,
  signOut,
  signOutDevice,
  signOutEverywhere,
  updateName,
  updateTimeZone,
} from '../actions/accounts'
import { requireLearner } from '../auth'
import { Frame } from '../frame'
import { shortDate } from '../standing'

export const metadata: Metadata = { title: 'Settings', robots: { index: false } }

export default async function Settings() {
  const learner = await requireLearner('/settings')
  const { timeZone } = learner
  const devices = (await listSessions(learner.id)).map((session) => ({
    id: session.id,
    name: session.device,
    here: session.id === learner.sessionId,
    since: shortDate(session.createdAt, timeZone),
    lastUsed: lastUsed(session.lastSeenAt, timeZone),
  }))
  return (
    <Frame current="settings">
      <SettingsPage
        name={learner.name}
        email={learner.email}
        timeZone={timeZone}
        timeZones={[...new Set(['UTC', timeZone, ...Intl.supportedValuesOf('timeZone')])].toSorted()}
        devices={devices.toSorted((a, b) => Number(b.here) - Number(a.here))}
        actions={{ updateName, updateTimeZone, changePassword, signOutDevice, signOutEverywhere, signOut }}
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
