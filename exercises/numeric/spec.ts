import { z } from 'zod'
import { formatNumber } from '@/exercises/answers'
import {
  allowChildren,
  authorError,
  blockAttributes,
  childrenNamed,
  readAttributes,
  requireChild,
  requireProse,
  wordsOf,
} from '@/exercises/author'
import type { BlockNode, CompileContext, Html, InlineKind, Sample } from '@/exercises/kind'
import type { Plain } from '@/runner/protocol'
import { gradeNumeric, type NumericAnswer, type NumericKey } from './grade'

export type NumericPublic = { prompt: Html; unit: string | null }

async function computeValue(node: BlockNode, source: string, context: CompileContext): Promise<number> {
  const result = await context.run({ files: {}, entry: { kind: 'expression', source } })
  if (result.type !== 'result') throw authorError(node, `compute="${source}" did not end: ${result.kind}.`)
  if (result.data.error)
    throw authorError(
      node,
      `compute="${source}" fails: ${result.data.error.type}: ${result.data.error.text}.`,
    )
  const value = numberOf(result.data.value)
  if (value === null || !Number.isFinite(value))
    throw authorError(node, `compute="${source}" does not give a number.`)
  return value
}

function numberOf(value: Plain | undefined): number | null {
  if (typeof value === 'number') return value
  if (
    value &&
    typeof value === 'object' &&
    !Array.isArray(value) &&
    (value.$ === 'int' || value.$ === 'float')
  )
    return Number(value.v)
  return null
}

export const numericKind: InlineKind<NumericPublic, NumericKey, NumericAnswer> = {
  name: 'numeric',
  title: 'Work out a number',
  source: 'inline',
  element: 'Numeric',
  program: false,
  judged: true,
  runtime: 'none',
  answer: z.strictObject({ text: z.string().max(200) }),
  grade: gradeNumeric,
  async compile(node, context) {
    const attributes = readAttributes(node, {
      ...blockAttributes,
      compute: z.string().min(1),
      tolerance: z.number().nonnegative().optional(),
      unit: z.string().min(1).optional(),
      accepts: z.array(z.string().min(1)).optional(),
    })
    allowChildren(node, ['Why', 'Wrong'])
    const prompt = requireProse(node, 'the question')
    const why = requireProse(
      requireChild(node, 'Why', 'Show how the number comes about.'),
      'how the number comes about',
    )
    const value = await computeValue(node, attributes.compute, context)
    const tolerance = attributes.tolerance ?? 0
    if (
      tolerance === 0 &&
      String(Math.abs(value)).replace(/^0\.0*|\./g, '').length > 6 &&
      !Number.isInteger(value)
    )
      throw authorError(node, `The number is ${value}, which nobody types in full. Give a tolerance.`)
    const wrong = childrenNamed(node, 'Wrong').map((one) => {
      allowChildren(one, [])
      const { answer } = readAttributes(one, { answer: z.union([z.number(), z.array(z.number()).min(1)]) })
      const values = Array.isArray(answer) ? answer : [answer]
      const inside = values.find((number) => Math.abs(number - value) <= tolerance)
      if (inside !== undefined)
        throw authorError(
          one,
          `${inside} is right: it lies within ${tolerance} of ${value}. List another mistake.`,
        )
      return { values, why: requireProse(one, 'how one comes to that number') }
    })
    const key: NumericKey = {
      value,
      tolerance,
      unit: attributes.unit ?? null,
      accepts: attributes.accepts ?? [],
      why,
      wrong,
    }
    return {
      public: { prompt, unit: key.unit },
      key,
      samples: sampleNumbers(key),
      text: wordsOf(node),
      solution: { parts: [{ title: `${formatNumber(value)}${key.unit ? ` ${key.unit}` : ''}`, html: why }] },
    }
  },
}

/** The right number in every form that must be read, each listed mistake, and what is no number. */
function sampleNumbers(key: NumericKey): Sample<NumericAnswer>[] {
  const plain = plainText(key.value)
  const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 12 }).format(Number(plain))
  const forms = new Set([
    plain,
    grouped,
    grouped.replaceAll(',', ' '),
    `${plain}.0`.replace(/(\..*)\.0$/, '$10'),
    ` ${plain} `,
  ])
  if (key.unit) forms.add(`${plain} ${key.unit}`)
  for (const unit of key.accepts) forms.add(`${plain} ${unit}`).add(`${plain}${unit}`)
  return [
    ...[...forms].map((text) => ({ name: `right: "${text}"`, answer: { text }, passes: true })),
    ...key.wrong.flatMap(({ values }, index) =>
      values.map((value) => ({
        name: `wrong: ${value}`,
        answer: { text: plainText(value) },
        passes: false,
        fails: `wrong:${index}`,
      })),
    ),
    { name: 'nothing', answer: { text: '' }, passes: false, fails: 'empty' },
    { name: 'no number', answer: { text: 'a lot' }, passes: false, fails: 'unreadable' },
  ]
}

function plainText(value: number): string {
  const text = String(Number(value.toPrecision(15)))
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text
}
