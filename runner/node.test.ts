import { afterAll, describe, expect, it } from 'vitest'
import { closeNode, runInNode } from './node'
import type { RunData, RunJob, RunResult } from './protocol'

afterAll(closeNode)

const script = (code: string, more: Partial<RunJob> = {}): RunJob => ({
  files: { 'main.py': code },
  entry: { kind: 'script', path: 'main.py' },
  ...more,
})
const textOf = (result: RunResult) => result.output.map((chunk) => chunk.t).join('')
const dataOf = (result: RunResult): RunData => {
  if (result.type === 'failed') throw new Error(`${result.kind}: ${result.detail}`)
  return result.data
}
const runCases = async (solution: string, cases: string, more: Partial<RunJob> = {}, bans: string[] = []) =>
  dataOf(
    await runInNode({
      files: { 'solution.py': solution, 'cases.py': cases },
      entry: { kind: 'cases', path: 'solution.py', cases: 'cases.py', bans, meters: true },
      limits: { steps: 20_000 },
      ...more,
    }),
  )

describe('a script', () => {
  it('prints, reads its input and exits with its code', async () => {
    const result = await runInNode(script('import sys\nprint(input())\nsys.exit(3)', { stdin: 'typed\n' }))
    expect(textOf(result)).toBe('typed\n')
    expect(dataOf(result).exit).toBe(3)
  })

  it('is ended at its limit, with what it printed before', async () => {
    const result = await runInNode(script('print("a")\nwhile True: pass', { limits: { ms: 300 } }))
    expect(result).toMatchObject({ type: 'failed', kind: 'timeout' })
    expect(textOf(result)).toBe('a\n')
  })

  it('is ended at its line limit, in a loop on one line too', async () => {
    const data = dataOf(await runInNode(script('while True: pass', { limits: { steps: 1000 } })))
    expect(data.error?.type).toBe('StepLimit')
  })

  it('that takes all memory fails as memory', async () => {
    const result = await runInNode(script('a = []\nwhile True: a.append("x" * 1_000_000)'))
    expect(result).toMatchObject({ type: 'failed', kind: 'memory' })
  })

  it('that kills the interpreter fails as fatal, without the interpreter’s own words in its output', async () => {
    const deep = 'print("before")\nn = None\nfor i in range(100_000): n = type("N", (), {"x": n})()\ndel n'
    const result = await runInNode(script('print("before")\nimport os\nos._exit(0)'))
    expect(result).toMatchObject({ type: 'failed', kind: 'fatal' })
    expect(textOf(result)).toBe('before\n')
    expect(textOf(await runInNode(script(deep)))).toBe('before\n')
  })

  it('that prints without end is cut at 1000 lines and goes on', async () => {
    const result = await runInNode(script('for i in range(5000): print(i)\nopen("end", "w").write("x")'))
    expect(result).toMatchObject({ type: 'result', cut: true })
    expect(textOf(result).trim().split('\n')).toHaveLength(1000)
  })

  it('that fills the disk gets an OSError', async () => {
    const data = dataOf(
      await runInNode(script('with open("f", "wb") as f:\n  while True: f.write(bytes(1_000_000))')),
    )
    expect(data.error?.text).toContain('No space left on device')
  })

  it('sleeps and waits for tasks without threads', async () => {
    const code =
      'import asyncio\nasync def f(n):\n  await asyncio.sleep(.01)\n  return n\nasync def main():\n  print(await asyncio.gather(f(1), f(2)))\nasyncio.run(main())'
    expect(textOf(await runInNode(script(code)))).toBe('[1, 2]\n')
  })

  it('gives the line and the trail of an error in its own files', async () => {
    const files = { 'main.py': 'import part\npart.f()', 'part.py': 'def f():\n  return {}["k"]' }
    const data = dataOf(await runInNode({ files, entry: { kind: 'script', path: 'main.py' } }))
    expect(data.error).toMatchObject({
      type: 'KeyError',
      line: 2,
      trail: [{ file: 'main.py' }, { file: 'part.py', name: 'f' }],
    })
  })

  it('repeats its random numbers and the order of its sets', async () => {
    const job = script('import random\nprint(random.random(), {"a", "b", "c"})')
    expect(textOf(await runInNode(job))).toBe(textOf(await runInNode(job)))
  })
})

