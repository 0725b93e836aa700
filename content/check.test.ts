import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { closeNode, runInNode } from '@/runner/node'
import { checkContent } from './check'
import { changedWording } from './check-history'
import { formatProblem } from './problems'
import { cachedRun } from './runs'
import { lessonFiles, makeTree, noRun, soundExercise, soundLesson } from './testing'
import { splitSentences } from './words'

afterAll(closeNode)

const folder = 'content/courses/yard/limits'
const mdx = `${folder}/lesson.mdx`

/** Each different program once, for all tests of this file. */
const run = cachedRun(await mkdtemp(path.join(tmpdir(), 'slipway-runs-')), 'test', runInNode)

async function check(root: string, by = run): Promise<string[]> {
  return (await checkContent({ root, run: by, today: '2026-11-25' })).problems.map(formatProblem)
}

/** The sound lesson with a code exercise and some fences in it. */
function fullLesson(changes: Record<string, string> = {}, fences = ''): Record<string, string> {
  const lesson = soundLesson()
  lesson.set(
    'lesson.mdx',
    (lesson.get('lesson.mdx') ?? '').replace(
      '<WhereItBreaks>',
      `${fences}\n\n<Exercise id="count-late" />\n\n<WhereItBreaks>`,
    ),
  )
  for (const [name, text] of Object.entries(soundExercise())) lesson.set(name, text)
  for (const [name, text] of Object.entries(changes)) lesson.set(name, text)
  return lessonFiles('yard/limits', lesson)
}

