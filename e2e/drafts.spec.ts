import { randomUUID } from 'node:crypto'
import type { Page } from '@playwright/test'
import postgres from 'postgres'
import { getDraft } from '../db/queries/drafts'
import { revokeAllSessions } from '../db/queries/sessions'
import { findExecutable } from '../scripts/faults/browsers'
import { randomFrom } from '../scripts/faults/experiment'
import { killAgainAndAgain } from '../scripts/faults/r-16-offline'
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

test('R-07: two devices on one draft: nothing is replaced, and both are seen and settled with two keys', async ({
  page,
  learner: _,
  secondDevice,
  expectFault,
}) => {
  expectFault(/409 \(Conflict\)|Failed to load resource/)
  const other = await secondDevice()
  await page.goto(LESSON)
  await other.goto(LESSON)
  const here = await readyBlock(page, BLOCK)
  const there = await readyBlock(other, BLOCK)
  await page.context().setOffline(true)
  await here.getByRole('textbox').fill('written here')
  await there.getByRole('textbox').fill('written there')
  await expect(there.getByText('Saved to your account')).toBeVisible()

  await page.context().setOffline(false)
  await expect(here.getByText(/You also wrote on .+ at \d\d:\d\d\. Both are kept\./)).toBeVisible()
  await expect(here.getByRole('textbox')).toHaveValue('written here')
  const compare = here.getByRole('button', { name: 'Compare the two' })
  await compare.press('Enter')
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('region', { name: 'On this page, now' })).toContainText('written here')
  await expect(dialog.getByRole('region', { name: /, \d\d:\d\d$/ })).toContainText('written there')
  await expect(dialog.getByRole('button', { name: 'Keep both' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(here.getByRole('textbox')).toHaveValue('written here')
  await expect(here.getByText('Saved to your account')).toBeVisible()

  // Beside it still, on another device and after a reload, until somebody decides.
  await other.reload()
  const again = await readyBlock(other, BLOCK)
  await expect(again.getByRole('textbox')).toHaveValue('written here')
  await again.getByRole('button', { name: 'Compare the two' }).press('Enter')
  await other.getByRole('button', { name: 'Keep that' }).press('Enter')
  await expect(again.getByRole('textbox')).toHaveValue('written there')
  await expect(again.getByText('Saved to your account')).toBeVisible()
  await expect(again.getByText(/Another version/)).toBeHidden()
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

test('closed, reopened, signed out by time, somebody else in between, signed in again: sent once, by its own person', async ({
  playwright,
  launchOptions,
  baseURL,
  database: _,
}, testInfo) => {
  const profile = testInfo.outputPath('profile')
  const reopen = (context = { baseURL: String(baseURL), locale: 'en-GB' }) =>
    playwright.chromium.launchPersistentContext(profile, { ...launchOptions, ...context })
  const [owner, guest] = [await makeLearner(), await makeLearner('Ines Duarte')]
  const session = await makeSessionCookie(owner, String(baseURL))

  let browser = await reopen()
  await browser.addCookies([session])
  const page = await browser.newPage()
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await browser.setOffline(true)
  await panel.getByRole('textbox').fill('99.8')
  await submitButton(panel).click()
  await expect(panel.getByText(/This attempt is kept on this device/)).toBeVisible()
  await browser.close()

  await revokeAllSessions(owner.id)
  browser = await reopen()
  await browser.addCookies([await makeSessionCookie(guest, String(baseURL))])
  const strangers = await browser.newPage()
  await strangers.goto(LESSON)
  await readyBlock(strangers, BLOCK)
  await expect((await readyBlock(strangers, BLOCK)).getByRole('textbox')).toHaveValue('')
  await strangers.goto('/dashboard')
  await strangers.waitForLoadState('networkidle')
  expect([await countAttempts(owner.id), await countAttempts(guest.id)]).toEqual([0, 0])
  // A page of the one who left that is still open asks with the cookie of the other.
  const forged = await strangers.request.put(DRAFT, {
    headers: { origin: String(baseURL), 'x-slipway-learner': owner.id },
    data: { base: 0, state: { answer: { text: 'not the guest’s' } } },
  })
  expect(forged.status()).toBe(401)
  expect(await getDraft(guest.id, BLOCK)).toBeNull()
  await browser.clearCookies({ name: 'slipway-session' })

  const back = await browser.newPage()
  await back.goto('/dashboard')
  await back.getByLabel('E-mail').fill(owner.email)
  await back.getByLabel('Password', { exact: true }).fill(owner.password)
  await back.getByRole('button', { name: 'Sign in' }).click()
  await back.waitForURL('**/dashboard')
  // From whichever page they come to first: the lesson need not be opened.
  await expect.poll(() => countAttempts(owner.id)).toBe(1)
  await expect
    .poll(async () => (await getDraft(owner.id, BLOCK))?.state)
    .toMatchObject({ answer: { text: '99.8' } })
  await back.goto(LESSON)
  await expect((await readyBlock(back, BLOCK)).getByText('Right', { exact: true }).first()).toBeVisible()
  expect([await countAttempts(owner.id), await countAttempts(guest.id)]).toEqual([1, 0])
  await browser.close()
})

test('S-55 signing out with unsent work warns, and then leaves nothing of the person in the browser, for the next one to see', async ({
  page,
  learner,
  baseURL,
  expectFault,
}) => {
  expectFault(/Failed to load resource/)
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await panel.getByRole('textbox').fill('saved words')
  await expect(panel.getByText('Saved to your account')).toBeVisible()
  expect(await findInBrowser(page, ['saved words'])).toHaveLength(1)
  await page.route('**/api/drafts/**', (route) => route.abort())
  await panel.getByRole('textbox').fill('unsent words')
  await expect(panel.getByText(/The server does not answer/)).toBeVisible()
  const second = await page.context().newPage()
  await second.goto(LESSON)
  await readyBlock(second, BLOCK)

  const leave = async () => {
    await page
      .getByRole('button', { name: /account$/ })
      .or(page.getByRole('link', { name: /account$/ }))
      .click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
  }
  await leave()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText('One draft waits here and not in your account')
  await expect(dialog.getByRole('button', { name: 'Stay signed in' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(panel.getByRole('textbox')).toHaveValue('unsent words')
  await page.keyboard.press('Escape')

  await leave()
  await dialog.getByRole('button', { name: 'Sign out and lose it' }).click()
  await page.waitForURL((url) => url.pathname === '/')
  await second.waitForURL('**/sign-in?**')
  const theirs = [learner.id, learner.email, learner.name, 'saved words', 'unsent words']
  for (const one of [page, second]) await expect.poll(() => findInBrowser(one, theirs)).toEqual([])

  // The next one at the same machine, also by the way back that the browser offers.
  await page.goBack()
  await page.waitForURL('**/sign-in?**')
  const next = await makeLearner('Ines Duarte')
  await page.context().addCookies([await makeSessionCookie(next, String(baseURL))])
  for (const path of ['/dashboard', '/settings', LESSON]) {
    await page.goto(path, { waitUntil: 'networkidle' })
    const seen = await page.content()
    expect(seen).toContain('Ines')
    expect(
      theirs.filter((part) => seen.includes(part)),
      path,
    ).toEqual([])
  }
  await expect((await readyBlock(page, BLOCK)).getByRole('textbox')).toHaveValue('')
})

test('S-55 the end of an account leaves nothing of the person in the browser', async ({ page, learner }) => {
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  await panel.getByRole('textbox').fill('saved words')
  await expect(panel.getByText('Saved to your account')).toBeVisible()
  const theirs = [learner.id, learner.email, learner.name, 'saved words']
  expect(await findInBrowser(page, theirs)).toContain('saved words')
  await page.goto('/settings')
  const form = page.getByRole('form', { name: 'Delete the account' })
  await alive(form)
  await form.getByLabel('To confirm, type').fill(learner.email)
  await form.getByLabel('Present password').fill(learner.password)
  await form.getByRole('button', { name: 'Delete everything' }).click()
  await page.waitForURL((url) => url.pathname === '/')
  await expect.poll(() => findInBrowser(page, theirs)).toEqual([])
})

/** Which of these stand in anything that pages of this origin have kept in the browser. */
async function findInBrowser(page: Page, parts: string[]): Promise<string[]> {
  const text = await scanBrowser(page)
  return parts.filter((part) => text.includes(part))
}

/** Everything that pages of this origin have kept in the browser, as one text. */
async function scanBrowser(page: Page): Promise<string> {
  const kept = await page.evaluate(async () => {
    const found: unknown[] = [{ ...localStorage }, { ...sessionStorage }, document.cookie]
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => done(request.result)
        request.onerror = () => failed(request.error)
      })
      for (const store of db.objectStoreNames) {
        const all = db.transaction(store).objectStore(store).getAll()
        found.push(
          await new Promise((done, failed) => {
            all.onsuccess = () => done(all.result)
            all.onerror = () => failed(all.error)
          }),
        )
      }
      db.close()
    }
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys())
        found.push(url, await (await caches.match(url))?.text())
    return JSON.stringify(found)
  })
  return kept + JSON.stringify(await page.context().cookies())
}

test('a new build while a page is open: the page goes on saving, and offers to reload', async ({
  page,
  learner: _,
  expectFault,
}) => {
  await page.goto(LESSON)
  const panel = await readyBlock(page, BLOCK)
  const build = await page.evaluate(() => document.documentElement.dataset.build)
  await panel.getByRole('textbox').fill('before')
  await expect(panel.getByText('Saved to your account')).toBeVisible()
  await expect(page.getByText(/This site was updated/)).toBeHidden()
  await page.route('**/api/drafts/**', async (route) => {
    const response = await route.fetch()
    expect(response.headers()['x-slipway-build']).toBe(build)
    await route.fulfill({ response, headers: { ...response.headers(), 'x-slipway-build': 'the-next-one' } })
  })
  await panel.getByRole('textbox').fill('after')
  await expect(page.getByText(/This site was updated/)).toBeVisible()
  await expect(panel.getByText('Saved to your account')).toBeVisible()
  await page.getByRole('button', { name: 'Reload', exact: true }).click()
  await expect((await readyBlock(page, BLOCK)).getByRole('textbox')).toHaveValue('after')
  await expect(page.getByText(/This site was updated/)).toBeHidden()

  // A form of the old page names an action that the new build has not.
  expectFault(/409|was not found on the server/)
  await page.goto('/settings')
  await page.route('**/settings', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'next-action': '00'.repeat(21) } }),
  )
  const form = page.getByRole('form', { name: 'Name' })
  await alive(form.getByRole('textbox'))
  await form.getByRole('button', { name: 'Save the name' }).click()
  await expect(page.getByRole('heading', { name: /This site was updated/ })).toBeVisible()
})

