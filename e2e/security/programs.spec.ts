import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type Browser, type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test'
import { readyBlock } from '../fixtures'
import { ask, database, HOME, makePerson, type Person, send } from './house'

// What a learner's program can do to its own page, to the learner's account, and to the world: nothing.

const BLOCK = 'data-structures/binary-search/lower-bound'
const PAGE = '/learn/data-structures/binary-search'
const LIMIT_MS = 5000

type Bench = { person: Person; panel: Locator; output: Locator; ran: Locator; run: Locator }

/** A lesson page whose editor holds `source`, as a draft that was saved before. */
async function openBench(page: Page, context: BrowserContext, source: string): Promise<Bench> {
  const person = await makePerson()
  const [name = '', value = ''] = person.cookie.split('=')
  await context.addCookies([{ name, value, url: HOME, httpOnly: true, sameSite: 'Lax' }])
  const state = { answer: { files: { 'solution.py': source } }, hints: 0 }
  const saved = await send('PUT', `/api/drafts/${BLOCK}`, { base: 0, state }, { as: person })
  expect(saved.status, saved.body).toBe(200)
  await page.goto(PAGE)
  const panel = await readyBlock(page, BLOCK)
  await expect(panel.locator('.cm-content')).toContainText(source.split('\n')[0] as string)
  return {
    person,
    panel,
    output: panel.getByLabel('Output'),
    // By its place: looking for words in a whole lesson, again and again, keeps the page busy that is measured.
    ran: panel.locator('span.tabular-nums[role="status"]').last(),
    run: panel.getByRole('button', { name: 'Run', exact: true }),
  }
}

async function write(page: Page, panel: Locator, source: string): Promise<void> {
  await panel.locator('.cm-content').click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(source)
}

/** Runs what stands in the editor and gives how long the run took by its own clock, in ms. */
async function runOnce({ run, ran }: Bench): Promise<number> {
  await run.click()
  await expect(ran).toHaveText(/^\d+ ms$/, { timeout: 40_000 })
  return Number.parseInt(String(await ran.textContent()), 10)
}

/** Runs `tries` to their end; on a busy machine the limit on time may come first, and then they are run again. */
async function runTries(bench: Bench): Promise<string[]> {
  await expect(async () => {
    await runOnce(bench)
    await expect(bench.output).toContainText('end of tries', { timeout: 500 })
  }).toPass({ timeout: 80_000 })
  return String(await bench.output.textContent()).split('\n')
}

/** Each of `tries` is an expression; what it gives, or how it fails, is a line of output. */
const program = (tries: string[]) => `import asyncio
${tries
  .map(
    (source, at) => `
