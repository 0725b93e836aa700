import { readFileSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildContent, watchContent } from './build'
import { getCourse, getIndex, getLesson, getPrerequisites, getSearchIndex, LessonUnavailable } from './index'
import { getBlockKey } from './keys'
import { compiledPaths } from './store'
import { lessonFiles, makeTree, noRun, soundLesson } from './testing'

const lesson = 'content/courses/yard/limits/lesson.mdx'
const block = 'yard/limits/which-is-late'
const build = (root: string, drafts = false) => buildContent({ root, drafts, run: noRun })

async function builtTree(files: Record<string, string> = {}) {
  const root = await makeTree({ ...lessonFiles(), ...files })
  return { root, result: await build(root) }
}

describe('the build', () => {
  test('makes an index, a lesson without any key, and keys that only this user may read', async () => {
    const { root, result } = await builtTree()
    expect(result).toMatchObject({ problems: [], compiled: 1, unchanged: 0 })
    const paths = compiledPaths(root)
    const sent = await readFile(paths.lesson('yard', 'limits'), 'utf8')
    for (const secret of ['SECRET', '"correct"', '"why"', 'misconception']) expect(sent).not.toContain(secret)
    expect(sent).not.toMatch(/ style=|<script|onclick/)
    const keys = await readFile(paths.keys('yard', 'limits'), 'utf8')
    expect(keys).toContain('SECRET-RIGHT')
    expect((await stat(paths.keys('yard', 'limits'))).mode & 0o777).toBe(0o600)
    expect(await readFile(paths.index, 'utf8')).not.toContain('SECRET')
  })

  test('gives a lesson the shape that pages are built for', async () => {
    const { root } = await builtTree()
    const read = await getLesson('yard', 'limits', root)
    expect({
      ...read,
      segments: read?.segments.map((one) => (one.type === 'block' ? one : one.html)),
    }).toMatchSnapshot()
  })

  test('lists written lessons with what they say themselves, and planned ones as planned', async () => {
    const { root } = await builtTree()
    const course = await getCourse('yard', root)
    expect(course?.modules[0]?.lessons).toEqual([
      expect.objectContaining({
        slug: 'limits',
        number: 1,
        written: true,
        title: 'Say what happens at the limit',
        minutes: 20,
        graded: [block],
        star: block,
        plannedExercises: 1,
      }),
      expect.objectContaining({
        slug: 'later',
        number: 2,
        written: false,
        title: 'Later on',
        graded: [],
        star: null,
        plannedExercises: 2,
      }),
    ])
    expect((await getIndex(root)).blocks[block]).toEqual({
      kind: 'choice',
      version: 1,
      course: 'yard',
      lesson: 'limits',
      graded: true,
      star: true,
    })
    expect(await getPrerequisites(['yard.limits', 'yard.later', 'yard.first'], root)).toEqual([
      expect.objectContaining({ standing: 'written' }),
      expect.objectContaining({ standing: 'planned' }),
      expect.objectContaining({ standing: 'assumed', lesson: null }),
    ])
  })

  test('makes what can be searched of each course: every part in its words, and no answer', async () => {
    const { root } = await builtTree()
    const index = await getSearchIndex('yard', root)
    expect(index?.lessons.map(({ slug, number }) => [slug, number])).toEqual([['limits', 1]])
    const parts = index?.lessons[0]?.passages ?? []
    expect(parts.map(({ at, title, block: isBlock }) => [at, title, isBlock])).toEqual([
      ['', 'Say what happens at the limit', false],
      ['which-is-late', 'Choose one', true],
      ['the-limit-belongs-to-one-side', 'The limit belongs to one side', false],
      ['where-it-breaks', 'Where it breaks', false],
      ['summary', 'Summary', false],
      ['go-further', 'Go further', false],
    ])
    expect(parts[0]?.text).toContain('Where do the missing 41 parcels come from?')
    expect(parts[1]?.text).toContain('Exactly three days')
    expect(parts[2]?.text).toContain('late = sum(d > 3 for d in days)')
    expect(JSON.stringify(index)).not.toMatch(/SECRET|Look at the word/)
    expect(await getSearchIndex('../index', root)).toBeNull()
  })

  test('compiles only what has changed, and its version says whether anything has', async () => {
    const { root } = await builtTree()
    const { version } = await getIndex(root)
    expect(await build(root)).toMatchObject({ compiled: 0, unchanged: 1 })
    expect((await getIndex(root)).version).toBe(version)
    await writeFile(
      path.join(root, lesson),
      (soundLesson().get('lesson.mdx') ?? '').replace('by noon', 'by evening'),
    )
    expect(await build(root)).toMatchObject({ compiled: 1, unchanged: 0 })
    expect((await getIndex(root)).version).not.toBe(version)
    const [first] = (await getLesson('yard', 'limits', root))?.segments ?? []
    expect(JSON.stringify(first)).toContain('by evening')
  })

  test('keeps opaque ids when words change, and makes them from the salt', async () => {
    const { root } = await builtTree()
    const idsOf = async (tree: string) =>
      JSON.stringify((await getLesson('yard', 'limits', tree))?.blocks[block]?.props).match(/"id":"[^"]+"/g)
    const before = await idsOf(root)
    await writeFile(
      path.join(root, lesson),
      (soundLesson().get('lesson.mdx') ?? '').replace('Four is more', 'Four is above'),
    )
    await build(root)
    expect(await idsOf(root)).toEqual(before)
    const other = await builtTree({ 'content/salt.txt': 'another\n' })
    expect(await idsOf(other.root)).not.toEqual(before)
  })

  test('takes nothing else down with a broken lesson, and says what is wrong with it', async () => {
    const second = soundLesson()
    second.set(
      'lesson.mdx',
      (second.get('lesson.mdx') ?? '')
        .replace('teaches: yard.limits', 'teaches: yard.later')
        .replace('</Hook>', ''),
    )
    const { root, result } = await builtTree(lessonFiles('yard/later', second))
    expect(result.problems).toEqual([
      expect.objectContaining({ file: 'content/courses/yard/later/lesson.mdx' }),
    ])
    expect(await getLesson('yard', 'limits', root)).toMatchObject({ slug: 'limits' })
    const refused = getLesson('yard', 'later', root)
    await expect(refused).rejects.toThrow(LessonUnavailable)
    await expect(refused).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining('Close it') }],
    })
  })

  test('shows a draft in development only', async () => {
    const draft = soundLesson()
    draft.set('lesson.mdx', (draft.get('lesson.mdx') ?? '').replace('status: published', 'status: draft'))
    const root = await makeTree(lessonFiles('yard/limits', draft))
    await build(root)
    expect(await getLesson('yard', 'limits', root)).toBeNull()
    expect((await getSearchIndex('yard', root))?.lessons).toEqual([])
    await expect(getBlockKey(block, root)).rejects.toThrow(LessonUnavailable)
    await build(root, true)
    expect(await getLesson('yard', 'limits', root)).toMatchObject({ status: 'draft' })
    expect(await getBlockKey(block, root)).toMatchObject({ kind: 'choice' })
  })

  test('forgets a lesson whose folder is gone', async () => {
    const { root } = await builtTree()
    await rm(path.join(root, 'content/courses/yard/limits'), { recursive: true })
    await build(root)
    await expect(stat(compiledPaths(root).keys('yard', 'limits'))).rejects.toThrow('ENOENT')
    expect(Object.keys((await getIndex(root)).blocks)).toEqual([])
  })

  test('follows what an author saves', async () => {
    const root = await makeTree(lessonFiles())
    const stop = new AbortController()
    const said: string[] = []
    let heard = () => {}
    const next = () =>
      new Promise<void>((resolve) => {
        heard = resolve
      })
    let waiting = next()
    const watching = watchContent(
      {
        root,
        drafts: true,
        run: noRun,
        log: (line) => {
          said.push(line)
          if (/^content: \d+ lesson/.test(line)) heard()
        },
      },
      stop.signal,
    )
    await waiting
    waiting = next()
    await writeFile(path.join(root, lesson), '---\n')
    await waiting
    expect(said.join('\n')).toMatch(/lesson\.mdx:1: front matter is not closed/)
    await expect(getLesson('yard', 'limits', root)).rejects.toThrow(LessonUnavailable)
    waiting = next()
    await writeFile(path.join(root, lesson), soundLesson().get('lesson.mdx') ?? '')
    await waiting
    expect(await getLesson('yard', 'limits', root)).toMatchObject({ slug: 'limits' })
    stop.abort()
    await watching
  })
})