describe('a trace', () => {
  it('has one step a line, with the values after it', async () => {
    const files = { 'p.py': 's = 0\nfor x in [1, 2]:\n    s += x\n' }
    const entry = { kind: 'trace' as const, path: 'p.py', watch: ['s', 'x'], maxSteps: 100 }
    expect(dataOf(await runInNode({ files, entry })).steps).toEqual([
      { line: 1, values: { s: 0 } },
      { line: 2, values: { s: 0, x: 1 } },
      { line: 3, values: { s: 1, x: 1 } },
      { line: 2, values: { s: 1, x: 2 } },
      { line: 3, values: { s: 3, x: 2 } },
      { line: 2, values: { s: 3, x: 2 } },
    ])
  })

  it('stops at its most steps', async () => {
    const entry = { kind: 'trace' as const, path: 'p.py', watch: [], maxSteps: 5 }
    const data = dataOf(await runInNode({ files: { 'p.py': 'while True:\n    x = 1' }, entry }))
    expect(data.error?.type).toBe('StepLimit')
    expect(data.steps).toHaveLength(5)
  })
})

describe('an expression', () => {
  const value = async (source: string) =>
    dataOf(await runInNode({ files: {}, entry: { kind: 'expression', source } }))

  it('knows math and nothing that opens a file', async () => {
    expect((await value('0.5 ** 2 * sqrt(16)')).value).toBe(1)
    expect((await value('open("x")')).error?.type).toBe('NameError')
  })
})

describe('cases', () => {
  const given = async (body: string) =>
    (await runCases('', `from slipway import case\n@case("a")\ndef a(solution):\n${body}`)).cases[0]?.value

  it('hand out plain data', async () => {
    const body =
      '    return [(1,), {2}, {"k": None}, 2**60, float("nan"), True, object, {3: 4}.keys(), range(2)]'
    expect(await given(body)).toEqual([
      { $: 'tuple', v: [1] },
      { $: 'set', v: [2] },
      { $: 'dict', v: [['k', null]] },
      { $: 'int', v: '1152921504606846976' },
      { $: 'float', v: 'nan' },
      true,
      { $: 'other', type: 'type' },
      { $: 'set', v: [3] },
      { $: 'other', type: 'range' },
    ])
  })

  it('hand out a subclass as the data of its base', async () => {
    const body = `    from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
    from enum import Enum, IntEnum, StrEnum
    tally = defaultdict(int)
    tally["a"] += 1
    return [Counter("aab"), tally, OrderedDict(b=1), namedtuple("Hit", "at n")(3, 4),
            IntEnum("Size", "S M").M, StrEnum("Word", {"A": "a"}).A, Enum("Plain", "P").P, deque([1])]`
    expect(await given(body)).toEqual([
      {
        $: 'dict',
        v: [
          ['a', 2],
          ['b', 1],
        ],
      },
      { $: 'dict', v: [['a', 1]] },
      { $: 'dict', v: [['b', 1]] },
      { $: 'tuple', v: [3, 4] },
      2,
      'a',
      { $: 'other', type: 'Plain' },
      { $: 'other', type: 'deque' },
    ])
  })

  it('ask nothing of a subclass that says it is something else', async () => {
    const body = `    lie = lambda *args: 1 / 0
    body = {name: lie for name in ("__iter__", "__len__", "__eq__", "__int__", "__float__", "__str__", "__repr__", "items",
            "__index__", "keys", "__getitem__")}
    return [type("Sly", (base,), body)(data) for base, data in
            [(int, 1), (float, 0.5), (str, "x"), (list, [2]), (tuple, (3,)), (dict, {"k": 4}), (set, {5})]]`
    expect(await given(body)).toEqual([
      1,
      0.5,
      'x',
      [2],
      { $: 'tuple', v: [3] },
      { $: 'dict', v: [['k', 4]] },
      { $: 'set', v: [5] },
    ])
  })

  const cases = `from slipway import case, hidden, raised
@case("one", says="Look.", compare="approx")
def one(solution):
    xs = [3, 1]
    return [solution.f(xs), xs]
@hidden("two")
def two(solution):
    return raised(ValueError, solution.f, [])
`
  it('note the calls of the learner’s functions as they were before the call', async () => {
    const data = await runCases(
      'def f(xs):\n    xs.sort()\n    if not xs: raise ValueError("none")\n    return xs[0]',
      cases,
    )
    expect(data.cases).toEqual([
      { id: 'one', value: [1, [1, 3]], calls: [{ call: 'f([3, 1])', returned: '1' }] },
      { id: 'two', value: 'ValueError', calls: [{ call: 'f([])', raised: 'ValueError' }] },
    ])
    expect(data.declared?.[0]).toEqual({
      id: 'one',
      kind: 'case',
      label: 'one',
      says: 'Look.',
      compare: 'approx',
    })
  })

  it('say what came instead of an error', async () => {
    const data = await runCases('def f(xs): return xs[0] if xs else None', cases)
    expect(data.cases[1]?.value).toBe('no error, returned None')
    const other = await runCases('def f(xs): return xs[0]', cases)
    expect(other.cases[1]?.value).toBe('IndexError: list index out of range')
  })

  it('end one by one: an endless one leaves the others their values', async () => {
    const data = await runCases('def f(xs):\n    while xs: pass\n    raise ValueError', cases)
    expect(data.cases.map((one) => [one.steps, one.value])).toEqual([
      [true, undefined],
      [undefined, 'ValueError'],
    ])
  })

  it('survive a program that patches builtins, json and its own module', async () => {
    const sly = `import builtins, json, sys
for name in ("len", "isinstance", "type", "dict", "getattr", "print", "range"): setattr(builtins, name, None)
json.dumps = json.loads = None
sys.stdout = None
def f(xs): raise ValueError("x")`
    const data = await runCases(sly, cases)
    expect(data.cases[0]?.error?.type).toBe('ValueError')
    expect(data.cases[1]?.value).toBe('ValueError')
  })

  it('survive exit, KeyboardInterrupt and an error that cannot be printed', async () => {
    for (const body of ['exit(1)', 'raise KeyboardInterrupt', 'raise Bad']) {
      const data = await runCases(
        `class Bad(Exception):\n  def __str__(self): raise self\ndef f(xs): ${body}`,
        cases,
      )
      expect(data.cases[0]?.error?.type, body).toBeTruthy()
    }
  })
})

