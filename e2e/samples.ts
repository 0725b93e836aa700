import { readSalt } from '../content/build'
import { type CompiledBlock, compileLesson } from '../content/compile'
import { readLessonFiles } from '../content/folder'
import { hashRuntime } from '../content/hashes'
import { Problems } from '../content/problems'
import { cachedRun } from '../content/runs'
import type { Check, Sample } from '../exercises/kind'

const root = process.cwd()
const compiled = new Map<string, Promise<CompiledBlock[]>>()

/**
 * The blocks of a lesson with the answers that their author lists, in the order of the lesson. Opaque ids are the ones
 * that the server uses; what programs gave comes from the cache of the build.
 */
export function listBlocks(lesson: string): Promise<CompiledBlock[]> {
  const known = compiled.get(lesson) ?? compile(lesson)
  compiled.set(lesson, known)
  return known
}

async function compile(id: string): Promise<CompiledBlock[]> {
  const [course = '', slug = ''] = id.split('/')
  const folder = `content/courses/${id}`
  const files = await readLessonFiles(root, folder, new Problems())
  const tools = { run: cachedRun(root, hashRuntime(root)), salt: readSalt(root) }
  const { compiled: lesson, problems } = await compileLesson({ course, slug, folder, files }, tools)
  if (!lesson) throw new Error(`${id} does not compile: ${problems[0]?.message}`)
  const places = lesson.lesson.segments.flatMap((segment) => (segment.type === 'block' ? [segment.id] : []))
  return lesson.blocks.toSorted((a, b) => places.indexOf(a.block.id) - places.indexOf(b.block.id))
}

export async function requireBlock(id: string): Promise<CompiledBlock> {
  const found = (await listBlocks(id.slice(0, id.lastIndexOf('/')))).find(({ block }) => block.id === id)
  if (!found) throw new Error(`There is no block ${id}`)
  return found
}

export function rightAnswer({ block, compiled }: CompiledBlock): unknown {
  const sample = compiled.samples.find(({ passes }) => passes)
  if (!sample) throw new Error(`${block.id} lists no right answer`)
  return sample.answer
}

/** A mistake that the author wrote words for; the fullest one, so that the panel would let it be sent. */
export function wrongSample({ block, compiled }: CompiledBlock): Sample<unknown> {
  const wrong = compiled.samples.filter(({ passes, fails }) => !passes && !fails?.endsWith('empty'))
  const size = (sample: Sample<unknown>) => JSON.stringify(sample.answer).length
  const most = Math.max(...wrong.map(size)) * 0.8
  const sample = wrong.find((one) => (one.says || one.fails) && size(one) >= most) ?? wrong.at(-1)
  if (!sample) throw new Error(`${block.id} lists no wrong answer`)
  return sample
}

/** What a failing check tells the learner, as the page shows it. */
export function wordsOf(check: Check): string {
  return plain(check.why ?? check.message ?? check.expected ?? '')
}

function plain(html: string): string {
  return html
    .replace(/<annotation[^>]*>.*?<\/annotation>/gs, '')
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim()
}
