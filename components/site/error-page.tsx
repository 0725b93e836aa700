'use client'

import { Button, buttonClass } from '@/components/ui/button'
import { ErrorNote } from '@/components/ui/error-note'
import { MarkLink } from './mark'

/** A page that could not be made. What the learner wrote is on the device and in the account whatever happens here. */
export function ErrorPage({ digest, retry }: { digest: string | undefined; retry: () => void }) {
  return (
    <>
      {/* Less than the bar of other pages: who is signed in is one of the things that may have failed. */}
      <header className="flex h-(--bar) items-center border-rule border-b px-(--side)">
        <MarkLink href="/" label="Slipway, start page" />
      </header>
      <main id="main" className="wrap flex-1 py-[clamp(2.5rem,6vw,5.5rem)]">
        <ErrorNote
          as="h1"
          title="The server could not make this page."
          safe="Your work is safe: what you wrote is kept on this device and in your account."
          action={
            <>
              <Button variant="primary" onClick={retry}>
                Try again
              </Button>
              <a href="/" className={buttonClass({ variant: 'quiet' })}>
                Start page
              </a>
            </>
          }
          operator={digest && `The log has more under this number: ${digest}`}
        >
          It may be a moment’s trouble, for instance a database that is starting again. If it lasts, tell
          whoever runs this site.
        </ErrorNote>
      </main>
    </>
  )
}
