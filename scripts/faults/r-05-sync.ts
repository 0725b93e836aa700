import type postgres from 'postgres'
import { createAccount } from '../../db/queries/accounts'
import { getAttempt, recordAttempt } from '../../db/queries/attempts'
import { saveDraft } from '../../db/queries/drafts'
import { startTestDatabase } from '../../db/test-database'
import { listBlocks, rightAnswer } from '../../e2e/samples'
import {
  atMost,
  type Experiment,
  exactly,
  type Figure,
  type Given,
  type Random,
  randomFrom,
} from './experiment'
import type { House } from './house'

export const experiment: Experiment = {
  id: 'R-05',
  what: 'What three devices did without a network arrives in any order, up to five times, with acknowledgements lost: the end is always the same, and nothing counts twice.',
  run,
}

const BLOCKS = Array.from({ length: 12 }, (_, n) => `git/areas/block-${n}`)
const DEVICES = ['laptop', 'phone', 'tablet']
const BATCH = 200
const LESSON = 'cloud-deployment/notebook-to-service'

type Attempt = { kind: 'attempt'; id: string; block: string; passed: boolean }
type Draft = { kind: 'draft'; block: string; device: string; text: string }
type Event = Attempt | Draft

/** How many events, and in how many orders they arrive. Two hundred orders of a thousand take hours on two cores. */
const SETS = {
  full: [
    { count: 1000, seeds: 5 },
    { count: 100, seeds: 195 },
  ],
  short: [{ count: 60, seeds: 3 }],
}

async function run({ size, random, seed, say, openHouse }: Given) {
  const database = await startTestDatabase()
  const sql = database.as('migrator')
  const sum = { seeds: 0, otherEnds: 0, twice: 0, lost: 0, regressed: 0, slowest: 0 }
  try {
    for (const { count, seeds } of SETS[size]) {
      const events = makeEvents(random, count)
      const ends = new Set<string>()
      // The same events, as another person each time: what differs is how they arrive.
      for (let n = 0; n < seeds; n++) {
        const run = sum.seeds++
        const found = await arrive(sql, events, randomFrom(seed + 1 + run), run)
        ends.add(found.end)
        sum.twice += found.twice
        sum.lost += found.lost
        sum.regressed += found.regressed
        sum.slowest = Math.max(sum.slowest, found.slowest)
        if (run % 20 === 19) say(`${run + 1} orders`)
      }
      sum.otherEnds += ends.size - 1
    }
    const slowest = 'Two hundred events, three at a time'
    const asThePageDoes = size === 'full' ? await sendAsThePageDoes(await openHouse(), random) : []
    return {
      figures: [
        exactly(
          'Orders',
          sum.seeds,
          SETS[size].reduce((all, { seeds }) => all + seeds, 0),
        ),
        exactly('Orders with another end', sum.otherEnds, 0),
        exactly('Twice', sum.twice, 0),
        exactly('Lost', sum.lost, 0),
        exactly('Passed blocks that went back', sum.regressed, 0),
        size === 'full'
          ? atMost(slowest, sum.slowest, 300, 'ms')
          : { name: slowest, value: sum.slowest, unit: 'ms' },
        ...asThePageDoes,
      ],
      remarks: [
        `${SETS[size].map(({ count, seeds }) => `${count} events in ${seeds} orders`).join(', ')}; each event arrives one to five times. The bar of 300 ms was written for two hundred in one request. There is no such request: a page sends them one after another, each a transaction of its own, while its person reads on.`,
      ],
    }
  } finally {
    await database.stop()
  }
}

/** Two hundred attempts that waited on one device, through the door: in their order, one at a time, over one connection. */
async function sendAsThePageDoes(house: House, random: Random): Promise<Figure[]> {
  try {
    const [person] = await house.makeLearners(1)
    const [authored] = (await listBlocks(LESSON)).filter(({ block }) => block.kind === 'choice')
    if (!person || !authored) throw new Error(`${LESSON} has no choice`)
    const { block } = authored
    const response = rightAnswer(authored)
    const send = async () => {
      const answer = await fetch(`${house.url}/api/attempts`, {
        method: 'POST',
        headers: { cookie: person.cookie, origin: house.url, 'content-type': 'application/json' },
        body: JSON.stringify({
          id: random.uuid(),
          block: block.id,
          version: block.version,
          response,
          hints: 0,
        }),
      })
      await answer.text()
      return answer.status
    }
    await send()
    const began = performance.now()
    let told = 0
    for (let n = 0; n < BATCH; n++) told += Number((await send()) !== 200)
    const seconds = (performance.now() - began) / 1000
    return [
      { name: 'Two hundred attempts of one device, one after another', value: seconds, unit: 's' },
      exactly('Of these told to wait', told, 0),
    ]
  } finally {
    await house.stop()
  }
}

