import type { Parents, RootContent } from 'mdast'
import { visit } from 'unist-util-visit'
import { elements } from '@/exercises/registry'
import { futureTags, splitFence, textOf } from './blocks'
import { isKnownLanguage, knownLanguages } from './highlight'
import { firstForeign, proseElements } from './html'
import { isJsx, type JsxNode, readLiterals } from './parse'
import { didYouMean } from './problems'

const phrases = new Set(['paragraph', 'heading', 'emphasis', 'strong', 'link', 'tableCell'])

/** What may stand in a lesson's prose, and what an author should write instead of what may not. */
export function checkProse(top: RootContent, add: (line: number, message: string) => void): void {
  const at = (node: { position?: { start: { line: number } } }) => node.position?.start.line ?? 1
  const say = (node: { position?: { start: { line: number } } }, message: string) => add(at(node), message)
  const foreign = firstForeign(top)
  if (foreign) {
    const name = foreign.name ?? ''
    const isBlock = elements.has(name) || name === 'Exercise'
    const known = [...Object.keys(proseElements), ...elements.keys(), 'Exercise']
    if (isBlock)
      say(
        foreign,
        `<${name}> is a block and stands at the top level of the page, on lines of its own. Move it out of the ${top.type === 'paragraph' ? 'paragraph' : 'element'} around it.`,
      )
    else if (/^[a-z]/.test(name))
      say(foreign, `<${name}> is HTML, which a lesson does not use. Write Markdown, or put it in backticks.`)
    else
      say(
        foreign,
        `there is no element <${name || ' '}>.${didYouMean(name, known)} docs/lesson-format.md lists them all.`,
      )
  }
  visit(top, (node, _index, parent) => {
    if (isJsx(node)) checkElement(node, parent ?? null, add)
    else if (node.type === 'image' || node.type === 'imageReference')
      say(node, 'a picture needs a text equivalent. Write <Figure src="figures/x.svg" alt="…">…</Figure>.')
    else if (node.type === 'footnoteReference' || node.type === 'footnoteDefinition')
      say(node, 'there are no footnotes. Write an <Aside>.')
    else if (node.type === 'heading') {
      if (node.depth !== 2 && node.depth !== 3)
        say(
          node,
          `a heading is ## or ###, not ${'#'.repeat(node.depth)}: the title of the page is the front matter's.`,
        )
      if (node !== top)
        say(node, 'a heading stands at the top level of the page. Move it out of the element.')
    } else if (node.type === 'link' || node.type === 'definition') {
      if (!/^(https:\/\/|\/(?!\/)|#)/.test(node.url))
        say(
          node,
          `the link ${node.url.slice(0, 60)} is neither https://, nor /a/page of this site, nor #a-heading. Write one of these.`,
        )
    } else if (node.type === 'inlineMath' && /[a-z]{4,} [a-z]{2,}/i.test(node.value))
      say(
        node,
        `between two dollar signs stands "${node.value.slice(0, 30)}", read as mathematics. Write \\$ for a dollar sign.`,
      )
    else if (node.type === 'code') {
      const { lang, tag } = splitFence(node)
      if (!isKnownLanguage(lang))
        say(
          node,
          `the language ${lang} is not known.${didYouMean(lang, knownLanguages)} Use one of ${knownLanguages.join(', ')}.`,
        )
      else if (lang === 'output') return
      else if (futureTags.includes(tag))
        say(
          node,
          `\`${tag}\` belongs to a kind of exercise that is not here yet. Use \`show\` and say why it is not executed.`,
        )
      else if (tag === '')
        say(
          node,
          'this fence has no tag. Write ```python run to execute it, or ```text show and why it is not executed.',
        )
      else if (tag !== 'show' && lang !== 'python')
        say(node, `\`${tag}\` executes Python. Write \`\`\`python ${tag}, or \`show\` with the reason.`)
      else if (splitFence(node).meta === '' && tag === 'show')
        say(node, 'a fence that is shown says why it is not executed. Write ```text show and the reason.')
      else if (splitFence(node).meta === '' && tag === 'run-error')
        say(node, 'a run-error fence names the error it expects. Write ```python run-error ValueError.')
    }
  })
}

function checkElement(
  node: JsxNode,
  parent: Parents | null,
  add: (line: number, message: string) => void,
): void {
  const rule = Object.hasOwn(proseElements, node.name ?? '') ? proseElements[node.name ?? ''] : undefined
  if (!rule) return
  const line = node.position?.start.line ?? 1
  const { values, problems } = readLiterals(node)
  for (const problem of problems) add(problem.line, problem.message)
  for (const name of Object.keys(values))
    if (!rule.attributes.includes(name))
      add(
        line,
        `<${node.name}> has no attribute ${name}. ${rule.attributes.length ? `It takes ${rule.attributes.join(' and ')}.` : 'It takes none.'}`,
      )
  for (const name of rule.attributes)
    if (typeof values[name] !== 'string' || values[name] === '')
      add(line, `<${node.name}> lacks ${name}="…". Add it.`)
  if (rule.inside && !(parent && isJsx(parent) && parent.name === rule.inside))
    add(line, `<${node.name}> stands inside <${rule.inside}> only. Move it.`)
  if (parent && phrases.has(parent.type))
    add(line, `<${node.name}> stands in a paragraph. Put it on lines of its own.`)
  if (
    node.name === 'Compare' &&
    node.children.filter((child) => isJsx(child) && child.name === 'Side').length < 2
  )
    add(line, '<Compare> has at least two <Side title="…">. Add one.')
  if (node.name === 'Figure' && textOf(node.children as RootContent[]).trim() === '')
    add(line, '<Figure> lacks its text equivalent. Say in words what the drawing shows.')
}
