import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { holds, randomFrom, rowOf } from './experiment'
import { type House, openHouse } from './house'
import { listExperiments } from './list'

/** Every run of the tests tries the same: a seed that fails somewhere else is named there. */
const SEED = 1

const experiments = await listExperiments()

describe('the short size of', () => {
  let shared: House
  beforeAll(async () => {
    // Beside the port of houses that are special.
    shared = await openHouse({ port: Number(process.env.FAULTS_PORT ?? 4145) + 3 })
  })
  afterEach(async () => {
    expect(await shared.isReady(), 'the shared house is left sound').toBe(true)
  })
  afterAll(() => shared.stop())

  test.each(experiments.filter(({ shortIn }) => !shortIn))('$id: $what', async ({ run }) => {
    const lines: string[] = []
    const say = (line: string) => void lines.push(line)
    const house = { ...shared, stop: async () => undefined }
    const given = { seed: SEED, random: randomFrom(SEED), size: 'short', say } as const
    const { figures } = await run({ ...given, openHouse: async () => house })
    expect(figures.filter(({ bar }) => bar).length, 'something is judged').toBeGreaterThan(0)
    const failing = figures
      .filter((figure) => holds(figure) === false)
      .map((figure) => rowOf(figure).join(' | '))
    expect(failing, lines.join('\n')).toEqual([])
  })
})

test('an experiment whose short size runs elsewhere is named there', () => {
  for (const { id, shortIn } of experiments)
    if (shortIn) expect(readFileSync(shortIn, 'utf8'), shortIn).toContain(id)
})
