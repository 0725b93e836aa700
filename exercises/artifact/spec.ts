import { parse } from 'yaml'
import { z } from 'zod'
import { AuthorError, type ExerciseFolder, type FolderKind, type Html, type Sample } from '@/exercises/kind'
import { type ArtifactAnswer, type ArtifactKey, gradeArtifact, type Rule } from './grade'

export type ArtifactPublic = {
  prompt: Html
  starter: string
  /** What each rule says; what it measures stays on the server, but for the length. */
  rules: { id: string; says: string }[]
  words: { min: number | null; max: number | null } | null
  /** What the learner ticks for themselves; not judged. */
  rubric: string[]
}

const artifactAnswer = z.strictObject({
  text: z.string().max(20_000),
  ticks: z.array(z.number().int().min(0).max(63)).max(64),
})

const shared = { id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is kebab-case'), says: z.string().min(1) }
const names = z.array(z.string().min(1)).min(1)
const ruleSchema = z.discriminatedUnion('rule', [
  z.strictObject({ ...shared, rule: z.literal('sections'), names }),
  z.strictObject({
    ...shared,
    rule: z.literal('words'),
    min: z.number().int().positive().optional(),
    max: z.number().int().positive().optional(),
  }),
  z.strictObject({
    ...shared,
    rule: z.literal('count'),
    pattern: z.string().min(1),
    min: z.number().int().positive(),
  }),
  z.strictObject({
    ...shared,
    rule: z.literal('contains'),
    in: z.string().min(1),
    min_words: z.number().int().positive().optional(),
    beyond: names.optional(),
  }),
  z.strictObject({ ...shared, rule: z.literal('avoids'), words: names }),
])

export const artifactKind: FolderKind<ArtifactPublic, ArtifactKey, ArtifactAnswer> = {
  name: 'artifact',
  title: 'Write it down',
  source: 'folder',
  program: false,
  judged: true,
  runtime: 'none',
  answer: artifactAnswer,
  grade: gradeArtifact,
  async compile(folder, context) {
    const starter = requireFile(folder, 'starter.md')
    const rules = readRules(folder)
    const rubric = readRubric(folder)
    const key: ArtifactKey = { rules }
    const alternatives = filesIn(folder, 'alternatives')
    if (alternatives.length < 3)
      throw new AuthorError(
        `There are ${alternatives.length} of at least three passing texts in alternatives/.`,
        { file: folder.path },
      )
    const length = rules.find((rule): rule is Extract<Rule, { rule: 'words' }> => rule.rule === 'words')
    return {
      public: {
        prompt: folder.promptHtml,
        starter,
        rules: rules.map(({ id, says }) => ({ id, says })),
        words: length ? { min: length.min ?? null, max: length.max ?? null } : null,
        rubric,
      },
      key,
      samples: [
        { name: 'starter.md', answer: { text: starter, ticks: [] }, passes: false },
        { name: 'nothing written', answer: { text: '', ticks: [] }, passes: false },
        ...alternatives.map(({ name, text }) => ({
          name: `alternatives/${name}.md`,
          answer: { text, ticks: [] },
          passes: true,
        })),
        ...readWrong(folder, rules),
      ],
      text: '',
      solution: {
        parts: await Promise.all(
          alternatives.map(async ({ name, text }) => ({
            title: `One that passes: ${name.replaceAll('-', ' ')}`,
            html: await context.html(text),
          })),
        ),
      },
    }
  },
}

function requireFile(folder: ExerciseFolder, name: string): string {
  const text = folder.files.get(name)
  if (text === undefined) throw new AuthorError(`${name} is missing.`, { file: `${folder.path}/${name}` })
  return text
}

function filesIn(folder: ExerciseFolder, directory: string): { name: string; text: string }[] {
  return [...folder.files]
    .flatMap(([path, text]) => {
      const name = new RegExp(`^${directory}/([^/]+)\\.md$`).exec(path)?.[1]
      return name ? [{ name, text }] : []
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function parseYaml(folder: ExerciseFolder, name: string): unknown {
  try {
    return parse(requireFile(folder, name))
  } catch (error) {
    if (error instanceof AuthorError) throw error
    throw new AuthorError(`This is not YAML: ${error instanceof Error ? error.message : error}`, {
      file: `${folder.path}/${name}`,
    })
  }
}

function readRules(folder: ExerciseFolder): Rule[] {
  const where = { file: `${folder.path}/rules.yaml` }
  const read = z.array(ruleSchema).min(1).safeParse(parseYaml(folder, 'rules.yaml'))
  if (!read.success) {
    const issue = read.error.issues[0]
    const [index, ...path] = issue?.path ?? []
    const of =
      typeof index === 'number' ? `rule ${index + 1}${path.length ? `, ${path.join('.')}` : ''}` : 'the list'
    throw new AuthorError(`rules.yaml, ${of}: ${issue?.message ?? 'not as it should be'}.`, where)
  }
  const ids = new Set<string>()
  for (const rule of read.data) {
    if (ids.has(rule.id)) throw new AuthorError(`The rule id "${rule.id}" is there twice.`, where)
    ids.add(rule.id)
    if (rule.rule === 'count')
      try {
        new RegExp(rule.pattern, 'giu')
      } catch (error) {
        throw new AuthorError(
          `The pattern of "${rule.id}" cannot be read: ${error instanceof Error ? error.message : error}`,
          where,
        )
      }
    if (rule.rule === 'words' && rule.min === undefined && rule.max === undefined)
      throw new AuthorError(`The rule "${rule.id}" has neither min nor max.`, where)
  }
  return read.data
}

function readRubric(folder: ExerciseFolder): string[] {
  const read = z.array(z.string().min(1)).max(64).optional().safeParse(folder.yaml.rubric)
  if (!read.success)
    throw new AuthorError('`rubric` is a list of sentences.', { file: `${folder.path}/exercise.yaml` })
  return read.data ?? []
}

function readWrong(folder: ExerciseFolder, rules: Rule[]): Sample<ArtifactAnswer>[] {
  const where = { file: `${folder.path}/wrong/wrong.yaml` }
  const texts = filesIn(folder, 'wrong')
  if (texts.length < 3)
    throw new AuthorError(`There are ${texts.length} of at least three failing texts in wrong/.`, {
      file: folder.path,
    })
  const name = folder.files.has('wrong/wrong.yaml') ? 'wrong/wrong.yaml' : 'wrong.yaml'
  const read = z.record(z.string(), z.string()).safeParse(parseYaml(folder, name))
  if (!read.success)
    throw new AuthorError('wrong.yaml names for each mistake the rule that refuses it.', where)
  const reasons = new Map(Object.entries(read.data))
  for (const mistake of reasons.keys())
    if (!texts.some((text) => text.name === mistake))
      throw new AuthorError(`wrong.yaml names ${mistake}, but there is no ${mistake}.md.`, where)
  return texts.map(({ name, text }) => {
    const rule = reasons.get(name)
    if (!rule) throw new AuthorError(`wrong.yaml does not say which rule refuses ${name}.md.`, where)
    const known = rules.find((one) => one.id === rule)
    if (!known) throw new AuthorError(`wrong.yaml: there is no rule "${rule}".`, where)
    return { name: `wrong/${name}.md`, answer: { text, ticks: [] }, passes: false, fails: rule }
  })
}
