import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import postgres from 'postgres'
import {
  BLOCK,
  field,
  findExecutable,
  goToLesson,
  type Lasting,
  line,
  openLesson,
  type Place,
  signIn,
  startLasting,
} from './browsers'
import { atLeast, atMost, type Experiment, exactly, type Given, type Random } from './experiment'
import type { Person } from './house'

export const experiment: Experiment = {
  id: 'R-16',
  what: 'The browser is killed while somebody types, has no room, forgets, or is without a network for a week: what was typed a second before is there, and the page says where the work is.',
  shortIn: 'e2e/drafts.spec.ts',
  run,
}

/** Two browsers at a time are as many as two cores take. */
const LANES = 2

async function run({ size, random, say, openHouse }: Given) {
  const [kills, rounds] = size === 'full' ? [100, 5] : [3, 1]
  const house = await openHouse()
  const sql = postgres((await house.findDatabase()).adminUrl, { max: 2, onnotice: () => undefined })
  const executable = await findExecutable()
  try {
    const people = await house.makeLearners(LANES + rounds * SITUATIONS)
    const lanes = people.splice(0, LANES)
    const killed: Killed[] = []
    const done = await Promise.allSettled(
      lanes.map(async (person, lane) => {
        const own = Math.floor(kills / LANES) + Number(lane < kills % LANES)
        await killAgainAndAgain(executable, house, person, own, random, (one) => {
          killed.push(one)
          if (killed.length % 10 === 0) say(`${killed.length} of ${kills} killed`)
        })
      }),
    )
    for (const one of done) if (one.status === 'rejected') throw one.reason
    const shown: Shown[] = []
    const readSaved = (person: Person) => readSavedText(sql, person.id)
    for (let round = 0; round < rounds; round++) {
      const own = people.splice(0, SITUATIONS)
      shown.push(...(await tellWhere(executable, house, own, readSaved, `${round} ${random.uuid()}`)))
      say(`round ${round + 1} of ${rounds}: what the page says`)
    }
    const losses = killed.map(({ lostMs }) => lostMs).toSorted((a, b) => a - b)
    const wrong = shown.filter(({ isTrue }) => !isTrue)
    for (const { name, said } of wrong) say(`${name}: "${said}"`)
    return {
      figures: [
        atLeast('Times killed', killed.length, kills),
        exactly('Found again something else than was typed', killed.filter((one) => one.isOther).length, 0),
        atLeast('Lost at most a second of typing, of a hundred', 100 * partBelow(losses, 1000), 99),
        atMost('Lost at most', (losses.at(-1) ?? Number.NaN) / 1000, 5, 's'),
        atLeast('Times that the page said where the work is', shown.length, rounds * 12),
        exactly('Of these not true', wrong.length, 0),
      ],
      remarks: [
        `Typed for ${Math.round(killed.reduce((sum, { typedMs }) => sum + typedMs, 0) / 1000)} s in all, half of it without a network.`,
        ...[...new Set(wrong.map(({ name }) => name))].map((name) => `Not true: ${name}.`),
      ],
    }
  } finally {
    await sql.end({ timeout: 2 })
    await house.stop()
  }
}

const partBelow = (values: number[], most: number) =>
  values.filter((value) => value <= most).length / values.length

type Killed = { lostMs: number; typedMs: number; isOther: boolean }

