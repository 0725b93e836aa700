import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { checkBackup, restoreDatabase } from '../db/backup'
import type { Contents } from '../db/backup-format'
import { readBackupFile, readPassphrase } from './backup-file'
import { asOperator, type Operated, Wrong } from './operator'

const USAGE = `npm run restore -- <file> [--check] [--keep-sessions]

Fills an empty database from a back-up, compares every table with the file, and brings it to the level of this release.
Nothing is touched unless the whole file is in order and nothing but an empty Slipway is there. Stop the server first.
  --check            only reads the file through and says what is in it
  --keep-sessions    people stay signed in as they were at the back-up; without it everybody signs in again
A sealed back-up needs BACKUP_PASSPHRASE.`

const { values, positionals } = readArguments()
const [named, ...rest] = positionals

if (values.help) console.log(USAGE)
else await asOperator(values.check ? check : restore, { withDatabase: !values.check && named !== undefined })

async function check(): Promise<void> {
  console.log(tell(await checkBackup(open()()), 'In order'))
}

async function restore({ ownerUrl, app, verifier }: Operated): Promise<void> {
  const contents = await restoreDatabase({
    migrator: ownerUrl,
    app,
    verifier,
    open: open(),
    keepSessions: values['keep-sessions'],
    log: (line) => console.log(line),
  })
  console.log(tell(contents, 'Restored, and compared with the file'))
  if (!values['keep-sessions'])
    console.log('Everybody signs in again: what was signed out since the back-up must not come back.')
}

function open() {
  if (!named || rest.length > 0) throw new Wrong(USAGE)
  const file = resolve(process.env.INIT_CWD ?? '.', named)
  const passphrase = readPassphrase()
  return () => readBackupFile(file, passphrase)
}

function tell({ made, tables, rows, level }: Contents, what: string): string {
  const width = Math.max(...Object.keys(tables).map((name) => name.length))
  const list = Object.entries(tables).map(([name, count]) => `  ${name.padEnd(width)}  ${count}`)
  return `${what}: ${rows} rows as they were at ${made}, at migration ${level}\n${list.join('\n')}`
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        'keep-sessions': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(1)
  }
}
