'use client'

import { unstable_isUnrecognizedActionError as isUnknownAction } from 'next/navigation'
import { ErrorPage } from '@/components/site/error-page'

export default function PageError({ error }: { error: Error & { digest?: string } }) {
  // A fresh request: what failed on the server is asked for again, with everything around it.
  return <ErrorPage digest={error.digest} updated={isUnknownAction(error)} retry={() => location.reload()} />
}
