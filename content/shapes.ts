import { z } from 'zod'

/** What authors write in YAML, and only that: an unknown key is an error. */

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words with hyphens between them are expected')
  .max(64)
const skillId = z.string().regex(/^[a-z0-9]+\.[a-z0-9]+$/, 'a skill id looks like dsa.cost')
const day = z.iso.date('a day is written 2027-11-01')
const line = z.string().trim().min(1, 'it may not be empty').max(300, 'at most 300 characters are expected')

export const slugShape = slug

export const frontMatterShape = z.strictObject({
  title: line,
  objective: line.startsWith('You can ', 'it begins with "You can "'),
  minutes: z.number().int().min(5).max(60, 'a lesson takes at most 60 minutes; split it'),
  teaches: skillId,
  needs: z.array(skillId),
  concepts: z.array(slug).min(1).max(5, 'at most five concepts are taught at once; split the lesson'),
  misconceptions: z.record(slug, line),
  status: z.enum(['published', 'draft']),
  facts: z
    .array(
      z.strictObject({ claim: line, source: z.url({ protocol: /^https$/ }), checked: day, verify_by: day }),
    )
    .default([]),
})
export type FrontMatter = z.infer<typeof frontMatterShape>

export const cardsShape = z
  .array(
    z.strictObject({
      id: slug,
      concept: slug,
      kind: z.enum(['recall', 'predict', 'decide']),
      front: z.string().trim().min(1),
      back: z.string().trim().min(1),
    }),
  )
  .min(4, 'a lesson has 4 to 8 cards')
  .max(8, 'a lesson has 4 to 8 cards')

/** What every exercise.yaml has; a kind reads its own keys from the whole. */
export const exerciseShape = z.strictObject({
  kind: z.string(),
  version: z.number().int().min(1).default(1),
  title: line,
  star: z.boolean().default(false),
  prompt: z.string().trim().min(1),
  hints: z.array(z.string().trim().min(1)).length(3, 'three hints are expected: nudge, technique, partial'),
  skills: z.array(skillId).default([]),
  limits: z
    .strictObject({
      ms: z.number().int().positive().optional(),
      steps: z.number().int().positive().optional(),
    })
    .optional(),
  bans: z.array(z.string()).optional(),
  rubric: z.array(z.string()).optional(),
})

const planned = z.strictObject({
  slug,
  title: line,
  minutes: z.number().int().min(5).max(60),
  teaches: skillId,
  needs: z.array(skillId),
  exercises: z.number().int().min(0),
})

export const courseShape = z.strictObject({
  title: line,
  promise: line,
  idea: line,
  judgedBy: line,
  modules: z
    .array(
      z.strictObject({
        letter: z.string().regex(/^[A-Z]$/),
        title: line,
        lessons: z.array(z.union([slug, planned])),
      }),
    )
    .min(1),
})
export type CourseFile = z.infer<typeof courseShape>

export const skillsShape = z.record(
  skillId,
  z.strictObject({
    title: line,
    needs: z.array(skillId),
    lesson: z
      .string()
      .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
      .nullable(),
  }),
)

export const retiredShape = z.record(z.string(), z.string().nullable())
