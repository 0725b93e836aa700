import { afterAll, describe, expect, it } from 'vitest'
import { closeNode, runInNode } from './node'

afterAll(closeNode)

/** Counts of each function of `solution`, called with ten probes 0 to 9, by what is counted. */
async function countsOf(
  functions: Record<string, string>,
  counts = 'operations',
  make = 'probes(range(10))',
) {
  const names = Object.keys(functions)
  const cases = [
    'from slipway import *',
    ...names.map(
      (name) =>
        `@metered("${name}", ns=[10], bound=lambda n: n, counts="${counts}")\ndef meter_${name}(solution, n):\n    xs = ${make}\n    yield lambda: solution.${name}(xs)`,
    ),
  ]
  const solution = Object.entries(functions).map(
    ([name, body]) => `def ${name}(xs):\n    ${body.replaceAll('\n', '\n    ')}`,
  )
  const result = await runInNode({
    files: { 'solution.py': solution.join('\n'), 'cases.py': cases.join('\n') },
    entry: { kind: 'cases', path: 'solution.py', cases: 'cases.py', bans: [], meters: true },
    limits: { steps: 100_000 },
  })
  if (result.type === 'failed') throw new Error(result.kind)
  if (result.data.error) throw new Error(result.data.error.text)
  return Object.fromEntries(
    result.data.meters.map((meter) => [meter.id, meter.points[0]?.count ?? meter.error?.text]),
  )
}

describe('the operation meter', () => {
  it('charges what each operation on a list of ten really costs', async () => {
    const counts = await countsOf({
      nothing: 'return len(xs)',
      read: 'return xs[3]',
      write: 'xs[3] = 1',
      loop: 'for x in xs: pass',
      backwards: 'for x in reversed(xs): pass',
      slice: 'return xs[2:6]',
      copy: 'return xs.copy()',
      fresh: 'return list(xs)',
      pop_last: 'xs.pop()',
      pop_first: 'xs.pop(0)',
      insert_first: 'xs.insert(0, 1)',
      append: 'xs.append(1)',
      joined: 'return xs + xs',
      twice: 'return xs * 2',
    })
    expect(counts).toEqual({
      nothing: 0,
      read: 1,
      write: 1,
      loop: 10,
      backwards: 10,
      slice: 4,
      copy: 10,
      fresh: 10,
      pop_last: 1,
      pop_first: 10,
      insert_first: 11,
      append: 1,
      joined: 20,
      twice: 20,
    })
  })

  it('counts comparisons and hashes that C code makes', async () => {
    const found = await countsOf(
      { search: 'return 9 in xs', sort: 'return sorted(xs)', best: 'return max(xs)' },
      'comparisons',
    )
    expect(found).toEqual({ search: 10, sort: 9, best: 9 })
    const hashed = await countsOf({ unique: 'return len(set(xs))' })
    expect(hashed.unique).toBe(20)
  })

  it('counts an addition and keeps its result counted', async () => {
    const counts = await countsOf({ add: 'a, b = xs[0], xs[1]\nreturn (a + b) == 1' })
    expect(counts).toEqual({ add: 4 })
  })

  it('counts calls of an oracle only', async () => {
    const counts = await countsOf(
      { ask: 'return [xs(1), xs(2), sum(range(100))]' },
      'calls',
      'oracle(lambda c: c > 1)',
    )
    expect(counts).toEqual({ ask: 2 })
  })

  it('counts executed lines, a loop on one line included', async () => {
    const counts = await countsOf(
      { lines: 'i = 0\nwhile i < 5:\n    i += 1\nreturn i', one: 'return [x for x in range(5)]' },
      'steps',
    )
    expect(counts.lines).toBe(1 + 6 + 5 + 1)
    expect(counts.one).toBeGreaterThanOrEqual(6)
  })

  it('takes the costliest of the calls it is given and leaves out what making the input costs', async () => {
    const cases = `from slipway import metered, probes
@metered("worst", ns=[8, 16], bound=lambda n: 2 * n, says="Look.")
def worst(solution, n):
    xs = probes(sorted(probes(range(n)), reverse=True))
    for k in (1, n, 2):
        yield lambda: solution.first(xs, k)
`
    const result = await runInNode({
      files: { 'solution.py': 'def first(xs, k): return [xs[i] for i in range(k)]', 'cases.py': cases },
      entry: { kind: 'cases', path: 'solution.py', cases: 'cases.py', bans: [], meters: true },
    })
    expect(result).toMatchObject({
      data: {
        meters: [
          {
            id: 'worst',
            points: [
              { n: 8, count: 8, bound: 16 },
              { n: 16, count: 16, bound: 32 },
            ],
          },
        ],
        declared: [{ id: 'worst', kind: 'metered', counts: 'operations', says: 'Look.' }],
      },
    })
  })

  it('refuses what it cannot count, in words for the author', async () => {
    await expect(countsOf({ f: 'pass' }, 'seconds')).rejects.toThrow(/counts is one of operations/)
    expect((await countsOf({ f: 'pass' }, 'operations', 'probes([None])')).f).toMatch(
      /a probe is an int, a float or a str/,
    )
  })
})
