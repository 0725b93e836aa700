import { describe, expect, test } from 'vitest'
import { runNext } from './build'
import { countPlaywright, countVitest } from './checks'
import { pauseBefore } from './children'

const vitestReport = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [] as object[],
}

describe('the count of a runner', () => {
  test('is what it counted', () => {
    expect(countVitest(JSON.stringify(vitestReport))).toEqual({ passed: 5, failed: 1 })
  })
  test('has a failure for a file that could not be loaded', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }]
    expect(countVitest(JSON.stringify({ ...vitestReport, testResults }))).toEqual({ passed: 5, failed: 2 })
  })
  test('has a failure for each test that was skipped or is still to be written', () => {
    expect(countVitest(JSON.stringify({ ...vitestReport, numPendingTests: 2, numTodoTests: 1 }))).toEqual({
      passed: 5,
      failed: 4,
    })
  })
  test('takes a test that passed only when tried again for a failed one', () => {
    const stats = { expected: 7, unexpected: 1, flaky: 2, skipped: 3 }
    expect(countPlaywright(JSON.stringify({ stats, errors: [{}] }))).toEqual({ passed: 7, failed: 7 })
  })
})

test('the pause before a start doubles up to half a minute', () => {
  expect([1, 2, 3, 7, 50].map(pauseBefore)).toEqual([500, 1000, 2000, 30_000, 30_000])
})

test('the commands of Next send nothing to its makers', async () => {
  const seen: unknown[] = []
  await runNext(async (...given) => void seen.push(given), 'The build', 'build')
  expect(seen).toEqual([
    [
      'The build',
      ['node_modules/next/dist/bin/next', 'build'],
      { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    ],
  ])
})