const exercise = 'exercises/count-late'
const fence = (tag: string, code: string, output?: string) =>
  `\`\`\`python ${tag}\n${code}\n\`\`\`\n${output === undefined ? '' : `\n\`\`\`output\n${output}\n\`\`\`\n`}`

describe('the check', () => {
  test('finds nothing in a sound lesson, and remembers that', async () => {
    const root = await makeTree(
      fullLesson(
        {},
        fence('run', 'x = 2\nprint(x)', '2') +
          fence('run', 'print(x + 1)', '3') +
          fence(
            'run-error ValueError',
            'int("x")',
            "ValueError: invalid literal for int() with base 10: 'x'",
          ),
      ),
    )
    const first = await checkContent({ root, run, today: '2026-11-25' })
    expect(first.problems.map(formatProblem)).toEqual([])
    expect(first).toMatchObject({ lessons: 1, anew: 1, blocks: 2 })
    expect(first.samples).toBeGreaterThanOrEqual(6)
    const again = await checkContent({ root, run: noRun, today: '2026-11-25' })
    expect(again).toMatchObject({ problems: [], anew: 0, blocks: 2, samples: first.samples })
  })

  test('does not remember what failed: a run without time is tried again on the same lesson', async () => {
    const root = await makeTree(fullLesson())
    const late: typeof run = async () => ({
      type: 'failed',
      kind: 'timeout',
      output: [],
      cut: false,
      ms: 5000,
    })
    expect((await check(root, late)).join('\n')).toMatch(/did not run to its end: timeout/)
    expect(await check(root)).toEqual([])
  })

  test('looks at a fact again when its day has come', async () => {
    const root = await makeTree(lessonFiles())
    await checkContent({ root, run: noRun, today: '2026-11-25' })
    const later = await checkContent({ root, run: noRun, today: '2027-01-01' })
    expect(later.problems.map(formatProblem).join()).toMatch(/was to be verified by 2026-12-31/)
  })

  test.each([
    [
      'prints something else',
      fence('run', 'print(1)', '2'),
      /prints something else: line 1 is "1", here stands "2"/,
    ],
    ['ends with an error', fence('run', 'print(nothing)'), /ends with NameError.*run-error NameError/],
    [
      'does not fail as announced',
      fence('run-error KeyError', '{}'),
      /ends without an error; KeyError was announced/,
    ],
    ['fails otherwise', fence('run-error KeyError', 'int("x")'), /ends with ValueError, not with KeyError/],
    [
      'names another last line',
      fence('run-error KeyError', '{}["a"]', "KeyError: 'b'"),
      /traceback ends with "KeyError: 'a'"/,
    ],
    ['cannot be parsed', fence('run', 'def f(:'), /ends with/],
    ['has output of nobody', '```output\n3\n```', /stands right after the fence/],
  ])('refuses a fence that %s', async (_name, fences, says) => {
    const lesson = soundLesson()
    lesson.set(
      'lesson.mdx',
      (lesson.get('lesson.mdx') ?? '').replace('<WhereItBreaks>', `${fences}\n\n<WhereItBreaks>`),
    )
    const root = await makeTree(lessonFiles('yard/limits', lesson))
    expect((await check(root)).filter((line) => line.startsWith(mdx)).join('\n')).toMatch(says)
  })

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a wrong answer that passes',
      {
        [`${exercise}/wrong/right.py`]:
          '# fails: some\ndef count_late(days, limit):\n    return sum(d > limit for d in days)\n',
      },
      /wrong\/right\.py:1: .*should fail, and passes/,
    ],
    [
      'a wrong answer that fails otherwise than it says',
      {
        [`${exercise}/wrong/zero.py`]:
          '# fails: at_the_limit\ndef count_late(days, limit):\n    return 1 if days == [3, 3, 4] else 0\n',
      },
      /wrong\/zero\.py:1: .*should fail at_the_limit, and fails some/,
    ],
    [
      'a wrong answer that only hidden cases refuse',
      {
        [`${exercise}/wrong/short_lists.py`]:
          '# fails: long\ndef count_late(days, limit):\n    return sum(d > limit for d in days[:9])\n',
      },
      /wrong\/short_lists\.py:1: .*hidden cases are switched off/,
    ],
    [
      'a right answer that is refused',
      { [`${exercise}/alternatives/wrong.py`]: 'def count_late(days, limit):\n    return 7\n' },
      /alternatives\/wrong\.py:1: .*should pass, and fails/,
    ],
    [
      'a starter that passes',
      {
        [`${exercise}/starter.py`]: 'def count_late(days, limit):\n    return sum(d > limit for d in days)\n',
      },
      /starter\.py:1: .*already passes/,
    ],
    [
      'a starter that cannot be read',
      { [`${exercise}/starter.py`]: 'def count_late(days, limit)\n' },
      /starter\.py:1: .*must fail by what it returns/,
    ],
    [
      'a reference that depends on chance',
      {
        [`${exercise}/reference.py`]:
          'import random\n\n\ndef count_late(days, limit):\n    return sum(d > limit for d in days) + random.SystemRandom().randrange(1_000_000)\n',
      },
      /reference/,
    ],
    [
      'the solution in its prompt',
      {
        [`${exercise}/exercise.yaml`]: (soundExercise()[`${exercise}/exercise.yaml`] ?? '').replace(
          'At most 5 steps.',
          'Such as:\n\n  ```python\n  return sum(d > limit for d in days)\n  ```',
        ),
      },
      /reference\.py:2: this line is secret/,
    ],
    [
      'a kind that does not exist',
      {
        [`${exercise}/exercise.yaml`]: (soundExercise()[`${exercise}/exercise.yaml`] ?? '').replace(
          'kind: code',
          'kind: cod',
        ),
      },
      /exercise\.yaml:1: .*no kind "cod".*Did you mean code/,
    ],
    [
      'an unknown key',
      { [`${exercise}/exercise.yaml`]: `${soundExercise()[`${exercise}/exercise.yaml`]}level: 3\n` },
      /exercise\.yaml:7: .*`level` is not known/,
    ],
    [
      'two hints',
      {
        [`${exercise}/exercise.yaml`]: (soundExercise()[`${exercise}/exercise.yaml`] ?? '').replace(
          'Look at the limit., ',
          '',
        ),
      },
      /exercise\.yaml:6: .*three hints/,
    ],
  ])('with %s says so', async (_name, changes, says) => {
    const root = await makeTree(fullLesson(changes))
    expect((await check(root)).join('\n')).toMatch(says)
  })

  test('counts over a course how often the right option is the longest', async () => {
    const root = await makeTree(
      lessonFiles(
        'yard/limits',
        new Map(
          [...soundLesson()].map(([name, text]) => [
            name,
            text.replace('Four days', 'Four days and a long evening of waiting'),
          ]),
        ),
      ),
    )
    expect(await check(root, noRun)).toEqual([
      expect.stringMatching(/course\.yaml:1: in 1 of 1 choices the right option is the longest/),
    ])
  })

  test('names what it was asked for and cannot find', async () => {
    const root = await makeTree(lessonFiles())
    const { problems } = await checkContent({ root, only: 'yard/ghost', run: noRun })
    expect(problems.map(formatProblem)).toEqual([expect.stringMatching(/no written lesson yard\/ghost/)])
  })
})

describe('compared with the previous commit', () => {
  async function committed() {
    const root = await makeTree({ ...fullLesson(), '.gitignore': '.cache/\n' })
    const git = (...words: string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', ...words],
        { cwd: root },
      )
    git('init', '-q')
    git('add', '.')
    git('commit', '-q', '-m', 'first')
    const edit = async (name: string, from: string, to: string) => {
      const file = path.join(root, folder, name)
      const text = await readFile(file, 'utf8')
      expect(text).toContain(from)
      await writeFile(file, text.replace(from, to))
    }
    return {
      root,
      git,
      edit,
      said: async () => (await check(root)).filter((line) => /previous commit|retired|is gone/.test(line)),
    }
  }

  test('wording may be polished, and explanations may change at will', async () => {
    const { edit, said } = await committed()
    await edit('lesson.mdx', 'Which parcel is late?', 'Which parcel came late?')
    await edit(
      'lesson.mdx',
      'SECRET-WRONG Within includes the third day.',
      'Another explanation altogether, with 7 numbers.',
    )
    await edit(`${exercise}/cases.py`, 'Three days are within three days.', 'Look at the limit.')
    expect(await said()).toEqual([])
  })

  test('another right option, number, case or answer needs a new version', async () => {
    const { edit, said, git } = await committed()
    await edit('lesson.mdx', '"within 3 days"', '"within 5 days"')
    await edit(`${exercise}/cases.py`, '[3, 3, 4], 3', '[3, 3, 5], 3')
    expect(await said()).toEqual([
      expect.stringMatching(
        /lesson\.mdx:\d+: yard\/limits\/which-is-late has changed a number.*Write version 2/,
      ),
      expect.stringMatching(
        /exercise\.yaml:1: yard\/limits\/count-late has changed what it asks.*Write version 2/,
      ),
    ])
    git('commit', '-q', '-a', '-m', 'silent')
    expect(await said()).toHaveLength(2)
    await edit('lesson.mdx', 'exercise star', 'exercise star version={2}')
    await edit(`${exercise}/exercise.yaml`, 'version: 1', 'version: 2')
    git('commit', '-q', '-a', '-m', 'said')
    expect(await said()).toEqual([])
  })

  test('a version never falls', async () => {
    const { edit, said, git } = await committed()
    await edit('lesson.mdx', 'exercise star', 'exercise star version={3}')
    git('commit', '-q', '-a', '-m', 'three')
    await edit('lesson.mdx', 'version={3}', 'version={2}')
    expect(await said()).toEqual([expect.stringMatching(/version 2 of .* is lower than the 3/)])
  })

  test('a block that is gone is listed as retired, and its id stays unused', async () => {
    const { root, edit, said } = await committed()
    await edit('lesson.mdx', '<Exercise id="count-late" />\n', '')
    await rm(path.join(root, folder, 'exercises'), { recursive: true })
    expect(await said()).toEqual([expect.stringMatching(/yard\/limits\/count-late is gone.*retired\.yaml/)])
    await mkdir(path.join(root, 'content'), { recursive: true })
    await writeFile(
      path.join(root, 'content/retired.yaml'),
      'yard/limits/count-late: null\nyard/limits/which-is-late: null\n',
    )
    expect(await said()).toEqual([expect.stringMatching(/which-is-late is retired and is never used again/)])
  })

  test.each([
    ['The first of them', 'The last of them', true],
    ['Which is not above?', 'Which is above?', true],
    ['Write `f(x)` now', 'Write `g(x)` now', true],
    ['Which of the parcels is late', 'Which of these parcels is late', false],
    ['Say what this prints and why', 'Name every colour of my grandmother’s garden', true],
  ])('%j to %j: a new version is needed: %s', (before, after, needed) => {
    expect(changedWording(before, after) !== null).toBe(needed)
  })
})

test('sentences end where readers think they end', () => {
  expect(splitSentences('One, e.g. this. Two: a thing? Three is 3.5 long. “Four.” Five')).toHaveLength(5)
})
