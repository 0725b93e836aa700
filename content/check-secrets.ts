import type { BlockNode } from '@/exercises/kind'
import { type CompiledLesson, type CompileTools, compileLesson, type LessonSource } from './compile'

type Say = (line: number, message: string, file?: string) => void

const secretElements = new Set(['Why', 'Near', 'Wrong', 'Broken', 'Blank', 'Cell'])
const secretNames = new Set([
  'correct',
  'why',
  'whys',
  'accept',
  'accepts',
  'accepted',
  'wrong',
  'near',
  'solution',
  'samples',
  'hidden',
  'whole',
  'reference',
])

/**
 * Point 8: nothing that tells an answer is in what browsers receive. Each secret class of an inline block gets a canary and
 * the lesson is compiled again; of a folder, no line that only a secret file has may be in the public part.
 */
export async function checkSecrets(
  compiled: CompiledLesson,
  source: LessonSource,
  tools: CompileTools,
  say: Say,
): Promise<void> {
  const planted = await compileLesson(source, { ...tools, plant: (node) => plant(node) })
  if (planted.compiled) {
    for (const { block, compiled: made, kind, file, line } of planted.compiled.blocks) {
      if (!kind.judged || kind.source !== 'inline') continue
      const sent = JSON.stringify({ props: block.props, hints: block.hints, text: made.text ?? '' })
      const canary = /CANARY-(\w+)/.exec(sent)?.[1]
      if (canary)
        say(
          line,
          `what stands in <${canary}> of ${block.id} would be sent to the browser. This is a fault of the kind ${kind.name}.`,
          file,
        )
      const name = findName(block.props)
      if (name)
        say(
          line,
          `the browser would receive \`${name}\` of ${block.id}. This is a fault of the kind ${kind.name}.`,
          file,
        )
    }
    if (JSON.stringify(planted.compiled.lesson.passages).includes('CANARY-'))
      say(1, 'the text for search holds an explanation. This is a fault of the compiler.')
  } else for (const problem of planted.problems) say(problem.line, problem.message, problem.file)
  for (const block of compiled.blocks) {
    if (!block.folder) continue
    const sent = new Set(
      stringsOf(block.block)
        .flatMap((text) => [text, plain(text)])
        .flatMap((text) => text.split('\n').map((one) => one.trim())),
    )
    for (const { file, line, text } of secretLines(block.folder.files))
      if (sent.has(text))
        say(
          line,
          `this line is secret and would be sent to the browser: "${text.slice(0, 60)}". Take it out of the starter, the prompt and the visible cases.`,
          `${block.file.replace(/exercise\.yaml$/, '')}${file}`,
        )
  }
}

function plant(node: BlockNode): void {
  if (secretElements.has(node.name)) {
    if (node.html) node.html += ` CANARY-${node.name}`
    if (node.text) node.text += ` CANARY-${node.name}`
    for (const fence of node.fences) fence.html += ` CANARY-${node.name}`
  }
  node.children.forEach(plant)
}

function findName(value: unknown): string | null {
  if (Array.isArray(value)) return value.map(findName).find(Boolean) ?? null
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    if (secretNames.has(name)) return name
    const found = findName(inner)
    if (found) return found
  }
  return null
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(stringsOf)
}

/** Lines of 16 characters or more that stand in secret files and hidden cases, and in no file that is public anyway. */
function secretLines(files: Map<string, string>): { file: string; line: number; text: string }[] {
  const open = new Set<string>()
  const secret: { file: string; line: number; text: string }[] = []
  for (const [file, content] of files) {
    const isSecret = /^(reference\.|alternatives\/|wrong\/)/.test(file)
    let hidden = false
    content.split('\n').forEach((raw, index) => {
      const text = raw.trim()
      if (file === 'cases.py' && /^\S/.test(raw)) {
        if (/^@hidden\b/.test(raw)) hidden = true
        else if (!/^(def |[)\]])/.test(raw)) hidden = false
      }
      if (text.length < 16) return
      if (isSecret || hidden) secret.push({ file, line: index + 1, text })
      // What the prompt shows is chosen too, and may be chosen by mistake.
      else if (file !== 'exercise.yaml') open.add(text)
    })
  }
  return secret.filter(({ text }) => !open.has(text))
}

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<')
}
