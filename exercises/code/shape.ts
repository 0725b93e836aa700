import { z } from 'zod'
import type { Html } from '@/exercises/kind'
import type { Call, Plain } from '@/runner/protocol'
import { type Compare, isPlain } from './values'

// A page may not make code out of text. Zod tries to once, unless told; the browser reports that as a violation.
if (typeof window !== 'undefined') z.config({ jitless: true })

export const SOLUTION = 'solution.py'
export const CASES = 'cases.py'
const MAX_SOURCE = 64 * 1024

export const codeAnswer = z.strictObject({
  files: z.strictObject({ [SOLUTION]: z.string().max(MAX_SOURCE) }),
})
export type CodeAnswer = z.infer<typeof codeAnswer>

export type RecordedCase = {
  id: string
  label: string
  compare: Compare
  expected: Plain
  /** The reference's calls, for comparing call by call. */
  calls: Call[]
  /** The author's words about this case. */
  why?: Html
}

export type RecordedMeter = {
  id: string
  label: string
  why?: Html
  /** What is counted: "operations", "comparisons", … */
  unit: string
  points: { n: number; bound: number; reference: number }[]
}

export type CodeLimits = { ms: number; steps: number }

/** What the page needs to run and to judge provisionally. Nothing of a hidden case is in it. */
export type CodeVisibleKey = {
  /** `cases.py` as far as the visible cases and the meters need it. */
  casesSource: string
  cases: RecordedCase[]
  meters: RecordedMeter[]
  bans: string[]
  limits: CodeLimits
  whole?: WholePart
}

type WholePart = { casesSource: string; hidden: RecordedCase[] }

export type CodeKey = CodeVisibleKey & { whole: WholePart }

export type CodePublic = {
  promptHtml: Html
  starter: string
  cases: { id: string; label: string }[]
  bans: { ban: string; label: string }[]
  limits: CodeLimits
  key: CodeVisibleKey
}

const count = z.number().finite().nonnegative().max(1e15)
const problem = z.strictObject({
  type: z.string().max(200),
  text: z.string().max(4000),
  line: z.number().int().positive().max(1e6).nullable(),
})
const call = z.strictObject({
  call: z.string().max(1000),
  returned: z.string().max(1000).optional(),
  raised: z.string().max(200).optional(),
})

/** What a run showed, without its output. Made by `observe`; when it arrives over the network nothing in it is believed. */
export const codeObservation = z.strictObject({
  /** Which cases ran: those of the page, or the hidden ones too. */
  scope: z.enum(['visible', 'whole']),
  ended: z.enum(['result', 'timeout', 'memory', 'fatal', 'stopped', 'output-limit']),
  error: problem.nullable(),
  /** The program left with `sys.exit` before its cases ran. */
  exited: z.boolean(),
  bans: z.array(z.strictObject({ what: z.string().max(200), line: z.number().int().nonnegative() })).max(200),
  cases: z
    .array(
      z.strictObject({
        id: z.string().max(200),
        value: z.custom<Plain>(isPlain).optional(),
        error: problem.optional(),
        steps: z.literal(true).optional(),
        /** The call to show under "Tried": item of the returned list, or nth of the recorded calls, that it belongs to. */
        tried: z
          .strictObject({
            call,
            item: z.number().int().nonnegative().max(1e5).optional(),
            nth: z.number().int().nonnegative().max(1e5).optional(),
          })
          .optional(),
      }),
    )
    .max(300),
  meters: z
    .array(
      z.strictObject({
        id: z.string().max(200),
        points: z.array(z.strictObject({ n: count, count })).max(100),
        error: problem.optional(),
        steps: z.literal(true).optional(),
      }),
    )
    .max(50),
  ms: count,
})
export type CodeObservation = z.infer<typeof codeObservation>
export type ObservedProblem = z.infer<typeof problem>
