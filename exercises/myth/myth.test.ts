import { describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { gradeMyth } from './grade'
import { mythKind } from './spec'

const option = (text: string, attributes = {}) =>
  block('Option', { text, ...attributes }, block('Why', `SECRET ${text}`))
const parts = ['People', 'Fails', 'Instead'].map((name) => block(name, `words of ${name}`))
const choice = block(
  'Choice',
  { id: 'f', text: 'Which?' },
  option('servers', { correct: true }),
  option('colours', { misconception: 'any' }),
)
const recall = block(
  'Recall',
  { id: 'f', text: 'Which?' },
  block('Accept', 'a canary'),
  ...['canary one', 'x', 'y'].map((text) => block('Sample', text)),
  ...['a canary', 'A canary', 'a canary.'].map((text) => block('Sample', { accepted: true, text })),
)
const myth = (...followUp: ReturnType<typeof block>[]) =>
  block('Myth', { id: 'm', misconception: 'needs-array', text: 'It needs a list.' }, ...parts, ...followUp)

describe('Myth', () => {
  test('passes with its follow-up, whatever the stance', async () => {
    for (const followUp of [choice, recall]) {
      const compiled = await mythKind.compile(myth(followUp), contextFor())
      expectSamples(mythKind, compiled)
      expect(new Set(compiled.samples.map((sample) => sample.answer.stance)).size).toBe(3)
    }
  })

  test('sends the refutation, which teaches, and not the key of the follow-up', async () => {
    const chosen = await mythKind.compile(myth(choice), contextFor())
    expect(chosen.public.refutation.fails).toContain('words of Fails')
    expectSecret(chosen.public, ['SECRET', 'correct'])
    expectSecret((await mythKind.compile(myth(recall), contextFor())).public, ['canary'])
    expect(chosen.misconceptions).toEqual(['needs-array', 'any'])
  })

  test('an answer to another sort of follow-up fails without an error', async () => {
    const { key } = await mythKind.compile(myth(choice), contextFor())
    expect(gradeMyth(key, { stance: 'agree', followUp: { text: 'servers' } }).passed).toBe(false)
    expect(mythKind.answer.safeParse({ stance: '', followUp: { chosen: [] } }).success).toBe(false)
  })

  test('tells authors what is missing', async () => {
    await expect(mythKind.compile(myth(), contextFor())).rejects.toThrow(/lacks its follow-up/)
    await expect(mythKind.compile(myth(choice, recall), contextFor())).rejects.toThrow(/one follow-up/)
    await expect(
      mythKind.compile(block('Myth', { id: 'm', text: 'x' }, ...parts.slice(1), choice), contextFor()),
    ).rejects.toThrow(/lacks its <People>/)
  })
})
