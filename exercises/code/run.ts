import type { Call, CaseResult, Plain, Problem, RunData, RunJob, RunResult } from '@/runner/protocol'
import {
  CASES,
  type CodeAnswer,
  type CodeObservation,
  type CodeVisibleKey,
  codeObservation,
  type ObservedProblem,
  type RecordedCase,
  SOLUTION,
} from './shape'
import { isEqual, isPlain } from './values'

/** An observation travels with the attempt; past this a value is dropped, and its case fails. */
const MAX_VALUE_CHARS = 60_000

/** The job of an answer: visible cases and meters, with the whole key the hidden cases too. Holds no expected value. */
export function makeCodeJob(key: CodeVisibleKey, answer: CodeAnswer): RunJob {
  return {
    files: { [SOLUTION]: answer.files[SOLUTION], [CASES]: key.whole?.casesSource ?? key.casesSource },
    entry: { kind: 'cases', path: SOLUTION, cases: CASES, bans: key.bans, meters: true },
    seed: 0,
    limits: key.limits,
  }
}

/** What is kept of a run. A result of another shape, which only a hostile program makes, counts as fatal. */
export function observeCode(key: CodeVisibleKey, result: RunResult): CodeObservation {
  const empty: CodeObservation = {
    scope: key.whole ? 'whole' : 'visible',
    ended: result.type === 'result' ? 'result' : result.kind,
    error: null,
    exited: false,
    bans: [],
    cases: [],
    meters: [],
    ms: Math.max(0, Math.round(result.ms)) || 0,
  }
  if (result.type === 'failed') return empty
  try {
    const read = codeObservation.safeParse({ ...empty, ...observed(key, result.data) })
    return read.success ? read.data : { ...empty, ended: 'fatal' }
  } catch {
    return { ...empty, ended: 'fatal' }
  }
}

function observed(key: CodeVisibleKey, data: RunData): Partial<CodeObservation> {
  const recorded = new Map([...key.cases, ...(key.whole?.hidden ?? [])].map((one) => [one.id, one]))
  return {
    error: data.error && shorten(data.error),
    exited: data.exit !== undefined,
    bans: data.bans.slice(0, 200).map(({ what, line }) => ({ what, line })),
    cases: data.cases
      .filter((one) => recorded.has(one.id))
      .map((one) => observedCase(recorded.get(one.id), one)),
    meters: data.meters.map((meter) => ({
      id: meter.id,
      points: meter.points.map(({ n, count }) => ({ n, count })),
      ...(meter.error && { error: shorten(meter.error) }),
      ...(meter.steps && { steps: true as const }),
    })),
  }
}

function observedCase(
  recorded: RecordedCase | undefined,
  result: CaseResult,
): CodeObservation['cases'][number] {
  const value = result.value === undefined ? undefined : bounded(result.value)
  const tried = recorded && pickCall(recorded, { ...result, value })
  return {
    id: result.id,
    ...(value !== undefined && { value }),
    ...(result.error && { error: shorten(result.error) }),
    ...(result.steps && { steps: true as const }),
    ...(tried && { tried: { ...tried, call: shortenCall(tried.call) } }),
  }
}

const bounded = (value: Plain): Plain =>
  isPlain(value) && JSON.stringify(value).length <= MAX_VALUE_CHARS ? value : { $: 'too-big' }

const shorten = ({ type, text, line }: Problem): ObservedProblem => ({
  type: String(type).slice(0, 200),
  text: String(text).slice(0, 2000),
  line: Number.isInteger(line) && (line ?? 0) > 0 ? line : null,
})

const shortenCall = ({ call, returned, raised }: Call): Call => ({
  call: call.slice(0, 1000),
  ...(returned !== undefined && { returned: returned.slice(0, 1000) }),
  ...(raised !== undefined && { raised: raised.slice(0, 200) }),
})

type Picked = { call: Call; item?: number; nth?: number }

/** The one call that shows best what went wrong, if anything did. */
function pickCall(recorded: RecordedCase, result: CaseResult): Picked | undefined {
  const { calls, value } = result
  const last = calls.at(-1)
  if (value === undefined) return last && { call: last }
  const { expected, compare } = recorded
  if (isEqual(expected, value, compare)) return undefined
  if (
    compare !== 'unordered' &&
    Array.isArray(expected) &&
    Array.isArray(value) &&
    value.length === calls.length
  ) {
    const item = expected.findIndex((one, i) => i < value.length && !isEqual(one, value[i] as Plain, compare))
    const call = calls[item]
    if (expected.length === value.length && call) return { call, item }
  }
  if (calls.length === 1 && last) return { call: last }
  const nth = recorded.calls.findIndex((one, i) => {
    const other = calls[i]
    return other?.call === one.call && (other.returned !== one.returned || other.raised !== one.raised)
  })
  const call = calls[nth]
  return call && { call, nth }
}
