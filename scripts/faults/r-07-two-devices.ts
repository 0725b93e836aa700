import { type BrowserContext, chromium } from '@playwright/test'
import postgres from 'postgres'
import { BLOCK, field, findExecutable, line, openLesson, signIn } from './browsers'
import { atMost, type Experiment, exactly, type Given } from './experiment'
import type { House, Person } from './house'

export const experiment: Experiment = {
  id: 'R-07',
  what: 'Two devices write one draft without a network and come back, and a page crashes while somebody types: nothing is overwritten, and what was typed a second before is there.',
  shortIn: 'e2e/drafts.spec.ts',
  run,
}

async function run({ size, random, say, openHouse }: Given) {
  const rounds = size === 'full' ? 10 : 1
  const house = await openHouse()
  const browser = await chromium.launch({ executablePath: await findExecutable(), args: ['--no-sandbox'] })
  let [overwritten, keys, missing] = [0, 0, 0]
  try {
    const people = await house.makeLearners(rounds * 2)
    for (let round = 0; round < rounds; round++) {
      const [one, two] = [people[2 * round], people[2 * round + 1]]
      const met = await meet(
        browser.newContext.bind(browser),
        house,
        one,
        random.pick(['this', 'that', 'both']),
      )
      overwritten += met.overwritten
      keys = Math.max(keys, met.presses)
      missing = Math.max(
        missing,
        await crash(await browser.newContext(), house, two, random.between(1500, 4000)),
      )
      say(`round ${round + 1} of ${rounds}`)
    }
    return {
      figures: [
        { name: 'Rounds', value: rounds },
        exactly('Versions overwritten before a choice', overwritten, 0),
        atMost('Presses to settle two versions', keys, 2),
        exactly('Letters lost that were typed a second before a crash', missing, 0),
      ],
    }
  } finally {
    await browser.close()
    await house.stop()
  }
}

async function enter(context: BrowserContext, house: House, person: Person | undefined) {
  await signIn(context, house, person)
  return openLesson(context, house)
}

/** Both write without a network and come back one after the other; the second settles it with the keyboard. */
async function meet(
  newContext: () => Promise<BrowserContext>,
  house: House,
  person: Person | undefined,
  choice: string,
): Promise<{ overwritten: number; presses: number }> {
  const [laptop, phone] = [await newContext(), await newContext()]
  try {
    const [here, there] = [await enter(laptop, house, person), await enter(phone, house, person)]
    await Promise.all([laptop.setOffline(true), phone.setOffline(true)])
    await field(here).fill('of the laptop')
    await field(there).fill('of the phone')
    await line(here, 'Saved on this device').waitFor()
    await line(there, 'Saved on this device').waitFor()
    await phone.setOffline(false)
    await line(there, 'Saved to your account').waitFor()
    await laptop.setOffline(false)
    const compare = here.getByRole('button', { name: 'Compare the two' })
    await compare.waitFor()
    const [mine, theirs, kept] = [
      await field(here).inputValue(),
      await field(there).inputValue(),
      await readKept(house, person),
    ]
    const whole = ['of the laptop', 'of the phone'].every((text) => kept.includes(text))
    const overwritten = Number(mine !== 'of the laptop') + Number(theirs !== 'of the phone') + Number(!whole)
    await compare.press('Enter')
    const name = choice === 'both' ? 'Keep both' : `Keep ${choice}`
    await here.getByRole('alertdialog').getByRole('button', { name }).press('Enter')
    await line(here, 'Saved to your account').waitFor()
    const wanted = choice === 'that' ? 'of the phone' : 'of the laptop'
    return { overwritten: overwritten + Number((await field(here).inputValue()) !== wanted), presses: 2 }
  } finally {
    await laptop.close()
    await phone.close()
  }
}

/** Everything that the server holds of a person's drafts, as text. */
async function readKept(house: House, person: Person | undefined): Promise<string> {
  const sql = postgres((await house.findDatabase()).adminUrl, { max: 1, onnotice: () => undefined })
  try {
    const rows = await sql`
      select state::text from drafts where user_id = ${person?.id ?? ''}
      union all select state::text from draft_versions where user_id = ${person?.id ?? ''}`
    return JSON.stringify(rows)
  } finally {
    await sql.end({ timeout: 2 })
  }
}

/** Types without a network for `ms`, crashes the page, and counts letters that are gone though they were a second old. */
async function crash(
  context: BrowserContext,
  house: House,
  person: Person | undefined,
  ms: number,
): Promise<number> {
  try {
    const page = await enter(context, house, person)
    const control = await context.newCDPSession(page)
    await context.setOffline(true)
    const typed: { at: number; length: number }[] = []
    const began = Date.now()
    await field(page).focus()
    for (let length = 1; Date.now() - began < ms; length++) {
      await page.keyboard.type(String(length % 10))
      typed.push({ at: Date.now(), length })
    }
    const crashed = Date.now()
    // It never answers: the page is gone.
    control.send('Page.crash').catch(() => undefined)
    await page.waitForEvent('crash')
    await context.setOffline(false)
    const again = await openLesson(context, house)
    const owed = typed.filter(({ at }) => at <= crashed - 1000).at(-1)?.length ?? 0
    await again
      .waitForFunction(
        ({ id, least }) =>
          (document.querySelector<HTMLInputElement>(`[data-block="${id}"] input`)?.value.length ?? 0) >=
          least,
        { id: BLOCK, least: owed },
        { timeout: 10_000 },
      )
      .catch(() => undefined)
    return Math.max(0, owed - (await field(again).inputValue()).length)
  } finally {
    await context.close()
  }
}
