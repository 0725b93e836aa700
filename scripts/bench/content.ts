import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { buildContent } from '../../content/build'
import { hashRuntime } from '../../content/hashes'
import { cachedRun, closeRuns, type Run } from '../../content/runs'
import { makeTree } from '../../content/testing'
import type { Figure, Step } from './figures'

const FEW = 500
const MANY = 1000

/** The check of a tree that has not changed, and the compile of many lessons. */
export async function measureContent(rounds: number): Promise<Step> {
  const check = async () => {
    const began = performance.now()
    const args = ['--import', 'tsx', 'content/check.ts']
    await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 })
    return (performance.now() - began) / 1000
  }
  await check()
  const checks: number[] = []
  for (let round = 0; round < rounds; round++) checks.push(await check())

  const run = cachedRun(process.cwd(), hashRuntime(process.cwd()))
  await compile(20, run)
  const few: Took[] = []
  const many: Took[] = []
  for (let round = 0; round < rounds; round++) {
    few.push(await compile(FEW, run))
    many.push(await compile(MANY, run))
  }
  await closeRuns()
  return {
    figures: [
      {
        step: 'content',
        name: '`content:check` of an unchanged tree',
        samples: checks,
        unit: 's',
        limit: { kind: 'at most', value: 3 },
      },
      ...compared(few, many, 'cpuMs', 'by processor time'),
      ...compared(few, many, 'ms', 'by the clock'),
    ],
    remarks: [
      'The synthetic lessons are CLD-02 with another title and text of their own; each is compiled for the first time. Its one program runs once and is remembered, as in a real build.',
    ],
  }
}

type Took = { ms: number; cpuMs: number }

function compared(few: Took[], many: Took[], by: keyof Took, how: string): Figure[] {
  const ratios = many.map((took, i) => took[by] / (few[i]?.[by] ?? Number.NaN))
  const each = many.map((took) => took[by] / MANY)
  return [
    {
      step: 'content',
      name: `Compile of ${MANY} lessons / of ${FEW}, ${how}`,
      samples: ratios,
      limit: { kind: 'at most', value: 2.3 },
    },
    {
      step: 'content',
      name: `Compile of ${MANY} lessons, each, ${how}`,
      samples: each,
      unit: 'ms',
      limit: { kind: 'at most', value: 100 },
    },
  ]
}

/** The time for `count` lessons that nobody has compiled before. */
async function compile(count: number, run: Run): Promise<Took> {
  const root = await makeTree(manyLessons(count))
  try {
    const began = performance.now()
    const before = process.cpuUsage()
    const result = await buildContent({ root, drafts: false, run })
    const ms = performance.now() - began
    const { user, system } = process.cpuUsage(before)
    if (result.compiled !== count || result.problems.length > 0)
      throw new Error(
        `${result.compiled} of ${count} lessons were compiled, with ${result.problems.length} problems: ${JSON.stringify(result.problems[0])}`,
      )
    return { ms, cpuMs: (user + system) / 1000 }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

function manyLessons(count: number): Record<string, string> {
  const folder = 'content/courses/cloud-deployment/cloud-building-blocks'
  const lesson = readFileSync(`${folder}/lesson.mdx`, 'utf8')
  const cards = readFileSync(`${folder}/cards.yaml`, 'utf8')
  const numbers = Array.from({ length: count }, (_, i) => i + 1)
  const files = numbers.flatMap((n): [string, string][] => [
    [`content/courses/yard/lesson-${n}/lesson.mdx`, variant(lesson, n)],
    [`content/courses/yard/lesson-${n}/cards.yaml`, cards],
  ])
  return {
    ...Object.fromEntries(files),
    'content/skills.yaml': `yard.first: { title: The first skill, needs: [], lesson: null }\n${numbers
      .map((n) => `yard.skill${n}: { title: Skill ${n}, needs: [yard.first], lesson: yard/lesson-${n} }\n`)
      .join('')}`,
    'content/courses/yard/course.yaml': `title: The yard
promise: You can build a small boat.
idea: A boat is a promise about water.
judgedBy: The water
modules:
  - letter: A
    title: Keel
    lessons:
${numbers.map((n) => `      - lesson-${n}\n`).join('')}`,
  }
}

function variant(lesson: string, n: number): string {
  return lesson
    .replace(/^title: .*$/m, `title: Lesson ${n} of the yard`)
    .replace(/^teaches: .*$/m, `teaches: yard.skill${n}`)
    .replace(/^needs: .*$/m, 'needs: [yard.first]')
    .replace('<Hook>', `<Hook>\nYard number ${n} has this to say.\n`)
}
