import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * `npm run test:mutants [ids]`: takes one control away at a time and expects the test that guards it to fail. Each
 * `e2e/mutants/<id>.patch` begins with `run: <command>`, the test to run; the rest is the diff. Works on a copy of what is
 * committed, and writes the table in `docs/security.md`. A test of the built server also builds the copy, which takes a
 * minute. Red is what a test said that ran: a copy that does not build, or a test that cannot begin, proves nothing.
 */
const FOLDER = 'e2e/mutants'
const COPY = resolve('.cache/mutants')
const DOC = 'docs/security.md'
const LIMITS = { timeout: 900_000, maxBuffer: 256 * 1024 * 1024 }
/** A port of its own, so that the end-to-end tests of the checkout may run beside it. */
const ENV = { ...process.env, E2E_PORT: process.env.E2E_PORT ?? '4290', NO_COLOR: '1' }

type Result = { id: string; command: string; seen: 'red' | 'green' | 'broken' }

const wanted = process.argv.slice(2)
const patches = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((file) => file.endsWith('.patch'))
      .toSorted()
  : []
const ids = patches
  .map((file) => file.replace('.patch', ''))
  .filter((id) => wanted.length === 0 || wanted.includes(id))
const unknown = wanted.filter((id) => !ids.includes(id))
if (ids.length === 0 || unknown.length > 0) {
  console.error(`There is no mutant ${unknown.join(', ') || 'at all'}. Known: ${patches.join(', ')}`)
  process.exit(1)
}

rmSync(COPY, { recursive: true, force: true })
mkdirSync(COPY, { recursive: true })
must('git', ['clone', '--quiet', '--shared', '.', COPY], process.cwd())
// Links to the files, not to the folder: the build refuses packages that lie outside.
must('cp', ['-al', resolve('node_modules'), join(COPY, 'node_modules')], process.cwd())
for (const built of ['.next', '.content', '.runner', '.cache/runner', '.cache/content'])
  if (existsSync(built)) cpSync(built, join(COPY, built), { recursive: true })

// Written after each: a run that is broken off keeps what it saw.
const results = ids.map((id) => {
  const result = tryMutant(id)
  writeTable([result])
  return result
})
for (const { id, seen } of results) console.log(`${id}: ${seen}`)
const red = results.filter(({ seen }) => seen === 'red').length
console.log(`${red} passed, ${results.length - red} failed`)
rmSync(COPY, { recursive: true, force: true })
process.exit(red === results.length ? 0 : 1)

function tryMutant(id: string): Result {
  const file = resolve(FOLDER, `${id}.patch`)
  const command = /^run: (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? ''
  console.log(`\n== ${id}: ${command}`)
  must('git', ['checkout', '--quiet', '.'], COPY)
  if (!command || run('git', ['apply', '--recount', file], COPY) !== 0) return { id, command, seen: 'broken' }
  if (command.includes('playwright') && run('node', ['scripts/test.mjs', 'build'], COPY) !== 0)
    return { id, command, seen: 'broken' }
  return { id, command, seen: look(command) }
}

/** Runs a test to its end and says what it saw: `broken` where none ran, or none of its failures is a test's own. */
function look(command: string): Result['seen'] {
  const [program = '', ...args] = command.split(' ')
  // Otherwise Playwright runs whatever comes before that test in a whole run, and a failure there would be taken for its own.
  if (args.includes('playwright')) args.push('--no-deps')
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd: COPY,
    ...LIMITS,
    encoding: 'utf8',
    env: ENV,
  })
  const lines = `${stdout}${stderr}`.split('\n')
  // How Playwright and vitest mark a test that failed, and what of.
  const failed = lines.filter((line) => /^\s*[✘×] /.test(line))
  const reasons = lines.filter((line) => /^\s*(Error|AssertionError|Expected|Received)\b.*:/.test(line))
  for (const line of [...failed, ...reasons.slice(0, 12)]) console.log(line)
  if (status === 0) return 'green'
  return failed.length > 0 ? 'red' : 'broken'
}

function run(program: string, args: string[], cwd: string): number {
  return spawnSync(program, args, { cwd, stdio: 'inherit', ...LIMITS, env: ENV }).status ?? 1
}

function must(program: string, args: string[], cwd: string): void {
  if (run(program, args, cwd) !== 0) throw new Error(`${program} ${args.join(' ')} failed`)
}

/** Replaces the rows of the mutants that were tried; what was seen of the others stays. */
function writeTable(tried: Result[]): void {
  const [begin, end] = ['<!-- mutants -->', '<!-- /mutants -->']
  const page = readFileSync(DOC, 'utf8')
  const from = page.indexOf(begin) + begin.length
  const to = page.indexOf(end)
  if (to < from) throw new Error(`${DOC} has no ${begin} … ${end}`)
  const rows = new Map(
    page
      .slice(from, to)
      .split('\n')
      .filter((line) => line.startsWith('| S-'))
      .map((line) => [line.split('|')[1]?.trim() ?? '', line]),
  )
  const today = new Date().toISOString().slice(0, 10)
  for (const { id, command, seen } of tried) rows.set(id, `| ${id} | \`${command}\` | ${seen} | ${today} |`)
  const table = [
    '',
    '| Control taken away | Test | Seen | On |',
    '| --- | --- | --- | --- |',
    ...[...rows.entries()].toSorted(([a], [b]) => a.localeCompare(b)).map(([, row]) => row),
    '',
  ]
  writeFileSync(DOC, page.slice(0, from) + table.join('\n') + page.slice(to))
}
