import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { nameMachine } from './bench/report'
import { type Figure, holds, randomFrom, rowOf } from './faults/experiment'
import { openHouse } from './faults/house'
import { listExperiments } from './faults/list'
import { writeReport } from './faults/report'

const USAGE = `npm run faults -- [ids] [--seed=N] [--short]

Breaks things on purpose and looks whether anything that was acknowledged is lost. Without ids: every experiment.
  --seed=N    the run that this number gave before
  --short     the size that npm test runs; docs/reliability.md keeps the full one only`

/** `npm run faults [ids]`: prints every figure beside its bar, and writes docs/reliability.md anew where they stand. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      short: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const all = await listExperiments()
  const wanted = positionals.map((id) => id.toUpperCase())
  const unknown = wanted.filter((id) => !all.some((one) => one.id === id))
  const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
  if (values.help || unknown.length > 0 || !Number.isInteger(seed)) {
    if (unknown.length > 0) console.error(`There is no experiment ${unknown.join(', ')}.\n`)
    console.log(`${USAGE}\n\n${all.map(({ id, what }) => `  ${id}  ${what}`).join('\n')}`)
    if (!values.help) process.exitCode = 2
    return
  }
  const size = values.short ? 'short' : 'full'
  // What is tried is what stands here, not what was built some time ago.
  if (spawnSync(process.execPath, ['scripts/test.mjs', 'build'], { stdio: 'inherit' }).status !== 0) {
    process.exitCode = 1
    return
  }
  const short: string[] = []
  for (const experiment of all) {
    const { id, what } = experiment
    if (wanted.length > 0 && !wanted.includes(id)) continue
    console.log(`\n== ${id} (seed ${seed}, ${size}): ${what}`)
    const began = Date.now()
    try {
      const say = (line: string) => console.log(`  ${line}`)
      const outcome = await experiment.run({ seed, random: randomFrom(seed), size, openHouse, say })
      for (const figure of outcome.figures) console.log(`  ${rowOf(figure).filter(Boolean).join(' | ')}`)
      for (const remark of outcome.remarks ?? []) console.log(`  ${remark}`)
      const failing = outcome.figures.filter((figure: Figure) => holds(figure) === false)
      short.push(...failing.map(({ name }) => `${id} ${name}`))
      const seconds = Math.round((Date.now() - began) / 1000)
      const machine = { machine: nameMachine(), load: loadavg()[0] ?? Number.NaN, date: new Date() }
      if (size === 'full') writeReport(experiment, outcome, { seed, size, seconds, ...machine })
    } catch (error) {
      console.error(error)
      short.push(`${id} could not be measured`)
    }
  }
  console.log(
    short.length === 0
      ? '\nEvery bar holds.'
      : `\n${short.length} fall short: ${short.join('; ')}. The same run: --seed=${seed}`,
  )
  if (short.length > 0) process.exitCode = 1
}

await main()
