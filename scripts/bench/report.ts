import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { rowOf, type Step } from './figures'

const FILE = 'docs/performance.md'

/**
 * Puts what was measured into docs/performance.md, between the marks of its step. Words outside the marks are a
 * person's and stay.
 */
export function writeReport(
  step: string,
  { figures, remarks = [] }: Step,
  { machine, load, date }: { machine: string; load: number; date: Date },
): void {
  const text = readFileSync(FILE, 'utf8')
  const [from, to] = [`<!-- bench:${step} -->`, `<!-- /bench:${step} -->`]
  const [begins, ends] = [text.indexOf(from), text.indexOf(to)]
  if (begins === -1 || ends < begins) throw new Error(`${FILE} lacks ${from} … ${to}`)
  const lines = [
    from,
    `Measured ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC on ${machine}; load average at the end ${load.toFixed(1)}.`,
    '',
    '| Figure | Median | Range | Limit | |',
    '| --- | --- | --- | --- | --- |',
    ...figures.map((figure) => `| ${rowOf(figure).join(' | ')} |`),
    ...remarks.flatMap((remark) => ['', remark]),
  ]
  writeFileSync(FILE, `${text.slice(0, begins)}${lines.join('\n')}\n${text.slice(ends)}`)
}

/** Processor, memory, system and Node of this machine, for a table that says where it was measured. */
export function nameMachine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${memory} GB, ${process.platform} ${release()}, Node ${process.versions.node}`
}
