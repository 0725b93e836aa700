import type { Element, ElementContent } from 'hast'
import { createCssVariablesTheme, createHighlighterCore, type HighlighterCore } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'

/*
 * Code becomes spans with classes, never with style attributes: the page's policy allows none.
 * Classes: tok-keyword, tok-string, tok-string-expression, tok-comment, tok-constant, tok-function, tok-parameter,
 * tok-punctuation, tok-link.
 */

// Each language is loaded when a lesson first uses it: the full set costs seconds.
const languages = {
  python: () => import('@shikijs/langs/python'),
  shellscript: () => import('@shikijs/langs/shellscript'),
  json: () => import('@shikijs/langs/json'),
  yaml: () => import('@shikijs/langs/yaml'),
  toml: () => import('@shikijs/langs/toml'),
  sql: () => import('@shikijs/langs/sql'),
  docker: () => import('@shikijs/langs/docker'),
  diff: () => import('@shikijs/langs/diff'),
  ini: () => import('@shikijs/langs/ini'),
  http: () => import('@shikijs/langs/http'),
}
type Language = keyof typeof languages

const aliases: Record<string, Language> = {
  py: 'python',
  bash: 'shellscript',
  sh: 'shellscript',
  shell: 'shellscript',
  yml: 'yaml',
  dockerfile: 'docker',
}
const plain = new Set(['text', 'output', 'csv', ''])
const names: Record<string, string> = {
  python: 'Python',
  shellscript: 'Shell',
  json: 'JSON',
  yaml: 'YAML',
  toml: 'TOML',
  sql: 'SQL',
  docker: 'Dockerfile',
  diff: 'Difference',
  ini: 'Settings',
  http: 'HTTP',
}

/** Every language that a fence may name. */
export const knownLanguages = [...Object.keys(languages), ...Object.keys(aliases), 'text', 'output', 'csv']

export function isKnownLanguage(lang: string): boolean {
  return plain.has(lang) || languageOf(lang) !== null
}

function languageOf(lang: string): Language | null {
  if (Object.hasOwn(languages, lang)) return lang as Language
  return Object.hasOwn(aliases, lang) ? (aliases[lang] ?? null) : null
}

let highlighter: Promise<HighlighterCore> | undefined
let ready: HighlighterCore | undefined
const loaded = new Set<Language>()

/** Loads what the given languages need; `codeElement` may be called after it. */
export async function loadLanguages(wanted: Iterable<string>): Promise<void> {
  const missing = [...new Set([...wanted].map(languageOf))].filter(
    (lang) => lang !== null && !loaded.has(lang),
  ) as Language[]
  if (missing.length === 0) return
  highlighter ??= createHighlighterCore({
    themes: [createCssVariablesTheme({ name: 'classes', variablePrefix: '--tok-' })],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  ready = await highlighter
  for (const lang of missing) {
    await ready.loadLanguage(languages[lang]())
    loaded.add(lang)
  }
}

/** A code block: scrolls by keyboard, says what it is, colours by class. The language must be loaded. */
export function codeElement(code: string, lang: string): Element {
  const language = languageOf(lang)
  const children: ElementContent[] =
    language && ready && loaded.has(language)
      ? colour(ready, code, language)
      : [{ type: 'text', value: code }]
  const isOutput = lang === 'output'
  return {
    type: 'element',
    tagName: 'pre',
    properties: {
      className: [isOutput ? 'output' : 'code'],
      tabIndex: 0,
      role: 'group',
      ariaLabel: isOutput ? 'Output' : language ? `${names[language]} code` : 'Text',
    },
    children: [{ type: 'element', tagName: 'code', properties: {}, children }],
  }
}

function colour(core: HighlighterCore, code: string, lang: Language): ElementContent[] {
  return core.codeToTokensBase(code, { lang, theme: 'classes' }).flatMap((line, index): ElementContent[] => {
    const spans = line.map((token): ElementContent => {
      const name = /^var\(--tok-token-([a-z-]+)\)$/.exec(token.color ?? '')?.[1]
      const text: ElementContent = { type: 'text', value: token.content }
      return name
        ? { type: 'element', tagName: 'span', properties: { className: [`tok-${name}`] }, children: [text] }
        : text
    })
    return index === 0 ? spans : [{ type: 'text', value: '\n' }, ...spans]
  })
}
