import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** A Chromium of this machine: what `CHROMIUM_PATH` names, or one in a usual place; null for none. */
export function findBrowser(): string | null {
  const named = process.env.CHROMIUM_PATH
  if (named) return existsSync(named) ? named : null
  return PLACES.find((place) => existsSync(place)) ?? null
}

/** Whether Playwright has downloaded its own. */
export function hasPlaywrightBrowser(): boolean {
  return existsSync(chromium.executablePath())
}

/**
 * Sees to it that there is a browser to test in, and says what it did. Gives the path of one of the machine, or null
 * where Playwright uses its own. Throws where none can be had.
 */
export async function ensureBrowser(): Promise<string | null> {
  const found = findBrowser()
  if (found) return found
  if (process.env.CHROMIUM_PATH)
    throw new Error(`CHROMIUM_PATH names ${process.env.CHROMIUM_PATH}, which is not there.`)
  if (hasPlaywrightBrowser()) return null

  const isRoot = process.getuid?.() === 0
  console.log('There is no Chromium on this machine. Downloading the one of Playwright (about 150 MB)')
  const deps = isRoot ? ['--with-deps'] : []
  if (succeeds(process.execPath, ['node_modules/@playwright/test/cli.js', 'install', ...deps, 'chromium'])) {
    console.log(`Installed Playwright's Chromium in ${chromium.executablePath()}`)
    return null
  }
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.log("That did not work. Installing Debian's chromium with apt-get")
    const packages = ['install', '-y', '--no-install-recommends', 'chromium']
    if (succeeds('apt-get', ['update']) && succeeds('apt-get', packages) && findBrowser()) {
      console.log(`Installed ${findBrowser()} with apt-get`)
      return findBrowser()
    }
  }
  throw new Error(
    'No browser could be installed. Install Chromium with the package manager of this machine, or name one: CHROMIUM_PATH=/path/to/chromium npm test',
  )
}

function succeeds(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0
}
