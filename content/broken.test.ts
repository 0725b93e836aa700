import { describe, expect, test } from 'vitest'
import { breakLesson, UNFIT, UNREADABLE, UNREADABLE_CATALOGUES } from './broken.testing'
import { readCatalogue } from './catalogue'
import { checkSamples } from './check-samples'
import { checkSecrets } from './check-secrets'
import { checkStructure } from './check-structure'
import { checkStyle } from './check-style'
import { compileLesson } from './compile'
import { readLessonFiles } from './folder'
import { formatProblem, Problems } from './problems'
import { lessonFiles, makeTree, noRun, soundLesson } from './testing'

const tools = { run: noRun, salt: 'salt' }
const folder = 'content/courses/yard/limits'

/** Everything that the compiler and the parts of the check without an interpreter say about a lesson. */
async function problemsOf(files: Map<string, string>, tree: Record<string, string> = {}): Promise<string[]> {
  const root = await makeTree({ ...lessonFiles('yard/limits', files), ...tree })
  const problems = new Problems()
  const read = await readLessonFiles(root, folder, problems)
  const catalogue = readCatalogue(root)
  problems.list.push(...catalogue.problems)
  const source = { course: 'yard', slug: 'limits', folder, files: read }
  const result = await compileLesson(source, tools)
  problems.list.push(...(result.problems ?? []))
  if (result.compiled) {
    const { compiled } = result
    const say = (line: number, message: string, file = compiled.file) => problems.add(file, line, message)
    checkStructure(compiled, source, catalogue, '2026-11-25', say)
    checkStyle(compiled, source, say)
    await checkSamples(compiled, noRun, noRun, say)
    await checkSecrets(compiled, source, tools, say)
  }
  return problems.list.map(formatProblem)
}

describe('a broken lesson', () => {
  test('is not what the sound lesson is', async () => {
    expect(await problemsOf(soundLesson())).toEqual([])
  })

  test.each([...UNREADABLE, ...UNFIT])('with %s is told where and what to do', async (...fault) => {
    const [, file, , , where, says] = fault
    const { files, line } = breakLesson(fault)
    const said = await problemsOf(files)
    const found = said.find((line) => says.test(line))
    expect(found ?? said.join('\n') ?? 'nothing').toMatch(says)
    const place = /^(content\/courses\/yard\/limits\/[^:]+):(\d+): (.+)$/s.exec(found ?? '')
    expect(place?.[1]).toBe(`${folder}/${file}`)
    if (line > 0 && typeof where === 'string')
      expect(Math.abs(Number(place?.[2]) - line), `${found} names line ${line}`).toBeLessThanOrEqual(
        where === '<Hint>' ? 3 : 1,
      )
    // What is wrong, then what to do: at least two statements.
    expect(place?.[3]).toMatch(/[.:;,] ?\S.*[.…”"]$|[.:] \S+/)
  })

  test('may not hold NUL, broken UTF-8 or strange files', async () => {
    const root = await makeTree(lessonFiles())
    const { writeFile, mkdir, symlink } = await import('node:fs/promises')
    await writeFile(`${root}/${folder}/lesson.mdx`, 'one\ntwo\0\n')
    await writeFile(`${root}/${folder}/cards.yaml`, Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]))
    await mkdir(`${root}/${folder}/data`)
    await writeFile(`${root}/${folder}/data/table.xlsx`, 'x')
    await symlink('/etc/passwd', `${root}/${folder}/notes.md`)
    const problems = new Problems()
    await readLessonFiles(root, folder, problems)
    const said = problems.list.map(formatProblem)
    expect(said).toContainEqual(expect.stringMatching(/lesson\.mdx:2: .*NUL.*Delete/))
    expect(said).toContainEqual(expect.stringMatching(/cards\.yaml:2: .*UTF-8.*Save/))
    expect(said).toContainEqual(expect.stringMatching(/table\.xlsx:1: .*Take it away/))
    expect(said).toContainEqual(expect.stringMatching(/notes\.md:1: .*not a link/))
  })
})

describe('a broken catalogue', () => {
  test.each(UNREADABLE_CATALOGUES)('with %s is told where and what to do', async (_name, files, says) => {
    const root = await makeTree({ ...lessonFiles(), ...files })
    expect(readCatalogue(root).problems.map(formatProblem).join('\n')).toMatch(says)
  })
})
