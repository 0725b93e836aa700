import type { Check, Verdict } from '@/exercises/kind'
import { explainFailure, explainProblem } from '@/runner/explain'
import type { Plain } from '@/runner/protocol'
import { banLabel } from './bans'
import { type CostRow, costTable } from './cost'
import {
  type CodeAnswer,
  type CodeObservation,
  type CodeVisibleKey,
  codeObservation,
  type ObservedProblem,
  type RecordedCase,
  type RecordedMeter,
} from './shape'
import { isEqual, pythonText, typeWords } from './values'

/**
 * Judges what a run showed against what the reference showed. Pure; never throws, whatever the observation holds.
 * Hidden cases are judged only with the whole key, and only where the observation says that they were run.
 */
export function gradeCode(
  key: CodeVisibleKey,
  response: { answer: CodeAnswer; observation: unknown },
): Verdict {
  const read = codeObservation.safeParse(response.observation)
  if (!read.success) {
    return verdictOf([
      fails(
        'error',
        'The result of the run can be read',
        'What came back from the run is not a result. Run it again.',
      ),
    ])
  }
  const seen = read.data
  const checks = [
    ...endChecks(key, seen),
    ...key.cases.map((one) => caseCheck(one, seen)),
    ...key.bans.map((ban) => banCheck(ban, seen)),
    ...key.meters.map((meter) => costCheck(key, meter, seen)),
    ...hiddenChecks(key, seen),
  ]
  return verdictOf(checks)
}

function verdictOf(checks: Check[]): Verdict {
  const failing = checks.filter((check) => !check.passed)
  const first = failing[0]
  if (!first) return { passed: checks.length > 0, checks }
  return { passed: false, checks, next: nextStep(first, failing.length) }
}

const fails = (id: string, label: string, message: string): Check => ({ id, passed: false, label, message })

/** How the run ended, where it did not end as it should. */
function endChecks(key: CodeVisibleKey, seen: CodeObservation): Check[] {
  if (seen.ended !== 'result') {
    const ids = {
      timeout: 'time',
      memory: 'memory',
      fatal: 'error',
      stopped: 'time',
      'output-limit': 'output',
    } as const
    const labels = {
      time: 'It ends within its time',
      memory: 'It stays within its memory',
      error: 'It runs to its end',
      output: 'It prints and returns within bounds',
    }
    const id = ids[seen.ended]
    return [fails(id, labels[id], explainFailure(seen.ended, key.limits))]
  }
  if (seen.error?.type === 'StepLimit') return [fails('steps', STEPS_LABEL, stepsMessage(key))]
  if (seen.error) return [fails('error', 'The file loads without an error', problemMessage(seen.error))]
  if (seen.exited)
    return [
      fails(
        'error',
        'The file loads without an error',
        'It calls exit() before the cases can run. Remove that call.',
      ),
    ]
  const hidden = new Set(key.whole?.hidden.map((one) => one.id))
  const inside = [...seen.cases.filter((one) => !hidden.has(one.id)), ...seen.meters]
  const endless = inside.some((one) => one.steps)
  const raised = inside.find((one) => one.error)?.error
  return [
    ...(endless ? [fails('steps', STEPS_LABEL, stepsMessage(key))] : []),
    ...(raised ? [fails('error', 'It runs without an error', problemMessage(raised))] : []),
  ]
}

const STEPS_LABEL = 'Every loop ends'
const stepsMessage = (key: CodeVisibleKey) =>
  `Stopped after ${key.limits.steps.toLocaleString('en-GB')} lines: is there a loop that never ends?`

/** Where and what: "Line 4: IndexError: list index out of range". */
function problemMessage(problem: ObservedProblem): string {
  const said = problem.text.trim().split('\n').at(-1)?.slice(0, 300) ?? problem.type
  const place = problem.line ? `Line ${problem.line}: ` : ''
  const plain = explainProblem(problem)
  return `${place}${said}${/[.?]$/.test(said) ? '' : '.'}${plain ? ` ${plain}` : ''}`
}

