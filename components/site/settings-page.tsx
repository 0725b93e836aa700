import { Laptop, Monitor, Smartphone } from 'lucide-react'
import type { FormAction } from './form'
import {
  DeviceForm,
  EverywhereForm,
  NameForm,
  PasswordForm,
  SignOutForm,
  TimeZoneForm,
} from './settings-forms'

export type Device = {
  id: string
  /** "Firefox on Linux" */
  name: string
  here: boolean
  since: string
  lastUsed: string
}

export type SettingsProps = {
  name: string
  email: string
  timeZone: string
  timeZones: string[]
  devices: Device[]
  actions: Record<
    'updateName' | 'updateTimeZone' | 'changePassword' | 'signOutDevice' | 'signOutEverywhere' | 'signOut',
    FormAction
  >
}

const parts: [id: string, title: string][] = [
  ['profile', 'Profile'],
  ['password', 'Password'],
  ['devices', 'Devices'],
]

/** What a learner can change about their account. */
export function SettingsPage({ name, email, timeZone, timeZones, devices, actions }: SettingsProps) {
  const others = devices.filter(({ here }) => !here)
  return (
    <main id="main" className="wrap flex-1 pt-12">
      <h1 className="title-36">Settings</h1>
      <div className="mt-8 grid items-start gap-x-[clamp(2rem,6vw,6rem)] gap-y-8 min-[54rem]:grid-cols-[13rem_minmax(0,44rem)]">
        <nav
          aria-label="Settings"
          className="flex flex-wrap gap-x-5 min-[54rem]:sticky min-[54rem]:top-20 min-[54rem]:grid"
        >
          {parts.map(([id, title]) => (
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
          <section id="profile" aria-labelledby="profile-title" className="border-ink border-t pt-5 pb-12">
            <h2 id="profile-title" className="title-22">
              Profile
            </h2>
            <p className="taught mt-2 break-words">
              You sign in with <b>{email}</b>.
            </p>
            <div className="mt-5 grid gap-x-6 gap-y-8 sm:grid-cols-2">
              <NameForm action={actions.updateName} name={name} />
              <TimeZoneForm action={actions.updateTimeZone} timeZone={timeZone} timeZones={timeZones} />
            </div>
          </section>
          <section id="password" aria-labelledby="password-title" className="border-rule border-t pt-5 pb-12">
            <h2 id="password-title" className="title-22">
              Password
            </h2>
            <p className="taught mt-2 mb-5">Changing it signs out every other device.</p>
            <PasswordForm action={actions.changePassword} email={email} />
          </section>
          <section id="devices" aria-labelledby="devices-title" className="border-rule border-t pt-5">
            <h2 id="devices-title" className="title-22">
              Devices
            </h2>
            <p className="taught mt-2 max-w-(--measure)">
              Where you are signed in now. What a device you sign out has not sent yet stays on it.
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
                        <SignOutForm action={actions.signOut} />
                      ) : (
                        <DeviceForm action={actions.signOutDevice} device={device.id} name={device.name} />
                      )}
                    </div>
                  </li>
                )
              })}
            </ul>
            <EverywhereForm action={actions.signOutEverywhere} others={others.length} />
          </section>
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
