/** One line of the log: what happened, on which device, when. */
export type LogLine = { id: string; what: string; device: string | null; at: string }

const WORDS: Record<string, string> = {
  created: 'The account was made',
  'sign-in-failed': 'A wrong password',
  'sign-out': 'Signed out',
  'device-signed-out': 'Another device was signed out',
  'all-signed-out': 'All other devices were signed out',
  'name-changed': 'The name was changed',
  'password-changed': 'The password was changed',
  'password-reset': 'A new password was set by a link',
  'password-removed': 'The password was taken away: the address was proved by another way in',
  'reset-asked': 'A link for a new password was asked for',
  'reset-link-given': 'Whoever runs this site made a link for a new password',
  'email-verified': 'The address was verified',
  'email-change-asked': 'Another address was asked for',
  'email-changed': 'The address was changed',
  exported: 'The data was taken along',
  imported: 'The account was brought in from another installation',
  suspended: 'Whoever runs this site suspended the account',
  unsuspended: 'Whoever runs this site let the account in again',
}

function inWords(what: string, names: Record<string, string>): string {
  const [kind = '', way = ''] = what.split(':')
  const name = names[way] ?? way
  if (kind === 'sign-in') {
    if (way === 'password') return 'Signed in with the password'
    return way === 'link' ? 'Signed in by a link' : `Signed in with ${name}`
  }
  if (kind === 'linked') return `${name} was linked`
  if (kind === 'unlinked') return `${name} was unlinked`
  return WORDS[what] ?? what
}

/** What happened to the account, newest first. `names`: what the ways in are called. */
export function SignInLog({ lines, names }: { lines: LogLine[]; names: Record<string, string> }) {
  if (lines.length === 0)
    return <p className="meta mt-4">Nothing yet. From the next sign-in on, it stands here.</p>
  return (
    <ul className="mt-4 border-rule border-b">
      {lines.map(({ id, what, device, at }) => (
        <li
          key={id}
          className="grid gap-x-4 border-rule border-t py-2 sm:grid-cols-[minmax(0,1fr)_minmax(0,11rem)_10rem]"
        >
          <p>{inWords(what, names)}</p>
          <p className="meta">{device ?? 'By hand, on the server'}</p>
          <p className="meta tabular-nums">{at}</p>
        </li>
      ))}
    </ul>
  )
}
