import { describe, expect, test } from 'vitest'
import { readCatalogue } from './catalogue'
import { checkSamples } from './check-samples'
import { checkSecrets } from './check-secrets'
import { checkStructure } from './check-structure'
import { checkStyle } from './check-style'
import { compileLesson } from './compile'
import { readLessonFiles } from './folder'
import { formatProblem, Problems } from './problems'
import { course, lessonFiles, makeTree, noRun, skills, soundLesson } from './testing'

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

type Break = [name: string, file: string, from: string, to: string, where: string | number, says: RegExp]
const mdx = 'lesson.mdx'
const after = (mark: string, line: string): [string, string] => [mark, `${mark}\n\n${line}`]
const end = '</GoFurther>\n'

/** One fault each: the text to replace, what with, the line it is on (or a part of that line), what is said. */
const broken: Break[] = [
  ['an element that is not closed', mdx, '</Hook>\n', '', '<Hook>', /not closed.*Close it with <\/Hook>/],
  ['a closing tag without an opening one', mdx, '<Hook>\n', '', '</Hook>', /closing tag/],
  ['a tag that breaks off', mdx, ...after('<Figure', 'x <b'), '<b', /cannot be read.*backticks/],
  ['a brace in prose', mdx, 'A table', 'A {table} and', 'A {table}', /never evaluated/],
  ['an expression over a flow of its own', mdx, ...after(end, '{1 + 1}'), '{1 + 1}', /never evaluated/],
  ['a brace that is no expression', mdx, 'A table', 'A {1 +} table', 'A {1 +}', /cannot be read/],
  ['an import', mdx, ...after(end, 'import x from "y"'), 'import x', /imports and exports nothing/],
  ['an export', mdx, ...after(end, 'export const x = 1'), 'export const', /imports and exports nothing/],
  [
    'an attribute that computes',
    mdx,
    'exercise star',
    'exercise star version={1 + 1}',
    '<Choice',
    /not a literal/,
  ],
  [
    'an attribute that calls',
    mdx,
    'exercise star',
    'exercise star title={String(1)}',
    '<Choice',
    /not a literal/,
  ],
  ['spread attributes', mdx, 'exercise star', '{...x} exercise star', '<Choice', /may not spread/],
  ['an attribute twice', mdx, 'exercise star', 'exercise exercise star', '<Choice', /twice/],
  ['front matter that is not closed', mdx, '\n---\n\n<Hook>', '\n\n<Hook>', 1, /front matter is not closed/],
  [
    'an unknown key',
    mdx,
    'status:',
    'level: hard\nstatus:',
    'level:',
    /`level` is not known here.*Known are/,
  ],
  ['a mistyped key', mdx, 'minutes:', 'minuts:', 'minuts:', /Did you mean minutes/],
  ['a missing key', mdx, 'minutes: 20\n', '', 2, /`minutes` is missing/],
  [
    'a number as a word',
    mdx,
    'minutes: 20',
    'minutes: twenty',
    'minutes:',
    /`minutes` is not as it should be/,
  ],
  ['too many minutes', mdx, 'minutes: 20', 'minutes: 90', 'minutes:', /at most 60/],
  ['a status that does not exist', mdx, 'status: published', 'status: live', 'status:', /`status`/],
  [
    'an objective that does not begin as it should',
    mdx,
    'You can count',
    'Learn to count',
    'objective:',
    /begins with "You can "/,
  ],
  [
    'an objective that nobody can see',
    mdx,
    'You can count',
    'You can understand',
    'objective:',
    /nothing that can be watched/,
  ],
  [
    'a duplicate key',
    mdx,
    'minutes: 20',
    'minutes: 20\nminutes: 21',
    'minutes: 21',
    /not valid YAML.*Keep one/,
  ],
  ['a colon without quotes', mdx, 'title: Say', 'title: Now: say', 'title:', /not valid YAML.*double quotes/],
  ['a tab in YAML', mdx, '  late-includes', '\tlate-includes', 'late-includes-limit: A', /not valid YAML/],
  ['six concepts', mdx, '[limit]', '[limit, b, c, d, e, f]', 'concepts:', /at most five/],
  ['a prototype key', mdx, 'status:', '__proto__: x\nstatus:', '__proto__', /not known here/],
  [
    'a fact that has aged',
    mdx,
    'verify_by: 2026-12-31',
    'verify_by: 2026-11-01',
    'claim:',
    /was to be verified by/,
  ],
  [
    'a fact far ahead',
    mdx,
    'verify_by: 2026-12-31',
    'verify_by: 2028-01-01',
    'claim:',
    /more than 12 months/,
  ],
  [
    'an element that does not exist',
    mdx,
    ...after(end, '<Note>x</Note>'),
    '<Note>',
    /there is no element <Note>/,
  ],
  ['a mistyped block', mdx, ...after(end, '<Choise id="x">y</Choise>'), '<Choise', /Did you mean Choice/],
  ['HTML', mdx, ...after(end, '<div>x</div>'), '<div>', /is HTML/],
  [
    'a block inside prose',
    mdx,
    '<Side title="Within">includes the limit</Side>',
    '<Side title="Within">\n<Choice id="inner">x</Choice>\n</Side>',
    '<Choice id="inner"',
    /top level/,
  ],
  ['a block without an id', mdx, '<Choice id="which-is-late"', '<Choice', '<Choice', /lacks id/],
  ['an id with capitals', mdx, 'id="which-is-late"', 'id="WhichIsLate"', '<Choice', /kebab-case/],
  [
    'an id that is there twice',
    mdx,
    ...after(end, '<Choice id="which-is-late">x</Choice>'),
    'late">x',
    /there twice, first on line/,
  ],
  [
    'an option without a reason',
    mdx,
    ' <Why>SECRET-RIGHT Four is more than three.</Why>',
    '',
    '<Option correct',
    /lacks its <Why>/,
  ],
  ['no right option', mdx, '<Option correct>', '<Option>', '<Choice', /No option is marked/],
  [
    'an unknown attribute of a block',
    mdx,
    'exercise star',
    'exercise star colour="red"',
    '<Choice',
    /no attribute colour/,
  ],
  [
    'a part that does not belong',
    mdx,
    '<Hint>Look at the word before the number.</Hint>',
    '<Item>x</Item>',
    '<Item>',
    /does not belong/,
  ],
  [
    'four hints',
    mdx,
    '<Hint>Look',
    '<Hint>a</Hint>\n<Hint>b</Hint>\n<Hint>c</Hint>\n<Hint>Look',
    '<Hint>Look',
    /at most three/,
  ],
  ['a star that does not count', mdx, 'exercise star', 'star', '<Choice', /without `exercise`/],
  ['no star', mdx, 'exercise star', 'exercise', 1, /no block carries `star`/],
  [
    'an exercise without a folder',
    mdx,
    ...after(end, '<Exercise id="ghost" />'),
    '<Exercise',
    /no folder exercises\/ghost/,
  ],
  [
    'an untagged fence',
    mdx,
    '```python show the shop has no interpreter here',
    '```python',
    '```python',
    /has no tag/,
  ],
  [
    'a fence shown without a reason',
    mdx,
    'python show the shop has no interpreter here',
    'python show',
    '```python',
    /says why it is not executed/,
  ],
  [
    'a fence of a kind to come',
    mdx,
    'python show the shop has no interpreter here',
    'bash shell-run',
    '```bash',
    /not here yet/,
  ],
  [
    'a language that nobody knows',
    mdx,
    'python show the',
    'pythn show the',
    '```pythn',
    /Did you mean python/,
  ],
  [
    'a run-error without its error',
    mdx,
    'python show the shop has no interpreter here',
    'python run-error',
    '```python',
    /names the error/,
  ],
  ['a picture in Markdown', mdx, ...after(end, '![x](y.png)'), '![x]', /text equivalent/],
  ['a drawing that is missing', mdx, 'figures/line.svg', 'figures/lines.svg', '<Figure', /is not there/],
  [
    'a drawing outside the lesson',
    mdx,
    'figures/line.svg',
    '../../../package.json',
    '<Figure',
    /is not there/,
  ],
  [
    'a figure without words',
    mdx,
    '>A line from left to right.</Figure>',
    '></Figure>',
    '<Figure',
    /text equivalent/,
  ],
  ['a figure without alt', mdx, ' alt="A line"', '', '<Figure', /lacks alt/],
  [
    'a drawing with a script',
    'figures/line.svg',
    '<path',
    '<script>x</script><path',
    1,
    /cannot stand in a page/,
  ],
  ['a drawing with a style', 'figures/line.svg', '<path', '<path style="x"', 1, /style attribute/],
  ['one side to compare', mdx, '<Side title="Under">leaves it out</Side>\n', '', '<Compare>', /at least two/],
  ['a heading of the first level', mdx, '## The limit', '# The limit', '# The limit', /## or ###/],
  ['a link that runs', mdx, '(#summary)', '(javascript:x)', 'see [the end]', /neither https/],
  [
    'a link to nowhere on the page',
    mdx,
    '(#summary)',
    '(#sumary)',
    'see [the end]',
    /no #sumary.*Did you mean summary/,
  ],
  [
    'a link to a lesson that is not written',
    mdx,
    '(#summary)',
    '(/learn/yard/later)',
    'see [the end]',
    /not written yet/,
  ],
  ['dollars read as mathematics', mdx, 'A table', 'It costs 5$ per hour and 7$ for', 'It costs', /dollar/],
  ['mathematics that cannot be read', mdx, '$n$', '$\\frac{$', 'A table', /mathematics cannot be read/],
  [
    'no hook',
    mdx,
    /<Hook>[\s\S]*<\/Hook>\n/.exec(soundLesson().get(mdx) ?? '')?.[0] ?? '',
    '',
    1,
    /no <Hook>/,
  ],
  ['a hook without a question', mdx, 'come from?', 'come from.', '<Hook>', /does not end with a question/],
  [
    'a hook that is too short',
    mdx,
    / The customers[\s\S]*by noon\./.exec(soundLesson().get(mdx) ?? '')?.[0] ?? '',
    '',
    '<Hook>',
    /40 to 120/,
  ],
  [
    'nothing to do before the second heading',
    mdx,
    '<Choice id',
    '## One\n\n## Two\n\n<Choice id',
    '## Two',
    /comes before anything to do/,
  ],
  ['one limit only', mdx, '- A promise can change.\n', '', '<WhereItBreaks>', /2 to 4/],
  ['a short summary', mdx, ' Within includes it. Write down which one is meant.', '', '<Summary>', /3 to 6/],
  [
    'a link that says nothing',
    mdx,
    ': the six operators of Python.',
    '',
    '- [Comparisons]',
    /without a word/,
  ],
  [
    'a misconception that nobody answers',
    mdx,
    ' misconception="late-includes-limit"',
    '',
    'late-includes-limit:',
    /no block refers/,
  ],
  [
    'a misconception that is not listed',
    mdx,
    'misconception="late-includes-limit"',
    'misconception="late-includes-limits"',
    '<Choice',
    /no misconception late-includes-limits.*Did you mean/,
  ],
  ['a banned word', mdx, 'A table', 'It is easy. A table', 'It is easy', /"easy"/],
  ['an exclamation mark', mdx, 'A table', 'Look! A table', 'Look!', /exclamation mark/],
  ['American spelling', mdx, 'A table', 'The color of a table', 'The color', /American/],
  ['an ending in -ize', mdx, 'A table', 'We organize. A table', 'We organize', /American/],
  [
    'a sentence without end',
    mdx,
    'A table',
    `${'and so on '.repeat(15)}a table`,
    'and so on',
    /a sentence of \d+ words/,
  ],
  [
    'three hundred words without a question',
    mdx,
    'A table',
    `${'Short words go here. '.repeat(75)}\n\nA table`,
    '<Hint>',
    /words from here/,
  ],
  [
    'feedback that goes on',
    mdx,
    'Four is more than three.',
    'Short words go here. '.repeat(14),
    'SECRET-RIGHT',
    /feedback of \d+ words/,
  ],
  [
    'a hint that goes on',
    mdx,
    'Look at the word before the number.',
    'Short words go here. '.repeat(12),
    '<Hint>',
    /a hint of \d+ words/,
  ],
  ['all of the above', mdx, 'Exactly three days', 'None of the above', 'None of', /list of words/],
  [
    'thirty-one lines of code',
    mdx,
    'late = sum(d > 3 for d in days)',
    'x = 1\n'.repeat(31),
    '```python',
    /at most 30/,
  ],
  [
    'three cards',
    'cards.yaml',
    /- \{ id: four.*\n/.exec(soundLesson().get('cards.yaml') ?? '')?.[0] ?? '',
    '',
    1,
    /4 to 8/,
  ],
  ['a card twice', 'cards.yaml', 'id: two', 'id: one', 2, /there twice/],
  [
    'a card about something else',
    'cards.yaml',
    'id: two, concept: limit',
    'id: two, concept: limits',
    1,
    /no concept of this lesson.*Did you mean limit/,
  ],
  ['cards that ask for words only', 'cards.yaml', 'kind: decide', 'kind: recall', 1, /at least half/],
  ['a card with HTML', 'cards.yaml', 'front: "Is 3 late?"', 'front: "Is <b>3</b> late?"', 1, /is HTML/],
  ['a kind of card that does not exist', 'cards.yaml', 'kind: predict', 'kind: guess', 1, /kind/],
  [
    'needs that disagree with the graph',
    mdx,
    'needs: [yard.first]',
    'needs: []',
    'needs:',
    /Make the two agree/,
  ],
  [
    'a skill that does not exist',
    mdx,
    'teaches: yard.limits',
    'teaches: yard.limit',
    'teaches:',
    /no skill yard.limit\b.*Did you mean yard.limits/,
  ],
]

describe('a broken lesson', () => {
  test('is not what the sound lesson is', async () => {
    expect(await problemsOf(soundLesson())).toEqual([])
  })

  test.each(broken)('with %s is told where and what to do', async (_name, file, from, to, where, says) => {
    const files = soundLesson()
    const before = files.get(file) ?? ''
    expect(before).toContain(from)
    const text =
      file === 'cards.yaml' && from === 'kind: decide'
        ? before.replaceAll(from, to)
        : before.replace(from, () => to)
    files.set(file, text)
    const said = await problemsOf(files)
    const found = said.find((line) => says.test(line))
    expect(found ?? said.join('\n') ?? 'nothing').toMatch(says)
    const line =
      typeof where === 'number' ? where : text.split('\n').findIndex((one) => one.includes(where)) + 1
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
  const catalogues: [string, Record<string, string>, RegExp][] = [
    [
      'skills in a circle',
      { 'content/skills.yaml': skills.replace('needs: []', 'needs: [yard.later]') },
      /skills\.yaml:\d: .*circle: yard.* → .*Take one/,
    ],
    [
      'a need that is no skill',
      { 'content/skills.yaml': skills.replace('[yard.first]', '[yard.frist]') },
      /skills\.yaml:2: .*no skill.*Did you mean yard\.first/,
    ],
    [
      'a skill taught by a lesson that is nowhere',
      { 'content/skills.yaml': skills.replace('yard/later', 'yard/ghost') },
      /skills\.yaml:3: .*no course lists/,
    ],
    [
      'an unknown key of a skill',
      { 'content/skills.yaml': skills.replace('needs: []', 'needs: [], hard: true') },
      /skills\.yaml:1: .*`hard` is not known/,
    ],
    [
      'a lesson twice',
      {
        'content/courses/yard/course.yaml': course.replace(
          '- limits # the first',
          '- limits\n      - limits',
        ),
      },
      /course\.yaml:10: .*listed twice/,
    ],
    [
      'a lesson without a folder',
      { 'content/courses/yard/course.yaml': course.replace('- limits', '- ghost\n      - limits') },
      /course\.yaml:9: .*lesson:new yard\/ghost/,
    ],
    [
      'a folder in no module',
      { 'content/courses/yard/stray/lesson.mdx': 'x' },
      /course\.yaml:1: .*stray is in no module/,
    ],
    [
      'a planned lesson that teaches no skill',
      { 'content/courses/yard/course.yaml': course.replace('teaches: yard.later', 'teaches: yard.latter') },
      /course\.yaml:10: .*no skill.*Did you mean yard\.later/,
    ],
    [
      'a course without its idea',
      { 'content/courses/yard/course.yaml': course.replace(/idea:.*\n/, '') },
      /course\.yaml:1: .*`idea` is missing/,
    ],
    [
      'a course without a file',
      { 'content/courses/empty/.keep': '' },
      /empty\/course\.yaml:1: .*has no course\.yaml/,
    ],
    ['retired blocks in a list', { 'content/retired.yaml': '- a\n' }, /retired\.yaml:1: /],
  ]
  test.each(catalogues)('with %s is told where and what to do', async (_name, files, says) => {
    const root = await makeTree({ ...lessonFiles(), ...files })
    expect(readCatalogue(root).problems.map(formatProblem).join('\n')).toMatch(says)
  })
})
