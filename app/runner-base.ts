import { readManifest } from '@/runner/headers'

let base: string | undefined

/** Where the browser finds the runtime: `/runner/<version>/`. Read once: a new build is a new process. */
export function getRunnerBase(): string {
  base ??= `/runner/${readManifest().version}/`
  return base
}
