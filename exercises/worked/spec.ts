import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  childrenNamed,
  proseOf,
  readAttributes,
  requireProse,
  requireUnique,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, Html, InlineKind, Sample } from '@/exercises/kind'
import { gradeWorked, normaliseBlank, type WorkedAnswer, type WorkedKey } from './grade'

/** A paragraph with blanks in it, or HTML without any. */
export type StepPart = { html: Html } | { line: ({ html: Html } | { blank: string; size: number })[] }

export type WorkedPublic = {
  intro: Html
  instances: { title: string; steps: { goal: string; parts: StepPart[] }[] }[]
}

const workedAnswer = z.strictObject({
  blanks: z
    .record(z.string().max(64), z.string().max(400))
    .refine((blanks) => Object.keys(blanks).length <= 64, 'too many blanks'),
})

const blankShape = { id: z.string().min(1).max(64), accept: z.array(z.string().min(1)).min(1) }
const slot = /<slot name="(\d+)">\s*<\/slot>/

export const workedKind: InlineKind<WorkedPublic, WorkedKey, WorkedAnswer> = {
  name: 'worked',
  title: 'Worked, then yours',
  source: 'inline',
  element: 'Worked',
  program: false,
  judged: true,
  runtime: 'none',
  answer: workedAnswer,
  grade: gradeWorked,
  async compile(node) {
    readAttributes(node, blockAttributes)
    allowChildren(node, ['Instance'])
    const nodes = childrenNamed(node, 'Instance')
    if (nodes.length < 2 || nodes.length > 4)
      throw authorError(node, `<Worked> has two to four <Instance>, not ${nodes.length}.`)
    const blanks: (WorkedKey['blanks'][number] & { node: BlockNode })[] = []
    const instances = nodes.map((instance) => {
      const { title } = readAttributes(instance, { title: z.string().min(1) })
      allowChildren(instance, ['Step'])
      const steps = childrenNamed(instance, 'Step').map((step) => {
        const { goal } = readAttributes(step, { goal: z.string().min(1) })
        allowChildren(step, ['Blank'])
        for (const blank of childrenNamed(step, 'Blank')) blanks.push(readBlank(blank, `${title}: ${goal}`))
        return { goal, parts: splitStep(step) }
      })
      return { title, steps }
    })
    requireUnique(
      blanks.map((blank) => blank.node),
      (blank) => String(blank.attributes.id),
      'blank',
    )
    requireFading(nodes)
    const key: WorkedKey = { blanks: blanks.map(({ node: _, ...blank }) => blank) }
    return {
      public: { intro: proseOf(node), instances },
      key,
      samples: sampleBlanks(key),
      text: [wordsOf(node), ...nodes.flatMap((one) => one.children.map(wordsOf))].join(' '),
      solution: { parts: key.blanks.map((blank) => ({ title: blank.label, code: blank.shown })) },
    }
  },
}

function readBlank(blank: BlockNode, label: string) {
  const { id, accept } = readAttributes(blank, blankShape)
  allowChildren(blank, [])
  return {
    node: blank,
    id,
    label,
    accept: accept.map(normaliseBlank),
    shown: accept[0] ?? '',
    why: requireProse(blank, 'what a wrong answer is told'),
  }
}

/** The same goals in every instance; none blank in the first, more in each next: that is what makes it fade. */
function requireFading(nodes: BlockNode[]): void {
  const goalsOf = (instance: BlockNode) =>
    childrenNamed(instance, 'Step').map((step) => String(step.attributes.goal))
  const countOf = (instance: BlockNode) =>
    childrenNamed(instance, 'Step').flatMap((step) => childrenNamed(step, 'Blank')).length
  nodes.forEach((instance, index) => {
    const before = nodes[index - 1]
    if (goalsOf(instance).length === 0) throw authorError(instance, '<Instance> has no <Step>.')
    if (!before) {
      if (countOf(instance) > 0)
        throw authorError(instance, 'The first <Instance> is worked in full: it has no <Blank>.')
      return
    }
    if (goalsOf(instance).join('\n') !== goalsOf(before).join('\n'))
      throw authorError(instance, 'Each <Instance> has the same goals in the same order; this one differs.')
    if (countOf(instance) <= countOf(before))
      throw authorError(
        instance,
        `This <Instance> has ${countOf(instance)} blanks, the one before ${countOf(before)}. Each next has at least one more.`,
      )
  })
}

/** Cuts a step into paragraphs with blanks and the rest. A blank whose place is not marked stands at the end. */
function splitStep(step: BlockNode): StepPart[] {
  const blanks = childrenNamed(step, 'Blank')
  const partOf = (blank: BlockNode) => {
    const { id, accept } = readAttributes(blank, blankShape)
    // Wide enough for the longest answer of the step, so that the width does not tell which of them it is.
    const longest = Math.max(...accept.map((text) => text.length), 8)
    return { blank: id, size: Math.min(40, Math.ceil(longest / 8) * 8) }
  }
  const placed = new Set<BlockNode>()
  const parts: StepPart[] = []
  for (const piece of step.html.split(/(<p>[\s\S]*?<\/p>)/)) {
    if (!piece.trim()) continue
    if (!slot.test(piece)) {
      parts.push({ html: piece })
      continue
    }
    const inner = /^<p>([\s\S]*)<\/p>$/.exec(piece)?.[1] ?? piece
    const line: Extract<StepPart, { line: unknown }>['line'] = []
    inner.split(slot).forEach((text, index) => {
      if (index % 2 === 0) {
        if (!text) return
        requireWhole(step, text)
        line.push({ html: text })
        return
      }
      const blank = step.children[Number(text)]
      if (!blank)
        throw authorError(step, 'A <Blank> of this step could not be placed. Put it in a paragraph.')
      placed.add(blank)
      line.push(partOf(blank))
    })
    parts.push({ line })
  }
  parts.push(...step.fences.map((fence) => ({ html: fence.html })))
  const rest = blanks.filter((blank) => !placed.has(blank))
  if (rest.length) parts.push({ line: rest.map(partOf) })
  if (parts.length === 0) throw authorError(step, '<Step> is empty.')
  return parts
}

/** @throws AuthorError when a tag opens before a blank and closes after it. */
function requireWhole(step: BlockNode, html: string): void {
  const opened = (html.match(/<[a-z][^>]*(?<!\/)>/g) ?? []).filter(
    (tag) => !/^<(br|img|hr|wbr)\b/.test(tag),
  ).length
  const closed = (html.match(/<\/[a-z]/g) ?? []).length
  if (opened !== closed)
    throw authorError(
      step,
      'A <Blank> stands in bold, italic, a link, code or a list. Put it in the plain text of a paragraph.',
    )
}

function sampleBlanks(key: WorkedKey): Sample<WorkedAnswer>[] {
  const right = Object.fromEntries(key.blanks.map((blank) => [blank.id, blank.shown]))
  return [
    { name: 'every blank right', answer: { blanks: right }, passes: true },
    { name: 'nothing filled in', answer: { blanks: {} }, passes: false },
    ...key.blanks.flatMap((blank): Sample<WorkedAnswer>[] => [
      ...blank.accept.map((text) => ({
        name: `${blank.id}: "${text}"`,
        answer: { blanks: { ...right, [blank.id]: text } },
        passes: true,
      })),
      {
        name: `${blank.id}: something else`,
        answer: { blanks: { ...right, [blank.id]: 'something else' } },
        passes: false,
        fails: blank.id,
      },
      {
        name: `${blank.id}: left empty`,
        answer: { blanks: { ...right, [blank.id]: '' } },
        passes: false,
        fails: blank.id,
      },
    ]),
  ]
}
