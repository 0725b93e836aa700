'use client'

import { ErrorPage } from '@/components/site/error-page'
import { faces } from './fonts'
import './globals.css'

/** Stands in for the whole document when the layout itself fails. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en-GB" className={faces}>
      <body>
        <title>The server could not make this page · Slipway</title>
        <ErrorPage digest={error.digest} retry={() => location.reload()} />
      </body>
    </html>
  )
}
