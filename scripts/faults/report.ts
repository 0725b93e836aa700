import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type Experiment, type Outcome, rowOf } from './experiment'

/**
 * Puts what an experiment gave into docs/reliability.md, between its marks; a new one gets a part of its own at the end.
 * Words outside the marks are a person's and stay.
 */
export function writeReport(
  { id, what }: Pick<Experiment, 'id' | 'what'>,
  { figures, remarks = [] }: Outcome,
  run: { seed: number; size: string; seconds: number; machine: string; load: number; date: Date },
  file = 'docs/reliability.md',
): void {
  const [from, to] = [`<!-- fault:${id} -->`, `<!-- /fault:${id} -->`]
  const found = existsSync(file) ? readFileSync(file, 'utf8') : '# Reliability\n'
  const text = found.includes(from) ? found : `${found.trimEnd()}\n\n## ${id}\n\n${from}\n${to}\n`
  const [begins, ends] = [text.indexOf(from), text.indexOf(to)]
  if (ends < begins) throw new Error(`${file} lacks ${to} after ${from}`)
  const when = run.date.toISOString().slice(0, 16).replace('T', ' ')
  const lines = [
    from,
    what,
    '',
    `Seed ${run.seed}, ${run.size} size, ${run.seconds} s, ${when} UTC on ${run.machine}; load average at the end ${run.load.toFixed(1)}.`,
    '',
    '| Figure | Seen | Bar | |',
    '| --- | --- | --- | --- |',
    ...figures.map((figure) => `| ${rowOf(figure).join(' | ')} |`),
    ...remarks.flatMap((remark) => ['', remark]),
  ]
  writeFileSync(file, `${text.slice(0, begins)}${lines.join('\n')}\n${text.slice(ends)}`)
}
