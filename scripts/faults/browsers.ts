import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { ensureBrowser } from '../browser'
import type { House, Person } from './house'

/** A person in front of a lesson with one line to write in. */

export const LESSON = '/learn/cloud-deployment/cloud-building-blocks'
export const BLOCK = 'cloud-deployment/cloud-building-blocks/in-series'

export type Place = Pick<House, 'url'>

/** The browser to experiment with; installs one where there is none. */
export async function findExecutable(): Promise<string> {
  return (await ensureBrowser()) ?? chromium.executablePath()
}

/** Signs somebody in, in all pages of a browser. */
export async function signIn(
  context: BrowserContext,
  house: Place,
  person: Pick<Person, 'cookie'> | undefined,
) {
  const [name = '', value = ''] = (person?.cookie ?? '').split('=')
  await context.addCookies([{ name, value, url: house.url, httpOnly: true, sameSite: 'Lax' }])
}

/** A new page with the lesson on it, once the block can be written in. */
export async function openLesson(context: BrowserContext, house: Place): Promise<Page> {
  return goToLesson(await context.newPage(), house)
}

export async function goToLesson(page: Page, house: Place): Promise<Page> {
  await page.goto(house.url + LESSON)
  // Asked anew each time: the panel takes the place of its picture while it is scrolled to.
  await page.waitForFunction((id) => {
    const node = document.querySelector(`[data-block="${id}"]`)
    node?.scrollIntoView()
    return node && Object.keys(node).some((key) => key.startsWith('__reactProps'))
  }, BLOCK)
  return page
}

export const field = (page: Page) => page.locator(`[data-block="${BLOCK}"]`).getByRole('textbox')
export const line = (page: Page, text: string | RegExp) =>
  page.locator(`[data-block="${BLOCK}"]`).getByText(text).first()

/** A browser with a profile that outlives it. */
export type Lasting = {
  context: BrowserContext
  /** Ends every process of it at once, as a crash or an empty battery does. */
  kill(): Promise<void>
  /** Ends it as a person does. */
  close(): Promise<void>
}

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium on the profile in `folder`, in a process group of its own. */
export async function startLasting(executable: string, folder: string): Promise<Lasting> {
  const said = join(folder, 'DevToolsActivePort')
  rmSync(said, { force: true })
  const args = [...ARGS, '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank']
  const child = spawn(executable, args, { stdio: 'ignore', detached: true })
  const ended = once(child, 'exit')
  const kill = async () => {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL')
    await ended
  }
  try {
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await readPort(said)}`)
    const [context] = browser.contexts()
    if (!context) throw new Error('the browser has no profile')
    const control = await browser.newBrowserCDPSession()
    const letGo = () => browser.close().catch(() => undefined)
    return {
      context,
      kill: async () => {
        await kill()
        await letGo()
      },
      close: async () => {
        await control.send('Browser.close').catch(() => undefined)
        await ended
        await letGo()
      },
    }
  } catch (error) {
    await kill()
    throw error
  }
}

async function readPort(file: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    try {
      const [port] = readFileSync(file, 'utf8').split('\n')
      if (port) return port
    } catch {
      // It has not written it yet.
    }
    await pause(50)
  }
  throw new Error('the browser did not start within 15 s')
}
