import { describe, expect, test } from 'vitest'
import type { BlockNode } from '@/exercises/kind'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { gradeWorked, normaliseBlank } from './grade'
import { workedKind } from './spec'

const blank = (id: string, accept: string[]) => block('Blank', { id, accept, text: `SECRET why ${id}` })
const step = (goal: string, html: string, ...children: BlockNode[]): BlockNode => ({
  ...block('Step', { goal, text: 'text' }, ...children),
  html,
})
const instance = (title: string, ...steps: BlockNode[]) => block('Instance', { title }, ...steps)
const full = instance('One', step('Say', 'left of lo'), step('Move', '<p>lo = mid + 1</p>'))
const faded = (html: string, ...blanks: BlockNode[]) =>
  instance('Two', step('Say', 'all'), step('Move', html, ...blanks))
const worked = (...instances: BlockNode[]) => block('Worked', { id: 'w', text: 'Intro.' }, ...instances)

describe('Worked', () => {
  test('submits each accepted text of each blank, and wrong ones', async () => {
    const two = faded(
      'Set lo to <slot name="0"></slot>, hi to <slot name="1"></slot>.',
      blank('lo', ['mid + 1', '1 + mid']),
      blank('hi', ['mid']),
    )
    const compiled = await workedKind.compile(worked(full, two), contextFor())
    expectSamples(workedKind, compiled)
    expectSecret(compiled.public, ['SECRET', '1 + mid', 'accept'])
    expect(compiled.public.instances[1]?.steps[1]?.parts).toEqual([
      {
        line: [
          { html: 'Set lo to ' },
          { blank: 'lo', size: 8 },
          { html: ', hi to ' },
          { blank: 'hi', size: 8 },
          { html: '.' },
        ],
      },
    ])
  })

  test.each(['mid+1', 'Mid + 1', '`mid + 1`', 'mid  +1', '(mid + 1)', 'mid + 1;'])(
    '"%s" is mid + 1',
    async (text) => {
      const { key } = await workedKind.compile(
        worked(full, faded('<slot name="0"></slot>', blank('lo', ['mid + 1']))),
        contextFor(),
      )
      expect(gradeWorked(key, { blanks: { lo: text } }).passed).toBe(true)
      expect(gradeWorked(key, { blanks: { lo: 'mid - 1' } }).passed).toBe(false)
      expect(gradeWorked(key, { blanks: { lo: text, forged: '' } }).passed).toBe(false)
    },
  )

  test.each([
    [
      '0.999',
      ['.999', '0,999', '99.9%', '99.9 percent', '0.9990', '≈ 0.999', '1 - 0.001 = 0.999'],
      ['0.99', '999'],
    ],
    ['40 per second', ['40 per second', '40.0 per second'], ['40 per minute', '400', '40 or 50', 'not 40']],
    ['4', ['4.0', '×4', '4x', 'about 4'], ['2 · 2', '44', 'n + 4', '4 minutes', '400%%']],
    ['2 · 2', ['2·2'], ['2', '22']],
    ['mid + 1', [], ['1', '+ 1', 'lo + 1', 'mid + 1.0']],
    ['batch', ['a batch', 'The batch.'], ['a', 'the', 'batches']],
  ])('of a blank for %s', (accept, right, wrong) => {
    const key = {
      blanks: [{ id: 'b', label: 'b', accept: [normaliseBlank(accept)], shown: accept, why: 'why' }],
    }
    for (const text of right) expect(gradeWorked(key, { blanks: { b: text } }).passed, text).toBe(true)
    for (const text of wrong) expect(gradeWorked(key, { blanks: { b: text } }).passed, text).toBe(false)
  })

  test('paragraphs without a blank stay as they are', async () => {
    const two = faded(
      '<p>First.</p><p>Then <slot name="0"></slot>.</p><ul><li>more</li></ul>',
      blank('lo', ['x']),
    )
    const compiled = await workedKind.compile(worked(full, two), contextFor())
    expect(compiled.public.instances[1]?.steps[1]?.parts.map((part) => Object.keys(part)[0])).toEqual([
      'html',
      'line',
      'html',
    ])
  })

  test('tells authors what does not fade', async () => {
    const one = faded('<slot name="0"></slot>', blank('a', ['x']))
    await expect(workedKind.compile(worked(full), contextFor())).rejects.toThrow(/two to four/)
    await expect(workedKind.compile(worked(one, full), contextFor())).rejects.toThrow(/worked in full/)
    await expect(workedKind.compile(worked(full, full), contextFor())).rejects.toThrow(/at least one more/)
    await expect(
      workedKind.compile(worked(full, instance('Two', step('Other', 'x'))), contextFor()),
    ).rejects.toThrow(/same goals/)
    const bold = faded('<strong>Set <slot name="0"></slot></strong>', blank('a', ['x']))
    await expect(workedKind.compile(worked(full, bold), contextFor())).rejects.toThrow(
      /plain text of a paragraph/,
    )
  })
})
