import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { atLeast, atMost, exactly, holds, randomFrom, rowOf } from './experiment'
import { listExperiments } from './list'
import { writeReport } from './report'

test('a bar that is missed is told, and so is a figure that could not be taken', () => {
  expect(holds(exactly('lost', 0, 0))).toBe(true)
  expect(holds(exactly('lost', 1, 0))).toBe(false)
  expect(holds(atMost('back', 2.1, 2, 's'))).toBe(false)
  expect(holds(atMost('back', Number.NaN, 2, 's'))).toBe(false)
  expect(holds(atLeast('kept', 99, 99))).toBe(true)
  expect(holds({ name: 'told', value: 3 })).toBeNull()
  expect(rowOf(atMost('back', 2.1, 2, 's'))).toEqual(['back', '2.10 s', 'at most 2 s', '**falls short**'])
})

test('the same seed gives the same numbers, another one others', () => {
  const take = (seed: number) => {
    const random = randomFrom(seed)
    return [random.next(), random.between(1, 6), random.uuid(), random.shuffle([1, 2, 3, 4, 5]).join()]
  }
  expect(take(7)).toEqual(take(7))
  expect(take(7)).not.toEqual(take(8))
  expect(randomFrom(7).uuid()).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  const throws = randomFrom(3)
  const seen = new Set(Array.from({ length: 200 }, () => throws.between(1, 6)))
  expect([...seen].toSorted()).toEqual([1, 2, 3, 4, 5, 6])
})

test('a table is written between its marks, and what a person wrote around it stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-'))
  const file = join(folder, 'page.md')
  const run = { seed: 5, size: 'full', seconds: 1, machine: 'm', load: 1, date: new Date(0) }
  const of = (id: string, value: number) =>
    writeReport({ id, what: `What ${id} breaks.` }, { figures: [exactly('lost', value, 0)] }, run, file)
  try {
    writeFileSync(file, '# Page\n\nBefore.\n\n<!-- fault:R-98 -->\n<!-- /fault:R-98 -->\n\nAfter.\n')
    of('R-98', 1)
    of('R-99', 0)
    of('R-98', 0)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('Before.\n\n<!-- fault:R-98 -->\nWhat R-98 breaks.')
    expect(text).toContain('<!-- /fault:R-98 -->\n\nAfter.')
    expect(text).toContain('## R-99\n\n<!-- fault:R-99 -->')
    expect(text.match(/\| lost \| 0 \| exactly 0 \| holds \|/g)).toHaveLength(2)
    expect(text).not.toContain('falls short')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('every experiment has a name that says its id, and a sentence', async () => {
  const all = await listExperiments()
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  for (const { what } of all) expect(what).toMatch(/^[A-Z].*\.$/)
})
