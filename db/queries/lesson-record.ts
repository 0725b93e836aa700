import { withDatabase } from '../client'
import { type Attempt, toAttempt } from './attempts'

/** What somebody has done in a lesson, and which lessons of its course they have completed. */
export type LessonRecord<F> = {
  drafts: { block: string; revision: number; state: unknown; updatedAt: Date }[]
  /** Newest first, at most `each` a block. */
  attempts: Attempt<F>[]
  /** Of the blocks that were worked on. */
  states: Record<string, 'tried' | 'passed'>
  /** Slugs. */
  completed: string[]
}

type Row = {
  drafts: { block: string; revision: number; state: unknown; at: string }[]
  attempts: (Omit<Parameters<typeof toAttempt>[0], 'at'> & { at: string })[]
  states: LessonRecord<unknown>['states']
  completed: string[]
}

/**
 * Everything a lesson's page asks about its reader. One statement, and one that Postgres keeps prepared: it is asked for
 * with every lesson page, and most of its cost was in asking four times and planning each time.
 */
export async function getLessonRecord<F = unknown>(
  userId: string,
  course: string,
  lesson: string,
  each = 10,
): Promise<LessonRecord<F>> {
  const blocks = `${course}/${lesson}/%`
  const row = await withDatabase(async (db) => {
    const [found] = await db.$client<[Row]>`
      select
        (select coalesce(json_agg(json_build_object(
            'block', block, 'revision', revision, 'state', state, 'at', updated_at)), '[]')
          from drafts where user_id = ${userId} and block like ${blocks}) as drafts,
        (select coalesce(json_agg(json_build_object(
            'id', id, 'block', block, 'at', created_at, 'newest', newest) order by created_at desc, id desc), '[]')
          from (
            select id, block, created_at,
              row_number() over (partition by block order by created_at desc, id desc) as rank,
              (select row_to_json(v) from verdicts v
                where v.user_id = attempts.user_id and v.attempt_id = attempts.id
                order by v.created_at desc, v.id desc limit 1) as newest
            from attempts where user_id = ${userId} and block like ${blocks}) ranked
          where rank <= ${each}) as attempts,
        (select coalesce(json_object_agg(block, state), '{}')
          from block_progress where user_id = ${userId} and block like ${blocks}) as states,
        (select coalesce(json_agg(lesson order by lesson), '[]')
          from lesson_progress
          where user_id = ${userId} and course = ${course} and completed_at is not null) as completed`
    return found
  })
  return {
    drafts: row.drafts.map(({ at, ...draft }) => ({ ...draft, updatedAt: new Date(at) })),
    attempts: row.attempts.map(({ at, ...attempt }) => toAttempt<F>({ ...attempt, at: new Date(at) })),
    states: row.states,
    completed: row.completed,
  }
}
