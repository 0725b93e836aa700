import type { Root, RootContent } from 'mdast'
import type {
  MdxJsxAttribute,
  MdxJsxExpressionAttribute,
  MdxJsxFlowElement,
  MdxJsxTextElement,
} from 'mdast-util-mdx-jsx'
import remarkFrontmatter from 'remark-frontmatter'
import remarkGfm from 'remark-gfm'
import remarkMath from 'remark-math'
import remarkMdx from 'remark-mdx'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { VFileMessage } from 'vfile-message'
import type { Problems } from './problems'

export type JsxNode = MdxJsxFlowElement | MdxJsxTextElement

const mdx = unified().use(remarkParse).use(remarkFrontmatter).use(remarkGfm).use(remarkMath).use(remarkMdx)
const markdown = unified().use(remarkParse).use(remarkGfm).use(remarkMath)

export function isJsx(node: { type: string }): node is JsxNode {
  return node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement'
}

/** A lesson's tree with its front matter apart, or null when it cannot be read at all. Nothing in it is ever evaluated. */
export function parseLesson(
  source: string,
  file: string,
  problems: Problems,
): { root: Root; frontMatter: string | null } | null {
  if (source.startsWith('---\n') && !/\n---[ \t]*(\n|$)/.test(source.slice(3))) {
    problems.add(file, 1, 'front matter is not closed. Write --- on a line of its own after the last key.')
    return null
  }
  let root: Root
  try {
    root = mdx.parse(source) as Root
  } catch (error) {
    if (!(error instanceof VFileMessage)) throw error
    const { line, message } = explain(error)
    problems.add(file, line, message)
    return null
  }
  refuseCode(root, file, problems)
  unravel(root)
  const first = root.children[0]
  return { root, frontMatter: first?.type === 'yaml' ? first.value : null }
}

/** Markdown without elements, as it stands in YAML. */
export function parseMarkdown(source: string): Root {
  return markdown.parse(source) as Root
}

function explain(error: VFileMessage): { line: number; message: string } {
  const inText = /\((\d+):\d+-/.exec(error.reason)
  const unclosed = /closing tag for `<([\w.]+)>`/.exec(error.reason)
  const line = (error.ruleId === 'end-tag-mismatch' && inText ? Number(inText[1]) : error.line) ?? 1
  if (error.ruleId === 'end-tag-mismatch' && unclosed)
    return {
      line,
      message: `<${unclosed[1]}> opens here and is not closed where it should be. Close it with </${unclosed[1]}>, or write < in backticks.`,
    }
  if (error.ruleId === 'acorn')
    return {
      line,
      message:
        'what stands between these braces cannot be read. Only literals may; to show a brace, put it in backticks.',
    }
  if (error.ruleId === 'end-tag-mismatch' || /^Unexpected closing slash/.test(error.reason))
    return {
      line: error.line ?? line,
      message: `a closing tag has no opening one: ${error.reason}. Open it, or take it away.`,
    }
  return { line, message: `a tag cannot be read: ${error.reason}. To show < or {, put it in backticks.` }
}

/** Imports, exports and expressions are refused; comments vanish. */
function refuseCode(root: Root, file: string, problems: Problems): void {
  visit(root, (node, index, parent) => {
    const line = node.position?.start.line ?? 1
    if (node.type === 'mdxjsEsm') {
      problems.add(
        file,
        line,
        'a lesson imports and exports nothing. Take the line away: every element is there already.',
      )
    } else if (node.type === 'mdxFlowExpression' || node.type === 'mdxTextExpression') {
      if (!/^\s*(\/\*[\s\S]*\*\/\s*)?$/.test(node.value) || node.value.trim() === '')
        problems.add(
          file,
          line,
          `an expression is never evaluated. Put {${node.value.slice(0, 24)}} in backticks to show it, or take it away.`,
        )
      if (parent && index !== undefined) {
        parent.children.splice(index, 1)
        return index
      }
    }
  })
}

/** A paragraph that holds only elements is no paragraph: `<Option>…</Option>` on a line of its own stands for itself. */
function unravel(tree: Root): void {
  visit(tree, 'paragraph', (node, index, parent) => {
    if (!parent || index === undefined) return
    const only = node.children.every(
      (child) => isJsx(child) || (child.type === 'text' && child.value.trim() === ''),
    )
    if (!only || !node.children.some(isJsx)) return
    const kept = node.children.filter(isJsx)
    parent.children.splice(index, 1, ...(kept as RootContent[]))
    return index
  })
}

export type Attributes = { values: Record<string, unknown>; problems: { line: number; message: string }[] }

/** An element's attributes as literals. Anything else is named, with its line. */
export function readLiterals(node: JsxNode): Attributes {
  const values: Record<string, unknown> = {}
  const problems: Attributes['problems'] = []
  const line = node.position?.start.line ?? 1
  for (const attribute of node.attributes as (MdxJsxAttribute | MdxJsxExpressionAttribute)[]) {
    const at = attribute.position?.start.line ?? line
    if (attribute.type === 'mdxJsxExpressionAttribute') {
      problems.push({ line: at, message: `<${node.name}> may not spread {…}. Write each attribute.` })
      continue
    }
    const { name, value } = attribute
    if (Object.hasOwn(values, name) || name === '__proto__') {
      problems.push({
        line: at,
        message: `<${node.name}> has ${name} twice, or a name that is not allowed. Keep one.`,
      })
      continue
    }
    if (value === null || value === undefined) values[name] = true
    else if (typeof value === 'string') values[name] = value
    else {
      const statement: unknown = value.data?.estree?.body[0]
      const read = isRecord(statement) ? literalOf(statement.expression) : { ok: false as const }
      if (read.ok) values[name] = read.value
      else
        problems.push({
          line: at,
          message: `${name}={${value.value.slice(0, 40)}} is not a literal. Write a string, a number, true, false, or an array of them.`,
        })
    }
  }
  return { values, problems }
}

function literalOf(node: unknown): { ok: true; value: unknown } | { ok: false } {
  if (!isRecord(node)) return { ok: false }
  if (node.type === 'Literal' && ['string', 'number', 'boolean'].includes(typeof node.value))
    return { ok: true, value: node.value }
  if (node.type === 'UnaryExpression' && node.operator === '-') {
    const inner = literalOf(node.argument)
    return inner.ok && typeof inner.value === 'number' ? { ok: true, value: -inner.value } : { ok: false }
  }
  if (node.type === 'ArrayExpression' && Array.isArray(node.elements)) {
    const parts = node.elements.map(literalOf)
    return parts.every((part) => part.ok)
      ? { ok: true, value: parts.map((part) => part.value) }
      : { ok: false }
  }
  return { ok: false }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
