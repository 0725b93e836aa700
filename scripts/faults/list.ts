import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Experiment } from './experiment'

const FILE = /^r-\d\d-[\w-]+(?<!\.test)\.ts$/

/** Every experiment of this folder, by id. Throws when a file's name and its id say different things. */
export async function listExperiments(): Promise<Experiment[]> {
  const files = readdirSync(import.meta.dirname)
    .filter((file) => FILE.test(file))
    .toSorted()
  return Promise.all(
    files.map(async (file) => {
      const { experiment } = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as {
        experiment?: Experiment
      }
      if (experiment?.id !== file.slice(0, 4).toUpperCase())
        throw new Error(`scripts/faults/${file} must export an experiment with the id of its name`)
      return experiment
    }),
  )
}
