import { describe, expect, it } from 'vitest'
import type { Plain, RunResult } from '@/runner/protocol'
import { costTable } from './cost'
import { gradeCode } from './grade'
import { makeCodeJob, observeCode } from './run'
import type { CodeObservation, CodeVisibleKey } from './shape'
import { isEqual, isPlain, pythonText } from './values'

const key: CodeVisibleKey = {
  casesSource: 'from slipway import case\n',
  cases: [
    {
      id: 'one',
      label: 'one item',
      compare: 'exact',
      expected: 1,
      calls: [{ call: 'f([1])', returned: '1' }],
      why: '<p>Why.</p>',
    },
    { id: 'list', label: 'many', compare: 'exact', expected: [1, 2], calls: [] },
  ],
  meters: [
    {
      id: 'm',
      label: 'cost',
      unit: 'operations',
      points: [
        { n: 10, bound: 20, reference: 5 },
        { n: 20, bound: 40, reference: 10 },
      ],
    },
  ],
  bans: ['import bisect'],
  limits: { ms: 5000, steps: 500_000 },
}
const answer = { files: { 'solution.py': 'def f(xs): return 1' } }
const good: CodeObservation = {
  scope: 'visible',
  ended: 'result',
  error: null,
  exited: false,
  bans: [],
  cases: [
    { id: 'one', value: 1 },
    { id: 'list', value: [1, 2] },
  ],
  meters: [
    {
      id: 'm',
      points: [
        { n: 10, count: 20 },
        { n: 20, count: 40 },
      ],
    },
  ],
  ms: 3,
}
const grade = (observation: unknown) => gradeCode(key, { answer, observation })
const failing = (observation: unknown) =>
  grade(observation)
    .checks.filter((check) => !check.passed)
    .map((check) => check.id)
const withValue = (value: Plain) => ({ ...good, cases: [{ id: 'one', value }, good.cases[1]] })

describe('a verdict', () => {
  it('passes when every value is right and every count is within its bound', () => {
    expect(grade(good)).toEqual({
      passed: true,
      checks: ['one', 'list', 'ban:import bisect', 'cost:m'].map((id) =>
        expect.objectContaining({ id, passed: true }),
      ),
    })
  })

  it('says of a hidden case that it fails, and quotes neither its input nor an error that does', () => {
    const whole: CodeVisibleKey = {
      ...key,
      whole: {
        casesSource: '',
        hidden: [{ id: 'many', label: 'many lists', compare: 'exact', expected: [1, 2, 3], calls: [] }],
      },
    }
    const judge = (result: object) =>
      gradeCode(whole, {
        answer,
        observation: { ...good, scope: 'whole', cases: [...good.cases, { id: 'many', ...result }] },
      })
    const error = (type: string) => ({ error: { type, text: `${type}: SECRET [4, 7]`, line: 3 } })
    for (const [result, message] of [
      [error('KeyError'), 'A case that is not shown ends with KeyError in line 3.'],
      [error('SECRET_4_7'), 'A case that is not shown ends with an error in line 3.'],
      [{ value: [1, 2] }, 'A case that is not shown fails.'],
      [{ value: { $: 'other', type: 'SECRET' } }, 'A case that is not shown fails.'],
      [{ steps: true }, 'A case that is not shown did not come to an end.'],
    ] as const) {
      const verdict = judge(result)
      expect(verdict.checks.filter((check) => !check.passed)).toEqual([
        { id: 'many', label: 'many lists', passed: false, message },
      ])
      expect(JSON.stringify(verdict)).not.toMatch(/SECRET|3 items|asked for are/)
    }
  })

  it('shows expected, got and the author’s words for a wrong value', () => {
    expect(grade(withValue('1')).checks[0]).toEqual({
      id: 'one',
      label: 'one item',
      passed: false,
      expected: '1',
      got: "'1'",
      message: 'It returned text; asked for is a number.',
      why: '<p>Why.</p>',
    })
  })

  it('fails at a count one above its bound, and says where', () => {
    const over = {
      ...good,
      meters: [
        {
          id: 'm',
          points: [
            { n: 10, count: 20 },
            { n: 20, count: 41 },
          ],
        },
      ],
    }
    expect(failing(over)).toEqual(['cost:m'])
    expect(grade(over).checks[3]).toMatchObject({
      tried: 'n = 20',
      expected: 'at most 40 operations',
      got: '41 operations',
    })
  })

  it.each([
    ['timeout', 'time', 'Stopped after 5 s: is there a loop that never ends?'],
    ['memory', 'memory', 'It used more than 256 MB of memory. What grows without end?'],
    [
      'fatal',
      'error',
      'Python itself stopped. A very deep structure or recursion can do that. Nothing of your code is lost.',
    ],
    ['output-limit', 'output', 'Too much output. Print less, or return less.'],
  ])('says in plain words how a run ended: %s', (ended, id, words) => {
    const verdict = grade({ ...good, ended, cases: [], meters: [] })
    expect(verdict.passed).toBe(false)
    expect(verdict.checks[0]).toMatchObject({ id, message: words })
    expect(verdict.next).toBe(words)
  })

  it('names a ban with its line', () => {
    const verdict = grade({ ...good, bans: [{ what: 'import bisect', line: 2 }] })
    expect(verdict.next).toBe('Line 2: this exercise asks you to do it without importing bisect.')
  })

  it('explains what this place cannot do', () => {
    const error = {
      type: 'ModuleNotFoundError',
      text: "ModuleNotFoundError: No module named 'numpy'\n",
      line: 1,
    }
    expect(grade({ ...good, error, cases: [], meters: [] }).next).toBe(
      "Line 1: ModuleNotFoundError: No module named 'numpy'. Only the standard library is available in this exercise; numpy is not part of it here.",
    )
  })
})

