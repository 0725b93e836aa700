import { createHash } from 'node:crypto'
import type { Definition, Heading, Root, RootContent } from 'mdast'
import { toString as plainText } from 'mdast-util-to-string'
import { visit } from 'unist-util-visit'
import type { BlockNode, CompileContext, Compiled, ExerciseFolder, PublicBlock } from '@/exercises/kind'
import { type AnyKind, currentKind, elements, kinds } from '@/exercises/registry'
import type { RunJob, RunResult } from '@/runner/protocol'
import { languagesOf, textOf, toBlockNode } from './blocks'
import { findFault, placeFigure } from './figure'
import { codeElement, loadLanguages } from './highlight'
import { type Render, renderNodes, renderPart } from './html'
import { isJsx, type JsxNode, parseLesson, parseMarkdown, readLiterals } from './parse'
import { didYouMean, Problems } from './problems'
import { checkProse } from './prose'
import { cardsShape, exerciseShape, type FrontMatter, frontMatterShape, slugShape } from './shapes'
import type { BlockKey, Card, Lesson, OutlineEntry, Passage, Problem, Segment } from './types'
import { readYaml } from './yaml'

export type LessonSource = {
  course: string
  slug: string
  /** From the root of the repository: `content/courses/<course>/<lesson>`. */
  folder: string
  /** Every file of the folder, by path in it. */
  files: Map<string, string>
}

export type CompileTools = {
  run(job: RunJob): Promise<RunResult>
  /** Keeps opaque ids from being computed by someone who has not read the content. */
  salt: string
  /** Changes an element before its kind sees it: the check plants canaries with it. */
  plant?(node: BlockNode): void
}

export type CompiledBlock = {
  block: PublicBlock
  kind: AnyKind
  compiled: Compiled<unknown, unknown, unknown>
  node: BlockNode | null
  folder: ExerciseFolder | null
  /** Plain words of its hints. */
  hints: string[]
  file: string
  line: number
}

export type CompiledLesson = {
  lesson: Lesson
  keys: Record<string, BlockKey>
  blocks: CompiledBlock[]
  frontMatter: FrontMatter
  /** The line of a key of the front matter. */
  lineOf(path: PropertyKey[]): number
  root: Root
  file: string
}

const folderKinds = Object.values(kinds)
  .filter((kind) => kind.source === 'folder')
  .map((kind) => kind.name)
const headingOf: Record<string, string> = {
  WhereItBreaks: 'Where it breaks',
  Summary: 'Summary',
  GoFurther: 'Go further',
}

/** Compiles one lesson. Gives everything that is wrong with it, or the lesson; never both. */
export async function compileLesson(
  source: LessonSource,
  tools: CompileTools,
): Promise<
  { compiled: CompiledLesson; problems?: undefined } | { problems: Problem[]; compiled?: undefined }
> {
  const problems = new Problems()
  const compiled = await new Compiler(source, tools, problems).compile()
  return compiled && problems.list.length === 0 ? { compiled } : { problems: problems.list }
}

class Compiler {
  private readonly file: string
  private readonly text: string
  private definitions: Definition[] = []
  private readonly blocks: CompiledBlock[] = []
  private readonly ids = new Map<string, number>()

  constructor(
    private readonly source: LessonSource,
    private readonly tools: CompileTools,
    private readonly problems: Problems,
  ) {
    this.file = `${source.folder}/lesson.mdx`
    this.text = source.files.get('lesson.mdx') ?? ''
  }

