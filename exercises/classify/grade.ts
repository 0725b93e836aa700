import type { Check, Html, Verdict } from '@/exercises/kind'

export type ClassifyKey = {
  /** Rows that must be right. */
  pass: number
  classes: { id: string; label: string }[]
  items: {
    id: string
    label: string
    is: string
    must: boolean
    why: Record<string, Html>
    otherwise: Html | null
  }[]
}

export type ClassifyAnswer = { rows: Record<string, string> }

/** Right when `pass` rows and every `must` row are right. Each wrong row says why the class that was chosen is not it. */
export function gradeClassify(key: ClassifyKey, answer: ClassifyAnswer): Verdict {
  const classes = new Map(key.classes.map((one) => [one.id, one.label]))
  const given = new Map(Object.entries(answer.rows))
  const ids = new Set(key.items.map((item) => item.id))
  const forged = [...given].some(([item, chosen]) => !ids.has(item) || !classes.has(chosen))
  if (forged) {
    const message = 'Load the page again; the exercise may have changed.'
    const label = 'Rows and classes that this exercise has'
    return { passed: false, checks: [{ id: 'unknown', passed: false, label, message }], next: message }
  }

  const checks = key.items.map((item): Check => {
    const chosen = given.get(item.id)
    const shared = { id: item.id, label: item.label }
    if (chosen === undefined) return { ...shared, passed: false, message: 'No class is chosen yet.' }
    const got = classes.get(chosen) ?? ''
    if (chosen === item.is) return { ...shared, passed: true, got }
    const why = item.why[chosen] ?? item.otherwise
    return why
      ? { ...shared, passed: false, got, why }
      : { ...shared, passed: false, got, message: `“${got}” does not hold here. What decides this row?` }
  })
  const right = checks.filter((check) => check.passed).length
  const broken = key.items.find((item, index) => item.must && !checks[index]?.passed)
  const passed = right >= key.pass && !broken
  const count = `${right} of ${key.items.length} rows ${right === 1 ? 'is' : 'are'} right`
  if (passed)
    return right === key.items.length
      ? { passed, checks }
      : { passed, checks, next: `${count}; that is enough.` }
  const open = checks.length - given.size
  if (open > 0)
    return { passed, checks, next: `${open} ${open === 1 ? 'row has' : 'rows have'} no class yet.` }
  if (right >= key.pass && broken)
    return { passed, checks, next: `${count}, but this one may not be wrong: ${broken.label}` }
  return { passed, checks, next: `${count}; ${key.pass === key.items.length ? 'all' : key.pass} must be.` }
}
