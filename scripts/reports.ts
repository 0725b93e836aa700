import { parseArgs } from 'node:util'
import { closeReport, findReports, listReports } from '../db/queries/reports'
import { asOperator, Wrong } from './operator'

const USAGE = `npm run reports -- <command>

  list            what learners have reported and nobody has closed, oldest first
       --all      the closed ones too
  show <id>       one report with the answer that it is about; the beginning of its id is enough
  close <id>      it is dealt with

The server need not be running.`

const KINDS = { refused: 'right answer refused', problem: 'problem' }

async function list(): Promise<void> {
  const reports = await listReports({ closedToo: Boolean(options.all) })
  if (reports.length === 0) {
    console.log(
      options.all
        ? 'Nobody has reported anything.'
        : 'Nothing is open. All there ever was: npm run reports -- list --all',
    )
    return
  }
  for (const { id, at, kind, block, closedAt, words } of reports) {
    const first = printable(words).split('\n')[0] ?? ''
    const state = closedAt ? 'closed  ' : ''
    console.log(
      `${id.slice(0, 8)}  ${dayOf(at)}  ${state}${KINDS[kind]}  ${block}${first && `  ${shorten(first)}`}`,
    )
  }
  console.log(reports.length === 1 ? '1 report' : `${reports.length} reports`)
}

async function show(beginning: string): Promise<void> {
  const report = await requireReport(beginning)
  console.log(`Report    ${report.id}`)
  console.log(`About     ${report.block}, version ${report.version}: ${KINDS[report.kind]}`)
  console.log(`By        ${report.email}, ${report.at.toISOString()}`)
  console.log(`State     ${report.closedAt ? `closed ${report.closedAt.toISOString()}` : 'open'}`)
  console.log(`\n${report.words === '' ? '(no words)' : printable(report.words)}`)
  if (report.attemptId === null) {
    console.log('\nNo answer goes with it.')
    return
  }
  const { verdict } = report
  const said = verdict
    ? `${verdict.passed ? 'passed' : 'not passed'}, checked by ${verdict.checked}`
    : 'not judged yet'
  console.log(
    `\nAnswer    ${report.attemptId}, ${report.answeredAt?.toISOString()}, version ${report.attemptVersion}, ${report.hints} hints, ${said}`,
  )
  console.log(inLines(report.answer))
  if (verdict) console.log(`\nVerdict\n${inLines(verdict.feedback)}`)
}

async function close(beginning: string): Promise<void> {
  const { userId, id, closedAt } = await requireReport(beginning)
  if (closedAt) throw new Wrong(`${id} was closed on ${dayOf(closedAt)}.`)
  await closeReport(userId, id)
  console.log(`${id} is closed.`)
}

async function requireReport(beginning: string) {
  const asked = beginning.toLowerCase()
  if (!/^[0-9a-f-]{4,36}$/.test(asked))
    throw new Wrong(`"${beginning}" is not the beginning of an id: at least 4 of its letters and digits.`)
  const [found, ...others] = await findReports(asked)
  if (!found) throw new Wrong(`There is no report ${beginning}. All of them: npm run reports -- list --all`)
  if (others.length > 0) {
    const ids = [found, ...others].map(({ id }) => id).join(', ')
    throw new Wrong(`More than one report begins so: ${ids}. Give more of the id.`)
  }
  return found
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10)
const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** What a stranger wrote, without what would steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\ufffd'))
}

/** JSON that can be read: the lines of a program stay lines. */
function inLines(value: unknown): string {
  return printable(JSON.stringify(value, null, 2).replaceAll('\\n', '\n'))
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { all: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`)
    process.exit(1)
  }
}

const { values: options, positionals } = readArguments()
const [command = '', id, ...rest] = positionals

if (options.help || command === '') {
  console.log(USAGE)
} else {
  await asOperator(async () => {
    if (command === 'list' && id === undefined) return list()
    if (command === 'show' && id !== undefined && rest.length === 0) return show(id)
    if (command === 'close' && id !== undefined && rest.length === 0) return close(id)
    throw new Wrong(USAGE)
  })
}
