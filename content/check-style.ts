import { visit } from 'unist-util-visit'
import type { CompiledLesson, LessonSource } from './compile'
import { isJsx, parseMarkdown } from './parse'
import { Problems } from './problems'
import { cardsShape, exerciseShape } from './shapes'
import { collectWords, countWords, splitSentences, type Words } from './words'
import { readYaml } from './yaml'

type Say = (line: number, message: string, file?: string) => void

const banned =
  /\b(simply|just|easy|obviously|of course|powerful|robust|seamless(ly)?|leverag(e|es|ed|ing)|dive into|unlock(s|ed|ing)?|journey|game-changer|in today['’]s world|it is important to note|let['’]s|as we all know|(all|none) of the above)\b/i
const american: [RegExp, string][] = [
  [/\b(colou?r)\b/i, 'colour'],
  [/\b(behavior)\w*/i, 'behaviour'],
  [/\b(center)(s|ed)?\b/i, 'centre'],
  [/\b(favor)(s|ed|ite|able)?\b/i, 'favour'],
  [/\b(neighbor)\w*/i, 'neighbour'],
  [/\b(labor)\b/i, 'labour'],
  [/\b(analyz)\w+/i, 'analyse'],
  [/\b(catalog)s?\b/i, 'catalogue'],
  [/\b(canceled|canceling)\b/i, 'cancelled'],
  [/\b(labeled|labeling)\b/i, 'labelled'],
  [/\b(modeled|modeling)\b/i, 'modelled'],
  [/\b(traveled|traveling)\b/i, 'travelled'],
  [/\b(gray)\b/i, 'grey'],
  [/\b(fulfill)s?\b/i, 'fulfil'],
  [/\b(defense|offense)\b/i, 'defence'],
  [/\b((?!(?:\w*siz|priz|seiz|capsiz|maiz))\w+iz(?:e|es|ed|ing|ations?))\b/i, 'the form in -ise'],
]
const feedback = new Set(['Why', 'Near', 'Wrong', 'Broken', 'Cell', 'Blank'])

/** Point 9: words between blocks, total words, banned words, sentence length, spelling, lengths. */
export function checkStyle(compiled: CompiledLesson, source: LessonSource, say: Say): void {
  const { root, frontMatter } = compiled
  const all = collectWords(root.children)
  for (const words of all) checkWords(words.text, (message) => say(words.line, message))
  const { title, objective } = frontMatter
  for (const [name, text] of Object.entries({ title, objective, ...frontMatter.misconceptions }))
    checkWords(
      text,
      (message) => say(compiled.lineOf(name in frontMatter ? [name] : ['misconceptions', name]), message),
      frontMatter.teaches === 'cli.robust',
    )
  checkSentences(all, say)
  checkLengths(all, compiled, say)
  checkParts(compiled, say)
  for (const { text, line, file } of yamlTexts(source)) {
    const words = collectWords(parseMarkdown(text).children)
    for (const one of words) checkWords(one.text, (message) => say(line, message, file))
    for (const sentence of words.flatMap((one) => splitSentences(one.text)))
      longSentence(sentence, (message) => say(line, message, file))
  }
}

