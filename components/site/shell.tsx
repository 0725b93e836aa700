import type { ReactNode } from 'react'
import type { Account } from './account'
import { Bar, type Place } from './bar'
import { Footer } from './footer'
import { SiteWatch } from './site-watch'

/** The frame around every page. Its child holds the one `<main id="main">`. */
export function Shell({
  account,
  current,
  host,
  signUpOpen,
  flush,
  children,
}: {
  account: Account | null
  current?: Place
  /** The name this copy is reached by. */
  host: string
  signUpOpen: boolean
  /** The footer follows at once, without air above it. */
  flush?: boolean
  children: ReactNode
}) {
  return (
    <>
      <a
        href="#main"
        className="absolute -top-16 left-2 z-50 rounded-control bg-ink px-3 py-2 text-on-ink focus:top-2"
      >
        Skip to the page
      </a>
      <Bar account={account} current={current} signUpOpen={signUpOpen} />
      {children}
      <Footer host={host} flush={flush} />
      {account && <SiteWatch user={account.id} />}
    </>
  )
}
