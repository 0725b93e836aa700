import type { Course, LessonEntry, Skill } from '@/content/types'
import { lessonsOf, type Standings } from './facts'

/** A lesson on the map. Form first, colour second: done filled, here oxide, ready outlined, waiting dashed. */
export type MapNode = {
  lesson: LessonEntry
  name: string
  /** Where the name is too long to be drawn. */
  short: string
  look: 'done' | 'here' | 'ready' | 'waiting'
  /** Numbers of the lessons of this course that it needs. */
  needs: number[]
}

/** A skill that lessons of a course need and this course does not teach. */
export type OutsideNeed = {
  skill: Skill
  /** The lesson elsewhere that teaches it; null: assumed. */
  lesson: LessonEntry | null
  neededBy: number[]
}

/** What rests on what in a course, from the skills that its lessons teach and need. */
export function courseGraph(
  course: Course,
  courses: Course[],
  skills: Skill[],
  standings: Standings | null,
  at: LessonEntry | null,
): { nodes: MapNode[]; outside: OutsideNeed[] } {
  const bySkill = new Map(skills.map((skill) => [skill.id, skill]))
  const byPath = new Map(
    courses.flatMap(lessonsOf).map((lesson) => [`${lesson.course}/${lesson.slug}`, lesson]),
  )
  const outside = new Map<string, OutsideNeed>()
  const nodes = lessonsOf(course).map((lesson): MapNode => {
    const needs: number[] = []
    for (const id of lesson.needs) {
      const skill = bySkill.get(id)
      if (!skill) continue
      const teacher = (skill.lesson && byPath.get(skill.lesson)) || null
      if (teacher?.course === course.slug) needs.push(teacher.number)
      else {
        const known = outside.get(id) ?? { skill, lesson: teacher, neededBy: [] }
        known.neededBy.push(lesson.number)
        outside.set(id, known)
      }
    }
    return {
      lesson,
      name: bySkill.get(lesson.teaches)?.title ?? lesson.title,
      short: inWords(lesson.slug),
      look: 'waiting',
      needs: needs.toSorted((a, b) => a - b),
    }
  })
  const isDone = (number: number) => standings?.[nodes[number - 1]?.lesson.slug ?? '']?.complete === true
  for (const node of nodes) {
    if (isDone(node.lesson.number)) node.look = 'done'
    else if (standings && at?.number === node.lesson.number) node.look = 'here'
    else if (
      node.lesson.written &&
      (standings === null || node.needs.every((need) => isDone(need) || !nodes[need - 1]?.lesson.written))
    )
      node.look = 'ready'
  }
  return { nodes, outside: [...outside.values()] }
}

/** What a lesson still waits for: written lessons that it needs and that are not complete. */
export function openNeeds(node: MapNode, nodes: MapNode[]): number[] {
  return node.needs.filter((need) => nodes[need - 1]?.look !== 'done')
}

/** "top-k-and-k-way-merge" as a name. */
function inWords(slug: string): string {
  const words = slug.replaceAll('-', ' ')
  return words.charAt(0).toLocaleUpperCase('en-GB') + words.slice(1)
}
