import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { makeLearner, makeSessionCookie } from './house'
import { LOOKS, OVERFLOW_WIDTHS, PART_LOOKS, type State } from './states'

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What axe finds in the page or in `part` of it; `rules`: only these, without them all of `STANDARDS`. Legacy mode leaves
 * out frames of another origin: ours is the runner's, which shows nothing.
 */
async function findings(page: Page, part: string | undefined, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode()
  if (rules) axe.withRules(rules)
  else axe.withTags(STANDARDS)
  const { violations } = await (part ? axe.include(part) : axe).analyze()
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
}

/** Looks at the page as it stands, or at `part` of it: axe finds nothing, and nothing scrolls sideways. */
export async function expectSound(page: Page, part?: string): Promise<void> {
  const before = page.viewportSize()
  for (const [width, colorScheme] of part ? PART_LOOKS : LOOKS) {
    await page.setViewportSize({ width, height: 900 })
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // A theme changes colours and nothing else; of a part each width is looked at once.
    const rules = colorScheme === 'dark' && !part ? ['color-contrast'] : undefined
    expect(await findings(page, part, rules), `${width} px, ${colorScheme}`).toEqual([])
  }
  for (const width of OVERFLOW_WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    // The lock on scrolling behind a dialog follows a new width a moment later.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: `${width} px` })
      .toBeLessThanOrEqual(width)
  }
  if (before) await page.setViewportSize(before)
}

/** Declares the test of one state. */
export function lookAt({ route, state, who, open, close, part, fault }: State): void {
  test(`axe finds nothing and nothing scrolls sideways: ${route}, ${state}`, async ({
    page,
    context,
    baseURL,
    database: _,
    expectFault,
  }) => {
    test.setTimeout(120_000)
    if (fault) expectFault(fault)
    if (who === 'learner')
      await context.addCookies([await makeSessionCookie(await makeLearner(), String(baseURL))])
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 1440, height: 900 })
    await open(page).finally(close)
    await expectSound(page, part)
  })
}
