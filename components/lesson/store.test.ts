import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Device } from './device'
import { Outbox } from './outbox'
import { type BlockStart, type DraftState, LessonStore } from './store'

type Call = { method: string; path: string; user: string | null; body: Record<string, unknown> }
type Reply = { status: number; body: unknown; headers?: Record<string, string> } | 'no network'

let calls: Call[] = []
let answer: (call: Call) => Reply
let person = 0
const opened: LessonStore[] = []

beforeEach(() => {
  calls = []
  person += 1
  // The network is the edge here: every request of the page ends up in `calls` and gets what the test decides.
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    const call = {
      method: init?.method ?? 'GET',
      path,
      user: new Headers(init?.headers).get('x-slipway-learner'),
      body: init?.body ? JSON.parse(String(init.body)) : {},
    }
    calls.push(call)
    const reply = answer(call)
    if (reply === 'no network') throw new TypeError('fetch failed')
    return new Response(JSON.stringify(reply.body), { status: reply.status, headers: reply.headers })
  })
})

afterEach(() => {
  // A store that still tries would be heard in the next test.
  for (const store of opened.splice(0)) store.close()
  vi.unstubAllGlobals()
})

const A = 'data-structures/binary-search/which-row'
const B = 'data-structures/binary-search/none-left'
const start = (part: Partial<BlockStart> = {}): BlockStart => ({
  version: 1,
  state: 'new',
  draft: null,
  history: [],
  ...part,
})
/** The delay of a server save, where the test is about something else. */
const SOON = 60
const open = (
  blocks: Record<string, BlockStart> = { [A]: start(), [B]: start() },
  device = new Device(),
  delay = SOON,
) => {
  const store = new LessonStore(`person-${person}`, blocks, device, delay)
  opened.push(store)
  return store
}
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

class Refusing extends Device {
  constructor(private readonly error: string) {
    super()
  }

  override async keepDraft(): Promise<void> {
    throw new DOMException('no', this.error)
  }
}

/** Cookies as pages see them; Node has none. */
function stubCookies(): Map<string, string> {
  const jar = new Map<string, string>()
  vi.stubGlobal('cookieStore', {
    get: async (name: string) => (jar.has(name) ? { name, value: jar.get(name) } : null),
    set: async ({ name, value }: { name: string; value: string }) => void jar.set(name, value),
    delete: async ({ name }: { name: string }) => void jar.delete(name),
  })
  return jar
}

async function until(what: () => unknown): Promise<void> {
  const told = () =>
    calls.map(({ method, path, body }) => `${method} ${path} ${JSON.stringify(body)}`).join('\n')
  await vi.waitFor(async () => expect(await what(), told()).toBeTruthy(), { timeout: 5000, interval: 10 })
}

test('what is typed is on the device at once and on the server within two seconds', async () => {
  answer = () => ({ status: 200, body: { revision: 1 } })
  const store = open(undefined, undefined, 1200)
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
      user: `person-${person}`,
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
  const store = open({ [A]: start() }, new Refusing('QuotaExceededError'))
  store.change(A, 'at risk')
  await until(() => store.view(A).saved.where === 'not-saved')
  await until(() => puts().length === 1)
  expect(store.view(A).saved).toMatchObject({ where: 'not-saved' })
})

test('storage that was refused for a moment is tried again with the server, and then holds the work', async () => {
  answer = () => 'no network'
  let refuses = true
  class Hesitating extends Device {
    override async keepDraft(draft: Parameters<Device['keepDraft']>[0]): Promise<void> {
      if (refuses) throw new DOMException('no', 'AbortError')
      return super.keepDraft(draft)
    }
  }
  const store = open({ [A]: start() }, new Hesitating())
  store.change(A, 'at risk for a moment')
  await until(() => store.view(A).saved.where === 'not-saved' && puts().length === 1)
  refuses = false
  await until(() => store.view(A).saved.where === 'device')
  expect((await new Device().readWaitingDrafts(`person-${person}`)).map(({ state }) => state)).toEqual([
    { answer: 'at risk for a moment', hints: 0 },
  ])
})

