import { describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { gradeQuestions } from './grade'
import { questionsKind } from './spec'

const choice = (id: string, multiple?: boolean) =>
  block(
    'Choice',
    { id, text: `Question ${id}`, ...(multiple ? { multiple } : {}) },
    block('Option', { text: 'yes', correct: true }, block('Why', 'SECRET right')),
    block('Option', 'no', block('Why', 'SECRET no')),
    block('Option', { text: 'also', ...(multiple ? { correct: true } : {}) }, block('Why', 'SECRET also')),
  )

const pair = () =>
  block(
    'Questions',
    { id: 'q', exercise: true, text: 'Answer both.' },
    choice('first'),
    choice('second', true),
  )

describe('Questions', () => {
  test('submits every option of every question, the others right', async () => {
    const compiled = await questionsKind.compile(pair(), contextFor())
    expectSamples(questionsKind, compiled)
    expectSecret(compiled.public, ['SECRET', 'correct'])
  })

  test('one attempt carries all answers and passes when all are right', async () => {
    const { key, samples } = await questionsKind.compile(pair(), contextFor())
    const right = samples[0]?.answer.chosen ?? {}
    expect(gradeQuestions(key, { chosen: right }).passed).toBe(true)
    const half = gradeQuestions(key, { chosen: { first: right.first ?? [] } })
    expect(half).toMatchObject({ passed: false, next: '1 question has no answer yet.' })
    expect(gradeQuestions(key, { chosen: { ...right, third: [] } }).passed).toBe(false)
    expect(gradeQuestions(key, { chosen: { ...right, first: right.second ?? [] } }).passed).toBe(false)
  })

  test('the same option has another id in each question', async () => {
    const compiled = await questionsKind.compile(pair(), contextFor())
    const ids = compiled.public.questions.flatMap((question) => question.options.map((option) => option.id))
    expect(new Set(ids).size).toBe(6)
  })

  test('tells authors what does not fit', async () => {
    await expect(
      questionsKind.compile(block('Questions', { id: 'q' }, choice('a')), contextFor()),
    ).rejects.toThrow(/at least two/)
    await expect(
      questionsKind.compile(block('Questions', { id: 'q' }, choice('a'), choice('a')), contextFor()),
    ).rejects.toThrow(/there twice/)
    const counted = choice('b')
    counted.attributes.exercise = true
    await expect(
      questionsKind.compile(block('Questions', { id: 'q' }, choice('a'), counted), contextFor()),
    ).rejects.toThrow(/belong to <Questions>/)
  })
})
