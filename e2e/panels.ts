import { expect, type Locator, type Page } from '@playwright/test'
import type { z } from 'zod'
import type { PublicBlock } from '../exercises/kind'
import type { kinds } from '../exercises/registry'

type Kinds = typeof kinds
type Name = keyof Kinds
/** All but those that nothing judges; `kinds.spec.ts` compares this with the registry. */
type Judged = Exclude<Name, 'run' | 'complexity'>
type AnswerOf<K extends Name> = z.infer<Kinds[K]['answer']>
type PropsOf<K extends Name> = NonNullable<Kinds[K]['__public']>
type Fill<K extends Name> = (panel: Locator, answer: AnswerOf<K>, props: PropsOf<K>) => Promise<void>

/**
 * How a person gives an answer in the panel of each judged kind. Works from whatever stands there: an answer that was wrong
 * is changed into one that is right. A kind without a line here is a type error.
 */
const fills: { [K in Judged]: Fill<K> } = {
  async artifact(panel, { text }) {
    await panel.getByRole('textbox', { name: 'Your text' }).fill(text)
  },
  async choice(panel, { chosen }) {
    await choose(panel, chosen)
  },
  async classify(panel, { rows }) {
    for (const [item, chosen] of Object.entries(rows))
      await panel.locator(`input[name$="-${item}"][value="${chosen}"]`).check()
  },
  async code(panel, { files }) {
    for (const source of Object.values(files)) await typeCode(panel, source)
  },
  async myth(panel, { stance, followUp }) {
    const words = { agree: 'I agree', disagree: 'I disagree', unsure: 'Not sure' }[stance]
    const choice = panel.getByRole('radio', { name: words, exact: true })
    if (await choice.isVisible()) await choice.check()
    if ('chosen' in followUp) await choose(panel, followUp.chosen)
    else await panel.getByRole('textbox').fill(followUp.text)
  },
  async numeric(panel, { text }) {
    await panel.getByRole('textbox').fill(text)
  },
  async order(panel, { order }, { items, distractors }) {
    const labelOf = (id: string) => items.find((item) => item.id === id)?.label ?? ''
    const press = (name: string) => panel.getByRole('button', { name, exact: true }).click()
    if (distractors) {
      await takeOutAll(panel)
      for (const id of order) await press(`Place: ${labelOf(id)}`)
      return
    }
    for (const [place, id] of order.entries())
      for (;;) {
        const names = await panel
          .getByRole('button', { name: /^\d+: / })
          .evaluateAll((all) => all.map((one) => one.ariaLabel?.replace(/^\d+: /, '')))
        const label = labelOf(id)
        const at = names.indexOf(label)
        if (at < 0) throw new Error(`${label} is not in the list`)
        if (at <= place) break
        await press(`Up: ${label}`)
      }
  },
  async parsons(panel, { lines }, { lines: all, indent }) {
    await takeOutAll(panel)
    let depth = 0
    for (const line of lines) {
      const code = all.find(({ id }) => id === line.id)?.code ?? ''
      const press = (name: string) =>
        panel.getByRole('button', { name: `${name}: ${code}`, exact: true }).click()
      await press('Add')
      if (!indent) continue
      // A new line stands as deep as the one above it.
      for (; depth < line.indent; depth++) await press('More indent')
      for (; depth > line.indent; depth--) await press('Less indent')
    }
  },
  async predict(panel, { answers }, { answers: asked }) {
    for (const one of asked) {
      const answer = answers[one.id] ?? ''
      if (one.options) await choose(panel, [answer])
      else await panel.getByLabel(one.label, { exact: true }).fill(answer)
    }
  },
  async questions(panel, { chosen }) {
    await choose(panel, Object.values(chosen).flat())
  },
  async recall(panel, { text }) {
    await panel.getByRole('textbox').fill(text)
  },
  async trace(panel, { cells }) {
    for (const [cell, value] of Object.entries(cells))
      await panel.locator(`input[name="${cell}"]`).fill(value)
  },
  async worked(panel, { blanks }, { instances }) {
    const ids = instances.flatMap(({ steps }) =>
      steps.flatMap(({ parts }) =>
        parts.flatMap((part) =>
          'line' in part ? part.line.flatMap((piece) => ('blank' in piece ? [piece.blank] : [])) : [],
        ),
      ),
    )
    const inputs = panel.getByRole('textbox', { name: /, blank$/ })
    await expect(inputs).toHaveCount(ids.length)
    for (const [at, id] of ids.entries()) await inputs.nth(at).fill(blanks[id] ?? '')
  },
}

export const judgedKinds = Object.keys(fills)

/** Gives an answer, in the shape that the kind's API has, by hand. */
export async function fillAnswer(panel: Locator, block: PublicBlock, answer: unknown): Promise<void> {
  // The answer was listed by the block's own kind, so the two belong together.
  const fill = fills[block.kind as Judged] as Fill<Judged>
  await fill(panel, answer as AnswerOf<Judged>, block.props as PropsOf<Judged>)
}

async function choose(panel: Locator, ids: string[]): Promise<void> {
  for (const box of await panel.locator('input[type="checkbox"]').all())
    if (!ids.includes(await box.inputValue())) await box.uncheck()
  for (const id of ids) await panel.locator(`input[value="${id}"]`).check()
}

async function takeOutAll(panel: Locator): Promise<void> {
  const buttons = panel.getByRole('button', { name: /^Take out: / })
  for (let left = await buttons.count(); left > 0; left--) {
    await buttons.first().click()
    await expect(buttons).toHaveCount(left - 1)
  }
}

/** Replaces what stands in the editor. */
export async function typeCode(panel: Locator, source: string): Promise<void> {
  const editor = panel.locator('.cm-content')
  await editor.click()
  await panel.page().keyboard.press('ControlOrMeta+a')
  // Chromium keeps the style of text that is typed over in an inline style, which our policy refuses and it reports.
  await panel.page().keyboard.press('Delete')
  await panel.page().keyboard.insertText(source)
}

export const submitButton = (panel: Locator) =>
  panel.locator('button[aria-keyshortcuts="Control+Enter Meta+Enter"]')

export type Outcome = {
  verdict: string
  checked: string
  feedback: { passed: boolean; checks: unknown[]; next?: string }
}

/** Presses the button and gives what the server answered. */
export async function submit(page: Page, panel: Locator): Promise<Outcome> {
  const answer = page.waitForResponse(
    (response) =>
      new URL(response.url()).pathname === '/api/attempts' && response.request().method() === 'POST',
  )
  await submitButton(panel).click()
  const response = await answer
  expect(response.status(), await response.text()).toBe(200)
  return (await response.json()) as Outcome
}
