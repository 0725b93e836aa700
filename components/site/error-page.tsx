'use client'

import { Button, buttonClass } from '@/components/ui/button'
import { ErrorNote } from '@/components/ui/error-note'
import { MarkLink } from './mark'

/** A page that could not be made. What the learner wrote is on the device and in the account whatever happens here. */
export function ErrorPage({
  digest,
  updated = false,
  retry,
}: {
  digest: string | undefined
  /** What was sent came from a page of an earlier build, which the server no longer knows. */
  updated?: boolean
  retry: () => void
}) {
  if (updated) {
    return (
      <main id="main" className="wrap flex-1 py-[clamp(2.5rem,6vw,5.5rem)]">
        <ErrorNote
          as="h1"
          title="This site was updated while the page was open."
          safe="Your work is safe: what you wrote in exercises is kept on this device and in your account."
          action={
            <Button variant="primary" onClick={retry}>
              Reload the page
            </Button>
          }
        >
          The form that you sent belongs to the page as it was, and nothing was changed. Reload, and send it
          again.
        </ErrorNote>
      </main>
    )
  }
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
