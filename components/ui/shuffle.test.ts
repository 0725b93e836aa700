import { expect, test } from 'vitest'
import { shuffled } from './shuffle'

const list = ['a', 'b', 'c', 'd', 'e', 'f']

test('the same seed gives the same order, and the list itself is left alone', () => {
  expect(shuffled(list, 'maya:choice')).toEqual(shuffled(list, 'maya:choice'))
  expect(list).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

test('nothing is lost and nothing is doubled', () => {
  for (let seed = 0; seed < 200; seed++) expect(shuffled(list, String(seed)).toSorted()).toEqual(list)
})

test('over many seeds each item stands in each place about equally often', () => {
  const first = new Map<string, number>()
  for (let seed = 0; seed < 6000; seed++) {
    const head = shuffled(list, `learner-${seed}`)[0] as string
    first.set(head, (first.get(head) ?? 0) + 1)
  }
  expect(first.size).toBe(list.length)
  for (const count of first.values()) {
    expect(count).toBeGreaterThan(850)
    expect(count).toBeLessThan(1150)
  }
})