  async compile(): Promise<CompiledLesson | null> {
    const { source, problems, file } = this
    if (!source.files.has('lesson.mdx')) {
      problems.add(file, 1, 'this lesson has no lesson.mdx. `npm run lesson:new course/lesson` writes one.')
      return null
    }
    const parsed = parseLesson(this.text, file, problems)
    if (!parsed) return null
    const front = this.readFrontMatter(parsed.frontMatter)
    this.addHeadings(parsed.root)
    visit(parsed.root, 'definition', (node) => void this.definitions.push(node))
    await loadLanguages([...languagesOf(parsed.root.children), 'python'])
    for (const node of parsed.root.children) if (isJsx(node)) this.claimId(node)
    const outline: OutlineEntry[] = []
    const segments: Segment[] = []
    const passages = [beginPassage('', front?.data.title ?? '')]
    let section = passages[0]
    let prose: RootContent[] = []
    const flush = () => {
      if (prose.length === 0) return
      const html = renderNodes(prose, this.render())
      if (html) segments.push({ type: 'html', html })
      prose = []
    }
    for (const node of parsed.root.children) {
      if (node.type === 'yaml' || node.type === 'definition') continue
      if (isJsx(node) && (elements.has(node.name ?? '') || node.name === 'Exercise')) {
        flush()
        const made = await this.compileBlock(node)
        if (!made) continue
        this.blocks.push(made)
        segments.push({ type: 'block', id: made.block.id })
        passages.push(passageOf(made))
        if (made.block.graded)
          outline.push({
            level: 3,
            id: anchorOf(made.block.id),
            title: made.block.title,
            block: made.block.id,
            graded: true,
          })
        continue
      }
      checkProse(node, (line, message) => problems.add(file, line, message))
      if (node.type === 'heading') {
        const entry = this.nameHeading(node)
        outline.push(entry)
        section = beginPassage(entry.id, entry.title)
        passages.push(section)
      } else section?.words.push(textOf([node]))
      prose.push(node)
    }
    flush()
    this.checkUnplaced()
    const cards = await this.readCards()
    if (!front || !cards || problems.list.length > 0) return null
    const { data, lineOf } = front
    return {
      lesson: {
        course: source.course,
        slug: source.slug,
        title: data.title,
        objective: data.objective,
        minutes: data.minutes,
        teaches: data.teaches,
        needs: data.needs,
        status: data.status,
        outline,
        segments,
        blocks: Object.fromEntries(this.blocks.map(({ block }) => [block.id, block])),
        cards,
        passages: passages.map(({ words, ...passage }) => ({ ...passage, text: plainWords(words) })),
        runtimes: this.blocks.some(({ kind }) => kind.runtime === 'python') ? ['python'] : [],
      },
      keys: Object.fromEntries(
        this.blocks.map(({ block, compiled }) => [
          block.id,
          {
            kind: block.kind,
            version: block.version,
            graded: block.graded,
            key: compiled.key,
            solution: compiled.solution ?? null,
          },
        ]),
      ),
      blocks: this.blocks,
      frontMatter: data,
      lineOf,
      root: parsed.root,
      file,
    }
  }

  private readFrontMatter(text: string | null) {
    if (text !== null)
      return readYaml(text, { file: this.file, firstLine: 2 }, frontMatterShape, this.problems)
    this.problems.add(
      this.file,
      1,
      'front matter is missing or not closed. The file begins with ---, then the keys, then --- on a line of its own.',
    )
    return null
  }

  /** The last parts bring their own headings, so that no author has to remember their words. */
  private addHeadings(root: Root): void {
    for (let index = root.children.length - 1; index >= 0; index--) {
      const node = root.children[index]
      if (!node || !isJsx(node)) continue
      const title = headingOf[node.name ?? '']
      if (!title || root.children[index - 1]?.type === 'heading') continue
      root.children.splice(index, 0, {
        type: 'heading',
        depth: 2,
        children: [{ type: 'text', value: title }],
        position: node.position,
      })
    }
  }

  private claimId(node: JsxNode): void {
    const { id } = readLiterals(node).values
    if (typeof id === 'string' && !this.ids.has(id)) this.ids.set(id, node.position?.start.line ?? 1)
  }

  private nameHeading(node: Heading): OutlineEntry {
    const title = plainText(node)
    const base = slugOf(title) || 'part'
    let id = base
    for (let n = 2; this.ids.has(id); n++) id = `${base}-${n}`
    this.ids.set(id, node.position?.start.line ?? 1)
    node.data = { ...node.data, hProperties: { id } }
    return { level: node.depth === 3 ? 3 : 2, id, title }
  }

  private render(file = this.file, firstLine = 0): Render {
    return {
      definitions: this.definitions,
      slot: () => null,
      figure: (node) => this.placeFigure(node),
      problem: (line, message) => this.problems.add(file, line + firstLine, message),
    }
  }

  private placeFigure(node: JsxNode): string | null {
    const { src, alt } = readLiterals(node).values
    const line = node.position?.start.line ?? 1
    if (typeof src !== 'string' || typeof alt !== 'string') return null
    const svg = /^figures\/[a-z0-9-]+\.svg$/.test(src) ? this.source.files.get(src) : undefined
    if (svg === undefined) {
      this.problems.add(
        this.file,
        line,
        `the drawing ${src} is not there. Put it into figures/ of this lesson, lower case, ending in .svg.`,
      )
      return null
    }
    const fault = findFault(svg)
    if (fault)
      this.problems.add(
        `${this.source.folder}/${src}`,
        1,
        `this drawing cannot stand in a page: ${fault}. Mend it.`,
      )
    return fault ? null : placeFigure(svg, src.slice('figures/'.length, -'.svg'.length), alt)
  }

