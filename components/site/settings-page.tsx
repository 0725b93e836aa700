import { CircleAlert, CircleCheck, Laptop, Monitor, Smartphone } from 'lucide-react'
import type { ReactNode } from 'react'
import { buttonClass } from '@/components/ui/button'
import { Alert, Done, type FormAction } from './form'
import { BackgroundForm, DeleteForm, EmailForm, VerificationForm } from './identity-forms'
import { type Way, WaysForm } from './provider-forms'
import {
  DeviceForm,
  EverywhereForm,
  NameForm,
  PasswordForm,
  SignOutForm,
  TimeZoneForm,
} from './settings-forms'
import { type LogLine, SignInLog } from './sign-in-log'

export type Device = {
  id: string
  /** "Firefox on Linux" */
  name: string
  here: boolean
  since: string
  lastUsed: string
}

export type SettingsProps = {
  user: string
  name: string
  email: string
  emailVerified: boolean
  background: string
  timeZone: string
  timeZones: string[]
  /** When it was last set; null for somebody who has none. */
  passwordSince: string | null
  /** What else signs in here, offered or linked. */
  ways: Way[]
  /** What came of the way to a provider and back. */
  wayChanged: { done?: string; refused?: string | null }
  devices: Device[]
  log: LogLine[]
  /** What providers are called, those that are switched off too. */
  providerNames: Record<string, string>
  actions: Record<
    | 'updateName'
    | 'updateTimeZone'
    | 'updateBackground'
    | 'changeEmail'
    | 'askForVerification'
    | 'changePassword'
    | 'signOutDevice'
    | 'signOutEverywhere'
    | 'signOut'
    | 'changeWay'
    | 'deleteAccount',
    FormAction
  >
}

const parts: [id: string, title: string][] = [
  ['profile', 'Profile'],
  ['email', 'E-mail'],
  ['password', 'Password'],
  ['ways', 'Other ways in'],
  ['devices', 'Devices'],
  ['log', 'Sign-in log'],
  ['export', 'Take your data'],
  ['delete', 'Delete the account'],
]

/** A part of the page, under its hairline; the first has the ink rule. */
function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  const rule = id === parts[0]?.[0] ? 'border-ink' : 'border-rule'
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={`${rule} border-t pt-5 pb-12`}>
      <h2 id={`${id}-title`} className="title-22">
        {title}
      </h2>
      {children}
    </section>
  )
}

