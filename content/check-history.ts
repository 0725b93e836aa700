import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RootContent } from 'mdast'
import { parse } from 'yaml'
import { elements } from '@/exercises/registry'
import { textOf } from './blocks'
import { isJsx, type JsxNode, parseLesson, readLiterals } from './parse'
import { Problems } from './problems'
import { canonical } from './runs'
import type { Problem } from './types'

const run = promisify(execFile)

/** What a block means: `exact` may not change without a new version; `wording` may be polished. */
type Meaning = { version: number; exact: string; wording: string; line: number; file: string }

/**
 * The commit that today's content is compared with: HEAD, or the one before it where nothing has changed since.
 * Null where there is no git or no history.
 */
export async function findBase(root: string): Promise<string | null> {
  const git = async (...words: string[]) =>
    (await run('git', words, { cwd: root, maxBuffer: 64 << 20 })).stdout.trim()
  try {
    const changed = await git('status', '--porcelain', '--', 'content/courses', 'content/retired.yaml')
    return await git('rev-parse', '--verify', '--quiet', changed ? 'HEAD' : 'HEAD~1')
  } catch {
    return null
  }
}

/** Point 10: no block changes its meaning or disappears in silence. */
export async function checkHistory(
  root: string,
  base: string,
  now: Map<string, Map<string, string>>,
  retired: Record<string, string | null>,
  only?: string,
): Promise<Problem[]> {
  const problems = new Problems()
  const git = async (...words: string[]) =>
    (await run('git', words, { cwd: root, maxBuffer: 64 << 20 })).stdout
  const listed = (await git('ls-tree', '-r', '--name-only', base, '--', 'content/courses'))
    .split('\n')
    .filter(Boolean)
  const changed = new Set(
    (await git('diff', '--name-only', base, '--', 'content/courses')).split('\n').filter(Boolean),
  )
  const lessons = new Map<string, string[]>()
  for (const path of listed) {
    const id = /^content\/courses\/([^/]+\/[^/]+)\/.+/.exec(path)?.[1]
    if (id) lessons.set(id, [...(lessons.get(id) ?? []), path])
  }
  for (const [id, paths] of lessons) {
    if ((only && only !== id) || !paths.some((path) => changed.has(path))) continue
    const folder = `content/courses/${id}`
    const before = new Map<string, string>()
    for (const path of paths)
      if (/\/(lesson\.mdx|exercise\.yaml|cases\.py|rules\.yaml)$/.test(path))
        before.set(path.slice(folder.length + 1), await git('show', `${base}:${path}`))
    const old = readMeanings(before, folder)
    if (/^status: draft$/m.test(before.get('lesson.mdx') ?? '')) continue
    const current = readMeanings(now.get(id) ?? new Map(), folder)
    for (const [name, was] of old) {
      const is = current.get(name)
      const block = `${id}/${name}`
      if (!is) {
        if (!Object.hasOwn(retired, block))
          problems.add(
            `${folder}/lesson.mdx`,
            1,
            `the block ${block} is gone. List it in content/retired.yaml with where it went, or null; its id is never used again.`,
          )
        continue
      }
      if (is.version < was.version)
        problems.add(
          is.file,
          is.line,
          `version ${is.version} of ${block} is lower than the ${was.version} of the previous commit. Versions only rise.`,
        )
      if (is.version !== was.version) continue
      const why = is.exact !== was.exact ? 'what it asks or accepts' : changedWording(was.wording, is.wording)
      if (why)
        problems.add(
          is.file,
          is.line,
          `${block} has changed ${why} since the previous commit, and is still version ${is.version}. Write version ${is.version + 1}, so that older passes are shown as such.`,
        )
    }
  }
  return problems.list
}

/** Meanings of all blocks of a lesson by their short id; what cannot be read has none. */
export function readMeanings(files: Map<string, string>, folder: string): Map<string, Meaning> {
  const found = new Map<string, Meaning>()
  const parsed = parseLesson(files.get('lesson.mdx') ?? '', '', new Problems())
  for (const node of parsed?.root.children ?? []) {
    if (!isJsx(node)) continue
    const { id, version } = readLiterals(node).values
    if (typeof id !== 'string') continue
    const place = { file: `${folder}/lesson.mdx`, line: node.position?.start.line ?? 1 }
    if (elements.has(node.name ?? ''))
      found.set(id, {
        ...place,
        version: typeof version === 'number' ? version : 1,
        exact: canonical(exactOf(node, true)),
        wording: wordingOf(node),
      })
    else if (node.name === 'Exercise') {
      const meaning = folderMeaning(files, `exercises/${id}/`)
      if (meaning) found.set(id, { ...meaning, file: `${folder}/exercises/${id}/exercise.yaml`, line: 1 })
    }
  }
  return found
}

