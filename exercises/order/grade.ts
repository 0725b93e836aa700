import type { Check, Html, Verdict } from '@/exercises/kind'

export type OrderKey = {
  /** In the order of the lesson; `after` holds ids of items that must stand before this one, the closure of what the author wrote. */
  items: { id: string; label: string; after: string[] }[]
  distractors: { id: string; label: string; why: Html }[]
  /** Typical mistakes: item `after` placed before item `before`. */
  broken: { before: string; after: string; why: Html }[]
  why: Html | null
}

export type OrderAnswer = { order: string[] }

/** Judges constraints only: every order that keeps them is right. */
export function gradeOrder(key: OrderKey, answer: OrderAnswer): Verdict {
  const place = new Map(answer.order.map((id, index) => [id, index]))
  const known = new Set([...key.items, ...key.distractors].map((one) => one.id))
  if (place.size !== answer.order.length || answer.order.some((id) => !known.has(id)))
    return refuse(
      'unknown',
      'Items of this exercise, each once',
      'Load the page again; the exercise may have changed.',
    )
  if (answer.order.length === 0) return refuse('empty', 'Items are placed', 'Place the items first.')

  const checks: Check[] = []
  key.distractors.forEach((one, index) => {
    if (place.has(one.id))
      checks.push({
        id: `distractor:${index}`,
        passed: false,
        label: `“${one.label}” does not belong`,
        why: one.why,
      })
  })
  const missing = key.items.filter((item) => !place.has(item.id)).length
  if (missing)
    checks.push({
      id: 'missing',
      passed: false,
      label: 'Everything that belongs is placed',
      message: `${missing === 1 ? 'One item that belongs is' : `${missing} items that belong are`} not placed yet.`,
    })
  key.broken.forEach((one, index) => {
    const first = place.get(one.after)
    const second = place.get(one.before)
    if (first === undefined || second === undefined || first > second) return
    const label = `“${labelOf(key, one.after)}” stands before “${labelOf(key, one.before)}”`
    checks.push({ id: `broken:${index}`, passed: false, label, why: one.why })
  })
  const early = answer.order.findIndex((id, index) => {
    const item = key.items.find((one) => one.id === id)
    return item?.after.some((needed) => (place.get(needed) ?? -1) > index)
  })
  if (early >= 0 && !checks.some((check) => check.id.startsWith('broken:')))
    checks.push({
      id: 'early',
      passed: false,
      label: `Position ${early + 1}: “${labelOf(key, answer.order[early] ?? '')}”`,
      message: 'This comes too early: something that it needs stands below it.',
    })
  if (checks.length) return { passed: false, checks, next: checks[0]?.message ?? checks[0]?.label ?? '' }
  return {
    passed: true,
    checks: [{ id: 'order', passed: true, label: 'The order holds', ...(key.why ? { why: key.why } : {}) }],
  }
}

function labelOf(key: OrderKey, id: string): string {
  return key.items.find((item) => item.id === id)?.label ?? ''
}

function refuse(id: string, label: string, message: string): Verdict {
  return { passed: false, checks: [{ id, passed: false, label, message }], next: message }
}
