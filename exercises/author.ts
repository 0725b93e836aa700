import { z } from 'zod'
import { AuthorError, type BlockNode, type Html } from '@/exercises/kind'

/** What every judged block may carry; the compiler of lessons reads these, a kind only allows them. */
export const blockAttributes = {
  id: z.string(),
  exercise: z.boolean().optional(),
  star: z.boolean().optional(),
  version: z.number().int().positive().optional(),
  skills: z.array(z.string()).optional(),
  title: z.string().optional(),
}

/**
 * The attributes of an element, checked against `shape`.
 * @throws AuthorError naming the attribute, what is wrong with it and what is known here.
 */
export function readAttributes<S extends z.ZodRawShape>(node: BlockNode, shape: S): z.infer<z.ZodObject<S>> {
  const read = z.strictObject(shape).safeParse(node.attributes)
  if (read.success) return read.data as z.infer<z.ZodObject<S>>
  const issue = read.error.issues[0]
  const known = Object.keys(shape)
  const allowed = known.length ? `It takes ${known.join(', ')}.` : 'It takes none.'
  if (issue?.code === 'unrecognized_keys')
    throw authorError(node, `<${node.name}> has no attribute ${issue.keys.join(', ')}. ${allowed}`)
  const name = issue?.path.join('.') ?? ''
  const wrong =
    node.attributes[name] === undefined ? 'is missing' : `is not as it should be: ${issue?.message ?? ''}`
  throw authorError(node, `<${node.name}>: ${name} ${wrong}. ${allowed}`)
}

/** @throws AuthorError when an element other than these stands inside `node`. Hints are the lesson compiler's. */
export function allowChildren(node: BlockNode, names: string[]): void {
  for (const child of node.children)
    if (child.name !== 'Hint' && !names.includes(child.name))
      throw authorError(
        child,
        `<${child.name}> does not belong inside <${node.name}>. ${names.length ? `It may hold ${names.map((name) => `<${name}>`).join(', ')}.` : 'It holds text only.'}`,
      )
}

export function childrenNamed(node: BlockNode, name: string): BlockNode[] {
  return node.children.filter((child) => child.name === name)
}

/** The only child of that name, or null. @throws AuthorError when there are several. */
export function currentChild(node: BlockNode, name: string): BlockNode | null {
  const [first, second] = childrenNamed(node, name)
  if (second) throw authorError(second, `<${node.name}> has a second <${name}>. Keep one.`)
  return first ?? null
}

/** @throws AuthorError when the child is missing, `why` says what it is for. */
export function requireChild(node: BlockNode, name: string, why: string): BlockNode {
  const child = currentChild(node, name)
  if (!child) throw authorError(node, `<${node.name}> lacks its <${name}>. ${why}`)
  return child
}

/** The prose of an element with the code that stands in it below. */
export function proseOf(node: BlockNode): Html {
  return [node.html, ...node.fences.map((fence) => fence.html)].filter(Boolean).join('\n')
}

/** Prose that may not be empty. @throws AuthorError saying what to write. */
export function requireProse(node: BlockNode, what: string): Html {
  const prose = proseOf(node)
  if (!prose.trim()) throw authorError(node, `<${node.name}> is empty. Write ${what}.`)
  return prose
}

/** Plain words of an element in one line, for labels and for search. */
export function wordsOf(node: BlockNode): string {
  return [node.text, ...node.fences.map((fence) => fence.value)].join(' ').replace(/\s+/g, ' ').trim()
}

/** The one code fence of a block. @throws AuthorError when there is none, several, or another language. */
export function requireFence(node: BlockNode, lang: string) {
  const [fence, second] = node.fences
  if (!fence) throw authorError(node, `<${node.name}> lacks its program. Add a \`\`\`${lang} fence.`)
  if (second)
    throw new AuthorError(`<${node.name}> has a second code fence. Keep one.`, { line: second.line })
  if (fence.lang !== lang)
    throw new AuthorError(
      `This fence is ${fence.lang || 'without a language'}; <${node.name}> takes ${lang}.`,
      {
        line: fence.line,
      },
    )
  return fence
}

export function authorError(node: BlockNode, message: string): AuthorError {
  return new AuthorError(message, { line: node.line })
}

/** Throws on the second item with the same key: ids are what answers refer to. */
export function requireUnique(nodes: BlockNode[], keyOf: (node: BlockNode) => string, what: string): void {
  const seen = new Set<string>()
  for (const node of nodes) {
    const key = keyOf(node)
    if (seen.has(key)) throw authorError(node, `The ${what} "${key}" is there twice. Give it another.`)
    seen.add(key)
  }
}

/** Sorted by opaque id, so that the order in the page tells nothing about the order in the lesson. */
export function byId<T extends { id: string }>(parts: T[]): T[] {
  return [...parts].sort((a, b) => (a.id < b.id ? -1 : 1))
}
