import { describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { gradeClassify } from './grade'
import { classifyKind } from './spec'

const why = (text: string, of?: string) => block('Why', of ? { text, of } : { text })

const jobs = (more: Record<string, unknown> = {}, ...children: ReturnType<typeof block>[]) =>
  block(
    'Classify',
    { id: 'whose', text: 'Whose job is it?', ...more },
    block('Class', { id: 'provider', text: 'Provider’s job' }),
    block('Class', { id: 'yours', text: 'Yours' }),
    block(
      'Item',
      { is: 'yours', must: true, text: 'A bucket is public.' },
      why('SECRET they lock the hall', 'provider'),
    ),
    block('Item', { is: 'provider', text: 'A disk dies.' }, why('SECRET you cannot reach it')),
    block('Item', { is: 'yours', text: 'A key is in the repository.' }, why('SECRET nobody else wrote it')),
    ...children,
  )

describe('Classify', () => {
  test('submits every wrong class of every row, and the listed mistakes', async () => {
    expectSamples(classifyKind, await classifyKind.compile(jobs(), contextFor()))
    const listed = block('Wrong', { says: 'lock the hall', answers: ['provider', 'provider', 'yours'] })
    const compiled = await classifyKind.compile(jobs({ pass: 2 }, listed), contextFor())
    expectSamples(classifyKind, compiled)
    expect(compiled.samples.filter((sample) => sample.says)).toHaveLength(1)
  })

  test('sends classes and items, and no reason nor solution', async () => {
    const compiled = await classifyKind.compile(jobs(), contextFor())
    expectSecret(compiled.public, ['SECRET', '"is"', '"must"'])
  })

  test('one row may be wrong where pass allows it, but not one that must be right', async () => {
    const { key } = await classifyKind.compile(jobs({ pass: 2 }), contextFor())
    const right = Object.fromEntries(key.items.map((item) => [item.id, item.is]))
    const [bucket, disk] = key.items.map((item) => item.id)
    const slack = gradeClassify(key, { rows: { ...right, [disk ?? '']: 'yours' } })
    expect(slack.passed).toBe(true)
    expect(slack.next).toBe('2 of 3 rows are right; that is enough.')
    const open = gradeClassify(key, { rows: { ...right, [bucket ?? '']: 'provider' } })
    expect(open.passed).toBe(false)
    expect(open.next).toContain('may not be wrong: A bucket is public.')
  })

  test('forged rows, forged classes and missing rows fail without an error', async () => {
    const { key } = await classifyKind.compile(jobs({ pass: 1 }), contextFor())
    const right = Object.fromEntries(key.items.map((item) => [item.id, item.is]))
    for (const rows of [
      { ...right, forged: 'yours' },
      { ...right, [key.items[1]?.id ?? '']: 'constructor' },
      {},
    ])
      expect(gradeClassify(key, { rows }).passed).toBe(false)
    expect(gradeClassify(key, { rows: {} }).next).toBe('3 rows have no class yet.')
  })

  test('a class that the author did not foresee still gets words', async () => {
    const { key } = await classifyKind.compile(
      jobs({}, block('Class', { id: 'both', text: 'Shared' })),
      contextFor(),
    )
    const verdict = gradeClassify(key, { rows: { [key.items[0]?.id ?? '']: 'both' } })
    expect(verdict.checks[0]).toMatchObject({ passed: false, message: expect.stringContaining('Shared') })
  })

  test('tells authors what does not fit', async () => {
    const cases = [
      [jobs({ pass: 4 }), /there are 3 items/],
      [jobs({}, block('Item', { is: 'nobody', text: 'x' }, why('w'))), /no <Class id="nobody">/],
      [jobs({}, block('Item', { is: 'yours', text: 'x' })), /lacks its <Why>/],
      [jobs({}, block('Item', { is: 'yours', text: 'x' }, why('w', 'yours'))), /answers the right class/],
      [jobs({}, block('Class', { id: 'yours', text: 'Mine' })), /there twice/],
      [jobs({}, block('Wrong', { says: 'x', answers: ['yours'] })), /lists 1 classes/],
    ] as const
    for (const [node, message] of cases)
      await expect(classifyKind.compile(node, contextFor())).rejects.toThrow(message)
  })
})
