import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  byId,
  childrenNamed,
  readAttributes,
  requireProse,
  requireUnique,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, Html, InlineKind, Sample } from '@/exercises/kind'
import { type ClassifyAnswer, type ClassifyKey, gradeClassify } from './grade'

export type ClassifyPublic = {
  intro: Html
  classes: { id: string; html: Html; label: string }[]
  items: { id: string; html: Html; label: string }[]
  /** Rows that must be right. */
  pass: number
}

const classifyAnswer = z.strictObject({
  rows: z
    .record(z.string().max(64), z.string().max(64))
    .refine((rows) => Object.keys(rows).length <= 64, 'too many rows'),
})

type Item = ClassifyKey['items'][number] & { html: Html }

function readItem(node: BlockNode, id: string, classes: string[]): Item {
  const { is, must = false } = readAttributes(node, { is: z.string(), must: z.boolean().optional() })
  if (!classes.includes(is))
    throw authorError(node, `There is no <Class id="${is}">. The classes are ${classes.join(', ')}.`)
  allowChildren(node, ['Why'])
  const why: Record<string, Html> = {}
  let otherwise: Html | null = null
  for (const child of childrenNamed(node, 'Why')) {
    const { of } = readAttributes(child, { of: z.string().optional() })
    const words = requireProse(child, 'why that class is not it')
    if (of === undefined) {
      if (otherwise) throw authorError(child, 'A second <Why> without `of`. Say which class it answers.')
      otherwise = words
    } else if (of === is)
      throw authorError(child, `<Why of="${of}"> answers the right class. Name a wrong one.`)
    else if (!classes.includes(of)) throw authorError(child, `<Why of="${of}">: there is no such class.`)
    else if (why[of]) throw authorError(child, `A second <Why of="${of}">. Keep one.`)
    else why[of] = words
  }
  if (!otherwise && Object.keys(why).length === 0)
    throw authorError(
      node,
      'An <Item> lacks its <Why>. Say why the class that people take for right is not it.',
    )
  return {
    id,
    html: requireProse(node, 'what is to be classified'),
    label: wordsOf(node),
    is,
    must,
    why,
    otherwise,
  }
}

export const classifyKind: InlineKind<ClassifyPublic, ClassifyKey, ClassifyAnswer> = {
  name: 'classify',
  title: 'Put each in its class',
  source: 'inline',
  element: 'Classify',
  program: false,
  judged: true,
  runtime: 'none',
  answer: classifyAnswer,
  grade: gradeClassify,
  async compile(node, context) {
    const attributes = readAttributes(node, {
      ...blockAttributes,
      pass: z.number().int().positive().optional(),
    })
    allowChildren(node, ['Class', 'Item', 'Wrong'])
    const intro = requireProse(node, 'what to do')
    const classNodes = childrenNamed(node, 'Class')
    const idOf = (one: BlockNode) => readAttributes(one, { id: z.string().min(1).max(64) }).id
    requireUnique(classNodes, idOf, 'class')
    const classes = classNodes.map((one) => {
      allowChildren(one, [])
      return { id: idOf(one), html: requireProse(one, 'its name'), label: wordsOf(one) }
    })
    if (classes.length < 2) throw authorError(node, '<Classify> has at least two classes.')
    const itemNodes = childrenNamed(node, 'Item')
    const classIds = classes.map((one) => one.id)
    const items = itemNodes.map((item, index) => readItem(item, context.opaque(index), classIds))
    if (items.length < 2) throw authorError(node, '<Classify> has at least two items.')
    requireUnique(itemNodes, wordsOf, 'item')
    const pass = attributes.pass ?? items.length
    if (pass > items.length) throw authorError(node, `pass={${pass}}, but there are ${items.length} items.`)

    const key: ClassifyKey = {
      pass,
      classes: classes.map(({ id, label }) => ({ id, label })),
      items: items.map(({ html: _, ...item }) => item),
    }
    return {
      public: {
        intro,
        classes,
        items: byId(items.map(({ id, html, label }) => ({ id, html, label }))),
        pass,
      },
      key,
      samples: [...sampleRows(key), ...childrenNamed(node, 'Wrong').map((wrong) => readWrong(wrong, key))],
      text: [wordsOf(node), ...classes.map((one) => one.label), ...items.map((item) => item.label)].join(' '),
      solution: {
        parts: classes.map((one) => ({
          title: one.label,
          html: `<ul>${items
            .filter((item) => item.is === one.id)
            .map((item) => `<li>${item.html}</li>`)
            .join('')}</ul>`,
        })),
      },
    }
  },
}

function sampleRows(key: ClassifyKey): Sample<ClassifyAnswer>[] {
  const right = Object.fromEntries(key.items.map((item) => [item.id, item.is]))
  const samples: Sample<ClassifyAnswer>[] = [
    { name: 'every row right', answer: { rows: right }, passes: true },
    { name: 'nothing chosen', answer: { rows: {} }, passes: false },
  ]
  for (const item of key.items)
    for (const other of key.classes) {
      if (other.id === item.is) continue
      const passes = key.pass < key.items.length && !item.must
      const name = `"${item.label}" as ${other.label}`
      const answer = { rows: { ...right, [item.id]: other.id } }
      samples.push(passes ? { name, answer, passes } : { name, answer, passes, fails: item.id })
    }
  for (const one of key.classes) {
    const all = gradeClassify(key, { rows: Object.fromEntries(key.items.map((item) => [item.id, one.id])) })
    if (!all.passed)
      samples.push({
        name: `everything as ${one.label}`,
        answer: { rows: Object.fromEntries(key.items.map((item) => [item.id, one.id])) },
        passes: false,
      })
  }
  return samples
}

function readWrong(node: BlockNode, key: ClassifyKey): Sample<ClassifyAnswer> {
  const { says, answers } = readAttributes(node, { says: z.string().min(1), answers: z.array(z.string()) })
  if (answers.length !== key.items.length)
    throw authorError(
      node,
      `<Wrong> lists ${answers.length} classes, but there are ${key.items.length} items.`,
    )
  const strange = answers.find((answer) => !key.classes.some((one) => one.id === answer))
  if (strange !== undefined)
    throw authorError(node, `<Wrong> names the class "${strange}", which does not exist.`)
  const rows = Object.fromEntries(key.items.map((item, index) => [item.id, answers[index] ?? '']))
  return { name: `a listed mistake: ${says}`, answer: { rows }, passes: false, says }
}
