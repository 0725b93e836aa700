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
    expect(countWordsBeyond(rulesEngine, ['retry'])).toBe(7)
  })

  const beyond = ['retry', 'try again', 'wait']
  test.each([
    'We retry twice, then the rule decides: every claim over 5,000 pounds goes to an investigator.',
    'Retry 3 times, waiting 10 min in between, and then hold every payment.',
    'We wait at most five minutes before switching to the rule that holds large claims.',
    'Rather than wait, we hold every payment above 3,000 € until a person has looked at it.',
    'We do not retry. Payments above 5,000 pounds are held and the rest are released at seven.',
    'Payments wait until a person from the team of six has looked at each of them by hand.',
    'Every claim waits for a person to decide, for as long as the model is down.',
    'Do not wait and do not retry. Release nothing above 1,000 € that morning.',
    'We re-run the job at 05:00; if there is still no table, we use the one from the night before.',
    'Default: pay. The few frauds of one morning cost less than angry customers do.',
    'The system retries three times before handing the claim to a claims handler who decides alone.',
    'Two spare replicas in another zone take over within 5 s, with the same model file.',
  ])('is more than another try: %s', (text) =>
    expect(countWordsBeyond(text, beyond)).toBeGreaterThanOrEqual(2),
  )

  test.each([
    'The scheduler retries the job up to five times in a row. If it still fails, we wait for 20 min, and then we try again, until it has worked.',
    'If the model is down, we try again. If the model is still down after that, we wait and try again.',
    'We wait for the model to come back. Payments wait too, for as long as that takes.',
    'We retry with exponential backoff: after 1 s, 2 s, 4 s and 8 s, up to ten times.',
    'The service restarts itself automatically and then tries the same claim again up to ten times.',
    'Retry. If that fails, re-try after one minute, then after five minutes, then after an hour.',
    'If the model is down we simply retry a few times. It usually comes back within a few minutes.',
    'Kubernetes waits and retries until the pod is healthy. That normally takes less than a minute or two.',
    'The call is repeated up to five times, with a pause of two seconds between the attempts.',
    'No fallback is needed, because the service is highly available and has never been down this year.',
  ])('is only another try, or nothing: %s', (text) => expect(countWordsBeyond(text, beyond)).toBeLessThan(2))

  test.each([
    (name: string) => `#${name}`,
    (name: string) => `###### ${name.toUpperCase()} ######`,
    (name: string) => `## 2. ${name}:`,
    (name: string) => `## 2) ${name}`,
    (name: string) => `## 1.2 ${name}`,
    (name: string) => `## IV. ${name}`,
    (name: string) => `## **${name}**`,
    (name: string) => `**${name}:**`,
    (name: string) => `2. **${name}**`,
    (name: string) => `*${name}*`,
    (name: string) => `## “${name}”`,
    (name: string) => `${name}\n---`,
    (name: string) => `${name}:`,
  ])('a heading in any dress, case %#', (dress) => {
    const sections = sectionsOf(
      `${dress('Decision')}\n\na\n\n${dress('Fallback if the model is down')}\n\nb\n`,
      ['Decision', 'Fallback'],
    )
    expect(findSection(sections, 'Decision')?.body.trim()).toBe('a')
    expect(findSection(sections, 'Fallback')?.body.trim()).toBe('b')
  })

  test('a section holds its deeper headings, bold lines and comments in code', () => {
    const sections = sectionsOf(
      '## Fallback\n### First\na\n\n**Rule**\n\nb\n```\n# Decision\n```\n## Decision\nc\n',
      ['Decision', 'Fallback'],
    )
    expect(countWords(findSection(sections, 'Fallback')?.body ?? '')).toBe(5)
    expect(findSection(sections, 'Decision')?.body.trim()).toBe('c')
  })

  test('a sentence, another word or a longer word is no heading', () => {
    for (const text of [
      'Decision was hard.',
      '## Decisions',
      '## Our decision',
      'Decision: batch\nmore',
      'a\nDecision',
    ])
      expect(findSection(sectionsOf(text, ['Decision']), 'Decision'), text).toBeUndefined()
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
    for (const text of [
      `#${' '.repeat(19_000)}x`,
      `# x${' '.repeat(19_000)}y`,
      `# x${'#'.repeat(19_000)}y`,
      `# ${'-'.repeat(19_000)}y`,
      'a\n\n'.repeat(6600),
      '# a\n'.repeat(5000),
      '**a** '.repeat(3300),
      `**${'a '.repeat(9900)}`,
    ])
      gradeArtifact(key, { text, ticks: [] })
    expect(performance.now() - started).toBeLessThan(2000)
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
