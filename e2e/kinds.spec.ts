import type { Page } from '@playwright/test'
import type { ComplexityPublic } from '../exercises/complexity/spec'
import type { Verdict } from '../exercises/kind'
import { getKind, kinds } from '../exercises/registry'
import { expect, readyBlock, test } from './fixtures'
import { expectSound } from './look'
import { fillAnswer, judgedKinds, submit, submitButton, typeCode } from './panels'
import { PLACES } from './places'
import { requireBlock, rightAnswer, wordsOf, wrongSample } from './samples'

async function open(page: Page, id: string) {
  await page.goto(`/learn/${id.slice(0, id.lastIndexOf('/'))}`)
  return readyBlock(page, id)
}

test('every kind of the registry has a place, and every judged one a way to be answered', () => {
  expect(Object.keys(PLACES).toSorted()).toEqual(Object.keys(kinds).toSorted())
  expect(judgedKinds.toSorted()).toEqual(
    Object.values(kinds)
      .flatMap((kind) => (kind.judged ? [kind.name] : []))
      .toSorted(),
  )
})

for (const name of judgedKinds) {
  test(`${name}: nothing is refused, something wrong is told why, something right passes, and axe finds nothing in either`, async ({
    page,
    learner: _,
  }) => {
    test.setTimeout(120_000)
    const id = PLACES[name] ?? ''
    const authored = await requireBlock(id)
    expect(authored.block.kind).toBe(name)
    const panel = await open(page, id)

    const button = submitButton(panel)
    if ((await button.getAttribute('aria-disabled')) === 'true') {
      const reason = page.locator(`[id="${await button.getAttribute('aria-describedby')}"]`)
      await expect(reason).not.toBeEmpty()
    } else {
      expect((await submit(page, panel)).verdict, 'what stands there at first does not pass').toBe('failed')
    }

    const wrong = wrongSample(authored)
    await fillAnswer(panel, authored.block, wrong.answer)
    const refused = await submit(page, panel)
    expect(refused.verdict, wrong.name).toBe('failed')
    await expect(panel).toContainText(wordsFor(refused.feedback as Verdict, wrong.fails))
    await expectSound(page, partOf(id))

    await fillAnswer(panel, authored.block, rightAnswer(authored))
    const passed = await submit(page, panel)
    expect(passed.verdict, JSON.stringify(passed.feedback)).toBe('passed')
    expect(passed.checked).toBe(getKind(name).program ? 'self' : 'server')
    await expect(panel.getByText(name === 'code' ? 'Passed' : 'Right', { exact: true }).first()).toBeVisible()
    await expectSound(page, partOf(id))
  })
}

test('run: what is changed is run, and its output stands below', async ({ page, learner: _ }) => {
  const panel = await open(page, PLACES.run ?? '')
  await typeCode(panel, 'print(6 * 7)\nprint([n * n for n in range(4)])\n')
  await panel.getByRole('button', { name: 'Run', exact: true }).click()
  const output = panel.getByLabel('Output')
  await expect(output).toContainText('42')
  await expect(output).toContainText('[0, 1, 4, 9]')
  await typeCode(panel, 'print("one"\n')
  await panel.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(panel).toContainText('SyntaxError')
  await expectSound(page, partOf(PLACES.run ?? ''))
})

test('complexity: marks are checked here, and the reasons come with the right ones', async ({
  page,
  learner: _,
}) => {
  const id = PLACES.complexity ?? ''
  const { block } = await requireBlock(id)
  const { functions, curves } = block.props as ComplexityPublic
  const panel = await open(page, id)
  const check = panel.getByRole('button', { name: 'Check the marks' })
  await expect(check).toHaveAttribute('aria-disabled', 'true')
  await expect(panel).toContainText('2 of 2 not marked yet.')

  const groups = panel.getByRole('group', { name: / is$/ })
  const mark = async (nameOf: (curve: string) => string | undefined) => {
    for (const [at, curve] of curves.entries())
      await groups
        .nth(at)
        .getByRole('radio', { name: nameOf(curve.id), exact: true })
        .check()
    await check.click()
  }
  await mark((curve) => functions.find((one) => one.curve !== curve)?.name)
  await expect(panel).toContainText('0 of 2 marks are right')
  await mark((curve) => functions.find((one) => one.curve === curve)?.name)
  await expect(panel).toContainText('Both marks are right')
  await expect(panel).toContainText('reads of the list grow with n')
  await expectSound(page, partOf(id))
})

/** What is looked at: the rest of the lesson is a state of its own. */
const partOf = (id: string) => `[data-block="${id}"]`

/** The author's words about exactly this mistake. */
function wordsFor(verdict: Verdict, fails: string | undefined): string {
  const failing = verdict.checks.filter((check) => !check.passed)
  const check = failing.find(({ id }) => id === fails) ?? failing[0]
  const words = check ? wordsOf(check) : ''
  expect(words, 'the mistake is told something').not.toBe('')
  return words
}
