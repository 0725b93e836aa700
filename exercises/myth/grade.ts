import { type ChoiceAnswer, type ChoiceKey, gradeChoice } from '@/exercises/choice/grade'
import type { Verdict } from '@/exercises/kind'
import { gradeRecall, type RecallAnswer, type RecallKey } from '@/exercises/recall/grade'

export type MythKey = { kind: 'choice'; key: ChoiceKey } | { kind: 'recall'; key: RecallKey }

export type MythAnswer = { stance: 'agree' | 'disagree' | 'unsure'; followUp: ChoiceAnswer | RecallAnswer }

/** The stance is never judged; the follow-up is. */
export function gradeMyth(key: MythKey, answer: MythAnswer): Verdict {
  if (key.kind === 'choice' && 'chosen' in answer.followUp) return gradeChoice(key.key, answer.followUp)
  if (key.kind === 'recall' && 'text' in answer.followUp) return gradeRecall(key.key, answer.followUp)
  const message = 'Load the page again; the exercise may have changed.'
  return {
    passed: false,
    checks: [{ id: 'unknown', passed: false, label: 'An answer to this follow-up', message }],
    next: message,
  }
}
