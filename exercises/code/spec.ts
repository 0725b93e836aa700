import { z } from 'zod'
import {
  AuthorError,
  type CompileContext,
  type Compiled,
  type ExerciseFolder,
  type ProgramKind,
  type Sample,
} from '@/exercises/kind'
import type { CaseResult, Plain, RunData, RunResult } from '@/runner/protocol'
import { banLabel, isBan } from './bans'
import { referenceMargins, wrongMargins } from './cost'
import { gradeCode } from './grade'
import { makeCodeJob, observeCode } from './run'
import {
  CASES,
  type CodeAnswer,
  type CodeKey,
  type CodeObservation,
  type CodePublic,
  type CodeVisibleKey,
  codeAnswer,
  codeObservation,
  type RecordedCase,
  type RecordedMeter,
  SOLUTION,
} from './shape'
import { isComparable, pythonText } from './values'
import { getVisiblePart } from './visible'

const settings = z.object({
  limits: z
    .strictObject({
      ms: z.number().int().min(500).max(20_000).default(5000),
      steps: z.number().int().min(1000).max(10_000_000).default(500_000),
    })
    .prefault({}),
  bans: z.array(z.string().refine(isBan, 'no such ban; exercises/code/bans.md lists them')).default([]),
})

type Declared = NonNullable<RunData['declared']>[number]
type Folder = { folder: ExerciseFolder; context: CompileContext }

/** Write a Python function; judged by cases whose values were recorded from a reference, bans and the operation meter. */
export const codeKind: ProgramKind<CodePublic, CodeVisibleKey, CodeKey, CodeAnswer, CodeObservation> = {
  name: 'code',
  title: 'Write code',
  source: 'folder',
  program: true,
  judged: true,
  runtime: 'python',
  answer: codeAnswer,
  observation: codeObservation,
  compile,
  job: makeCodeJob,
  observe: observeCode,
  grade: gradeCode,
  complaints: (key, sample, observation) =>
    sample.passes
      ? referenceMargins(key, observation).filter(() => sample.name === 'reference')
      : wrongMargins(key, sample.fails ?? '', observation),
}

const answerOf = (source: string): CodeAnswer => ({ files: { [SOLUTION]: source } })

async function compile(
  folder: ExerciseFolder,
  context: CompileContext,
): Promise<Compiled<CodePublic, CodeKey, CodeAnswer>> {
  const at = { folder, context }
  const { limits, bans } = readSettings(folder)
  const [starter, reference, cases] = ['starter.py', 'reference.py', CASES].map((name) =>
    requireFile(folder, name),
  )
  const draft: CodeVisibleKey = { casesSource: cases as string, cases: [], meters: [], bans, limits }
  const recorded = await record(at, draft, reference as string)
  const casesSource = await visibleSource(at, cases as string)
  const visible: CodeVisibleKey = { ...draft, casesSource, cases: recorded.visible, meters: recorded.meters }
  const key: CodeKey = { ...visible, whole: { casesSource: cases as string, hidden: recorded.hidden } }
  await proveReference(at, visible, reference as string)
  const starterFails = await proveStarter(at, visible, starter as string)
  return {
    public: {
      promptHtml: folder.promptHtml,
      starter: starter as string,
      cases: visible.cases.map(({ id, label }) => ({ id, label })),
      bans: bans.map((ban) => ({ ban, label: banLabel(ban) })),
      limits,
      key: visible,
    },
    key,
    samples: [
      { name: 'starter', answer: answerOf(starter as string), passes: false, fails: starterFails },
      { name: 'reference', answer: answerOf(reference as string), passes: true },
      ...filesIn(folder, 'alternatives').map(([name, source]) => ({
        name,
        answer: answerOf(source),
        passes: true,
      })),
      ...wrongSamples(folder, key),
    ],
    text: visible.cases.map((one) => one.label).join('. '),
    solution: {
      parts: [
        { title: 'Reference', lang: 'python', code: reference as string },
        ...filesIn(folder, 'alternatives').map(([name, source]) => ({
          title: titleOf(name),
          lang: 'python',
          code: source,
        })),
      ],
    },
  }
}