describe('bans', () => {
  const find = async (solution: string, bans: string[]) =>
    (await runCases(solution, 'from slipway import case\n@case("x")\ndef x(s): return 1', {}, bans)).bans.map(
      (one) => `${one.line} ${one.what}`,
    )

  it('are found by import, call, name and kind of statement, also under another name', async () => {
    const solution = `import bisect as b
from heapq import merge as m
s = sorted
def f(xs, n):
    if n < 0:
        list(m(xs, xs)); s(xs); xs.sort(); sort = xs.sort; sort()
    for x in xs[1:]:
        dict()
    return f(xs, n - 1) if n > 0 else 0
`
    const bans = [
      'import bisect',
      'call heapq.merge',
      'call sorted',
      'call .sort',
      'name dict',
      'loop',
      'slice',
      'recursion',
    ]
    expect(await find(solution, bans)).toEqual([
      '1 import bisect',
      '6 call .sort',
      '6 call heapq.merge',
      '6 call sorted',
      '7 loop',
      '7 slice',
      '8 name dict',
      '9 recursion',
    ])
  })

  it('are found behind a C twin, a star, another import and another name', async () => {
    const imports = `from bisect import *
import _bisect
import builtins; builtins.__import__("bisect")
from importlib import import_module as load; load("bisect")
import importlib as i; i.import_module(name="bisect.x")
get = __import__; get("bisect")
import sys; sys.modules["bisect"]
`
    expect(await find(imports, ['import bisect'])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((line) => `${line} import bisect`),
    )
    const calls = `from functools import partial
xs = [[1]]
a = len; a = sorted; a(xs)
b: object = sorted; b(xs)
c, d = 1, sorted; d(xs)
def f(xs, by=sorted): return by(xs)
(e := sorted)(xs)
getattr(__builtins__, "sorted")(xs)
__builtins__["sorted"](xs)
list(map(sorted, xs))
partial(sorted)(xs)
max(xs, key=sorted)
`
    expect(await find(calls, ['call sorted'])).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((line) => `${line} call sorted`),
    )
    const merges = 'from heapq import *\nmerge([], [])\nh = __import__("heapq")\nh.merge([], [])'
    expect(await find(merges, ['call heapq.merge'])).toEqual(['2 call heapq.merge', '4 call heapq.merge'])
    const methods = 'xs = []\ngetattr(xs, "sort")()\nf = list.sort\nf(xs)\nlist(map(list.sort, []))'
    expect(await find(methods, ['call .sort'])).toEqual([2, 4, 5].map((line) => `${line} call .sort`))
  })

  it('do not mistake a word for a use', async () => {
    expect(
      await find('"""sorted, dict"""\nmy_sorted = 1\n# import bisect\n', [
        'call sorted',
        'name dict',
        'import bisect',
      ]),
    ).toEqual([])
    const own = `from heapq import *
def merge(a, b): return a + b
def sorted(xs): return xs
xs = sorted(merge([2], [1]))
sum = 0
print(isinstance(xs, list), sum, "bisect" in {}, {"bisect": 1}["bisect"])
`
    expect(
      await find(own, ['call heapq.merge', 'call sorted', 'call list', 'call sum', 'import bisect']),
    ).toEqual([])
  })
})
