import { afterAll, describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret, fence } from '@/exercises/testing'
import { closeNode, runInNode } from '@/runner/node'
import { complexityKind } from './complexity/spec'
import { numericKind } from './numeric/spec'
import { gradeParsons } from './parsons/grade'
import { parsonsKind } from './parsons/spec'
import { gradePredict } from './predict/grade'
import { predictKind } from './predict/spec'
import { runKind } from './run/spec'
import { gradeTrace } from './trace/grade'
import { traceKind } from './trace/spec'

const context = contextFor(runInNode)
afterAll(closeNode)

describe('Numeric', () => {
  test('evaluates its expression with the names of math', async () => {
    const node = block(
      'Numeric',
      { id: 'n', compute: 'ceil(log2(1_000_000 + 1))', unit: 'comparisons', text: 'Q' },
      block('Why', 'w'),
      block('Wrong', { answer: [19, 19.93], text: 'too few' }),
    )
    const compiled = await numericKind.compile(node, context)
    expect(compiled.key.value).toBe(20)
    expectSamples(numericKind, compiled)
    const broken = block('Numeric', { id: 'n', compute: 'ceil(', text: 'Q' }, block('Why', 'w'))
    await expect(numericKind.compile(broken, context)).rejects.toThrow(/fails: SyntaxError/)
  })
})

describe('Predict', () => {
  const typed = (source: string, attributes = {}, ...answers: ReturnType<typeof block>[]) =>
    block(
      'Predict',
      { id: 'p', lang: 'python', text: 'What does this print?', fences: [fence(source)], ...attributes },
      ...answers,
      block('Why', 'SECRET why'),
    )
  const answer = (more = {}, ...children: ReturnType<typeof block>[]) =>
    block('Answer', { id: 'printed', label: 'It prints', ...more }, ...children)

  test('records what the program prints and judges typed predictions by it', async () => {
    const node = typed(
      'a = [1, 2, 3]\nb = a\na.append(4)\nprint(len(b), b)',
      {},
      answer({}, block('Wrong', { answer: '3 [1, 2, 3]', text: 'SECRET two lists' })),
    )
    const compiled = await predictKind.compile(node, context)
    expectSamples(predictKind, compiled)
    expectSecret(compiled.public, ['SECRET', '[1, 2, 3, 4]'])
    for (const text of [
      '4 [1,2,3,4]',
      ' 4  [1, 2, 3, 4]\n',
      '4\n[ 1, 2, 3, 4 ]',
      '`4 [1, 2, 3, 4]`',
      'It prints 4 [1, 2, 3, 4].',
      '>>> 4 [1, 2, 3, 4]',
    ])
      expect(gradePredict(compiled.key, { answers: { printed: text } }).passed, text).toBe(true)
    const wrong = gradePredict(compiled.key, { answers: { printed: '5' } })
    expect(wrong.checks[0]).toMatchObject({ expected: '4 [1, 2, 3, 4]', got: '5', passed: false })
    const refused: Record<string, string>[] = [{}, { forged: '4' }, { printed: ' ' }]
    for (const answers of refused) expect(gradePredict(compiled.key, { answers }).passed).toBe(false)
  })

  test('one line, a picked option, and case of letters', async () => {
    const options = [
      block('Option', { text: 'HI', correct: true }),
      block('Option', 'hi', block('Why', 'SECRET upper')),
      block('Option', 'Hi', block('Why', 'SECRET upper')),
    ]
    const compiled = await predictKind.compile(
      typed(
        'print(1 > 2)\nprint("hi".upper())',
        {},
        answer({ line: 1 }),
        answer({ id: 'second', label: 'Then', line: 2 }, ...options),
      ),
      context,
    )
    expectSamples(predictKind, compiled)
    const right = compiled.key.answers[1]?.options?.[0]?.id ?? ''
    expect(gradePredict(compiled.key, { answers: { printed: 'false', second: right } }).passed).toBe(true)
    expect(gradePredict(compiled.key, { answers: { printed: 'False', second: 'HI' } }).passed).toBe(false)
  })

  test('an error that ends it, named in any sentence', async () => {
    const compiled = await predictKind.compile(typed('int("x")', { raises: 'ValueError' }, answer()), context)
    expectSamples(predictKind, compiled)
    for (const [text, passes] of [
      ['It raises a ValueError', true],
      ['valueerror', true],
      ['KeyError', false],
      ['MyValueErrors', false],
    ] as const)
      expect(gradePredict(compiled.key, { answers: { printed: text } }).passed, text).toBe(passes)
  })

  test('tells authors when page and program disagree', async () => {
    await expect(predictKind.compile(typed('int("x")', {}, answer()), context)).rejects.toThrow(
      /raises="ValueError"/,
    )
    await expect(
      predictKind.compile(typed('print(1)', { raises: 'ValueError' }, answer()), context),
    ).rejects.toThrow(/does not raise/)
    await expect(
      predictKind.compile(
        typed('print(1)', {}, answer({}, block('Wrong', { answer: '1', text: 'w' }))),
        context,
      ),
    ).rejects.toThrow(/is right/)
    await expect(
      predictKind.compile(
        typed(
          'print(1)',
          {},
          answer({}, block('Option', { text: '2', correct: true }), block('Option', '1', block('Why', 'w'))),
        ),
        context,
      ),
    ).rejects.toThrow(/the program gives: 1/)
    await expect(
      predictKind.compile(typed('print(1)', { lang: 'shell' }, answer()), context),
    ).rejects.toThrow(/not here yet/)
  })
})

