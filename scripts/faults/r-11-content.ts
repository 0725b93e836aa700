import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { breakLesson, UNREADABLE, UNREADABLE_CATALOGUES } from '../../content/broken.testing'
import { getIndex } from '../../content/index'
import { compiledPaths } from '../../content/store'
import { course, lessonFiles, makeTree, soundExercise, soundLesson } from '../../content/testing'
import { listBlocks, rightAnswer } from '../../e2e/samples'
import { atLeast, atMost, type Experiment, exactly, type Figure, type Given } from './experiment'
import type { House, Person } from './house'

export const experiment: Experiment = {
  id: 'R-11',
  what: 'Sixty lessons and catalogues are broken, each in another way, and a compiled lesson is damaged while people read: the build names file and line of every fault, and one lesson at most is not there.',
  run,
}

async function run(given: Given) {
  const built = await buildBroken(given)
  const read = await damageCompiled(given)
  return {
    figures: [...built.figures, ...read.figures],
    remarks: [...built.remarks, ...read.remarks],
  }
}

/** A fault as a lesson of its own, and the problem that must be named. */
type Broken = {
  name: string
  files: Map<string, string>
  /** What cannot be written as text: done in the lesson's folder. */
  spoil?: (folder: string) => void
  file: string
  /** 0: any line. */
  line: number
  says: RegExp
}

const put = (folder: string, name: string, bytes: string | Buffer) => writeFileSync(join(folder, name), bytes)

/** Faults that lie in the bytes of a file, or in what the file is. */
const SPOILT: Omit<Broken, 'files'>[] = [
  {
    name: 'a NUL byte',
    spoil: (at) => put(at, 'lesson.mdx', 'one\ntwo\0\n'),
    file: 'lesson.mdx',
    line: 2,
    says: /NUL.*Delete/,
  },
  {
    name: 'bytes that are no UTF-8',
    spoil: (at) => put(at, 'cards.yaml', Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a])),
    file: 'cards.yaml',
    line: 2,
    says: /UTF-8.*Save/,
  },
  {
    name: 'five megabytes',
    spoil: (at) => put(at, 'lesson.mdx', 'Short words go here. '.repeat(250_000)),
    file: 'lesson.mdx',
    line: 1,
    says: /5127 KB; at most 512 KB/,
  },
  {
    name: 'a file of no use',
    spoil: (at) => put(at, 'table.xlsx', 'x'),
    file: 'table.xlsx',
    line: 1,
    says: /Take it away/,
  },
  {
    name: 'a link to another file',
    spoil: (at) => symlinkSync('/etc/passwd', join(at, 'notes.md')),
    file: 'notes.md',
    line: 1,
    says: /not a link/,
  },
]

const yaml = 'exercises/count-late/exercise.yaml'
/** Faults in the description of an exercise. */
const EXERCISES: [name: string, from: string, to: string, line: number, says: RegExp][] = [
  [
    'a kind of exercise that does not exist',
    'kind: code',
    'kind: cod',
    1,
    /no kind "cod".*Did you mean code/,
  ],
  ['an exercise with an unknown key', 'version: 1', 'version: 1\nlevel: 3', 3, /`level` is not known/],
  ['an exercise with two hints', 'Look at the limit., ', '', 6, /three hints/],
]

function listBroken(): Broken[] {
  return [
    ...UNREADABLE.map((fault): Broken => {
      const [name, file, , , where, says] = fault
      const { files, line } = breakLesson(fault)
      return { name, files, file, line: typeof where === 'number' ? 0 : line, says }
    }),
    ...SPOILT.map((one): Broken => ({ ...one, files: soundLesson() })),
    ...EXERCISES.map(([name, from, to, line, says]): Broken => {
      const files = soundLesson()
      const text = (files.get('lesson.mdx') ?? '').replace(
        '<WhereItBreaks>',
        '<Exercise id="count-late" />\n\n<WhereItBreaks>',
      )
      files.set('lesson.mdx', text)
      for (const [path, content] of Object.entries(soundExercise())) files.set(path, content)
      files.set(yaml, (files.get(yaml) ?? '').replace(from, to))
      return { name, files, file: yaml, line, says }
    }),
  ]
}

