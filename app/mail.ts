import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createTransport } from 'nodemailer'
import { env } from './env'
import { asHtml, asText, type Letter } from './letters'

/** A letter that waits in the outbox holds a link that still works, for a while. */
const KEPT_DAYS = 7
/** Before each try to hand a letter to the mail server. */
const WAITS_MS = [0, 2000, 15_000]

type House = { smtpUrl: string | undefined; from: string; outbox: string; waitsMs?: number[] }

/**
 * A way to send letters: by the mail server, else into the outbox. One that the mail server does not take after three
 * tries is kept in the outbox too, so that the operator can pass it on. What is logged names no one.
 */
export function makePost({ smtpUrl, from, outbox, waitsMs = WAITS_MS }: House) {
  const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }
  const server = smtpUrl ? createTransport({ url: smtpUrl, ...patience }) : null
  const paper = createTransport({ streamTransport: true, buffer: true })

  /** Resolves when the letter is with the mail server or in the outbox. */
  return async function send(letter: Letter): Promise<void> {
    const mail = {
      from,
      to: { name: '', address: letter.to },
      subject: `${letter.subject} (Slipway)`,
      text: asText(letter),
      html: asHtml(letter),
      headers: { 'Auto-Submitted': 'auto-generated' },
    }
    let why = ''
    for (const wait of server ? waitsMs : []) {
      if (wait > 0) await pause(wait)
      try {
        await server?.sendMail(mail)
        return
      } catch (error) {
        // Its message quotes the address.
        const { code, responseCode } = error as { code?: string; responseCode?: number }
        why = [code, responseCode].filter(Boolean).join(' ') || 'unknown'
        if (responseCode !== undefined && responseCode >= 500) break
      }
    }
    const { message } = await paper.sendMail(mail)
    const file = await keep(outbox, String(message).replaceAll('\r\n', '\n'))
    if (server)
      console.error(`mail: a letter was not taken by the mail server (${why}); it is kept in ${file}`)
    else console.log(`mail: no SMTP_URL; a letter is in ${file} (npm run outbox)`)
  }
}

async function keep(outbox: string, message: string): Promise<string> {
  await mkdir(outbox, { recursive: true, mode: 0o700 })
  const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomBytes(4).toString('hex')}.eml`
  const file = join(outbox, name)
  // Whoever lists the folder meanwhile sees whole letters only.
  await writeFile(`${file}.part`, message, { mode: 0o600 })
  await rename(`${file}.part`, file)
  await takeAway(outbox, async (old) => Date.now() - (await stat(old)).mtimeMs > KEPT_DAYS * 86_400_000)
  return file
}

async function takeAway(outbox: string, isGone: (file: string) => Promise<boolean>): Promise<void> {
  for (const name of await readdir(outbox).catch(() => [])) {
    const file = join(outbox, name)
    // Another process may have taken it away in this moment.
    if (name.endsWith('.eml') && (await isGone(file).catch(() => false))) await rm(file, { force: true })
  }
}

const OUTBOX = join(/* turbopackIgnore: true */ env.DATA_DIR, 'outbox')

/** Takes the letters to an address out of the outbox: its account is gone. */
export function forgetLetters(address: string): Promise<void> {
  return takeAway(OUTBOX, async (file) => {
    const head = (await readFile(file, 'utf8')).split('\n\n', 1)[0] ?? ''
    return head.split('\n').some((line) => line === `To: ${address}`)
  })
}

/** Sends a letter of this house. */
export const sendLetter = makePost({
  smtpUrl: env.SMTP_URL,
  from: env.MAIL_FROM ?? `Slipway <slipway@${new URL(env.PUBLIC_URL).hostname}>`,
  outbox: OUTBOX,
})
