import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import type { Result } from 'lighthouse'
import { findBrowser } from '../browser'
import type { Figure, Step } from './figures'
import { CODE_LESSON, COURSE, type House, LESSON } from './house'

/** What Lighthouse's mobile preset must give at least, of a hundred; `seo` where a search engine gets in. */
const LEAST = { performance: 90, accessibility: 100, 'best-practices': 95, seo: 95 }
type Category = keyof typeof LEAST
const TITLES: Record<Category, string> = {
  performance: 'performance',
  accessibility: 'accessibility',
  'best-practices': 'best practices',
  seo: 'SEO',
}

const METRICS = {
  'largest-contentful-paint': 'largest contentful paint',
  'total-blocking-time': 'total blocking time',
}

const PAGES = [
  { path: '/', isPublic: true },
  { path: COURSE, isPublic: true },
  { path: LESSON, isPublic: false },
  { path: CODE_LESSON, isPublic: false },
]

/** A trace does not always hold the beginning of a navigation; Lighthouse then asks to be run again. */
const TRIES = 4

/** Lighthouse with its own defaults: a phone of the middle, a slow connection, both simulated. */
export async function measureLighthouse(house: House, rounds: number): Promise<Step> {
  const figures: Figure[] = []
  const remarks = new Set<string>()
  for (const { path, isPublic } of PAGES) {
    const results: Result[] = []
    for (let round = 0; round < rounds; round++) results.push(await audit(house, path, !isPublic))
    for (const result of results) {
      remarks.add(`Lighthouse ${result.lighthouseVersion}, mobile.`)
      for (const short of shortcomingsOf(result)) remarks.add(`${path}: ${short}`)
    }
    for (const category of Object.keys(LEAST) as Category[]) {
      const isJudged = category !== 'seo' || isPublic
      figures.push({
        step: 'lighthouse',
        name: `${path}: ${TITLES[category]}`,
        samples: results.map(({ categories }) => (categories[category]?.score ?? Number.NaN) * 100),
        unit: 'of 100',
        ...(isJudged && { limit: { kind: 'at least', value: LEAST[category] } }),
      })
    }
    for (const [id, name] of Object.entries(METRICS)) {
      figures.push({
        step: 'lighthouse',
        name: `${path}: ${name}, simulated`,
        samples: results.map(({ audits }) => audits[id]?.numericValue ?? Number.NaN),
        unit: 'ms',
      })
    }
  }
  return { figures, remarks: [...remarks] }
}

/** A browser that nobody else steers: Lighthouse wants the only hand on it. */
async function openBrowser(): Promise<{ port: number; close: () => Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'slipway-lighthouse-'))
  const child = spawn(
    findBrowser() ?? chromium.executablePath(),
    [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-component-update'],
      ...['--disable-background-networking', '--disable-sync', '--disable-extensions'],
      ...['--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = once(child, 'exit')
  const close = async () => {
    child.kill()
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
  let said = ''
  const port = await new Promise<number>((done) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk
      const found = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(said)
      if (found) done(Number(found[1]))
    })
    void ended.then(() => done(Number.NaN))
  })
  if (Number.isNaN(port)) {
    await close()
    throw new Error(`The browser did not start: ${said}`)
  }
  return { port, close }
}

async function audit(house: House, path: string, isSignedIn: boolean): Promise<Result> {
  // Loaded here: no other step needs its hundred modules.
  const { default: lighthouse } = await import('lighthouse')
  const { name, value } = house.cookie
  let why = ''
  for (let tries = 0; tries < TRIES; tries++) {
    const browser = await openBrowser()
    try {
      const run = await lighthouse(house.origin + path, {
        port: browser.port,
        logLevel: 'error',
        ...(isSignedIn && { extraHeaders: { Cookie: `${name}=${value}` } }),
      })
      const result = run?.lhr
      why = result?.runtimeError?.message ?? 'no result'
      if (!result || result.runtimeError) continue
      if (new URL(result.finalDisplayedUrl).pathname !== path)
        throw new Error(`${path} led to ${result.finalDisplayedUrl}`)
      return result
    } finally {
      await browser.close()
    }
  }
  throw new Error(`${path}: ${why}`)
}

/** What cost something outside performance, where each audit is a matter of degree. */
function shortcomingsOf({ categories, audits }: Result): string[] {
  return Object.entries(categories)
    .filter(([name]) => name !== 'performance')
    .flatMap(([name, { auditRefs }]) =>
      auditRefs
        .filter(({ id, weight }) => weight > 0 && audits[id]?.score !== null && (audits[id]?.score ?? 1) < 1)
        .map(({ id }) => `${TITLES[name as Category]}, ${id}: ${audits[id]?.title}`),
    )
}