const theirs = {
  revision: 4,
  state: { answer: 'theirs', hints: 2 },
  device: 'Safari on iPhone',
  updatedAt: '2026-11-25T14:29:00Z',
}
const movedOn = (call: Call): Reply =>
  call.body.base === 0
    ? { status: 409, body: { current: theirs } }
    : { status: 200, body: { revision: Number(call.body.base) + 1 } }

async function openConflict(): Promise<LessonStore> {
  answer = movedOn
  const store = open()
  store.change(A, 'mine')
  await until(() => store.view(A).other?.undecided)
  return store
}

test('another device wrote meanwhile: nothing under the hands is replaced, and nothing is sent before a choice', async () => {
  const store = await openConflict()
  expect(store.view(A)).toMatchObject({
    answer: 'mine',
    restored: 0,
    other: { answer: 'theirs', device: 'Safari on iPhone' },
    saved: { where: 'device' },
  })
  store.change(A, 'mine, and more')
  const sent = puts().length
  store.retry()
  await new Promise((done) => setTimeout(done, 4 * SOON))
  expect(puts()).toHaveLength(sent)
  const [kept] = await new Device().readWaitingDrafts(`person-${person}`)
  expect(kept?.state).toMatchObject({ answer: 'mine, and more' })
})

test.each([
  ['this', 'mine', []],
  ['that', 'theirs', []],
  ['both', 'mine', ['theirs']],
] as const)('of two versions "keep %s" goes on with the right one', async (choice, goesOn, beside) => {
  const store = await openConflict()
  store.choose(A, choice)
  expect(store.view(A)).toMatchObject({ answer: goesOn, hintsOpened: 2 })
  await until(() => store.view(A).saved.where === 'account')
  const last = puts().at(-1)?.body as { base: number; state: DraftState }
  expect(last.base).toBe(4)
  expect(last.state.answer).toBe(goesOn)
  expect((last.state.others ?? []).map((one) => one.answer)).toEqual(beside)
  expect(store.view(A).other?.answer).toBe(beside[0])
})

test('a version that is kept beside is still there after a reload, and can be taken later', async () => {
  answer = () => ({ status: 200, body: { revision: 6 } })
  const others = [{ answer: 'theirs', hints: 1, device: 'Safari on iPhone', at: '2026-11-25T14:29:00Z' }]
  const store = open({
    [A]: start({ draft: { revision: 5, state: { answer: 'mine', others }, at: '2026-11-25T14:30:00Z' } }),
  })
  expect(store.view(A).other).toMatchObject({ answer: 'theirs', undecided: false })
  store.choose(A, 'that')
  await until(() => store.view(A).saved.where === 'account' && puts().length > 0)
  expect(puts().at(-1)?.body.state).toEqual({ answer: 'theirs', hints: 1 })
})

test('a save that arrived but was never answered is not taken for another device', async () => {
  let held: { revision: number; state: unknown } | null = null
  answer = (call) => {
    if (held === null) {
      held = { revision: 1, state: call.body.state }
      return 'no network'
    }
    return call.body.base === 0
      ? { status: 409, body: { current: { ...held, device: 'Firefox', updatedAt: '2026-11-25T14:29:00Z' } } }
      : { status: 200, body: { revision: 2 } }
  }
  const store = open()
  store.change(A, 'one')
  await until(() => puts().length === 1)
  store.change(A, 'one, two')
  await until(() => store.view(A).saved.where === 'account')
  expect(store.view(A).other).toBeNull()
  expect(puts().at(-1)?.body).toMatchObject({ base: 1, state: { answer: 'one, two' } })
})

