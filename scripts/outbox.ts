import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { asOperator, Wrong } from './operator'

/**
 * `npm run outbox`: the letters that no mail server took, newest first; with the name of one, or `last`, its plain text.
 * They lie in DATA_DIR/outbox, as whole messages that any mail program opens.
 */
const [wanted, ...rest] = process.argv.slice(2)

await asOperator(
  async ({ dataDir }) => {
    const folder = join(dataDir, 'outbox')
    const names = listLetters(folder)
    if (rest.length > 0) throw new Wrong('npm run outbox [-- last | <name>]')
    if (names.length === 0) {
      console.log(
        `The outbox is empty (${folder}). With SMTP_URL set, only what the mail server refused lies here.`,
      )
      return
    }
    if (wanted === undefined) {
      for (const name of names) {
        const { to, subject } = readLetter(join(folder, name))
        console.log(`${name}  ${to}  ${subject}`)
      }
      console.log('Read one with: npm run outbox -- last, or its name')
      return
    }
    const name = wanted === 'last' ? names[0] : names.find((one) => one === wanted)
    if (!name) throw new Wrong(`There is no letter "${wanted}". Those that are there: npm run outbox`)
    const { to, subject, text } = readLetter(join(folder, name))
    console.log(`To: ${to}\nSubject: ${subject}\n\n${text.trimEnd()}`)
  },
  { withDatabase: false },
)

/** Newest first. */
function listLetters(folder: string): string[] {
  try {
    const when = (name: string) => statSync(join(folder, name)).mtimeMs
    return readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .toSorted((a, b) => when(b) - when(a) || b.localeCompare(a))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Reads what `app/mail.ts` wrote: the plain text is the first part. */
function readLetter(file: string): { to: string; subject: string; text: string } {
  const [head = '', ...body] = readFileSync(file, 'utf8').split('\n\n')
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(head)?.[1] ?? ''
  const boundary = /boundary="([^"]+)"/.exec(head)?.[1] ?? ''
  const part = body.join('\n\n').split(`--${boundary}\n`)[1] ?? ''
  const at = part.indexOf('\n\n')
  const isQuoted = /^Content-Transfer-Encoding: quoted-printable$/m.test(part.slice(0, at))
  const text = part.slice(at + 2)
  return { to: header('To'), subject: header('Subject'), text: isQuoted ? unquote(text) : text }
}

function unquote(text: string): string {
  const bytes = text
    .replace(/=\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