/** What a learner can change about their account. */
export function SettingsPage(props: SettingsProps) {
  const { user, name, email, timeZone, timeZones, devices, actions } = props
  const hasPassword = props.passwordSince !== null
  const shown = parts.filter(([id]) => id !== 'ways' || props.ways.length > 0)
  const others = devices.filter(({ here }) => !here)
  return (
    <main id="main" className="wrap flex-1 pt-12">
      <h1 className="title-36">Settings</h1>
      <div className="mt-8 grid items-start gap-x-[clamp(2rem,6vw,6rem)] gap-y-8 min-[54rem]:grid-cols-[13rem_minmax(0,44rem)]">
        <nav
          aria-label="Settings"
          className="flex flex-wrap gap-x-5 min-[54rem]:sticky min-[54rem]:top-20 min-[54rem]:grid"
        >
          {shown.map(([id, title]) => (
            <a
              key={id}
              href={`#${id}`}
              className="py-1.5 text-ink-2 no-underline hover:text-ink min-[54rem]:border-rule min-[54rem]:border-l min-[54rem]:pl-3 min-[54rem]:hover:border-ink-3 pointer-coarse:py-3"
            >
              {title}
            </a>
          ))}
        </nav>
        <div className="min-w-0">
          <Part id="profile" title="Profile">
            <div className="mt-5 grid gap-x-6 gap-y-8 sm:grid-cols-2">
              <NameForm action={actions.updateName} name={name} />
              <BackgroundForm action={actions.updateBackground} background={props.background} />
              <TimeZoneForm action={actions.updateTimeZone} timeZone={timeZone} timeZones={timeZones} />
            </div>
          </Part>
          <Part id="email" title="E-mail">
            <p className="taught mt-2 break-words">
              You sign in with <b>{email}</b>.
            </p>
            {props.emailVerified ? (
              <p className="mt-2 mb-6 flex items-center gap-1.5 text-13">
                <CircleCheck size={16} strokeWidth={2} aria-hidden className="text-pass" />
                Verified
              </p>
            ) : (
              <>
                <p className="mt-2 flex items-start gap-1.5 text-13">
                  <CircleAlert size={16} strokeWidth={2} aria-hidden className="mt-0.5 shrink-0 text-brass" />
                  Not verified yet. You can learn without; a lost password asks for it.
                </p>
                <VerificationForm action={actions.askForVerification} />
              </>
            )}
            <EmailForm action={actions.changeEmail} hasPassword={hasPassword} />
          </Part>
          <Part id="password" title="Password">
            <p className="taught mt-2 mb-5">
              {hasPassword
                ? `Last set on ${props.passwordSince}. Changing it signs out every other device.`
                : 'You have none yet. With one, you also get in without the other ways.'}
            </p>
            <PasswordForm action={actions.changePassword} email={email} hasPassword={hasPassword} />
          </Part>
          {props.ways.length > 0 && (
            <Part id="ways" title="Other ways in">
              <p className="taught mt-2 mb-5 max-w-(--measure)">
                Accounts elsewhere that sign you in here. Nothing is sent to them but that you come from here.
              </p>
              {props.wayChanged.refused && (
                <div className="mb-5 max-w-104">
                  <Alert>{props.wayChanged.refused}</Alert>
                </div>
              )}
              <Done>{props.wayChanged.done}</Done>
              <WaysForm action={actions.changeWay} ways={props.ways} hasPassword={hasPassword} />
            </Part>
          )}
          <Part id="devices" title="Devices">
            <p className="taught mt-2 max-w-(--measure)">
              Where you are signed in now. Work that a device has not sent yet stays on it when you sign it
              out.
            </p>
            <ul className="mt-4 border-rule border-b">
              {devices.map((device) => {
                const Icon = iconOf(device.name)
                return (
                  <li
                    key={device.id}
                    className="grid min-h-15 grid-cols-[20px_minmax(0,1fr)_auto] items-center gap-x-3 border-rule border-t py-2.5 sm:grid-cols-[20px_minmax(0,1fr)_11rem_6rem]"
                  >
                    <Icon size={18} strokeWidth={1.75} aria-hidden className="text-ink-3" />
                    <div>
                      <p className="font-medium">{device.name}</p>
                      <p className="meta">{device.here ? 'This device' : `Signed in ${device.since}`}</p>
                    </div>
                    <p className="meta tabular-nums max-sm:col-[2] max-sm:row-[2]">
                      {device.here ? (
                        <span className="font-[550] text-oxide">In use</span>
                      ) : (
                        `Last used ${device.lastUsed}`
                      )}
                    </p>
                    <div className="justify-self-end max-sm:col-[3] max-sm:row-[1/3]">
                      {device.here ? (
                        <SignOutForm action={actions.signOut} user={user} />
                      ) : (
                        <DeviceForm action={actions.signOutDevice} device={device.id} name={device.name} />
                      )}
                    </div>
                  </li>
                )
              })}
            </ul>
            <EverywhereForm action={actions.signOutEverywhere} others={others.length} user={user} />
          </Part>
          <Part id="log" title="Sign-in log">
            <p className="taught mt-2 max-w-(--measure)">
              The last fifty events of your account, at most a year old. If you do not recognise one, change
              your password.
            </p>
            <SignInLog lines={props.log} names={props.providerNames} />
          </Part>
          <Part id="export" title="Take your data">
            <p className="taught mt-2 max-w-(--measure)">
              Everything about you as one JSON file: profile, attempts with their verdicts, drafts, progress,
              devices, this log. Another installation can take it in.
            </p>
            <p className="mt-4">
              <a href="/api/export" download className={buttonClass()}>
                Download
              </a>
            </p>
          </Part>
          <Part id="delete" title="Delete the account">
            <p className="taught mt-2 mb-5 max-w-(--measure)">
              Deletes your profile, attempts, drafts and progress at once, for good. Back-ups of this site
              hold them until they are replaced. You may want to <a href="#export">take your data</a> first.
            </p>
            <DeleteForm action={actions.deleteAccount} user={user} email={email} hasPassword={hasPassword} />
          </Part>
        </div>
      </div>
    </main>
  )
}

function iconOf(name: string) {
  if (/iPhone|Android|iPad/.test(name)) return Smartphone
  if (/Windows/.test(name)) return Monitor
  return Laptop
}
