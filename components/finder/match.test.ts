import { describe, expect, test } from 'vitest'
import { excerpt, fold, matchText, matchTitle, wordsIn } from './match'

const title = (query: string, text: string) => matchTitle(wordsIn(query), fold(text))
const marked = (text: string, match: { marks: [number, number][] } | null) =>
  match?.marks.map(([from, to]) => text.slice(from, to))

describe('a title', () => {
  test('answers to the beginnings of its words, in any order and with any accents', () => {
    const text = 'Halve the space, keep the invariant'
    expect(marked(text, title('inv HAL', text))).toEqual(['Hal', 'inv'])
    expect(marked('Café', title('cafe', 'Café'))).toEqual(['Café'])
    expect(marked('İstanbul', title('istan', 'İstanbul'))).toEqual(['İstan'])
  })

  test('answers to letters in order, as they are typed in haste, but not to letters far apart', () => {
    expect(title('bnry', 'Binary search')).not.toBeNull()
    expect(title('tide', 'The limit belongs to one side')).toBeNull()
    expect(title('heap', 'Hash tables')).toBeNull()
  })

  test('needs every word of the query', () => {
    expect(title('binary heap', 'Binary search')).toBeNull()
  })

  test('that begins with the word comes before one that holds it, and that before one that has its letters', () => {
    const order = ['Searching', 'Binary search', 'Research', 'Sea or inland search']
      .map((text) => ({ text, score: title('search', text)?.score ?? -1 }))
      .sort((a, b) => b.score - a.score)
      .map(({ text }) => text)
    expect(order).toEqual(['Searching', 'Binary search', 'Sea or inland search', 'Research'])
  })
})

test('a query without a letter or digit asks for nothing, and a very long one is cut', () => {
  expect(wordsIn(' ?! …')).toEqual([])
  expect(wordsIn('word '.repeat(500)).length).toBe(8)
})

describe('a text', () => {
  const text =
    'The metric was right. The table was wrong, and nobody looked at the table again before the report.'

  test('answers only when every word stands in it', () => {
    expect(matchText(wordsIn('table report'), fold(text))).not.toBeNull()
    expect(matchText(wordsIn('table repair'), fold(text))).toBeNull()
    expect(matchText(wordsIn('tbl'), fold(text))).toBeNull()
  })

  test('is cut around its first mark, and the marks move along', () => {
    const match = matchText(wordsIn('nobody'), fold(text))
    const part = excerpt(text, match?.marks ?? [], 40)
    expect(part.text.startsWith('… ')).toBe(true)
    expect(part.text.endsWith(' …')).toBe(true)
    expect(marked(part.text, part)).toEqual(['nobody'])
  })

  test('that is short is shown whole', () => {
    expect(excerpt('A short one', [[2, 7]])).toEqual({ text: 'A short one', marks: [[2, 7]] })
  })
})
