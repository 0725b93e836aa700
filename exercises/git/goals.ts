/** `goal.yaml`: what must be true of the repository in the end, in the words that authors have for it. */
import { z } from 'zod'

/** A revision as git takes it (`main~2`, `v1^{tree}`, `HEAD:src`); after `start:` in the repository as it was at first. */
const revision = z.string().min(1)
const paths = z.array(z.string().min(1))
const pattern = z.string().refine((text) => {
  try {
    new RegExp(text, 'm')
    return true
  } catch {
    return false
  }
}, 'not a regular expression')
const count = z.union([
  z.number().int().min(0),
  z.strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().min(0).optional() }),
])

/** Where a file is looked for: on disk, in the index, or in a revision. */
const place = z.union([z.literal('disk'), z.literal('index'), revision])

const condition = z.union([
  z.strictObject({ same: z.tuple([revision, revision]) }),
  z.strictObject({ differ: z.tuple([revision, revision]) }),
  z.strictObject({ exists: revision }),
  z.strictObject({ missing: revision }),
  z.strictObject({ ancestor: z.tuple([revision, revision]) }),
  z.strictObject({ on: z.string().min(1).nullable() }),
  z.strictObject({ parents: z.strictObject({ of: revision, are: z.array(revision) }) }),
  z.strictObject({
    commits: z.strictObject({
      range: revision,
      count: count.optional(),
      merges: count.optional(),
      /** Messages, oldest first. */
      subjects: z.array(pattern).optional(),
      /** The same messages and authors in the same order as those of another range. */
      like: revision.optional(),
    }),
  }),
  z.strictObject({
    message: z.strictObject({
      of: revision,
      matches: pattern.optional(),
      lacks: pattern.optional(),
      body: pattern.optional(),
      width: z.number().int().positive().optional(),
    }),
  }),
  z.strictObject({
    file: z.strictObject({
      path: z.string().min(1),
      at: place.default('disk'),
      is: z.string().optional(),
      has: z.array(z.string()).optional(),
      lacks: z.array(z.string()).optional(),
      matches: pattern.optional(),
      /** The content that `revision:path` has. */
      like: revision.optional(),
      /** Full or abbreviated ids of these objects stand in it. */
      names: z.array(revision).optional(),
      missing: z.literal(true).optional(),
    }),
  }),
  z.strictObject({
    changes: z.strictObject({
      from: revision,
      to: revision,
      paths: paths.optional(),
      within: paths.optional(),
    }),
  }),
  /** Two commits, or ranges, change the same lines in the same way. */
  z.strictObject({ patch: z.strictObject({ of: revision, like: revision }) }),
  z.strictObject({ staged: paths }),
  z.strictObject({ unstaged: paths }),
  z.strictObject({ untracked: paths }),
  z.strictObject({ clean: z.literal(true) }),
  z.strictObject({ unfinished: z.literal(false) }),
  z.strictObject({ markers: z.strictObject({ none: paths, at: place.default('disk') }) }),
  z.strictObject({
    tag: z.strictObject({
      name: z.string().min(1),
      annotated: z.boolean().optional(),
      on: revision.optional(),
      message: pattern.optional(),
    }),
  }),
  z.strictObject({ stashes: count }),
  z.strictObject({ ignored: z.strictObject({ yes: paths.default([]), no: paths.default([]) }) }),
  z.strictObject({ tracked: z.strictObject({ yes: paths.default([]), no: paths.default([]) }) }),
])

const goal = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** What holds, in words: "params.yml has no conflict markers". */
  label: z.string().min(1),
  /** What to look at while it does not. */
  says: z.string().min(1),
  /** Another repository than the learner's: a path below home, or absolute. */
  in: z.string().optional(),
  /** Known to the verifier only. */
  hidden: z.boolean().default(false),
  all: z.array(condition).min(1),
})

const other = z.strictObject({
  name: z.string().min(1),
  before: z.string().min(1),
  nth: z.number().int().positive().default(1),
  cwd: z.string().min(1),
  env: z.record(z.string(), z.string()).default({}),
  run: z.array(
    z.union([
      z.string().min(1),
      z.strictObject({ save: z.string().min(1), text: z.string() }),
      z.strictObject({ delete: z.string().min(1) }),
    ]),
  ),
})

export const goalFile = z.strictObject({
  /** The learner's repository: a folder below home. */
  repository: z.string().min(1),
  /** When the first command runs, ISO 8601. */
  start: z.iso.datetime({ offset: true }).default('2026-03-04T14:00:00+01:00'),
  goals: z
    .array(goal)
    .min(1)
    .refine((goals) => new Set(goals.map(({ id }) => id)).size === goals.length, 'two goals have one id'),
  others: z.array(other).default([]),
})

export type Condition = z.infer<typeof condition>
export type Goal = z.infer<typeof goal>
export type GoalFile = z.infer<typeof goalFile>
