import { describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { choiceKind } from './spec'

const option = (text: string, why: string, attributes: Record<string, unknown> = {}) =>
  block('Option', { text, ...attributes }, block('Why', why))

const single = () =>
  block(
    'Choice',
    { id: 'add', text: 'Which version is in the commit?' },
    option('The first edit.', 'WHY-RIGHT copied at that moment', { correct: true }),
    option('The second edit.', 'WHY-SECOND needs a second add', { misconception: 'add-means-track' }),
    option('Both.', 'WHY-BOTH one file has one content'),
  )

const several = () =>
  block(
    'Choice',
    { id: 'even', text: 'Which are even?', multiple: true },
    option('two', 'WHY2', { correct: true }),
    option('three', 'WHY3'),
    option('four', 'WHY4', { correct: true }),
  )

describe('Choice', () => {
  test('submits every option and gets what it deserves', async () => {
    for (const node of [single(), several()])
      expectSamples(choiceKind, await choiceKind.compile(node, contextFor()))
  })

  test('keeps reasons and correctness from the browser and tells nothing by order', async () => {
    const compiled = await choiceKind.compile(single(), contextFor())
    expectSecret(compiled.public, ['WHY', 'correct', 'misconception', 'add-means-track'])
    const ids = compiled.public.options.map((one) => one.id)
    expect(ids).toEqual([...ids].sort())
    expect(compiled.misconceptions).toEqual(['add-means-track'])
  })

  test('shows the words of what was chosen and of nothing else', async () => {
    const compiled = await choiceKind.compile(single(), contextFor())
    const second = compiled.key.options[1]?.id ?? ''
    const verdict = choiceKind.judged ? choiceKind.grade(compiled.key, { chosen: [second] }) : null
    expect(JSON.stringify(verdict)).toContain('WHY-SECOND')
    expect(JSON.stringify(verdict)).not.toContain('WHY-RIGHT')
  })

  test('refuses forged ids, two answers to a single question, and unknown keys', async () => {
    const { key } = await choiceKind.compile(single(), contextFor())
    const grade = (chosen: string[]) => (choiceKind.judged ? choiceKind.grade(key, { chosen }) : null)
    const right = key.options[0]?.id ?? ''
    expect(grade([right])?.passed).toBe(true)
    expect(grade([right, 'forged'])?.passed).toBe(false)
    expect(grade(['__proto__'])?.passed).toBe(false)
    expect(grade([right, key.options[1]?.id ?? ''])?.passed).toBe(false)
    expect(choiceKind.answer.safeParse({ chosen: [right], more: 1 }).success).toBe(false)
  })

  test('tells authors what is missing, with the line', async () => {
    const broken = [
      [
        block('Choice', { id: 'a', text: 'Q', atLine: 9 }, option('x', 'w', { correct: true })),
        /at least two options/,
      ],
      [block('Choice', { id: 'a', text: 'Q' }, option('x', 'w'), option('y', 'w')), /No option is marked/],
      [
        block(
          'Choice',
          { id: 'a', text: 'Q' },
          option('x', 'w', { correct: true }),
          option('y', 'w', { correct: true }),
        ),
        /multiple/,
      ],
      [
        block('Choice', { id: 'a', text: 'Q' }, option('x', 'w', { correct: true }), block('Option', 'y')),
        /lacks its <Why>/,
      ],
      [
        block('Choice', { id: 'a', text: 'Q' }, option('x', 'w', { right: true }), option('y', 'w')),
        /no attribute right/,
      ],
      [block('Choice', { id: 'a', text: 'Q' }, block('Item', 'x')), /does not belong/],
    ] as const
    for (const [node, message] of broken)
      await expect(choiceKind.compile(node, contextFor())).rejects.toThrow(message)
    const [first] = broken[0]
    await expect(choiceKind.compile(first, contextFor())).rejects.toMatchObject({ where: { line: 9 } })
  })
})
