import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { didYouMean, Problems } from './problems'
import { courseShape, retiredShape, skillsShape } from './shapes'
import type { Course, LessonEntry, Problem, Skill } from './types'
import { readYaml } from './yaml'

export type Catalogue = {
  courses: Course[]
  skills: Skill[]
  retired: Record<string, string | null>
  problems: Problem[]
  /** Folder of each lesson that has one, by `course/lesson`. */
  folders: Map<string, string>
  /** Lines of course.yaml, for what is found out about a lesson later. */
  lineOf(course: string, lesson: string): number
}

/**
 * Reads what lists lessons: courses, skills, retired blocks. A lesson whose folder exists is written, whether its course
 * lists it by slug or with details; titles and the like of a written lesson come from its own front matter later.
 */
export function readCatalogue(root: string): Catalogue {
  const problems = new Problems()
  const skills = readSkills(root, problems)
  const folders = new Map<string, string>()
  const lines = new Map<string, number>()
  const courses: Course[] = []
  const base = path.join(root, 'content/courses')
  for (const slug of existsSync(base)
    ? readdirSync(base, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []) {
    const course = readCourse(root, slug, problems, folders, lines)
    if (course) courses.push(course)
  }
  const orderOf = ['data-structures', 'cloud-deployment', 'git']
  courses.sort((a, b) => (orderOf.indexOf(a.slug) + 1 || 99) - (orderOf.indexOf(b.slug) + 1 || 99))
  checkGraph(skills, courses, problems, lines)
  return {
    courses,
    skills: skills.list,
    retired: readRetired(root, problems),
    problems: problems.list,
    folders,
    lineOf: (course, lesson) => lines.get(`${course}/${lesson}`) ?? 1,
  }
}

function readText(root: string, file: string): string | null {
  return existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : null
}

function readCourse(
  root: string,
  course: string,
  problems: Problems,
  folders: Map<string, string>,
  lines: Map<string, number>,
): Course | null {
  const file = `content/courses/${course}/course.yaml`
  const text = readText(root, file)
  if (text === null) {
    problems.add(
      file,
      1,
      'this course has no course.yaml. Write one with its title, promise, idea, judgedBy and modules.',
    )
    return null
  }
  const read = readYaml(text, { file }, courseShape, problems)
  if (!read) return null
  const here = new Set(
    readdirSync(path.join(root, 'content/courses', course), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
  )
  let number = 0
  const modules = read.data.modules.map((module, m) => ({
    letter: module.letter,
    title: module.title,
    lessons: module.lessons.map((listed, l): LessonEntry => {
      number++
      const slug = typeof listed === 'string' ? listed : listed.slug
      const id = `${course}/${slug}`
      const line = read.lineOf(['modules', m, 'lessons', l])
      if (lines.has(id)) problems.add(file, line, `the lesson ${slug} is listed twice. Keep one.`)
      lines.set(id, line)
      if (here.has(slug)) folders.set(id, `content/courses/${id}`)
      else if (typeof listed === 'string')
        problems.add(
          file,
          line,
          `the lesson ${slug} is listed by its slug alone and has no folder. Make it with \`npm run lesson:new ${id}\`, or say what is planned.`,
        )
      here.delete(slug)
      const known =
        typeof listed === 'string'
          ? { title: slug, minutes: 0, teaches: '', needs: [], exercises: 0 }
          : listed
      return {
        course,
        slug,
        number,
        title: known.title,
        minutes: known.minutes,
        teaches: known.teaches,
        needs: known.needs,
        written: false,
        graded: [],
        star: null,
        plannedExercises: known.exercises,
      }
    }),
  }))
  for (const stray of here)
    problems.add(
      file,
      1,
      `the folder ${stray} is in no module, so nobody can reach it. Add \`- ${stray}\` where it belongs in the order.`,
    )
  const { title, promise, idea, judgedBy } = read.data
  return { slug: course, title, promise, idea, judgedBy, modules }
}

type Skills = { list: Skill[]; lineOf(id: string): number }
const skillsFile = 'content/skills.yaml'

function readSkills(root: string, problems: Problems): Skills {
  const text = readText(root, skillsFile)
  if (text === null) {
    problems.add(
      skillsFile,
      1,
      'content/skills.yaml is missing. It lists every skill with its title, needs and lesson.',
    )
    return { list: [], lineOf: () => 1 }
  }
  const read = readYaml(text, { file: skillsFile }, skillsShape, problems)
  if (!read) return { list: [], lineOf: () => 1 }
  return {
    list: Object.entries(read.data).map(([id, skill]) => ({ id, ...skill })),
    lineOf: (id) => read.lineOf([id]),
  }
}

function readRetired(root: string, problems: Problems): Record<string, string | null> {
  const file = 'content/retired.yaml'
  const text = readText(root, file)
  return text === null ? {} : (readYaml(text, { file }, retiredShape, problems)?.data ?? {})
}

/** Needs exist, lead to no circle, and lessons and skills agree about who teaches what. */
function checkGraph(skills: Skills, courses: Course[], problems: Problems, lines: Map<string, number>): void {
  const byId = new Map(skills.list.map((skill) => [skill.id, skill]))
  for (const skill of skills.list)
    for (const need of skill.needs)
      if (!byId.has(need))
        problems.add(
          skillsFile,
          skills.lineOf(skill.id),
          `${skill.id} needs ${need}, which is no skill.${didYouMean(need, byId.keys())} Correct it, or add that skill.`,
        )
  const done = new Set<string>()
  const visit = (id: string, path: string[]): void => {
    const start = path.indexOf(id)
    if (start >= 0) {
      const circle = [...path.slice(start), id]
      problems.add(
        skillsFile,
        skills.lineOf(id),
        `these skills need each other in a circle: ${circle.join(' → ')}. Take one of the needs away.`,
      )
      for (const one of circle) done.add(one)
      return
    }
    if (done.has(id)) return
    for (const need of byId.get(id)?.needs ?? []) visit(need, [...path, id])
    done.add(id)
  }
  for (const { id } of skills.list) visit(id, [])
  const taught = new Map<string, string>()
  for (const lesson of courses.flatMap(({ modules }) => modules.flatMap(({ lessons }) => lessons))) {
    const id = `${lesson.course}/${lesson.slug}`
    if (!lesson.teaches) continue
    const file = `content/courses/${lesson.course}/course.yaml`
    const line = lines.get(id) ?? 1
    const skill = byId.get(lesson.teaches)
    if (!skill)
      problems.add(
        file,
        line,
        `${lesson.slug} teaches ${lesson.teaches}, which is no skill.${didYouMean(lesson.teaches, byId.keys())} Add it to content/skills.yaml.`,
      )
    else if (skill.lesson !== id)
      problems.add(
        file,
        line,
        `${lesson.slug} teaches ${lesson.teaches}, and content/skills.yaml names ${skill.lesson ?? 'no lesson'} for it. Make them agree.`,
      )
    if (taught.has(lesson.teaches))
      problems.add(
        file,
        line,
        `${lesson.teaches} is taught by ${taught.get(lesson.teaches)} already. One lesson teaches one skill.`,
      )
    taught.set(lesson.teaches, id)
    for (const need of lesson.needs)
      if (!byId.has(need))
        problems.add(
          file,
          line,
          `${lesson.slug} needs ${need}, which is no skill.${didYouMean(need, byId.keys())} Correct it.`,
        )
  }
  const listed = new Set(
    courses.flatMap(({ modules }) =>
      modules.flatMap(({ lessons }) => lessons.map(({ course, slug }) => `${course}/${slug}`)),
    ),
  )
  for (const skill of skills.list)
    if (skill.lesson && !listed.has(skill.lesson))
      problems.add(
        skillsFile,
        skills.lineOf(skill.id),
        `${skill.id} is taught by ${skill.lesson}, which no course lists. Correct it, or write null.`,
      )
}
