import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import type { Verdict } from '../exercises/kind'
import { expect, readyBlock, test } from './fixtures'
import { DATA_DIR, PASSWORD } from './house'
import { fillAnswer, submit } from './panels'
import { listBlocks, requireBlock, rightAnswer, wordsOf, wrongSample } from './samples'

const CLOUD = 'cloud-deployment/cloud-building-blocks'
const STAR = 'data-structures/binary-search/lower-bound'
const run = promisify(execFile)

async function signUp(page: Page, email: string, from = '/sign-up'): Promise<void> {
  await page.goto(from)
  await page.getByLabel('Name').fill('Maya Okafor')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Create an account' }).click()
}

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const newAddress = () => `maya-${randomUUID()}@harbour.example`

test('from sign-up over a complete lesson and a program to the same place in another browser', async ({
  page,
  otherBrowser,
}) => {
  test.setTimeout(150_000)
  const email = newAddress()

  await test.step('an account is made, and its dashboard is empty', async () => {
    await signUp(page, email)
    await expect(page).toHaveURL('/dashboard')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  })

  await test.step('every graded exercise of the lesson is first refused with its words, then passed', async () => {
    await page.goto(`/learn/${CLOUD}`)
    const end = page.getByRole('region', { name: /lesson is complete/i })
    await expect(end.getByRole('heading')).toHaveText('Before this lesson is complete')
    const graded = (await listBlocks(CLOUD)).filter(({ block }) => block.graded)
    expect(graded.length).toBeGreaterThanOrEqual(3)
    for (const authored of graded) {
      const panel = await readyBlock(page, authored.block.id)
      const wrong = wrongSample(authored)
      await fillAnswer(panel, authored.block, wrong.answer)
      const refused = await submit(page, panel)
      expect(refused.verdict, wrong.name).toBe('failed')
      const told = (refused.feedback as Verdict).checks.find((check) => !check.passed)
      await expect(panel).toContainText(told ? wordsOf(told) : '')
      await fillAnswer(panel, authored.block, rightAnswer(authored))
      expect((await submit(page, panel)).verdict, authored.block.id).toBe('passed')
    }
    await expect(end.getByRole('heading')).toHaveText('This lesson is complete')
  })

  const star = await requireBlock(STAR)
  const { files } = rightAnswer(star) as { files: Record<string, string> }
  const source = Object.values(files)[0] ?? ''

  await test.step('a program is judged by what it does, in this browser, and says that it is self-checked', async () => {
    await page.goto(`/learn/${STAR.replace(/\/[^/]*$/, '')}`)
    const panel = await readyBlock(page, STAR)
    const wrong =
      star.compiled.samples.find((sample) => sample.name.startsWith('any_match')) ?? wrongSample(star)
    await fillAnswer(panel, star.block, wrong.answer)
    expect((await submit(page, panel)).verdict).toBe('failed')
    await expect(panel).toContainText('Not passed yet')
    await expect(panel).toContainText('What may still stand to the left of an equal item?')
    await fillAnswer(panel, star.block, star.compiled.samples.find(({ passes }) => passes)?.answer)
    const passed = await submit(page, panel)
    expect(passed, JSON.stringify(passed.feedback)).toMatchObject({ verdict: 'passed', checked: 'self' })
    await expect(panel).toContainText('Self-checked')
    await expect(panel.getByRole('status').filter({ hasText: 'Saved to your account' })).toBeVisible()
  })

  await test.step('another browser finds progress and draft', async () => {
    const other = await otherBrowser()
    await other.goto(`/learn/${STAR.replace(/\/[^/]*$/, '')}`)
    await expect(other).toHaveURL(/\/sign-in\?callbackUrl=/)
    await signIn(other, email)
    await expect(other).toHaveURL(`/learn/${STAR.replace(/\/[^/]*$/, '')}`)
    const panel = await readyBlock(other, STAR)
    await expect(panel.locator('.cm-content')).toContainText('while lo < hi:')
    expect(source).toContain('while lo < hi:')
    await expect(panel).toContainText('Passed')
    await expect(panel).toContainText('Self-checked')
    await other.goto(`/learn/${CLOUD}`)
    await expect(other.getByRole('heading', { name: 'This lesson is complete' })).toBeVisible()
    await other.goto('/dashboard')
    await expect(other.getByRole('main')).toContainText('Compute, storage, network, identity')
  })
})