describe('Parsons', () => {
  const line = (text: string, indent = 0) => block('Line', { text, indent })
  const total = [
    line('def total(xs):'),
    line('out = 0', 1),
    line('for x in xs:', 1),
    line('out += x', 2),
    line('return out', 1),
  ]
  const parsons = (lines: ReturnType<typeof block>[], attributes = {}, ...more: ReturnType<typeof block>[]) =>
    block(
      'Parsons',
      { id: 'p', lang: 'python', text: 'Build it.', ...attributes },
      ...lines,
      block('Test', { call: 'total([1, 2, 3])' }),
      ...more,
    )
  const distractor = block('Distractor', 'out = x', block('Why', 'SECRET forgets'))

  test('runs every accepted order and submits it, with distractors and indentation', async () => {
    for (const attributes of [{}, { indent: true }]) {
      const compiled = await parsonsKind.compile(parsons(total, attributes, distractor), context)
      expectSamples(parsonsKind, compiled)
      expectSecret(compiled.public, ['SECRET', '"6"'])
      expect(compiled.key.tests).toEqual([{ call: 'total([1, 2, 3])', gives: '6' }])
      const ids = compiled.public.lines.map((one) => one.id)
      expect(ids).toEqual([...ids].sort())
    }
  })

  test('says the first line that cannot stand where it is', async () => {
    const { key } = await parsonsKind.compile(parsons(total), context)
    const ids = key.lines.map((one) => one.id)
    const lines = [0, 2, 1, 3, 4].map((index) => ({ id: ids[index] ?? '', indent: 0 }))
    expect(gradeParsons(key, { lines }).checks[0]).toMatchObject({
      id: 'position',
      label: 'Line 2: “for x in xs:”',
    })
    expect(gradeParsons(key, { lines: [...lines, { id: 'forged', indent: 0 }] }).passed).toBe(false)
    expect(gradeParsons(key, { lines: [...lines, ...lines] }).passed).toBe(false)
  })

  test('refuses to refuse a right answer: neighbours that may change places must be settled', async () => {
    const lines = [
      line('def total(xs):'),
      line('out = 0', 1),
      line('seen = 0', 1),
      line('return out + seen + sum(xs)', 1),
    ]
    await expect(parsonsKind.compile(parsons(lines), context)).rejects.toThrow(
      /<Accept order=\{\[0, 2, 1, 3\]\} \/>/,
    )
    expectSamples(
      parsonsKind,
      await parsonsKind.compile(parsons(lines, {}, block('Accept', { order: [0, 2, 1, 3] })), context),
    )
  })

  test('tells authors of an accepted order that does something else', async () => {
    await expect(
      parsonsKind.compile(parsons(total, {}, block('Accept', { order: [0, 1, 2, 4, 3] })), context),
    ).rejects.toThrow(/Accepted order 1/)
    await expect(
      parsonsKind.compile(parsons([line('def total(xs):'), line('return xs +', 1), line('x')]), context),
    ).rejects.toThrow(/does not run/)
  })
})

