import { z } from 'zod'
import { normalisePrinted } from '@/exercises/answers'
import {
  allowChildren,
  authorError,
  blockAttributes,
  byId,
  childrenNamed,
  currentChild,
  proseOf,
  readAttributes,
  requireFence,
  requireProse,
  requireUnique,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, CompileContext, Fence, Html, InlineKind, Sample } from '@/exercises/kind'
import { gradePredict, isPredicted, type PredictAnswer, type PredictKey } from './grade'

export type PredictPublic = {
  prompt: Html
  code: Html
  answers: { id: string; label: string; options: { id: string; html: Html }[] | null; lines: number }[]
}

const predictAnswer = z.strictObject({
  answers: z
    .record(z.string().max(64), z.string().max(4000))
    .refine((answers) => Object.keys(answers).length <= 16, 'too many answers'),
})

async function runProgram(
  node: BlockNode,
  fence: Fence,
  raises: string | undefined,
  context: CompileContext,
): Promise<string> {
  const result = await context.run({
    files: { 'program.py': fence.value },
    entry: { kind: 'script', path: 'program.py' },
    limits: { ms: 10_000 },
  })
  if (result.type !== 'result') throw authorError(node, `The program did not end: ${result.kind}.`)
  const error = result.data.error
  if (error && error.type !== raises)
    throw authorError(
      node,
      `The program ends with ${error.text.trim()}${raises ? `, not with ${raises}.` : `. If that is meant, add raises="${error.type}".`}`,
    )
  if (raises && !error) throw authorError(node, `The program does not raise ${raises}; it ends as it should.`)
  if (result.cut) throw authorError(node, 'The program prints too much for a prediction.')
  return result.output
    .filter((chunk) => chunk.s === 'out')
    .map((chunk) => chunk.t)
    .join('')
    .replace(/\s+$/, '')
}

type Answer = PredictKey['answers'][number] & { shown: { id: string; html: Html }[] | null }

function readAnswer(
  node: BlockNode,
  printed: string,
  raises: string | null,
  context: CompileContext,
): Answer {
  const { id, label, line } = readAttributes(node, {
    id: z.string().min(1).max(64),
    label: z.string().min(1),
    line: z.number().int().positive().optional(),
  })
  allowChildren(node, ['Option', 'Wrong'])
  const lines = printed.split('\n')
  if (line !== undefined && line > lines.length)
    throw authorError(node, `line={${line}}, but the program prints ${lines.length} lines.`)
  const expected = line !== undefined ? (lines[line - 1] ?? '') : (raises ?? printed)
  const options = childrenNamed(node, 'Option').map((option, index) => {
    const { correct = false, misconception } = readAttributes(option, {
      correct: z.boolean().optional(),
      misconception: z.string().optional(),
    })
    allowChildren(option, ['Why'])
    const why = currentChild(option, 'Why')
    const text = option.fences[0]?.value ?? option.text.trim()
    if (!correct && !why) throw authorError(option, 'A wrong <Option> lacks its <Why>.')
    const holds = isPredicted({ raises }, expected, text)
    if (correct && !holds)
      throw authorError(
        option,
        `This option is marked correct, but the program gives: ${expected || 'nothing'}`,
      )
    if (!correct && normalisePrinted(text) === normalisePrinted(expected))
      throw authorError(option, 'This option is what the program gives, and is not marked correct.')
    return {
      id: context.opaque(`${id}/${index}`),
      html: requireProse(option, 'a prediction'),
      label: text,
      correct,
      why: why ? proseOf(why) : null,
      misconception,
    }
  })
  if (options.length === 1) throw authorError(node, 'An <Answer> with options has at least two.')
  if (options.length && options.filter((option) => option.correct).length !== 1)
    throw authorError(node, 'Exactly one <Option> of an <Answer> is correct.')
  const wrong = childrenNamed(node, 'Wrong').map((one) => {
    const { answer } = readAttributes(one, { answer: z.string().min(1) })
    if (options.length) throw authorError(one, 'With options, the words stand in the <Why> of each option.')
    if (isPredicted({ raises }, expected, answer))
      throw authorError(one, `"${answer}" is right: the program gives ${expected}.`)
    return { answer, why: requireProse(one, 'how one comes to that prediction') }
  })
  return {
    id,
    label,
    expected,
    wrong,
    options: options.length
      ? options.map(({ id, label, correct, why }) => ({ id, label, correct, why }))
      : null,
    shown: options.length ? byId(options.map(({ id, html }) => ({ id, html }))) : null,
  }
}

