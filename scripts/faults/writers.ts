import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { listBlocks, rightAnswer } from '../../e2e/samples'
import type { Random } from './experiment'
import type { Person } from './house'

/**
 * People who write without a pause, and a ledger of what the server acknowledged. Whatever is in doubt is sent again with
 * the same id until it is answered, as the page does; afterwards the ledger is compared with the database.
 */
const LESSON = 'cloud-deployment/notebook-to-service'
const DRAFT_BLOCK = `${LESSON}/when-needed`

export type Ledger = {
  /** Ids of acknowledged attempts, by person. */
  attempts: Map<string, Set<string>>
  /** The newest acknowledged draft, by person. */
  drafts: Map<string, { revision: number; note: string }>
  /** How often an answer was not 2xx or did not come, by what was seen: `503`, `ECONNREFUSED`. */
  trouble: Map<string, number>
  /** The longest that one request took, in milliseconds. */
  slowest: number
  /** When something was last acknowledged. */
  lastAcknowledged: number
}

export type Writers = {
  ledger: Ledger
  /** Lets each finish, and have acknowledged, what it is about, for at most `ms`. */
  stop(ms?: number): Promise<void>
}

/** Starts one writer a person: drafts all the time, an attempt now and then (the limits of the product are kept). */
export async function startWriters(
  url: string,
  people: Person[],
  random: Random,
  { pauseMs = 500, deadlineMs = 10_000 }: { pauseMs?: number; deadlineMs?: number } = {},
): Promise<Writers> {
  const blocks = (await listBlocks(LESSON)).filter(({ block }) => block.kind === 'choice')
  const answers = blocks.map((one) => ({
    block: one.block.id,
    version: one.block.version,
    response: rightAnswer(one),
  }))
  const ledger: Ledger = {
    attempts: new Map(people.map(({ id }) => [id, new Set()])),
    drafts: new Map(),
    trouble: new Map(),
    slowest: 0,
    lastAcknowledged: 0,
  }
  let isStopping = false
  const abandon = new AbortController()

  /** Sends until it is acknowledged. Gives the answer, or null when there was no more time. */
  const send = async (method: string, path: string, body: object, { cookie }: Person) => {
    while (!abandon.signal.aborted) {
      const began = performance.now()
      try {
        const answer = await fetch(url + path, {
          method,
          headers: { cookie, origin: url, 'content-type': 'application/json' },
          body: JSON.stringify(body),
          signal: AbortSignal.any([abandon.signal, AbortSignal.timeout(deadlineMs)]),
        })
        const said = (await answer.json()) as { revision?: number; current?: { revision: number } }
        ledger.slowest = Math.max(ledger.slowest, performance.now() - began)
        if (answer.ok || answer.status === 409) {
          if (answer.ok) ledger.lastAcknowledged = Date.now()
          return { status: answer.status, ...said }
        }
        note(String(answer.status))
        if (answer.status < 500 && answer.status !== 429) return { status: answer.status, ...said }
      } catch (error) {
        if (abandon.signal.aborted) return null
        ledger.slowest = Math.max(ledger.slowest, performance.now() - began)
        note(nameOf(error))
      }
      await pause(100)
    }
    return null
  }
  const note = (what: string) => ledger.trouble.set(what, (ledger.trouble.get(what) ?? 0) + 1)

  const writeFor = async (person: Person, offset: number) => {
    let base = 0
    for (let turn = offset; !isStopping; turn++) {
      const text = `${person.id} ${turn}`
      const saved = await send('PUT', `/api/drafts/${DRAFT_BLOCK}`, { base, state: { note: text } }, person)
      if (saved?.status === 409 && saved.current) {
        // The answer to an earlier try was lost and the try was not: it is the newer state itself.
        base = saved.current.revision
      } else if (saved?.revision !== undefined) {
        base = saved.revision
        ledger.drafts.set(person.id, { revision: base, note: text })
      }
      if (turn % 5 === 0) {
        const id = random.uuid()
        const made = await send('POST', '/api/attempts', { id, ...random.pick(answers), hints: 0 }, person)
        if (made?.status === 200) ledger.attempts.get(person.id)?.add(id)
      }
      await pause(pauseMs)
    }
  }
  const running = people.map((person, at) => writeFor(person, at))
  return {
    ledger,
    async stop(ms = 30_000) {
      isStopping = true
      const timer = setTimeout(() => abandon.abort(), ms)
      await Promise.all(running)
      clearTimeout(timer)
    },
  }
}

export type Judgement = {
  acknowledged: number
  /** Acknowledged, and not there. */
  lost: number
  /** There more than once, or counted more than once. */
  twice: number
  /** An attempt without its verdict, or a verdict without what follows from it. */
  halfWritten: number
}

/** Compares a ledger with the database at `url`. */
export async function judge(ledger: Ledger, url: string): Promise<Judgement> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    const stored = await sql<{ id: string; verdicts: number }[]>`
      select a.id, count(v.id)::int as verdicts from attempts a
      left join verdicts v on v.user_id = a.user_id and v.attempt_id = a.id group by a.user_id, a.id`
    const drafts = await sql<{ user_id: string; revision: number; note: string }[]>`
      select user_id, revision, state->>'note' as note from drafts`
    const [counts] = await sql<{ wrong: number }[]>`
      select count(*)::int as wrong from block_progress p
      full join (select user_id, block, count(*) as n from attempts group by 1, 2) a using (user_id, block)
      where p.attempts is distinct from a.n::int`
    const known = new Map(stored.map(({ id, verdicts }) => [id, verdicts]))
    const ids = [...ledger.attempts.values()].flatMap((set) => [...set])
    const byUser = new Map(drafts.map((draft) => [draft.user_id, draft]))
    const lostDrafts = [...ledger.drafts].filter(([user, { revision, note }]) => {
      const found = byUser.get(user)
      return !found || found.revision < revision || (found.revision === revision && found.note !== note)
    })
    return {
      acknowledged: ids.length + ledger.drafts.size,
      lost: ids.filter((id) => !known.has(id)).length + lostDrafts.length,
      twice: stored.filter(({ verdicts }) => verdicts > 1).length,
      halfWritten: stored.filter(({ verdicts }) => verdicts === 0).length + (counts?.wrong ?? 0),
    }
  } finally {
    await sql.end({ timeout: 2 })
  }
}

function nameOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const { code } = at as Error & { code?: unknown }
    if (typeof code === 'string') return code
    if (at.name === 'TimeoutError') return 'no answer in time'
  }
  return error instanceof Error ? error.message : String(error)
}
