import type { Check, Verdict } from '@/exercises/kind'
import { countWords, countWordsBeyond, escapePattern, findSection, type Section, sectionsOf } from './text'

export type Rule = { id: string; says: string } & (
  | { rule: 'sections'; names: string[] }
  | { rule: 'words'; min?: number | undefined; max?: number | undefined }
  | { rule: 'count'; pattern: string; min: number }
  | { rule: 'contains'; in: string; min_words?: number | undefined; beyond?: string[] | undefined }
  | { rule: 'avoids'; words: string[] }
)

export type ArtifactKey = { rules: Rule[] }

export type ArtifactAnswer = { text: string; ticks: number[] }

/** Telling words that must be left under a heading beside those about another try: "a person decides" has two. */
const WORDS_BEYOND = 2

/** All rules must hold. A refusal quotes its rule and says what was found. What the learner ticked is not judged. */
export function gradeArtifact(key: ArtifactKey, answer: ArtifactAnswer): Verdict {
  const names = key.rules.flatMap((rule) =>
    rule.rule === 'sections' ? rule.names : rule.rule === 'contains' ? [rule.in] : [],
  )
  const sections = sectionsOf(answer.text, names)
  const checks = key.rules.map((rule): Check => {
    const found = findFault(rule, answer.text, sections)
    if (found === null) return { id: rule.id, passed: true, label: rule.says }
    return { id: rule.id, passed: false, label: rule.says, message: found }
  })
  const held = checks.filter((check) => check.passed).length
  const first = checks.find((check) => !check.passed)
  if (!first) return { passed: true, checks }
  return {
    passed: false,
    checks,
    next: `${held} of ${checks.length} rules hold. ${first.message ?? ''}`.trim(),
  }
}

/** What breaks the rule, in a sentence; null where it holds. */
function findFault(rule: Rule, text: string, sections: Section[]): string | null {
  switch (rule.rule) {
    case 'sections': {
      const missing = rule.names.filter((name) => !findSection(sections, name))
      return missing.length
        ? `No heading says ${missing.map((name) => `“${name}”`).join(', nor ')}. A heading is a line that starts with #.`
        : null
    }
    case 'words': {
      const count = countWords(text)
      if (rule.min !== undefined && count < rule.min)
        return `There are ${count} words; ${rule.min} is the least.`
      if (rule.max !== undefined && count > rule.max)
        return `There are ${count} words; ${rule.max} is the most.`
      return null
    }
    case 'count': {
      // With single spaces: one run of twenty thousand would keep many a pattern, and with it the server, busy for seconds.
      const spaced = text.normalize('NFKC').replace(/\s+/g, ' ')
      const found = [...spaced.matchAll(new RegExp(rule.pattern, 'giu'))].map((match) => match[0].trim())
      if (found.length >= rule.min) return null
      if (found.length === 0) return `None was found; ${rule.min} ${rule.min === 1 ? 'is' : 'are'} asked for.`
      return `${found.length} of ${rule.min} found: ${found.map((one) => `“${one}”`).join(', ')}.`
    }
    case 'contains': {
      const section = findSection(sections, rule.in)
      if (!section) return `There is no heading “${rule.in}”, so nothing stands under it.`
      const count = countWords(section.body)
      if (rule.min_words !== undefined && count < rule.min_words)
        return `Under “${rule.in}” stand ${count} words; ${rule.min_words} is the least.`
      if (rule.beyond && countWordsBeyond(section.body, rule.beyond) < WORDS_BEYOND)
        return `Under “${rule.in}” stands nothing but “${rule.beyond.join('”, “')}” and words about it. What else happens?`
      return null
    }
    case 'avoids': {
      const found = rule.words.filter((word) =>
        new RegExp(`(?<![\\p{L}\\p{N}])${escapePattern(word)}(?![\\p{L}\\p{N}])`, 'iu').test(text),
      )
      return found.length ? `It says ${found.map((word) => `“${word}”`).join(' and ')}.` : null
    }
  }
}
