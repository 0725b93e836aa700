import { expect, test } from 'vitest'
import { firstDayOf, todayIn, weeksUpTo, whenShort } from './days'

test('weeks run from Monday to Sunday, and days that have not come have no minutes', () => {
  const weeks = weeksUpTo('2026-11-24', 2, [
    { day: '2026-11-16', minutes: 20 },
    { day: '2026-11-24', minutes: 22 },
  ])
  expect(weeks.map(({ label }) => label)).toEqual(['16 Nov', '23 Nov'])
  expect(weeks[0]?.days.map(({ minutes }) => minutes)).toEqual([20, 0, 0, 0, 0, 0, 0])
  expect(weeks[1]?.days.map(({ minutes }) => minutes)).toEqual([0, 22, null, null, null, null, null])
  expect(weeks[1]?.days.find(({ today }) => today)?.date).toBe('2026-11-24')
})

test('a Sunday belongs to the week that ends with it', () => {
  expect(firstDayOf('2026-11-29', 1)).toBe('2026-11-23')
  expect(firstDayOf('2026-11-30', 1)).toBe('2026-11-30')
})

test('a week over the change of clocks has its seven days', () => {
  const [week] = weeksUpTo('2026-10-25', 1, [])
  expect(week?.days.map(({ date }) => date)).toEqual([
    '2026-10-19',
    '2026-10-20',
    '2026-10-21',
    '2026-10-22',
    '2026-10-23',
    '2026-10-24',
    '2026-10-25',
  ])
})

test('today is the learner’s own: on both sides of midnight it differs', () => {
  const now = new Date('2026-11-24T23:30:00Z')
  expect(todayIn('Europe/Lisbon', now)).toBe('2026-11-24')
  expect(todayIn('Asia/Tokyo', now)).toBe('2026-11-25')
})

test('when something happened is an hour today, a weekday this week, a date before', () => {
  const now = new Date('2026-11-24T15:00:00Z')
  const at = (iso: string) => whenShort(new Date(iso), 'Europe/Lisbon', now)
  expect(at('2026-11-24T14:26:00Z')).toBe('14:26')
  expect(at('2026-11-23T14:26:00Z')).toBe('Mon')
  expect(at('2026-11-12T14:26:00Z')).toBe('12 Nov')
  expect(at('2025-11-12T14:26:00Z')).toBe('12 Nov 2025')
})
