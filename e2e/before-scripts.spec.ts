import { expect, readyBlock, test } from './fixtures'
import { fillAnswer, submit } from './panels'
import { PLACES } from './places'
import { requireBlock, rightAnswer } from './samples'

const PLACES_OF_EXERCISES = [
  { address: '/', block: PLACES.code ?? '', name: 'on the front page' },
  {
    address: '/learn/cloud-deployment/cloud-building-blocks',
    block: PLACES.numeric ?? '',
    name: 'in a lesson',
  },
]

for (const { address, block, name } of PLACES_OF_EXERCISES) {
  test(`before its script has come an exercise ${name} can be read and not used, and says why`, async ({
    page,
    learner: _,
  }) => {
    let release = () => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    await page.route('**/_next/static/**/*.js', async (route) => {
      await held
      await route.continue()
    })
    await page.goto(address, { waitUntil: 'commit' })
    const place = page.locator('fieldset').filter({ has: page.locator(`[data-block="${block}"]`) })
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(place.getByText('This exercise is still loading.')).toBeVisible()
    const usable = place.locator('button:enabled, input:enabled, textarea:enabled')
    await expect(usable).toHaveCount(0)

    release()
    await readyBlock(page, block)
    await expect(usable).not.toHaveCount(0)
    await expect(place.getByText('This exercise is still loading.')).toHaveCount(0)
    if (address === '/') return
    const authored = await requireBlock(block)
    const panel = await readyBlock(page, block)
    await fillAnswer(panel, authored.block, rightAnswer(authored))
    expect((await submit(page, panel)).verdict).toBe('passed')
  })
}
