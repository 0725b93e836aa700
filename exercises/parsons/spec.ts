import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  byId,
  childrenNamed,
  currentChild,
  proseOf,
  readAttributes,
  requireChild,
  requireProse,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, CompileContext, Html, InlineKind, Sample } from '@/exercises/kind'
import { gradeParsons, type ParsonsAnswer, type ParsonsKey, type ParsonsLine } from './grade'

export type ParsonsPublic = {
  intro: Html
  /** The learner sets the indentation; otherwise each line has its own. */
  indent: boolean
  lines: { id: string; code: string; indent: number }[]
}

const parsonsAnswer = z.strictObject({
  lines: z.array(z.strictObject({ id: z.string().max(64), indent: z.number().int().min(0).max(12) })).max(64),
})

const lineShape = { indent: z.number().int().min(0).max(12).optional() }

export const parsonsKind: InlineKind<ParsonsPublic, ParsonsKey, ParsonsAnswer> = {
  name: 'parsons',
  title: 'Put the lines in order',
  source: 'inline',
  element: 'Parsons',
  program: false,
  judged: true,
  runtime: 'none',
  answer: parsonsAnswer,
  grade: gradeParsons,
  async compile(node, context) {
    const { lang, indent = false } = readAttributes(node, {
      ...blockAttributes,
      lang: z.string(),
      indent: z.boolean().optional(),
    })
    if (lang !== 'python') throw authorError(node, `lang="${lang}" is not here yet; <Parsons> takes python.`)
    allowChildren(node, ['Line', 'Distractor', 'Test', 'Accept', 'Why'])
    const intro = requireProse(node, 'what the program should do')
    const lines = childrenNamed(node, 'Line').map((line) => {
      allowChildren(line, [])
      return { code: requireCode(line), indent: readAttributes(line, lineShape).indent ?? 0 }
    })
    if (lines.length < 3) throw authorError(node, '<Parsons> has at least three lines.')
    const distractors = childrenNamed(node, 'Distractor').map((line) => {
      allowChildren(line, ['Why'])
      const why = proseOf(requireChild(line, 'Why', 'Say what goes wrong with it.'))
      return { code: requireCode(line), indent: readAttributes(line, lineShape).indent ?? 0, why }
    })
    const twin = distractors.find((one) => lines.some((line) => line.code === one.code))
    if (twin) throw authorError(node, `The distractor "${twin.code}" is also a line.`)
    const calls = childrenNamed(node, 'Test').map(
      (test) => readAttributes(test, { call: z.string().min(1) }).call,
    )
    if (calls.length === 0)
      throw authorError(
        node,
        '<Parsons> lacks its <Test call="…">: the check runs it to see that the order is right.',
      )

    const orders = [
      lines.map((_, index) => index),
      ...childrenNamed(node, 'Accept').map((accept) => readOrder(accept, lines.length)),
    ]
    const accepted = orders.map((order) => order.map((index) => lines[index] ?? { code: '', indent: 0 }))
    const tests = await runOrders(node, accepted, calls, context)
    await requireOthersWrong(node, accepted, calls, tests, context)

    const why = currentChild(node, 'Why')
    const key: ParsonsKey = {
      indent,
      lines: [
        ...lines.map((line, index) => ({
          id: context.opaque(index),
          code: line.code,
          why: null,
          distractor: null,
        })),
        ...distractors.map((line, index) => ({
          id: context.opaque(`distractor/${index}`),
          code: line.code,
          why: line.why,
          distractor: index,
        })),
      ],
      accepted,
      tests,
      why: why ? proseOf(why) : null,
    }
    const given = [...lines, ...distractors]
    return {
      public: {
        intro,
        indent,
        lines: byId(
          key.lines.map(({ id, code }, index) => ({
            id,
            code,
            indent: indent ? 0 : (given[index]?.indent ?? 0),
          })),
        ),
      },
      key,
      samples: samplePrograms(key, lines, orders),
      text: wordsOf(node),
      solution: {
        parts: accepted.map((program) => ({
          title: 'A program that is right',
          lang: 'python',
          code: sourceOf(program),
        })),
      },
    }
  },
}

/** A line's code: its fence where it has one (the only way to write `<` or `{` as they are), else its text. */
function requireCode(line: BlockNode): string {
  const code = line.fences[0]?.value.trim() ?? line.text.trim()
  if (!code)
    throw authorError(
      line,
      `<${line.name}> is empty. Write one line of code, in backticks where it holds < or {.`,
    )
  return code
}

function readOrder(accept: BlockNode, count: number): number[] {
  const { order } = readAttributes(accept, { order: z.array(z.number().int().nonnegative()) })
  if (order.length !== count || new Set(order).size !== count || order.some((index) => index >= count))
    throw authorError(accept, `order holds each of 0 to ${count - 1} once: the lines by their place, from 0.`)
  return order
}

