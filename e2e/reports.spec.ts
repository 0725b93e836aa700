import postgres from 'postgres'
import { alive, expect, readyBlock, test } from './fixtures'
import { findDatabase } from './house'
import { submit } from './panels'

const BLOCK = 'cloud-deployment/cloud-building-blocks/in-series'
const LESSON = `/learn/${BLOCK.slice(0, BLOCK.lastIndexOf('/'))}`

async function reportsOf(userId: string) {
  const sql = postgres((await findDatabase()).urlFor('app'), { max: 1 })
  try {
    return [
      ...(await sql`
        select r.block, r.kind, r.words, a.response from reports r
        join attempts a on a.user_id = r.user_id and a.id = r.attempt_id where r.user_id = ${userId}`),
    ]
  } finally {
    await sql.end()
  }
}

test('a refused answer is reported with the keyboard, arrives once, and carries the answer', async ({
  page,
  learner,
  expectFault,
}) => {
  expectFault(/Failed to load resource/)
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  const place = page.locator('.block-place', { has: panel })
  const refused = place.getByRole('button', { name: 'My right answer was refused' })
  await expect(refused).toHaveCount(0)
  await panel.getByRole('textbox').fill('12')
  await submit(page, panel)
  await refused.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'My right answer was refused' })
  await dialog.getByRole('textbox').fill('It is right because <b>twelve</b> is meant.')

  await page.context().setOffline(true)
  await dialog.getByRole('button', { name: 'Send' }).click()
  await expect(dialog.getByText(/The server does not answer. Nothing is sent yet/)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(refused).toBeFocused()
  await page.context().setOffline(false)
  await page.keyboard.press('Enter')
  await expect(dialog.getByRole('textbox')).toHaveValue('It is right because <b>twelve</b> is meant.')
  await dialog.getByRole('button', { name: 'Send' }).click()
  await expect(dialog.getByText(/Sent\. .* with your answer beside it/)).toBeVisible()

  const mine = await reportsOf(learner.id)
  expect(mine).toEqual([
    {
      block: BLOCK,
      kind: 'refused',
      words: 'It is right because <b>twelve</b> is meant.',
      response: { text: '12' },
    },
  ])
})

test('only a learner with an answer of their own can say that it was refused', async ({
  page,
  learner: _,
}) => {
  await page.goto(LESSON)
  const origin = new URL(page.url()).origin
  const report = {
    id: crypto.randomUUID(),
    block: BLOCK,
    version: 1,
    kind: 'refused',
    attempt: null,
    words: '',
  }
  const post = (data: object) => page.request.post('/api/reports', { data, headers: { origin } })
  expect((await post(report)).status()).toBe(400)
  expect((await post({ ...report, attempt: crypto.randomUUID() })).status()).toBe(404)
  expect((await post({ ...report, kind: 'problem', words: '   ' })).status()).toBe(400)
  expect((await post({ ...report, kind: 'problem', words: 'x'.repeat(2001) })).status()).toBe(400)
  expect((await post({ ...report, kind: 'problem', words: 'x', block: 'no/such/block' })).status()).toBe(404)
  let last = await post({ ...report, kind: 'problem', words: 'x' })
  for (let more = 0; more < 12 && last.status() === 200; more++)
    last = await post({ ...report, kind: 'problem', words: 'x' })
  expect(last.status()).toBe(429)
  expect(Number(last.headers()['retry-after'])).toBeGreaterThan(0)
})

test('a visitor is offered no report', async ({ page }) => {
  await page.goto('/')
  await alive(page.locator('[data-block]'))
  await expect(page.getByRole('button', { name: 'Report a problem' })).toHaveCount(0)
})
