import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures'
import { makeLearner, makeSessionCookie } from './house'
import { LOOKS, OVERFLOW_WIDTHS, PART_LOOKS, type State } from './states'

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** `rules`: only these; without, all of `STANDARDS`. */
async function findings(page: Page, part: string | undefined, rules?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  if (rules) axe.withRules(rules)
  else axe.withTags(STANDARDS)
  const { violations } = await (part ? axe.include(part) : axe).analyze()
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
  )
}

/** Declares the test of one state: axe finds nothing in it, and nothing scrolls sideways. */
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
    for (const [width, colorScheme] of part ? PART_LOOKS : LOOKS) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      // A theme changes colours and nothing else; of a part each width is looked at once.
      const rules = colorScheme === 'dark' && !part ? ['color-contrast'] : undefined
      expect(await findings(page, part, rules), `${width} px, ${colorScheme}`).toEqual([])
    }
    for (const width of OVERFLOW_WIDTHS) {
      await page.setViewportSize({ width, height: 900 })
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth),
        `${width} px`,
      ).toBeLessThanOrEqual(width)
    }
  })
}
