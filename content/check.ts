import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { readSalt } from './build'
import { type Catalogue, readCatalogue } from './catalogue'
import type { LessonSource } from './compile'
import { readLessonFiles } from './folder'
import { hashCompiler, hashRuntime } from './hashes'
import { formatProblem, Problems } from './problems'
import { cachedRun, canonical, closeRuns, type Run, writeAtomic } from './runs'
import type { Problem } from './types'

type Checked = {
  hash: string
  problems: Problem[]
  choices: number
  longest: number
  blocks: number
  samples: number
}
type Memory = Record<string, Checked>

export type CheckOptions = {
  root: string
  /** `course` or `course/lesson`; absent: everything. */
  only?: string
  log?: (line: string) => void
  /** `2026-11-25`: what facts are measured by. */
  today?: string
  run?: Run
  /** Runs without remembering: by default in the runner. */
  runAnew?: Run
}

export type CheckResult = {
  problems: Problem[]
  lessons: number
  anew: number
  blocks: number
  samples: number
}

/** Proves the content: the ten points of docs/authoring.md. Remembered by content, so an unchanged lesson costs nothing. */
export async function checkContent(options: CheckOptions): Promise<CheckResult> {
  const { root, only, log = () => {}, today = new Date().toISOString().slice(0, 10) } = options
  const catalogue = readCatalogue(root)
  const wanted = [...catalogue.folders].filter(([id]) => !only || id === only || id.startsWith(`${only}/`))
  const problems = only ? [] : [...catalogue.problems]
  if (only && wanted.length === 0)
    problems.push({
      file: 'content/courses',
      line: 1,
      message: `there is no written lesson ${only}. Write course or course/lesson, as in content/courses.`,
    })
  const memory = readMemory(root)
  const common = createHash('sha256')
    .update(
      canonical([
        hashCompiler(root),
        hashRuntime(root),
        today,
        catalogue.courses,
        catalogue.skills,
        catalogue.retired,
      ]),
    )
    .digest('hex')
  const files = new Map<string, Map<string, string>>()
  const checked = new Map<string, Checked>()
  let anew = 0
  const work = async ([id, folder]: [string, string]) => {
    const reading = new Problems()
    const read = await readLessonFiles(root, folder, reading)
    files.set(id, read)
    const hash = createHash('sha256').update(common).update(canonical(read)).digest('hex')
    const known = Object.hasOwn(memory, id) ? memory[id] : undefined
    if (known?.hash === hash && reading.list.length === 0) return void checked.set(id, known)
    anew++
    const started = Date.now()
    const [course = '', slug = ''] = id.split('/')
    const result =
      reading.list.length > 0
        ? failed(reading.list)
        : await checkLesson({ course, slug, folder, files: read }, catalogue, today, options)
    checked.set(id, { hash, ...result })
    log(`content: ${id} checked in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  }
  const queue = [...wanted]
  await Promise.all(
    [0, 1].map(async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await work(next)
    }),
  )
  for (const [id] of wanted) problems.push(...(checked.get(id)?.problems ?? []))
  problems.push(...checkLongest(checked, only))
  problems.push(...(await history(root, files, catalogue, only, log)))
  // Only a proof is remembered: what failed may have failed for want of time.
  const proved = [...checked].filter(([, one]) => one.problems.length === 0)
  await writeAtomic(memoryFile(root), JSON.stringify({ ...memory, ...Object.fromEntries(proved) }))
  const sum = (of: (one: Checked) => number) => [...checked.values()].reduce((all, one) => all + of(one), 0)
  return {
    problems,
    lessons: wanted.length,
    anew,
    blocks: sum((one) => one.blocks),
    samples: sum((one) => one.samples),
  }
}

function failed(problems: Problem[]): Omit<Checked, 'hash'> {
  return { problems, choices: 0, longest: 0, blocks: 0, samples: 0 }
}

async function checkLesson(
  source: LessonSource,
  catalogue: Catalogue,
  today: string,
  options: CheckOptions,
): Promise<Omit<Checked, 'hash'>> {
  // Loaded for a lesson that is checked anew only.
  const [{ compileLesson }, structure, style, samples, fences, secrets] = await Promise.all([
    import('./compile'),
    import('./check-structure'),
    import('./check-style'),
    import('./check-samples'),
    import('./check-fences'),
    import('./check-secrets'),
  ])
  const run = options.run ?? cachedRun(options.root, hashRuntime(options.root))
  const runAnew =
    options.runAnew ?? options.run ?? (async (job) => (await import('@/runner/node')).runInNode(job))
  const tools = { run, salt: readSalt(options.root) }
  try {
    const result = await compileLesson(source, tools)
    if (result.problems) return failed(result.problems)
    const { compiled } = result
    const problems = new Problems()
    const say = (line: number, message: string, file = compiled.file) => problems.add(file, line, message)
    structure.checkStructure(compiled, source, catalogue, today, say)
    style.checkStyle(compiled, source, say)
    await fences.checkFences(compiled, run, say)
    await samples.checkSamples(compiled, run, runAnew, say)
    await secrets.checkSecrets(compiled, source, tools, say)
    const list = problems.list.sort((a, b) =>
      a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
    )
    const blocks = compiled.blocks.length
    return {
      problems: list,
      ...samples.countLongest(compiled),
      blocks,
      samples: compiled.blocks.reduce((all, block) => all + block.compiled.samples.length, 0),
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    return failed([
      {
        file: `${source.folder}/lesson.mdx`,
        line: 1,
        message: `the check failed: ${said}. This is a fault of Slipway; report it with this lesson.`,
      },
    ])
  }
}

/** The right option may not be the longest more than 40 % of the time in a course. */
function checkLongest(checked: Map<string, Checked>, only?: string): Problem[] {
  if (only?.includes('/')) return []
  const courses = new Map<string, { choices: number; longest: number }>()
  for (const [id, { choices, longest }] of checked) {
    const course = id.slice(0, id.indexOf('/'))
    const before = courses.get(course) ?? { choices: 0, longest: 0 }
    courses.set(course, { choices: before.choices + choices, longest: before.longest + longest })
  }
  return [...courses].flatMap(([course, { choices, longest }]) =>
    choices > 0 && longest / choices > 0.4
      ? [
          {
            file: `content/courses/${course}/course.yaml`,
            line: 1,
            message: `in ${longest} of ${choices} choices the right option is the longest; at most 40 %. Shorten some, or lengthen wrong ones.`,
          },
        ]
      : [],
  )
}

async function history(
  root: string,
  files: Map<string, Map<string, string>>,
  catalogue: Catalogue,
  only: string | undefined,
  log: (line: string) => void,
): Promise<Problem[]> {
  const { checkHistory, findBase } = await import('./check-history')
  const base = await findBase(root)
  if (!base) {
    log('content: no previous commit here, so ids and versions were not compared')
    return []
  }
  return checkHistory(root, base, files, catalogue.retired, only)
}

const memoryFile = (root: string) => path.join(root, '.cache/content/check.json')

function readMemory(root: string): Memory {
  try {
    return JSON.parse(readFileSync(memoryFile(root), 'utf8')) as Memory
  } catch {
    return {}
  }
}

async function main(): Promise<void> {
  const [only, more] = process.argv.slice(2)
  if (more !== undefined || only?.startsWith('-')) {
    console.error('content:check takes nothing, a course, or course/lesson.')
    process.exitCode = 2
    return
  }
  const started = Date.now()
  const result = await checkContent({
    root: process.cwd(),
    ...(only && { only: only.replace(/^content\/courses\//, '').replace(/\/$/, '') }),
    log: (line) => console.log(line),
  })
  for (const problem of result.problems) console.log(formatProblem(problem))
  const { lessons, anew, blocks, samples, problems } = result
  console.log(
    `content: ${lessons} lessons, ${blocks} blocks and ${samples} listed answers proved, ${anew} lessons anew, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  )
  if (problems.length > 0) process.exitCode = 1
  await closeRuns()
  if (anew > 0) await (await import('@/runner/node')).closeNode()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
