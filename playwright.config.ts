import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'

const port = Number(process.env.E2E_PORT ?? 3217)
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const executablePath = process.env.CHROMIUM_PATH ?? system

/** Timed to the millisecond: these need a machine to themselves, and run with `npm run e2e:timed` only. */
const TIMED = /S-5[89]|S-60/
/** How long something takes is judged here, or a lesson is damaged that others read: one at a time. */
const ALONE = ['drafts', 'runner', 'before-scripts', 'security/programs', 'damage'].map(
  (name) => `**/${name}.spec.ts`,
)
const COMPARED = '**/progress.spec.ts'

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    baseURL: `http://localhost:${port}`,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    // A trace of every step takes a sixth of the time: ask for one with `--trace on`.
    trace: 'off',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'together', testIgnore: [...ALONE, COMPARED] },
    { name: 'alone', workers: 1, testMatch: ALONE, grepInvert: TIMED, dependencies: ['together'] },
    // What is derived is compared last, when the others have worked.
    { name: 'progress', workers: 1, testMatch: COMPARED, dependencies: ['alone'] },
    { name: 'timed', workers: 1, testMatch: ALONE, grep: TIMED },
  ],
  // The production build with a database of its own, made new for each run.
  webServer: {
    command: 'node e2e/serve.mjs',
    url: `http://localhost:${port}/readyz`,
    env: {
      PORT: String(port),
      DATA_DIR: '.cache/e2e',
      // A provider that nobody is at, until a test starts one there.
      OIDC_ISSUER: `http://localhost:${port + 1}`,
      OIDC_ID: 'slipway',
      OIDC_SECRET: 'a secret between two servers on this machine',
      OIDC_NAME: 'Harbour Mutual',
    },
    timeout: 300_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 20_000 },
    stdout: 'pipe',
    stderr: 'pipe',
  },
})