const titleOf = (path: string) =>
  `Another way: ${path.replace(/^.*\//, '').replace(/\.py$/, '').replaceAll('-', ' ')}`

function complain(folder: ExerciseFolder, file: string, message: string, line?: number): AuthorError {
  return new AuthorError(message, { file: `${folder.path}/${file}`, ...(line && { line }) })
}

function readSettings(folder: ExerciseFolder) {
  const read = settings.safeParse(folder.yaml)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw complain(folder, 'exercise.yaml', `${issue?.path.join('.')}: ${issue?.message}`)
}

function requireFile(folder: ExerciseFolder, name: string): string {
  const text = folder.files.get(name)
  if (text === undefined) throw complain(folder, name, `A code exercise needs ${name}. Add it.`)
  return text
}

function filesIn(folder: ExerciseFolder, under: string): [string, string][] {
  return [...folder.files].filter(([path]) => path.startsWith(`${under}/`) && path.endsWith('.py')).sort()
}

/** Runs the reference with everything cases.py declares and keeps what it gave. */
async function record(at: Folder, draft: CodeVisibleKey, reference: string) {
  const data = requireResult(at, await at.context.run(makeCodeJob(draft, answerOf(reference))))
  const declared = data.declared ?? []
  if (!declared.some((one) => one.kind === 'case')) {
    throw complain(at.folder, CASES, 'cases.py declares no visible case. Add a function under @case.')
  }
  if (data.bans[0]) {
    throw complain(
      at.folder,
      'reference.py',
      `The reference uses what is banned: ${data.bans[0].what}.`,
      data.bans[0].line,
    )
  }
  const recordedCases = async (kind: Declared['kind']) =>
    Promise.all(declared.filter((one) => one.kind === kind).map((one) => recordCase(at, one, data)))
  const meters = declared.filter((one) => one.kind === 'metered').map((one) => recordMeter(at, one, data))
  return {
    visible: await recordedCases('case'),
    hidden: await recordedCases('hidden'),
    meters: await Promise.all(meters),
  }
}

function requireResult({ folder }: Folder, result: RunResult): RunData {
  if (result.type === 'failed') {
    throw complain(folder, 'reference.py', `The reference did not run to its end: ${result.kind}.`)
  }
  const { error } = result.data
  if (!error) return result.data
  const last = error.trail.at(-1)
  const inCases = last?.file === CASES || /File "cases\.py"/.test(error.text)
  throw complain(
    folder,
    inCases ? CASES : 'reference.py',
    `Running the reference: ${error.text.trim().split('\n').at(-1)}`,
    last?.line ?? error.line ?? undefined,
  )
}

async function recordCase(at: Folder, declared: Declared, data: RunData): Promise<RecordedCase> {
  const result = data.cases.find((one) => one.id === declared.id) as CaseResult
  const value = requireValue(at, result)
  return {
    id: declared.id,
    label: declared.label,
    compare: declared.compare ?? 'exact',
    expected: value,
    calls: result.calls.slice(0, 60),
    ...(declared.says && { why: await at.context.html(declared.says) }),
  }
}

function requireValue({ folder }: Folder, result: CaseResult): Plain {
  const { id, error, value } = result
  const where = error?.trail.at(-1)
  if (error) {
    const said = error.text.trim().split('\n').at(-1)
    throw complain(
      folder,
      CASES,
      `The reference raises in case ${id}: ${said}`,
      where?.file === CASES ? where.line : undefined,
    )
  }
  if (value === undefined) throw complain(folder, CASES, `The reference does not end in case ${id}.`)
  if (!isComparable(value)) {
    throw complain(
      folder,
      CASES,
      `Case ${id} returns what cannot be compared: ${pythonText(value, 80)}. Return plain data.`,
    )
  }
  if (JSON.stringify(value).length > 20_000) {
    throw complain(folder, CASES, `Case ${id} returns more than 20 kB. Return a summary or fewer items.`)
  }
  return value
}