describe('a forged or broken observation', () => {
  const hostile: [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['a string', 'passed'],
    ['its own verdict', { passed: true }],
    ['an unknown field', { ...good, passed: true }],
    ['no cases', { ...good, cases: [] }],
    ['a missing case', { ...good, cases: [good.cases[0]] }],
    ['the same case twice', { ...good, cases: [...good.cases, good.cases[0]] }],
    ['no value', { ...good, cases: [{ id: 'one' }, good.cases[1]] }],
    [
      'a value and an error',
      { ...good, cases: [{ id: 'one', value: 1, error: { type: 'E', text: 'E', line: 1 } }, good.cases[1]] },
    ],
    ['a value and a step limit', { ...good, cases: [{ id: 'one', value: 1, steps: true }, good.cases[1]] }],
    [
      'NaN as a count',
      {
        ...good,
        meters: [
          {
            id: 'm',
            points: [
              { n: 10, count: Number.NaN },
              { n: 20, count: 1 },
            ],
          },
        ],
      },
    ],
    [
      'a negative count',
      {
        ...good,
        meters: [
          {
            id: 'm',
            points: [
              { n: 10, count: -1 },
              { n: 20, count: 1 },
            ],
          },
        ],
      },
    ],
    [
      'a bound of its own',
      {
        ...good,
        meters: [
          {
            id: 'm',
            points: [
              { n: 10, count: 21, bound: 99 },
              { n: 20, count: 1 },
            ],
          },
        ],
      },
    ],
    ['a missing size', { ...good, meters: [{ id: 'm', points: [{ n: 10, count: 1 }] }] }],
    [
      'a size twice',
      {
        ...good,
        meters: [
          {
            id: 'm',
            points: [
              { n: 10, count: 1 },
              { n: 20, count: 1 },
              { n: 20, count: 99 },
            ],
          },
        ],
      },
    ],
    ['a meter twice', { ...good, meters: [...good.meters, ...good.meters] }],
    ['no meter', { ...good, meters: [] }],
    ['a strange tag', withValue({ $: 'probe', v: [] } as unknown as Plain)],
    ['a number in a tag', withValue({ $: 'int', v: 1 } as unknown as Plain)],
    ['exit before the cases', { ...good, exited: true }],
    ['too many cases', { ...good, cases: Array.from({ length: 301 }, () => good.cases[0]) }],
  ]
  it.each(hostile)('fails and does not throw: %s', (_name, observation) => {
    expect(grade(observation).passed).toBe(false)
  })

  it('fails for a value nested without end', () => {
    let deep: Plain = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(isPlain(deep)).toBe(false)
    expect(grade(withValue(deep)).passed).toBe(false)
  })

  it('counts nothing where a size was measured twice', () => {
    const meters = [
      {
        id: 'm',
        points: [
          { n: 10, count: 1 },
          { n: 10, count: 2 },
          { n: 20, count: 10 },
        ],
      },
    ]
    expect(costTable(key, { meters })[0]?.rows).toEqual([
      { n: 10, bound: 20, count: null, share: null },
      { n: 20, bound: 40, count: 10, share: 0.25 },
    ])
  })
})

