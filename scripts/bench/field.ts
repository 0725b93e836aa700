import type { Browser, Locator, Page } from '@playwright/test'
import type { Figure, Step } from './figures'
import { CODE_LESSON, COURSE, type House } from './house'
import { openBrowser } from './javascript'

/** What the people who measure the web in the field call good. */
const LIMITS = { lcp: 2500, inp: 200, cls: 0.1 }
const SLOWER = 4

type Seen = { lcp: number; inp: number; cls: number; interactions: number }

const PAGES: { path: string; isSignedIn: boolean; use: (page: Page) => Promise<void> }[] = [
  {
    path: '/',
    isSignedIn: false,
    use: async (page) => {
      await runPython(page)
      await useFinder(page)
    },
  },
  { path: COURSE, isSignedIn: true, use: useFinder },
  {
    path: CODE_LESSON,
    isSignedIn: true,
    use: async (page) => {
      await answerChoice(page)
      await runPython(page)
      await useFinder(page)
    },
  },
]

/** What a browser reports of a page that somebody reads to its end and uses, with an empty cache each time. */
export async function measureField(house: House, rounds: number): Promise<Step> {
  const browser = await openBrowser()
  try {
    const figures: Figure[] = []
    for (const slowdown of [1, SLOWER]) {
      for (const { path, isSignedIn, use } of PAGES) {
        const seen: Seen[] = []
        for (let round = 0; round < rounds; round++)
          seen.push(await visit(browser, house, { path, isSignedIn, use, slowdown }))
        figures.push(
          ...figuresOf(slowdown === 1 ? path : `${path}, processor ${slowdown} times slower`, seen, slowdown),
        )
      }
    }
    return {
      figures,
      remarks: [
        'INP is the slowest of all interactions of a visit: a question answered, a program run and a line typed into it, the finder opened and searched. Times are as the browser reports them, to 8 ms.',
      ],
    }
  } finally {
    await browser.close()
  }
}

function figuresOf(page: string, seen: Seen[], slowdown: number): Figure[] {
  const limited = (value: number) => (slowdown === 1 ? { limit: { kind: 'at most' as const, value } } : {})
  const of = (part: keyof Seen) => seen.map((one) => one[part])
  return [
    { step: 'field', name: `${page}: LCP`, samples: of('lcp'), unit: 'ms', ...limited(LIMITS.lcp) },
    { step: 'field', name: `${page}: INP`, samples: of('inp'), unit: 'ms', ...limited(LIMITS.inp) },
    { step: 'field', name: `${page}: CLS`, samples: of('cls'), ...limited(LIMITS.cls) },
  ]
}

async function visit(
  browser: Browser,
  house: House,
  {
    path,
    isSignedIn,
    use,
    slowdown,
  }: { path: string; isSignedIn: boolean; use: (page: Page) => Promise<void>; slowdown: number },
): Promise<Seen> {
  const context = await browser.newContext()
  if (isSignedIn) await context.addCookies([{ ...house.cookie, url: house.origin }])
  const page = await context.newPage()
  page.setDefaultTimeout(120_000)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const answer = await page.goto(house.origin + path)
  if (answer?.status() !== 200 || new URL(page.url()).pathname !== path)
    throw new Error(`${path} answered ${answer?.status()} at ${page.url()}`)
  await page.evaluate(observe)
  await page.waitForLoadState('networkidle')
  await readToTheEnd(page)
  await use(page)
  // What the last interaction painted is reported after it.
  await page.waitForTimeout(500)
  const seen = await page.evaluate(report)
  await context.close()
  if (seen.lcp === 0 || seen.interactions === 0) throw new Error(`${path}: the browser reported nothing`)
  return seen
}

type Field = {
  lcp: number
  shifts: { at: number; value: number }[]
  /** The longest event of each interaction, by its number. */
  interactions: Record<number, number>
}

/** In the page. No function here has a name: the loader of TypeScript would mark it with a helper that is not there. */
function observe(): void {
  const field: Field = { lcp: 0, shifts: [], interactions: {} }
  Object.assign(globalThis, { slipwayField: field })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) field.lcp = entry.startTime
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number
      hadRecentInput: boolean
    })[])
      if (!entry.hadRecentInput) field.shifts.push({ at: entry.startTime, value: entry.value })
  }).observe({ type: 'layout-shift', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[])
      if (entry.interactionId > 0)
        field.interactions[entry.interactionId] = Math.max(
          field.interactions[entry.interactionId] ?? 0,
          entry.duration,
        )
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
}

/** In the page. CLS is the worst sum of shifts that follow each other within a second, in five seconds at most. */
function report(): Seen {
  const { lcp, shifts, interactions } = (globalThis as unknown as { slipwayField: Field }).slipwayField
  let [cls, sum, began, last] = [0, 0, 0, Number.NEGATIVE_INFINITY]
  for (const { at, value } of shifts) {
    const goesOn = at - last < 1000 && at - began < 5000
    began = goesOn ? began : at
    sum = goesOn ? sum + value : value
    last = at
    cls = Math.max(cls, sum)
  }
  const durations = Object.values(interactions)
  return { lcp, cls, inp: Math.max(0, ...durations), interactions: durations.length }
}

/** With the wheel, as a person does: what takes its place while it comes into view may shift the page. */
async function readToTheEnd(page: Page): Promise<void> {
  await page.mouse.move(600, 400)
  for (let turns = 0; turns < 200; turns++) {
    await page.mouse.wheel(0, 600)
    await page.waitForTimeout(60)
    if (await page.evaluate(() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2)) return
  }
  throw new Error('the page has no end')
}

async function useFinder(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Find a lesson or a command' }).first().click()
  const line = page.getByRole('combobox')
  await line.waitFor()
  await page.keyboard.type('halve the space', { delay: 80 })
  await page.getByRole('option').first().waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Escape')
  await line.waitFor({ state: 'detached' })
}

async function answerChoice(page: Page): Promise<void> {
  const block = page.locator('[data-block="data-structures/binary-search/which-row"]')
  await comeTo(block)
  await block.getByRole('radio').first().click()
  await block.locator('button[type=submit]').click()
  // For whoever cannot see the verdict at the answer; it takes no room.
  const verdict = block.locator('[role=status] p').filter({ hasNotText: 'Checking' })
  await verdict.first().waitFor({ state: 'attached' })
}

async function runPython(page: Page): Promise<void> {
  const block = page.locator('[data-block$="/lower-bound"]')
  await comeTo(block)
  const editor = block.locator('.cm-content')
  await editor.waitFor()
  await editor.click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('\n# a note', { delay: 80 })
  await block.getByRole('button', { name: 'Run', exact: true }).click()
  await block.getByText(/of \d+ checks hold|All \d+ checks hold/).waitFor()
}

/** Brings a block into view and waits until it is alive. */
async function comeTo(block: Locator): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    await block.scrollIntoViewIfNeeded().catch(() => undefined)
    if (await block.evaluate((node) => Object.keys(node).some((key) => key.startsWith('__reactProps'))))
      return
    await block.page().waitForTimeout(100)
  }
  throw new Error('a block did not come alive within a minute')
}
