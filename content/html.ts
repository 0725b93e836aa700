import type { Element, ElementContent, Root as HastRoot, Properties } from 'hast'
import { toHtml } from 'hast-util-to-html'
import type { Code, Definition, Root, RootContent } from 'mdast'
import rehypeKatex from 'rehype-katex'
import remarkRehype from 'remark-rehype'
import { unified } from 'unified'
import { visit } from 'unist-util-visit'
import { VFile } from 'vfile'
import { codeElement } from './highlight'
import { isJsx, type JsxNode, readLiterals } from './parse'

/*
 * What pages receive. Class names: hook, aside, compare, side, side-title, figure, where-it-breaks, summary, go-further;
 * table-scroll around tables, align-right and align-center on cells, code and output on pre, katex around MathML.
 * No style attribute is ever written: the page's policy allows none.
 */

export type Render = {
  definitions: Definition[]
  /** The drawing of a `<Figure>`, already checked: its SVG. */
  figure(node: JsxNode): string | null
  /** Elements that stand inside a sentence and leave a place there: their index, or null. */
  slot(node: JsxNode): number | null
  problem(line: number, message: string): void
}

// Raw nodes are our own drawings only: Markdown makes none, remark-rehype drops what it would.
const htmlOptions = { allowDangerousHtml: true, characterReferences: { useNamedReferences: false } }

const proseClasses: Record<string, string> = {
  Hook: 'hook',
  Aside: 'aside',
  Compare: 'compare',
  Side: 'side',
  Figure: 'figure',
  WhereItBreaks: 'where-it-breaks',
  Summary: 'summary',
  GoFurther: 'go-further',
}
/** Prose elements and the attributes each takes. */
export const proseElements: Record<string, { attributes: string[]; inside?: string }> = {
  Hook: { attributes: [] },
  Aside: { attributes: [] },
  Compare: { attributes: [] },
  Side: { attributes: ['title'], inside: 'Compare' },
  Figure: { attributes: ['src', 'alt'] },
  WhereItBreaks: { attributes: [] },
  Summary: { attributes: [] },
  GoFurther: { attributes: [] },
}

/** HTML of some nodes of a lesson. Languages of their fences must have been loaded. */
export function renderNodes(nodes: RootContent[], render: Render): string {
  return toHtml(toTree(nodes, render), htmlOptions).trim()
}

/** The same without the paragraph around it when it is a single one. */
export function renderPart(nodes: RootContent[], render: Render): string {
  const tree = toTree(nodes, render)
  const content = tree.children.filter((child) => !(child.type === 'text' && child.value.trim() === ''))
  const [only] = content
  if (content.length === 1 && only?.type === 'element' && only.tagName === 'p')
    return toHtml({ type: 'root', children: only.children }, htmlOptions).trim()
  return toHtml(tree, htmlOptions).trim()
}

function toTree(nodes: RootContent[], render: Render): HastRoot {
  const root: Root = { type: 'root', children: [...nodes, ...render.definitions] }
  const elementOf = (state: { all(node: JsxNode): ElementContent[] }, node: JsxNode) =>
    jsxElement(node, state, render)
  const processor = unified()
    .use(remarkRehype, {
      handlers: {
        code: (_state: unknown, node: Code) => codeElement(node.value, node.lang ?? ''),
        mdxJsxFlowElement: elementOf,
        mdxJsxTextElement: elementOf,
      },
    })
    .use(rehypeKatex, { output: 'mathml', strict: 'ignore' })
  const file = new VFile()
  const tree = processor.runSync(root, file) as HastRoot
  for (const message of file.messages)
    if (message.source === 'rehype-katex')
      render.problem(
        message.line ?? 1,
        `mathematics cannot be read: ${message.cause instanceof Error ? message.cause.message : message.reason}. Write \\$ for a dollar sign.`,
      )
  tidy(tree)
  return tree
}

/** No style attributes, tables that scroll by keyboard, links that tell nothing to where they lead. */
function tidy(tree: HastRoot): void {
  visit(tree, 'element', (node, index, parent) => {
    delete node.properties.style
    const { align } = node.properties
    if (typeof align === 'string') {
      delete node.properties.align
      if (align !== 'left') node.properties.className = [`align-${align}`]
    }
    if (node.tagName === 'a' && /^https:/.test(String(node.properties.href)))
      node.properties.rel = ['noopener', 'noreferrer']
    if (node.tagName === 'table' && parent && index !== undefined && !hasClass(parent, 'table-scroll')) {
      parent.children[index] = element(
        'div',
        { className: ['table-scroll'], tabIndex: 0, role: 'group', ariaLabel: 'Table' },
        [node],
      )
      return index
    }
  })
}

function hasClass(node: { type: string; properties?: Properties }, name: string): boolean {
  const classes = node.properties?.className
  return Array.isArray(classes) && classes.includes(name)
}

function jsxElement(
  node: JsxNode,
  state: { all(node: JsxNode): ElementContent[] },
  render: Render,
): ElementContent[] {
  const place = render.slot(node)
  if (place !== null) return [element('slot', { name: String(place) }, [])]
  const className = proseClasses[node.name ?? '']
  if (!className) return []
  const children = wrapPhrasing(state.all(node))
  if (node.name === 'Side') {
    const title = element('p', { className: ['side-title'] }, [
      { type: 'text', value: String(readLiterals(node).values.title ?? '') },
    ])
    return [element('div', { className: [className] }, [title, ...children])]
  }
  if (node.name === 'Figure') {
    const svg = render.figure(node)
    const drawing: ElementContent = { type: 'raw', value: svg ?? '' } as unknown as ElementContent
    return [element('figure', { className: [className] }, [drawing, element('figcaption', {}, children)])]
  }
  const properties: Properties = { className: [className] }
  if (node.name === 'Aside') properties.role = 'note'
  return [element('div', properties, children)]
}

/** `<Hook>text</Hook>` on one line holds words and no paragraph: it gets one. */
function wrapPhrasing(children: ElementContent[]): ElementContent[] {
  const blocks = new Set(['p', 'ul', 'ol', 'pre', 'div', 'table', 'figure', 'h3', 'blockquote'])
  if (children.some((child) => child.type === 'element' && blocks.has(child.tagName))) return children
  return [element('p', {}, children)]
}

function element(tagName: string, properties: Properties, children: ElementContent[]): Element {
  return { type: 'element', tagName, properties, children }
}

/** The first element in a subtree that is not prose, if any. */
export function firstForeign(node: RootContent): JsxNode | null {
  let found: JsxNode | null = null
  visit(node, (child) => {
    if (!found && isJsx(child) && !Object.hasOwn(proseElements, child.name ?? '')) found = child
  })
  return found
}
