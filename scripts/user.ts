import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { readExport } from '../app/export-format'
import { canonicalEmail, canonicalTimeZone, personName } from '../app/fields'
import { hashPassword, passwordProblem } from '../app/passwords'
import { importAccount, NotTakenIn } from '../db/queries/account-data'
import {
  createAccount,
  deleteAccount,
  getAccountByEmail,
  listAccounts,
  suspendAccount,
  unsuspendAccount,
} from '../db/queries/accounts'
import { createResetLink } from '../db/queries/tokens'
import { asOperator, Wrong } from './operator'

const USAGE = `npm run user -- <command>

  list                          everybody who has an account
  create <email>                make an account; its password is made up and printed once
         --name <name>          what the pages call them (default: the part before the @)
         --time-zone <zone>     in which their days are counted (default: this machine's)
         --ask-password         read the password from the terminal or from standard input instead
  suspend <email>               sign them out everywhere and let them in no more; nothing is deleted
  unsuspend <email>             let them in again
  reset-link <email>            a link that sets a new password, good once within 24 hours
  delete <email> --yes          delete the account and everything of it: attempts, drafts, progress
  import <file>                 take in an account from the file that "Take your data" gave at another installation;
                                only from somebody you trust: what it says they passed is believed

The server need not be running.`

const LINK_MINUTES = 24 * 60
/** Without letters and digits that are taken for each other. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

const commands: Record<string, (email: string, publicUrl: string) => Promise<void>> = {
  create,
  async suspend(email) {
    await suspendAccount((await requireAccount(email)).id)
    console.log(
      `${email} is suspended and signed out everywhere. Undo it with: npm run user -- unsuspend ${email}`,
    )
  },
  async unsuspend(email) {
    await unsuspendAccount((await requireAccount(email)).id)
    console.log(`${email} may sign in again.`)
  },
  async 'reset-link'(email, publicUrl) {
    const { id, suspendedAt } = await requireAccount(email)
    if (suspendedAt)
      throw new Wrong(
        `${email} is suspended: a link would not work. First: npm run user -- unsuspend ${email}`,
      )
    const token = await createResetLink(id, LINK_MINUTES)
    console.log(`${publicUrl}/reset-password?token=${token}`)
    console.log(
      'Good once, for 24 hours. It also ends a lock after too many wrong passwords. Earlier links end now.',
    )
  },
  async delete(email) {
    const { id, name } = await requireAccount(email)
    if (!options.yes) {
      throw new Wrong(
        `This deletes ${name} (${email}) and every attempt and draft of theirs, for good. If you mean it: npm run user -- delete ${email} --yes`,
      )
    }
    await deleteAccount(id)
    console.log(`${email} and everything of theirs is deleted. Back-ups made before still hold it.`)
  },
}

async function create(email: string): Promise<void> {
  const named = personName.safeParse(options.name ?? email.split('@')[0])
  if (!named.success) throw new Wrong(`--name: ${named.error.issues[0]?.message}`)
  const name = named.data
  const wanted = options['time-zone']
  const timeZone = canonicalTimeZone(wanted ?? new Intl.DateTimeFormat().resolvedOptions().timeZone)
  if (wanted !== undefined && timeZone === null)
    throw new Wrong(`--time-zone: there is no "${wanted}". One is Europe/Berlin.`)
  const password = options['ask-password'] ? await readPassword() : inventPassword()
  const problem = passwordProblem(password, { name, email })
  if (problem) throw new Wrong(problem.text)
  const passwordHash = await hashPassword(password)
  const made = await createAccount({ email, name, timeZone: timeZone ?? 'UTC', passwordHash })
  if (!made)
    throw new Wrong(`${email} has an account already. A new password: npm run user -- reset-link ${email}`)
  console.log(`${email} has an account now.`)
  if (!options['ask-password']) console.log(`Password, shown this once: ${password}`)
}

async function takeIn(file: string): Promise<void> {
  const read = readExport(await readFile(file, 'utf8').catch(() => ''))
  if ('problem' in read) throw new Wrong(`${file} is not taken in. ${read.problem}`)
  try {
    const { email } = await importAccount(read.tables)
    console.log(
      `${email} is here with everything of theirs. No password came along: npm run user -- reset-link ${email}`,
    )
  } catch (error) {
    if (error instanceof NotTakenIn) throw new Wrong(`${file} is not taken in. ${error.message}`)
    throw error
  }
}

async function list(): Promise<void> {
  const accounts = await listAccounts()
  if (accounts.length === 0) {
    console.log('Nobody has an account yet. Make one with: npm run user -- create <email>')
    return
  }
  const width = Math.max(...accounts.map(({ email }) => email.length))
  for (const { email, name, createdAt, suspendedAt } of accounts) {
    const since = createdAt.toISOString().slice(0, 10)
    console.log(`${email.padEnd(width)}  since ${since}  ${suspendedAt ? 'suspended  ' : ''}${name}`)
  }
  console.log(accounts.length === 1 ? '1 account' : `${accounts.length} accounts`)
}

async function requireAccount(email: string) {
  const account = await getAccountByEmail(email)
  if (!account)
    throw new Wrong(`Nobody has an account with ${email}. Everybody who has one: npm run user -- list`)
  return account
}

function inventPassword(): string {
  const letter = () => LETTERS.charAt(randomInt(LETTERS.length))
  return Array.from({ length: 4 }, () => Array.from({ length: 5 }, letter).join('')).join('-')
}

/** One line of standard input; at a terminal it is asked for and not shown. */
function readPassword(): Promise<string> {
  const { stdin, stdout } = process
  if (stdin.isTTY) stdout.write('Password: ')
  // `terminal` with an output of nowhere: the keys are read one by one and echoed to nobody.
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY })
  return new Promise((done, failed) => {
    lines.once('line', (line) => {
      if (stdin.isTTY) stdout.write('\n')
      done(line)
      lines.close()
    })
    lines.once('close', () => failed(new Wrong('No password was given.')))
  })
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        'time-zone': { type: 'string' },
        'ask-password': { type: 'boolean' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(1)
  }
}

const { values: options, positionals } = readArguments()
const [command = '', address, ...rest] = positionals

if (options.help || command === '') {
  console.log(USAGE)
} else {
  await asOperator(async ({ publicUrl }) => {
    if (command === 'list' && address === undefined) return list()
    if (command === 'import' && address !== undefined && rest.length === 0) return takeIn(address)
    const run = Object.hasOwn(commands, command) ? commands[command] : undefined
    if (!run || address === undefined || rest.length > 0) throw new Wrong(USAGE)
    const email = canonicalEmail(address)
    if (!email) throw new Wrong(`"${address}" is not an e-mail address.`)
    await run(email, publicUrl)
  })
}
