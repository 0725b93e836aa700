import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  currentChild,
  readAttributes,
  requireChild,
  requireProse,
  wordsOf,
} from '@/exercises/author'
import { type ChoicePublic, choiceAnswer, compileChoice } from '@/exercises/choice/spec'
import type { Html, InlineKind, Sample } from '@/exercises/kind'
import { compileRecall, type RecallPublic, recallAnswer } from '@/exercises/recall/spec'
import { gradeMyth, type MythAnswer, type MythKey } from './grade'

/**
 * The refutation is sent with the page although it is shown only after the learner has taken a stance: it is what the
 * block teaches, not what it judges, and it has to be read before the one answer that is judged. The key of the follow-up stays here.
 */
export type MythPublic = {
  claim: Html
  refutation: { people: Html; fails: Html; instead: Html }
  followUp: ({ kind: 'choice' } & ChoicePublic) | ({ kind: 'recall' } & RecallPublic)
}

const mythAnswer = z.strictObject({
  stance: z.enum(['agree', 'disagree', 'unsure']),
  followUp: z.union([choiceAnswer, recallAnswer]),
})

export const mythKind: InlineKind<MythPublic, MythKey, MythAnswer> = {
  name: 'myth',
  title: 'Is it so?',
  source: 'inline',
  element: 'Myth',
  program: false,
  judged: true,
  runtime: 'none',
  answer: mythAnswer,
  grade: gradeMyth,
  async compile(node, context) {
    const { misconception } = readAttributes(node, {
      ...blockAttributes,
      misconception: z.string().optional(),
    })
    allowChildren(node, ['People', 'Fails', 'Instead', 'Choice', 'Recall'])
    const claim = requireProse(node, 'the belief, in one sentence')
    const part = (name: string, what: string) => requireProse(requireChild(node, name, what), what)
    const refutation = {
      people: part('People', 'what many people think, and why it is tempting'),
      fails: part('Fails', 'an experiment, figure or run in which it fails'),
      instead: part('Instead', 'what is true'),
    }
    const choice = currentChild(node, 'Choice')
    const recall = currentChild(node, 'Recall')
    if (choice && recall) throw authorError(recall, '<Myth> has one follow-up: a <Choice> or a <Recall>.')
    const shared = { claim, refutation }
    const found = misconception ? [misconception] : []
    const withStance = <F extends MythAnswer['followUp']>(samples: Sample<F>[]): Sample<MythAnswer>[] =>
      samples.map((sample, index) => ({
        ...sample,
        answer: {
          stance: (['agree', 'disagree', 'unsure'] as const)[index % 3] ?? 'unsure',
          followUp: sample.answer,
        },
      }))
    if (choice) {
      const inner = compileChoice(choice, (option) => context.opaque(`follow-up/${option}`))
      return {
        public: { ...shared, followUp: { kind: 'choice', ...inner.public } },
        key: { kind: 'choice', key: inner.key },
        samples: withStance(inner.samples),
        misconceptions: [...found, ...(inner.misconceptions ?? [])],
        text: `${wordsOf(node)} ${inner.text ?? ''}`,
        ...(inner.solution ? { solution: inner.solution } : {}),
      }
    }
    if (!recall)
      throw authorError(node, '<Myth> lacks its follow-up: a <Choice> or a <Recall> with another surface.')
    const inner = compileRecall(recall)
    return {
      public: { ...shared, followUp: { kind: 'recall', ...inner.public } },
      key: { kind: 'recall', key: inner.key },
      samples: withStance(inner.samples),
      misconceptions: found,
      text: `${wordsOf(node)} ${inner.text ?? ''}`,
      ...(inner.solution ? { solution: inner.solution } : {}),
    }
  },
}
