import { expect, readyBlock, test } from './fixtures'

const LESSON = '/learn/data-structures/binary-search'

test('a lesson offers to go on where it was left, on this device, and does not jump by itself', async ({
  page,
  learner,
  secondDevice,
}) => {
  await page.goto(LESSON)
  await readyBlock(page, 'data-structures/binary-search/a-million')
  await page.locator('#a-million').evaluate((place) => place.scrollIntoView())
  const key = `slipway-places:${learner.id}`
  const kept = () => page.evaluate((name) => localStorage.getItem(name), key)
  await expect.poll(kept).toContain('a-million')

  await page.goto(LESSON)
  const offer = page.getByRole('link', { name: /^Continue where you were: / })
  await expect(offer).toBeVisible()
  expect(await page.evaluate(() => scrollY)).toBe(0)
  const goOn = await offer.getAttribute('href')
  await offer.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`${goOn}$`))
  await expect(page.locator(goOn ?? '')).toBeInViewport()

  await page.reload()
  await readyBlock(page, 'data-structures/binary-search/a-million')
  await expect(offer).toHaveCount(0)

  const other = await secondDevice()
  await other.goto(LESSON)
  await readyBlock(other, 'data-structures/binary-search/which-row')
  await expect(other.getByRole('link', { name: /^Continue where you were/ })).toHaveCount(0)
})
