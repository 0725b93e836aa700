import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { alive, expect, readyBlock, test } from './fixtures'
import { findDatabase, makeLearner, makeSessionCookie } from './house'
import { fillAnswer, submit, submitButton } from './panels'
import { requireBlock, rightAnswer } from './samples'

async function countAttempts(userId: string): Promise<number> {
  const sql = postgres((await findDatabase()).adminUrl, { max: 1, onnotice: () => undefined })
  try {
    const [row] = await sql<
      { count: number }[]
    >`select count(*)::int as count from attempts where user_id = ${userId}`
    return row?.count ?? 0
  } finally {
    await sql.end({ timeout: 5 })
  }
}

const LESSON = '/learn/cloud-deployment/cloud-building-blocks'
const BLOCK = 'cloud-deployment/cloud-building-blocks/in-series'
const DRAFT = `/api/drafts/${BLOCK}`

test('what is typed is on the device within half a second, on the server within two, and in another browser', async ({
  page,
  learner: _,
  secondDevice,
}) => {
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  const saved = page.waitForResponse(
    (answer) => answer.url().endsWith(DRAFT) && answer.request().method() === 'PUT',
  )
  const began = Date.now()
  await panel.getByRole('textbox').fill('99.8')
  await expect(panel.getByText('Saved on this device')).toBeVisible({ timeout: 500 })
  await saved
  expect(Date.now() - began).toBeLessThan(2000)
  await expect(panel.getByText('Saved to your account')).toBeVisible()

  const other = await secondDevice()
  await other.goto(LESSON)
  await expect((await readyBlock(other, BLOCK)).getByRole('textbox')).toHaveValue('99.8')
})

test('two devices on one draft: both are kept, the page shows the one of the server and gives the other back', async ({
  page,
  learner: _,
  secondDevice,
  expectFault,
}) => {
  expectFault(/409 \(Conflict\)/)
  const other = await secondDevice()
  await page.goto(LESSON)
  await other.goto(LESSON)
  const here = await readyBlock(page, BLOCK)
  const there = await readyBlock(other, BLOCK)
  await there.getByRole('textbox').fill('written there')
  await expect(there.getByText('Saved to your account')).toBeVisible()

  const refused = page.waitForResponse((answer) => answer.url().endsWith(DRAFT) && answer.status() === 409)
  await here.getByRole('textbox').fill('written here')
  expect(await (await refused).json()).toMatchObject({
    current: { revision: 1, state: { answer: { text: 'written there' } } },
    yours: { state: { answer: { text: 'written here' } } },
  })
  await expect(here.getByRole('textbox')).toHaveValue('written there')
  await here.getByRole('button', { name: 'Go on with what I wrote here' }).click()
  await expect(here.getByRole('textbox')).toHaveValue('written here')
  await expect(here.getByText('Saved to your account')).toBeVisible()
})

test('without the server the work stays on the device, and the attempt is sent once when it answers again', async ({
  page,
  context,
  learner,
  expectFault,
}) => {
  expectFault(/Failed to load resource/)
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await context.setOffline(true)
  await panel.getByRole('textbox').fill('99.8')
  await expect(panel.getByText(/Saved on this device/)).toBeVisible()
  await submitButton(panel).click()
  await expect(panel.getByText(/This attempt is kept on this device/)).toBeVisible()
  await context.setOffline(false)

  const sent: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/api/attempts')) sent.push((request.postDataJSON() as { id: string }).id)
  })
  await page.reload()
  const again = await readyBlock(page, BLOCK)
  await expect(again.getByText('Right', { exact: true }).first()).toBeVisible()
  await expect(again.getByRole('textbox')).toHaveValue('99.8')
  // Going online may send it just before the reload: the same id again is the same attempt.
  expect(new Set(sent).size).toBe(1)
  expect(await countAttempts(learner.id)).toBe(1)
})

test('a hundred attempts, each sent twice within 5 ms, give one row and one answer each', async ({
  baseURL,
  database: _,
}) => {
  const { block, compiled } = await requireBlock(BLOCK)
  const answers = compiled.samples.map(({ answer }) => answer)
  // The first request of a process takes longer to begin than any other.
  await fetch(`${baseURL}/livez`)
  // Thirty a minute are let through for one person, so it takes ten people.
  for (let person = 0; person < 10; person++) {
    const learner = await makeLearner(`Learner ${person}`)
    const cookie = await makeSessionCookie(learner, String(baseURL))
    const headers = {
      cookie: `${cookie.name}=${cookie.value}`,
      origin: String(baseURL),
      'content-type': 'application/json',
    }
    const post = async (data: Record<string, unknown>) => {
      const began = performance.now()
      const said = await fetch(`${baseURL}/api/attempts`, {
        method: 'POST',
        headers,
        body: JSON.stringify(data),
      })
      return { began, status: said.status, text: await said.text() }
    }
    for (let i = 0; i < 10; i++) {
      const response = answers[i % answers.length]
      const data = { id: randomUUID(), block: block.id, version: block.version, response, hints: 0 }
      const [first, second] = await Promise.all([post(data), post(data)])
      expect(second.began - first.began).toBeLessThan(5)
      expect(first.status, first.text).toBe(200)
      expect(second).toMatchObject({ status: 200, text: first.text })
    }
    expect(await countAttempts(learner.id)).toBe(10)
  }
})

test('two presses of the button send one attempt', async ({ page, learner: _ }) => {
  await page.goto(LESSON)
  const authored = await requireBlock(BLOCK)
  const panel = await readyBlock(page, BLOCK)
  await fillAnswer(panel, authored.block, rightAnswer(authored))
  const sent: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/api/attempts')) sent.push(request.url())
  })
  await submitButton(panel).dblclick()
  await expect(panel.getByText('Right', { exact: true }).first()).toBeVisible()
  expect(sent).toHaveLength(1)
  await alive(panel)
  expect((await submit(page, panel)).verdict).toBe('passed')
})
