import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { RunJob, RunResult } from '@/runner/protocol'

export type Run = (job: RunJob) => Promise<RunResult>

/**
 * Runs programs of authors in the runner's Node face, once for each different job: results are kept in `.cache/content`,
 * so that an unchanged tree needs no runtime. `runtime` changes when the interpreter or its driver does.
 * Only a result is kept; what failed for want of time or memory is tried again.
 */
export function cachedRun(root: string, runtime: string, run: Run = runInNode): Run {
  const folder = path.join(root, '.cache/content/runs')
  const going = new Map<string, Promise<RunResult>>()
  return (job) => {
    const name = createHash('sha256').update(runtime).update(canonical(job)).digest('hex')
    const known = going.get(name)
    if (known) return known
    const file = path.join(folder, name.slice(0, 2), `${name}.json`)
    const result = readResult(file).then(async (kept) => {
      if (kept) return kept
      const made = await run(job)
      if (made.type === 'result') await writeAtomic(file, JSON.stringify(made))
      return made
    })
    going.set(name, result)
    return result
  }
}

let used = false

/** Loaded when first needed: the runner boots an interpreter. */
async function runInNode(job: RunJob): Promise<RunResult> {
  used = true
  const { runInNode: run } = await import('@/runner/node')
  return run(job)
}

/** Ends the interpreters, if any was needed. */
export async function closeRuns(): Promise<void> {
  if (used) await (await import('@/runner/node')).closeNode()
}

async function readResult(file: string): Promise<RunResult | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as RunResult
  } catch {
    return null
  }
}

/** Written beside and renamed: a reader sees the old file or the new one, never a part. */
export async function writeAtomic(file: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const beside = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(beside, text, { mode })
  await rename(beside, file)
}

/** JSON with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  if (value instanceof Map) return canonical([...value])
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`)
      .join(',')}}`
  return JSON.stringify(value) ?? 'null'
}