function sourceOf(program: ParsonsLine[]): string {
  return program.map((line) => line.code.replace(/^/gm, '    '.repeat(line.indent))).join('\n')
}

/** What each call gives, as text, or the error that it raises; null when the program itself does not run. */
async function runTests(
  program: ParsonsLine[],
  calls: string[],
  context: CompileContext,
): Promise<string[] | null> {
  const shown = calls.map(
    (call) =>
      `try:\n    _seen.append(repr(${call}))\nexcept Exception as error:\n    _seen.append(type(error).__name__)`,
  )
  const source = `${sourceOf(program)}\n_seen = []\n${shown.join('\n')}\nimport json\nprint("\\x1e" + json.dumps(_seen))\n`
  const result = await context.run({
    files: { 'program.py': source },
    entry: { kind: 'script', path: 'program.py' },
    limits: { ms: 5000, steps: 200_000 },
  })
  if (result.type !== 'result' || result.data.error) return null
  const text = result.output
    .filter((chunk) => chunk.s === 'out')
    .map((chunk) => chunk.t)
    .join('')
  return z.array(z.string()).parse(JSON.parse(text.slice(text.lastIndexOf('\x1e') + 1)))
}

async function runOrders(
  node: BlockNode,
  accepted: ParsonsLine[][],
  calls: string[],
  context: CompileContext,
) {
  let recorded: string[] | null = null
  for (const [index, program] of accepted.entries()) {
    const seen = await runTests(program, calls, context)
    const which = index === 0 ? 'The order as written' : `Accepted order ${index}`
    if (!seen) throw authorError(node, `${which} does not run. Look at the lines and their indent.`)
    const differs = recorded ? seen.findIndex((value, at) => value !== recorded?.[at]) : -1
    if (differs >= 0)
      throw authorError(
        node,
        `${which}: ${calls[differs]} gives ${seen[differs]}, the order as written ${recorded?.[differs]}.`,
      )
    recorded ??= seen
  }
  return calls.map((call, index) => ({ call, gives: recorded?.[index] ?? '' }))
}

/** Two neighbours that may change places without a test noticing would refuse a right answer: the author must settle it. */
async function requireOthersWrong(
  node: BlockNode,
  accepted: ParsonsLine[][],
  calls: string[],
  tests: { gives: string }[],
  context: CompileContext,
): Promise<void> {
  const written = accepted[0] ?? []
  const known = new Set(accepted.map(sourceOf))
  for (let at = 0; at + 1 < written.length; at++) {
    const [one, other] = [written[at], written[at + 1]]
    if (!one || !other || one.indent !== other.indent || one.code === other.code) continue
    const swapped = [...written.slice(0, at), other, one, ...written.slice(at + 2)]
    if (known.has(sourceOf(swapped))) continue
    const seen = await runTests(swapped, calls, context)
    if (seen?.every((value, index) => value === tests[index]?.gives)) {
      const order = written.map((_, index) => (index === at ? at + 1 : index === at + 1 ? at : index))
      throw authorError(
        node,
        `"${one.code}" and "${other.code}" may change places and every <Test> gives the same. Add <Accept order={[${order.join(', ')}]} />, or a <Test> that tells them apart.`,
      )
    }
  }
}

function samplePrograms(key: ParsonsKey, lines: ParsonsLine[], orders: number[][]): Sample<ParsonsAnswer>[] {
  const pick = (order: number[]) =>
    order.map((index) => ({
      id: key.lines[index]?.id ?? '',
      indent: key.indent ? (lines[index]?.indent ?? 0) : 0,
    }))
  const right = pick(lines.map((_, index) => index))
  const samples: Sample<ParsonsAnswer>[] = [
    ...orders.map((order, index) => ({
      name: index ? `accepted order ${index}` : 'as written',
      answer: { lines: pick(order) },
      passes: true,
    })),
    { name: 'nothing placed', answer: { lines: [] }, passes: false, fails: 'empty' },
    {
      name: 'the last line left out',
      answer: { lines: right.slice(0, -1) },
      passes: false,
      fails: 'missing',
    },
  ]
  for (const line of key.lines)
    if (line.distractor !== null)
      samples.push({
        name: `with "${line.code}"`,
        answer: { lines: [...right, { id: line.id, indent: 0 }] },
        passes: false,
        fails: `distractor:${line.distractor}`,
      })
  const backwards = [...right].reverse()
  const verdict = gradeParsons(key, { lines: backwards })
  if (!verdict.passed)
    samples.push({ name: 'backwards', answer: { lines: backwards }, passes: false, fails: 'position' })
  if (key.indent && lines.some((line) => line.indent > 0))
    samples.push({
      name: 'without indentation',
      answer: { lines: right.map((line) => ({ ...line, indent: 0 })) },
      passes: false,
      fails: 'indent',
    })
  return samples
}