describe('an observation', () => {
  const result = (data: unknown): RunResult =>
    ({ type: 'result', output: [], cut: false, ms: 1, data }) as RunResult

  it('of a result in another shape counts as fatal', () => {
    for (const data of [
      null,
      {},
      { error: null, bans: 1, cases: [], meters: [] },
      { error: null, bans: [], cases: [null], meters: [] },
    ]) {
      expect(observeCode(key, result(data)).ended).toBe('fatal')
    }
  })

  it('keeps the call that differs from the reference’s', () => {
    const data = {
      error: null,
      bans: [],
      cases: [
        {
          id: 'list',
          value: [1, 3],
          calls: [
            { call: 'f(1)', returned: '1' },
            { call: 'f(2)', returned: '3' },
          ],
        },
      ],
      meters: [],
    }
    const observation = observeCode(key, result(data))
    expect(observation.cases[0]?.tried).toEqual({ call: { call: 'f(2)', returned: '3' }, item: 1 })
    expect(grade(observation).checks[1]).toMatchObject({ tried: 'f(2)', expected: '2', got: '3' })
  })

  it('of a value too large to send fails its case', () => {
    const cases = [{ id: 'one', value: Array.from({ length: 30_000 }, () => 1), calls: [] }]
    const observation = observeCode(key, result({ error: null, bans: [], cases, meters: [] }))
    expect(observation.cases[0]?.value).toEqual({ $: 'too-big' })
    expect(grade(observation).passed).toBe(false)
  })

  it('comes from a job that holds no expected value', () => {
    expect(Object.keys(makeCodeJob(key, answer).files)).toEqual(['solution.py', 'cases.py'])
    expect(JSON.stringify(makeCodeJob(key, answer))).not.toContain('expected')
  })
})

describe('values', () => {
  const dict = (...v: [Plain, Plain][]): Plain => ({ $: 'dict', v })
  const set = (...v: Plain[]): Plain => ({ $: 'set', v })
  const tuple = (...v: Plain[]): Plain => ({ $: 'tuple', v })

  it.each<[string, Plain, Plain]>([
    ['a bool and the int that it is', 1, true],
    ['False and 0, inside', [0, 2], [false, 2]],
    ['sets in any order', set(1, 2), set(2, 1)],
    ['a set and a frozenset', set(1, 2), { $: 'frozenset', v: [2, 1] }],
    ['dicts in any order', dict(['a', 1], ['b', 2]), dict(['b', 2], ['a', 1])],
    ['dicts with True and 1 as a key', dict([1, 'a']), dict([true, 'a'])],
    ['0.0 and -0.0', 0, -0],
    ['an int beyond 2**53 and the float of that value', { $: 'int', v: '1152921504606846976' }, 2 ** 60],
    ['nan and nan, which the reference gave too', { $: 'float', v: 'nan' }, { $: 'float', v: 'nan' }],
    ['lists in lists', [[1], []], [[1], []]],
  ])('are equal as Python says: %s', (_what, expected, got) => {
    expect(isEqual(expected, got, 'exact')).toBe(true)
    expect(isEqual(got, expected, 'exact')).toBe(true)
    expect(isEqual([expected, 'z'], ['z', got], 'unordered')).toBe(true)
  })

  it.each<[string, Plain, Plain]>([
    ['a list and a tuple', [1, 2], tuple(1, 2)],
    ['a number and its text', 1, '1'],
    ['None and 0', 0, null],
    ['None and False', false, null],
    ['True and 2', 2, true],
    ['an empty list and an empty dict', [], dict()],
    ['a set and a list', set(1), [1]],
    ['dicts with another value', dict(['a', 1]), dict(['a', 2])],
    ['dicts where one key more counts nothing', dict(['a', 1]), dict(['a', 1], ['b', 0])],
    ['infinity and a number', { $: 'float', v: 'inf' }, 7],
    ['what has no plain form', { $: 'other', type: 'deque' }, { $: 'other', type: 'deque' }],
  ])('differ as Python says: %s', (_what, expected, got) => {
    for (const compare of ['exact', 'approx'] as const) expect(isEqual(expected, got, compare)).toBe(false)
  })

  it('are compared about, or in any order, where the case says so', () => {
    expect(isEqual([0.3], [0.1 + 0.2], 'exact')).toBe(false)
    expect(isEqual({ $: 'int', v: '9007199254740993' }, 2 ** 53, 'exact')).toBe(false)
    expect(isEqual([0.3], [0.1 + 0.2], 'approx')).toBe(true)
    expect(isEqual(dict(['a', tuple(0.3)]), dict(['a', tuple(0.1 + 0.2)]), 'approx')).toBe(true)
    expect(isEqual(1e20, { $: 'int', v: '100000000000000000001' }, 'approx')).toBe(true)
    expect(isEqual(1, 1.00001, 'approx')).toBe(false)
    expect(isEqual([1, [2, 3]], [[2, 3], 1], 'unordered')).toBe(true)
    expect(isEqual([1, 1, 2], [1, 2, 2], 'unordered')).toBe(false)
    expect(isEqual([[2, 3]], [[3, 2]], 'unordered')).toBe(false)
  })

  it('are written as Python writes them', () => {
    const value: Plain = [
      null,
      true,
      { $: 'tuple', v: [1] },
      "it's",
      'a\nb',
      { $: 'set', v: [] },
      { $: 'dict', v: [['k', 2]] },
    ]
    expect(pythonText(value)).toBe(`[None, True, (1,), "it's", 'a\\nb', set(), {'k': 2}]`)
    expect(pythonText('x'.repeat(500), 10)).toBe(`'xxxxxxxx…`)
  })
})
