import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { expect, test } from './fixtures'
import { DATA_DIR, findDatabase, makeLearner, makeSessionCookie } from './house'
import { listBlocks } from './samples'

const run = promisify(execFile)
const NO_DIFFERENCE = 'Progress is what attempts and verdicts say: no difference.\n'

/** The command of the operator; its exit code and what it said. */
async function check(...flags: string[]): Promise<{ code: number; said: string }> {
  const env = { ...process.env, DATA_DIR }
  try {
    const { stdout, stderr } = await run('npm', ['run', '--silent', 'progress:rebuild', '--', ...flags], {
      env,
    })
    return { code: 0, said: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, said: stdout + stderr }
  }
}

test('after the journeys what is derived is what attempts and verdicts say, and a lost row is noticed and mended', async ({
  request,
  baseURL,
  database: _,
}) => {
  test.setTimeout(120_000)
  const lessons = [
    'cloud-deployment/cloud-building-blocks',
    'cloud-deployment/notebook-to-service',
    'data-structures/cost-of-code',
  ]
  const blocks = (await Promise.all(lessons.map((lesson) => listBlocks(lesson))))
    .flat()
    .filter(({ kind }) => kind.judged && !kind.program)
  const database = await findDatabase()
  const sql = postgres(database.adminUrl, { max: 1, onnotice: () => undefined })
  const countAttempts = async () => Number((await sql`select count(*)::int as count from attempts`)[0]?.count)
  try {
    // Every listed answer of some blocks, right ones and wrong ones, by several people.
    for (let person = 0; (await countAttempts()) < 200 && person < 20; person++) {
      const learner = await makeLearner(`Learner ${person}`)
      const cookie = await makeSessionCookie(learner, String(baseURL))
      const headers = { cookie: `${cookie.name}=${cookie.value}`, origin: String(baseURL) }
      for (let i = 0; i < 24; i++) {
        const authored = blocks[(person * 7 + i * 3) % blocks.length]
        const sample = authored?.compiled.samples[i % authored.compiled.samples.length]
        if (!authored || !sample) continue
        const { id: block, version } = authored.block
        const data = { id: randomUUID(), block, version, response: sample.answer, hints: i % 4 }
        const said = await request.post('/api/attempts', { headers, data })
        expect(said.status(), await said.text()).toBe(200)
      }
    }
    expect(await countAttempts()).toBeGreaterThanOrEqual(200)
    expect(await check('--check')).toEqual({ code: 0, said: NO_DIFFERENCE })

    const [lost] = await sql`
      delete from block_progress where ctid = (select ctid from block_progress order by last_at limit 1) returning block`
    const red = await check('--check')
    expect(red.code, red.said).toBe(1)
    expect(red.said).toContain(String(lost?.block))

    expect(await check()).toMatchObject({ code: 0 })
    expect(await check('--check')).toEqual({ code: 0, said: NO_DIFFERENCE })
  } finally {
    await sql.end({ timeout: 5 })
  }
})
