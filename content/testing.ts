import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Run } from './runs'

/** A small lesson without a fault. Tests break it in one place at a time. */
export function soundLesson(): Map<string, string> {
  return new Map([
    ['lesson.mdx', lesson],
    ['cards.yaml', cards],
    [
      'figures/line.svg',
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path id="l" d="M0 5H20" stroke="currentColor"/></svg>\n',
    ],
  ])
}

/** What no lesson here may do: the interpreter is not needed for prose and choices. */
export const noRun: Run = () => Promise.reject(new Error('this lesson should run nothing'))

/** A tree with the courses, skills and lessons given, in a folder of its own. */
export async function makeTree(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'slipway-content-'))
  const all = {
    'package.json': '{"dependencies":{"pyodide":"0"}}',
    'content/salt.txt': 'salt\n',
    'content/skills.yaml': skills,
    'content/courses/yard/course.yaml': course,
    ...files,
  }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true })
    await writeFile(path.join(root, name), text)
  }
  return root
}

/** The sound lesson as files of a tree. */
export function lessonFiles(id = 'yard/limits', lesson = soundLesson()): Record<string, string> {
  return Object.fromEntries([...lesson].map(([name, text]) => [`content/courses/${id}/${name}`, text]))
}

export const skills = `yard.first: { title: The first skill, needs: [], lesson: null }
yard.limits: { title: Limits, needs: [yard.first], lesson: yard/limits }
yard.later: { title: Later, needs: [yard.limits], lesson: yard/later }
`

export const course = `title: The yard
promise: You can build a small boat.
idea: A boat is a promise about water.
judgedBy: The water
modules:
  - letter: A
    title: Keel
    lessons:
      - limits # the first
      - { slug: later, title: Later on, minutes: 30, teaches: yard.later, needs: [yard.limits], exercises: 2 }
`

const lesson = `---
title: Say what happens at the limit
objective: You can count what lies above a limit.
minutes: 20
teaches: yard.limits
needs: [yard.first]
concepts: [limit]
misconceptions:
  late-includes-limit: A parcel at the limit is late.
status: published
facts:
  - { claim: "Days are counted from midnight", source: "https://example.org/days", checked: 2026-01-10, verify_by: 2026-12-31 }
---

<Hook>
Parcelwise promised delivery within 3 days and counted 412 late parcels in a week. The customers counted 371. Both looked at the same table, and nobody made
a slip in adding up. The manager wants one number by noon. Where do the missing 41 parcels come from?
</Hook>

<Choice id="which-is-late" exercise star>
The promise is "within 3 days". Which parcel is late?
<Option correct>Four days <Why>SECRET-RIGHT Four is more than three.</Why></Option>
<Option misconception="late-includes-limit">Exactly three days <Why>SECRET-WRONG Within includes the third day.</Why></Option>
<Hint>Look at the word before the number.</Hint>
</Choice>

## The limit belongs to one side

A table with $n$ rows has a **limit**, see [the end](#summary).

| days | late |
| ---: | --- |
| 3 | no |

\`\`\`python show the shop has no interpreter here
late = sum(d > 3 for d in days)
\`\`\`

<Figure src="figures/line.svg" alt="A line">A line from left to right.</Figure>

<Compare>
<Side title="Within">includes the limit</Side>
<Side title="Under">leaves it out</Side>
</Compare>

<WhereItBreaks>
- Days are not hours.
- A promise can change.
</WhereItBreaks>

<Summary>
A limit belongs to one side. Within includes it. Write down which one is meant.
</Summary>

<GoFurther>
- [Comparisons](https://docs.python.org/3/reference/expressions.html): the six operators of Python.
</GoFurther>
`

const cards = `- { id: one, concept: limit, kind: predict, front: "Is 3 late?", back: "No." }
- { id: two, concept: limit, kind: decide, front: "Which operator?", back: "\`>\`" }
- { id: three, concept: limit, kind: decide, front: "Which side?", back: "The kept one." }
- { id: four, concept: limit, kind: recall, front: "What does within do?", back: "It includes." }
`

/** A small code exercise without a fault, as files of a lesson. */
export function soundExercise(): Record<string, string> {
  const at = 'exercises/count-late'
  return {
    [`${at}/exercise.yaml`]: `kind: code
version: 1
title: Count the late parcels
prompt: |
  Write \`count_late(days, limit)\`: how many of \`days\` are more than \`limit\`. At most 5 steps.
hints: [Look at the limit., Compare each day., Count what holds.]
`,
    [`${at}/starter.py`]: 'def count_late(days, limit):\n    return 0\n',
    [`${at}/reference.py`]: 'def count_late(days, limit):\n    return sum(d > limit for d in days)\n',
    [`${at}/alternatives/with_len.py`]:
      'def count_late(days, limit):\n    return len([d for d in days if d > limit])\n',
    [`${at}/wrong/at_the_limit.py`]:
      '# fails: at_the_limit\ndef count_late(days, limit):\n    return sum(d >= limit for d in days)\n',
    [`${at}/cases.py`]: `from slipway import case, hidden


@case("some are late", says="Count those above the limit.")
def some(solution):
    return solution.count_late([1, 4, 9], 3)


@case("exactly the limit is in time", says="Three days are within three days.")
def at_the_limit(solution):
    return solution.count_late([3, 3, 4], 3)


@hidden("a long list of secret parcels")
def long(solution):
    return solution.count_late([n % 7 for n in range(200)], 4)
`,
  }
}
