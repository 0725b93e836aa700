import { describe, expect, test } from 'vitest'
import { readNumber } from '@/exercises/answers'
import { block, contextFor, expectSamples, expectSecret, valued } from '@/exercises/testing'
import { gradeNumeric, type NumericKey } from './grade'
import { numericKind } from './spec'

const series = () =>
  block(
    'Numeric',
    {
      id: 'in-series',
      compute: '0.999 ** 2 * 100',
      tolerance: 0.005,
      unit: 'percent',
      accepts: ['%'],
      text: 'Together?',
    },
    block('Why', 'SECRET both must be up'),
    block('Wrong', { answer: 99.9, text: 'SECRET one alone' }),
    block('Wrong', { answer: 0.998, text: 'Asked in percent.' }),
    block('Wrong', { answer: [199.8, 1.998], text: 'SECRET added' }),
  )

const key = (more: Partial<NumericKey>): NumericKey => ({
  value: 20,
  tolerance: 0,
  unit: 'comparisons',
  accepts: [],
  why: 'why',
  wrong: [],
  ...more,
})
const passes = (text: string, more: Partial<NumericKey>) => gradeNumeric(key(more), { text }).passed

describe('Numeric', () => {
  test('submits every form and every listed mistake', async () => {
    const compiled = await numericKind.compile(series(), contextFor(valued(99.8001)))
    expectSamples(numericKind, compiled)
    expectSecret(compiled.public, ['SECRET', '99', '0.005', 'Asked'])
  })

  test.each([
    '20',
    ' 20 ',
    '20.',
    '20 comparisons',
    '20 comparison',
    '20comparisons',
    '20.0',
    '20,0',
    '≈ 20',
    '= 20',
    'about 20',
    '+20',
    '２０',
    '20 comparisons at worst',
    '20 at most',
    'n = 20',
    '2e1',
    '2 × 10^1',
    '40/2',
    'at most 20',
    'It takes 20 comparisons.',
    'worst case: 20',
    'up to 20',
    '20 (worst case)',
    '20 (comparisons)',
    '**20**',
    'log2(1000000) = 20',
    '4 * 5 = 20',
    '20 = 4 × 5',
    '20 comparisons (4 × 5)',
    '20 comparisons, since 2^20 is enough',
    '20 comparisons per search',
  ])('"%s" is 20 comparisons', (text) => expect(passes(text, {})).toBe(true))

  test.each([
    '1,000,000',
    '1 000 000',
    '1\u202f000\u00a0000',
    "1'000'000",
    '1’000’000',
    '1_000_000',
    '1.000.000',
    '1e6',
    '10^6',
    '10**6',
    '1 million',
    '1000k',
    '1000000.00',
    '1,000,000.0',
  ])('"%s" is a million', (text) => expect(passes(text, { value: 1_000_000, unit: null })).toBe(true))

  test.each(['99.8 %', '99.80%', '99,8', '99.8 percent', '99.80 per cent', '99.8 pct', '99.8001'])(
    '"%s" is 99.8 percent',
    (text) => expect(passes(text, { value: 99.8001, tolerance: 0.005, unit: 'percent' })).toBe(true),
  )

  test.each(['−5', '-5', '–5', '- 5'])('"%s" is minus five', (text) =>
    expect(readNumber(text.replace('- 5', '-5'))?.value).toBe(-5),
  )

  test.each([
    '£134',
    '134 £',
    '$134.00',
    '134',
    '134 a month',
    '€ 134',
    'EUR 134',
    '134 per month',
    '€134/month',
    '134/mo',
    '134 monthly',
    '146 − 12 = 134',
    'saves €134',
  ])('"%s" is 134 a month', (text) =>
    expect(passes(text, { value: 134, tolerance: 0.5, unit: 'a month' })).toBe(true),
  )

  test.each([
    ['125.250', { value: 125_250, unit: 'steps' }],
    ['2.000', { value: 2000, unit: 'rows' }],
    ['99,800', { value: 99.8001, tolerance: 0.005, unit: 'percent' }],
  ] as const)('"%s" is read the way that fits', (text, more) => expect(passes(text, more)).toBe(true))

  test.each<[string, Partial<NumericKey>]>([
    ['134 per year', { value: 134, unit: 'a month' }],
    ['134 euros a day', { value: 134, unit: 'euros', accepts: ['per month'] }],
    ['yearly: 134', { value: 134, unit: 'a month' }],
    ['less than 20', {}],
    ['not 20', {}],
    ['half of 20', {}],
    ['minus 20', {}],
    ['20 or 21', {}],
    ['20 comparisons or 21', {}],
    ['20 (or 21)', {}],
    ['20 = 19', {}],
    ['48 minutes', { value: 48, unit: 'seconds' }],
    ['48 ms', { value: 48, unit: 'seconds' }],
    ['20 or 21', {}],
    ['20 / 2', {}],
    ['20 × 3', {}],
    ['20 30', {}],
    ['200', {}],
    ['2 0', {}],
    ['99.806', { value: 99.8001, tolerance: 0.005, unit: 'percent' }],
    ['0.998', { value: 99.8001, tolerance: 0.005, unit: 'percent' }],
    ['20%', { unit: null }],
    ['20 k', {}],
    ['20 comparisons / 2', {}],
  ])('"%s" is not it', (text, more) => expect(passes(text, more)).toBe(false))

  test('what cannot be read gets a sentence, not a verdict on a number', () => {
    for (const text of ['twenty', '??', '1.2.3', '', '1/0']) {
      const verdict = gradeNumeric(key({}), { text })
      expect(verdict.passed).toBe(false)
      expect(verdict.checks[0]?.id).toMatch(/unreadable|empty/)
    }
    expect(gradeNumeric(key({ unit: 'seconds' }), { text: '20 minutes' }).next).toContain('in seconds')
  })

  test('long and hostile text ends at once', () => {
    const started = performance.now()
    for (const text of [
      '1,'.repeat(100),
      `${'9'.repeat(199)}`,
      '1 '.repeat(100),
      `1e999`,
      `${'('.repeat(200)}`,
      '10^10^10^10',
      'a=a=a=a='.repeat(25),
    ])
      expect(gradeNumeric(key({}), { text }).passed).toBe(false)
    expect(performance.now() - started).toBeLessThan(200)
  })

  test('tells authors of a mistake that would pass, and of a number that nobody types', async () => {
    const near = block(
      'Numeric',
      { id: 'a', compute: '20', tolerance: 1, text: 'Q' },
      block('Why', 'w'),
      block('Wrong', { answer: 20.5, text: 'w' }),
    )
    await expect(numericKind.compile(near, contextFor(valued(20)))).rejects.toThrow(/20.5 is right/)
    const long = block('Numeric', { id: 'a', compute: '1/3', text: 'Q' }, block('Why', 'w'))
    await expect(numericKind.compile(long, contextFor(valued(1 / 3)))).rejects.toThrow(/Give a tolerance/)
    const bare = block('Numeric', { id: 'a', compute: '1', text: 'Q' })
    await expect(numericKind.compile(bare, contextFor(valued(1)))).rejects.toThrow(/lacks its <Why>/)
  })
})