/** One person's events in one order, from three devices at once. */
async function arrive(sql: postgres.Sql, events: Event[], order: Random, run: number) {
  const user = await makeUser(run)
  const arrival = deliverable(events, order)
  const passed = new Set<string>()
  let [regressed, slowest] = [0, 0]
  for (let at = 0; at < arrival.length; at += BATCH) {
    const batch = arrival.slice(at, at + BATCH)
    const before = performance.now()
    await Promise.all(
      DEVICES.map(async (_, device) => {
        for (let one = device; one < batch.length; one += DEVICES.length)
          await deliver(user, batch[one] as Event, run)
      }),
    )
    slowest = Math.max(slowest, performance.now() - before)
    const now = await passedBlocks(sql, user)
    regressed += [...passed].filter((block) => !now.has(block)).length
    for (const block of now) passed.add(block)
  }
  return { ...(await judge(sql, user, events)), regressed, slowest }
}

/** Four attempts to one draft; the ids are the devices' own. */
function makeEvents(random: Random, count: number): Event[] {
  return Array.from({ length: count }, (_, n): Event => {
    const block = random.pick(BLOCKS)
    if (n % 5 === 4) {
      return { kind: 'draft', block, device: random.pick(DEVICES), text: `draft ${n}` }
    }
    return { kind: 'attempt', id: random.uuid(), block, passed: random.next() < 0.3 }
  })
}

/** Shuffled, each one to five times; a tenth more where the acknowledgement was lost. */
function deliverable(events: Event[], random: Random): Event[] {
  return random.shuffle(
    events.flatMap((event) => {
      const lost = random.next() < 0.1 ? 1 : 0
      return Array.from({ length: random.between(1, 5) + lost }, () => event)
    }),
  )
}

async function makeUser(n: number): Promise<string> {
  const email = `device-${n}-${Math.random()}@harbour.example`
  const made = await createAccount({ email, name: 'Maya', timeZone: 'UTC', passwordHash: 'x' })
  if (!made) throw new Error('no account was made')
  return made.id
}

async function deliver(user: string, event: Event, run: number): Promise<void> {
  if (event.kind === 'draft') {
    const { block, device, text } = event
    await saveDraft(user, { block, base: 0, state: { text }, device })
    return
  }
  // An id is the device's own: the same events of another run belong to another person.
  const id = event.id.replace(/^.{8}/, run.toString(16).padStart(8, '0'))
  // As the handler does: what is there already is answered and nothing else.
  if (await getAttempt(user, id)) return
  await recordAttempt(user, {
    id,
    block: event.block,
    version: 1,
    kind: 'choice',
    program: false,
    graded: true,
    response: { chosen: [] },
    hints: 0,
    timeZone: 'UTC',
    passed: event.passed,
    checked: 'server',
    feedback: { passed: event.passed, checks: [] },
    lessonBlocks: BLOCKS,
  })
}

async function passedBlocks(sql: postgres.Sql, user: string): Promise<Set<string>> {
  const rows = await sql<{ block: string }[]>`
    select block from block_progress where user_id = ${user} and state = 'passed'`
  return new Set(rows.map(({ block }) => block))
}

async function judge(sql: postgres.Sql, user: string, events: Event[]) {
  const blocks = await sql<{ block: string; state: string; attempts: number }[]>`
    select block, state, attempts from block_progress where user_id = ${user} order by block`
  const [counted] = await sql<{ attempts: number; verdicts: number; lessons: number }[]>`
    select (select count(*)::int from attempts where user_id = ${user}) as attempts,
      (select count(*)::int from verdicts where user_id = ${user}) as verdicts,
      (select count(*)::int from lesson_progress where user_id = ${user} and completed_at is not null) as lessons`
  const drafts = await sql<{ block: string; text: string }[]>`
    select block, state->>'text' as text from drafts where user_id = ${user}
    union all select block, state->>'text' from draft_versions where user_id = ${user}`
  const made = events.filter((event) => event.kind === 'attempt')
  const wanted = new Map<string, number>()
  for (const { block } of made) wanted.set(block, (wanted.get(block) ?? 0) + 1)
  const kept = new Set(drafts.map(({ block, text }) => `${block} ${text}`))
  const written = events.filter((event) => event.kind === 'draft')
  // Twenty versions a block are kept beside the draft itself.
  const missing = written.filter(({ block, text }) => !kept.has(`${block} ${text}`)).length
  const pushedOut = BLOCKS.map((block) => written.filter((one) => one.block === block).length - 21)
    .filter((over) => over > 0)
    .reduce((sum, over) => sum + over, 0)
  const { attempts = 0, verdicts = 0, lessons = 0 } = counted ?? {}
  return {
    end: JSON.stringify({ blocks: blocks.map((row) => ({ ...row })), attempts, verdicts, lessons }),
    twice:
      Math.max(0, attempts - made.length) +
      Math.max(0, verdicts - made.length) +
      blocks.filter(({ block, attempts: n }) => n > (wanted.get(block) ?? 0)).length,
    lost: Math.max(0, made.length - attempts) + Math.max(0, missing - pushedOut),
  }
}
