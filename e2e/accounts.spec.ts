import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startOpenId } from '../app/providers.testing'
import { expect, test } from './fixtures'
import { DATA_DIR, PASSWORD } from './house'

const NEW_PASSWORD = 'seven terns over the bay'

/** The link in the newest letter to an address: this house has no mail server, its letters lie in the outbox. */
async function linkTo(email: string, path: string): Promise<string> {
  const outbox = join(DATA_DIR, 'outbox')
  const find = () => {
    const letters = readdirSync(outbox)
      .filter((name) => name.endsWith('.eml'))
      .toSorted()
    for (const name of letters.toReversed()) {
      const letter = readFileSync(join(outbox, name), 'utf8').replace(/=\n/g, '').replaceAll('=3D', '=')
      const link = new RegExp(`${path}\\?token=[\\w-]{43}`).exec(letter)
      if (link && letter.includes(`To: ${email}\n`)) return link[0]
    }
    return ''
  }
  await expect.poll(find, `a letter to ${email}`).not.toBe('')
  return find()
}

async function press(page: Page, form: string, fields: Record<string, string>, button: string) {
  const part = page.getByRole('form', { name: form, exact: true })
  for (const [label, value] of Object.entries(fields)) await part.getByLabel(label).first().fill(value)
  await part.getByRole('button', { name: button }).click()
  return part
}

test('from a lost password to another address, an export and the end of the account', async ({
  page,
  learner,
  secondDevice,
}) => {
  await page.context().clearCookies()
  await page.goto('/sign-in')
  await page.getByRole('link', { name: 'Forgotten?' }).click()
  await page.getByLabel('E-mail').fill(learner.email)
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await expect(page.getByText('If an account has this address')).toBeVisible()
  const other = await secondDevice()
  await page.goto(await linkTo(learner.email, '/reset-password'))
  await page.getByLabel('New password').fill(NEW_PASSWORD)
  await page.getByRole('button', { name: 'Set the password and sign in' }).click()
  await expect(page).toHaveURL(/\/dashboard$/)
  await other.goto('/settings')
  await expect(other, 'the other device is signed out').toHaveURL(/\/sign-in/)

  await page.goto('/settings')
  await expect(page.getByText('Verified', { exact: true })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Sign-in log' })).toContainText(
    'A new password was set by a link',
  )
  const wanted = `new-${learner.email}`
  const asked = { 'New e-mail': wanted, 'Present password': NEW_PASSWORD }
  await expect(await press(page, 'E-mail', asked, 'Change the address')).toContainText(
    `on its way to ${wanted}`,
  )
  await page.goto(await linkTo(wanted, '/verify-email'))
  await page.getByRole('button', { name: 'Use this address' }).click()
  await expect(page.getByRole('heading', { name: 'The address is changed' })).toBeVisible()

  await page.goto('/settings')
  await expect(page.getByText(`You sign in with ${wanted}.`)).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download' }).click()
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8'))
  expect(file).toMatchObject({
    format: 'slipway-account',
    version: 1,
    tables: { users: [{ email: wanted }] },
  })

  const wrong = { 'To confirm, type': wanted, 'Present password': PASSWORD }
  await expect(await press(page, 'Delete the account', wrong, 'Delete everything')).toContainText(
    'This is not your present password.',
  )
  const right = { 'To confirm, type': wanted, 'Present password': NEW_PASSWORD }
  await press(page, 'Delete the account', right, 'Delete everything')
  await expect(page).toHaveURL(/\/$/)
  await page.goto('/settings')
  await expect(page).toHaveURL(/\/sign-in/)
})

test('sign-up at a provider, a password set later, and the provider taken away and linked again', async ({
  page,
  baseURL,
  expectFault,
}) => {
  const home = String(baseURL)
  const port = Number(new URL(home).port) + 1
  const there = await startOpenId(`${home}/api/auth/callback/oidc`, port)
  expectFault(/request to another site: http:\/\/localhost:\d+\/(auth|interaction)/)
  try {
    const email = `ana-${randomUUID()}@harbour.example`
    there.people.set('ana', { sub: 'ana', email, email_verified: true, name: 'Ana Reis' })
    await page.context().addCookies([{ name: 'person', value: 'ana', url: there.issuer }])
    await page.goto('/sign-up?callbackUrl=/courses/git')
    await page.getByRole('button', { name: 'Harbour Mutual' }).click()
    await expect(page).toHaveURL(`${home}/courses/git`)
    await page.goto('/settings')
    await expect(page.getByText(`You sign in with ${email}.`)).toBeVisible()
    const ways = page.getByRole('region', { name: 'Other ways in' })
    await expect(ways).toContainText('The last way in. Set a password first.')
    await press(page, 'Password', { 'New password': NEW_PASSWORD }, 'Set a password')
    await expect(page.getByRole('form', { name: 'Password', exact: true })).toContainText('is changed')
    await ways.getByLabel('Present password').fill(NEW_PASSWORD)
    await ways.getByRole('button', { name: 'Unlink' }).click()
    await expect(ways).toContainText('Not linked')
    await ways.getByLabel('Present password').fill(NEW_PASSWORD)
    await ways.getByRole('button', { name: 'Link Harbour Mutual' }).click()
    await expect(ways).toContainText('Linked. It signs you in from now on.')
  } finally {
    await there.stop()
  }
})
