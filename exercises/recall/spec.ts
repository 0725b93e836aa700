import { z } from 'zod'
import { normaliseText } from '@/exercises/answers'
import {
  allowChildren,
  authorError,
  blockAttributes,
  childrenNamed,
  currentChild,
  proseOf,
  readAttributes,
  requireProse,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, Compiled, Html, InlineKind, Sample } from '@/exercises/kind'
import { gradeRecall, type RecallAnswer, type RecallKey } from './grade'

export type RecallPublic = { prompt: Html }

export const recallAnswer = z.strictObject({ text: z.string().max(400) })

/** Compiles a `Recall`, alone or as the follow-up of a `Myth`. */
export function compileRecall(node: BlockNode): Compiled<RecallPublic, RecallKey, RecallAnswer> {
  readAttributes(node, blockAttributes)
  allowChildren(node, ['Accept', 'Near', 'Sample', 'Why'])
  const prompt = requireProse(node, 'what is to be recalled')
  const written: string[] = []
  const patterns: string[] = []
  for (const accept of childrenNamed(node, 'Accept')) {
    const { pattern } = readAttributes(accept, { pattern: z.string().min(1).optional() })
    const text = wordsOf(accept)
    if (pattern !== undefined) {
      if (text) throw authorError(accept, '<Accept> has a pattern or a text, not both.')
      patterns.push(requirePattern(accept, pattern))
    } else if (text) written.push(text)
    else throw authorError(accept, '<Accept> is empty. Write an answer that is right, or a pattern.')
  }
  const [shown] = written
  if (shown === undefined)
    throw authorError(node, '<Recall> needs an <Accept> with a text: it is shown with the verdict.')
  const near = childrenNamed(node, 'Near').map((one) => {
    const { answer } = readAttributes(one, { answer: z.string().min(1) })
    return { written: answer, answer: normaliseText(answer), why: requireProse(one, 'why that is not it') }
  })
  const whyNode = currentChild(node, 'Why')
  const key: RecallKey = {
    accepts: written.map(normaliseText),
    patterns,
    near: near.map(({ answer, why }) => ({ answer, why })),
    shown,
    why: whyNode ? proseOf(whyNode) : null,
  }
  for (const one of near)
    if (
      key.accepts.includes(one.answer) ||
      patterns.some((pattern) => new RegExp(pattern, 'iu').test(one.answer))
    )
      throw authorError(node, `"${one.written}" is accepted, and listed as <Near>. Take one away.`)
  return {
    public: { prompt },
    key,
    samples: readSamples(node, written, near),
    text: wordsOf(node),
    solution: { parts: [{ title: 'Right', code: shown, ...(key.why ? { html: key.why } : {}) }] },
  }
}

function requirePattern(node: BlockNode, pattern: string): string {
  try {
    new RegExp(pattern, 'iu')
    return pattern
  } catch (error) {
    throw authorError(node, `The pattern cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

function readSamples(
  node: BlockNode,
  written: string[],
  near: { written: string }[],
): Sample<RecallAnswer>[] {
  const samples: Sample<RecallAnswer>[] = childrenNamed(node, 'Sample').map((sample) => {
    const { accepted = false } = readAttributes(sample, { accepted: z.boolean().optional() })
    const text = wordsOf(sample)
    return { name: `${accepted ? 'accepted' : 'rejected'}: "${text}"`, answer: { text }, passes: accepted }
  })
  const accepted = samples.filter((sample) => sample.passes).length
  if (accepted < 3) throw authorError(node, `<Recall> lists ${accepted} of at least three <Sample accepted>.`)
  if (samples.length - accepted < 3)
    throw authorError(
      node,
      `<Recall> lists ${samples.length - accepted} of at least three rejected <Sample>.`,
    )
  return [
    ...written.map((text) => ({ name: `right: "${text}"`, answer: { text }, passes: true })),
    ...near.map((one, index) => ({
      name: `near: "${one.written}"`,
      answer: { text: one.written },
      passes: false,
      fails: `near:${index}`,
    })),
    ...samples,
    { name: 'nothing', answer: { text: '' }, passes: false, fails: 'empty' },
  ]
}

export const recallKind: InlineKind<RecallPublic, RecallKey, RecallAnswer> = {
  name: 'recall',
  title: 'From memory',
  source: 'inline',
  element: 'Recall',
  program: false,
  judged: true,
  runtime: 'none',
  answer: recallAnswer,
  compile: async (node) => compileRecall(node),
  grade: gradeRecall,
}
