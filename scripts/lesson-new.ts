import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parse } from 'yaml'
import { readCatalogue } from '@/content/catalogue'
import { writeAtomic } from '@/content/runs'
import type { LessonEntry } from '@/content/types'
import { lessonTemplate } from './lesson-template'

const usage = `npm run lesson:new <course>/<lesson> [-- --after <lesson>]

Writes a draft with every part in place, and its line in course.yaml. --after puts it behind another lesson of the course;
without it a planned lesson stays where it is, and a new one comes last.`

export type NewLesson = { files: string[]; listed: 'planned' | 'added' | 'moved'; skill: string }

/** Writes a new draft lesson and lists it. Throws with what to do instead when it cannot. */
export async function makeLesson(root: string, id: string, after?: string): Promise<NewLesson> {
  const [course = '', slug = '', more] = id.split('/')
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/
  if (!kebab.test(course) || !kebab.test(slug) || more !== undefined)
    throw new Error(`"${id}" is no course/lesson. Both are lower-case words with hyphens: git/stashing.`)
  const courseFile = path.join(root, 'content/courses', course, 'course.yaml')
  if (!existsSync(courseFile))
    throw new Error(`There is no course ${course}: content/courses/${course}/course.yaml is missing.`)
  const folder = `content/courses/${course}/${slug}`
  if (existsSync(path.join(root, folder)))
    throw new Error(`${folder} is there already. Choose another name, or edit that lesson.`)
  const catalogue = readCatalogue(root)
  const listed = catalogue.courses.find((one) => one.slug === course)
  if (!listed)
    throw new Error(`content/courses/${course}/course.yaml has errors. Run npm run content:check first.`)
  const lessons = listed.modules.flatMap((module) => module.lessons)
  const planned = lessons.find((lesson) => lesson.slug === slug) ?? null
  if (after !== undefined && !lessons.some((lesson) => lesson.slug === after))
    throw new Error(`${course} lists no lesson ${after}, so nothing can come after it.`)

  const text = readFileSync(courseFile, 'utf8')
  await writeAtomic(courseFile, listLesson(text, slug, after))
  const skill = planned?.teaches || (await addSkill(root, id, lessons))
  const files = lessonTemplate({
    title: planned?.title ?? titleOf(slug),
    minutes: planned?.minutes ?? 25,
    teaches: skill,
    needs: planned?.needs ?? [],
  })
  for (const [name, content] of files) await writeAtomic(path.join(root, folder, name), content)
  return {
    files: [...files.keys()].map((name) => `${folder}/${name}`),
    listed: planned ? (after ? 'moved' : 'planned') : 'added',
    skill,
  }
}

/** course.yaml with the lesson in it: where it stands already, behind another, or last. Every other character stays. */
export function listLesson(text: string, slug: string, after?: string): string {
  const lines = text.split('\n')
  const isItem = (line: string, name: string) =>
    new RegExp(`^\\s*- (\\{ slug: )?${name}([ ,}#]|$)`).test(line)
  const known = lines.findIndex((line) => isItem(line, slug))
  if (known >= 0 && after === undefined) return text
  const line = known >= 0 ? lines.splice(known, 1)[0]?.trim() : `- ${slug}`
  let place =
    after === undefined
      ? lines.findLastIndex((one) => /^\s*- (\{ slug: |[a-z0-9-]+\s*(#|$))/.test(one))
      : lines.findIndex((one) => isItem(one, after))
  if (place < 0) place = lines.findLastIndex((one) => /^\s*lessons:/.test(one))
  if (place < 0)
    throw new Error(
      'course.yaml lists lessons in a form that is not known here. Write each on a line of its own below `lessons:`.',
    )
  const neighbour = lines[place] ?? ''
  const indent = /^\s*lessons:/.test(neighbour)
    ? `${/^\s*/.exec(neighbour)?.[0]}  `
    : /^\s*/.exec(neighbour)?.[0]
  if (/^\s*lessons: \[\]/.test(neighbour)) lines[place] = neighbour.replace(' []', '')
  lines.splice(place + 1, 0, `${indent}${line}`)
  return lines.join('\n')
}

/** A new lesson teaches a skill of its own: named after it, in the family of its course. */
async function addSkill(root: string, id: string, lessons: LessonEntry[]): Promise<string> {
  const file = path.join(root, 'content/skills.yaml')
  const text = readFileSync(file, 'utf8')
  const slug = id.slice(id.indexOf('/') + 1)
  const family =
    lessons.find((lesson) => lesson.teaches)?.teaches.split('.')[0] ??
    id.slice(0, id.indexOf('/')).replaceAll('-', '')
  const known = (parse(text) ?? {}) as Record<string, { lesson: string | null }>
  const own = Object.entries(known).find(([, skill]) => skill.lesson === id)
  if (own) return own[0]
  const skill = `${family}.${slug.replaceAll('-', '')}`
  if (Object.hasOwn(known, skill))
    throw new Error(`content/skills.yaml has ${skill} for another lesson. Choose another name for this one.`)
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.startsWith(`${family}.`))
  const line = `${skill}: { title: ${titleOf(slug)}, needs: [], lesson: ${id} }`
  if (last >= 0) lines.splice(last + 1, 0, line)
  else lines.splice(lines.length - 1, 0, line)
  await writeAtomic(file, lines.join('\n'))
  return skill
}

function titleOf(slug: string): string {
  const words = slug.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

async function main(): Promise<void> {
  const words = process.argv.slice(2)
  const at = words.indexOf('--after')
  const after = at >= 0 ? words[at + 1] : undefined
  const [id, ...rest] = at >= 0 ? [...words.slice(0, at), ...words.slice(at + 2)] : words
  if (!id || id.startsWith('-') || rest.length > 0 || (at >= 0 && !after)) {
    console.error(usage)
    process.exitCode = 2
    return
  }
  try {
    const made = await makeLesson(process.cwd(), id, after)
    for (const file of made.files) console.log(`  ${file}`)
    const [course] = id.split('/')
    const list = `content/courses/${course}/course.yaml`
    console.log(
      made.listed === 'planned' ? `It stands in ${list} where it was planned.` : `It stands in ${list}.`,
    )
    console.log(`It teaches ${made.skill} of content/skills.yaml.`)
    console.log(`See it: npm run dev, then /learn/${id}. Prove it: npm run content:check ${id}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
