import { describe, expect, test } from 'vitest'
import { answerInWords, markDifferences } from '../components/lesson/answer-words'
import type { PublicBlock } from '../exercises/kind'
import { PLACES } from './places'
import { listBlocks } from './samples'

const lessons = [...new Set(Object.values(PLACES).map((id) => id.slice(0, id.lastIndexOf('/'))))]

/** Ids of the parts of a block: what a learner must never have to read. */
function idsIn(props: unknown): string[] {
  if (typeof props !== 'object' || props === null) return []
  const { id } = props as { id?: unknown }
  return [...(typeof id === 'string' ? [id] : []), ...Object.values(props).flatMap(idsIn)]
}

describe('an answer of each kind is written in the words of its exercise', () => {
  test.each(Object.entries(PLACES))('%s', async (_kind, id) => {
    const all = (await Promise.all(lessons.map((lesson) => listBlocks(lesson)))).flat()
    const found = all.find(({ block }) => block.id === id)
    if (!found) throw new Error(`${id} is not compiled`)
    const opaque = idsIn(found.block.props).filter((one) => /^[\w-]{10}$/.test(one) && /[A-Z]/.test(one))
    for (const { answer } of found.compiled.samples) {
      const text = answerInWords(found.block, answer).join('\n')
      expect(text).not.toMatch(/<\w|undefined|\[object/)
      expect(opaque.filter((one) => text.includes(one))).toEqual([])
    }
  })
})

const block = (props: unknown): PublicBlock => ({
  id: 'a/b/c',
  kind: 'x',
  version: 1,
  title: 'X',
  graded: true,
  star: false,
  hints: [],
  props,
})

test('rows name what they are about, code keeps its lines and its margin, nothing says so', () => {
  const props = {
    items: [{ id: 'q1', label: 'A cache' }],
    classes: [{ id: 'k1', html: '<p>State &amp; memory</p>' }],
    lines: [{ id: 'l1', code: 'return x' }],
  }
  expect(answerInWords(block(props), { rows: { q1: 'k1' } })).toEqual(['A cache: State & memory'])
  expect(answerInWords(block(props), { lines: [{ id: 'l1', indent: 1 }] })).toEqual(['    return x'])
  expect(answerInWords(block(props), { files: { 'solution.py': 'a\n  b\n' } })).toEqual(['a', '  b'])
  expect(answerInWords(block(props), { chosen: [] })).toEqual(['Nothing yet'])
  expect(answerInWords(block(props), undefined)).toEqual(['Nothing yet'])
})

test('lines that the other version has not are marked, in both', () => {
  const [mine, theirs] = markDifferences(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])
  expect(mine.filter(({ differs }) => differs).map(({ text }) => text)).toEqual(['b'])
  expect(theirs.filter(({ differs }) => differs).map(({ text }) => text)).toEqual(['x', 'd'])
  expect(mine.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
  expect(theirs.map(({ text }) => text)).toEqual(['a', 'x', 'c', 'd'])
})
