import type { MetadataRoute } from 'next'
import { env } from './env'

export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: '*',
      allow: '/',
      disallow: ['/api/', '/dashboard', '/learn/', '/settings', '/reset-password'],
    },
    host: env.PUBLIC_URL,
  }
}
