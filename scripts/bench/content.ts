import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { buildContent } from '../../content/build'
import { hashRuntime } from '../../content/hashes'
import { cachedRun, closeRuns, type Run } from '../../content/runs'
import { makeTree } from '../../content/testing'
import type { Step } from './figures'

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
  const few: number[] = []
  const many: number[] = []
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
      {
        step: 'content',
        name: `Compile of ${MANY} lessons / of ${FEW}`,
        samples: many.map((ms, i) => ms / (few[i] ?? Number.NaN)),
        limit: { kind: 'at most', value: 2.3 },
      },
      {
        step: 'content',
        name: `Compile of ${MANY} lessons, each`,
        samples: many.map((ms) => ms / MANY),
        unit: 'ms',
        limit: { kind: 'at most', value: 100 },
      },
    ],
    remarks: [
      'The synthetic lessons are CLD-02 with another title and text of their own; each is compiled for the first time. Its one program runs once and is remembered, as in a real build.',
    ],
  }
}

/** Milliseconds for `count` lessons that nobody has compiled before. */
async function compile(count: number, run: Run): Promise<number> {
  const root = await makeTree(manyLessons(count))
  try {
    const began = performance.now()
    const result = await buildContent({ root, drafts: false, run })
    const took = performance.now() - began
    if (result.compiled !== count || result.problems.length > 0)
      throw new Error(
        `${result.compiled} of ${count} lessons were compiled, with ${result.problems.length} problems: ${JSON.stringify(result.problems[0])}`,
      )
    return took
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
