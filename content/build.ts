import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, watch } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Catalogue, readCatalogue } from './catalogue'
import { readLessonFiles } from './folder'
import { hashCompiler, hashRuntime } from './hashes'
import { formatProblem, Problems } from './problems'
import { cachedRun, canonical, closeRuns, type Run, writeAtomic } from './runs'
import { compiledPaths } from './store'
import type { ContentIndex, Course, Lesson, Problem, SearchIndex } from './types'

export type BuildOptions = {
  root: string
  /** Lessons marked `draft` have a page too: development only. */
  drafts: boolean
  /** Compiles and says nothing when absent. */
  log?: (line: string) => void
  /** Runs programs of authors; by default in the runner, each different one once. */
  run?: Run
}

export type BuildResult = { problems: Problem[]; compiled: number; unchanged: number }

type State = {
  compiler: string
  lessons: Record<string, { hash: string; problems: Problem[]; output?: string }>
}

/**
 * Compiles what has changed into `.content/`: an index, a file for each lesson, a file of keys that only this user may read.
 * A lesson with errors takes nothing else with it: its problems stand in the index.
 */
export async function buildContent({
  root,
  drafts,
  log = () => {},
  run,
}: BuildOptions): Promise<BuildResult> {
  const paths = compiledPaths(root)
  const compiler = hashCompiler(root)
  const before = readState(paths.state)
  const kept: State['lessons'] = before?.compiler === compiler ? before.lessons : {}
  const state: State = { compiler, lessons: {} }
  const catalogue = readCatalogue(root)
  const tools = { run: run ?? cachedRun(root, hashRuntime(root)), salt: readSalt(root) }
  const lessons = new Map<string, Lesson>()
  let compiled = 0
  let unchanged = 0
  const work = async ([id, folder]: [string, string]) => {
    const [course = '', slug = ''] = id.split('/')
    const problems = new Problems()
    const files = await readLessonFiles(root, folder, problems)
    const hash = digest(canonical(files))
    const known = Object.hasOwn(kept, id) ? kept[id] : undefined
    if (known?.hash === hash && problems.list.length === 0) {
      const lesson = known.output ? readLesson(root, course, slug, known.output) : null
      if (lesson || known.problems.length > 0) {
        state.lessons[id] = known
        if (lesson) lessons.set(id, lesson)
        unchanged++
        return
      }
    }
    const started = Date.now()
    // Loaded for a lesson that changed only: the compiler and its highlighter take most of a second.
    const { compileLesson } = await import('./compile')
    const result =
      problems.list.length > 0
        ? { problems: problems.list }
        : await compileLesson({ course, slug, folder, files }, tools).catch((error: unknown) => ({
            problems: [
              {
                file: `${folder}/lesson.mdx`,
                line: 1,
                message: `the compiler failed: ${error instanceof Error ? error.message : String(error)}. This is a fault of Slipway; report it with this lesson.`,
              },
            ],
          }))
    compiled++
    state.lessons[id] = { hash, problems: result.problems ?? [] }
    if (result.problems) {
      log(
        `content: ${id} has ${result.problems.length} ${result.problems.length === 1 ? 'problem' : 'problems'}`,
      )
      return
    }
    const { lesson, keys } = result.compiled
    const [page, secret] = [JSON.stringify(lesson), JSON.stringify(keys)]
    await writeAtomic(paths.keys(course, slug), secret, 0o600)
    await writeAtomic(paths.lesson(course, slug), page)
    state.lessons[id] = { hash, problems: [], output: digest(page, secret) }
    lessons.set(id, lesson)
    log(`content: ${id} compiled in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  }
  const queue = [...catalogue.folders]
  await Promise.all(
    [0, 1].map(async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await work(next)
    }),
  )
  const index = makeIndex(catalogue, state, lessons, drafts)
  for (const course of index.courses)
    await writeAtomic(paths.search(course.slug), JSON.stringify(makeSearchIndex(course, lessons)))
  await writeAtomic(paths.index, JSON.stringify(index))
  await writeAtomic(paths.state, JSON.stringify(state))
  await removeStale(root, new Set(catalogue.folders.keys()), new Set(index.courses.map(({ slug }) => slug)))
  const problems = [
    ...catalogue.problems,
    ...Object.values(state.lessons).flatMap((lesson) => lesson.problems),
  ]
  return { problems, compiled, unchanged }
}

/** The index of what was compiled: entries of written lessons carry what their own front matter says. */
function makeIndex(
  catalogue: Catalogue,
  state: State,
  lessons: Map<string, Lesson>,
  drafts: boolean,
): ContentIndex {
  const blocks: ContentIndex['blocks'] = {}
  const broken: ContentIndex['broken'] = {}
  const courses = catalogue.courses.map((course) => ({
    ...course,
    modules: course.modules.map((module) => ({
      ...module,
      lessons: module.lessons.map((entry) => {
        const id = `${entry.course}/${entry.slug}`
        const problems = Object.hasOwn(state.lessons, id) ? (state.lessons[id]?.problems ?? []) : []
        if (problems.length > 0) {
          broken[id] = problems
          return { ...entry, written: true }
        }
        const lesson = lessons.get(id)
        if (!lesson) return entry
        const { title, minutes, teaches, needs } = lesson
        const own = Object.values(lesson.blocks)
        const graded = own.filter((block) => block.graded).map((block) => block.id)
        if (lesson.status === 'draft' && !drafts)
          return { ...entry, title, minutes, teaches, needs, plannedExercises: graded.length }
        for (const { id: block, kind, version, graded: counts, star } of own)
          blocks[block] = { kind, version, course: entry.course, lesson: entry.slug, graded: counts, star }
        const star = own.find((block) => block.star)?.id ?? null
        return {
          ...entry,
          title,
          minutes,
          teaches,
          needs,
          written: true,
          graded,
          star,
          plannedExercises: graded.length,
        }
      }),
    })),
  }))
  const { skills, retired } = catalogue
  const hash = createHash('sha256')
    .update(state.compiler)
    .update(canonical({ lessons: state.lessons, courses, skills, retired }))
  return { version: hash.digest('hex').slice(0, 16), courses, skills, blocks, retired, broken }
}

/** The parts of a course's lessons that have a page: a draft that is not shown is not found either. */
function makeSearchIndex({ slug, modules }: Course, lessons: Map<string, Lesson>): SearchIndex {
  const listed = modules.flatMap((module) => module.lessons).filter(({ written }) => written)
  return {
    course: slug,
    lessons: listed.flatMap((entry) => {
      const lesson = lessons.get(`${entry.course}/${entry.slug}`)
      if (!lesson) return []
      const { number, title } = entry
      return [{ slug: entry.slug, number, title, passages: lesson.passages }]
    }),
  }
}

/** Opaque ids are made with it. It lives with the content: whoever can read it can read the answers too. */
export function readSalt(root: string): string {
  return readFileSync(path.join(root, 'content/salt.txt'), 'utf8').trim()
}

function readState(file: string): State | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as State
  } catch {
    return null
  }
}

/** What was compiled before, if it still lies there as it was written. */
function readLesson(root: string, course: string, slug: string, output: string): Lesson | null {
  const paths = compiledPaths(root)
  try {
    const text = readFileSync(paths.lesson(course, slug), 'utf8')
    return digest(text, readFileSync(paths.keys(course, slug), 'utf8')) === output
      ? (JSON.parse(text) as Lesson)
      : null
  } catch {
    return null
  }
}

function digest(...texts: string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex').slice(0, 32)
}

async function removeStale(root: string, known: Set<string>, courses: Set<string>): Promise<void> {
  for (const name of await readdir(path.join(root, '.content/search')).catch(() => []))
    if (!courses.has(name.replace(/\.json$/, '')) && name.endsWith('.json'))
      await rm(path.join(root, '.content/search', name))
  for (const kind of ['lessons', 'keys']) {
    const base = path.join(root, '.content', kind)
    if (!existsSync(base)) continue
    for (const course of await readdir(base))
      for (const name of await readdir(path.join(base, course)))
        if (!known.has(`${course}/${name.replace(/\.json$/, '')}`) && name.endsWith('.json'))
          await rm(path.join(base, course, name))
  }
}

/** Compiles whenever a file below `content/` changes, until the signal. */
export async function watchContent(options: BuildOptions, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let building = Promise.resolve()
  const build = () => {
    building = building.then(async () => {
      try {
        report(await buildContent(options), options.log ?? console.log)
      } catch (error) {
        options.log?.(`content: the build failed: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
  }
  const watcher = watch(path.join(options.root, 'content'), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(build, 80)
  })
  build()
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  clearTimeout(timer)
  watcher.close()
  await building
}

function report({ problems, compiled, unchanged }: BuildResult, log: (line: string) => void): void {
  for (const problem of problems) log(formatProblem(problem))
  const total = compiled + unchanged
  log(
    `content: ${total} ${total === 1 ? 'lesson' : 'lessons'}, ${compiled} compiled, ${unchanged} unchanged, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
  )
}

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const unknown = words.find((word) => !['--drafts', '--watch', '--clean'].includes(word))
  if (unknown) {
    console.error(`content:build does not know ${unknown}. It takes --drafts, --watch and --clean.`)
    process.exitCode = 2
    return
  }
  const root = process.cwd()
  if (words.includes('--clean')) rmSync(path.join(root, '.content'), { recursive: true, force: true })
  const options = { root, drafts: words.includes('--drafts'), log: (line: string) => console.log(line) }
  if (words.includes('--watch')) {
    const stop = new AbortController()
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
    await watchContent(options, stop.signal)
  } else {
    const result = await buildContent(options)
    report(result, options.log)
    if (result.problems.length > 0) process.exitCode = 1
  }
  await closeRuns()
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
