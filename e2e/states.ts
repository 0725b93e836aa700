import { rename, writeFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { getAccountByEmail } from '../db/queries/accounts'
import { linkProvider } from '../db/queries/links'
import { createMailToken } from '../db/queries/tokens'
import { alive, expect, readyBlock } from './fixtures'
import { makeLearner, PASSWORD } from './house'
import { fillAnswer, submit, typeCode } from './panels'
import { PLACES } from './places'
import { requireBlock, rightAnswer, wrongSample } from './samples'

/** How each state of a page is looked at. */
export const LOOKS = [
  [1440, 'light'],
  [1440, 'dark'],
  [360, 'light'],
  [360, 'dark'],
] as const
/** A block's state is a part of a page that is looked at above. */
export const PART_LOOKS = [
  [1440, 'light'],
  [360, 'dark'],
] as const
/** Where nothing may scroll sideways. */
export const OVERFLOW_WIDTHS = [320, 360, 768, 1440] as const

export type State = {
  /** The route, as the build names it. */
  route: string
  state: string
  /** Whether somebody is signed in. */
  who: 'visitor' | 'learner'
  /** Brings the page into the state. */
  open(page: Page): Promise<void>
  /** What the browser complains of in this state by design. */
  fault?: RegExp
  /** Puts back what `open` changed outside the page. */
  close?(): Promise<void>
  /** It damages what other tests read, and is looked at when they are done (`e2e/damage.spec.ts`). */
  alone?: true
  /** Axe looks at this part only, where the rest of the page is another state. */
  part?: string
}

/** Opens a page and waits until its exercises can be used: before that they are pictures of themselves. */
const go = (path: string) => async (page: Page) => {
  await page.goto(path)
  await expect(page.locator('fieldset:disabled:has([data-block])')).toHaveCount(0, { timeout: 30_000 })
}

const LESSONS = [
  'cloud-deployment/cloud-building-blocks',
  'cloud-deployment/notebook-to-service',
  'data-structures/binary-search',
  'data-structures/cost-of-code',
]

const DAMAGED = '.content/lessons/cloud-deployment/notebook-to-service.json'
const cloud = 'cloud-deployment/cloud-building-blocks/in-series'

/** Of pages. A block after a wrong answer and after a right one is looked at where its kind is driven, `kinds.spec.ts`. */
export const PAGE_STATES: State[] = [
  { route: '/', state: 'for a visitor', who: 'visitor', open: go('/') },
  { route: '/', state: 'for a learner', who: 'learner', open: go('/') },
  { route: '/courses', state: 'for a visitor', who: 'visitor', open: go('/courses') },
  {
    route: '/courses/[course]',
    state: 'for a visitor',
    who: 'visitor',
    open: go('/courses/data-structures'),
  },
  {
    route: '/courses/[course]',
    state: 'for a learner',
    who: 'learner',
    open: go('/courses/cloud-deployment'),
  },
  { route: '/courses/[course]', state: 'with no written lesson', who: 'learner', open: go('/courses/git') },
  { route: '/dashboard', state: 'before anything was done', who: 'learner', open: go('/dashboard') },
  {
    route: '/dashboard',
    state: 'with activity',
    who: 'learner',
    async open(page) {
      await answer(page, cloud, 'right')
      await page.goto('/dashboard')
    },
  },
  { route: '/settings', state: 'untouched', who: 'learner', open: go('/settings') },
  {
    route: '/settings',
    state: 'linked elsewhere, with a log',
    who: 'learner',
    async open(page) {
      await page.goto('/settings')
      const email = (await page.locator('#email b').textContent()) ?? ''
      const account = await getAccountByEmail(email)
      const identity = { provider: 'oidc', subject: email, email, name: '' } as const
      await linkProvider(String(account?.id), identity, { device: 'Firefox on Linux', origin: 'x' })
      await page.goto('/settings?way=linked')
      await expect(page.getByText('Linked. It signs you in from now on.')).toBeVisible()
    },
  },
  {
    route: '/settings',
    state: 'with a wrong present password',
    who: 'learner',
    async open(page) {
      await page.goto('/settings')
      const form = page.getByRole('form', { name: 'Password' })
      await form.getByLabel('Present password').fill('not the present one')
      await form.getByLabel('New password').fill('seven terns over fog')
      await form.getByRole('button', { name: 'Change the password' }).click()
      await expect(form).toContainText('This is not your present password.')
    },
  },
  { route: '/sign-in', state: 'untouched', who: 'visitor', open: go('/sign-in') },
  {
    route: '/sign-in',
    state: 'refused',
    who: 'visitor',
    async open(page) {
      await page.goto('/sign-in')
      await page.getByLabel('E-mail').fill('nobody@harbour.example')
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await expect(page.getByRole('alert').filter({ hasText: 'do not match' })).toBeVisible()
    },
  },
  {
    route: '/sign-in',
    state: 'sent back by a provider',
    who: 'visitor',
    open: go('/sign-in?error=unverified'),
  },
  { route: '/sign-up', state: 'untouched', who: 'visitor', open: go('/sign-up') },
  {
    route: '/sign-up',
    state: 'with a common password',
    who: 'visitor',
    async open(page) {
      await page.goto('/sign-up')
      await page.getByLabel('Name').fill('Maya Okafor')
      await page.getByLabel('E-mail').fill('maya@harbour.example')
      await page.getByLabel('Password', { exact: true }).fill('short')
      await page.getByRole('button', { name: 'Create an account' }).click()
      await expect(page.getByText('Use at least 12 characters.')).toBeVisible()
    },
  },
  {
    route: '/settings',
    state: 'with the wrong address typed to delete',
    who: 'learner',
    async open(page) {
      await page.goto('/settings')
      const form = page.getByRole('form', { name: 'Delete the account' })
      await form.getByLabel('To confirm, type').fill('somebody@harbour.example')
      await form.getByLabel('Present password').fill(PASSWORD)
      await form.getByRole('button', { name: 'Delete everything' }).click()
      await expect(form).toContainText('That is not the address of this account.')
    },
  },
  { route: '/reset-password', state: 'without a link', who: 'visitor', open: go('/reset-password') },
  {
    route: '/reset-password',
    state: 'a letter asked for',
    who: 'visitor',
    async open(page) {
      await page.goto('/reset-password')
      await page.getByLabel('E-mail').fill('nobody@harbour.example')
      await page.getByRole('button', { name: 'Send me a link' }).click()
      await expect(page.getByText('If an account has this address')).toBeVisible()
    },
  },
  {
    route: '/verify-email',
    state: 'with a link that is not good',
    who: 'visitor',
    open: go(`/verify-email?token=${'a'.repeat(43)}`),
  },
  {
    route: '/verify-email',
    state: 'with a good link',
    who: 'visitor',
    async open(page) {
      const { id, email } = await makeLearner()
      const token = await createMailToken({ accountId: id, purpose: 'verify', email, minutes: 60 })
      await page.goto(`/verify-email?token=${token}`)
      await expect(page.getByRole('button', { name: 'Yes, it is mine' })).toBeVisible()
    },
  },
  { route: '/verify-email', state: 'done', who: 'visitor', open: go('/verify-email?done=verified') },
  {
    route: '/reset-password',
    state: 'with a link',
    who: 'visitor',
    open: go(`/reset-password?token=${'a'.repeat(43)}`),
  },
  {
    route: '/_not-found',
    state: 'an address that is not there',
    who: 'visitor',
    open: go('/no/such/place'),
    fault: /404/,
  },
  {
    route: '/_not-found',
    state: 'a lesson that is not there',
    who: 'learner',
    open: go('/learn/data-structures/binary-serch'),
    fault: /404/,
  },
  ...LESSONS.map(
    (lesson): State => ({
      route: '/learn/[course]/[lesson]',
      state: `${lesson}, untouched`,
      who: 'learner',
      open: go(`/learn/${lesson}`),
    }),
  ),
  {
    route: '/learn/[course]/[lesson]',
    state: 'an attempt that waits for the network',
    who: 'learner',
    fault: /Failed to load resource/,
    part: `[data-block="${cloud}"]`,
    async open(page) {
      await page.goto(`/learn/${cloud.slice(0, cloud.lastIndexOf('/'))}`)
      const panel = await readyBlock(page, cloud)
      await page.context().setOffline(true)
      await panel.getByRole('textbox').fill('99.8')
      await panel.getByRole('button', { name: /^Answer/ }).click()
      await expect(panel.getByText(/This attempt is kept on this device/)).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'a draft that another device was ahead of',
    who: 'learner',
    fault: /409 \(Conflict\)/,
    part: `[data-block="${cloud}"]`,
    async open(page) {
      await page.goto(`/learn/${cloud.slice(0, cloud.lastIndexOf('/'))}`)
      const panel = await readyBlock(page, cloud)
      const state = { answer: { text: 'written elsewhere' }, hints: 0 }
      const headers = { origin: new URL(page.url()).origin }
      const put = await page.request.put(`/api/drafts/${cloud}`, { data: { base: 0, state }, headers })
      expect(put.status()).toBe(200)
      await panel.getByRole('textbox').fill('written here')
      await expect(panel.getByText(/Both are kept/)).toBeVisible()
      await expect(panel.getByRole('textbox')).toHaveValue('written here')
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'two versions of a program side by side',
    who: 'learner',
    fault: /409 \(Conflict\)/,
    part: '[role="alertdialog"]',
    async open(page) {
      const panel = await openBlock(page, PLACES.code ?? '')
      const files = { 'solution.py': 'def lower_bound(items, target):\n    return 0\n' }
      const state = { answer: { files }, hints: 0 }
      const headers = { origin: new URL(page.url()).origin }
      await page.request.put(`/api/drafts/${PLACES.code}`, { data: { base: 0, state }, headers })
      await typeCode(panel, 'def lower_bound(items, target):\n    return len(items)\n')
      await panel.getByRole('button', { name: 'Compare the two' }).click()
      await expect(page.getByRole('alertdialog')).toContainText('return len(items)')
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'signing out with unsent work',
    who: 'learner',
    fault: /Failed to load resource/,
    part: '[role="alertdialog"]',
    async open(page) {
      await page.goto(`/learn/${cloud.slice(0, cloud.lastIndexOf('/'))}`)
      const panel = await readyBlock(page, cloud)
      await page.route('**/api/drafts/**', (route) => route.abort())
      await panel.getByRole('textbox').fill('unsent')
      await expect(panel.getByText(/The server does not answer/)).toBeVisible()
      await page.getByRole('link', { name: /account$/ }).focus()
      await page.locator('header button[aria-haspopup="menu"]').click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await expect(page.getByRole('alertdialog')).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'a browser without room, and an updated site',
    who: 'learner',
    fault: /Failed to load resource/,
    async open(page) {
      await page.addInitScript(() => {
        IDBObjectStore.prototype.put = () => {
          throw new DOMException('no room', 'QuotaExceededError')
        }
      })
      await page.goto(`/learn/${cloud.slice(0, cloud.lastIndexOf('/'))}`)
      const panel = await readyBlock(page, cloud)
      await page.route('**/api/drafts/**', (route) =>
        route.fulfill({ status: 503, headers: { 'x-slipway-build': 'the-next-one' }, json: { error: 'no' } }),
      )
      await panel.getByRole('textbox').fill('at risk')
      await expect(panel.getByText(/There is no room left on this device\. Copy your work/)).toBeVisible()
      await expect(page.getByText(/This site was updated/)).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'a lesson whose compiled file is damaged, and no other',
    who: 'learner',
    fault: /500|Server Components render|React error #441/,
    alone: true,
    async open(page) {
      await rename(DAMAGED, `${DAMAGED}.sound`)
      await writeFile(DAMAGED, '{"slug":')
      await page.goto('/learn/cloud-deployment/notebook-to-service')
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const other = await page.request.get(`/learn/${cloud.slice(0, cloud.lastIndexOf('/'))}`)
      expect(other.status()).toBe(200)
    },
    close: () => rename(`${DAMAGED}.sound`, DAMAGED),
  },
  {
    route: '/courses',
    state: 'the palette with commands, for a visitor',
    who: 'visitor',
    part: '[role="dialog"]',
    async open(page) {
      await page.goto('/courses')
      await openByKey(page, 'ControlOrMeta+k')
      await expect(page.getByRole('option', { name: 'Create an account' })).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'the palette with results, sections and text among them',
    who: 'learner',
    part: '[role="dialog"]',
    async open(page) {
      await page.goto('/learn/data-structures/binary-search')
      await openByKey(page, '/')
      await page.keyboard.type('promise')
      await expect(page.getByRole('group', { name: 'In the text' })).toBeVisible()
    },
  },
  {
    route: '/courses/[course]',
    state: 'the palette that finds nothing',
    who: 'learner',
    part: '[role="dialog"]',
    async open(page) {
      await page.goto('/courses/git')
      await openByKey(page, '/')
      await page.keyboard.type('zzzz')
      await expect(page.getByText(/Nothing is found/)).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'the list of keys',
    who: 'learner',
    part: '[role="dialog"]',
    async open(page) {
      await page.goto('/learn/data-structures/binary-search')
      await openByKey(page, '?')
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'a problem to report, with nothing written',
    who: 'learner',
    part: '[role="dialog"]',
    async open(page) {
      await openReport(page, 'Report a problem')
      await page.getByRole('button', { name: 'Send' }).click()
      await expect(page.getByText('Write what is wrong, in a few words.')).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'a refused answer, reported',
    who: 'learner',
    part: '[role="dialog"]',
    async open(page) {
      await answer(page, cloud, 'wrong')
      await openReport(page, 'My right answer was refused', false)
      await page.getByRole('button', { name: 'Send' }).click()
      await expect(page.getByText(/with your answer beside it/)).toBeVisible()
    },
  },
  {
    route: '/learn/[course]/[lesson]',
    state: 'hints opened',
    who: 'learner',
    part: `[data-block="${cloud}"]`,
    async open(page) {
      await page.goto(`/learn/${cloud.slice(0, cloud.lastIndexOf('/'))}`)
      const panel = await readyBlock(page, cloud)
      await panel.getByRole('button', { name: 'Open a hint' }).click()
      await panel.getByRole('button', { name: /^Open the next hint/ }).click()
    },
  },
]

/** What opens over a page from the keyboard. */
async function openByKey(page: Page, key: string): Promise<void> {
  await alive(page.getByRole('button', { name: 'Find a lesson or a command' }))
  await page.keyboard.press(key)
  await expect(page.getByRole('dialog')).toBeVisible()
}

async function openReport(page: Page, name: string, go = true): Promise<void> {
  const lesson = cloud.slice(0, cloud.lastIndexOf('/'))
  if (go) await page.goto(`/learn/${lesson}`)
  await readyBlock(page, cloud)
  const place = page.locator('.block-place', { has: page.locator(`[data-block="${cloud}"]`) })
  await place.getByRole('button', { name }).click()
  await expect(page.getByRole('dialog', { name })).toBeVisible()
}

async function openBlock(page: Page, id: string) {
  await page.goto(`/learn/${id.slice(0, id.lastIndexOf('/'))}`)
  return readyBlock(page, id)
}

async function answer(page: Page, id: string, which: 'wrong' | 'right'): Promise<void> {
  const authored = await requireBlock(id)
  const panel = await openBlock(page, id)
  await fillAnswer(
    panel,
    authored.block,
    which === 'wrong' ? wrongSample(authored).answer : rightAnswer(authored),
  )
  await submit(page, panel)
}
