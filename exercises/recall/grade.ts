import { isSameNumber, normaliseText } from '@/exercises/answers'
import type { Html, Verdict } from '@/exercises/kind'

export type RecallKey = {
  /** Normalised texts. */
  accepts: string[]
  /** Sources of regular expressions, matched against the normalised text without regard to case. */
  patterns: string[]
  near: { answer: string; why: Html }[]
  /** The answer as it is shown once it is right. */
  shown: string
  why: Html | null
}

export type RecallAnswer = { text: string }

export function gradeRecall(key: RecallKey, answer: RecallAnswer): Verdict {
  const label = 'Your answer'
  const got = answer.text.trim()
  const text = normaliseText(answer.text)
  if (!text) {
    const message = 'Type an answer first.'
    return { passed: false, checks: [{ id: 'empty', passed: false, label, message }], next: message }
  }
  const near = key.near.findIndex((one) => one.answer === text)
  const known = key.near[near]
  if (known)
    return { passed: false, checks: [{ id: `near:${near}`, passed: false, label, got, why: known.why }] }
  if (
    key.accepts.includes(text) ||
    isSameNumber(key.accepts, answer.text) ||
    key.patterns.some((pattern) => new RegExp(pattern, 'iu').test(text))
  ) {
    const words = key.why ? { why: key.why } : {}
    return {
      passed: true,
      checks: [{ id: 'answer', passed: true, label, got, expected: key.shown, ...words }],
    }
  }
  const message = 'That is not what is asked for. Case, spaces and quotes make no difference here.'
  return { passed: false, checks: [{ id: 'answer', passed: false, label, got, message }], next: message }
}
