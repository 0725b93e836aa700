import { getIndex } from '../content'
import { rebuildProgress } from '../db/queries/progress'
import { asOperator, Wrong } from './operator'

/**
 * Computes progress, completed lessons and days of activity from attempts and verdicts alone, and mends what differs.
 * With `--check` nothing is written, and a difference is a failure.
 */
const given = process.argv.slice(2)
const rows = (count: number) => (count === 1 ? '1 row is' : `${count} rows are`)

await asOperator(async () => {
  const unknown = given.find((argument) => argument !== '--check')
  if (unknown !== undefined)
    throw new Wrong(`"${unknown}" is not known. npm run progress:rebuild [-- --check]`)
  const check = given.includes('--check')
  const { blocks } = await getIndex()
  const required = Object.entries(blocks)
    .filter(([, { graded }]) => graded)
    .map(([block, { course, lesson }]) => ({ lesson: `${course}/${lesson}`, block }))
  const differences = await rebuildProgress(required, { write: !check })
  for (const { table, key, stored, derived } of differences) {
    console.log(
      `${table} ${key}\n  stored   ${JSON.stringify(stored)}\n  derived  ${JSON.stringify(derived)}`,
    )
  }
  if (differences.length === 0) {
    console.log('Progress is what attempts and verdicts say: no difference.')
  } else if (check) {
    throw new Wrong(
      `${rows(differences.length)} not what attempts and verdicts say. Mend them with: npm run progress:rebuild`,
    )
  } else {
    console.log(`${rows(differences.length)} mended.`)
  }
})
