import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { dumpDatabase } from '../db/backup'
import type { Contents } from '../db/backup-format'
import { readPassphrase, writeBackupFile } from './backup-file'
import { asOperator, Wrong } from './operator'

const USAGE = `npm run backup -- [file] [--keep=N]

Writes everything that people did into one file, as it is at one moment, while they go on working.
  file        where to (default: DATA_DIR/backups/slipway-<time>.backup)
  --keep=N    afterwards removes all but the newest N of DATA_DIR/backups
With BACKUP_PASSPHRASE set (at least 12 characters) the file is sealed with it.
docs/operate.md says what is in it, what is not, and how it is restored: npm run restore -- <file>`

await asOperator(async ({ ownerUrl, dataDir }) => {
  const { values, positionals } = readArguments()
  if (values.help) return console.log(USAGE)
  const keep = values.keep === undefined ? null : Number(values.keep)
  if (positionals.length > 1 || (keep !== null && !(Number.isInteger(keep) && keep > 0)))
    throw new Wrong(USAGE)
  const passphrase = readPassphrase()
  const folder = join(dataDir, 'backups')
  const [named] = positionals
  const file = named
    ? resolve(process.env.INIT_CWD ?? '.', named)
    : join(folder, `slipway-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}Z.backup`)
  if (!named) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const began = Date.now()
  let contents: Contents | undefined
  const chunks = dumpDatabase(ownerUrl)
  await writeBackupFile(
    file,
    (async function* () {
      for (;;) {
        const { value, done } = await chunks.next()
        if (done) {
          contents = value
          return
        }
        yield value
      }
    })(),
    passphrase,
  )
  const { rows = 0, tables = {} } = contents ?? {}
  const megabytes = (statSync(file).size / 1e6).toFixed(1)
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  console.log(
    `${rows} rows of ${Object.keys(tables).length} tables, ${megabytes} MB, ${seconds} s${passphrase === null ? '' : ', sealed'}: ${file}`,
  )
  if (keep !== null) {
    const old = readdirSync(folder)
      .filter((name) => /^slipway-[\dTZ-]+\.backup$/.test(name))
      .toSorted()
      .slice(0, -keep)
    for (const name of old) rmSync(join(folder, name))
    if (old.length > 0) console.log(`Removed ${old.length} older: ${old.join(', ')}`)
  }
})

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { keep: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    throw new Wrong(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
  }
}