// Words about an answer may be improved at any time; so may what a block is called and whether it counts.
const words = new Set([
  'Why',
  'Hint',
  'Near',
  'Wrong',
  'Broken',
  'Cell',
  'Blank',
  'People',
  'Fails',
  'Instead',
  'Sample',
])
const outward = new Set(['title', 'skills', 'version', 'exercise', 'star', 'misconception'])

function exactOf(node: JsxNode, top = false): unknown {
  const attributes = Object.entries(readLiterals(node).values).filter(
    ([name]) => !(top && outward.has(name)) && name !== 'misconception' && name !== 'goal',
  )
  const fences = node.children.flatMap((child) => (child.type === 'code' ? [child.value] : []))
  const answer = ['Accept', 'Line', 'Input'].includes(node.name ?? '')
    ? textOf(node.children as RootContent[]).trim()
    : ''
  return [
    node.name,
    attributes,
    fences,
    answer,
    childrenOf(node)
      .filter(
        (child) =>
          !['Why', 'Hint', 'Near', 'Wrong', 'Broken', 'Sample', 'People', 'Fails', 'Instead'].includes(
            child.name ?? '',
          ),
      )
      .map((child) => exactOf(child)),
  ]
}

function childrenOf(node: JsxNode): JsxNode[] {
  return (node.children as RootContent[]).flatMap((child): JsxNode[] => {
    if (isJsx(child)) return [child]
    return child.type === 'paragraph' ? (child.children as RootContent[]).filter(isJsx) : []
  })
}

function wordingOf(node: JsxNode): string {
  const strip = (nodes: RootContent[]): RootContent[] =>
    nodes.flatMap((child) => {
      if (isJsx(child) && words.has(child.name ?? '')) return []
      return 'children' in child
        ? [{ ...child, children: strip(child.children as RootContent[]) } as RootContent]
        : [child]
    })
  return textOf(strip(node.children as RootContent[]))
}

function folderMeaning(
  files: Map<string, string>,
  below: string,
): { version: number; exact: string; wording: string } | null {
  try {
    const yaml = parse(files.get(`${below}exercise.yaml`) ?? '') as Record<string, unknown>
    const rules: unknown = parse(files.get(`${below}rules.yaml`) ?? '[]')
    const bare = Array.isArray(rules)
      ? rules.map((rule: Record<string, unknown>) => ({ ...rule, says: null }))
      : rules
    const cases = (files.get(`${below}cases.py`) ?? '')
      .replace(/^\s*#.*$/gm, '')
      .replace(/says=("([^"\\]|\\.)*"|'([^'\\]|\\.)*'),?\s*/g, '')
      .replace(/\s+/g, ' ')
    return {
      version: typeof yaml.version === 'number' ? yaml.version : 1,
      exact: canonical([yaml.kind, yaml.bans ?? [], bare, cases]),
      wording: String(yaml.prompt ?? ''),
    }
  } catch {
    return null
  }
}

const decisive =
  /^(not?|never|none|only|all|each|every|any|first|last|least|most|before|after|above|below|without|or|and|empty|sorted|ascending|descending)$/

/** How a wording changed its meaning, or null. Numbers, code and the small words that turn a sentence must stay. */
export function changedWording(before: string, after: string): string | null {
  const tokens = (text: string) => text.toLowerCase().match(/`[^`]+`|[\p{L}\p{N}_.'’%€£$]+/gu) ?? []
  const [a, b] = [tokens(before), tokens(after)]
  const hard = (list: string[]) =>
    list
      .filter((word) => /\d|`|_/.test(word) || decisive.test(word))
      .sort()
      .join(' ')
  if (hard(a) !== hard(b)) return 'a number, a name or a word that decides'
  const left = new Map<string, number>()
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1)
  let same = 0
  for (const word of b) {
    const count = left.get(word) ?? 0
    if (count > 0) same++
    left.set(word, count - 1)
  }
  return same < 0.7 * Math.max(a.length, b.length) ? 'most of its wording' : null
}
