import type { CompileContext, ExerciseFolder } from '@/exercises/kind'
import { runInNode } from '@/runner/node'

/** A small exercise like the product's own, with a canary in each thing that must stay on the server. */

export const REFERENCE = `def lower_bound(xs, t):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] < t:
            lo = mid + 1
        else:
            hi = mid
    return lo
`

export const CASES_SOURCE = `"""CANARY-DOCSTRING"""
# CANARY-COMMENT
import random, textwrap
from math import log2, pi as CANARY_IMPORT
from slipway import case, hidden, metered, probes, raised

SMALL = [1, 2, 2, 3]
SECRET = ["CANARY-ASSIGNMENT"]


def helper(n):  # CANARY-INLINE
    return list(range(n))


def secret_helper():
    return SECRET


@case("an empty list has its bound at 0", says="Look at the **empty** list.")
def empty(solution):
    return solution.lower_bound([], 3)


@case("with equal items the first of them is asked for")
def duplicates(solution):
    SECRET = 2
    return [solution.lower_bound(xs, SECRET) for xs in ([2, 2, 2], SMALL, helper(4))]


@hidden("CANARY-LABEL", says="CANARY-SAYS")
def many(solution):
    rng = random.Random(4)
    lists = [sorted(rng.randrange(9) for _ in range(6)) for _ in range(5)]
    return [secret_helper(), *(solution.lower_bound(xs, 4) for xs in lists)]


@metered("search", ns=[256, 1024, 4096, 16384], bound=lambda n: 4 * log2(n) + 16)
def search(solution, n):
    xs = probes(range(n))
    for target in (-1, 0, n // 3, n - 1, n):
        yield lambda: solution.lower_bound(xs, target)
`

export const WRONG = {
  anyMatch: `# fails: duplicates
def lower_bound(xs, t):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] == t:
            return mid
        if xs[mid] < t:
            lo = mid + 1
        else:
            hi = mid
    return lo
`,
  neverEnds: `# fails: steps
${REFERENCE.replace('lo = mid + 1', 'lo = mid')}`,
  linear: `# fails: cost:search
def lower_bound(xs, t):
    for i, x in enumerate(xs):
        if x >= t:
            return i
    return len(xs)
`,
  bisect: `# fails: ban:import bisect
from bisect import bisect_left as lower_bound
`,
}

export function makeFolder(changes: Record<string, string | undefined> = {}): ExerciseFolder {
  const files = {
    'starter.py': 'def lower_bound(xs, t):\n    return -1\n',
    'reference.py': REFERENCE,
    'cases.py': CASES_SOURCE,
    'wrong/any-match.py': WRONG.anyMatch,
    'wrong/never-ends.py': WRONG.neverEnds,
    'wrong/linear.py': WRONG.linear,
    'wrong/bisect.py': WRONG.bisect,
    'alternatives/recursive.py':
      'def lower_bound(xs, t, lo=0, hi=None):\n    hi = len(xs) if hi is None else hi\n    if lo >= hi:\n        return lo\n    mid = (lo + hi) // 2\n    return lower_bound(xs, t, mid + 1, hi) if xs[mid] < t else lower_bound(xs, t, lo, mid)\n',
    ...changes,
  }
  return {
    path: 'exercises/lower-bound',
    yaml: { kind: 'code', bans: ['import bisect'], limits: { steps: 20_000 } },
    promptHtml: '<p>Write it.</p>',
    files: new Map(
      Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}

export const context: CompileContext = {
  id: 'data-structures/binary-search/lower-bound',
  opaque: (part) => `o${part}`,
  run: runInNode,
  html: async (markdown) => `<p>${markdown}</p>`,
  highlight: async (code) => `<pre>${code}</pre>`,
}
