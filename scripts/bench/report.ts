import { readFileSync, writeFileSync } from 'node:fs'
import { rowOf, type Step } from './figures'

const FILE = 'docs/performance.md'

/**
 * Puts what was measured into docs/performance.md, between the marks of each step. Words outside the marks are a
 * person's and stay.
 */
export function writeReport(
  steps: Record<string, Step>,
  { machine, load, date }: { machine: string; load: number; date: Date },
): void {
  let text = readFileSync(FILE, 'utf8')
  for (const [name, { figures, remarks = [] }] of Object.entries(steps)) {
    const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
    const [begins, ends] = [text.indexOf(from), text.indexOf(to)]
    if (begins === -1 || ends < begins) throw new Error(`${FILE} lacks ${from} … ${to}`)
    const rows = figures.map((figure) => `| ${rowOf(figure).join(' | ')} |`)
    const lines = [
      from,
      `Measured ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC on ${machine}; load average at the end ${load.toFixed(1)}.`,
      '',
      '| Figure | Median | Range | Limit | |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      ...remarks.flatMap((remark) => ['', remark]),
    ]
    text = `${text.slice(0, begins)}${lines.join('\n')}\n${text.slice(ends)}`
  }
  writeFileSync(FILE, text)
}
