import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from '@playwright/test'
import { findBrowser } from '../browser'
import type { Step } from './figures'
import { EMPTY, type House, LESSON } from './house'

/** A browser of this machine, or Playwright's own. */
export function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  return chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] })
}

/** Gzip bytes of the scripts that a text-only lesson loads until nothing is under way, over those of an empty page. */
export async function measureJavaScript(house: House): Promise<Step> {
  const browser = await openBrowser()
  try {
    const lesson = await scriptsOf(browser, house, LESSON)
    const empty = await scriptsOf(browser, house, EMPTY)
    const own = [...lesson].filter(([path]) => !empty.has(path)).sort(([, a], [, b]) => b - a)
    const kilobytes = (bytes: number) => bytes / 1000
    const sum = (scripts: Map<string, number>) => [...scripts.values()].reduce((all, one) => all + one, 0)
    return {
      figures: [
        {
          step: 'javascript',
          name: 'Scripts of a text-only lesson over the empty page, gzip',
          samples: [kilobytes(sum(lesson) - sum(empty))],
          unit: 'kB',
          limit: { kind: 'at most', value: 45 },
        },
        {
          step: 'javascript',
          name: 'Scripts of the empty page, gzip',
          samples: [kilobytes(sum(empty))],
          unit: 'kB',
        },
      ],
      remarks: [
        `The lesson loads ${own.length} scripts of its own, the largest ${own
          .slice(0, 5)
          .map(([path, bytes]) => `${path.split('/').at(-1)} (${kilobytes(bytes).toFixed(1)} kB)`)
          .join(', ')}.`,
      ],
    }
  } finally {
    await browser.close()
  }
}

/** Each script by path with its size under gzip at 9, whatever it was sent as. */
async function scriptsOf(browser: Browser, house: House, path: string): Promise<Map<string, number>> {
  const context = await browser.newContext()
  await context.addCookies([{ ...house.cookie, url: house.origin }])
  const page = await context.newPage()
  const scripts = new Map<string, number>()
  const sizing: Promise<void>[] = []
  page.on('response', (response) => {
    const { pathname } = new URL(response.url())
    if (!/javascript/.test(response.headers()['content-type'] ?? '')) return
    sizing.push(
      response.body().then((body) => void scripts.set(pathname, gzipSync(body, { level: 9 }).length)),
    )
  })
  const answer = await page.goto(house.origin + path, { waitUntil: 'networkidle' })
  if (answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status()}`)
  // What waits to be seen is part of the page too.
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await page.waitForLoadState('networkidle')
  await page.waitForTimeout(1000)
  await Promise.all(sizing)
  await context.close()
  if (scripts.size === 0) throw new Error(`${path} loaded no script`)
  return scripts
}
