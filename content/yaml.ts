import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { didYouMean, type Problems } from './problems'

/**
 * YAML read and checked, or null with the problems added. `firstLine` is where the text begins in its file
 * (front matter begins on line 2). Also gives the line of a path, for what is found out later.
 */
export function readYaml<T>(
  text: string,
  at: { file: string; firstLine?: number },
  schema: z.ZodType<T>,
  problems: Problems,
): { data: T; lineOf(path: PropertyKey[]): number } | null {
  const first = at.firstLine ?? 1
  const lines = new LineCounter()
  const doc = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false, merge: false })
  const lineAt = (offset: number) => lines.linePos(offset).line + first - 1
  if (doc.errors.length > 0) {
    for (const error of doc.errors) {
      const advice =
        error.code === 'DUPLICATE_KEY'
          ? 'Keep one of the two.'
          : error.code === 'TAB_AS_INDENT'
            ? 'Indent with spaces.'
            : 'Put text that holds a colon, a quote or a bracket between double quotes.'
      problems.add(at.file, lineAt(error.pos[0]), `this is not valid YAML: ${error.message}. ${advice}`)
    }
    return null
  }
  const lineOf = (path: PropertyKey[]): number => {
    const keys = path.filter((part) => typeof part !== 'symbol')
    for (let length = keys.length; length >= 0; length--) {
      const key = keys[length - 1]
      const parent = length > 0 ? doc.getIn(keys.slice(0, length - 1), true) : undefined
      if (isMap(parent)) {
        const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
        if (pair && isScalar(pair.key) && pair.key.range) return lineAt(pair.key.range[0])
      }
      const node = length === 0 ? doc.contents : doc.getIn(keys.slice(0, length), true)
      if (isNode(node) && node.range) return lineAt(node.range[0])
    }
    return first
  }
  const read = schema.safeParse(doc.toJS({ maxAliasCount: 0 }) ?? {})
  if (read.success) return { data: read.data, lineOf }
  for (const issue of read.error.issues) {
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(schema, issue.path)
      for (const key of issue.keys)
        problems.add(
          at.file,
          lineOf([...issue.path, key]),
          `the key \`${key}\` is not known here.${didYouMean(key, known)} ${known.length ? `Known are ${known.join(', ')}.` : 'Take it away.'}`,
        )
      continue
    }
    const name = issue.path.map(String).join('.')
    const missing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
    problems.add(
      at.file,
      lineOf(issue.path),
      missing
        ? `\`${name}\` is missing. Add it.`
        : `\`${name || 'the file'}\` is not as it should be: ${issue.message}. See docs/lesson-format.md.`,
    )
  }
  return null
}

/** Keys of the object schema at a path, as far as the schema tells. */
function knownKeys(schema: z.ZodType, path: PropertyKey[]): string[] {
  let at: unknown = schema
  for (const part of path) {
    const def = defOf(at)
    const shape = def?.shape
    if (isRecord(shape) && typeof part === 'string') at = shape[part]
    else at = def?.element ?? def?.valueType ?? def?.innerType
  }
  const shape = defOf(at)?.shape
  return isRecord(shape) ? Object.keys(shape) : []
}

function defOf(schema: unknown): Record<string, unknown> | undefined {
  let at = schema
  while (isRecord(at) && isRecord(at.def)) {
    const def: Record<string, unknown> = at.def
    if (!['optional', 'default', 'nullable', 'prefault'].includes(String(def.type))) return def
    at = def.innerType
  }
  return undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
