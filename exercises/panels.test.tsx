import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { artifactKind } from './artifact/spec'
import { choiceKind } from './choice/spec'
import { classifyKind } from './classify/spec'
import type { BlockSession, Panel, PublicBlock, Verdict } from './kind'
import { mythKind } from './myth/spec'
import { numericKind } from './numeric/spec'
import { orderKind } from './order/spec'
import { panels } from './panels'
import { questionsKind } from './questions/spec'
import { recallKind } from './recall/spec'
import type { KindName } from './registry'
import { gradeResponse } from './registry'
import { block, contextFor, valued } from './testing'
import { workedKind } from './worked/spec'

type Shown = { props: unknown; key: unknown; right: unknown; wrong: unknown }

const why = (text: string, more = {}) => block('Why', { text, ...more })
const option = (text: string, more = {}) => block('Option', { text, ...more }, why(`CANARY ${text}`))
const choice = (id: string) =>
  block('Choice', { id, text: 'Which?' }, option('one', { correct: true }), option('two'), option('three'))
const sampled = (compiled: {
  public: unknown
  key: unknown
  samples: { answer: unknown; passes: boolean }[]
}): Shown => ({
  props: compiled.public,
  key: compiled.key,
  right: compiled.samples.find((sample) => sample.passes)?.answer,
  wrong: compiled.samples.findLast((sample) => !sample.passes)?.answer,
})

