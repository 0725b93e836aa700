import type { Locator, Page } from '@playwright/test'
import type { CodePublic } from '../exercises/code/shape'
import { expect, readyBlock, test } from './fixtures'
import { fillAnswer, submit, typeCode } from './panels'
import { requireBlock, wrongSample } from './samples'

const BLOCK = 'data-structures/binary-search/rate-on'
const LESSON = '/learn/data-structures/binary-search'
/** A page that froze would stand still as long as the program runs; what is shorter is the machine's. */
const FREEZE_MS = 1000

const run = (body: string) => `def rate_on(versions, day):\n    return None\n\n${body}\n`
const runButton = (panel: Locator) => panel.getByRole('button', { name: 'Run', exact: true })
const stopButton = (panel: Locator) => panel.getByRole('button', { name: 'Stop' })
const outputOf = (panel: Locator) => panel.getByLabel('Output')

/** Counts from now on how long the page's own thread stands still, in ms. */
async function watchGaps(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const gaps = { longest: 0, last: performance.now() }
    Object.assign(window, { gaps })
    const beat = () => {
      const now = performance.now()
      gaps.longest = Math.max(gaps.longest, now - gaps.last)
      gaps.last = now
      setTimeout(beat, 10)
    }
    beat()
  })
  return () =>
    page.evaluate(() => {
      const { gaps } = window as unknown as { gaps: { longest: number } }
      const { longest } = gaps
      gaps.longest = 0
      return longest
    })
}

/** The smallest of up to three figures, the first that is within the limit ends it: the machine may be busy. */
async function least(limit: number, measure: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3 && best > limit; i++) best = Math.min(best, await measure())
  return best
}

/** Waits for words frame by frame: an assertion of Playwright looks once a second, which is too seldom for a clock. */
async function seen(panel: Locator, words: string, timeout: number): Promise<void> {
  const isThere = await panel.evaluate(
    (node, { words, timeout }) =>
      new Promise<boolean>((done) => {
        const until = performance.now() + timeout
        const look = () => {
          if (node.textContent.includes(words)) done(true)
          else if (performance.now() > until) done(false)
          else requestAnimationFrame(look)
        }
        look()
      }),
    { words, timeout },
  )
  expect(isThere, words).toBe(true)
}

test('a lesson without programs fetches nothing of the runtime', async ({ page, learner: _ }) => {
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/runner/')) asked.push(request.url())
  })
  await page.goto('/learn/cloud-deployment/cloud-building-blocks', { waitUntil: 'networkidle' })
  await page.getByRole('heading', { name: 'Summary' }).scrollIntoViewIfNeeded()
  await page.waitForLoadState('networkidle')
  expect(asked).toEqual([])
})

test('a lesson fetches Python while nobody does anything, and starts it at the first sign of somebody', async ({
  page,
  learner: _,
}) => {
  const frame = page.locator('iframe[title="Python runner"]')
  const fetched: string[] = []
  page.on('requestfinished', (request) => fetched.push(new URL(request.url()).pathname))
  await page.goto(LESSON)
  await expect.poll(() => fetched.some((path) => path.startsWith('/runner/'))).toBe(true)
  await page.waitForLoadState('networkidle')
  await expect(frame).toHaveCount(0)
  await page.keyboard.press('Shift')
  await expect(frame).toHaveCount(1)
})

test('a visitor who does nothing fetches nothing of Python', async ({ page }) => {
  const fetched: string[] = []
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname))
  await page.setViewportSize({ width: 1440, height: 1600 })
  await page.goto('/')
  await expect(page.locator('fieldset:disabled:has([data-block])')).toHaveCount(0)
  await page.waitForLoadState('networkidle')
  expect(fetched.filter((path) => path.startsWith('/runner/'))).toEqual([])
  await page.mouse.wheel(0, 100)
  await expect.poll(() => fetched.some((path) => path.startsWith('/runner/'))).toBe(true)
})

test('Run and Submit judge the same cases', async ({ page, learner: _ }) => {
  await page.goto(LESSON)
  const authored = await requireBlock(BLOCK)
  const panel = await readyBlock(page, BLOCK)
  const checks = panel.locator('h4:has-text("Checks") + ul > li')
  await fillAnswer(panel, authored.block, wrongSample(authored).answer)
  await runButton(panel).click()
  await expect(panel.getByText('Run here, with the cases you can see.')).toBeVisible({ timeout: 30_000 })
  const ran = await checks.allTextContents()
  expect((await submit(page, panel)).verdict).toBe('failed')
  await expect(panel.getByText('Self-checked').first()).toBeVisible()
  expect(await checks.allTextContents()).toEqual(ran)
  const { cases, bans, key } = authored.block.props as CodePublic
  expect(ran).toHaveLength(cases.length + bans.length + key.meters.length)
})