  private async compileBlock(node: JsxNode): Promise<CompiledBlock | null> {
    const line = node.position?.start.line ?? 1
    const { values, problems } = readLiterals(node)
    const id = values.id
    const read = slugShape.safeParse(id)
    if (!read.success) {
      this.problems.add(
        this.file,
        line,
        `<${node.name}> lacks id="…", or it is not in kebab-case. Give it one that never changes: lower-case words with hyphens.`,
      )
      return null
    }
    if (
      this.ids.get(read.data) !== line ||
      this.blocks.some(({ block }) => anchorOf(block.id) === read.data)
    ) {
      this.problems.add(
        this.file,
        line,
        `the id "${read.data}" is there twice, first on line ${this.ids.get(read.data) ?? 1}. Give this block another.`,
      )
      return null
    }
    const fullId = `${this.source.course}/${this.source.slug}/${read.data}`
    if (node.name === 'Exercise') {
      for (const problem of problems) this.problems.add(this.file, problem.line, problem.message)
      for (const name of Object.keys(values))
        if (name !== 'id')
          this.problems.add(
            this.file,
            line,
            `<Exercise> takes id only; ${name} stands in exercise.yaml of its folder. Move it there.`,
          )
      return this.compileFolder(read.data, fullId, line)
    }
    const kind = elements.get(node.name ?? '')
    if (!kind) return null
    const block = toBlockNode(node, this.text, this.render())
    const hints = block.children.filter((child) => child.name === 'Hint')
    block.children = block.children.filter((child) => child.name !== 'Hint')
    if (hints.length > 3)
      this.problems.add(
        this.file,
        hints[3]?.line ?? line,
        `<${node.name}> has ${hints.length} hints. Keep at most three: nudge, technique, partial.`,
      )
    const { exercise = false, star = false, version = 1, title = kind.title } = block.attributes
    if (star === true && exercise !== true)
      this.problems.add(
        this.file,
        line,
        `<${node.name}> carries \`star\` without \`exercise\`. The exit exercise counts: add \`exercise\`.`,
      )
    if (exercise === true && !kind.judged)
      this.problems.add(
        this.file,
        line,
        `<${node.name}> is not judged, so it cannot be an \`exercise\`. Take the word away.`,
      )
    this.tools.plant?.(block)
    const compiled = await this.attempt({ file: this.file, line }, () =>
      kind.compile(block, this.context(fullId)),
    )
    if (!compiled) return null
    return {
      block: {
        id: fullId,
        kind: kind.name,
        version: typeof version === 'number' ? version : 1,
        title: typeof title === 'string' ? title : kind.title,
        graded: exercise === true,
        star: star === true,
        hints: hints.map((hint) => hint.html),
        props: compiled.public,
      },
      kind,
      compiled,
      node: block,
      folder: null,
      hints: hints.map((hint) => hint.text),
      file: this.file,
      line,
    }
  }

  private async compileFolder(name: string, id: string, line: number): Promise<CompiledBlock | null> {
    const below = `exercises/${name}/`
    const file = `${this.source.folder}/${below}exercise.yaml`
    const files = new Map(
      [...this.source.files]
        .filter(([path]) => path.startsWith(below))
        .map(([path, text]) => [path.slice(below.length), text]),
    )
    const text = files.get('exercise.yaml')
    if (text === undefined) {
      this.problems.add(
        this.file,
        line,
        `<Exercise id="${name}" /> has no folder ${below} with an exercise.yaml. Make it, or take the element away.`,
      )
      return null
    }
    const read = readYaml(text, { file }, exerciseShape, this.problems)
    if (!read) return null
    const { data, lineOf } = read
    const kind = currentKind(data.kind)
    if (kind?.source !== 'folder') {
      const names = folderKinds
      this.problems.add(
        file,
        lineOf(['kind']),
        `there is no kind "${data.kind}" of exercise here.${didYouMean(data.kind, names)} Known are ${names.join(', ')}.`,
      )
      return null
    }
    const context = this.context(id, file)
    const folder: ExerciseFolder = {
      path: below.slice(0, -1),
      yaml: { ...data },
      promptHtml: await this.markdown(data.prompt, file, lineOf(['prompt']), false),
      files,
    }
    const hints = await Promise.all(
      data.hints.map((hint, index) => this.markdown(hint, file, lineOf(['hints', index]), true)),
    )
    const compiled = await this.attempt({ file, line: 1 }, () => kind.compile(folder, context))
    if (!compiled) return null
    return {
      block: {
        id,
        kind: kind.name,
        version: data.version,
        title: data.title,
        graded: true,
        star: data.star,
        hints,
        props: compiled.public,
      },
      kind,
      compiled,
      node: null,
      folder,
      hints: data.hints,
      file,
      line: 1,
    }
  }

