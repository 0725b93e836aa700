import { normalisePrinted, unquotePrinted } from '@/exercises/answers'
import type { Check, Html, Verdict } from '@/exercises/kind'

export type PredictKey = {
  /** What the program printed when the lesson was compiled. */
  printed: string
  /** The error that ended it, as its author named it. */
  raises: string | null
  answers: {
    id: string
    label: string
    /** What is right: the printed text, one line of it, or the error's name. */
    expected: string
    /** Picked: the options; typed: null. */
    options: { id: string; label: string; correct: boolean; why: Html | null }[] | null
    wrong: { answer: string; why: Html }[]
  }[]
  why: Html | null
}

export type PredictAnswer = { answers: Record<string, string> }

/** Compares predictions with what the program did, spaces normalised. After committing the learner sees what it did. */
export function gradePredict(key: PredictKey, answer: PredictAnswer): Verdict {
  const given = new Map(Object.entries(answer.answers))
  const known = new Set(key.answers.map((one) => one.id))
  if ([...given.keys()].some((id) => !known.has(id)))
    return refuse('unknown', 'Load the page again; the exercise may have changed.')
  const empty = key.answers.find((one) => !given.get(one.id)?.trim())
  if (empty) return refuse(`${empty.id}:empty`, `Commit a prediction first: ${empty.label}.`)

  const checks = key.answers.map((one) => judge(key, one, given.get(one.id) ?? ''))
  const passed = checks.every((check) => check.passed)
  const did = key.raises ? `It ends with ${key.raises}.` : key.printed === '' ? 'It prints nothing.' : ''
  if (key.why && checks.every((check) => !check.why))
    checks.push({ id: 'why', passed, label: 'Why', why: key.why })
  return did ? { passed, checks, next: did } : { passed, checks }
}

function judge(key: PredictKey, one: PredictKey['answers'][number], given: string): Check {
  const check = { label: one.label, expected: one.expected }
  if (one.options) {
    const option = one.options.find((each) => each.id === given)
    if (!option)
      return {
        id: `${one.id}:unknown`,
        passed: false,
        label: one.label,
        message: 'Choose one of the options.',
      }
    const words = option.why ? { why: option.why } : {}
    return {
      id: option.correct ? one.id : option.id,
      passed: option.correct,
      ...check,
      got: option.label,
      ...words,
    }
  }
  const got = given.trim()
  if (isPredicted(key, one.expected, got)) return { id: one.id, passed: true, ...check, got }
  const text = normalisePrinted(unquotePrinted(got))
  const mistake = one.wrong.findIndex((wrong) => normalisePrinted(wrong.answer) === text)
  const known = one.wrong[mistake]
  if (known) return { id: `${one.id}:wrong:${mistake}`, passed: false, ...check, got, why: known.why }
  return { id: one.id, passed: false, ...check, got, message: compareLines(one.expected, got) }
}

/** Whether a typed prediction is right: the same text, or for an error an answer that names it. */
export function isPredicted(key: Pick<PredictKey, 'raises'>, expected: string, typed: string): boolean {
  if (key.raises && expected === key.raises)
    return new RegExp(`(?<![A-Za-z0-9_])${key.raises}(?![A-Za-z0-9_])`, 'i').test(typed.normalize('NFKC'))
  const right = normalisePrinted(expected)
  const texts = [typed, unquotePrinted(typed), unquotePrinted(typed).replace(/\.$/, '')].map(normalisePrinted)
  return texts.some((text) => isPrinted(right, text))
}

function isPrinted(right: string, text: string): boolean {
  // A printed string with the quotes that the program's text has around it is the same prediction.
  return (
    text === right ||
    (right !== '' && text === `'${right}'`) ||
    (right === '' && /^\(?nothing\)?\.?$/i.test(text))
  )
}

function compareLines(expected: string, typed: string): string {
  const real = expected.split('\n')
  const said = typed.split('\n')
  if (real.length > 1 && real.length === said.length) {
    const at = real.findIndex((line, index) => normalisePrinted(line) !== normalisePrinted(said[index] ?? ''))
    return `Line ${at + 1}: you wrote ${said[at]?.trim() || 'nothing'}, it printed ${real[at]?.trim() || 'nothing'}.`
  }
  return 'It did something else. Walk through it line by line: where do the two part?'
}

function refuse(id: string, message: string): Verdict {
  return { passed: false, checks: [{ id, passed: false, label: 'A prediction', message }], next: message }
}
