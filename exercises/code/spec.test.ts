import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuthorError, type Compiled, type Sample } from '@/exercises/kind'
import { closeNode, runInNode } from '@/runner/node'
import { referenceMargins, wrongMargins } from './cost'
import { CASES_SOURCE, context, makeFolder, REFERENCE, WRONG } from './lower-bound.testing'
import type { CodeAnswer, CodeKey, CodePublic, CodeVisibleKey } from './shape'
import { codeKind } from './spec'

let compiled: Compiled<CodePublic, CodeKey, CodeAnswer>
beforeAll(async () => {
  compiled = await codeKind.compile(makeFolder(), context)
})
afterAll(closeNode)

async function judge(key: CodeVisibleKey, answer: CodeAnswer) {
  const observation = codeKind.observe(key, await runInNode(codeKind.job(key, answer)))
  return { observation, verdict: codeKind.grade(key as CodeKey, { answer, observation }) }
}
const solution = (source: string): CodeAnswer => ({ files: { 'solution.py': source } })

describe('a compiled code exercise', () => {
  it('holds nothing of a hidden case in what the page receives', () => {
    const text = JSON.stringify(compiled.public)
    expect(text).not.toContain('CANARY')
    expect(text).not.toMatch(/hidden|secret_helper|random|textwrap/)
    expect(text).not.toContain(JSON.stringify(REFERENCE).slice(1, -1))
    expect(JSON.stringify(compiled.key)).toContain('CANARY-LABEL')
  })

  it('keeps the helpers, names and imports that a visible case needs', () => {
    const source = compiled.public.key.casesSource
    expect(source).toContain('def helper')
    expect(source).toContain('SMALL = [1, 2, 2, 3]')
    expect(source).toContain('from math import log2\n')
    expect(source).toContain('from slipway import case, metered, probes\n')
  })

  it('records expected values, calls and bounds from the reference', () => {
    const { cases, meters } = compiled.public.key
    expect(cases.map((one) => [one.id, one.expected])).toEqual([
      ['empty', 0],
      ['duplicates', [0, 1, 2]],
    ])
    expect(cases[0]?.why).toBe('<p>Look at the **empty** list.</p>')
    expect(cases[1]?.calls[1]).toEqual({ call: 'lower_bound([1, 2, 2, 3], 2)', returned: '1' })
    expect(meters[0]?.points.map((point) => [point.n, point.bound])).toEqual([
      [256, 48],
      [1024, 56],
      [4096, 64],
      [16384, 72],
    ])
  })

  it('gives samples that behave as they are named, with and without the hidden cases', async () => {
    const names = compiled.samples.map((sample) => sample.name)
    expect(names).toEqual([
      'starter',
      'reference',
      'alternatives/recursive.py',
      'wrong/any-match.py',
      'wrong/bisect.py',
      'wrong/linear.py',
      'wrong/never-ends.py',
    ])
    const outcome = async (sample: Sample<CodeAnswer>, key: CodeVisibleKey) => {
      const { verdict } = await judge(key, sample.answer)
      const failing = verdict.checks.filter((check) => !check.passed).map((check) => check.id)
      return {
        name: sample.name,
        passed: verdict.passed,
        named: !sample.fails || failing.includes(sample.fails),
      }
    }
    for (const key of [compiled.public.key, compiled.key]) {
      const outcomes = await Promise.all(compiled.samples.map((sample) => outcome(sample, key)))
      const wanted = compiled.samples.map(({ name, passes }) => ({ name, passed: passes, named: true }))
      expect(outcomes).toEqual(wanted)
    }
  })

  it('judges hidden cases only with the whole key, in a run that had them', async () => {
    const answer = solution(REFERENCE)
    const whole = await judge(compiled.key, answer)
    expect(whole.verdict.checks.map((check) => check.id)).toContain('many')
    const page = await judge(compiled.public.key, answer)
    expect(page.verdict.checks.map((check) => check.id)).not.toContain('many')
    const again = codeKind.grade(compiled.key, { answer, observation: page.observation })
    expect(again.passed).toBe(true)
    const cut = { ...whole.observation, cases: whole.observation.cases.filter((one) => one.id !== 'many') }
    expect(codeKind.grade(compiled.key, { answer, observation: cut }).passed).toBe(false)
    const wrong = await judge(compiled.key, solution('def lower_bound(xs, t):\n    return 1\n'))
    const hidden = wrong.verdict.checks.find((check) => check.id === 'many')
    expect(Object.keys(hidden ?? {}).sort()).toEqual(['id', 'label', 'message', 'passed', 'why'])
  })

  it('shows the one differing call of a case that returns a list', async () => {
    const { verdict } = await judge(compiled.public.key, solution(WRONG.anyMatch))
    const check = verdict.checks.find((one) => one.id === 'duplicates')
    expect(check).toMatchObject({ tried: 'lower_bound([2, 2, 2], 2)', expected: '0', got: '1' })
  })

  it('says how much work a costly answer does, and where', async () => {
    const { verdict, observation } = await judge(compiled.public.key, solution(WRONG.linear))
    const cost = verdict.checks.find((one) => one.id === 'cost:search')
    expect(cost).toMatchObject({
      tried: 'n = 16,384',
      expected: 'at most 72 operations',
      got: '32,768 operations',
      message: 'From n = 256 to n = 16,384 the input is 64 times as large and the work 64 times as much.',
    })
    expect(verdict.next).toBe(
      'The answers are right; at n = 16,384 it takes 32,768 operations, at most 72 operations.',
    )
    expect(wrongMargins(compiled.key, 'cost:search', observation)).toEqual([])
  })

  it('names the line of an error and of a syntax error', async () => {
    const broken = await judge(compiled.public.key, solution('def lower_bound(xs, t)\n    return 0\n'))
    expect(broken.verdict.checks[0]).toMatchObject({ id: 'error', passed: false })
    expect(broken.verdict.next).toBe("Line 1: SyntaxError: expected ':'.")
    const raising = await judge(compiled.public.key, solution('def lower_bound(xs, t):\n    return xs[9]\n'))
    expect(raising.verdict.next).toBe('Line 2: IndexError: list index out of range.')
    const missing = await judge(compiled.public.key, solution('x = 1\n'))
    expect(missing.verdict.next).toBe('AttributeError: solution.py defines no lower_bound.')
  })

  it('says what a missing return gives', async () => {
    const { verdict } = await judge(compiled.public.key, solution('def lower_bound(xs, t):\n    pass\n'))
    expect(verdict.checks[0]?.message).toBe(
      'It returned None: a function that reaches its end without return gives None.',
    )
  })
})