test('a wrong password is told so in one sentence, and signing out ends the session', async ({
  page,
  context,
}) => {
  const email = newAddress()
  await signUp(page, email, `/sign-up?callbackUrl=${encodeURIComponent(`/learn/${CLOUD}`)}`)
  await expect(page).toHaveURL(`/learn/${CLOUD}`)
  const kept = await context.cookies()

  await page
    .getByRole('button', { name: 'Maya Okafor: account' })
    .or(page.getByRole('link', { name: 'Maya Okafor: account' }))
    .click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL('/')
  await page.goto('/dashboard')
  await expect(page).toHaveURL('/sign-in')

  await signIn(page, email, 'not the password at all')
  await expect(page.getByRole('alert').filter({ hasText: 'match' })).toHaveText(
    'That e-mail and password do not match. Nothing is locked.',
  )
  await expect(page.getByLabel('E-mail')).toHaveValue(email)

  await context.addCookies(kept)
  await page.goto('/dashboard')
  await expect(page, 'the cookie of a session that was ended opens nothing').toHaveURL(/\/sign-in/)
})

test('settings list the devices, sign one out, and change the password', async ({
  page,
  learner,
  secondDevice,
  otherBrowser,
}) => {
  const other = await secondDevice()
  await other.goto('/dashboard')
  await expect(other).toHaveURL('/dashboard')

  await page.goto('/settings')
  const devices = page.getByRole('region', { name: 'Devices' })
  await expect(devices.getByRole('listitem')).toHaveCount(2)
  await expect(devices.getByRole('listitem').filter({ hasText: 'This device' })).toHaveCount(1)
  await devices.getByRole('button', { name: 'Sign out Safari on iPhone' }).click()
  await expect(devices.getByRole('listitem')).toHaveCount(1)
  await other.goto('/dashboard')
  await expect(other).toHaveURL(/\/sign-in/)

  const form = page.getByRole('form', { name: 'Password' })
  const change = async (present: string, next: string) => {
    await form.getByLabel('Present password').fill(present)
    await form.getByLabel('New password').fill(next)
    await form.getByRole('button', { name: 'Change the password' }).click()
  }
  await change('not the present one', 'seven terns over fog')
  await expect(form).toContainText('This is not your present password.')
  await change(PASSWORD, 'short')
  await expect(form).toContainText('Use at least 12 characters.')
  await change(PASSWORD, 'seven terns over fog')
  await expect(form).toContainText('The password is changed. Every other device is signed out.')

  const third = await otherBrowser()
  await third.goto('/sign-in')
  await signIn(third, learner.email)
  await expect(third.getByRole('alert').filter({ hasText: 'match' })).toBeVisible()
  await signIn(third, learner.email, 'seven terns over fog')
  await expect(third).toHaveURL('/dashboard')
})

test("the operator's link sets a new password, once", async ({ page, learner, otherBrowser, baseURL }) => {
  const { stdout } = await run('npm', ['run', '--silent', 'user', '--', 'reset-link', learner.email], {
    env: { ...process.env, DATA_DIR, PORT: new URL(String(baseURL)).port },
  })
  const link = /http:\S+reset-password\S+/.exec(stdout)?.[0] ?? ''
  expect(link, stdout).not.toBe('')

  const other = await otherBrowser()
  await other.goto(link)
  await other.getByLabel('New password').fill('seven terns over fog')
  await other.getByRole('button', { name: 'Set the password and sign in' }).click()
  await expect(other).toHaveURL('/dashboard')
  await page.goto('/dashboard')
  await expect(page, 'the sessions from before are ended').toHaveURL(/\/sign-in/)
  await signIn(page, learner.email, 'seven terns over fog')
  await expect(page).toHaveURL('/dashboard')

  await other.goto(link)
  await other.getByLabel('New password').fill('nine terns over fog')
  await other.getByRole('button', { name: 'Set the password and sign in' }).click()
  await expect(other.getByRole('alert').filter({ hasText: 'link' })).toContainText(
    'This link has been used or is too old.',
  )
})
