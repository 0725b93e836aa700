import type { Check, Html, Verdict } from '@/exercises/kind'

export type ParsonsLine = { code: string; indent: number }

export type ParsonsKey = {
  /** The learner sets the indentation, too. */
  indent: boolean
  /** Lines and distractors by opaque id. */
  lines: { id: string; code: string; why: Html | null; distractor: number | null }[]
  /** Programs that are right; every one was run. */
  accepted: ParsonsLine[][]
  /** What the tests gave, to be shown when right. */
  tests: { call: string; gives: string }[]
  why: Html | null
}

export type ParsonsAnswer = { lines: { id: string; indent: number }[] }

/** Compares the program with the accepted ones by its text; says the first place where it parts from the nearest of them. */
export function gradeParsons(key: ParsonsKey, answer: ParsonsAnswer): Verdict {
  const known = new Map(key.lines.map((line) => [line.id, line]))
  const used = new Set(answer.lines.map((line) => line.id))
  if (used.size !== answer.lines.length || answer.lines.some((line) => !known.has(line.id)))
    return refuse(
      'unknown',
      'Lines of this exercise, each once',
      'Load the page again; the exercise may have changed.',
    )
  if (answer.lines.length === 0) return refuse('empty', 'Lines are placed', 'Place the lines first.')

  const checks: Check[] = []
  for (const { id } of answer.lines) {
    const line = known.get(id)
    if (line?.why && line.distractor !== null)
      checks.push({
        id: `distractor:${line.distractor}`,
        passed: false,
        label: `“${line.code}” does not belong`,
        why: line.why,
      })
  }
  const made = answer.lines.map((line) => ({ code: known.get(line.id)?.code ?? '', indent: line.indent }))
  if (checks.length) return { passed: false, checks, next: checks[0]?.label ?? '' }

  const sameCode = (one: ParsonsLine | undefined, other: ParsonsLine | undefined) => one?.code === other?.code
  const same = (one: ParsonsLine | undefined, other: ParsonsLine | undefined) =>
    sameCode(one, other) && (!key.indent || one?.indent === other?.indent)
  const commonOf = (program: ParsonsLine[], alike: typeof same) => {
    const at = made.findIndex((line, index) => !alike(line, program[index]))
    return at < 0 ? made.length : at
  }
  if (
    key.accepted.some((program) => program.length === made.length && commonOf(program, same) === made.length)
  ) {
    const words = key.why ? { why: key.why } : {}
    return {
      passed: true,
      checks: [
        { id: 'order', passed: true, label: 'The program does what is asked', ...words },
        ...key.tests.map((test, index) => ({
          id: `test:${index}`,
          passed: true,
          label: test.call,
          got: test.gives,
        })),
      ],
    }
  }
  const furthest = key.accepted.reduce((best, program) =>
    commonOf(program, sameCode) > commonOf(best, sameCode) ? program : best,
  )
  const at = commonOf(furthest, sameCode)
  const code = made[at]?.code ?? ''
  if (at < made.length)
    return refuse(
      'position',
      `Line ${at + 1}: “${code}”`,
      `Line ${at + 1} cannot stand there: what does it need that has not happened yet, or what must come first?`,
    )
  if (made.length < furthest.length)
    return refuse(
      'missing',
      'Every line that belongs is placed',
      `The lines so far are in a right order; ${furthest.length - made.length} more belong${furthest.length - made.length === 1 ? 's' : ''} to it.`,
    )
  const off = commonOf(furthest, same)
  return refuse(
    'indent',
    `Line ${off + 1}: “${made[off]?.code ?? ''}”`,
    `The order is right. Line ${off + 1} is not at the right indentation: which block is it part of?`,
  )
}

function refuse(id: string, label: string, message: string): Verdict {
  return { passed: false, checks: [{ id, passed: false, label, message }], next: message }
}