/** One small block of each kind; those that need an interpreter to compile stand as they come out of it. */
const shown: Record<KindName, () => Promise<Shown>> = {
  choice: async () => sampled(await choiceKind.compile(choice('c'), contextFor())),
  questions: async () =>
    sampled(
      await questionsKind.compile(block('Questions', { id: 'q' }, choice('a'), choice('b')), contextFor()),
    ),
  classify: async () =>
    sampled(
      await classifyKind.compile(
        block(
          'Classify',
          { id: 'c', text: 'Sort.' },
          block('Class', { id: 'a', text: 'Ay' }),
          block('Class', { id: 'b', text: 'Bee' }),
          ...['x', 'y'].map((text) => block('Item', { is: 'a', text }, why('CANARY'))),
        ),
        contextFor(),
      ),
    ),
  numeric: async () =>
    sampled(
      await numericKind.compile(
        block(
          'Numeric',
          { id: 'n', compute: '20', unit: 's', text: 'How many?' },
          why('CANARY'),
          block('Wrong', { answer: 5, text: 'CANARY five' }),
        ),
        contextFor(valued(20)),
      ),
    ),
  recall: async () =>
    sampled(
      await recallKind.compile(
        block(
          'Recall',
          { id: 'r', text: 'Say it.' },
          block('Accept', 'canary'),
          ...['canary', 'Canary', 'CANARY.'].map((text) => block('Sample', { text, accepted: true })),
          ...['x', 'y', 'z'].map((text) => block('Sample', text)),
        ),
        contextFor(),
      ),
    ),
  order: async () =>
    sampled(
      await orderKind.compile(
        block(
          'Order',
          { id: 'o', text: 'Order.' },
          ...['p', 'q', 'r'].map((id) => block('Item', { id, text: `item ${id}` })),
          block('Distractor', 'none', why('CANARY')),
        ),
        contextFor(),
      ),
    ),
  myth: async () =>
    sampled(
      await mythKind.compile(
        block(
          'Myth',
          { id: 'm', text: 'So it is.' },
          ...['People', 'Fails', 'Instead'].map((name) => block(name, 'words')),
          choice('f'),
        ),
        contextFor(),
      ),
    ),
  worked: async () =>
    sampled(
      await workedKind.compile(
        block(
          'Worked',
          { id: 'w', text: 'Intro.' },
          block('Instance', { title: 'One' }, block('Step', { goal: 'g', text: 'all' })),
          block(
            'Instance',
            { title: 'Two' },
            block(
              'Step',
              { goal: 'g', text: 'so' },
              block('Blank', { id: 'b', accept: ['canary'], text: 'CANARY' }),
            ),
          ),
        ),
        contextFor(),
      ),
    ),
  artifact: async () => {
    const files = new Map(
      Object.entries({
        'starter.md': '# A\n',
        'rules.yaml': '- { id: w, rule: words, min: 3, says: "Three words." }',
        'wrong.yaml': 'a: w\nb: w\nc: w\n',
      }),
    )
    for (const name of ['a', 'b', 'c'])
      files.set(`alternatives/${name}.md`, 'one two three').set(`wrong/${name}.md`, 'one')
    return sampled(
      await artifactKind.compile(
        { path: 'exercises/x', yaml: { rubric: ['I did.'] }, promptHtml: '<p>Write.</p>', files },
        contextFor(),
      ),
    )
  },
  predict: async () => ({
    props: {
      prompt: '<p>What?</p>',
      code: '<pre>print(4)</pre>',
      answers: [{ id: 'a', label: 'It prints', options: null, lines: 1 }],
    },
    key: {
      printed: '4',
      raises: null,
      answers: [{ id: 'a', label: 'It prints', expected: '4', options: null, wrong: [] }],
      why: 'CANARY',
    },
    right: { answers: { a: '4' } },
    wrong: { answers: { a: '5' } },
  }),
  parsons: async () => ({
    props: {
      intro: '<p>Build.</p>',
      indent: true,
      lines: [
        { id: 'x1', code: 'a = 1', indent: 0 },
        { id: 'x2', code: 'b = a', indent: 0 },
      ],
    },
    key: {
      indent: true,
      lines: [
        { id: 'x1', code: 'a = 1', why: null, distractor: null },
        { id: 'x2', code: 'b = a', why: null, distractor: null },
      ],
      accepted: [
        [
          { code: 'a = 1', indent: 0 },
          { code: 'b = a', indent: 0 },
        ],
      ],
      tests: [],
      why: 'CANARY',
    },
    right: {
      lines: [
        { id: 'x1', indent: 0 },
        { id: 'x2', indent: 0 },
      ],
    },
    wrong: {
      lines: [
        { id: 'x2', indent: 0 },
        { id: 'x1', indent: 0 },
      ],
    },
  }),
  trace: async () => ({
    props: {
      intro: '<p>Fill.</p>',
      code: ['lo = 0', 'hi = 3'],
      watch: ['lo', 'hi'],
      rows: [
        { line: 1, values: ['0', '—'] },
        { line: 2, values: ['0', null] },
      ],
      drawing: {
        kind: 'array',
        name: 'xs',
        rows: [
          ['2', '5', '9'],
          ['2', '5', '9'],
        ],
      },
    },
    key: { cells: [{ id: '2:hi', row: 2, name: 'hi', value: '3', why: 'CANARY', wrong: [] }], why: null },
    right: { cells: { '2:hi': '3' } },
    wrong: { cells: { '2:hi': '2' } },
  }),
  complexity: async () => ({
    props: {
      intro: '<p>Whose?</p>',
      counts: 'comparisons',
      functions: [
        { name: 'f', code: '<pre>f</pre>', why: null, curve: 'x1' },
        { name: 'g', code: '<pre>g</pre>', why: null, curve: 'x2' },
      ],
      curves: ['x1', 'x2'].map((id, by) => ({
        id,
        points: [8, 16, 32].map((n) => ({ n, count: n ** (by + 1) })),
      })),
    },
    key: null,
    right: { marks: {} },
    wrong: { marks: {} },
  }),
  run: async () => ({
    props: { intro: '<p>Try.</p>', code: 'print(1)' },
    key: null,
    right: { code: 'print(2)' },
    wrong: { code: '' },
  }),
  code: async () => {
    const key = {
      casesSource: 'from slipway import case\n',
      cases: [{ id: 'empty', label: 'an empty list', compare: 'exact', expected: 0, calls: [] }],
      meters: [
        {
          id: 's',
          label: 'the cost stays within its bound',
          unit: 'operations',
          points: [{ n: 8, bound: 20, reference: 4 }],
        },
      ],
      bans: ['import bisect'],
      limits: { ms: 5000, steps: 1000 },
    }
    const observation = {
      scope: 'visible',
      ended: 'result',
      error: null,
      exited: false,
      bans: [],
      cases: [{ id: 'empty', value: 1 }],
      meters: [],
      ms: 3,
    }
    const answer = { files: { 'solution.py': 'def f(): ...' } }
    return {
      props: {
        promptHtml: '<p>Write f.</p>',
        starter: 'def f(): pass',
        cases: [{ id: 'empty', label: 'an empty list' }],
        bans: [{ ban: 'import bisect', label: 'without importing bisect' }],
        limits: key.limits,
        key,
      },
      key,
      right: {
        answer,
        observation: {
          ...observation,
          cases: [{ id: 'empty', value: 0 }],
          meters: [{ id: 's', points: [{ n: 8, count: 4 }] }],
        },
      },
      wrong: { answer, observation },
    }
  },
}