/** `npm run content:build` over every fault, with a sound lesson among them. */
async function buildBroken({ size, random, say }: Given) {
  const all = listBroken()
  const chosen = size === 'full' ? all : random.shuffle(all).slice(0, 11)
  const catalogues =
    size === 'full'
      ? UNREADABLE_CATALOGUES
      : UNREADABLE_CATALOGUES.filter(([name]) => name === 'a lesson twice')
  const slugs = chosen.map((_, n) => `broken-${n}`)
  const listed = ['limits', ...slugs].map((slug) => `- ${slug}`).join('\n      ')
  const root = await makeTree({
    ...lessonFiles(),
    ...Object.assign({}, ...chosen.map(({ files }, n) => lessonFiles(`yard/${slugs[n]}`, files))),
    'content/courses/yard/course.yaml': course.replace('- limits # the first', listed),
  })
  const folders = [root]
  const unnamed: string[] = []
  const began = performance.now()
  try {
    for (const [n, { spoil }] of chosen.entries()) spoil?.(join(root, `content/courses/yard/${slugs[n]}`))
    const { code, lines } = await buildTree(root)
    let passed = Number(code === 0)
    for (const [n, { name, file, line, says }] of chosen.entries()) {
      const place = `content/courses/yard/${slugs[n]}/${file}:`
      const named = lines.some((one) => {
        if (!one.startsWith(place) || !says.test(one)) return false
        const at = Number.parseInt(one.slice(place.length), 10)
        return at > 0 && (line === 0 || Math.abs(at - line) <= 1)
      })
      if (!named) unnamed.push(name)
    }
    const { broken } = await getIndex(root)
    const sound = Number(
      !Object.hasOwn(broken, 'yard/limits') && Object.keys(broken).length === chosen.length,
    )
    for (const [name, files, says] of catalogues) {
      const tree = await makeTree({ ...lessonFiles(), ...files })
      folders.push(tree)
      const said = await buildTree(tree)
      passed += Number(said.code === 0)
      if (!said.lines.some((one) => /^content\/\S+:\d+: /.test(one) && says.test(one))) unnamed.push(name)
    }
    const count = chosen.length + catalogues.length
    const seconds = (performance.now() - began) / 1000
    say(`${count} faults, ${unnamed.length} not named`)
    return {
      figures: [
        atLeast('Broken files', count, size === 'full' ? 60 : 12),
        exactly('Not named with file and line', unnamed.length, 0),
        exactly('Builds that did not fail', passed, 0),
        exactly('The sound lesson among them has its page', sound, 1),
        atMost('All of it', seconds, 60, 's'),
      ],
      remarks: unnamed.map((name) => `Not named: ${name}.`),
    }
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
}

/** The command as it is typed, in another folder. */
async function buildTree(root: string): Promise<{ code: number; lines: string[] }> {
  const args = ['--import', import.meta.resolve('tsx'), resolve('content/build.ts')]
  const env = { ...process.env, TSX_TSCONFIG_PATH: resolve('tsconfig.json') }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const collect = (chunk: Buffer) => {
    said += chunk
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? 1, lines: said.split('\n') }
}

/** The lesson whose compiled file is damaged: the start page shows an exercise of it. */
const LESSON = { course: 'data-structures', slug: 'binary-search' }
const ID = `${LESSON.course}/${LESSON.slug}`

/** Ways for a file to be spoilt, from the text that it held. */
const DAMAGE: [name: string, (text: string) => string | null][] = [
  ['cut in the middle', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['gone', () => null],
  ['filled with zeros', (text) => '\0'.repeat(text.length)],
  ['of another shape', () => JSON.stringify({ slug: LESSON.slug, segments: [] })],
]

/** Damages what was compiled of one lesson while the house is open, one way after another. */
async function damageCompiled({
  size,
  random,
  say,
  openHouse,
}: Given): Promise<{ figures: Figure[]; remarks: string[] }> {
  const house = await openHouse()
  const paths = compiledPaths(process.cwd())
  const files = [paths.lesson(LESSON.course, LESSON.slug), paths.keys(LESSON.course, LESSON.slug)] as const
  const [page, keys] = files.map((file) => readFileSync(file, 'utf8')) as [string, string]
  const put = (file: string, text: string | null) =>
    text === null ? rmSync(file) : writeFileSync(file, text, { mode: file === files[1] ? 0o600 : 0o644 })
  try {
    const [person] = await house.makeLearners(1)
    if (!person) throw new Error('there is nobody')
    const send = await writeBefore(house, person, random.uuid)
    const pages = await listPages(size)
    const ask = (path: string) => statusOf(house, person, path)
    const before = await readWorkOf(house, person)
    const [own] = await Promise.all([ask(`/learn/${ID}`), ask('/')])
    let [shown, elsewhere, taken, moved] = [0, 0, 0, 0]
    const ways = size === 'full' ? DAMAGE : [DAMAGE[0], DAMAGE[4]]
    for (const way of ways) {
      if (!way) continue
      const [name, damage] = way
      put(files[0], damage(page))
      put(files[1], damage(keys))
      const spoilt = await ask(`/learn/${ID}`)
      shown += Number(spoilt.status !== 500 || !spoilt.saysError)
      for (const path of pages) {
        const { status } = await ask(path)
        if (status !== 200) {
          elsewhere++
          say(`${name}: ${path} is answered ${status}`)
        }
      }
      taken += Number((await send()) !== 503)
      moved += Number((await readWorkOf(house, person)) !== before)
      put(files[0], page)
      put(files[1], keys)
      shown += Number((await ask(`/learn/${ID}`)).status !== 200)
    }
    const figures = [
      atLeast('Ways of damage to a compiled lesson', ways.length, ways.length),
      exactly('Sound before', Number(own?.status === 200), 1),
      exactly('The lesson without an error page, or none after it was mended', shown, 0),
      exactly(`Others of ${pages.length} pages that are not there`, elsewhere, 0),
      exactly('Attempts that were not told to wait', taken, 0),
      exactly('Changes of what the learner had done', moved, 0),
      exactly('The attempt that waited, counted once', Number((await send()) === 200), 1),
    ]
    if (size === 'full') {
      put(files[0], page.slice(1))
      const { code } = await buildTree(process.cwd())
      figures.push(
        exactly('Mended by the next build', Number(code === 0 && readFileSync(files[0], 'utf8') === page), 1),
      )
    }
    return { figures, remarks: [] }
  } finally {
    put(files[0], page)
    put(files[1], keys)
    await house.stop()
  }
}

/** Passes a block of the lesson and keeps a draft of it. Gives the way to send one attempt more, always the same. */
async function writeBefore(house: House, person: Person, uuid: () => string) {
  const [authored] = (await listBlocks(ID)).filter(({ block }) => block.kind === 'choice')
  if (!authored) throw new Error(`${ID} has no choice`)
  const { block } = authored
  const send = async (method: string, path: string, body: object) => {
    const answer = await fetch(house.url + path, {
      method,
      headers: { cookie: person.cookie, origin: house.url, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await answer.body?.cancel()
    return answer.status
  }
  const attempt = () => ({
    id: uuid(),
    block: block.id,
    version: block.version,
    response: rightAnswer(authored),
    hints: 0,
  })
  const first = await send('POST', '/api/attempts', attempt())
  const kept = await send('PUT', `/api/drafts/${block.id}`, { base: 0, state: { note: 'before' } })
  if (first !== 200 || kept !== 200) throw new Error(`nothing could be written before: ${first} and ${kept}`)
  const second = attempt()
  return () => send('POST', '/api/attempts', second)
}

/** Pages that show lists, and lessons other than the damaged one: all of them, or three. */
async function listPages(size: Given['size']): Promise<string[]> {
  const { courses } = await getIndex()
  const lessons = courses
    .flatMap(({ modules }) => modules.flatMap((module) => module.lessons))
    .filter(({ written, course: of, slug }) => written && `${of}/${slug}` !== ID)
    .map(({ course: of, slug }) => `/learn/${of}/${slug}`)
  return [
    ...['/', '/courses', '/dashboard', `/api/progress?course=${LESSON.course}`],
    ...courses.map(({ slug }) => `/courses/${slug}`),
    ...(size === 'full' ? lessons : lessons.slice(0, 3)),
  ]
}

async function statusOf(house: House, person: Person, path: string) {
  const answer = await fetch(house.url + path, { headers: { cookie: person.cookie }, redirect: 'manual' })
  const text = await answer.text()
  return {
    status: answer.status,
    saysError: /could not make this page|NEXT_HTTP_ERROR|__next_error__/.test(text),
  }
}

/** Everything that the database holds of what a person did, as text. */
async function readWorkOf(house: House, person: Person): Promise<string> {
  const sql = postgres((await house.findDatabase()).adminUrl, { max: 1, onnotice: () => undefined })
  try {
    return JSON.stringify([
      await sql`select id, block from attempts where user_id = ${person.id} order by id`,
      await sql`select block, state, attempts from block_progress where user_id = ${person.id} order by block`,
      await sql`select course, lesson, completed_at from lesson_progress where user_id = ${person.id} order by course, lesson`,
      await sql`select block, revision, state::text from drafts where user_id = ${person.id} order by block`,
    ])
  } finally {
    await sql.end({ timeout: 2 })
  }
}
