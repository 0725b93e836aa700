/**
 * Version 1 of what passes between the page, the runner's frame and its worker; the same job and result in Node.
 * A job never holds an expected value: judging happens outside the interpreter.
 */
export const PROTOCOL_VERSION = 1

export type Limits = {
  /** Wall time in milliseconds, counted from `started`. */
  ms?: number
  /** Line events in the learner's own files before the run ends with `steps`; absent: not counted. */
  steps?: number
}

/** A value as the driver hands it out: JSON by exact type; `{ $: … }` marks what JSON cannot say. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | Plain[]
  | { $: 'tuple' | 'set' | 'frozenset'; v: Plain[] }
  | { $: 'dict'; v: [Plain, Plain][] }
  | { $: 'int' | 'float'; v: string }
  | { $: 'other'; type: string }
  | { $: 'too-big' }

export type Problem = {
  type: string
  text: string
  /** Line in the learner's file, if any. */
  line: number | null
  trail: { file: string; line: number; name: string }[]
}

/** What a case's call of the learner's code looked like, for "Tried": `lower_bound([1, 2, 2], 2)`. */
export type Call = { call: string; returned?: string; raised?: string }

export type RunJob = {
  /** Learner's and author's files by name; `solution.py` is the learner's in cases. */
  files: Record<string, string>
  entry:
    | { kind: 'script'; path: string }
    /** Runs `@case`/`@hidden`/`@metered` functions of `cases` (a file in `files`) against `path`. */
    | { kind: 'cases'; path: string; cases: string; only?: string[]; bans: string[]; meters?: boolean }
    /** Runs a script line by line and records the named variables after each executed line of the file. */
    | { kind: 'trace'; path: string; watch: string[]; maxSteps: number }
    /** Evaluates one expression with only `math` names in scope. */
    | { kind: 'expression'; source: string }
  stdin?: string
  seed?: number
  limits?: Limits
}

export type CaseResult = {
  id: string
  value?: Plain
  error?: Problem
  /** The step limit ended it. */
  steps?: true
  calls: Call[]
}

export type MeterResult = {
  id: string
  points: { n: number; count: number; bound: number }[]
  error?: Problem
  steps?: true
}

export type TraceStep = { line: number; values: Record<string, Plain | undefined> }

export type RunData = {
  error: Problem | null
  exit?: Plain
  /** Bans found on the syntax tree of the learner's file, as the author wrote them: `import bisect`. */
  bans: { what: string; line: number }[]
  cases: CaseResult[]
  meters: MeterResult[]
  steps?: TraceStep[]
  value?: Plain
  /** What cases.py declares, in order: used by the compiler only. */
  declared?: {
    id: string
    kind: 'case' | 'hidden' | 'metered'
    label: string
    says?: string
    compare?: 'exact' | 'approx' | 'unordered'
    /** What a meter counts. */
    counts?: string
  }[]
}

export type OutputChunk = { s: 'out' | 'err'; t: string }

export type RunResult = {
  output: OutputChunk[]
  /** Output was cut at the cap. */
  cut: boolean
  ms: number
} & (
  | { type: 'result'; data: RunData }
  | { type: 'failed'; kind: 'timeout' | 'memory' | 'fatal' | 'stopped' | 'output-limit'; detail?: string }
)
