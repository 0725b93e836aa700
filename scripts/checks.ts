import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { z } from 'zod'
import { ensureBrowser } from './browser'
import { buildAll, Failed, type Run, runNext } from './build'

export type Count = { passed: number; failed: number }

const REPORTS = '.cache/checks'

type Step = {
  name: string
  what: string
  /** Steps whose failure makes this one pointless. */
  needs?: string[]
  run: () => Promise<Count>
}

/** In the order in which a mistake is cheapest to find. Each can be run alone: `npm test -- unit`. */
const STEPS: Step[] = [
  {
    name: 'lint',
    what: 'Format and lint',
    run: () => oneCheck(['node_modules/@biomejs/biome/bin/biome', 'ci', '.']),
  },
  { name: 'types', what: 'Types', run: checkTypes },
  {
    name: 'content',
    what: 'Lessons and their exercises',
    run: () => oneCheck(['--import', 'tsx', 'content/check.ts']),
  },
  { name: 'unit', what: 'Unit, content and database tests', run: () => vitest('unit') },
  { name: 'build', what: 'Production build', run: build },
  {
    name: 'process',
    what: 'Start, stop, kill and the front door',
    needs: ['build'],
    run: () => vitest('process'),
  },
  { name: 'e2e', what: 'End to end in a browser', needs: ['build'], run: playwright },
]

/** Runs all steps, or the named ones, and ends the process. The last line is the sum of what the runners counted. */
export async function runChecks(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name))
  if (unknown.length > 0) {
    console.error(
      `There is no step ${unknown.join(', ')}. Steps: ${STEPS.map((step) => step.name).join(', ')}`,
    )
    process.exit(1)
  }
  mkdirSync(REPORTS, { recursive: true })
  const broken = new Set<string>()
  const lines: string[] = []
  const sum: Count = { passed: 0, failed: 0 }
  for (const step of STEPS) {
    if (names.length > 0 && !names.includes(step.name)) continue
    const count = await runStep(step, broken, lines)
    if (count.failed > 0) broken.add(step.name)
    sum.passed += count.passed
    sum.failed += count.failed
  }
  console.log(`\n${lines.join('\n')}\n`)
  console.log(`${sum.passed} passed, ${sum.failed} failed`)
  process.exit(sum.failed > 0 ? 1 : 0)
}

async function runStep(step: Step, broken: Set<string>, lines: string[]): Promise<Count> {
  console.log(`\n== ${step.what} (${step.name})`)
  const began = Date.now()
  const blocker = step.needs?.find((name) => broken.has(name))
  let count: Count
  let why = ''
  try {
    count = blocker ? { passed: 0, failed: 1 } : await step.run()
    if (blocker) why = `, not run: ${blocker} failed`
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    count = { passed: 0, failed: 1 }
  }
  if (count.passed + count.failed === 0) {
    count = { passed: 0, failed: 1 }
    why = ', no test was found'
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(0)
  const line = `${step.name}: ${count.passed} passed, ${count.failed} failed (${seconds} s${why})`
  lines.push(line)
  console.log(line)
  return count
}

/** Runs a Node program to its end and gives its exit code. */
async function node(args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  const [code] = await once(child, 'exit')
  return code ?? 1
}

const run: Run = async (name, args, env) => {
  if ((await node(args, env)) !== 0) throw new Failed(name)
}

/** A tool that judges everything at once counts as one check. */
async function oneCheck(args: string[]): Promise<Count> {
  return (await node(args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function checkTypes(): Promise<Count> {
  // Next writes the types of routes and `next-env.d.ts`, which a clean clone has not.
  await runNext(run, 'next typegen', 'typegen')
  return oneCheck(['node_modules/typescript/bin/tsc', '--noEmit'])
}

/** Stands in every variable that may hold a secret while the pages are built; a test looks for it in what was built. */
const MARK = 'slipway-marker-Zr2vTn5LxWc0KdYb7'
const MARKED = {
  AUTH_SECRET: MARK,
  DATABASE_URL: `postgres://app:${MARK}@127.0.0.1:9/none`,
  MIGRATOR_DATABASE_URL: `postgres://migrator:${MARK}@127.0.0.1:9/none`,
  VERIFIER_DATABASE_URL: `postgres://verifier:${MARK}@127.0.0.1:9/none`,
  SMTP_URL: `smtp://slipway:${MARK}@127.0.0.1:9`,
  MAIL_FROM: `Slipway <${MARK.toLowerCase()}@harbour.example>`,
  GITHUB_ID: MARK,
  GITHUB_SECRET: MARK,
  GOOGLE_ID: MARK,
  GOOGLE_SECRET: MARK,
  OIDC_ISSUER: `http://127.0.0.1:9/${MARK}`,
  OIDC_ID: MARK,
  OIDC_SECRET: MARK,
}

async function build(): Promise<Count> {
  await buildAll((name, args, env) => run(name, args, { ...MARKED, ...env }), { web: true, drafts: false })
  return { passed: 1, failed: 0 }
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
})

async function vitest(project: string): Promise<Count> {
  if (project === 'unit') await buildAll(run, { web: false, drafts: false })
  const report = `${REPORTS}/${project}.json`
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await node(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters])
  const counted = countVitest(readFileSync(report, 'utf8'))
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

/** A file that could not be loaded is one failure; a test that was skipped proves nothing and is another. */
export function countVitest(json: string): Count {
  const report = vitestReport.parse(JSON.parse(json))
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) console.log(`${skipped} skipped, which counts as failed`)
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length + skipped }
}

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.unknown()),
})

async function playwright(): Promise<Count> {
  const browser = await ensureBrowser()
  const report = `${REPORTS}/e2e.json`
  rmSync(report, { force: true })
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...(browser ? { CHROMIUM_PATH: browser } : {}) }
  const code = await node(
    ['node_modules/@playwright/test/cli.js', 'test', '--project=progress', '--reporter=list,json'],
    env,
  )
  const counted = countPlaywright(readFileSync(report, 'utf8'))
  return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

/** A test that passed only when it was tried again has failed once. */
export function countPlaywright(json: string): Count {
  const { stats, errors } = playwrightReport.parse(JSON.parse(json))
  if (stats.skipped > 0) console.log(`${stats.skipped} skipped, which counts as failed`)
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length }
}