describe('the reader', () => {
  test('knows lessons by their listed name only', async () => {
    const { root } = await builtTree()
    await mkdir(path.join(root, '.content/lessons/yard'), { recursive: true })
    await writeFile(
      path.join(root, '.content/lessons/yard/ghost.json'),
      readFileSync(compiledPaths(root).lesson('yard', 'limits')),
    )
    for (const [course, slug] of [
      ['yard', 'ghost'],
      ['..', 'index'],
      ['yard', '../../index'],
      ['yard', 'limits/../limits'],
      ['__proto__', 'constructor'],
      ['yard', '%2e%2e'],
      ['yard', ''],
      ['yard', 'later'],
    ] as const)
      expect(await getLesson(course, slug, root)).toBeNull()
    for (const id of ['__proto__', 'yard/limits/../x', 'constructor', ''])
      await expect(getBlockKey(id, root)).rejects.toThrow(LessonUnavailable)
  })

  test.each(['', '{', 'null', '{"slug":"other"}', '[]', '{"slug":"limits","segments":[]}'])(
    'has an error for a lesson whose compiled file is %j, and for no other',
    async (damage) => {
      const { root } = await builtTree()
      await writeFile(compiledPaths(root).lesson('yard', 'limits'), damage)
      await expect(getLesson('yard', 'limits', root)).rejects.toThrow(LessonUnavailable)
      expect(await getCourse('yard', root)).not.toBeNull()
      expect(await build(root)).toMatchObject({ problems: [] })
    },
  )

  test('says that nothing is built yet', async () => {
    const root = await makeTree({})
    await expect(getIndex(root)).rejects.toThrow(/content:build/)
  })

  test('gives the key of a block, and none that is damaged', async () => {
    const { root } = await builtTree()
    expect(await getBlockKey(block, root)).toMatchObject({ kind: 'choice', version: 1, graded: true })
    await writeFile(compiledPaths(root).keys('yard', 'limits'), '{}')
    await expect(getBlockKey(block, root)).rejects.toThrow(LessonUnavailable)
  })
})
