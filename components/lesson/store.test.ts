import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Device } from './device'
import { type BlockStart, LessonStore } from './store'

type Call = { method: string; path: string; body: Record<string, unknown> }
type Reply = { status: number; body: unknown; headers?: Record<string, string> } | 'no network'

let calls: Call[] = []
let answer: (call: Call) => Reply
let person = 0

beforeEach(() => {
  calls = []
  person += 1
  // The network is the edge here: every request of the page ends up in `calls` and gets what the test decides.
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const call = {
      method: init?.method ?? 'GET',
      path,
      body: init?.body ? JSON.parse(String(init.body)) : {},
    }
    calls.push(call)
    const reply = answer(call)
    if (reply === 'no network') throw new TypeError('fetch failed')
    return new Response(JSON.stringify(reply.body), { status: reply.status, headers: reply.headers })
  })
})

afterEach(() => vi.unstubAllGlobals())

const A = 'data-structures/binary-search/which-row'
const B = 'data-structures/binary-search/none-left'
const start = (part: Partial<BlockStart> = {}): BlockStart => ({
  version: 1,
  state: 'new',
  draft: null,
  history: [],
  ...part,
})
const open = (blocks: Record<string, BlockStart> = { [A]: start(), [B]: start() }) =>
  new LessonStore(`person-${person}`, blocks)
const posts = () => calls.filter(({ path }) => path === '/api/attempts')
const puts = () => calls.filter(({ method }) => method === 'PUT')

const passed = (call: Call): Reply => ({
  status: 200,
  body: {
    id: call.body.id,
    block: call.body.block,
    verdict: 'passed',
    checked: 'server',
    feedback: { passed: true, checks: [] },
  },
})

async function until(what: () => unknown): Promise<void> {
  await vi.waitFor(async () => expect(await what()).toBeTruthy(), { timeout: 5000, interval: 10 })
}

test('what is typed is on the device at once and on the server within two seconds', async () => {
  answer = () => ({ status: 200, body: { revision: 1 } })
  const store = open()
  const began = performance.now()
  store.change(A, { chosen: ['x'] })
  await until(() => store.view(A).saved.where === 'device')
  expect(performance.now() - began).toBeLessThan(500)
  await until(() => store.view(A).saved.where === 'account')
  expect(performance.now() - began).toBeLessThan(2000)
  expect(puts()).toEqual([
    {
      method: 'PUT',
      path: `/api/drafts/${A}`,
      body: { base: 0, state: { answer: { chosen: ['x'] }, hints: 0 } },
    },
  ])
})

test('the next save builds on the revision that the server gave', async () => {
  let revision = 6
  answer = () => ({ status: 200, body: { revision: ++revision } })
  const store = open({
    [A]: start({ draft: { revision: 6, state: { answer: 'old' }, at: '2026-11-25T10:00:00Z' } }),
  })
  store.change(A, 'one')
  await until(() => store.view(A).saved.where === 'account' && puts().length === 1)
  store.change(A, 'two')
  await until(() => puts().length === 2)
  expect(puts().map(({ body }) => body.base)).toEqual([6, 7])
})

test('without an answer from the server the line says that the work is on this device', async () => {
  answer = () => 'no network'
  const store = open()
  store.change(A, 'kept')
  await until(() => puts().length === 1)
  await until(() => {
    const { saved } = store.view(A)
    return saved.where === 'device' && saved.reason.includes('does not answer')
  })
  const again = open()
  answer = () => ({ status: 200, body: { revision: 1 } })
  await again.start()
  expect(again.view(A).answer).toBe('kept')
  await until(() => again.view(A).saved.where === 'account')
})

test('a page that was made while its draft was still on the way shows what the device knows to be saved', async () => {
  answer = () => ({ status: 200, body: { revision: 7 } })
  const store = open()
  store.change(A, 'newer than the page')
  await until(() => store.view(A).saved.where === 'account')
  await until(async () => (await new Device().readDrafts(`person-${person}`, [A]))[0]?.dirty === false)
  calls = []
  const again = open({
    [A]: start({ draft: { revision: 6, state: { answer: 'old' }, at: '2026-11-25T10:00:00Z' } }),
  })
  await again.start()
  expect(again.view(A)).toMatchObject({ answer: 'newer than the page', saved: { where: 'account' } })
  again.change(A, 'on top of it')
  // Stores of the tests before may still be trying: only this one writes these words.
  const written = () => puts().find(({ body }) => JSON.stringify(body).includes('on top of it'))
  await until(written)
  expect(written()?.body.base).toBe(7)
})

