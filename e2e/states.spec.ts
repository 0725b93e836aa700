import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { kinds } from '../exercises/registry'
import { listBuiltRoutes } from './authz-matrix'
import { expect, test } from './fixtures'
import { makeLearner, makeSessionCookie } from './house'
import { judgedKinds } from './panels'
import { PLACES } from './places'
import { blockStates, LOOKS, OVERFLOW_WIDTHS, PAGE_STATES, PART_LOOKS } from './states'

const states = [...PAGE_STATES, ...blockStates(PLACES, judgedKinds)]

test('every page of the build and every kind has a state that is looked at', () => {
  const pages = listBuiltRoutes().routes.filter(
    (route) => !/^\/(api|readyz)(\/|$)/.test(route) && !/\.\w+$/.test(route),
  )
  expect(
    pages.filter((route) => !states.some((state) => state.route === route) && !route.startsWith('/_global')),
  ).toEqual([])
  const names = Object.keys(kinds)
  expect(names.filter((name) => !states.some(({ state }) => state.startsWith(`${name}, `)))).toEqual([])
})

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

for (const { route, state, who, open, close, part, fault } of states) {
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
