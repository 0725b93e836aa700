import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { makeDataDir } from '../testing'
import { atLeast, atMost, type Experiment, exactly, type Given } from './experiment'
import { openHouse, type Person } from './house'
import { judge, type Ledger, startWriters } from './writers'

export const experiment: Experiment = {
  id: 'R-15',
  what: 'Backed up while people write, restored on an empty machine: everything acknowledged before the back-up began is there, and a damaged file is refused.',
  run,
}

/** So many attempts of so many bytes are added, so that the back-up of the full size unpacks to a gigabyte. */
const FILLING = { full: { rows: 200_000, bytes: 5000 }, short: { rows: 200, bytes: 500 } }

async function run({ size, random, say }: Given) {
  const files = mkdtempSync(join(tmpdir(), 'slipway-drill-'))
  const file = join(files, 'one.backup')
  const second = makeDataDir()
  const first = await openHouse()
  try {
    const people = await first.makeLearners(size === 'full' ? 20 : 8)
    await fill((await first.findDatabase()).adminUrl, people, FILLING[size])
    say('people write')
    const writers = await startWriters(first.url, people, random, { pauseMs: 100 })
    const least = size === 'full' ? 400 : 40
    while (countOf(writers.ledger) < least) await new Promise((done) => setTimeout(done, 50))
    say('backing up')
    const before = copyOf(writers.ledger)
    const made = await runScript('scripts/backup.ts', [file], first.dataDir)
    if (made.code !== 0) throw new Error(made.said)
    await writers.stop()
    const during = countOf(writers.ledger) - countOf(before)
    await first.stop()

    say('restoring on an empty machine')
    const restored = await runScript('scripts/restore.ts', [file, '--keep-sessions'], second)
    if (restored.code !== 0) throw new Error(restored.said)
    const house = await openHouse({ dataDir: second })
    try {
      const url = (await house.findDatabase()).adminUrl
      const { acknowledged, lost, twice, halfWritten } = await judge(before, url)
      const served = await Promise.all(people.map(({ cookie }) => progressOf(house.url, cookie)))
      say('damaging the file')
      const { taken, tried } = await tryDamage(file, files, random, size === 'full' ? 60 : 4)
      return {
        figures: [
          atLeast('Acknowledged before the back-up began', acknowledged, people.length),
          exactly('Of these lost', lost, 0),
          exactly('Twice', twice, 0),
          exactly('Half written', halfWritten, 0),
          exactly('Constraints that do not hold', await countBroken(url), 0),
          exactly('People who are not served as before', served.filter((status) => status !== 200).length, 0),
          atMost('Restore', restored.seconds, 600, 's'),
          { name: 'Back-up', value: made.seconds, unit: 's' },
          { name: 'Size of the file', value: statSync(file).size / 1e6, unit: 'MB' },
          { name: 'Writes acknowledged during the back-up', value: during },
          exactly(`Damaged files taken for whole, of ${tried}`, taken, 0),
        ],
        remarks: [
          'There is no archive of the WAL behind it: what was written after the last back-up is lost with the disk.',
        ],
      }
    } finally {
      await house.stop()
    }
  } finally {
    await first.stop()
    rmSync(files, { recursive: true, force: true })
    if (existsSync(second)) rmSync(join(second, '..'), { recursive: true, force: true })
  }
}

async function fill(
  url: string,
  people: Person[],
  { rows, bytes }: { rows: number; bytes: number },
): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    // Hashes: they unpack to what they are, as people's own text does not.
    const share = Math.ceil(rows / people.length)
    for (const { id } of people)
      await sql`
        insert into attempts (user_id, id, block, version, kind, program, graded, response, hints, time_zone)
        select ${id}::uuid, gen_random_uuid(), 'filling/of/' || (i % 50), 1, 'predict', false, false,
          jsonb_build_object('text', (
            select string_agg(md5(${id}::text || i::text || j::text), '') from generate_series(1, ${Math.ceil(bytes / 32)}::int) j)),
          0, 'UTC'
        from generate_series(1, ${share}::int) i`
    await sql`insert into verdicts (user_id, attempt_id, id, version, passed, checked, feedback)
      select user_id, id, gen_random_uuid(), 1, true, 'server', '{}' from attempts`
    await sql`insert into block_progress (user_id, block, graded, state, version, checked, attempts, last_at)
      select user_id, block, false, 'passed', 1, 'server', count(*), max(created_at) from attempts group by 1, 2`
  } finally {
    await sql.end({ timeout: 2 })
  }
}

const countOf = ({ attempts, drafts }: Ledger) =>
  [...attempts.values()].reduce((sum, ids) => sum + ids.size, 0) +
  [...drafts.values()].reduce((sum, { revision }) => sum + revision, 0)

function copyOf(ledger: Ledger): Ledger {
  return {
    ...ledger,
    attempts: new Map([...ledger.attempts].map(([id, ids]) => [id, new Set(ids)])),
    drafts: new Map([...ledger.drafts].map(([id, draft]) => [id, { ...draft }])),
  }
}

/** One of the operator's commands on a data folder, as a person would run it. */
async function runScript(script: string, args: string[], dataDir: string) {
  const began = performance.now()
  const { DATABASE_URL: _one, MIGRATOR_DATABASE_URL: _two, ...inherited } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...inherited, NODE_ENV: 'production', DATA_DIR: dataDir, INIT_CWD: process.cwd() },
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(String(chunk)))
  const [code] = await once(child, 'close')
  return { code: code as number, said: said.join(''), seconds: (performance.now() - began) / 1000 }
}

async function progressOf(url: string, cookie: string): Promise<number> {
  const answer = await fetch(`${url}/api/progress?course=cloud-deployment`, { headers: { cookie } })
  await answer.body?.cancel()
  return answer.status
}

/** Asks Postgres to look at each constraint again; the load looked at them once. */
async function countBroken(url: string): Promise<number> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    const [row] = await sql<{ count: number }[]>`select
      (select count(*)::int from pg_constraint where not convalidated) +
      (select count(*)::int from verdicts v left join attempts a on a.user_id = v.user_id and a.id = v.attempt_id where a.id is null) +
      (select count(*)::int from attempts a left join users u on u.id = a.user_id where u.id is null) +
      (select count(*)::int from pg_trigger where tgenabled = 'D') as count`
    return row?.count ?? Number.NaN
  } finally {
    await sql.end({ timeout: 2 })
  }
}

/** Cuts the file and changes bytes of it; what `--check` takes for whole is counted. */
async function tryDamage(file: string, folder: string, random: Given['random'], each: number) {
  const whole = readFileSync(file)
  let taken = 0
  const damages = Array.from({ length: each }, (_, n) => {
    const place = random.between(0, whole.length - 1)
    if (n % 2 === 0) return whole.subarray(0, place)
    const edited = Buffer.from(whole)
    edited[place] = (edited[place] ?? 0) ^ (1 << random.between(0, 7))
    // The fields of gzip's header that say nothing (time, system) may say anything.
    return place >= 3 && place < 10 ? whole.subarray(0, place) : edited
  })
  const spoilt = join(folder, 'spoilt.backup')
  for (const bytes of damages) {
    writeFileSync(spoilt, bytes)
    const { code } = await runScript('scripts/restore.ts', [spoilt, '--check'], folder)
    if (code === 0) taken++
  }
  copyFileSync(file, spoilt)
  const { code } = await runScript('scripts/restore.ts', [spoilt, '--check'], folder)
  if (code !== 0) throw new Error('the whole file was refused')
  return { taken, tried: damages.length }
}
