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
  requireUnique,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, Html, InlineKind, Sample } from '@/exercises/kind'
import { gradeOrder, type OrderAnswer, type OrderKey } from './grade'

export type OrderPublic = {
  intro: Html
  items: { id: string; html: Html; label: string }[]
  /** Some items do not belong: the learner leaves them out. */
  distractors: boolean
}

const orderAnswer = z.strictObject({ order: z.array(z.string().max(64)).max(64) })
const itemShape = { id: z.string().min(1).max(64), after: z.array(z.string()).optional() }

export const orderKind: InlineKind<OrderPublic, OrderKey, OrderAnswer> = {
  name: 'order',
  title: 'Put in order',
  source: 'inline',
  element: 'Order',
  program: false,
  judged: true,
  runtime: 'none',
  answer: orderAnswer,
  grade: gradeOrder,
  async compile(node, context) {
    readAttributes(node, blockAttributes)
    allowChildren(node, ['Item', 'Distractor', 'Broken', 'Why'])
    const intro = requireProse(node, 'what is to be put in order')
    const nodes = childrenNamed(node, 'Item')
    if (nodes.length < 3) throw authorError(node, '<Order> has at least three items.')
    requireUnique(nodes, (item) => readAttributes(item, itemShape).id, 'item')
    const before = readConstraints(nodes)
    const idOf = (name: string) => context.opaque(name)
    const items = nodes.map((item) => {
      allowChildren(item, [])
      const { id } = readAttributes(item, itemShape)
      return {
        id: idOf(id),
        html: requireProse(item, 'the item'),
        label: wordsOf(item),
        after: [...(before.get(id) ?? [])].map(idOf),
      }
    })
    const distractors = childrenNamed(node, 'Distractor').map((one, index) => {
      readAttributes(one, {})
      allowChildren(one, ['Why'])
      const why = proseOf(requireChild(one, 'Why', 'Say why it does not belong.'))
      return {
        id: context.opaque(`distractor/${index}`),
        html: requireProse(one, 'the item'),
        label: wordsOf(one),
        why,
      }
    })
    const broken = childrenNamed(node, 'Broken').map((one) => {
      const { before: first, after: second } = readAttributes(one, { before: z.string(), after: z.string() })
      for (const id of [first, second])
        if (!before.has(id)) throw authorError(one, `There is no <Item id="${id}">.`)
      if (!before.get(second)?.has(first))
        throw authorError(
          one,
          `No constraint says that "${first}" stands before "${second}". Add \`after\`, or take <Broken> away.`,
        )
      return { before: idOf(first), after: idOf(second), why: requireProse(one, 'why that order fails') }
    })
    const why = currentChild(node, 'Why')
    const key: OrderKey = {
      items: items.map(({ id, label, after }) => ({ id, label, after })),
      distractors: distractors.map(({ id, label, why }) => ({ id, label, why })),
      broken,
      why: why ? proseOf(why) : null,
    }
    const shown = byId([...items, ...distractors].map(({ id, html, label }) => ({ id, html, label })))
    return {
      public: { intro, items: shown, distractors: distractors.length > 0 },
      key,
      samples: sampleOrders(key),
      text: [wordsOf(node), ...shown.map((item) => item.label)].join(' '),
      solution: {
        parts: [
          {
            title: 'An order that holds',
            html: `<ol>${items.map((item) => `<li>${item.html}</li>`).join('')}</ol>`,
          },
        ],
      },
    }
  },
}

/** For each item everything that must stand before it, directly or through others. */
function readConstraints(nodes: BlockNode[]): Map<string, Set<string>> {
  const given = nodes.map((node) => ({ node, ...readAttributes(node, itemShape) }))
  const total = given.every((item) => item.after === undefined)
  const before = new Map<string, Set<string>>()
  given.forEach((item, index) => {
    const needs = new Set<string>()
    const direct = total ? given.slice(0, index).map((one) => one.id) : (item.after ?? [])
    for (const id of direct) {
      const above = before.get(id)
      if (!above)
        throw authorError(
          item.node,
          `after: "${id}" is not an item above this one. Write the items in an order that holds.`,
        )
      needs.add(id)
      for (const one of above) needs.add(one)
    }
    before.set(item.id, needs)
  })
  return before
}

function sampleOrders(key: OrderKey): Sample<OrderAnswer>[] {
  const right = key.items.map((item) => item.id)
  const samples: Sample<OrderAnswer>[] = [
    { name: 'as written', answer: { order: right }, passes: true },
    { name: 'nothing placed', answer: { order: [] }, passes: false, fails: 'empty' },
    { name: 'one left out', answer: { order: right.slice(1) }, passes: false, fails: 'missing' },
  ]
  key.distractors.forEach((one, index) => {
    samples.push({
      name: `with "${one.label}"`,
      answer: { order: [...right, one.id] },
      passes: false,
      fails: `distractor:${index}`,
    })
  })
  key.broken.forEach((one, index) => {
    const order = right.filter((id) => id !== one.after)
    order.splice(order.indexOf(one.before), 0, one.after)
    samples.push({
      name: `listed mistake ${index + 1}`,
      answer: { order },
      passes: false,
      fails: `broken:${index}`,
    })
  })
  const last = key.items.findLast((item) => item.after.length > 0)
  if (last)
    samples.push({
      name: `"${last.label}" first`,
      answer: { order: [last.id, ...right.filter((id) => id !== last.id)] },
      passes: false,
    })
  return samples
}
