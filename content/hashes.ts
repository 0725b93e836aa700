import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A hash over files below some folders of the repository, by their content. Tests do not count. */
export function hashTree(root: string, folders: string[], wanted: RegExp): string {
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const file of listFiles(path.join(root, folder), wanted))
      hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex').slice(0, 32)
}

function listFiles(folder: string, wanted: RegExp): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name) && !entry.name.includes('.test.'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

/** What makes the same lesson compile differently: our own sources, the kinds, the runner, the packages' versions. */
export function hashCompiler(root: string): string {
  const sources = hashTree(root, ['exercises', 'runner'], /\.(ts|py|js)$/)
  const own = createHash('sha256').update(sources)
  for (const name of readdirSync(path.join(root, 'content')).sort())
    if (
      /\.ts$/.test(name) &&
      !/\btest(ing)?\.ts$/.test(name) &&
      !['index.ts', 'keys.ts', 'types.ts'].includes(name)
    )
      own.update(name).update(readFileSync(path.join(root, 'content', name)))
  for (const name of ['content/salt.txt', 'package-lock.json'])
    if (existsSync(path.join(root, name))) own.update(readFileSync(path.join(root, name)))
  return own.digest('hex').slice(0, 32)
}

/** What makes the same program run differently. */
export function hashRuntime(root: string): string {
  const version: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).dependencies
    ?.pyodide
  return `${String(version)}:${hashTree(root, ['runner'], /\.(py|js)$/)}:${hashTree(root, ['runner'], /^(core|node|node-child|protocol|snapshot|runtime)\.ts$/)}`
}