export const predictKind: InlineKind<PredictPublic, PredictKey, PredictAnswer> = {
  name: 'predict',
  title: 'Predict',
  source: 'inline',
  element: 'Predict',
  program: false,
  judged: true,
  runtime: 'none',
  answer: predictAnswer,
  grade: gradePredict,
  async compile(node, context) {
    const { lang, raises } = readAttributes(node, {
      ...blockAttributes,
      lang: z.string(),
      raises: z
        .string()
        .regex(/^[A-Za-z]\w*$/)
        .optional(),
    })
    if (lang !== 'python') throw authorError(node, `lang="${lang}" is not here yet; <Predict> runs python.`)
    allowChildren(node, ['Answer', 'Why'])
    const fence = requireFence(node, 'python')
    const printed = await runProgram(node, fence, raises, context)
    const nodes = childrenNamed(node, 'Answer')
    if (nodes.length === 0) throw authorError(node, '<Predict> lacks its <Answer id="…" label="It prints">.')
    const answers = nodes.map((answer) => readAnswer(answer, printed, raises ?? null, context))
    requireUnique(nodes, (answer) => String(answer.attributes.id), 'answer')
    const why = currentChild(node, 'Why')
    if (!node.html.trim()) throw authorError(node, '<Predict> lacks its question.')
    const key: PredictKey = {
      printed,
      raises: raises ?? null,
      answers: answers.map(({ shown: _, ...answer }) => answer),
      why: why ? proseOf(why) : null,
    }
    return {
      public: {
        prompt: node.html,
        code: await context.highlight(fence.value, 'python'),
        answers: answers.map(({ id, label, shown }, index) => ({
          id,
          label,
          options: shown,
          // By what the page shows anyway: the height of the field must not tell how much is printed.
          lines:
            nodes[index]?.attributes.line === undefined &&
            /\b(for|while)\b|print[\s\S]*print/.test(fence.value)
              ? 4
              : 1,
        })),
      },
      key,
      samples: samplePredictions(key),
      misconceptions: nodes.flatMap((answer) =>
        childrenNamed(answer, 'Option').flatMap((option) =>
          typeof option.attributes.misconception === 'string' ? [option.attributes.misconception] : [],
        ),
      ),
      text: wordsOf(node),
      solution: {
        parts: [
          { title: raises ? `Ends with ${raises}` : 'It prints', code: printed, lang: 'text' },
          ...(key.why ? [{ title: 'Why', html: key.why }] : []),
        ],
      },
    }
  },
}

function samplePredictions(key: PredictKey): Sample<PredictAnswer>[] {
  const rightOf = (one: PredictKey['answers'][number]) =>
    one.options?.find((option) => option.correct)?.id ?? (one.expected || 'nothing')
  const right = Object.fromEntries(key.answers.map((one) => [one.id, rightOf(one)]))
  const first = key.answers[0]?.id ?? ''
  return [
    { name: 'what it did', answer: { answers: right }, passes: true },
    { name: 'nothing', answer: { answers: {} }, passes: false, fails: `${first}:empty` },
    ...key.answers.flatMap((one): Sample<PredictAnswer>[] => [
      ...(one.options ?? [])
        .filter((option) => !option.correct)
        .map((option) => ({
          name: `${one.label}: ${option.label}`,
          answer: { answers: { ...right, [one.id]: option.id } },
          passes: false,
          fails: option.id,
        })),
      ...one.wrong.map((wrong, index) => ({
        name: `${one.label}: ${wrong.answer}`,
        answer: { answers: { ...right, [one.id]: wrong.answer } },
        passes: false,
        fails: `${one.id}:wrong:${index}`,
      })),
      ...(one.options
        ? []
        : [
            {
              name: `${one.label}: something else`,
              answer: { answers: { ...right, [one.id]: 'no such output' } },
              passes: false,
              fails: one.id,
            },
          ]),
    ]),
  ]
}