function checkWords(text: string, say: (message: string) => void, allowRobust = false): void {
  const word = banned.exec(text)?.[0]
  if (word && !(allowRobust && /robust/i.test(word)))
    say(`"${word}" is on the list of words that a lesson does without. Say the thing itself.`)
  if (/![\s"”’)]|!$/.test(text)) say(`an exclamation mark: "${near(text, '!')}". End with a full stop.`)
  if (/[\u{1F000}-\u{1FAFF}\u{2600}-\u{26FF}]/u.test(text)) say('an emoji. Use a word.')
  for (const [pattern, british] of american) {
    const found = pattern.exec(text)?.[1]
    if (found && found.toLowerCase() !== british) say(`"${found}" is American spelling. Write ${british}.`)
  }
}

function near(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return text.slice(Math.max(0, at - 24), at + 1)
}

function longSentence(sentence: string, say: (message: string) => void): void {
  const words = countWords(sentence)
  if (words > 40)
    say(`a sentence of ${words} words: "${sentence.slice(0, 50)}…". At most 40; make two of it.`)
}

function checkSentences(all: Words[], say: Say): void {
  let total = 0
  let count = 0
  for (const words of all) {
    if (words.type !== 'prose') continue
    for (const sentence of splitSentences(words.text)) {
      longSentence(sentence, (message) => say(words.line, message))
      total += countWords(sentence)
      count++
    }
  }
  if (count > 0 && total / count > 20)
    say(1, `the mean sentence has ${(total / count).toFixed(1)} words; at most 20. Shorten the longest.`)
}

function checkLengths(all: Words[], compiled: CompiledLesson, say: Say): void {
  const byPlace = new Map<string, { words: number; line: number; name: string }>()
  for (const words of all) {
    const name = words.inside.findLast((one) => feedback.has(one) || one === 'Hint')
    if (!name) continue
    const key = `${name}:${words.line}`
    const before = byPlace.get(key)
    byPlace.set(key, { name, line: words.line, words: (before?.words ?? 0) + countWords(words.text) })
  }
  for (const { name, line, words } of byPlace.values()) {
    if (name === 'Hint' && words > 40) say(line, `a hint of ${words} words; at most 40. Say one thing.`)
    if (name !== 'Hint' && words > 50)
      say(line, `feedback of ${words} words in <${name}>; at most 50. Say what the mistake is.`)
  }
  for (const block of compiled.blocks)
    if (block.folder)
      for (const hint of block.hints)
        if (countWords(hint) > 40)
          say(
            1,
            `a hint of ${countWords(hint)} words: "${hint.slice(0, 40)}…"; at most 40. Say one thing.`,
            block.file,
          )
  visit(compiled.root, 'code', (node) => {
    const lines = node.value.split('\n').length
    if (lines > 30)
      say(
        node.position?.start.line ?? 1,
        `${lines} lines of code at once; at most 30. Show the part that matters.`,
      )
  })
}

/** Words between interactions, in all, and in the hook. */
function checkParts(compiled: CompiledLesson, say: Say): void {
  const blockLines = new Set(
    compiled.root.children.filter((node) => isBlock(node, compiled)).map((node) => node.position?.start.line),
  )
  let since = 0
  let total = 0
  let from = 1
  for (const node of compiled.root.children) {
    const line = node.position?.start.line ?? 1
    if (blockLines.has(line) && isJsx(node)) {
      if (since > 250)
        say(from, `${since} words from here to the next thing to do; at most 250. Put a question between.`)
      since = 0
      from = (node.position?.end.line ?? line) + 1
      continue
    }
    const words = collectWords([node]).reduce((sum, one) => sum + countWords(one.text), 0)
    total += words
    // What follows the last block is read at the end: limits, summary and links have their own bounds.
    if (!isJsx(node) || !['WhereItBreaks', 'Summary', 'GoFurther', 'Aside'].includes(node.name ?? ''))
      since += words
    if (isJsx(node) && node.name === 'Hook')
      checkHook(
        node.children.length,
        collectWords([node])
          .map((one) => one.text)
          .join(' '),
        line,
        say,
      )
    if (isJsx(node) && node.name === 'Summary') {
      const sentences = collectWords([node]).flatMap((one) => splitSentences(one.text)).length
      if (sentences < 3 || sentences > 6)
        say(line, `the summary has ${sentences} sentences; 3 to 6 that can be read alone are expected.`)
    }
  }
  if (since > 250)
    say(
      from,
      `${since} words from here to the end without anything to do; at most 250. Put a question between.`,
    )
  if (total > 2000) say(1, `${total} words of prose; at most 2,000. Split the lesson.`)
}

function isBlock(
  node: { type: string; position?: { start: { line: number } } },
  compiled: CompiledLesson,
): boolean {
  return (
    isJsx(node) &&
    (node.name === 'Exercise' ||
      compiled.blocks.some((block) => block.node?.line === node.position?.start.line))
  )
}

function checkHook(_parts: number, text: string, line: number, say: Say): void {
  const words = countWords(text)
  if (words < 40 || words > 120) say(line, `the hook has ${words} words; 40 to 120 are expected.`)
  if (!/\d/.test(text)) say(line, 'the hook has no number in it. Make the situation concrete.')
  if (!/\?$/.test(text.trim()))
    say(line, 'the hook does not end with a question. Ask what the lesson answers.')
}

/** Texts in YAML with their lines. Shapes were checked when the lesson was compiled. */
function yamlTexts(source: LessonSource): { text: string; line: number; file: string }[] {
  const found: { text: string; line: number; file: string }[] = []
  for (const [path, content] of source.files) {
    const file = `${source.folder}/${path}`
    const ignored = new Problems()
    if (path === 'cards.yaml') {
      const read = readYaml(content, { file }, cardsShape, ignored)
      read?.data.forEach((card, index) => {
        for (const side of ['front', 'back'] as const)
          found.push({ text: card[side], line: read.lineOf([index, side]), file })
      })
    } else if (/^exercises\/[^/]+\/exercise\.yaml$/.test(path)) {
      const read = readYaml(content, { file }, exerciseShape, ignored)
      if (!read) continue
      found.push(
        { text: read.data.title, line: read.lineOf(['title']), file },
        { text: read.data.prompt, line: read.lineOf(['prompt']), file },
      )
      read.data.hints.forEach(
        (hint, index) => void found.push({ text: hint, line: read.lineOf(['hints', index]), file }),
      )
    }
  }
  return found
}