/** One profile: opened, typed in and killed, `times` over. What was found is told at the next opening. */
export async function killAgainAndAgain(
  executable: string,
  house: Place,
  person: Pick<Person, 'cookie'>,
  times: number,
  random: Random,
  tell: (one: Killed) => void,
): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'slipway-killed-'))
  let browser: Lasting | null = null
  try {
    let before: Typed | null = null
    for (let time = 0; time <= times; time++) {
      browser = await startLasting(executable, profile)
      await signIn(browser.context, house, person)
      const page = await openLesson(browser.context, house)
      if (before) tell(await compare(page, before))
      if (time < times) before = await typeUntilKilled(browser, page, random)
      else await browser.kill()
      browser = null
    }
  } finally {
    await browser?.kill()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

/** What was typed, when each letter was, and when the browser was killed. */
type Typed = { text: string; at: number[]; began: number; killed: number }

async function typeUntilKilled(browser: Lasting, page: Page, random: Random): Promise<Typed> {
  await field(page).fill('')
  await browser.context.setOffline(random.next() < 0.5)
  const [at, began, ms]: [number[], number, number] = [[], Date.now(), random.between(500, 5500)]
  let text = ''
  // A moment that has nothing to do with when a letter was typed.
  const killing = pause(ms).then(async () => {
    const killed = Date.now()
    await browser.kill()
    return killed
  })
  try {
    for (;;) {
      const letter = String(random.between(0, 9))
      await page.keyboard.type(letter)
      text += letter
      at.push(Date.now())
      await pause(random.between(20, 160))
    }
  } catch {
    // It is gone; whether the last letter had arrived nobody knows.
  }
  return { text, at, began, killed: await killing }
}

/** How much of what was typed is not there. What the restored draft needs to appear is waited for. */
async function compare(page: Page, { text, at, began, killed }: Typed): Promise<Killed> {
  await page
    .waitForFunction(
      ({ id, wanted }) =>
        document.querySelector<HTMLInputElement>(`[data-block="${id}"] input`)?.value === wanted,
      { id: BLOCK, wanted: text },
      { timeout: 3000 },
    )
    .catch(() => undefined)
  const found = await field(page).inputValue()
  // The last letter may have arrived though nobody heard that it had.
  const isOther = !text.startsWith(found) && !found.startsWith(text)
  const firstLost = at[found.length]
  return { lostMs: firstLost === undefined ? 0 : killed - firstLost, typedMs: killed - began, isOther }
}

type Shown = { name: string; said: string; isTrue: boolean }
type Where = 'account' | 'device' | 'nowhere'

const SAYS: Record<Where, RegExp> = {
  account: /^Saved to your account/,
  device: /^Saved on this device\./,
  nowhere: /^Not saved\./,
}

/** How many people `tellWhere` takes. */
const SITUATIONS = 6

/** Brings pages into every state that storage and network can be in, and compares what each says with what is so. */
async function tellWhere(
  executable: string,
  house: Place,
  people: Person[],
  readSaved: (person: Person) => Promise<string | null>,
  text: string,
): Promise<Shown[]> {
  const shown: Shown[] = []
  const [first, second, third, fourth, fifth, sixth] = people
  if (!first || !second || !third || !fourth || !fifth || !sixth) throw new Error('there are too few people')
  /** Waits for what the page should say, and looks whether that is so. */
  const look = async (name: string, page: Page, person: Person, wanted: Where, typed = text) => {
    await line(page, SAYS[wanted])
      .waitFor({ timeout: 15_000 })
      .catch(() => undefined)
    const [kept, saved, said] = [await readKeptTexts(page), await readSaved(person), await readLine(page)]
    const isSo =
      wanted === 'account'
        ? saved === typed
        : wanted === 'device'
          ? kept.includes(typed) && saved !== typed
          : !kept.includes(typed) && saved !== typed
    const isThere = wanted === 'nowhere' || (await field(page).inputValue()) === typed
    shown.push({ name, said, isTrue: SAYS[wanted].test(said) && isSo && isThere })
  }
  const profile = mkdtempSync(join(tmpdir(), 'slipway-told-'))
  let browser = await startLasting(executable, profile)
  const reopen = async () => {
    await browser.close()
    browser = await startLasting(executable, profile)
  }
  const open = async (person: Person, context: BrowserContext = browser.context) => {
    await signIn(context, house, person)
    return openLesson(context, house)
  }
  try {
    let page = await open(first)
    await field(page).fill(text)
    await look('with a network', page, first, 'account')
    await browser.context.setOffline(true)
    await field(page).fill(`${text} more`)
    await look('without a network', page, first, 'device', `${text} more`)
    await browser.context.setOffline(false)
    await look('with a network again', page, first, 'account', `${text} more`)
    await page.close()

    // A browser that has asked how much room there is goes by the answer for a while.
    await reopen()
    await withoutRoom(browser.context, house, async () => {
      page = await open(second)
      await browser.context.setOffline(true)
      await field(page).fill(text)
      await look('without room and without a network', page, second, 'nowhere')
      await browser.context.setOffline(false)
      await look('without room, with a network again', page, second, 'account')
    })
    await page.close()

    page = await open(third)
    await browser.context.setOffline(true)
    await field(page).fill(text)
    await look('before it is removed', page, third, 'device')
    await removeStorage(page, house)
    await keptAgain(page, text)
    await look('removed while the page is open', page, third, 'device')
    await page.close()
    page = await browser.context.newPage()
    await removeStorage(page, house)
    await page.close()
    await reopen()
    page = await open(third)
    await look('removed while no page was open', page, third, 'nowhere')
    await page.close()

    page = await browser.context.newPage()
    await page.clock.install()
    await signIn(browser.context, house, fourth)
    await goToLesson(page, house)
    await browser.context.setOffline(true)
    await field(page).fill(text)
    await page.clock.fastForward(7 * 24 * 60 * 60 * 1000)
    await look('after seven days without a network', page, fourth, 'device')
    await reopen()
    await signIn(browser.context, house, fourth)
    page = await openLesson(browser.context, house)
    await look('opened again after the seven days', page, fourth, 'account')
    await page.close()

    await inPrivate(executable, async (context) => {
      const inside = await open(fifth, context)
      await field(inside).fill(text)
      await look('in a private window', inside, fifth, 'account')
      await context.setOffline(true)
      await field(inside).fill(`${text} more`)
      await look('in a private window without a network', inside, fifth, 'device', `${text} more`)
    })
    await inPrivate(executable, async (context) => {
      await context.addInitScript(refuseStorage)
      const inside = await open(sixth, context)
      await context.setOffline(true)
      await field(inside).fill(text)
      await look('where storage is refused, without a network', inside, sixth, 'nowhere')
      await context.setOffline(false)
      await look('where storage is refused, with a network again', inside, sixth, 'account')
    })
    return shown
  } finally {
    await browser.kill()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

const control = (page: Page) => page.context().newCDPSession(page)

/** While `work` runs, the browser has no byte left for this site. */
async function withoutRoom(
  context: BrowserContext,
  { url }: Place,
  work: () => Promise<void>,
): Promise<void> {
  const page = await context.newPage()
  await (await control(page)).send('Storage.overrideQuotaForOrigin', { origin: url, quotaSize: 1 })
  try {
    await work()
  } finally {
    // The room comes back with it.
    await page.close()
  }
}

/** As a browser does that needs the room: what the site kept is gone, its cookies are not. */
async function removeStorage(page: Page, { url }: Place): Promise<void> {
  const session = await control(page)
  await session.send('Storage.clearDataForOrigin', { origin: url, storageTypes: 'indexeddb' })
}

async function inPrivate(executablePath: string, work: (context: BrowserContext) => Promise<void>) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    await work(await browser.newContext())
  } finally {
    await browser.close()
  }
}

/** As some browsers do in a private window. */
function refuseStorage(): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException('Storage is refused.', 'SecurityError')
  }
}

