import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
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
import { formatPlain } from '@/exercises/values'
import type { Plain, TraceStep } from '@/runner/protocol'
import { gradeTrace, isValue, type TraceAnswer, type TraceKey } from './grade'

export type TraceDrawing =
  | { kind: 'table' }
  /** The items of the list at each row. */
  | { kind: 'array'; name: string; rows: string[][] }
  /** Nodes and edges at each row; `neighbours` in the order of the program. */
  | { kind: 'graph'; name: string; rows: { node: string; neighbours: string[] }[][] }

export type TracePublic = {
  intro: Html
  /** The lines of the program, plain. */
  code: string[]
  watch: string[]
  /** `line` is the line that begins (with `at`) or was executed, from 1. A value of null is a blank. */
  rows: { line: number; values: (string | null)[] }[]
  drawing: TraceDrawing
}

const traceAnswer = z.strictObject({
  cells: z
    .record(z.string().max(80), z.string().max(400))
    .refine((cells) => Object.keys(cells).length <= 200, 'too many cells'),
})

const MAX_ROWS = 60
const NO_VALUE = '—'

type Row = { line: number; values: Record<string, Plain | undefined> }

async function recordRows(
  node: BlockNode,
  fence: Fence,
  names: string[],
  at: string | undefined,
  context: CompileContext,
): Promise<Row[]> {
  const result = await context.run({
    files: { 'program.py': fence.value },
    entry: { kind: 'trace', path: 'program.py', watch: names, maxSteps: 2000 },
    limits: { ms: 10_000 },
  })
  if (result.type !== 'result') throw authorError(node, `The program did not end: ${result.kind}.`)
  if (result.data.error) throw authorError(node, `The program ends with ${result.data.error.text.trim()}.`)
  const steps = result.data.steps ?? []
  const rows = at === undefined ? steps : rowsAt(steps, fence.value.split('\n'), at)
  if (rows.length === 0)
    throw authorError(
      node,
      at === undefined ? 'The program executes no line.' : `No executed line starts with "${at}".`,
    )
  if (rows.length > MAX_ROWS)
    throw authorError(
      node,
      `The trace has ${rows.length} rows; ${MAX_ROWS} is the most. Take a smaller example.`,
    )
  return rows
}

/** A row each time the line begins: with the values that the line before it left behind. */
function rowsAt(steps: TraceStep[], lines: string[], at: string): Row[] {
  return steps.flatMap((step, index) =>
    lines[step.line - 1]?.trimStart().startsWith(at)
      ? [{ line: step.line, values: steps[index - 1]?.values ?? {} }]
      : [],
  )
}

function readDrawing(node: BlockNode, draw: string, rows: Row[]): TraceDrawing {
  const [kind, name, ...more] = draw.trim().split(/\s+/)
  if (kind === 'table' && !name) return { kind: 'table' }
  if ((kind !== 'array' && kind !== 'graph') || !name || more.length)
    throw authorError(node, `draw="${draw}" is not one of: table, array <name>, graph <name>.`)
  if (kind === 'array') {
    const items = rows.map((row) => itemsOf(row.values[name]))
    if (items.every((one) => one.length === 0))
      throw authorError(node, `draw: ${name} is at no step a list with items.`)
    return { kind, name, rows: items }
  }
  const graphs = rows.map((row) => {
    const value = row.values[name]
    const pairs =
      value && typeof value === 'object' && !Array.isArray(value) && value.$ === 'dict' ? value.v : []
    return pairs.map(([node, neighbours]) => ({ node: formatPlain(node), neighbours: itemsOf(neighbours) }))
  })
  if (graphs.every((one) => one.length === 0))
    throw authorError(node, `draw: ${name} is at no step a dict of lists.`)
  return { kind, name, rows: graphs }
}

function itemsOf(value: Plain | undefined): string[] {
  if (Array.isArray(value)) return value.map(formatPlain)
  if (value && typeof value === 'object' && (value.$ === 'tuple' || value.$ === 'set'))
    return value.v.map(formatPlain)
  return []
}