test('a browser that refuses storage and a server that is away make the line say not saved', async () => {
  answer = () => 'no network'
  class Refusing extends Device {
    override async keepDraft(): Promise<void> {
      throw new DOMException('no', 'QuotaExceededError')
    }
  }
  const store = new LessonStore(`person-${person}`, { [A]: start() }, new Refusing())
  store.change(A, 'at risk')
  await until(() => store.view(A).saved.where === 'not-saved')
  await until(() => puts().length === 1)
  expect(store.view(A).saved).toMatchObject({ where: 'not-saved' })
})

test('another device wrote meanwhile: the page shows the newest the server holds and offers what was written here', async () => {
  answer = (call) =>
    call.body.base === 0
      ? {
          status: 409,
          body: {
            current: {
              revision: 4,
              state: { answer: 'theirs' },
              device: 'Safari on iPhone',
              updatedAt: '2026-11-25T14:29:00Z',
            },
          },
        }
      : { status: 200, body: { revision: 5 } }
  const store = open()
  store.change(A, 'mine')
  await until(() => store.view(A).answer === 'theirs')
  expect(store.view(A).notice?.text).toContain('Safari on iPhone')
  expect(store.view(A).restored).toBe(1)
  store.view(A).notice?.action?.run()
  expect(store.view(A).answer).toBe('mine')
  await until(() => puts().at(-1)?.body.base === 4)
})

test('an attempt is sent once, and its outcome becomes the newest', async () => {
  answer = passed
  const store = open()
  await store.submit(A, 'x')
  expect(posts()).toHaveLength(1)
  expect(store.view(A)).toMatchObject({
    state: 'passed',
    sending: false,
    outcome: { verdict: 'passed', checked: 'server' },
  })
})

test('a second submit while the first is on its way sends nothing', async () => {
  answer = passed
  const store = open()
  await Promise.all([store.submit(A, 'x'), store.submit(A, 'x')])
  expect(posts()).toHaveLength(1)
})

test('attempts made without a network wait on the device and are sent in order with their ids after a reload', async () => {
  answer = () => 'no network'
  const store = open()
  await store.submit(A, 'first')
  await store.submit(B, 'second')
  expect(store.view(A).notice?.kind).toBe('offline')
  const ids = [...new Set(posts().map(({ body }) => body.id))]
  calls = []
  answer = passed
  const again = open()
  await again.start()
  await until(() => posts().length === 2)
  expect(posts().map(({ body }) => body.response)).toEqual(['first', 'second'])
  expect(posts()[0]?.body.id).toBe(ids[0])
  await until(() => again.view(B).state === 'passed')
  expect(await new Device().readAttempts(`person-${person}`)).toEqual([])
})

test('too many attempts: the learner reads when it goes on, and nothing is dropped', async () => {
  answer = () => ({ status: 429, body: { error: 'too many' }, headers: { 'retry-after': '24' } })
  const store = open()
  await store.submit(A, 'x')
  expect(store.view(A).notice).toMatchObject({ kind: 'limited', text: expect.stringContaining('24 s') })
  expect(await new Device().readAttempts(`person-${person}`)).toHaveLength(1)
})

test('an exercise that changed meanwhile keeps the draft and offers to reload', async () => {
  answer = (call) =>
    call.method === 'POST' ? { status: 409, body: { current: 2 } } : { status: 200, body: { revision: 1 } }
  const store = open()
  store.change(A, 'kept')
  await store.submit(A, 'kept')
  expect(store.view(A).notice).toMatchObject({ kind: 'outdated', action: { label: 'Reload the page' } })
  expect(store.view(A).answer).toBe('kept')
})

test('a failed try after a pass leaves the block passed', async () => {
  answer = (call) => ({
    status: 200,
    body: {
      id: call.body.id,
      block: A,
      verdict: 'failed',
      checked: 'server',
      feedback: { passed: false, checks: [] },
    },
  })
  const store = open({ [A]: start({ state: 'passed' }) })
  await store.submit(A, 'x')
  expect(store.view(A)).toMatchObject({ state: 'passed', outcome: { verdict: 'failed' } })
})

test('a visitor keeps nothing and sends nothing', async () => {
  answer = passed
  const store = new LessonStore(null, { [A]: start() })
  store.change(A, 'x')
  await store.submit(A, 'x', { passed: true, checks: [] })
  expect(store.view(A).outcome).toMatchObject({ verdict: 'passed', checked: 'browser' })
  expect(calls).toEqual([])
})