describe('Trace', () => {
  const program =
    'starts = [2, 5, 9, 14]\nlo, hi = 0, len(starts)\nwhile lo < hi:\n    mid = (lo + hi) // 2\n    if starts[mid] > 5:\n        hi = mid\n    else:\n        lo = mid + 1'
  const trace = (attributes = {}, ...children: ReturnType<typeof block>[]) =>
    block(
      'Trace',
      {
        id: 't',
        watch: ['lo', 'hi', 'mid'],
        draw: 'array starts',
        at: 'while',
        text: 'Fill in.',
        fences: [fence(program)],
        ...attributes,
      },
      ...children,
    )
  const cell = (row: number, name: string) => block('Cell', { row, name, text: 'SECRET look again' })

  test('records the values before each turn, hides the blanks and judges each cell', async () => {
    const wrong = block('Wrong', { row: 2, name: 'hi', answer: '1', text: 'SECRET dropped one' })
    const compiled = await traceKind.compile(
      trace({}, cell(2, 'hi'), cell(2, 'mid'), wrong, block('Why', 'SECRET done')),
      context,
    )
    expect(compiled.public.rows).toEqual([
      { line: 3, values: ['0', '4', '—'] },
      { line: 3, values: ['0', null, null] },
      { line: 3, values: ['2', '2', '1'] },
    ])
    expect(compiled.public.drawing).toMatchObject({
      kind: 'array',
      rows: [['2', '5', '9', '14'], {}, {}].map(() => ['2', '5', '9', '14']),
    })
    expectSamples(traceKind, compiled)
    expectSecret(compiled.public, ['SECRET'])
    const verdict = gradeTrace(compiled.key, { cells: { '2:hi': '1', '2:mid': ' 2 ' } })
    expect(verdict.checks.map((check) => check.passed)).toEqual([false, true])
    expect(verdict.checks[0]?.why).toContain('dropped one')
    expect(gradeTrace(compiled.key, { cells: { '9:x': '1' } }).passed).toBe(false)
  })

  test('a name without a value is a dash, also when typed in words', async () => {
    const { key } = await traceKind.compile(trace({}, cell(1, 'mid')), context)
    for (const text of ['—', '-', '–', 'none yet'])
      expect(gradeTrace(key, { cells: { '1:mid': text } }).passed, text).toBe(true)
  })

  test('without `at` every executed line is a row, with what it left behind; a graph is drawn from a dict', async () => {
    const graph = trace(
      {
        watch: ['seen', 'here'],
        draw: 'graph g',
        at: undefined,
        fences: [fence("g = {'a': ['b'], 'b': []}\nseen = {'a'}\nhere = 'a'")],
      },
      cell(3, 'here'),
    )
    const plainGraph = {
      ...graph,
      attributes: Object.fromEntries(
        Object.entries(graph.attributes).filter(([, value]) => value !== undefined),
      ),
    }
    const compiled = await traceKind.compile(plainGraph, context)
    expect(compiled.public.rows[2]).toEqual({ line: 3, values: ["{'a'}", null] })
    expect(compiled.public.drawing).toMatchObject({ kind: 'graph' })
    expect(gradeTrace(compiled.key, { cells: { '3:here': 'a' } }).passed).toBe(true)
    expect(gradeTrace(compiled.key, { cells: { '3:here': '"a"' } }).passed).toBe(true)
  })

  test('tells authors what does not fit', async () => {
    await expect(traceKind.compile(trace({}, cell(9, 'lo')), context)).rejects.toThrow(/the trace has 3 rows/)
    await expect(traceKind.compile(trace({}, cell(1, 'x')), context)).rejects.toThrow(/not watched/)
    await expect(
      traceKind.compile(
        trace({}, cell(1, 'lo'), block('Wrong', { row: 1, name: 'lo', answer: '0', text: 'w' })),
        context,
      ),
    ).rejects.toThrow(/is right there/)
    await expect(traceKind.compile(trace({ at: 'until' }, cell(1, 'lo')), context)).rejects.toThrow(
      /No executed line starts with/,
    )
    await expect(traceKind.compile(trace({ draw: 'array lo' }, cell(1, 'hi')), context)).rejects.toThrow(
      /at no step a list/,
    )
  })
})

describe('Run', () => {
  test('is run as written', async () => {
    const good = block('Run', { id: 'r', text: 'Try.', fences: [fence('print(sum(range(10)))')] })
    expect((await runKind.compile(good, context)).public.code).toContain('sum')
    const bad = block('Run', { id: 'r', text: 'Try.', fences: [fence('print(1/0)')] })
    await expect(runKind.compile(bad, context)).rejects.toThrow(/ZeroDivisionError/)
  })
})

describe('Complexity', () => {
  const growth = (input: string, ...more: ReturnType<typeof block>[]) =>
    block(
      'Complexity',
      {
        id: 'c',
        text: 'Whose?',
        sizes: [8, 16, 32],
        counts: 'comparisons',
        fences: [
          fence('def linear(xs):\n    return [x for x in xs if x < 0]', 'python', 'name=linear'),
          fence('def pairs(xs):\n    return [1 for x in xs for y in xs if x < y]', 'python', 'name=pairs'),
        ],
      },
      block('Input', input),
      ...more,
    )

  test('records the counts of each function', async () => {
    const compiled = await complexityKind.compile(
      growth('probes(range(n))', block('Why', { of: 'linear', text: 'One pass.' })),
      context,
    )
    const curveOf = (name: string) =>
      compiled.public.curves.find(
        (curve) => curve.id === compiled.public.functions.find((one) => one.name === name)?.curve,
      )
    expect(curveOf('linear')?.points).toEqual([8, 16, 32].map((n) => ({ n, count: n })))
    expect(curveOf('pairs')?.points).toEqual([8, 16, 32].map((n) => ({ n, count: n * n })))
  })

  test('tells authors when nothing is counted', async () => {
    await expect(complexityKind.compile(growth('list(range(n))'), context)).rejects.toThrow(
      /Nothing was counted/,
    )
    await expect(complexityKind.compile(growth('nobody'), context)).rejects.toThrow(/fails under the meter/)
  })
})
