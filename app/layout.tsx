import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Providers } from '@/components/site/providers'
import { themeScript } from '@/components/site/theme-script'
import { env } from './env'
import { faces } from './fonts'
import './globals.css'

const description =
  'Interactive lessons for people who can analyse data, or program a little, and want to get models and software into use. Every exercise is judged by the real tool of the trade.'

export const metadata: Metadata = {
  metadataBase: new URL(env.PUBLIC_URL),
  title: { default: 'Slipway: from the notebook into use', template: '%s · Slipway' },
  description,
  applicationName: 'Slipway',
  openGraph: { siteName: 'Slipway', type: 'website', locale: 'en_GB' },
  twitter: { card: 'summary_large_image' },
  formatDetection: { telephone: false, email: false, address: false },
}

export const viewport: Viewport = {
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f8f7f4' },
    { media: '(prefers-color-scheme: dark)', color: '#101927' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const asked = await headers()
  const nonce = nonceOf(asked.get('content-security-policy'))
  return (
    // The script below puts the chosen theme on this element before React looks at it.
    <html
      lang="en-GB"
      className={faces}
      data-build={asked.get('x-slipway-build') ?? undefined}
      suppressHydrationWarning
    >
      <head>
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  )
}

/** The front door puts a fresh nonce into the policy of each request; Next reads it from there too. */
function nonceOf(policy: string | null): string | undefined {
  return policy?.match(/'nonce-([^']+)'/)?.[1]
}