async function recordMeter(at: Folder, declared: Declared, data: RunData): Promise<RecordedMeter> {
  const result = data.meters.find((one) => one.id === declared.id)
  if (!result || result.error || result.steps) {
    const said = result?.error?.text.trim().split('\n').at(-1) ?? 'it executes too many lines'
    throw complain(at.folder, CASES, `The reference cannot be measured by ${declared.id}: ${said}`)
  }
  return {
    id: declared.id,
    label: declared.label,
    unit: declared.counts ?? 'operations',
    points: result.points.map(({ n, bound, count }) => ({ n, bound, reference: count })),
    ...(declared.says && { why: await at.context.html(declared.says) }),
  }
}

async function visibleSource({ folder, context }: Folder, cases: string): Promise<string> {
  const part = await getVisiblePart(cases, context.run)
  if ('source' in part) return part.source
  const [first] = part.complaints
  throw complain(
    folder,
    CASES,
    `Only imports, assignments, functions and classes may stand at the top level; this is none of them: ${first?.what}`,
    first?.line,
  )
}

/** The reference passes in the page too, and leaves room under its bounds. */
async function proveReference(
  { folder, context }: Folder,
  key: CodeVisibleKey,
  reference: string,
): Promise<void> {
  const answer = answerOf(reference)
  const observation = observeCode(key, await context.run(makeCodeJob(key, answer)))
  const verdict = gradeCode(key, { answer, observation })
  if (!verdict.passed) {
    const first = verdict.checks.find((check) => !check.passed)
    throw complain(
      folder,
      'reference.py',
      `The reference fails ${first?.id} when run a second time, with the visible cases only: ${first?.message ?? `got ${first?.got}, expected ${first?.expected}`}`,
    )
  }
  const [tight] = referenceMargins(key, observation)
  if (tight) throw complain(folder, CASES, tight)
}

/** A starter is a beginning, not a puzzle: it runs, and fails because of what it returns. Gives the check it fails. */
async function proveStarter(
  { folder, context }: Folder,
  key: CodeVisibleKey,
  starter: string,
): Promise<string> {
  const answer = answerOf(starter)
  const observation = observeCode(key, await context.run(makeCodeJob(key, answer)))
  const verdict = gradeCode(key, { answer, observation })
  if (verdict.passed) throw complain(folder, 'starter.py', 'The starter already passes.')
  const stopped = verdict.checks.find((check) => /^(error|time|steps|memory|output)$/.test(check.id))
  if (stopped) {
    throw complain(
      folder,
      'starter.py',
      `The starter must fail by what it returns, not like this: ${stopped.message}`,
    )
  }
  const failing = verdict.checks.find((check) => !check.passed && check.got !== undefined)
  if (!failing) throw complain(folder, 'starter.py', 'The starter fails no case by its value.')
  return failing.id
}

function wrongSamples(folder: ExerciseFolder, key: CodeKey): Sample<CodeAnswer>[] {
  const known = new Set([
    ...['error', 'time', 'steps', 'memory', 'output'],
    ...[...key.cases, ...key.whole.hidden].map((one) => one.id),
    ...key.bans.map((ban) => `ban:${ban}`),
    ...key.meters.map((meter) => `cost:${meter.id}`),
  ])
  return filesIn(folder, 'wrong').map(([name, source]) => {
    const fails = /^# fails: (.+?)\s*$/m.exec(source.split('\n', 1)[0] ?? '')?.[1]
    if (!fails) throw complain(folder, name, 'The first line must be "# fails: <check id>".', 1)
    if (!known.has(fails)) {
      throw complain(folder, name, `There is no check ${fails}. There are: ${[...known].join(', ')}.`, 1)
    }
    return { name, answer: answerOf(source), passes: false, fails }
  })
}