test('a hundred attempts, each sent twice within 5 ms, give one row and one answer each', async ({
  baseURL,
  database: _,
}) => {
  const { block, compiled } = await requireBlock(BLOCK)
  const answers = compiled.samples.map(({ answer }) => answer)
  // The first request of a process takes longer to begin than any other.
  await fetch(`${baseURL}/livez`)
  const learner = await makeLearner()
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
  let made = 0
  // A pair that a busy machine sent further apart is judged like any other, and does not count as one of the hundred.
  for (let close = 0; close < 100; made++) {
    expect(made, 'pairs within 5 ms of each other').toBeLessThan(120)
    const response = answers[made % answers.length]
    const data = { id: randomUUID(), block: block.id, version: block.version, response, hints: 0 }
    const [first, second] = await Promise.all([post(data), post(data)])
    if (second.began - first.began < 5) close++
    expect(first.status, first.text).toBe(200)
    expect(second).toMatchObject({ status: 200, text: first.text })
  }
  expect(await countAttempts(learner.id)).toBe(made)
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

test('R-16: the browser is killed while somebody types: what was typed a second before is there', async ({
  baseURL,
  database: _,
}) => {
  const house = { url: String(baseURL) }
  const { name, value } = await makeSessionCookie(await makeLearner(), house.url)
  const typist = { cookie: `${name}=${value}` }
  await killAgainAndAgain(await findExecutable(), house, typist, 1, randomFrom(1), ({ lostMs, isOther }) => {
    expect(isOther, 'what is there is what was typed').toBe(false)
    expect(lostMs).toBeLessThan(1000)
  })
})
