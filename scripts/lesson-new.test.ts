import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listLesson, makeLesson } from './lesson-new'

const run = promisify(execFile)
const here = path.resolve(import.meta.dirname, '..')
let tree = ''

/** A copy of what authors and the check need, so that the walk-through leaves no trace. */
beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'slipway-authoring-'))
  for (const name of [
    'content',
    'exercises',
    'runner',
    'components',
    'scripts',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    '.gitignore',
  ])
    await cp(path.join(here, name), path.join(tree, name), { recursive: true })
  // What the programs of the written lessons did, where the check has run them: an author's own tree has that too.
  const runs = '.cache/content/runs'
  if (existsSync(path.join(here, runs)))
    await cp(path.join(here, runs), path.join(tree, runs), { recursive: true })
  await symlink(path.join(here, 'node_modules'), path.join(tree, 'node_modules'))
})

afterAll(async () => {
  await rm(tree, { recursive: true, force: true })
})

type Step = { type: 'sh' | 'fails' | 'file' | 'prints'; text: string; file?: string }

async function readSteps(): Promise<Step[]> {
  const page = await readFile(path.join(here, 'docs/authoring.md'), 'utf8')
  const steps: Step[] = []
  for (const [, , lang, meta = '', text = ''] of page.matchAll(/^(`{3,})(\w+)[ ]?(.*)\n([\s\S]*?)^\1$/gm)) {
    const file = /^file=(\S+)$/.exec(meta)?.[1]
    if (file) steps.push({ type: 'file', text, file })
    else if (lang === 'sh' && meta === '') steps.push({ type: 'sh', text })
    else if (lang === 'sh' && meta === 'fails') steps.push({ type: 'fails', text })
    else if (lang === 'text' && meta === 'prints') steps.push({ type: 'prints', text })
  }
  return steps
}

describe('a new lesson', () => {
  test('is written by doing exactly what docs/authoring.md says', { timeout: 300_000 }, async () => {
    const steps = await readSteps()
    expect(steps.filter((step) => step.type === 'file').length).toBeGreaterThanOrEqual(9)
    let said = ''
    for (const step of steps) {
      if (step.type === 'file') {
        await mkdir(path.dirname(path.join(tree, step.file ?? '')), { recursive: true })
        await writeFile(path.join(tree, step.file ?? ''), step.text)
      } else if (step.type === 'prints') expect(said).toContain(step.text.trim())
      else {
        const ended = await run('sh', ['-c', step.text], { cwd: tree, timeout: 200_000 }).then(
          (result) => ({ code: 0, ...result }),
          (error: { code: number; stdout: string; stderr: string }) => error,
        )
        said = `${ended.stdout}\n${ended.stderr}`
        expect(
          `${step.text.trim()} → ${ended.code} ${step.type === 'sh' && ended.code !== 0 ? said : ''}`,
        ).toBe(`${step.text.trim()} → ${step.type === 'sh' ? 0 : 1} `)
      }
    }
    const course = await readFile(path.join(tree, 'content/courses/git/course.yaml'), 'utf8')
    expect(course).toMatch(/slug: stash-and-cherry-pick.*\n\s+- stashing\n/)
  })

  test('goes where its course says, and leaves every comment alone', () => {
    const text =
      'modules:\n  - letter: A\n    lessons:\n      - one  # first\n      - { slug: two, title: Two, minutes: 20 }\n# the end\n'
    expect(listLesson(text, 'new')).toBe(text.replace('minutes: 20 }\n', 'minutes: 20 }\n      - new\n'))
    expect(listLesson(text, 'new', 'one')).toBe(text.replace('# first\n', '# first\n      - new\n'))
    expect(listLesson(text, 'two')).toBe(text)
    expect(listLesson(text, 'one', 'two')).toBe(
      'modules:\n  - letter: A\n    lessons:\n      - { slug: two, title: Two, minutes: 20 }\n      - one  # first\n# the end\n',
    )
  })

  test('says what to do when the name is wrong, the course unknown or the lesson there', async () => {
    await expect(makeLesson(here, 'git')).rejects.toThrow(/no course\/lesson/)
    await expect(makeLesson(here, '../etc/passwd')).rejects.toThrow(/no course\/lesson/)
    await expect(makeLesson(here, 'Git/Stash')).rejects.toThrow(/lower-case/)
    await expect(makeLesson(here, 'nowhere/lesson')).rejects.toThrow(/no course nowhere/)
    await expect(makeLesson(here, 'data-structures/binary-search')).rejects.toThrow(/there already/)
    await expect(makeLesson(here, 'git/another', 'never-heard')).rejects.toThrow(/nothing can come after/)
  })
})
