import { isSameNumber, normaliseText } from '@/exercises/answers'
import type { Check, Html, Verdict } from '@/exercises/kind'

export type WorkedKey = {
  blanks: { id: string; label: string; accept: string[]; shown: string; why: Html }[]
}

export type WorkedAnswer = { blanks: Record<string, string> }

/** Judges each blank. Spaces around operators make no difference: `mid+1` is `mid + 1`. */
export function gradeWorked(key: WorkedKey, answer: WorkedAnswer): Verdict {
  const given = new Map(Object.entries(answer.blanks))
  const known = new Set(key.blanks.map((blank) => blank.id))
  if ([...given.keys()].some((id) => !known.has(id))) {
    const message = 'Load the page again; the exercise may have changed.'
    return {
      passed: false,
      checks: [{ id: 'unknown', passed: false, label: 'Blanks of this exercise', message }],
      next: message,
    }
  }
  const checks = key.blanks.map((blank): Check => {
    const got = (given.get(blank.id) ?? '').trim()
    const check = { id: blank.id, label: blank.label }
    if (!got) return { ...check, passed: false, message: 'Nothing is filled in yet.' }
    if (isAccepted(blank.accept, got)) return { ...check, passed: true, got, expected: blank.shown }
    return { ...check, passed: false, got, why: blank.why }
  })
  const right = checks.filter((check) => check.passed).length
  if (right === checks.length) return { passed: true, checks }
  return {
    passed: false,
    checks,
    next: `${right} of ${checks.length} blanks ${right === 1 ? 'is' : 'are'} right.`,
  }
}

function isAccepted(accept: string[], got: string): boolean {
  const text = normaliseBlank(got)
  return (
    accept.includes(text) || accept.includes(text.replace(/^(?:an?|the) /, '')) || isSameNumber(accept, got)
  )
}

/** As any typed text, and without spaces beside signs. */
export function normaliseBlank(typed: string): string {
  return normaliseText(typed).replace(/\s*([^\p{L}\p{N}_\s'"`])\s*/gu, '$1')
}
