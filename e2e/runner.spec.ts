import { expect, readyBlock, test } from './fixtures'
import { typeCode } from './panels'

const BLOCK = 'data-structures/binary-search/rate-on'
const LESSON = '/learn/data-structures/binary-search'
const LIMIT_MS = 5000

const run = (body: string) => `def rate_on(versions, day):\n    return None\n\n${body}\n`

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

test('every end of a program is told in plain words, keeps the draft, and the next run works', async ({
  page,
  learner: _,
  expectFault,
}) => {
  // The interpreter's own last words, inside its frame.
  expectFault(/Aborted\(\)/)
  test.setTimeout(150_000)
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  const button = panel.getByRole('button', { name: 'Run', exact: true })
  await expect(button).toBeVisible()

  const ends: [string, string, RegExp][] = [
    ['output streams while the program runs', run('print("first line")'), /first line/],
    [
      'too much memory',
      run('blob = []\nwhile True:\n    blob.append(bytearray(10_000_000))'),
      /memory|256 MB/i,
    ],
    ['a crash of the interpreter', run('import os\nos.abort()'), /Python itself stopped|stopped/i],
    ['a flood of output', run('for i in range(20_000):\n    print(i)'), /More was printed than/],
    ['a mistake in the text', run('if True\n    pass'), /SyntaxError/],
  ]
  for (const [what, source, words] of ends) {
    await test.step(what, async () => {
      await typeCode(panel, source)
      await button.click()
      await expect(panel.getByText(words).first(), what).toBeVisible({ timeout: 30_000 })
      await expect(panel.locator('.cm-content')).toContainText('def rate_on')
    })
  }
})

test('an endless program ends at its limit while the page stays alive, and the next run is ready at once', async ({
  page,
  learner: _,
}) => {
  test.setTimeout(120_000)
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  const button = panel.getByRole('button', { name: 'Run', exact: true })
  await typeCode(panel, run('print("warm")'))
  await button.click()
  await expect(panel.getByText('warm', { exact: false }).last()).toBeVisible({ timeout: 30_000 })
  await expect(button).toBeEnabled()

  // Sleeping executes no lines, so the limit that ends it is the one on time.
  await typeCode(panel, run('import time\nwhile True:\n    time.sleep(0.01)'))
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
  await button.click()
  await expect(panel.getByRole('button', { name: 'Stop' })).toBeVisible()
  const began = Date.now()
  await expect(panel.getByText(/Stopped after|never ends/i).first()).toBeVisible({ timeout: LIMIT_MS + 3000 })
  expect(Date.now() - began, 'ended near its limit').toBeLessThan(LIMIT_MS + 1500)
  const longest = await page.evaluate(() => (window as unknown as { gaps: { longest: number } }).gaps.longest)
  // A page that froze would have stood still for the five seconds of the program; the machine itself may be busy.
  expect(longest, 'the page never froze').toBeLessThan(2000)

  await typeCode(panel, run('print("back again")'))
  const next = Date.now()
  await button.click()
  await expect(panel.getByText('back again').last()).toBeVisible()
  expect(Date.now() - next).toBeLessThan(3000)
})

test('a program can be stopped', async ({ page, learner: _ }) => {
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await typeCode(panel, run('import time\ntime.sleep(60)'))
  await panel.getByRole('button', { name: 'Run', exact: true }).click()
  await panel.getByRole('button', { name: 'Stop' }).click({ timeout: 30_000 })
  await expect(panel.getByRole('button', { name: 'Run', exact: true })).toBeVisible()
})
