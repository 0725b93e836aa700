import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { partOf, startMailServer } from './mail.testing'

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-mail-'))
vi.stubEnv('PUBLIC_URL', 'https://learn.example.org')
vi.stubEnv('DATA_DIR', dataDir)
const letters = await import('./letters')
const { forgetLetters, makePost } = await import('./mail')

const TOKEN = 'Abc-_'.repeat(8)
const from = 'Slipway <slipway@learn.example.org>'
const outbox = join(dataDir, 'outbox')
const written = () => readdirSync(outbox).map((name) => readFileSync(join(outbox, name), 'utf8'))

let log: string[]
beforeEach(() => {
  log = []
  for (const name of ['log', 'error'] as const)
    vi.spyOn(console, name).mockImplementation((line: unknown) => void log.push(String(line)))
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(outbox, { recursive: true, force: true })
})
afterAll(() => rmSync(dataDir, { recursive: true, force: true }))

const ALL = {
  verify: letters.verifyLetter('maya@harbour.example', TOKEN),
  reset: letters.resetLetter('maya@harbour.example', TOKEN),
  change: letters.changeLetter('maya@harbour.example', TOKEN),
  'change asked': letters.changeAskedLetter('maya@harbour.example'),
  changed: letters.changedLetter('maya@harbour.example'),
  password: letters.passwordLetter('maya@harbour.example'),
}

describe('a letter', () => {
  test.each(Object.entries(ALL))(
    'S-54 %s says the same as text and as HTML, and fetches nothing',
    (_, letter) => {
      const [text, html] = [letters.asText(letter), letters.asHtml(letter)]
      const decoded = html.replaceAll('&amp;', '&').replaceAll('&quot;', '"')
      for (const paragraph of text.trim().split('\n\n')) expect(decoded).toContain(paragraph)
      expect(html).toMatch(/^<!doctype html>\n<html lang="en-GB">/)
      expect(html).not.toMatch(/<(img|script|link|iframe|style)|url\(|src=/i)
      const links = [...html.matchAll(/href="([^"]+)"/g)].map(([, url]) => new URL(String(url)).origin)
      expect([...new Set(links)].every((origin) => origin === 'https://learn.example.org')).toBe(true)
      expect(text).not.toMatch(/!|oops|sorry/i)
    },
  )

  test('S-13 leads to PUBLIC_URL and nowhere else', () => {
    for (const letter of Object.values(ALL)) {
      const addresses = letters.asText(letter).match(/https?:\S+/g) ?? []
      for (const address of addresses) expect(new URL(address).origin).toBe('https://learn.example.org')
      expect(addresses.length + Number(letter === ALL.changed)).toBeGreaterThan(0)
    }
  })

  test('is HTML that no address can break', () => {
    const html = letters.asHtml({ to: '', subject: '<b>', before: ['"<script>" & more'], after: [] })
    expect(html).toContain('&quot;&lt;script&gt;&quot; &amp; more')
    expect(html).toContain('<title>&lt;b&gt;</title>')
  })
})

describe('with a mail server', () => {
  test('a letter arrives once, at its one recipient, as text and HTML with the whole link', async () => {
    const server = await startMailServer()
    try {
      await makePost({ smtpUrl: server.url, from, outbox })(ALL.reset)
      expect(server.received).toHaveLength(1)
      const [mail] = server.received
      expect(mail).toMatchObject({ from: 'slipway@learn.example.org', to: ['maya@harbour.example'] })
      const message = String(mail?.message)
      expect(message).toMatch(/^Subject: A new password \(Slipway\)\r$/m)
      expect(message).toMatch(/^Auto-Submitted: auto-generated\r$/m)
      const link = `https://learn.example.org/reset-password?token=${TOKEN}`
      expect(partOf(message, 'text/plain')).toContain(`\n${link}\n`)
      expect(partOf(message, 'text/html')).toContain(`href="${link}"`)
      expect(log).toEqual([])
    } finally {
      await server.stop()
    }
  })

  test.each([
    "o'brien+a@harbour.example",
    'a{b}|c@harbour.example',
    'maya=20@harbour.example',
    '!#$%&*/?^_`~-@harbour.example',
  ])('S-24 the address %s is one recipient and no other', async (address) => {
    const server = await startMailServer()
    try {
      await makePost({ smtpUrl: server.url, from, outbox })(letters.verifyLetter(address, TOKEN))
      expect(server.received.map(({ to }) => to)).toEqual([[address]])
    } finally {
      await server.stop()
    }
  })

  test('S-71 that refuses the letter, or is away, it is kept in the outbox; the log names nobody', async () => {
    const server = await startMailServer({ refuse: 550 })
    await makePost({ smtpUrl: server.url, from, outbox })(ALL.reset)
    await server.stop()
    await makePost({ smtpUrl: server.url, from, outbox, waitsMs: [0, 5] })(ALL.verify)
    expect(written()).toHaveLength(2)
    expect(log.map((line) => line.replace(/ kept in .*/, ''))).toEqual([
      expect.stringMatching(/^mail: a letter was not taken by the mail server \(EENVELOPE 550\); it is$/),
      expect.stringMatching(/^mail: a letter was not taken by the mail server \(ESOCKET\); it is$/),
    ])
    expect(log.join()).not.toMatch(/maya|harbour|Abc-/)
  })
})

describe('without a mail server', () => {
  const post = makePost({ smtpUrl: undefined, from, outbox })

  test('a letter is a file that only the operator reads, and its path is logged', async () => {
    await post(ALL.reset)
    const [name = ''] = readdirSync(outbox)
    expect(name).toMatch(/^2\d{3}-[\dTZ.-]+-[0-9a-f]{8}\.eml$/)
    expect(statSync(join(outbox, name)).mode & 0o777).toBe(0o600)
    expect(statSync(outbox).mode & 0o777).toBe(0o700)
    expect(log).toEqual([`mail: no SMTP_URL; a letter is in ${join(outbox, name)} (npm run outbox)`])
    expect(written()[0]).toContain('To: maya@harbour.example')
  })

  test('letters older than a week go, and those to somebody who is gone', async () => {
    await post(ALL.reset)
    const [old = ''] = readdirSync(outbox)
    const then = (Date.now() - 8 * 86_400_000) / 1000
    utimesSync(join(outbox, old), then, then)
    await post(letters.resetLetter('ivo@harbour.example', TOKEN))
    expect(readdirSync(outbox)).not.toContain(old)
    await post(ALL.verify)
    await forgetLetters('ivo@harbour.example')
    expect(written().map((letter) => /^To: (.*)$/m.exec(letter)?.[1])).toEqual(['maya@harbour.example'])
  })
})
