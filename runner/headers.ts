import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from './manifest'

/**
 * What the last `npm run runner:build` made.
 * @throws when there is no build, with the command that makes one
 */
export function readManifest(root = process.cwd()): Manifest {
  try {
    return JSON.parse(readFileSync(join(root, '.runner', 'manifest.json'), 'utf8')) as Manifest
  } catch {
    throw new Error('The Python runner is not built. Run: npm run runner:build')
  }
}

/** Headers of every file under `/runner/<version>/`. No CORS header: nothing opaque ever fetches them. */
export function assetHeaders(): Record<string, string> {
  return {
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/** Headers of `/runner/<version>/frame.html`. The app's own nonce policy must not be added to them. */
export function frameHeaders(manifest: Manifest): Record<string, string> {
  const policy = [
    'sandbox allow-scripts',
    "default-src 'none'",
    `script-src '${manifest.frameScript}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ]
  return { ...assetHeaders(), 'Content-Security-Policy': policy.join('; '), 'Referrer-Policy': 'no-referrer' }
}

/** The directives of the app's pages that concern the runner, by name. `origin` is the scheme and host of `PUBLIC_URL`. */
export function pagePolicyParts(manifest: Manifest, origin: string): Record<string, string> {
  return {
    'frame-src': `${origin}/runner/${manifest.version}/frame.html`,
    'connect-src': "'self'",
    'worker-src': "'none'",
  }
}
