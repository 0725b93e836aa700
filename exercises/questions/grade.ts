import { type ChoiceKey, gradeChoice } from '@/exercises/choice/grade'
import type { Check, Verdict } from '@/exercises/kind'

export type QuestionsKey = { questions: { id: string; label: string; key: ChoiceKey }[] }

export type QuestionsAnswer = { chosen: Record<string, string[]> }

/** Right when every question is. A check's id is `<question>:<option>`, or `<question>:empty` and the like. */
export function gradeQuestions(key: QuestionsKey, answer: QuestionsAnswer): Verdict {
  const given = new Map(Object.entries(answer.chosen))
  const known = new Set(key.questions.map((question) => question.id))
  if ([...given.keys()].some((id) => !known.has(id))) {
    const message = 'Load the page again; the questions may have changed.'
    return {
      passed: false,
      checks: [{ id: 'unknown', passed: false, label: 'Questions that this block has', message }],
      next: message,
    }
  }
  const verdicts = key.questions.map((question) =>
    gradeChoice(question.key, { chosen: given.get(question.id) ?? [] }),
  )
  const checks = verdicts.flatMap((verdict, index): Check[] =>
    verdict.checks.map((check) => ({ ...check, id: `${key.questions[index]?.id}:${check.id}` })),
  )
  const right = verdicts.filter((verdict) => verdict.passed).length
  const open = key.questions.filter((question) => !given.get(question.id)?.length).length
  if (right === verdicts.length) return { passed: true, checks }
  return {
    passed: false,
    checks,
    next: open
      ? `${open} ${open === 1 ? 'question has' : 'questions have'} no answer yet.`
      : `${right} of ${verdicts.length} questions ${right === 1 ? 'is' : 'are'} right.`,
  }
}
