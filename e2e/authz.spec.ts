import { randomUUID } from 'node:crypto'
import { type APIRequestContext, expect, request as requests, test } from '@playwright/test'
import {
  ACTIONS,
  type Built,
  DOOR,
  type Expected,
  listBuiltRoutes,
  type Principal,
  ROUTES,
  type RouteRow,
  SECRET,
  type World,
} from './authz-matrix'

/** The owner is asked last: their requests end what the others must not have reached. */
const PRINCIPALS: Principal[] = ['anonymous', 'other', 'owner']
const PASSWORD = 'a heron stood by the lock'
const world: World = {
  attempt: randomUUID(),
  device: '',
  course: 'cloud-deployment',
  lesson: 'cloud-building-blocks',
  block: 'cloud-deployment/cloud-building-blocks/in-series',
}

// In order and in one worker, and one that fails does not hide the others.
test.describe.configure({ mode: 'default' })

let built: Built
const as = {} as Record<Principal, APIRequestContext>

test.beforeAll(async ({ baseURL }) => {
  built = listBuiltRoutes()
  const visit = () =>
    requests.newContext({ baseURL, extraHTTPHeaders: { origin: String(baseURL) }, maxRedirects: 0 })
  for (const name of PRINCIPALS) as[name] = await visit()
  const owner = `owner-${randomUUID()}@harbour.example`
  await signUp(as.owner, owner)
  await signUp(as.other, `other-${randomUUID()}@harbour.example`)

  const second = await visit()
  expect(await act(second, 'signIn', { email: owner, password: PASSWORD })).toMatchObject({
    to: '/dashboard',
  })
  await second.dispose()
  const settings = await (await as.owner.get('/settings')).text()
  world.device =
    [...settings.matchAll(/name="device"[^>]*value="([^"]+)"/g)].map((found) => String(found[1])).at(-1) ?? ''
  expect(world.device, 'the list of devices names the second one').not.toBe('')

  const draft = await as.owner.put(`/api/drafts/${world.block}`, {
    data: { base: 0, state: { answer: { text: SECRET }, hints: 0 } },
  })
  expect(draft.status(), await draft.text()).toBe(200)
  const attempt = { id: world.attempt, block: world.block, version: 1, response: wrongAnswer, hints: 0 }
  const sent = await as.owner.post('/api/attempts', { data: attempt })
  expect(sent.status(), await sent.text()).toBe(200)
})

const wrongAnswer = { text: '12' }

test.afterAll(async () => {
  for (const context of Object.values(as)) await context.dispose()
})

async function signUp(context: APIRequestContext, email: string): Promise<void> {
  const fields = { name: 'Maya Okafor', email, password: PASSWORD, callbackUrl: '/settings' }
  expect(await act(context, 'signUp', fields)).toMatchObject({ to: '/settings' })
}

/** Calls a server action as a page does: the state first, then the form. Gives where it leads, and the answer's text. */
async function act(
  context: APIRequestContext,
  name: string,
  fields: Record<string, string>,
): Promise<{ to: string | null; says: string }> {
  const action = built.actions.find((one) => one.name === name)
  if (!action) throw new Error(`The build has no action ${name}`)
  const sent = new FormData()
  for (const [field, value] of Object.entries(fields)) sent.append(`_1_${field}`, value)
  // Last, as React sends it: what it refers to must have arrived.
  sent.append('0', '[{},"$K1"]')
  const answer = await context.post(action.page, {
    headers: { 'next-action': action.id, accept: 'text/x-component' },
    multipart: sent,
  })
  const to = answer.headers()['x-action-redirect']?.split(';', 1)[0] ?? null
  return { to, says: await answer.text() }
}

test('every route of the build has rows, and no row is for a route that is gone', () => {
  expect(built.routes.filter((route) => !Object.hasOwn(ROUTES, route))).toEqual([])
  expect(Object.keys(ROUTES).filter((route) => !built.routes.includes(route))).toEqual([])
})

test('every server action of the build has a row, and no row is for an action that is gone', () => {
  const names = built.actions.map((action) => action.name)
  expect(names.filter((name) => !Object.hasOwn(ACTIONS, name))).toEqual([])
  expect(Object.keys(ACTIONS).filter((name) => !names.includes(name))).toEqual([])
})

async function ask(principal: Principal, row: RouteRow): Promise<void> {
  const path = row.path(world)
  const method = row.method ?? 'GET'
  const answer = await as[principal].fetch(path, { method, data: row.body?.(world) })
  const body = await answer.text()
  const expected: Expected = row[principal]
  const what = `${principal} ${method} ${path}: ${body.slice(0, 200)}`
  if (principal !== 'owner') expect(body.includes(SECRET), `${what} shows the owner's draft`).toBe(false)
  if (typeof expected === 'number') return expect(answer.status(), what).toBe(expected)
  if ('to' in expected) {
    expect([303, 307], what).toContain(answer.status())
    return expect(new URL(String(answer.headers().location), answer.url()).pathname, what).toBe(expected.to)
  }
  expect(answer.status(), what).toBe(expected.status)
  expect(body, what).toContain(expected.holds)
}

for (const [route, rows] of Object.entries({ ...ROUTES, ...DOOR })) {
  for (const [at, row] of rows.entries()) {
    test(`${row.method ?? 'GET'} ${route} (${at + 1}) answers each as the matrix says`, async () => {
      for (const principal of PRINCIPALS) await ask(principal, row)
    })
  }
}

// The last of them signs everybody out.
for (const [name, row] of Object.entries(ACTIONS)) {
  test(`${name} answers each as the matrix says`, async () => {
    for (const principal of PRINCIPALS) {
      const answer = await act(as[principal], name, row.fields(world))
      const expected = row[principal]
      if ('to' in expected) expect(answer.to, `${principal}: ${answer.says.slice(0, 300)}`).toBe(expected.to)
      else expect(answer.says, principal).toContain(expected.says)
    }
  })
}

test('a field that nobody asked for is refused by every action', async () => {
  for (const [name, row] of Object.entries(ACTIONS)) {
    const answer = await act(as.anonymous, name, { ...row.fields(world), role: 'admin' })
    expect(answer.says, name).toMatch(/This form has no field \\?"role|You are signed out/)
  }
})
