import { expect, test, vi } from 'vitest'

vi.stubEnv('DATABASE_URL', 'postgres://nobody:nothing@localhost/none')
const { action } = await import('./action')

/** What a body of Flight can be made into: the first argument of an action is whatever was sent. */
function strange(): unknown[] {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  let deep: unknown = 'x'
  for (let level = 0; level < 5000; level++) deep = { deep }
  const thenable = Object.fromEntries([['then', (done: (value: string) => void) => done('ran')]])
  const polluted = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}')
  const pieces = [cycle, deep, thenable, polluted, [], new Map([['a', 1]]), new Date(Number.NaN), Symbol('s')]
  const plain = [undefined, null, 0, '', 'x'.repeat(100_000), Number.NaN, 10n ** 40n, true, () => 'ran']
  const alike = [{ get: () => 'x', entries: () => [] }, { append() {} }]
  const all = [...pieces, ...plain, ...alike]
  return all.flatMap((one) => [
    one,
    [one],
    { form: one },
    { ...(typeof one === 'object' ? one : {}), email: one },
  ])
}

test('S-03 an action is given anything at all, and refuses it in words without looking into it', async () => {
  let ran = 0
  const probe = action('anyone', {}, async () => {
    ran++
    return {}
  }) as (...given: unknown[]) => Promise<unknown>
  for (const first of strange())
    for (const given of [[first], [{}, first], [first, first]]) {
      const state = await probe(...given)
      expect(state).toEqual({ error: { text: expect.stringMatching(/^This (form|did not)/) } })
    }
  expect(ran).toBe(0)
  expect(({} as Record<string, unknown>).isAdmin).toBeUndefined()
})
