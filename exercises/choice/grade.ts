import type { Check, Html, Verdict } from '@/exercises/kind'

export type ChoiceKey = {
  multiple: boolean
  options: { id: string; correct: boolean; label: string; why: Html }[]
}

export type ChoiceAnswer = { chosen: string[] }

/** Right with exactly the correct set. Shows the words of each option that was chosen, and of no other. */
export function gradeChoice(key: ChoiceKey, answer: ChoiceAnswer): Verdict {
  const chosen = new Set(answer.chosen)
  const known = key.options.filter((option) => chosen.has(option.id))
  if (known.length !== chosen.size)
    return refuse(
      'unknown',
      'An option that this question has',
      'Load the page again; the question may have changed.',
    )
  if (chosen.size === 0) return refuse('empty', 'An option is chosen', 'Choose an answer first.')
  if (!key.multiple && chosen.size > 1)
    return refuse('several', 'One option is chosen', 'Choose one option only.')

  const checks: Check[] = known.map((option) => ({
    id: option.id,
    passed: option.correct,
    label: option.label,
    why: option.why,
  }))
  const wrong = known.filter((option) => !option.correct).length
  const missing = key.options.some((option) => option.correct && !chosen.has(option.id))
  if (missing && key.multiple && wrong === 0)
    checks.push({
      id: 'missing',
      passed: false,
      label: 'Everything that belongs to it is chosen',
      message: 'At least one more belongs to it.',
    })
  const passed = wrong === 0 && !missing
  if (passed) return { passed, checks }
  if (!key.multiple) return { passed, checks }
  const right = known.length - wrong
  return {
    passed,
    checks,
    next: wrong
      ? `${right} of the ${known.length} that you chose ${right === 1 ? 'is' : 'are'} right.`
      : 'What you chose is right, and at least one more belongs to it.',
  }
}

function refuse(id: string, label: string, message: string): Verdict {
  return { passed: false, checks: [{ id, passed: false, label, message }], next: message }
}
