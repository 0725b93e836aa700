import { describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { gradeRecall } from './grade'
import { recallKind } from './spec'

const undo = (...more: ReturnType<typeof block>[]) =>
  block(
    'Recall',
    { id: 'undo', text: 'Which command takes a file out of the index?' },
    block('Accept', 'git reset'),
    block('Accept', { pattern: '^git\\s+reset( --mixed)?$' }),
    block('Near', { answer: 'git revert', text: 'SECRET makes a new commit' }),
    ...['git reset --mixed', 'Git  Reset.', '`git reset`'].map((text) =>
      block('Sample', { accepted: true, text }),
    ),
    ...['git rest', 'reset git', 'git reset --hard'].map((text) => block('Sample', text)),
    block('Why', 'SECRET the index is set back'),
    ...more,
  )

describe('Recall', () => {
  test('submits every sample, accepted text and near miss', async () => {
    const compiled = await recallKind.compile(undo(), contextFor())
    expectSamples(recallKind, compiled)
    expectSecret(compiled.public, ['SECRET', 'git reset', 'mixed', 'revert'])
  })

  test.each([
    '“git reset”',
    '$ git reset',
    ' GIT   RESET ',
    'git reset;',
    'git\u00a0reset',
    "'git reset'.",
    'ｇｉｔ reset',
  ])('the form of %s makes no difference', async (text) => {
    const { key } = await recallKind.compile(undo(), contextFor())
    expect(gradeRecall(key, { text }).passed).toBe(true)
  })

  test('signs alone, empty and long texts are refused without an error', async () => {
    const { key } = await recallKind.compile(undo(), contextFor())
    for (const text of ['', '   ', '....', '""', '`', 'git '.repeat(100)])
      expect(gradeRecall(key, { text }).passed).toBe(false)
  })

  test('tells authors what does not fit', async () => {
    const few = block('Recall', { id: 'a', text: 'Q' }, block('Accept', 'x'), block('Sample', 'y'))
    await expect(recallKind.compile(few, contextFor())).rejects.toThrow(
      /0 of at least three <Sample accepted>/,
    )
    await expect(
      recallKind.compile(undo(block('Near', { answer: 'GIT reset', text: 'w' })), contextFor()),
    ).rejects.toThrow(/is accepted, and listed as <Near>/)
    await expect(recallKind.compile(undo(block('Accept', { pattern: '(' })), contextFor())).rejects.toThrow(
      /cannot be read/,
    )
  })
})
