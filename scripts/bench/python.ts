import type { Browser, Page } from '@playwright/test'
import type { Runner } from '../../runner/client'
import type { Step } from './figures'
import { CODE_LESSON, type House } from './house'
import { openBrowser } from './javascript'
import { openRuntime, type Runtime } from './runtime'

const WARM_RUNS = 9
/** A spare interpreter is hired after a run; a person reads the verdict for longer than this. */
const PAUSE_MS = 1500

/** A warm Run on the page of DSA-13, and the start of Python beside one without a snapshot. */
export async function measurePython(house: House, rounds: number): Promise<Step> {
  const browser = await openBrowser()
  const runtime = await openRuntime(house.root)
  try {
    const warm = await runWarm(browser, house)
    const starts: Record<'cold' | 'reload' | 'plainCold' | 'plainReload', number[]> = {
      cold: [],
      reload: [],
      plainCold: [],
      plainReload: [],
    }
    for (let round = 0; round < rounds; round++) {
      const [cold, reload] = await startTwice(browser, runtime, '/', bootWithSnapshot)
      const [plainCold, plainReload] = await startTwice(browser, runtime, runtime.plainPage, bootPlain)
      starts.cold.push(cold)
      starts.reload.push(reload)
      starts.plainCold.push(plainCold)
      starts.plainReload.push(plainReload)
    }
    const over = (own: number[], plain: number[]) => own.map((ms, i) => ms / (plain[i] ?? Number.NaN))
    return {
      figures: [
        {
          step: 'python',
          name: 'Cold start / plain boot, cold',
          samples: over(starts.cold, starts.plainCold),
          limit: { kind: 'at most', value: 0.4 },
        },
        {
          step: 'python',
          name: 'Start after a reload / plain boot after a reload',
          samples: over(starts.reload, starts.plainReload),
          limit: { kind: 'at most', value: 0.3 },
        },
        {
          step: 'python',
          name: `Run of DSA-13's cases, warm, from click to verdict (${WARM_RUNS} runs)`,
          samples: warm,
          unit: 'ms',
          limit: { kind: 'at most', value: 300 },
        },
        { step: 'python', name: 'Cold start', samples: starts.cold, unit: 'ms' },
        { step: 'python', name: 'Start after a reload', samples: starts.reload, unit: 'ms' },
        { step: 'python', name: 'Plain boot, cold', samples: starts.plainCold, unit: 'ms' },
        { step: 'python', name: 'Plain boot after a reload', samples: starts.plainReload, unit: 'ms' },
      ],
    }
  } finally {
    runtime.close()
    await browser.close()
  }
}

/** Milliseconds from the click on Run to the verdict's lines on the page. The first run warms up and is not counted. */
async function runWarm(browser: Browser, house: House): Promise<number[]> {
  const context = await browser.newContext()
  await context.addCookies([{ ...house.cookie, url: house.origin }])
  const page = await context.newPage()
  await page.goto(house.origin + CODE_LESSON)
  const block = page.locator('section[data-block$="/lower-bound"]')
  const run = block.getByRole('button', { name: 'Run', exact: true })
  // A click before the page is alive is lost; the editor comes after that.
  await block.locator('.cm-content').waitFor()
  await run.click()
  await block.getByText(/of \d+ checks hold|All \d+ checks hold/).waitFor({ timeout: 120_000 })
  const samples: number[] = []
  while (samples.length < WARM_RUNS) {
    await page.waitForTimeout(PAUSE_MS)
    samples.push(await block.evaluate(clickRun))
  }
  await context.close()
  return samples
}

/** In the page. A verdict leaves the page while its program runs anew, and comes back with the result. */
function clickRun(section: Element): Promise<number> {
  const lines = [...section.querySelectorAll('[role="status"]')]
  const status = lines.find((one) => /checks hold/.test(one.textContent ?? ''))
  const button = [...section.querySelectorAll('button')].find((one) => one.textContent?.trim() === 'Run')
  if (!status || !button) throw new Error('the workbench has no Run or no status')
  return new Promise((done, failed) => {
    let wasAway = false
    const began = performance.now()
    const watcher = new MutationObserver(() => {
      wasAway ||= status.childElementCount === 0
      if (!wasAway || status.childElementCount === 0) return
      watcher.disconnect()
      done(performance.now() - began)
    })
    watcher.observe(status, { childList: true, subtree: true })
    setTimeout(() => failed(new Error('no verdict came within 20 s')), 20_000)
    button.click()
  })
}

type Boot = (page: Page, runtime: Runtime) => Promise<number>

/** With an empty profile, then once more in the same one. */
async function startTwice(
  browser: Browser,
  runtime: Runtime,
  path: string,
  boot: Boot,
): Promise<[number, number]> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(runtime.origin + path)
  const cold = await boot(page, runtime)
  await page.waitForTimeout(500)
  await page.reload()
  const reload = await boot(page, runtime)
  await context.close()
  return [cold, reload]
}

/** The product's own client, from opening to the first printed result. */
const bootWithSnapshot: Boot = (page, { base, client }) =>
  page.evaluate(
    async ({ base, client }) => {
      const { openRunner } = (await import(client)) as { openRunner: (base: string) => Runner }
      const began = performance.now()
      const runner = openRunner(base)
      const result = await runner.run({
        files: { 'main.py': 'print(6*7)' },
        entry: { kind: 'script', path: 'main.py' },
      })
      const took = performance.now() - began
      if (result.output[0]?.t !== '42\n') throw new Error(JSON.stringify(result))
      return took
    },
    { base, client },
  )

/** The same Pyodide with nothing of ours: fetch, boot, print. */
const bootPlain: Boot = (page, { plain, base }) =>
  page.evaluate(
    async ({ plain, base }) => {
      const began = performance.now()
      // No function with a name: the loader of TypeScript would mark it with a helper that the page does not have.
      const paths = [plain, `${base}pyodide.asm.wasm`, `${base}python_stdlib.zip`]
      const [script, wasm, stdlib] = await Promise.all(paths.map(async (path) => (await fetch(path)).blob()))
      if (!script) throw new Error('the worker was not fetched')
      const worker = new Worker(URL.createObjectURL(script))
      const printed = await new Promise<unknown>((done, failed) => {
        worker.onmessage = ({ data }) => done(data)
        worker.onerror = ({ message }) => failed(new Error(message))
        setTimeout(() => failed(new Error('the plain boot took more than 60 s')), 60_000)
        worker.postMessage({ wasm, stdlib })
      })
      const took = performance.now() - began
      worker.terminate()
      if (printed !== '42') throw new Error(String(printed))
      return took
    },
    { plain, base },
  )
