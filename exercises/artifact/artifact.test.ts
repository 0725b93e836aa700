import { describe, expect, test } from 'vitest'
import type { ExerciseFolder } from '@/exercises/kind'
import { contextFor, expectSecret } from '@/exercises/testing'
import { gradeArtifact } from './grade'
import { artifactKind } from './spec'
import { countWords, countWordsBeyond, findSection, sectionsOf } from './text'

const rules = `
- { id: headings, rule: sections, names: [Decision, Fallback if the model is down], says: "Both headings are there." }
- { id: length, rule: words, min: 20, max: 60, says: "20 to 60 words." }
- { id: numbers, rule: count, pattern: "[0-9][0-9.,]*\\\\s*(ms|s|min|%)", min: 2, says: "At least two numbers with a unit." }
- { id: fallback, rule: contains, in: Fallback, min_words: 12, beyond: [retry, try again, wait], says: "SAYS fallback is more than another try." }
- { id: filler, rule: avoids, words: [robust], says: "No filler." }
`
const good = (fallback: string, rest = '') => `# Decision
We answer requests within 200 ms, as 3% of payments need it. ${rest}

## 2. FALLBACK if the model is down:
${fallback}
`
const rulesEngine = 'If a retry fails, the rules engine decides on its own and flags the claim for a person.'

const folder = (files: Record<string, string>, yaml = {}): ExerciseFolder => ({
  path: 'exercises/decision',
  yaml: { kind: 'artifact', ...yaml },
  promptHtml: '<p>Decide.</p>',
  files: new Map(Object.entries(files)),
})

const complete = {
  'starter.md': '# Decision\n\n# Fallback\n',
  'rules.yaml': rules,
  'alternatives/a.md': good(rulesEngine),
  'alternatives/b.md': good(
    'The queue keeps each payment, and a clerk decides by the printed list within the hour.',
  ),
  'alternatives/c.md': good(
    'Yesterday’s scores are used from the table, and new cards are let through up to 50 pounds.',
  ),
  'wrong/only-retries.md': good(
    'We retry the request three times and wait between the tries until the model answers again and all is well.',
  ),
  'wrong/no-numbers.md': good(rulesEngine).replace('200 ms', 'very little time').replace('3%', 'some'),
  'wrong/filler.md': good(rulesEngine, 'It is Robust.'),
  'wrong.yaml': 'only-retries: fallback\nno-numbers: numbers\nfiller: filler\n',
}

describe('artifact', () => {
  test('passing texts pass, and each failing one is refused by its rule, whose words are quoted', async () => {
    const compiled = await artifactKind.compile(folder(complete), contextFor())
    for (const sample of compiled.samples) {
      const verdict = artifactKind.grade(compiled.key, artifactKind.answer.parse(sample.answer))
      expect(verdict.passed, sample.name).toBe(sample.passes)
      if (sample.fails)
        expect(verdict.checks.filter((check) => !check.passed).map((check) => check.id)).toEqual([
          sample.fails,
        ])
    }
    const only = compiled.samples.find((sample) => sample.name.includes('only-retries'))
    const verdict = gradeArtifact(compiled.key, only?.answer ?? { text: '', ticks: [] })
    expect(verdict.checks.find((check) => check.id === 'fallback')).toMatchObject({
      label: 'SAYS fallback is more than another try.',
      message: expect.stringContaining('“retry”'),
    })
  })

  test('sends what the rules say and the length, not what they measure', async () => {
    const compiled = await artifactKind.compile(
      folder(complete, { rubric: ['I named who decides.'] }),
      contextFor(),
    )
    expectSecret(compiled.public, ['pattern', 'beyond', '[0-9]', 'robust', 'rules engine'])
    expect(compiled.public.words).toEqual({ min: 20, max: 60 })
    expect(compiled.public.rubric).toEqual(['I named who decides.'])
  })

  test('says what was found: words, numbers, headings', () => {
    const key = {
      rules: [
        { id: 'length', rule: 'words' as const, min: 5, says: 'At least 5 words.' },
        { id: 'n', rule: 'count' as const, pattern: '\\d+ ms', min: 2, says: 'Numbers.' },
      ],
    }
    const verdict = gradeArtifact(key, { text: 'In 20 ms.', ticks: [] })
    expect(verdict.checks[0]?.message).toBe('There are 3 words; 5 is the least.')
    expect(verdict.checks[1]?.message).toBe('1 of 2 found: “20 ms”.')
  })

  test('finds headings at any level and in any case, underlined or in bold', () => {
    const sections = sectionsOf('## decision\na\n\n**Fallback:**\nb c\n\nLatency\n-------\nd\n')
    expect(sections.map((section) => section.heading)).toEqual(['decision', 'fallback', 'latency'])
    expect(findSection(sections, 'Fallback')?.body.trim()).toBe('b c')
    expect(findSection(sectionsOf('# Decisions\n'), 'Decision')).toBeUndefined()
  })

  test('counts words without Markdown signs, and what is left beyond another try', () => {
    expect(countWords('# One two\n- three, four — **five**')).toBe(5)
    expect(
      countWordsBeyond('We retry. We are retrying, and tried again and waited.', [
        'retry',
        'try again',
        'wait',
      ]),
    ).toBe(0)
    expect(countWordsBeyond(rulesEngine, ['retry'])).toBe(13)
  })

  test('long hostile text ends soon', () => {
    const key = {
      rules: [
        {
          id: 'f',
          rule: 'contains' as const,
          in: 'Fallback',
          min_words: 2,
          beyond: ['retry', 'try again'],
          says: 'x',
        },
      ],
    }
    const started = performance.now()
    gradeArtifact(key, { text: `# Fallback\n${'** '.repeat(6000)}`, ticks: [] })
    gradeArtifact(key, { text: `# Fallback\n${'try '.repeat(4500)}`, ticks: [] })
    gradeArtifact(key, { text: `#${' '.repeat(19_000)}x`, ticks: [] })
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('tells authors of missing files, rules and reasons', async () => {
    const without = (name: string) =>
      folder(Object.fromEntries(Object.entries(complete).filter(([path]) => path !== name)))
    await expect(artifactKind.compile(without('alternatives/a.md'), contextFor())).rejects.toThrow(
      /2 of at least three passing/,
    )
    await expect(artifactKind.compile(without('rules.yaml'), contextFor())).rejects.toThrow(
      /rules.yaml is missing/,
    )
    await expect(artifactKind.compile(without('wrong/filler.md'), contextFor())).rejects.toThrow(
      /2 of at least three failing/,
    )
    const strange = folder({ ...complete, 'rules.yaml': '- { id: a, rule: length, says: x }' })
    await expect(artifactKind.compile(strange, contextFor())).rejects.toThrow(/rules.yaml, rule 1/)
    const reason = folder({
      ...complete,
      'wrong.yaml': 'only-retries: fallback\nno-numbers: nothing\nfiller: filler\n',
    })
    await expect(artifactKind.compile(reason, contextFor())).rejects.toThrow(/no rule "nothing"/)
  })
})
