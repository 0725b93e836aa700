import { Finder } from '@/components/finder/finder'
import { buttonClass } from '@/components/ui/button'
import type { Account } from './account'
import { AccountMenu } from './account-menu'
import { MarkLink } from './mark'
import { ThemeToggle } from './theme-toggle'

export type Place = 'dashboard' | 'courses' | 'settings'

/** The header of every page: the mark, where one can go, the appearance, and whose page this is. */
export function Bar({
  account,
  current,
  signUpOpen,
}: {
  account: Account | null
  current?: Place
  signUpOpen: boolean
}) {
  return (
    <header className="no-print sticky top-0 z-20 flex h-(--bar) items-center gap-1 border-rule border-b bg-canvas px-(--side) sm:gap-6">
      <MarkLink
        href={account ? '/dashboard' : '/'}
        label={account ? 'Slipway, your dashboard' : 'Slipway, start page'}
      />
      <nav aria-label="Slipway" className="flex sm:gap-1">
        {account && (
          // On the narrowest screens the mark leads there.
          <span className="max-[26rem]:hidden">
            <NavLink href="/dashboard" current={current === 'dashboard'}>
              Dashboard
            </NavLink>
          </span>
        )}
        <NavLink href="/courses" current={current === 'courses'}>
          Courses
        </NavLink>
        {!account && (
          <span className="max-[40rem]:hidden">
            <NavLink href="/#judging" current={false}>
              How judging works
            </NavLink>
          </span>
        )}
      </nav>
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        <Finder signedIn={account !== null} signUpOpen={signUpOpen} />
        <ThemeToggle />
        {account ? (
          <AccountMenu account={account} />
        ) : (
          <>
            <a href="/sign-in" className={buttonClass({ variant: 'quiet' })}>
              Sign in
            </a>
            {signUpOpen && (
              <a href="/sign-up" className={buttonClass({}, 'max-[35rem]:hidden')}>
                Create an account
              </a>
            )}
          </>
        )}
      </div>
    </header>
  )
}

function NavLink({ href, current, children }: { href: string; current: boolean; children: string }) {
  return (
    <a
      href={href}
      aria-current={current ? 'page' : undefined}
      className={`relative inline-flex items-center rounded-control px-2 py-2 no-underline whitespace-nowrap hover:bg-hover hover:text-ink pointer-coarse:min-h-11 sm:px-3 ${
        current
          ? 'font-medium text-ink after:absolute after:inset-x-2 after:-bottom-[10px] after:h-0.5 after:bg-oxide-paint forced-colors:after:bg-[Highlight] sm:after:inset-x-3 pointer-coarse:after:-bottom-[6px]'
          : 'text-ink-2'
      }`}
    >
      {children}
    </a>
  )
}
