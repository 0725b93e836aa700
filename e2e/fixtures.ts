import { type BrowserContext, test as base, expect, type Locator, type Page } from '@playwright/test'
import { closeDatabase } from '../db/client'
import { type Learner, makeLearner, makeSessionCookie, openDatabase } from './house'

export { expect }

/**
 * What a browser complains of while a test runs: errors in its console, exceptions, violations of the policy, requests to
 * anybody else. A test that provokes one says so beforehand with `expectFault`.
 */
class Faults {
  private readonly seen: string[] = []
  private readonly expected: RegExp[] = []

  constructor(private readonly origin: string) {}

  async watch(context: BrowserContext): Promise<void> {
    await context.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
        console.error(`violation of ${violatedDirective}: ${blockedURI} in ${sourceFile}`),
      ),
    )
    context.on('console', (message) => {
      if (message.type() === 'error') this.seen.push(`console: ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (error) => this.seen.push(`exception: ${error.error().message}`))
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url())
      if (/^https?:$/.test(protocol) && origin !== this.origin)
        this.seen.push(`request to another site: ${request.url()}`)
    })
  }

  expect(pattern: RegExp): void {
    this.expected.push(pattern)
  }

  /** Gives what nobody expected. */
  unexpected(): string[] {
    return this.seen.filter((fault) => !this.expected.some((pattern) => pattern.test(fault)))
  }
}

type Fixtures = {
  faults: Faults
  /** Says that this test makes the browser complain in these words. */
  expectFault: (pattern: RegExp) => void
  /** A new account; the test's own context is signed in with it. */
  learner: Learner
  /** A browser that shares nothing with the first; nobody is signed in. */
  otherBrowser: () => Promise<Page>
  /** Another browser in which the same learner is signed in. */
  secondDevice: () => Promise<Page>
}

export const test = base.extend<Fixtures, { database: undefined }>({
  database: [
    async ({ playwright: _ }, use) => {
      await openDatabase()
      await use(undefined)
      await closeDatabase()
    },
    { scope: 'worker' },
  ],

  faults: async ({ baseURL }, use) => {
    const faults = new Faults(String(baseURL))
    await use(faults)
    expect(faults.unexpected(), 'the browser has nothing to complain of').toEqual([])
  },

  expectFault: async ({ faults }, use) => use((pattern) => faults.expect(pattern)),

  context: async ({ context, faults }, use) => {
    await faults.watch(context)
    await use(context)
  },

  learner: async ({ context, baseURL, database: _ }, use) => {
    const learner = await makeLearner()
    await context.addCookies([await makeSessionCookie(learner, String(baseURL))])
    await use(learner)
  },

  otherBrowser: async ({ browser, faults, baseURL, contextOptions }, use) => {
    const opened: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext({ ...contextOptions, baseURL })
      opened.push(context)
      await faults.watch(context)
      return context.newPage()
    })
    for (const context of opened) await context.close()
  },

  secondDevice: async ({ otherBrowser, learner, baseURL }, use) =>
    use(async () => {
      const page = await otherBrowser()
      await page.context().addCookies([await makeSessionCookie(learner, String(baseURL), 'Safari on iPhone')])
      return page
    }),
})

/** A block of the lesson that is open, once its script has taken it over. */
export async function readyBlock(page: Page, id: string): Promise<Locator> {
  const block = page.locator(`[data-block="${id}"]`)
  // A restored draft makes the panel anew: what was found a moment ago may be gone.
  await expect(() => block.scrollIntoViewIfNeeded({ timeout: 2000 })).toPass()
  await alive(block)
  return block
}

/** Waits until React has taken over the element; before that it is a picture of itself. */
export async function alive(element: Locator): Promise<void> {
  await expect
    .poll(() => element.evaluate((node) => Object.keys(node).some((key) => key.startsWith('__reactProps'))))
    .toBe(true)
}
