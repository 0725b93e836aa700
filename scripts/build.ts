import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { holdBuild } from './data-dir'

/** Runs a program of this repository to its end; rejects when it fails. Given by whoever can also stop it. */
export type Run = (name: string, args: string[], env?: Record<string, string>) => Promise<void>

/** A step ended with an error that it has printed itself. */
export class Failed extends Error {
  constructor(name: string) {
    super(`${name} failed; the reason stands above.`)
  }
}

const STAMP = '.next/slipway-stamp'

/** What `next build` reads. Lessons are not among it: pages read them compiled, at run time. */
const WEB_SOURCES = [
  'app',
  'components',
  'content',
  'db',
  'exercises',
  'public',
  'runner',
  'next.config.js',
  'package-lock.json',
  'postcss.config.mjs',
  'tsconfig.json',
]

/**
 * Brings everything that is built up to date: the runner, the lessons, the pages. Each step that has nothing to do is
 * quick and says so. `web: false` leaves out the pages, which the development server builds by itself.
 */
export async function buildAll(run: Run, { web, drafts }: { web: boolean; drafts: boolean }): Promise<void> {
  const building = await holdBuild()
  try {
    await run('The Python runner', ['--import', 'tsx', 'runner/build.ts'])
    await buildLessons(run, drafts)
    if (web) await buildWeb(run)
  } finally {
    building.release()
  }
}

/** A lesson with errors shows them on its own page; it does not keep the others from being read. */
async function buildLessons(run: Run, drafts: boolean): Promise<void> {
  try {
    await run('The compiling of lessons', [
      '--import',
      'tsx',
      'content/build.ts',
      ...(drafts ? ['--drafts'] : []),
    ])
  } catch (error) {
    if (!(error instanceof Failed) || !existsSync('.content/index.json')) throw error
    console.log('Lessons with errors, named above, are shown as broken; all others are there.')
  }
}

async function buildWeb(run: Run): Promise<void> {
  const inputs = hashOf(WEB_SOURCES)
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === inputs) {
    console.log('The pages are up to date.')
    return
  }
  console.log('Building the pages (about a minute)')
  rmSync(STAMP, { force: true })
  await runNext(run, 'The build of the pages', 'build')
  await compressStatic('.next/static')
  writeFileSync(STAMP, inputs)
}

/** Runs one of Next's own commands for production. Nothing is told to its makers. */
export function runNext(run: Run, name: string, command: 'build' | 'typegen'): Promise<void> {
  return run(name, ['node_modules/next/dist/bin/next', command], {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  })
}

/** A hash over names and contents, tests and lessons left out. */
function hashOf(places: string[]): string {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '')
  for (const place of places) {
    for (const file of filesBelow(place))
      hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function filesBelow(place: string): string[] {
  if (!existsSync(place)) return []
  if (statSync(place).isFile()) return [place]
  if (place === join('content', 'courses')) return []
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesBelow(join(place, name)))
    .filter((file) => !/\.test\.tsx?$|\.yaml$|\.py$|\.md$/.test(file))
}

/** Once at build time instead of on each request: `server.ts` serves the siblings. */
async function compressStatic(folder: string): Promise<void> {
  const files = filesBelow(folder).filter((file) => /\.(js|css|svg|json|html|txt)$/.test(file))
  await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file)
      if (bytes.length < 1024) return
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
      const [br, gz] = await Promise.all([
        promisify(brotliCompress)(bytes, { params }),
        promisify(gzip)(bytes, { level: 9 }),
      ])
      await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)])
    }),
  )
}