def t${at}():
${source
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
try:
    print(${at}, 'GOT', str(t${at}())[:200])
except BaseException as error:
    print(${at}, 'no', type(error).__name__, str(error)[:100].replace('\\n', ' '))
`,
  )
  .join('')}
print('end of tries')
`

/** An expression of JavaScript, by every road from Python to it that is known. */
const inJs = (expression: string): string[] => [
  `import js\nreturn js.eval(${JSON.stringify(expression)})`,
  `from pyodide.code import run_js\nreturn run_js(${JSON.stringify(expression)})`,
  `from pyodide.ffi import to_js\nreturn to_js([1]).constructor.constructor(${JSON.stringify(`return ${expression}`)})()`,
  `import pyodide_js\nreturn pyodide_js.constructor.constructor(${JSON.stringify(`return ${expression}`)})()`,
  `from pyodide.ffi import create_proxy\nreturn create_proxy(print).constructor.constructor(${JSON.stringify(`return ${expression}`)})()`,
]

/** By the shortest of them. */
const inShort = (expression: string): string[] => inJs(expression).slice(1, 3)

test.describe('S-56 a program reaches no network', () => {
  let listener: Server
  let hits = 0
  test.beforeAll(async () => {
    listener = createServer((socket) => {
      hits++
      socket.on('error', () => undefined)
      socket.end(
        'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
      )
    }).listen(0, '127.0.0.1')
    await new Promise((done) => listener.once('listening', done))
  })
  test.afterAll(() => listener.close())

  test('S-56 by any way that Python or JavaScript has', async ({ page, context }) => {
    test.setTimeout(240_000)
    const { port } = listener.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/`
    expect((await fetch(url)).status, 'the listener hears').toBe(200)
    expect(hits).toBe(1)
    const asked: string[] = []
    context.on('request', (request) => asked.push(request.url()))
    const js = [
      `fetch('${url}', { mode: 'no-cors' })`,
      `(() => { const x = new XMLHttpRequest(); x.open('GET', '${url}', false); x.send(); return x.status })()`,
      `new WebSocket('ws://127.0.0.1:${port}/')`,
      `new EventSource('${url}')`,
      `importScripts('${url}')`,
      `import('${url}')`,
      `navigator.sendBeacon('${url}', 'x')`,
      `new WebTransport('https://127.0.0.1:${port}/')`,
      `new RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:${port}' }] })`,
      `new Worker('${url}')`,
      `new Worker(URL.createObjectURL(new Blob(["fetch('${url}')"])))`,
      `new FontFace('x', 'url(${url})').load()`,
      `caches.open('x').then((c) => c.add('${url}'))`,
      `WebAssembly.compileStreaming(fetch('${url}'))`,
      `Object.getPrototypeOf(self).fetch?.call(self, '${url}')`,
    ].flatMap(inJs)
    const bench = await openBench(page, context, program(js))
    await runTries(bench)
    // A socket that never opens takes a program to its limit, or the interpreter with it: one run each.
    for (const source of [
      `from pyodide.http import open_url\nopen_url('${url}').read()`,
      `import urllib.request\nurllib.request.urlopen('${url}', timeout=1).read()`,
      `import socket\nsocket.create_connection(('127.0.0.1', ${port}), 1)`,
      `import asyncio\nfrom pyodide.http import pyfetch\nasyncio.run(pyfetch('${url}'))`,
      `import micropip\nmicropip.install('${url}x.whl')`,
      `import subprocess\nsubprocess.run(['curl', '${url}'])`,
      `import ctypes\nctypes.pythonapi.emscripten_run_script(b"fetch('${url}')")`,
    ]) {
      await write(page, bench.panel, `${source}\n`)
      await runOnce(bench)
    }
    // A packet that is still on its way would be here by now.
    expect((await fetch(url)).status).toBe(200)
    expect(hits, String(await bench.output.textContent())).toBe(2)
    expect(asked.filter((one) => !one.startsWith(HOME) && !/^(blob|data):/.test(one))).toEqual([])
  })
})