test('two pages that wrote without a network and were closed: the newer goes on, the other stands beside it', async () => {
  answer = () => 'no network'
  const [first, second] = [open(), open()]
  first.change(A, 'in the first page')
  await until(() => first.view(A).saved.where === 'device')
  await new Promise((done) => setTimeout(done, 5))
  second.change(A, 'in the second page')
  await until(() => second.view(A).saved.where === 'device')
  for (const page of [first, second]) page.close()
  answer = () => ({ status: 200, body: { revision: 1 } })
  const again = open()
  await again.start()
  expect(again.view(A)).toMatchObject({
    answer: 'in the second page',
    other: { answer: 'in the first page', device: 'this device' },
  })
  await until(() => again.view(A).saved.where === 'account')
  await until(async () => (await new Device().readWaitingDrafts(`person-${person}`)).length === 0)
})

test('what waits is sent from any page of the site, with the name of its owner, and for nobody else', async () => {
  answer = () => 'no network'
  const store = open()
  store.change(A, 'draft')
  await store.submit(B, 'attempt')
  await until(() => store.view(A).saved.where === 'device')
  store.close()
  calls = []
  const other = new Outbox('somebody-else', 'page-1')
  await other.adopt()
  await other.send()
  expect(calls).toEqual([])

  answer = (call) => (call.method === 'PUT' ? { status: 200, body: { revision: 1 } } : passed(call))
  const mine = new Outbox(`person-${person}`, 'page-2')
  await mine.adopt()
  await mine.send()
  expect(calls.map(({ method, path, user }) => [method, path, user])).toEqual([
    ['POST', '/api/attempts', `person-${person}`],
    ['PUT', `/api/drafts/${A}`, `person-${person}`],
  ])
  expect(await new Device().countUnsent(`person-${person}`)).toEqual({ attempts: 0, drafts: 0 })
})

test('a draft that another device was ahead of waits for its lesson instead of being asked for ever', async () => {
  answer = () => 'no network'
  const store = open()
  store.change(A, 'mine')
  await until(() => store.view(A).saved.where === 'device')
  store.close()
  answer = movedOn
  const sentBefore = puts().length
  for (let page = 0; page < 2; page++) await new Outbox(`person-${person}`, `page-${page}`).send()
  expect(puts()).toHaveLength(sentBefore + 1)
  const again = open()
  await again.start()
  await until(() => again.view(A).other?.undecided)
  expect(again.view(A).answer).toBe('mine')
})

test.each([
  ['QuotaExceededError', 'There is no room left on this device.'],
  ['InvalidStateError', 'The browser refuses storage, as some do in a private window.'],
])('%s is said in the saved line', async (name, words) => {
  answer = () => 'no network'
  const store = open({ [A]: start() }, new Refusing(name))
  store.change(A, 'at risk')
  await until(() => {
    const { saved } = store.view(A)
    return saved.where === 'not-saved' && saved.reason.includes('Copy your work')
  })
  expect(store.view(A).saved).toMatchObject({ reason: expect.stringContaining(words) })
})

test('storage that the browser emptied is noticed from the note beside it', async () => {
  const jar = stubCookies()
  answer = () => 'no network'
  const store = open()
  store.change(A, 'lost')
  await until(() => [...jar.values()].join().includes('which-row'))
  store.close()
  await new Device().forget(`person-${person}`)
  const again = open()
  await again.start()
  expect(again.view(A).saved).toMatchObject({
    where: 'not-saved',
    reason: expect.stringContaining('This browser removed'),
  })
  expect(again.view(B).saved).toEqual({ where: 'nowhere-yet' })
})

test('while the server has no database the line and the notice say that it is not saved yet, and it follows', async () => {
  answer = () => ({ status: 503, body: { error: 'no database' } })
  const store = open()
  store.change(A, 'kept')
  await store.submit(B, 'kept too')
  expect(store.view(B).notice?.text).toContain('cannot reach its database')
  await until(() => {
    const { saved } = store.view(A)
    return saved.where === 'device' && saved.reason.includes('Not saved to your account yet')
  })
  answer = (call) => (call.method === 'PUT' ? { status: 200, body: { revision: 1 } } : passed(call))
  await until(() => store.view(A).saved.where === 'account' && store.view(B).state === 'passed')
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
