import { loadavg } from 'node:os'
import { measureContent } from './bench/content'
import { measureField } from './bench/field'
import { isWithin, rowOf, type Step } from './bench/figures'
import { type House, openHouse } from './bench/house'
import { measureJavaScript } from './bench/javascript'
import { measureLesson } from './bench/lesson'
import { measureLighthouse } from './bench/lighthouse'
import { measurePython } from './bench/python'
import { measureReaders } from './bench/readers'
import { nameMachine, writeReport } from './bench/report'

/** Each figure is measured this often; the median is judged and the range is told. */
const ROUNDS = 3

const NEEDS_HOUSE = {
  lesson: (house: House) => measureLesson(house, ROUNDS),
  javascript: (house: House) => measureJavaScript(house),
  python: (house: House) => measurePython(house, ROUNDS),
  field: (house: House) => measureField(house, ROUNDS),
  lighthouse: (house: House) => measureLighthouse(house, ROUNDS),
  readers: (house: House) => measureReaders(house, ROUNDS),
}
const ALONE = { content: () => measureContent(ROUNDS) }
const NAMES = [...Object.keys(NEEDS_HOUSE), ...Object.keys(ALONE)]

/** `npm run bench [names]`: every figure beside its limit, and docs/performance.md written anew where they stand. */
async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !NAMES.includes(name))
  if (unknown.length > 0) {
    console.error(`There is no figure ${unknown.join(', ')}. Figures: ${NAMES.join(', ')}`)
    process.exitCode = 2
    return
  }
  const wanted = (name: string) => names.length === 0 || names.includes(name)
  const steps: Record<string, Step> = {}
  const take = async (name: string, measure: () => Promise<Step>) => {
    console.log(`\n${name} (load of the machine ${loadavg()[0]?.toFixed(1)})`)
    const step = await measure()
    steps[name] = step
    writeReport(name, step, { machine: nameMachine(), load: loadavg()[0] ?? Number.NaN, date: new Date() })
    for (const figure of step.figures) console.log(`  ${rowOf(figure).filter(Boolean).join(' | ')}`)
    for (const remark of step.remarks ?? []) console.log(`  ${remark}`)
  }
  for (const [name, measure] of Object.entries(ALONE)) if (wanted(name)) await take(name, measure)
  const ofHouse = Object.entries(NEEDS_HOUSE).filter(([name]) => wanted(name))
  if (ofHouse.length > 0) {
    console.log('\nBuilding and starting a copy with an empty page and a bare handler')
    const house = await openHouse()
    try {
      for (const [name, measure] of ofHouse) await take(name, () => measure(house))
    } finally {
      await house.stop()
    }
  }
  const short = Object.values(steps).flatMap(({ figures }) =>
    figures.filter((one) => isWithin(one) === false),
  )
  console.log(
    short.length === 0
      ? '\nEvery limit holds. docs/performance.md is up to date.'
      : `\n${short.length} fall short: ${short.map(({ name }) => name).join('; ')}. docs/performance.md says so.`,
  )
  if (short.length > 0) process.exitCode = 1
}

await main(process.argv.slice(2))
