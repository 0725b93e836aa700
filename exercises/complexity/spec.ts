import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  byId,
  childrenNamed,
  proseOf,
  readAttributes,
  requireChild,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, CompileContext, Fence, Html, InlineKind } from '@/exercises/kind'

export type ComplexityPublic = {
  intro: Html
  /** What was counted: "comparisons". */
  counts: string
  /** Whose curve is whose is answered in the page and not judged, so the curve's owner is sent along. */
  functions: { name: string; code: Html; why: Html | null; curve: string }[]
  /** In the order of their ids, which tells nothing; shown as A, B, C. */
  curves: { id: string; points: { n: number; count: number }[] }[]
}

/** Curve id to the name of a function. */
export type ComplexityAnswer = { marks: Record<string, string> }

const COUNTS = ['comparisons', 'index operations', 'steps', 'operations'] as const

export const complexityKind: InlineKind<ComplexityPublic, null, ComplexityAnswer> = {
  name: 'complexity',
  title: 'How it grows',
  source: 'inline',
  element: 'Complexity',
  program: false,
  judged: false,
  runtime: 'none',
  answer: z.strictObject({
    marks: z
      .record(z.string().max(64), z.string().max(64))
      .refine((marks) => Object.keys(marks).length <= 3, 'too many marks'),
  }),
  async compile(node, context) {
    const { sizes, counts } = readAttributes(node, {
      ...blockAttributes,
      sizes: z.array(z.number().int().positive()).min(3).max(10),
      counts: z.enum(COUNTS),
    })
    allowChildren(node, ['Input', 'Why'])
    if (node.attributes.exercise || node.attributes.star)
      throw authorError(
        node,
        '<Complexity> is not judged, so it cannot count for completion. Take `exercise` away.',
      )
    if (!node.html.trim()) throw authorError(node, '<Complexity> lacks its text: say what to look for.')
    if (sizes.some((size, index) => index > 0 && size <= (sizes[index - 1] ?? 0)))
      throw authorError(node, 'sizes ascend.')
    const functions = readFunctions(node)
    const input = codeOf(
      requireChild(node, 'Input', 'Write in Python, given n, what each function is called with.'),
    )
    const reasons = readReasons(node, functions)
    const points = await recordCounts(node, functions, { sizes, counts, input }, context)
    const curves = functions.map(({ name }, index) => ({
      id: context.opaque(name),
      points: points[index] ?? [],
    }))
    return {
      public: {
        intro: node.html,
        counts,
        functions: functions.map(({ name, fence }, index) => ({
          name,
          code: fence.html,
          why: reasons.get(name) ?? null,
          curve: curves[index]?.id ?? '',
        })),
        curves: byId(curves),
      },
      key: null,
      samples: [],
      text: wordsOf(node),
    }
  },
}

function codeOf(node: BlockNode): string {
  const code = node.fences[0]?.value.trim() ?? node.text.trim()
  if (!code) throw authorError(node, `<${node.name}> is empty.`)
  return code
}

function readFunctions(node: BlockNode): { name: string; fence: Fence }[] {
  if (node.fences.length < 1 || node.fences.length > 3)
    throw authorError(node, `<Complexity> has one to three functions, not ${node.fences.length}.`)
  const functions = node.fences.map((fence) => {
    const name = /(?:^|\s)name=([A-Za-z_]\w*)/.exec(`${fence.tag} ${fence.meta}`)?.[1]
    if (fence.lang !== 'python' || !name)
      throw authorError(node, `The fence in line ${fence.line} needs a head like \`\`\`python name=linear.`)
    if (!new RegExp(`^def ${name}\\b`, 'm').test(fence.value))
      throw authorError(node, `The fence in line ${fence.line} does not define ${name}.`)
    return { name, fence }
  })
  if (new Set(functions.map((one) => one.name)).size !== functions.length)
    throw authorError(node, 'Two functions have the same name.')
  return functions
}

function readReasons(node: BlockNode, functions: { name: string }[]): Map<string, Html> {
  const reasons = new Map<string, Html>()
  for (const why of childrenNamed(node, 'Why')) {
    const { of } = readAttributes(why, { of: z.string() })
    if (!functions.some((one) => one.name === of))
      throw authorError(why, `<Why of="${of}">: there is no such function.`)
    reasons.set(of, proseOf(why))
  }
  return reasons
}

/** Each function runs under the meter, with an input of its own. */
async function recordCounts(
  node: BlockNode,
  functions: { name: string; fence: Fence }[],
  { sizes, counts, input }: { sizes: number[]; counts: string; input: string },
  context: CompileContext,
): Promise<{ n: number; count: number }[][]> {
  const measured = functions.map(
    ({ name }) => `
@metered("${name}", ns=[${sizes.join(', ')}], bound=lambda n: 0, counts="${counts}")
def measure_${name}(solution, n):
    given = (${input})
    values = given if isinstance(given, tuple) else (given,)
    yield lambda: solution.${name}(*values)
`,
  )
  const result = await context.run({
    files: {
      'solution.py': `${functions.map(({ fence }) => fence.value).join('\n\n')}\n`,
      'cases.py': `import math\nimport random\nfrom slipway import metered, oracle, probes\n${measured.join('')}`,
    },
    entry: { kind: 'cases', path: 'solution.py', cases: 'cases.py', bans: [], meters: true },
    limits: { ms: 30_000 },
  })
  if (result.type !== 'result')
    throw authorError(node, `The functions could not be measured: ${result.kind}.`)
  if (result.data.error)
    throw authorError(node, `The functions could not be measured: ${result.data.error.text.trim()}`)
  return functions.map(({ name }) => {
    const meter = result.data.meters.find((one) => one.id === name)
    if (!meter || meter.error)
      throw authorError(node, `${name} fails under the meter: ${meter?.error?.text.trim() ?? 'no counts'}`)
    if (meter.points.every((point) => point.count === 0))
      throw authorError(node, `Nothing was counted in ${name}. Is its input made of probes(…)?`)
    return meter.points.map(({ n, count }) => ({ n, count }))
  })
}