function sessionOf(
  answer: unknown,
  verdict: Verdict | null,
  more: Partial<BlockSession<unknown>> = {},
): BlockSession<unknown> {
  const outcome = verdict
    ? {
        id: 'a1',
        block: 'b',
        verdict: verdict.passed ? ('passed' as const) : ('failed' as const),
        checked: 'server' as const,
        feedback: verdict,
        at: '2026-11-25T10:00:00Z',
      }
    : null
  return {
    answer,
    change: () => {},
    submit: () => {},
    outcome,
    history: outcome ? [outcome] : [],
    state: verdict ? (verdict.passed ? 'passed' : 'tried') : 'new',
    sending: false,
    saved: { where: 'nowhere-yet' },
    hintsOpened: 1,
    openHint: () => {},
    notice: null,
    loadSolution: async () => null,
    runnerBase: '/runner/1/',
    seed: 'seed',
    signedIn: true,
    ...more,
  }
}

async function draw(kind: KindName, props: unknown, session: BlockSession<unknown>): Promise<string> {
  const { Panel: Shown } = (await panels[kind]()) as { Panel: Panel<unknown, unknown> }
  const shownBlock: PublicBlock = {
    id: 'course/lesson/b',
    kind,
    version: 1,
    title: 'The block',
    graded: true,
    star: false,
    hints: ['<p>A hint</p>'],
    props,
  }
  return renderToStaticMarkup(createElement(Shown, { block: shownBlock, session }))
}

describe.each(Object.keys(shown) as KindName[])('the panel of %s', (kind) => {
  test('shows an untouched block without its key and without style attributes, which the page forbids', async () => {
    const { props } = await shown[kind]()
    const html = await draw(kind, props, sessionOf(undefined, null))
    expect(html).toContain('The block')
    expect(html).not.toMatch(/CANARY/i)
    expect(html).not.toMatch(/\sstyle="/)
    expect(html).toContain('<button')
  })

  test('shows a wrong and a right answer with the words about it', async () => {
    const { props, key, right, wrong } = await shown[kind]()
    for (const [response, passes] of [
      [wrong, false],
      [right, true],
    ] as const) {
      const judged = gradeResponse({ kind, key }, response)
      if (!('verdict' in judged)) continue
      expect(judged.verdict.passed).toBe(passes)
      const answer = judged.program ? (response as { answer: unknown }).answer : response
      const html = await draw(kind, props, sessionOf(answer, judged.verdict))
      expect(html).toMatch(passes ? /Right|Passed/ : /Not right|Not passed yet|right<|hold|differ/)
      expect(html).not.toMatch(/\sstyle="/)
    }
  })

  test('stands a draft of another shape, and says when something stands in the way', async () => {
    const { props } = await shown[kind]()
    for (const draft of [
      null,
      7,
      'text',
      [],
      {
        chosen: 'x',
        rows: [],
        text: 3,
        answers: null,
        order: [1, 'gone'],
        lines: [{}],
        blanks: { b: 4 },
        cells: [],
        files: {},
        marks: 'x',
        code: 1,
        ticks: {},
        followUp: {},
        stance: 'maybe',
      },
    ])
      expect(await draw(kind, props, sessionOf(draft, null))).toContain('The block')
    const html = await draw(
      kind,
      props,
      sessionOf(undefined, null, { notice: { kind: 'offline', text: 'You are offline.' }, sending: true }),
    )
    expect(html).toContain('You are offline.')
  })
})