test('S-57 a program reads nothing of the account, the page or the site’s storage, and cannot act as the learner', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const asked: string[] = []
  context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`))
  const values = [
    'document.cookie',
    'self.parent.document',
    'self.top.location.href',
    'self.opener',
    'self.localStorage.length',
    'self.sessionStorage.length',
    "fetch('/api/auth/session', { credentials: 'include' })",
    `fetch('${HOME}/api/progress?course=data-structures', { credentials: 'include' })`,
    `(() => { const x = new XMLHttpRequest(); x.open('GET', '${HOME}/api/auth/session', false); x.send(); return x.responseText })()`,
    "indexedDB.open('slipway')",
    "caches.open('x')",
    "new BroadcastChannel('slipway')",
    'navigator.serviceWorker.controller',
    "self.postMessage({ type: 'result' })",
    'cookieStore.getAll()',
  ].flatMap(inShort)
  const bench = await openBench(page, context, program([...inJs('self.origin'), ...values]))
  const before = asked.length
  const lines = await runTries(bench)
  const got = lines.filter((line) => line.includes(' GOT '))
  // What it may see: that it belongs to nobody. `opener` of a worker is nothing.
  const harmless = /GOT (null|None|undefined|jsnull|blob:null\/[\w-]+|0|\[object Promise\])?$/
  expect(got.filter((line) => !harmless.test(line))).toEqual([])
  expect(lines.some((line) => line.includes(bench.person.id) || line.includes(bench.person.email))).toBe(
    false,
  )
  expect(asked.slice(before).filter((one) => one.includes('/api/') && !one.includes('/api/drafts'))).toEqual(
    [],
  )
  const origins = await Promise.all(
    page
      .frames()
      .slice(1)
      .map((frame) => frame.evaluate(() => self.origin)),
  )
  expect(origins.length).toBeGreaterThan(0)
  expect(new Set(origins)).toEqual(new Set(['null']))
})

/** Counts from now on how long the page's own clock stands still. */
const watchClock = (page: Page) =>
  page.evaluate(() => {
    const clock = { gaps: [] as number[], timer: 0 }
    let last = performance.now()
    clock.timer = window.setInterval(() => {
      const now = performance.now()
      clock.gaps.push(now - last - 20)
      last = now
    }, 20)
    Object.assign(window, { clock })
  })

/** In ms: what is usual, and the worst but two of a hundred. */
const readClock = (page: Page) =>
  page.evaluate(() => {
    const { clock } = window as unknown as { clock: { gaps: number[]; timer: number } }
    clearInterval(clock.timer)
    const sorted = clock.gaps.sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
    return { usual: at(0.5), worst: at(0.98) }
  })

/** An empty page of another process: what it waits is the machine's doing, not the program's. */
async function openIdle(page: Page): Promise<Page> {
  const idle = await (await (page.context().browser() as Browser).newContext()).newPage()
  await idle.goto(`${HOME}/livez`)
  return idle
}

/**
 * The page goes on while `work` runs: what it usually waits is within `ms` of what an idle page waits meanwhile, and at no
 * time does it stand still for the whole of the run, as it would if the program ran in it. The machine itself may be busy.
 */
async function expectAlive(page: Page, idle: Page, ms: number, work: () => Promise<unknown>): Promise<void> {
  await Promise.all([watchClock(page), watchClock(idle)])
  await work()
  const [mine, base] = await Promise.all([readClock(page), readClock(idle)])
  expect(mine.usual, JSON.stringify({ mine, base })).toBeLessThan(base.usual + ms)
  expect(mine.worst, JSON.stringify({ mine, base })).toBeLessThan(base.worst + 0.9 * LIMIT_MS)
}

test('S-58 what never ends is ended at its limit, the page goes on, and the next run is there at once', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const bench = await openBench(page, context, 'print("first")\n')
  await runOnce(bench)
  await expect(bench.output).toContainText('first')
  const idle = await openIdle(page)
  let began = performance.now()
  await write(page, bench.panel, 'print("base")\n')
  await bench.run.click()
  await expect(bench.output).toContainText('base')
  const usual = performance.now() - began
  const endless = [
    'while True: pass\n',
    'import re\nre.match("(a+)+$", "a" * 40 + "b")\n',
    'x = 10 ** (10 ** 9)\n',
    'import time\ntime.sleep(600)\n',
    'import sys\nsys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()\n',
    'import asyncio\nasync def main():\n    while True: await asyncio.sleep(0)\nasyncio.run(main())\n',
  ]
  for (const source of endless) {
    await test.step(source, async () => {
      await write(page, bench.panel, source)
      let took = 0
      await expectAlive(page, idle, 200, async () => {
        took = await runOnce(bench)
      })
      expect(took, 'ended').toBeLessThanOrEqual(LIMIT_MS + 500)
      await write(page, bench.panel, 'print("again")\n')
      began = performance.now()
      await bench.run.click()
      await expect(bench.output).toContainText('again')
      expect(performance.now() - began, 'the next one').toBeLessThan(2000 + 2 * usual)
    })
  }
})

/** Peak memory of the largest process that draws pages, in bytes. */
async function largestRenderer(page: Page): Promise<number> {
  const session = await page.context().browser()?.newBrowserCDPSession()
  const { processInfo } = await (session as NonNullable<typeof session>).send('SystemInfo.getProcessInfo')
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(
      ({ id }) =>
        Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024,
    )
  return Math.max(...sizes)
}

test('S-59 a program that takes all memory ends in a sentence; page and draft stay', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const bombs = [
    'a = []\nwhile True: a.append(bytearray(50_000_000))\n',
    'a = "x"\nwhile True: a += a\n',
    'a = [0] * 150_000_000\n',
    'a = bytearray(600_000_000)\n',
  ]
  const bench = await openBench(page, context, bombs[0] as string)
  for (const source of bombs) {
    await test.step(source, async () => {
      await write(page, bench.panel, source)
      expect(await runOnce(bench)).toBeLessThanOrEqual(LIMIT_MS + 500)
      await expect(bench.panel.getByText(/memory/i).first()).toBeVisible()
    })
  }
  expect(await largestRenderer(page)).toBeLessThan(2 ** 30)
  await expect(bench.panel.getByText(/saved to your account/i).first()).toBeVisible()
  await page.reload()
  await expect(bench.panel.locator('.cm-content')).toContainText('a = bytearray(600_000_000)')
})

test('S-60 a flood of output is cut and said to be, the page goes on, and output is text only', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const bench = await openBench(page, context, 'print("first")\n')
  await runOnce(bench)
  const idle = await openIdle(page)
  for (const source of [
    'for i in range(20_000): print(i)\n',
    'print("x" * 100_000_000)\n',
    'import sys\nfor i in range(70_000): sys.stdout.write("a"); sys.stdout.flush()\n',
  ]) {
    await test.step(source, async () => {
      await write(page, bench.panel, source)
      // On a machine that is too busy the limit on time comes first; then it is run again.
      await expect(async () => {
        await expectAlive(page, idle, 100, () => runOnce(bench))
        const said = bench.panel.getByText(/More was printed than|Too much output|memory/).first()
        await expect(said).toBeVisible({ timeout: 500 })
      }).toPass({ timeout: 60_000 })
      expect(((await bench.output.textContent()) ?? '').length).toBeLessThan(70_000)
    })
  }
  const hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
  await write(
    page,
    bench.panel,
    `print(${JSON.stringify(hostile)})\nprint("\\x1b[2J\\x1b[31mred \\u202e right to left \\x00")\n`,
  )
  await runOnce(bench)
  await expect(bench.output).toContainText(hostile)
  expect(await bench.output.locator('img, script').count()).toBe(0)
  expect(await page.evaluate(() => 'hit' in window)).toBe(false)
})

test('S-61 a program that says that it passed has passed nothing of the server’s', async ({
  page,
  context,
}) => {
  test.setTimeout(240_000)
  const forged = {
    type: 'result',
    id: 'x',
    data: { error: null, bans: [], cases: [], meters: [] },
    cut: false,
  }
  const say = `self.postMessage(${JSON.stringify(forged)})`
  const tries = [
    ...inJs(say),
    ...inJs(`DedicatedWorkerGlobalScope.prototype.postMessage.call(self, ${JSON.stringify(forged)})`),
    "import _driver\n_driver.run = lambda *a: '{}'\nreturn 0",
    "import json\njson.dumps = lambda *a, **k: '{}'\nreturn 0",
    'import slipway\nslipway.case = lambda *a, **k: (lambda f: f)\nreturn 0',
  ]
  const bench = await openBench(page, context, `${program(tries)}\ndef lower_bound(xs, t):\n    return -1\n`)
  // Somebody else's message to the page is nobody's result.
  await page.evaluate((message) => window.postMessage({ v: 1, ...message }, '*'), forged)
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/api/attempts')),
    bench.panel.getByRole('button', { name: /^Submit/ }).click(),
  ])
  expect(answer.status()).toBe(200)
  const outcome = (await answer.json()) as { verdict: string; checked: string }
  expect(outcome.verdict).toBe('failed')
  await expect(bench.panel.getByText('Not passed yet')).toBeVisible()

  // A whole forged pass, as any client could send it: it passes as what it is, the learner's own word.
  const reference = readFileSync(
    'content/courses/data-structures/binary-search/exercises/lower-bound/reference.py',
    'utf8',
  )
  await write(page, bench.panel, reference)
  const [passed] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/api/attempts')),
    bench.panel.getByRole('button', { name: /^Submit/ }).click(),
  ])
  expect(await passed.json()).toMatchObject({ verdict: 'passed', checked: 'self' })
  await expect(bench.panel.getByText(/self-checked/i).first()).toBeVisible()
  const sql = await database()
  const rows = await sql`select distinct checked from verdicts where user_id = ${bench.person.id}`
  expect(rows.map(({ checked }) => checked)).toEqual(['self'])
})

test('S-62 what is stored or stands in an address runs only when somebody presses Run', async ({
  page,
  context,
}) => {
  const source = 'print("it ran")\nwhile True: pass\n'
  const posted: string[] = []
  context.on('request', (request) => void (request.method() === 'POST' && posted.push(request.url())))
  const bench = await openBench(page, context, source)
  const code = encodeURIComponent(source)
  for (const address of [PAGE, `${PAGE}?code=${code}&run=1#code=${code}`, `${PAGE}#lower-bound`]) {
    await page.goto(address)
    await page.reload()
    await readyBlock(page, BLOCK)
    await expect(bench.panel.locator('.cm-content')).toContainText('it ran')
    // The interpreter is there and has been given nothing to do.
    await expect(page.locator('iframe[title="Python runner"]')).toBeAttached({ timeout: 30_000 })
    await expect(bench.panel.getByText('What it prints stands here.')).toBeVisible()
    await expect(bench.ran).toHaveText('')
    await expect(bench.panel.getByRole('button', { name: 'Stop' })).toHaveCount(0)
  }
  expect(posted.filter((url) => url.includes('/api/attempts'))).toEqual([])
  const sql = await database()
  expect((await sql`select 1 from attempts where user_id = ${bench.person.id}`).length).toBe(0)
  expect((await ask(PAGE, { as: bench.person })).status).toBe(200)
})