function caseCheck(recorded: RecordedCase, seen: CodeObservation): Check {
  const { id, label, why, compare, expected } = recorded
  const results = seen.cases.filter((one) => one.id === id)
  const [result] = results
  const failed = { id, label, passed: false, ...(why && { why }) }
  if (!result || results.length !== 1) {
    return { id, label, passed: false, message: results.length > 1 ? 'It came back twice.' : 'Not reached.' }
  }
  const tried = result.tried?.call.call
  const common = { ...failed, ...(tried && { tried }) }
  if (result.steps)
    return { ...common, expected: pythonText(expected), message: 'It did not come to an end.' }
  if (result.error) {
    return {
      ...common,
      ...expectedOf(recorded, result),
      got: result.error.type,
      message: problemMessage(result.error),
    }
  }
  const { value } = result
  if (value === undefined) return { ...common, message: 'It gave no value.' }
  if (isEqual(expected, value, compare)) return { id, label, passed: true }
  const shown = differing(recorded, result, value)
  const message = differenceMessage(shown.expectedValue, shown.gotValue)
  return { ...common, expected: shown.expected, got: shown.got, ...(message && { message }) }
}

type CaseSeen = CodeObservation['cases'][number]

/** For a call that raised: what the reference gave for the same call, else for the whole case. */
function expectedOf(recorded: RecordedCase, result: CaseSeen): { expected?: string } {
  const call = result.tried?.call.call
  const same = recorded.calls.find((one) => one.call === call)
  if (same) return { expected: same.returned ?? same.raised ?? '' }
  return { expected: pythonText(recorded.expected) }
}

function differing(recorded: RecordedCase, result: CaseSeen, value: Plain) {
  const { item, nth, call } = result.tried ?? {}
  const { expected } = recorded
  if (item !== undefined && Array.isArray(expected) && Array.isArray(value)) {
    const [wanted, got] = [expected[item], value[item]]
    if (wanted !== undefined && got !== undefined) {
      return { expected: pythonText(wanted), got: pythonText(got), expectedValue: wanted, gotValue: got }
    }
  }
  const reference = nth === undefined ? undefined : recorded.calls[nth]
  if (reference && call) {
    const said = (one: { returned?: string; raised?: string }) => one.returned ?? one.raised ?? 'nothing'
    return { expected: said(reference), got: said(call) }
  }
  return { expected: pythonText(expected), got: pythonText(value), expectedValue: expected, gotValue: value }
}

/** What the difference suggests, where it is one of kind and not of value. */
function differenceMessage(expected: Plain | undefined, got: Plain | undefined): string | undefined {
  if (expected === undefined || got === undefined) return undefined
  if (got === null) return 'It returned None: a function that reaches its end without return gives None.'
  const [wanted, given] = [typeWords(expected), typeWords(got)]
  if (wanted !== given) return `It returned ${given}; asked for is ${wanted}.`
  if (Array.isArray(expected) && Array.isArray(got)) {
    if (expected.length !== got.length)
      return `It has ${items(got.length)}; asked for are ${expected.length}.`
    const at = expected.findIndex((one, i) => !isEqual(one, got[i] as Plain, 'approx'))
    if (at >= 0 && expected.length > 1) return `The first difference is at index ${at}.`
  }
  return undefined
}

const items = (n: number) => (n === 1 ? '1 item' : `${n} items`)

function banCheck(ban: string, seen: CodeObservation): Check {
  const id = `ban:${ban}`
  const label = banLabel(ban)
  const hit = seen.bans.find((one) => one.what === ban)
  if (hit) return fails(id, label, `Line ${hit.line}: this exercise asks you to do it ${label}.`)
  const syntax =
    seen.ended !== 'result' || seen.error?.type === 'SyntaxError' || seen.error?.type === 'IndentationError'
  return syntax ? fails(id, label, 'Not looked at: the file could not be read.') : { id, label, passed: true }
}