test('output is shown while the program still runs', async ({ page, learner: _ }) => {
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await typeCode(panel, run('import time\nprint("first line")\ntime.sleep(3)\nprint("second line")'))
  await runButton(panel).click()
  await expect(outputOf(panel)).toContainText('first line', { timeout: 30_000 })
  await expect(stopButton(panel)).toBeVisible()
  expect(await outputOf(panel).textContent()).not.toContain('second line')
  await expect(outputOf(panel)).toContainText('second line')
})

test('every end of a program is told in plain words, keeps the draft and the page alive, and the next run works', async ({
  page,
  learner: _,
  expectFault,
}) => {
  // The interpreter's own last words, inside its frame.
  expectFault(/Aborted\(\)/)
  test.setTimeout(150_000)
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  const longestGap = await watchGaps(page)

  const ends: [string, string, RegExp][] = [
    [
      'too much memory',
      run('blob = []\nwhile True:\n    blob.append(bytearray(10_000_000))'),
      /It used more than 256 MB of memory/,
    ],
    ['a crash of the interpreter', run('import os\nos.abort()'), /Python itself stopped/],
    [
      'a flood of output',
      run('while True:\n    print("x" * 100)'),
      /Stopped after|never ends|Too much output/,
    ],
    ['a long output', run('for i in range(20_000):\n    print(i)'), /More was printed than/],
    ['a mistake in the text', run('if True\n    pass'), /SyntaxError/],
  ]
  for (const [what, source, words] of ends) {
    await test.step(what, async () => {
      await typeCode(panel, source)
      await longestGap()
      await runButton(panel).click()
      await expect(panel.getByText(words).first(), what).toBeVisible({ timeout: 30_000 })
      expect(await longestGap(), `${what}: the page never froze`).toBeLessThan(FREEZE_MS)
      await expect(panel.locator('.cm-content')).toContainText('def rate_on')

      await typeCode(panel, run(`print("back after ${what}")`))
      await runButton(panel).click()
      await expect(outputOf(panel)).toContainText(`back after ${what}`, { timeout: 30_000 })
    })
  }
  await page.reload()
  await expect((await readyBlock(page, BLOCK)).locator('.cm-content')).toContainText('back after a mistake')
})

test('an endless program ends within half a second of its limit while the page stays alive, and the next run is ready within two', async ({
  page,
  learner: _,
}) => {
  test.setTimeout(150_000)
  const { limits } = (await requireBlock(BLOCK)).block.props as CodePublic
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await typeCode(panel, run('print("warm")'))
  await runButton(panel).click()
  await expect(outputOf(panel)).toContainText('warm', { timeout: 30_000 })
  await expect(stopButton(panel)).toBeHidden()

  const longestGap = await watchGaps(page)
  const next: number[] = []
  const ended = await least(limits.ms + 500, async () => {
    // Sleeping executes no lines, so the limit that ends it is the one on time.
    await typeCode(panel, run('import time\nwhile True:\n    time.sleep(0.01)'))
    const began = Date.now()
    await runButton(panel).click()
    await seen(panel, `Stopped after ${limits.ms / 1000} s`, limits.ms + 5000)
    const took = Date.now() - began
    await typeCode(panel, run(`print("back again ${next.length}")`))
    const again = Date.now()
    await runButton(panel).click()
    await expect(outputOf(panel)).toContainText(`back again ${next.length}`)
    next.push(Date.now() - again)
    return took
  })
  expect(ended, 'from the button to the message').toBeLessThan(limits.ms + 500)
  expect(Math.min(...next), 'from the button to the output').toBeLessThan(2000)
  expect(await longestGap(), 'the page never froze').toBeLessThan(FREEZE_MS)
})

test('a program can be stopped', async ({ page, learner: _ }) => {
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await typeCode(panel, run('import time\ntime.sleep(60)'))
  await runButton(panel).click()
  await stopButton(panel).click({ timeout: 30_000 })
  await expect(panel.getByText('Stopped.', { exact: true })).toBeVisible()
  await expect(stopButton(panel)).toBeHidden()
})
