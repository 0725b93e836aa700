import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  byId,
  childrenNamed,
  readAttributes,
  requireChild,
  requireProse,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, Compiled, Html, InlineKind, Sample } from '@/exercises/kind'
import { type ChoiceAnswer, type ChoiceKey, gradeChoice } from './grade'

export type ChoicePublic = { stem: Html; multiple: boolean; options: { id: string; html: Html }[] }

export const choiceAnswer = z.strictObject({ chosen: z.array(z.string().max(64)).max(32) })

/** Compiles a `Choice`, alone or inside another block; `opaque` makes the ids of its options. */
export function compileChoice(
  node: BlockNode,
  opaque: (part: string | number) => string,
): Compiled<ChoicePublic, ChoiceKey, ChoiceAnswer> {
  const { multiple = false } = readAttributes(node, { ...blockAttributes, multiple: z.boolean().optional() })
  allowChildren(node, ['Option'])
  const stem = requireProse(node, 'the question')
  const misconceptions: string[] = []
  const options = childrenNamed(node, 'Option').map((option, index) => {
    const { correct = false, misconception } = readAttributes(option, {
      correct: z.boolean().optional(),
      misconception: z.string().optional(),
    })
    allowChildren(option, ['Why'])
    const why = requireChild(
      option,
      'Why',
      'Say what the one who chooses it was thinking, also for the right one.',
    )
    if (correct && misconception)
      throw authorError(option, 'An option is correct or shows a misconception, not both.')
    if (misconception) misconceptions.push(misconception)
    return {
      id: opaque(index),
      html: requireProse(option, 'what the learner chooses'),
      label: wordsOf(option),
      correct,
      why: requireProse(why, 'one or two sentences'),
    }
  })
  if (options.length < 2) throw authorError(node, 'A <Choice> has at least two options.')
  const right = options.filter((option) => option.correct)
  if (right.length === 0) throw authorError(node, 'No option is marked `correct`. Mark the right one.')
  if (!multiple && right.length > 1)
    throw authorError(node, `${right.length} options are correct. Add \`multiple\`, or leave one.`)
  if (right.length === options.length) throw authorError(node, 'Every option is correct. One must be wrong.')

  return {
    public: { stem, multiple, options: byId(options.map(({ id, html }) => ({ id, html }))) },
    key: { multiple, options: options.map(({ id, correct, label, why }) => ({ id, correct, label, why })) },
    samples: sampleChoice(multiple, options),
    misconceptions,
    text: [wordsOf(node), ...options.map((option) => option.label)].join(' '),
    solution: { parts: right.map((option) => ({ title: 'Right', html: `${option.html}${option.why}` })) },
  }
}

function sampleChoice(
  multiple: boolean,
  options: { id: string; correct: boolean; label: string }[],
): Sample<ChoiceAnswer>[] {
  const right = options.filter((option) => option.correct).map((option) => option.id)
  const samples: Sample<ChoiceAnswer>[] = [
    { name: 'the right answer', answer: { chosen: right }, passes: true },
    { name: 'nothing chosen', answer: { chosen: [] }, passes: false, fails: 'empty' },
  ]
  for (const option of options) {
    if (!option.correct)
      samples.push({
        name: `"${option.label}"`,
        answer: { chosen: [option.id] },
        passes: false,
        fails: option.id,
      })
    if (!option.correct && multiple)
      samples.push({
        name: `all that are right and "${option.label}"`,
        answer: { chosen: [...right, option.id] },
        passes: false,
        fails: option.id,
      })
    if (option.correct && right.length > 1)
      samples.push({
        name: `all that are right but "${option.label}"`,
        answer: { chosen: right.filter((id) => id !== option.id) },
        passes: false,
        fails: 'missing',
      })
  }
  return samples
}

export const choiceKind: InlineKind<ChoicePublic, ChoiceKey, ChoiceAnswer> = {
  name: 'choice',
  title: 'Choose one',
  source: 'inline',
  element: 'Choice',
  program: false,
  judged: true,
  runtime: 'none',
  answer: choiceAnswer,
  compile: async (node, context) => compileChoice(node, context.opaque),
  grade: gradeChoice,
}
