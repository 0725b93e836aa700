import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-outbox-'))
vi.stubEnv('DATA_DIR', dataDir)
const { makePost } = await import('../app/mail')
const { asText, verifyLetter } = await import('../app/letters')
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const env = { ...process.env, DATA_DIR: dataDir }
const outbox = async (...args: string[]) => {
  const run = promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/outbox.ts', ...args], {
    env,
  })
  return run.then(({ stdout }) => stdout).catch((error: { stderr: string }) => error.stderr)
}

test('the operator lists the letters and reads one with its whole link', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  expect(await outbox()).toContain('The outbox is empty')
  const letter = verifyLetter('maya@harbour.example', 'Abc-_'.repeat(8))
  const post = { smtpUrl: undefined, from: 'slipway@localhost', outbox: join(dataDir, 'outbox') }
  await makePost(post)(letter)
  expect(await outbox()).toMatch(
    /^2\S+\.eml {2}maya@harbour\.example {2}Is this your address\? \(Slipway\)\n/,
  )
  const head = 'To: maya@harbour.example\nSubject: Is this your address? (Slipway)\n\n'
  expect(await outbox('last')).toBe(head + asText(letter))
  expect(await outbox('../auth-secret')).toContain('There is no letter "../auth-secret"')
})