async function keptAgain(page: Page, text: string): Promise<void> {
  for (let tries = 0; tries < 50 && !(await readKeptTexts(page)).includes(text); tries++) await pause(100)
}

/** What the page says of where the work is. */
function readLine(page: Page): Promise<string> {
  return page.locator(`[data-block="${BLOCK}"]`).evaluate((node) => {
    const lines = [...node.querySelectorAll('[role="status"]')].map(({ textContent }) => textContent ?? '')
    return lines.find((text) => /^(Saved|Not saved)/.test(text)) ?? ''
  })
}

/** What this browser keeps of the block, of whichever page, as the texts that were typed. */
function readKeptTexts(page: Page): Promise<string[]> {
  return page.evaluate(async (id) => {
    // Opened where there is none, it would be made, and the page would find a foreign one.
    if (!(await indexedDB.databases()).some(({ name }) => name === 'slipway')) return []
    try {
      const db = await new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open('slipway')
        request.onsuccess = () => done(request.result)
        request.onerror = () => failed(request.error)
      })
      const rows = await new Promise<{ block: string; state: { answer?: { text?: string } } }[]>(
        (done, failed) => {
          const request = db.transaction('drafts').objectStore('drafts').getAll()
          request.onsuccess = () => done(request.result)
          request.onerror = () => failed(request.error)
        },
      )
      db.close()
      return rows.filter(({ block }) => block === id).map(({ state }) => state.answer?.text ?? '')
    } catch {
      return []
    }
  }, BLOCK)
}

async function readSavedText(sql: postgres.Sql, user: string): Promise<string | null> {
  const [row] = await sql<{ text: string | null }[]>`
    select state->'answer'->>'text' as text from drafts where user_id = ${user} and block = ${BLOCK}`
  return row?.text ?? null
}
