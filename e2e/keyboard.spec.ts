import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import type { ClassifyPublic } from '../exercises/classify/spec'
import { alive, expect, test } from './fixtures'
import { listBlocks, rightAnswer } from './samples'

const LESSON = 'cloud-deployment/cloud-building-blocks'

test('this file uses no pointer', () => {
  const source = readFileSync('e2e/keyboard.spec.ts', 'utf8')
  const words = ['cl' + 'ick', 'ho' + 'ver', 'ta' + 'p', 'mou' + 'se']
  expect(words.filter((word) => source.toLowerCase().includes(word))).toEqual([])
})

/** Presses Tab until the focus is where `done` says; a person would see it move. */
async function tabTo(page: Page, done: () => Promise<boolean>, most = 250): Promise<void> {
  for (let i = 0; i < most; i++) {
    if (await done()) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`not reached in ${most} presses of Tab`)
}

const focused = (page: Page, selector: string) => () =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)

test('a lesson is completed with the keyboard alone', async ({ page, learner: _ }) => {
  test.setTimeout(120_000)
  await page.goto(`/learn/${LESSON}`)
  const graded = (await listBlocks(LESSON)).filter(({ block }) => block.graded)
  expect(graded.map(({ block }) => block.kind)).toEqual(['numeric', 'numeric', 'classify'])

  for (const authored of graded) {
    const { id, kind } = authored.block
    const place = `[data-block="${id}"]`
    await alive(page.locator(place))
    const answer = rightAnswer(authored)
    if (kind === 'numeric') {
      await tabTo(page, focused(page, `${place} input`))
      await page.keyboard.type((answer as { text: string }).text)
    } else {
      const { classes } = authored.block.props as ClassifyPublic
      const rows = (answer as { rows: Record<string, string> }).rows
      const groups = await page
        .locator(`${place} input[type=radio]`)
        .evaluateAll((all) => [...new Set(all.map((input) => (input as HTMLInputElement).name))])
      expect(groups).toHaveLength(Object.keys(rows).length)
      for (const group of groups) {
        const item = Object.keys(rows).find((key) => group.endsWith(`-${key}`)) ?? ''
        await tabTo(page, focused(page, `input[name="${group}"]`))
        await page.keyboard.press('Space')
        const wanted = `input[name="${group}"][value="${rows[item]}"]`
        for (let i = 0; i < classes.length && !(await page.locator(wanted).isChecked()); i++) {
          await page.keyboard.press('ArrowDown')
        }
        await expect(page.locator(wanted)).toBeChecked()
      }
    }
    await page.keyboard.press('ControlOrMeta+Enter')
    await expect(page.locator(place).getByText('Right', { exact: true }).first()).toBeVisible()
    // The focus stays where the answer was given.
    expect(await page.evaluate((wanted) => !!document.activeElement?.closest(wanted), place)).toBe(true)
  }
  await expect(page.getByRole('heading', { name: 'This lesson is complete' })).toBeVisible()
})

test('the editor lets go of Tab after Esc, and says so beside it', async ({ page, learner: _ }) => {
  await page.goto('/learn/data-structures/binary-search')
  const place = '[data-block="data-structures/binary-search/lower-bound"]'
  await page.locator(`${place} .cm-content`).focus()
  await expect(page.locator(place)).toContainText(/Esc.*then.*Tab.*leaves/s)
  await page.keyboard.press('Tab')
  await expect(page.locator(`${place} .cm-content`)).toBeFocused()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(page.locator(`${place} .cm-content`)).not.toBeFocused()
})
