import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  childrenNamed,
  proseOf,
  readAttributes,
  requireUnique,
  wordsOf,
} from '@/exercises/author'
import { type ChoicePublic, compileChoice } from '@/exercises/choice/spec'
import type { Html, InlineKind, Sample } from '@/exercises/kind'
import { gradeQuestions, type QuestionsAnswer, type QuestionsKey } from './grade'

export type QuestionsPublic = { intro: Html; questions: ({ id: string } & ChoicePublic)[] }

const questionsAnswer = z.strictObject({
  chosen: z
    .record(z.string().max(64), z.array(z.string().max(64)).max(32))
    .refine((chosen) => Object.keys(chosen).length <= 32, 'too many questions'),
})

export const questionsKind: InlineKind<QuestionsPublic, QuestionsKey, QuestionsAnswer> = {
  name: 'questions',
  title: 'Answer each',
  source: 'inline',
  element: 'Questions',
  program: false,
  judged: true,
  runtime: 'none',
  answer: questionsAnswer,
  grade: gradeQuestions,
  async compile(node, context) {
    readAttributes(node, blockAttributes)
    allowChildren(node, ['Choice'])
    const nodes = childrenNamed(node, 'Choice')
    if (nodes.length < 2)
      throw authorError(node, '<Questions> holds at least two <Choice>. For one, use <Choice exercise>.')
    const idOf = (choice: (typeof nodes)[number]) =>
      readAttributes(choice, { ...blockAttributes, multiple: z.boolean().optional() }).id
    requireUnique(nodes, idOf, 'question')
    const parts = nodes.map((choice) => {
      const { exercise, star, version } = choice.attributes
      if (exercise !== undefined || star !== undefined || version !== undefined)
        throw authorError(
          choice,
          '`exercise`, `star` and `version` belong to <Questions>, not to a <Choice> in it.',
        )
      const id = idOf(choice)
      return {
        id,
        label: wordsOf(choice),
        compiled: compileChoice(choice, (part) => context.opaque(`${id}/${part}`)),
      }
    })
    const right = Object.fromEntries(
      parts.map(({ id, compiled }) => [id, compiled.samples[0]?.answer.chosen ?? []]),
    )
    const samples: Sample<QuestionsAnswer>[] = [
      { name: 'all right', answer: { chosen: right }, passes: true },
      { name: 'nothing chosen', answer: { chosen: {} }, passes: false },
      ...parts.flatMap(({ id, label, compiled }) =>
        compiled.samples.slice(1).map((sample) => ({
          name: `"${label}": ${sample.name}`,
          answer: { chosen: { ...right, [id]: sample.answer.chosen } },
          passes: sample.passes,
          ...(sample.fails ? { fails: `${id}:${sample.fails}` } : {}),
        })),
      ),
    ]
    return {
      public: {
        intro: proseOf(node),
        questions: parts.map(({ id, compiled }) => ({ id, ...compiled.public })),
      },
      key: { questions: parts.map(({ id, label, compiled }) => ({ id, label, key: compiled.key })) },
      samples,
      misconceptions: parts.flatMap(({ compiled }) => compiled.misconceptions ?? []),
      text: [wordsOf(node), ...parts.map(({ compiled }) => compiled.text ?? '')].join(' '),
      solution: {
        parts: parts.flatMap(({ label, compiled }) =>
          (compiled.solution?.parts ?? []).map((part) => ({ ...part, title: label })),
        ),
      },
    }
  },
}
