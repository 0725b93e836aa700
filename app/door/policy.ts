/** What every answer of the house tells the browser to allow. */

export type Policy = {
  publicUrl: string
  isHttps: boolean
  isDev: boolean
  runnerVersion: string | null
  /** Where signing in elsewhere leads. */
  providerOrigins: string[]
}

/** The Content-Security-Policy of an answer whose scripts and styles carry `nonce`. */
export function contentSecurityPolicy(
  nonce: string,
  { publicUrl, isDev, runnerVersion, providerOrigins }: Policy,
): string {
  // Next's development server evaluates modules, writes styles without a nonce and listens on a socket.
  const script = isDev
    ? `'nonce-${nonce}' 'strict-dynamic' 'unsafe-eval'`
    : `'nonce-${nonce}' 'strict-dynamic'`
  const style = isDev ? `'self' 'unsafe-inline'` : `'self' 'nonce-${nonce}'`
  const connect = isDev ? `'self' ${publicUrl.replace(/^http/, 'ws')}` : `'self'`
  return [
    `default-src 'none'`,
    `script-src ${script}`,
    `style-src ${style}`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src ${connect}`,
    `frame-src ${runnerVersion ? `${publicUrl}/runner/${runnerVersion}/frame.html` : `'none'`}`,
    `worker-src 'none'`,
    `manifest-src 'self'`,
    ['form-action', `'self'`, ...providerOrigins].join(' '),
    `base-uri 'none'`,
    `object-src 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

/**
 * The headers of every answer that is not the runner's. `Referrer-Policy` is not `no-referrer`: with that, browsers send
 * `Origin: null` with forms, and no write would be accepted.
 */
export function securityHeaders({ isHttps }: Pick<Policy, 'isHttps'>): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Permissions-Policy':
      'accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()',
    ...(isHttps ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}