function costCheck(key: CodeVisibleKey, meter: RecordedMeter, seen: CodeObservation): Check {
  const id = `cost:${meter.id}`
  const { label, why, unit } = meter
  const failed = { id, label, passed: false, ...(why && { why }) }
  const result = seen.meters.find((one) => one.id === meter.id)
  if (!result || seen.ended !== 'result') return { id, label, passed: false, message: 'Not measured.' }
  if (result.error) return { ...failed, message: `Not measured to the end. ${problemMessage(result.error)}` }
  const rows = costTable(key, seen).find((table) => table.id === meter.id)?.rows ?? []
  const over = rows.filter((row) => row.count === null || row.count > row.bound)
  if (over.length === 0) return { id, label, passed: true }
  const worst = rows.findLast(
    (row): row is CostRow & { count: number } => row.count !== null && row.count > row.bound,
  )
  if (!worst) {
    const message = result.steps
      ? 'Not measured to the end: it executes too many lines.'
      : 'Not measured at every size.'
    return { ...failed, message }
  }
  return {
    ...failed,
    tried: `n = ${number(worst.n)}`,
    expected: `at most ${number(Math.floor(worst.bound))} ${unit}`,
    got: `${number(worst.count)} ${unit}`,
    message: growthMessage(rows),
  }
}

const number = (n: number) => n.toLocaleString('en-GB')

/** How the counts grow from the first size to the last, in words. */
function growthMessage(rows: CostRow[]): string {
  const [first, last] = [rows.find((row) => row.count), rows.findLast((row) => row.count)]
  if (!first?.count || !last?.count || first === last) return 'It does more work than its bound allows.'
  const size = Math.round(last.n / first.n)
  const work = last.count / first.count
  return `From n = ${number(first.n)} to n = ${number(last.n)} the input is ${size} times as large and the work ${work < 10 ? work.toFixed(1) : number(Math.round(work))} times as much.`
}

const KNOWN_ERRORS =
  /^(?:(?:Index|Key|Lookup|Type|Value|Attribute|Name|UnboundLocal|ZeroDivision|Overflow|Arithmetic|Recursion|Runtime|NotImplemented|Assertion|Memory|EOF|OS)Error|StopIteration|Exception)$/

function hiddenChecks(key: CodeVisibleKey, seen: CodeObservation): Check[] {
  if (!key.whole || seen.scope !== 'whole') return []
  return key.whole.hidden.map((one) => {
    const { id, label, why, passed } = caseCheck(one, seen)
    if (passed) return { id, label, passed }
    const result = seen.cases.find((each) => each.id === id)
    return { id, label, passed, ...(why && { why }), message: hiddenMessage(result) }
  })
}

/** A verdict reaches the page; a hidden case's input and values do not, nor an error's text, which may quote them. */
function hiddenMessage(result: CaseSeen | undefined): string {
  if (result?.steps) return 'A case that is not shown did not come to an end.'
  if (result?.error) {
    const { type, line } = result.error
    return `A case that is not shown ends with ${KNOWN_ERRORS.test(type) ? type : 'an error'}${line ? ` in line ${line}` : ''}.`
  }
  return 'A case that is not shown fails.'
}

function nextStep(first: Check, failing: number): string {
  const rest =
    failing > 1 ? ` ${failing - 1} more ${failing === 2 ? 'check waits' : 'checks wait'} behind it.` : ''
  if (/^(error|time|steps|memory|output)$/.test(first.id)) return `${first.message ?? ''}`
  if (first.id.startsWith('ban:')) return `${first.message ?? ''}${rest}`
  if (first.id.startsWith('cost:')) {
    return first.got
      ? `The answers are right; at ${first.tried} it takes ${first.got}, ${first.expected}.`
      : `${first.label}: ${first.message ?? ''}`
  }
  if (first.tried)
    return `Follow ${first.tried} line by line: where does it first differ from what you expect?${rest}`
  return `Look at the case “${first.label}”.${rest}`
}
