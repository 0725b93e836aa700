import type { Page } from '@playwright/test'
import { alive, expect, readyBlock, test } from './fixtures'

const LESSON = '/learn/data-structures/binary-search'
const results = (page: Page) => page.getByRole('option')

async function open(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await alive(page.getByRole('button', { name: 'Find a lesson or a command' }))
}

test('words of another lesson are found from the keyboard, and the way leads to their section', async ({
  page,
  learner: _,
}) => {
  await open(page, LESSON)
  await page.keyboard.press('ControlOrMeta+k')
  const line = page.getByRole('combobox', { name: 'Find a lesson or a command' })
  await expect(line).toBeFocused()
  await page.keyboard.type('doubling input')
  await expect(page.getByRole('status').filter({ hasText: 'Nothing is found' })).toBeVisible()
  await line.fill('count steps double')
  const found = results(page).filter({ hasText: 'Count steps, and double the input' }).first()
  await expect(found).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('ArrowDown')
  await expect(found).toHaveAttribute('aria-selected', 'false')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/cost-of-code#count-steps-and-double-the-input$/)
})

test('what is chosen on this page gets the focus, and Esc gives it back to where it was', async ({
  page,
  learner: _,
}) => {
  await open(page, LESSON)
  const link = page.getByRole('navigation', { name: 'Slipway' }).getByRole('link', { name: 'Courses' })
  await link.focus()
  await page.keyboard.press('/')
  await expect(page.getByRole('checkbox', { name: /Only in Data structures/ })).toBeChecked()
  await page.keyboard.press('Escape')
  await expect(link).toBeFocused()
  await page.keyboard.press('/')
  await page.getByRole('combobox').fill('first index')
  await expect(results(page).first()).toContainText('The first index not below')
  await page.keyboard.press('Enter')
  await expect(page.locator('[data-block="data-structures/binary-search/lower-bound"]')).toBeFocused()
  await expect(page).toHaveURL(/#lower-bound$/)
})

test('a visitor finds lessons and commands, and no word of what is written in a lesson', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname))
  await open(page, '/courses/data-structures')
  await page.getByRole('button', { name: 'Search this course' }).click()
  await page.getByRole('combobox').fill('halve')
  await expect(results(page)).toHaveCount(1)
  await page.getByRole('combobox').fill('tariff')
  await expect(page.getByText(/Nothing is found/)).toBeVisible()
  await expect(page.getByRole('dialog').getByRole('link', { name: 'signed in' })).toHaveAttribute(
    'href',
    '/sign-in?callbackUrl=%2Fcourses%2Fdata-structures',
  )
  expect(asked.filter((path) => path.startsWith('/api/'))).toEqual([])
})

test('what cannot be read is said, and read at the second try', async ({ page, learner: _, expectFault }) => {
  expectFault(/503/)
  await page.route('**/api/search/*', (route) => route.fulfill({ status: 503, json: { error: 'away' } }))
  await open(page, LESSON)
  await page.keyboard.press('/')
  await page.getByRole('combobox').fill('tariff')
  await expect(page.getByText('Some of it could not be read from the server.')).toBeVisible()
  await page.unroute('**/api/search/*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByRole('group', { name: 'In the text' })).toBeVisible()
})

test('keys do nothing while somebody writes, move between exercises, and can be turned off', async ({
  page,
  learner: _,
}) => {
  await open(page, LESSON)
  const dialog = page.getByRole('dialog')
  const editor = await readyBlock(page, 'data-structures/binary-search/lower-bound')
  await editor.locator('.cm-content').focus()
  await page.keyboard.type('?n/')
  await expect(dialog).toHaveCount(0)
  await expect(editor.locator('.cm-content')).toContainText('?n/')
  await page.keyboard.press('Escape')
  await editor.getByRole('button', { name: 'Run', exact: true }).focus()
  await page.keyboard.press('n')
  await expect(page.locator('[data-block]:focus')).not.toHaveAttribute('data-block', /lower-bound/)
  await page.keyboard.press('p')
  await expect(editor).toBeFocused()

  await page.keyboard.press('?')
  await expect(dialog.getByRole('heading', { name: 'Keys on this page' })).toBeVisible()
  await dialog.getByRole('checkbox').uncheck()
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.keyboard.press('n')
  await expect(dialog).toHaveCount(0)
  await expect(editor.locator(':focus')).toHaveCount(1)
  await page.keyboard.press('ControlOrMeta+k')
  await expect(dialog).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keys', exact: true }).click()
  await dialog.getByRole('checkbox').check()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.keyboard.press('g')
  await page.keyboard.press('d')
  await expect(page).toHaveURL(/\/dashboard$/)
})
