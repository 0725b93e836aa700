import { describe, expect, test } from 'vitest'
import { block, contextFor, expectSamples, expectSecret } from '@/exercises/testing'
import { gradeOrder } from './grade'
import { orderKind } from './spec'

const path = (after: (string[] | undefined)[], ...more: ReturnType<typeof block>[]) =>
  block(
    'Order',
    { id: 'path', text: 'Order these.' },
    ...['dns', 'tls', 'app', 'log'].map((id, index) =>
      block('Item', { id, text: `Item ${id}`, ...(after[index] ? { after: after[index] } : {}) }),
    ),
    ...more,
  )
const broken = block('Broken', { before: 'tls', after: 'app', text: 'SECRET no connection yet' })
const distractor = block('Distractor', 'The disk is formatted.', block('Why', 'SECRET long before'))

describe('Order', () => {
  test('submits the order as written, each listed mistake and each distractor', async () => {
    for (const node of [path([]), path([undefined, ['dns'], ['tls'], undefined], broken, distractor)]) {
      const compiled = await orderKind.compile(node, contextFor())
      expectSamples(orderKind, compiled)
      expectSecret(compiled.public, ['SECRET', '"dns"', 'after', 'before'])
      const ids = compiled.public.items.map((item) => item.id)
      expect(ids).toEqual([...ids].sort())
    }
  })

  test('every order that keeps the constraints is right, others say where', async () => {
    const { key } = await orderKind.compile(path([undefined, ['dns'], ['tls'], ['dns']]), contextFor())
    const [dns, tls, app, log] = key.items.map((item) => item.id) as [string, string, string, string]
    for (const order of [
      [dns, tls, app, log],
      [dns, log, tls, app],
      [dns, tls, log, app],
    ])
      expect(gradeOrder(key, { order }).passed).toBe(true)
    expect(gradeOrder(key, { order: [tls, dns, app, log] })).toMatchObject({
      passed: false,
      checks: [{ id: 'early', label: 'Position 1: “Item tls”' }],
    })
    for (const order of [[], [dns], [dns, dns, tls, app], [dns, tls, app, log, 'forged']])
      expect(gradeOrder(key, { order }).passed).toBe(false)
  })

  test('a listed mistake counts also through other items', async () => {
    const far = block('Broken', { before: 'dns', after: 'app', text: 'far' })
    const { key } = await orderKind.compile(path([undefined, ['dns'], ['tls'], ['dns']], far), contextFor())
    expect(key.broken).toHaveLength(1)
  })

  test('tells authors what does not fit', async () => {
    await expect(orderKind.compile(path([['log']]), contextFor())).rejects.toThrow(/not an item above/)
    await expect(
      orderKind.compile(path([undefined, ['dns'], ['dns']], broken), contextFor()),
    ).rejects.toThrow(/No constraint says/)
    await expect(
      orderKind.compile(path([], block('Broken', { before: 'x', after: 'app', text: 'w' })), contextFor()),
    ).rejects.toThrow(/no <Item id="x">/)
  })
})