describe('an author is told', () => {
  const refusal = async (changes: Record<string, string | undefined>, yaml: Record<string, unknown> = {}) => {
    const folder = makeFolder(changes)
    const error = await codeKind
      .compile({ ...folder, yaml: { ...folder.yaml, ...yaml } }, context)
      .catch((e) => e)
    expect(error).toBeInstanceOf(AuthorError)
    return error as AuthorError
  }

  it('which file is missing', async () => {
    expect((await refusal({ 'starter.py': undefined })).message).toMatch(/needs starter.py/)
  })

  it('that a ban does not exist', async () => {
    expect((await refusal({}, { bans: ['goto'] })).message).toMatch(/bans.md lists them/)
  })

  it('that a starter fails by a syntax error instead of a value', async () => {
    expect((await refusal({ 'starter.py': 'def lower_bound(xs, t' })).message).toMatch(
      /must fail by what it returns/,
    )
  })

  it('that a starter already passes', async () => {
    expect((await refusal({ 'starter.py': REFERENCE })).message).toBe('The starter already passes.')
  })

  it('that a wrong answer names no check, with the file and line', async () => {
    const error = await refusal({ 'wrong/odd.py': '# fails: nothing\n' })
    expect(error.message).toMatch(/There is no check nothing/)
    expect(error.where).toEqual({ file: 'exercises/lower-bound/wrong/odd.py', line: 1 })
  })

  it('that a bound is too tight for the reference', async () => {
    const error = await refusal({ 'cases.py': CASES_SOURCE.replace('4 * log2(n) + 16', '2 * log2(n) + 4') })
    expect(error.message).toMatch(/cost:search at n = 256: the reference uses 18 of 20/)
  })

  it('of a mistake in cases.py, with its line', async () => {
    const error = await refusal({
      'cases.py': 'from slipway import case\n\n@case("x")\ndef x(solution):\n    return 1 / 0\n',
    })
    expect(error.message).toMatch(/The reference raises in case x: ZeroDivisionError/)
    expect(error.where).toEqual({ file: 'exercises/lower-bound/cases.py', line: 5 })
  })

  it('of a statement in cases.py that belongs to no case', async () => {
    const error = await refusal({ 'cases.py': `${CASES_SOURCE}\nprint("hello")\n` })
    expect(error.message).toMatch(/Only imports, assignments, functions and classes/)
  })

  it('of a case whose value cannot be compared', async () => {
    const error = await refusal({
      'cases.py': 'from slipway import case\n@case("x")\ndef x(solution):\n    return object()\n',
    })
    expect(error.message).toMatch(/returns what cannot be compared: <object>/)
  })
})

describe('margins', () => {
  const meters = (counts: number[]) => ({
    meters: [
      { id: 'search', points: [256, 1024, 4096, 16384].map((n, i) => ({ n, count: counts[i] ?? 0 })) },
    ],
  })

  it('of a reference: half the bound passes, one more does not', () => {
    expect(referenceMargins(compiled.key, meters([24, 28, 32, 36]))).toEqual([])
    expect(referenceMargins(compiled.key, meters([24, 28, 33, 36]))).toHaveLength(1)
  })

  it('of a wrong answer: twice the bound at the largest size', () => {
    expect(wrongMargins(compiled.key, 'cost:search', meters([0, 0, 0, 144]))).toEqual([])
    expect(wrongMargins(compiled.key, 'cost:search', meters([900, 900, 900, 143]))).toHaveLength(1)
    expect(wrongMargins(compiled.key, 'empty', meters([0, 0, 0, 0]))).toEqual([])
  })
})
