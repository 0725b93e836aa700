import type { Code, RootContent } from 'mdast'
import { toString as plainText } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import type { BlockNode, Fence } from '@/exercises/kind'
import { type Render, renderNodes, renderPart } from './html'
import { isJsx, type JsxNode, readLiterals } from './parse'

/** Tags that a fence may carry, and those of kinds that are not here yet. */
export const fenceTags = ['run', 'run-error', 'show']
export const futureTags = ['shell-run', 'git-run', 'sql-run', 'config-valid', 'config-invalid']

/** What is written to the letter: Markdown has no say in these. */
const verbatim = new Set(['Line', 'Accept', 'Sample', 'Input'])

export function splitFence(node: Code): { lang: string; tag: string; meta: string } {
  const meta = (node.meta ?? '').trim()
  const [word = '', ...rest] = meta.split(/\s+/)
  if (fenceTags.includes(word) || futureTags.includes(word))
    return { lang: node.lang ?? '', tag: word, meta: rest.join(' ') }
  return { lang: node.lang ?? '', tag: '', meta }
}

/**
 * An element of a lesson as its kind reads it: attributes as literals, elements inside it as children, the rest as HTML.
 * `top` keeps paragraphs; a part of a block with a single paragraph loses it.
 */
export function toBlockNode(
  node: JsxNode,
  source: string,
  render: Render,
  parent: JsxNode | null = null,
): BlockNode {
  const read = readLiterals(node)
  for (const problem of read.problems) render.problem(problem.line, problem.message)
  const children: BlockNode[] = []
  const fences: Fence[] = []
  const slots = new Map<JsxNode, number>()

  const own = (nodes: RootContent[]): RootContent[] =>
    nodes.flatMap((child): RootContent[] => {
      if (isJsx(child)) {
        children.push(toBlockNode(child, source, render, node))
        if (child.name !== 'Blank') return []
        slots.set(child, children.length - 1)
        return [child as RootContent]
      }
      if (child.type === 'code') {
        const { lang, tag, meta } = splitFence(child)
        const line = child.position?.start.line ?? 1
        fences.push({ lang, tag, meta, value: child.value, line, html: renderNodes([child], render) })
        return []
      }
      if (!('children' in child)) return [child]
      const inner = own(child.children as RootContent[])
      if (child.type === 'paragraph' && inner.every(isBlankText)) return []
      return [{ ...child, children: trimEnds(inner) } as RootContent]
    })

  const content = trimEnds(own(node.children as RootContent[]))
  const local: Render = { ...render, slot: (child) => slots.get(child) ?? null }
  const isCode = verbatim.has(node.name ?? '') || (node.name === 'Distractor' && parent?.name === 'Parsons')
  return {
    name: node.name ?? '',
    attributes: read.values,
    html: content.length === 0 ? '' : (parent ? renderPart : renderNodes)(inParagraphs(content), local),
    text: isCode ? letterByLetter(node, source) : textOf(content),
    fences,
    children,
    line: node.position?.start.line ?? 1,
  }
}

function isBlankText(node: RootContent): boolean {
  return node.type === 'text' && node.value.trim() === ''
}

/** Words that stand loose in an element, as on `<Step>one line</Step>`, become the paragraphs that they are. */
function inParagraphs(nodes: RootContent[]): RootContent[] {
  const out: RootContent[] = []
  let loose: RootContent[] = []
  const flush = () => {
    if (!loose.every(isBlankText)) out.push({ type: 'paragraph', children: loose } as RootContent)
    loose = []
  }
  for (const node of nodes) {
    if (flow.has(node.type) && !isJsx(node)) {
      flush()
      out.push(node)
    } else loose.push(node)
  }
  flush()
  return out
}

/** Takes away the space that is left where an element stood. */
function trimEnds(nodes: RootContent[]): RootContent[] {
  const kept = [...nodes]
  while (kept[0] && isBlankText(kept[0])) kept.shift()
  while (kept.length > 0 && isBlankText(kept[kept.length - 1] as RootContent)) kept.pop()
  const last = kept[kept.length - 1]
  if (last?.type === 'text') kept[kept.length - 1] = { ...last, value: last.value.trimEnd() }
  const first = kept[0]
  if (first?.type === 'text') kept[0] = { ...first, value: first.value.trimStart() }
  return kept
}

/** The source of an element's own content, without its elements; backticks around the whole of it fall away. */
function letterByLetter(node: JsxNode, source: string): string {
  const parts: string[] = []
  const visitOwn = (nodes: RootContent[]) => {
    for (const child of nodes) {
      if (isJsx(child) || child.type === 'code') continue
      if (child.type === 'paragraph') visitOwn(child.children)
      else parts.push(source.slice(child.position?.start.offset ?? 0, child.position?.end.offset ?? 0))
    }
  }
  visitOwn(node.children as RootContent[])
  const text = parts.join('').trim()
  const ticked = /^(`+) ?([\s\S]*?) ?\1$/.exec(text)
  return ticked?.[2] !== undefined && !ticked[2].includes('`') ? ticked[2] : text
}

/** Plain words of some nodes, a line for each paragraph; `___` where a blank is. */
export function textOf(nodes: RootContent[]): string {
  return nodes
    .map((node): string => {
      if (isJsx(node)) return node.name === 'Blank' ? '___' : textOf(node.children as RootContent[])
      if (node.type === 'definition' || node.type === 'yaml') return ''
      if (node.type === 'code') return node.value
      if ('children' in node) return textOf(node.children as RootContent[])
      return plainText(node)
    })
    .reduce((all, text, index) => all + (index > 0 && isFlow(nodes[index]) ? '\n' : '') + text, '')
}

const flow = new Set([
  'paragraph',
  'heading',
  'list',
  'listItem',
  'code',
  'table',
  'tableRow',
  'tableCell',
  'blockquote',
  'mdxJsxFlowElement',
  'math',
])
function isFlow(node: RootContent | undefined): boolean {
  return node !== undefined && flow.has(node.type)
}

/** Languages of all fences below some nodes. */
export function languagesOf(nodes: RootContent[]): string[] {
  const found: string[] = []
  for (const node of nodes) visit(node, 'code', (code) => void found.push(code.lang ?? ''))
  return found
}