  private async attempt<T>(place: { file: string; line: number }, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (error) {
      this.problems.take(error, { ...place, folder: this.source.folder })
      return null
    }
  }

  private context(id: string, file = this.file): CompileContext {
    return {
      id,
      opaque: (part) =>
        createHash('sha256').update(`${this.tools.salt}\0${id}\0${part}`).digest('base64url').slice(0, 10),
      run: (job) => this.tools.run(job),
      html: (markdown) => this.markdown(markdown, file, 1, true),
      highlight: async (code, lang) => {
        await loadLanguages([lang])
        const { toHtml } = await import('hast-util-to-html')
        return toHtml(codeElement(code, lang))
      },
    }
  }

  private async markdown(source: string, file: string, line: number, part: boolean): Promise<string> {
    const root = parseMarkdown(source)
    visit(root, (node) => {
      if (node.type === 'html')
        this.problems.add(
          file,
          line,
          `<…> is HTML, which is not shown: "${node.value.slice(0, 30)}". Put it in backticks.`,
        )
      if (node.type === 'image')
        this.problems.add(file, line, 'a picture has no place here. Describe it in words.')
      if (node.type === 'link' && !/^(https:\/\/|\/(?!\/)|#)/.test(node.url))
        this.problems.add(
          file,
          line,
          `the link ${node.url.slice(0, 60)} is neither https:// nor a page of this site. Write one of these.`,
        )
    })
    await loadLanguages(languagesOf(root.children))
    return (part ? renderPart : renderNodes)(root.children, { ...this.render(file, line), definitions: [] })
  }

  private async readCards(): Promise<Card[] | null> {
    const file = `${this.source.folder}/cards.yaml`
    const text = this.source.files.get('cards.yaml')
    if (text === undefined) {
      this.problems.add(file, 1, 'this lesson has no cards.yaml. Write 4 to 8 review cards.')
      return null
    }
    const read = readYaml(text, { file }, cardsShape, this.problems)
    if (!read) return null
    const seen = new Set<string>()
    return Promise.all(
      read.data.map(async (card, index) => {
        if (seen.has(card.id))
          this.problems.add(
            file,
            read.lineOf([index, 'id']),
            `the card "${card.id}" is there twice. Give it another id.`,
          )
        seen.add(card.id)
        const front = await this.markdown(card.front, file, read.lineOf([index, 'front']), true)
        const back = await this.markdown(card.back, file, read.lineOf([index, 'back']), true)
        return { id: card.id, concept: card.concept, kind: card.kind, front, back }
      }),
    )
  }

  private checkUnplaced(): void {
    const placed = new Set(this.blocks.map(({ block }) => anchorOf(block.id)))
    for (const path of this.source.files.keys()) {
      const name = /^exercises\/([^/]+)\/exercise\.yaml$/.exec(path)?.[1]
      if (name && !placed.has(name) && !this.ids.has(name))
        this.problems.add(
          `${this.source.folder}/${path}`,
          1,
          `this exercise stands nowhere in the lesson. Put <Exercise id="${name}" /> where it belongs, or take the folder away.`,
        )
    }
  }
}

type OpenPassage = Omit<Passage, 'text'> & { words: string[] }

const beginPassage = (at: string, title: string): OpenPassage => ({ at, title, block: false, words: [] })

/** What a block's page shows of it in words: its prompt, and what its kind calls public. */
function passageOf({ block, compiled, folder }: CompiledBlock): OpenPassage {
  const prompt = folder?.yaml.prompt
  const words = typeof prompt === 'string' ? [textOf(parseMarkdown(prompt).children)] : []
  return {
    at: anchorOf(block.id),
    title: block.title,
    block: true,
    words: [...words, compiled.text ?? ''],
  }
}

const plainWords = (words: string[]): string => words.join(' ').replace(/\s+/g, ' ').trim()

function anchorOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
}
