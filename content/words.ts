import type { RootContent } from 'mdast'
import { isJsx, type JsxNode } from './parse'

/** A stretch of an author's words: a paragraph, a heading, an item, without its code. */
export type Words = {
  text: string
  line: number
  /** Names of the elements around it, innermost last. */
  inside: string[]
  type: 'prose' | 'heading' | 'cell'
}

// Their content is code or an answer as typed, not prose.
const noProse = new Set(['Line', 'Accept', 'Sample', 'Input'])
const phrasing = new Set([
  'text',
  'emphasis',
  'strong',
  'delete',
  'link',
  'linkReference',
  'inlineCode',
  'inlineMath',
  'break',
  'mdxJsxTextElement',
])

/** Every stretch of prose below some nodes, in order. Code and mathematics count as one word. */
export function collectWords(nodes: RootContent[], inside: string[] = [], firstLine = 0): Words[] {
  const found: Words[] = []
  const add = (text: string, line: number, around: string[], type: Words['type']) => {
    const clean = text
      .replace(/https?:\/\/\S+/g, 'link')
      .replace(/\s+/g, ' ')
      .trim()
    if (clean) found.push({ text: clean, line: line + firstLine, inside: around, type })
  }
  const walk = (children: RootContent[], around: string[], type: Words['type']) => {
    let text = ''
    let line = 0
    const flush = () => {
      add(text, line, around, type)
      text = ''
    }
    const elements: JsxNode[] = []
    const take = (node: RootContent): void => {
      line ||= node.position?.start.line ?? 1
      if (isJsx(node)) {
        elements.push(node)
        text += ' '
      } else if (node.type === 'text') text += node.value
      else if (node.type === 'inlineCode' || node.type === 'inlineMath') text += ' code '.trim()
      else if (node.type === 'break') text += ' '
      else if ('children' in node) for (const child of node.children as RootContent[]) take(child)
    }
    for (const node of children) {
      if (node.type === 'mdxJsxFlowElement') {
        flush()
        line = 0
        enter(node, around)
      } else if (phrasing.has(node.type)) take(node)
      else {
        flush()
        line = 0
        if ('children' in node) {
          const own = node.type === 'heading' ? 'heading' : node.type === 'tableCell' ? 'cell' : 'prose'
          walk(node.children as RootContent[], around, type === 'cell' ? 'cell' : own)
        }
      }
    }
    flush()
    for (const element of elements) enter(element, around)
  }
  const enter = (node: JsxNode, around: string[]) => {
    const name = node.name ?? ''
    if (noProse.has(name) || (name === 'Distractor' && around.includes('Parsons'))) {
      for (const child of node.children) if (isJsx(child)) enter(child, [...around, name])
      return
    }
    walk(node.children as RootContent[], [...around, name], 'prose')
  }
  walk(nodes, inside, 'prose')
  return found
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

export function splitSentences(text: string): string[] {
  return text
    .replace(/\b(e\.g|i\.e|etc|vs|approx)\./g, '$1')
    .split(/(?<=[.?!:;…])["”’)]*\s+(?=[\p{Lu}\p{N}"“‘(]|code)/u)
    .filter((sentence) => countWords(sentence) > 0)
}
