import { type SQL, sql } from 'drizzle-orm'

/**
 * What is derived from attempts and verdicts, each as one select. Recording an attempt runs them for the rows it touches,
 * a rebuild runs them for everybody: there is one definition of progress.
 */
type Scope = { userId?: string; block?: string; lesson?: string }

const scoped = ({ userId, block, lesson }: Scope): SQL => {
  const parts = [sql`true`]
  if (userId !== undefined) parts.push(sql`a.user_id = ${userId}`)
  if (block !== undefined) parts.push(sql`a.block = ${block}`)
  if (lesson !== undefined) parts.push(sql`starts_with(a.block, ${`${lesson}/`})`)
  return sql.join(parts, sql` and `)
}

/** Attempts with the newest verdict of each; `passed` is null while none exists. */
const judged = (scope: Scope): SQL => sql`
  select a.user_id, a.id, a.block, a.version, a.graded, a.created_at, v.passed, v.checked
  from attempts a
  left join lateral (
    select passed, checked from verdicts
    where user_id = a.user_id and attempt_id = a.id
    order by created_at desc, id desc limit 1
  ) v on true
  where ${scoped(scope)}`

/**
 * A block is passed while an attempt stands whose newest verdict is a pass: a later failed try takes nothing away, and an
 * attempt judged again as failed does. The pass that stands is the one on the newest version, and of those the first.
 */
export const deriveBlocks = (scope: Scope): SQL => sql`
  with judged as (${judged(scope)}),
  best as (
    select distinct on (user_id, block) user_id, block, version, graded, coalesce(checked, 'self') as checked,
      coalesce(passed, false) as passed, created_at
    from judged
    order by user_id, block, coalesce(passed, false) desc,
      case when passed then version end desc, case when passed then created_at end asc, created_at desc, id
  ),
  counted as (select user_id, block, count(*)::int as attempts, max(created_at) as last_at from judged group by 1, 2)
  select best.user_id, best.block, best.graded, case when passed then 'passed' else 'tried' end as state, version, checked,
    attempts, case when passed then created_at end as passed_at, last_at
  from best join counted using (user_id, block)`

/** `required`: which graded blocks each lesson asks for. A lesson is complete since the last of them was passed. */
export const deriveLessons = (scope: Scope, required: { lesson: string; block: string }[]): SQL => sql`
  with required as (
    select lesson, block from jsonb_to_recordset(${JSON.stringify(required)}::jsonb) as r(lesson text, block text)
  ),
  worked as (
    select a.user_id, split_part(a.block, '/', 1) || '/' || split_part(a.block, '/', 2) as lesson,
      min(a.created_at) as started_at, max(a.created_at) as last_at
    from attempts a where ${scoped(scope)} group by 1, 2
  )
  select w.user_id, split_part(w.lesson, '/', 1) as course, split_part(w.lesson, '/', 2) as lesson, w.started_at, w.last_at,
    (select case when bool_and(p.state = 'passed') then max(p.passed_at) end
     from required r left join lateral (
       select coalesce(max(b.state), 'new') as state, max(b.passed_at) as passed_at
       from block_progress b where b.user_id = w.user_id and b.block = r.block
     ) p on true
     where r.lesson = w.lesson) as completed_at
  from worked w`

/**
 * Minutes of a day, in the time zone that each attempt was made in: the gaps of at most ten minutes between consecutive
 * attempts, added up and rounded, at least 1.
 */
export const deriveDays = (scope: Scope & { at?: Date }): SQL => sql`
  with made as (
    select a.user_id, (a.created_at at time zone a.time_zone)::date as day, a.created_at
    from attempts a
    where ${scoped(scope)} ${
      scope.at
        ? sql`and a.created_at between ${scope.at.toISOString()}::timestamptz - interval '3 days' and ${scope.at.toISOString()}::timestamptz + interval '3 days'`
        : sql``
    }
  ),
  gaps as (
    select user_id, day, created_at - lag(created_at) over (partition by user_id, day order by created_at) as gap from made
  )
  select user_id, day::text as day,
    greatest(1, round(coalesce(sum(extract(epoch from gap)) filter (where gap <= interval '10 minutes'), 0) / 60))::int as minutes,
    count(*)::int as attempts
  from gaps group by user_id, day`