export const traceKind: InlineKind<TracePublic, TraceKey, TraceAnswer> = {
  name: 'trace',
  title: 'Trace',
  source: 'inline',
  element: 'Trace',
  program: false,
  judged: true,
  runtime: 'none',
  answer: traceAnswer,
  grade: gradeTrace,
  async compile(node, context) {
    const {
      watch,
      draw = 'table',
      at,
    } = readAttributes(node, {
      ...blockAttributes,
      watch: z.array(z.string().regex(/^[A-Za-z_]\w*$/)).min(1),
      draw: z.string().optional(),
      at: z.string().min(1).optional(),
    })
    allowChildren(node, ['Cell', 'Wrong', 'Why'])
    if (!node.html.trim()) throw authorError(node, '<Trace> lacks its text: say what to fill in.')
    const fence = requireFence(node, 'python')
    const drawn = draw.split(/\s+/)[1]
    const rows = await recordRows(
      node,
      fence,
      [...new Set([...watch, ...(drawn ? [drawn] : [])])],
      at,
      context,
    )
    const drawing = readDrawing(node, draw, rows)
    const cells = readCells(node, watch, rows, drawn)
    const blank = new Set(cells.map((cell) => cell.id))
    const why = currentChild(node, 'Why')
    const key: TraceKey = { cells, why: why ? proseOf(why) : null }
    return {
      public: {
        intro: node.html,
        code: fence.value.split('\n'),
        watch,
        rows: rows.map((row, index) => ({
          line: row.line,
          values: watch.map((name) =>
            blank.has(`${index + 1}:${name}`) ? null : formatPlain(row.values[name]),
          ),
        })),
        drawing,
      },
      key,
      samples: sampleCells(key),
      text: wordsOf(node),
      solution: {
        parts: key.cells.map((cell) => ({ title: `Step ${cell.row}, ${cell.name}`, code: cell.value })),
      },
    }
  },
}

function readCells(
  node: BlockNode,
  watch: string[],
  rows: Row[],
  drawn: string | undefined,
): TraceKey['cells'] {
  const place = { row: z.number().int().positive(), name: z.string() }
  const nodes = childrenNamed(node, 'Cell')
  if (nodes.length === 0) throw authorError(node, '<Trace> has no <Cell>: nothing would be asked.')
  const idOf = (row: number, name: string) => `${row}:${name}`
  const cells = nodes.map((cell) => {
    const { row, name } = readAttributes(cell, place)
    if (row > rows.length) throw authorError(cell, `row={${row}}, but the trace has ${rows.length} rows.`)
    if (!watch.includes(name))
      throw authorError(cell, `"${name}" is not watched. Watched are ${watch.join(', ')}.`)
    if (name === drawn)
      throw authorError(
        cell,
        `"${name}" is drawn above the table, so it cannot be asked. Draw something else.`,
      )
    const value = formatPlain(rows[row - 1]?.values[name])
    return {
      node: cell,
      id: idOf(row, name),
      row,
      name,
      value: value || NO_VALUE,
      why: requireProse(cell, 'what a wrong value is told'),
      wrong: [] as { answer: string; why: Html }[],
    }
  })
  requireUnique(nodes, (cell) => idOf(Number(cell.attributes.row), String(cell.attributes.name)), 'cell')
  for (const wrong of childrenNamed(node, 'Wrong')) {
    const { row, name, answer } = readAttributes(wrong, { ...place, answer: z.string().min(1) })
    const cell = cells.find((one) => one.id === idOf(row, name))
    if (!cell) throw authorError(wrong, `There is no <Cell row={${row}} name="${name}">.`)
    if (isValue(cell.value, answer))
      throw authorError(wrong, `${answer} is right there: the program has ${cell.value}.`)
    cell.wrong.push({ answer, why: requireProse(wrong, 'how one comes to that value') })
  }
  return cells
    .map(({ node: _, ...cell }) => cell)
    .sort((a, b) => a.row - b.row || watch.indexOf(a.name) - watch.indexOf(b.name))
}

function sampleCells(key: TraceKey): Sample<TraceAnswer>[] {
  const right = Object.fromEntries(key.cells.map((cell) => [cell.id, cell.value]))
  return [
    { name: 'every cell right', answer: { cells: right }, passes: true },
    { name: 'nothing filled in', answer: { cells: {} }, passes: false },
    ...key.cells.flatMap((cell): Sample<TraceAnswer>[] => [
      {
        name: `step ${cell.row}, ${cell.name}: something else`,
        answer: { cells: { ...right, [cell.id]: '123456789' } },
        passes: false,
        fails: cell.id,
      },
      ...cell.wrong.map((wrong) => ({
        name: `step ${cell.row}, ${cell.name}: ${wrong.answer}`,
        answer: { cells: { ...right, [cell.id]: wrong.answer } },
        passes: false,
        fails: cell.id,
      })),
    ]),
  ]
}
