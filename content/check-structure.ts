import { visit } from 'unist-util-visit'
import type { Catalogue } from './catalogue'
import type { CompiledLesson, LessonSource } from './compile'
import { isJsx } from './parse'
import { didYouMean } from './problems'
import { collectWords, countWords } from './words'

type Say = (line: number, message: string, file?: string) => void

const closing = ['WhereItBreaks', 'Summary', 'GoFurther']
const vague = /^You can (understand|know|learn|be aware of|appreciate|see)\b/i

/** Points 1, 5 and 9: what a lesson must have, and in which order; cards, facts, links, agreement with the course. */
export function checkStructure(
  compiled: CompiledLesson,
  source: LessonSource,
  catalogue: Catalogue,
  today: string,
  say: Say,
): void {
  checkOrder(compiled, say)
  checkFrontMatter(compiled, source, catalogue, today, say)
  checkCards(compiled, source, say)
  checkLinks(compiled, catalogue, say)
  const star = compiled.blocks.filter(({ block }) => block.star)
  if (star.length === 0)
    say(
      1,
      'no block carries `star`. Mark the exit exercise: `star: true` in its exercise.yaml, or `exercise star` on an inline block.',
    )
  for (const { file, line } of star.slice(1))
    say(line, 'a second exit exercise. A lesson has one `star`; take this one away.', file)
  const skills = new Set(catalogue.skills.map(({ id }) => id))
  for (const { node, folder, file, line } of compiled.blocks) {
    const named: unknown = node?.attributes.skills ?? folder?.yaml.skills ?? []
    for (const skill of Array.isArray(named) ? named : [])
      if (typeof skill === 'string' && !skills.has(skill))
        say(
          line,
          `there is no skill ${skill}.${didYouMean(skill, skills)} Correct it, or add it to content/skills.yaml.`,
          file,
        )
  }
  for (const { block, file, line } of compiled.blocks)
    if (Object.hasOwn(catalogue.retired, block.id))
      say(line, `the id ${block.id} is retired and is never used again. Give this block another.`, file)
}

function checkOrder({ root, blocks }: CompiledLesson, say: Say): void {
  const names = root.children.filter(isJsx)
  const placed = (name: string) => names.filter((node) => node.name === name)
  const lineOf = (node: { position?: { start: { line: number } } } | undefined) =>
    node?.position?.start.line ?? 1
  for (const name of ['Hook', ...closing]) {
    const [first, second] = placed(name)
    if (!first)
      say(1, `the lesson has no <${name}>. Every lesson has one; docs/lesson-format.md shows its place.`)
    if (second) say(lineOf(second), `a second <${name}>. Keep one.`)
  }
  const first = root.children.find((node) => node.type !== 'yaml' && node.type !== 'definition')
  const [hook] = placed('Hook')
  if (hook && first !== hook)
    say(lineOf(hook), '<Hook> comes first, before anything else. Move it to the top.')
  const ends = closing.map((name) => placed(name)[0])
  ends.forEach((node, index) => {
    const later = ends.slice(index + 1).find((other) => other && node && lineOf(other) < lineOf(node))
    if (node && later)
      say(
        lineOf(node),
        `<${node.name}> stands after <${later.name}>. The order is <WhereItBreaks>, <Summary>, <GoFurther>.`,
      )
  })
  const headings = root.children.filter((node) => node.type === 'heading')
  const second = headings[1]
  const firstBlock = root.children.find(
    (node) =>
      isJsx(node) && (node.name === 'Exercise' || blocks.some((block) => block.node?.line === lineOf(node))),
  )
  if (!firstBlock) say(1, 'there is nothing to do in this lesson. Put a question before the second heading.')
  else if (second && lineOf(firstBlock) > lineOf(second))
    say(
      lineOf(second),
      'the second heading comes before anything to do. Let the learner try first: put a block before it.',
    )
  const breaks = ends[0]
  if (breaks) {
    let items = 0
    visit(breaks, 'listItem', () => void items++)
    if (items < 2 || items > 4)
      say(
        lineOf(breaks),
        `<WhereItBreaks> lists ${items} limits; 2 to 4 are expected, each an item of a list.`,
      )
  }
  const further = ends[2]
  if (further) {
    let links = 0
    visit(further, 'link', () => void links++)
    if (links < 1 || links > 3) say(lineOf(further), `<GoFurther> has ${links} links; 1 to 3 are expected.`)
    visit(further, 'listItem', (item) => {
      const words = collectWords(item.children).reduce((sum, one) => sum + countWords(one.text), 0)
      let inLink = 0
      visit(item, 'link', (link) => {
        inLink += collectWords(link.children).reduce((sum, one) => sum + countWords(one.text), 0)
      })
      if (words - inLink < 3) say(lineOf(item), 'a link without a word about what is there. Add one line.')
    })
  }
}

function checkFrontMatter(
  compiled: CompiledLesson,
  source: LessonSource,
  catalogue: Catalogue,
  today: string,
  say: Say,
): void {
  const { frontMatter: front, lineOf } = compiled
  const id = `${source.course}/${source.slug}`
  if (vague.test(front.objective))
    say(
      lineOf(['objective']),
      'the objective is nothing that can be watched. Use a verb that can: write, predict, choose, find.',
    )
  const skills = new Map(catalogue.skills.map((skill) => [skill.id, skill]))
  const skill = skills.get(front.teaches)
  if (!skill)
    say(
      lineOf(['teaches']),
      `there is no skill ${front.teaches}.${didYouMean(front.teaches, skills.keys())} Add it to content/skills.yaml.`,
    )
  else if (skill.lesson !== id)
    say(
      lineOf(['teaches']),
      `content/skills.yaml names ${skill.lesson ?? 'no lesson'} for ${front.teaches}. Make the two agree.`,
    )
  if (skill && [...skill.needs].sort().join() !== [...front.needs].sort().join())
    say(
      lineOf(['needs']),
      `needs is [${front.needs.join(', ')}], and content/skills.yaml says [${skill.needs.join(', ')}] for ${front.teaches}. Make the two agree.`,
    )
  for (const need of front.needs)
    if (!skills.has(need))
      say(lineOf(['needs']), `there is no skill ${need}.${didYouMean(need, skills.keys())} Correct it.`)
  const entry = catalogue.courses
    .find(({ slug }) => slug === source.course)
    ?.modules.flatMap(({ lessons }) => lessons)
    .find(({ slug }) => slug === source.slug)
  if (entry && entry.minutes > 0) {
    const file = `content/courses/${source.course}/course.yaml`
    const line = catalogue.lineOf(source.course, source.slug)
    if (entry.title !== front.title || entry.minutes !== front.minutes || entry.teaches !== front.teaches)
      say(
        line,
        `${source.slug} is written, and its front matter says other than this line. List it as \`- ${source.slug}\`, or make them agree.`,
        file,
      )
    const graded = compiled.blocks.filter(({ block }) => block.graded).length
    if (graded < entry.plannedExercises)
      say(
        1,
        `the curriculum has ${entry.plannedExercises} exercises for this lesson, and ${graded} blocks count. Write the missing ones.`,
      )
  }
  const referred = new Set(compiled.blocks.flatMap((block) => block.compiled.misconceptions ?? []))
  for (const name of Object.keys(front.misconceptions))
    if (!referred.has(name))
      say(
        lineOf(['misconceptions', name]),
        `no block refers to the misconception ${name}. Answer it with a <Myth> or an <Option misconception="${name}">.`,
      )
  for (const { compiled: made, line, file } of compiled.blocks)
    for (const name of made.misconceptions ?? [])
      if (!Object.hasOwn(front.misconceptions, name))
        say(
          line,
          `there is no misconception ${name} in the front matter.${didYouMean(name, Object.keys(front.misconceptions))} Add it there, or correct it.`,
          file,
        )
  front.facts.forEach((fact, index) => {
    const line = lineOf(['facts', index, 'verify_by'])
    if (fact.verify_by < today)
      say(
        line,
        `this fact was to be verified by ${fact.verify_by}. Look at ${fact.source} again, then move the dates.`,
      )
    if (fact.verify_by < fact.checked) say(line, 'verify_by lies before checked. Correct one of them.')
    const latest = `${Number(fact.checked.slice(0, 4)) + 1}${fact.checked.slice(4)}`
    if (fact.verify_by > latest)
      say(line, `verify_by is more than 12 months after checked. Write ${latest} at the latest.`)
  })
}

function checkCards({ lesson, frontMatter }: CompiledLesson, source: LessonSource, say: Say): void {
  const file = `${source.folder}/cards.yaml`
  const recalls = lesson.cards.filter((card) => card.kind === 'recall').length
  if (recalls * 2 > lesson.cards.length)
    say(
      1,
      `${recalls} of ${lesson.cards.length} cards are \`recall\`; at least half ask for a prediction or a decision. Change some.`,
      file,
    )
  for (const concept of frontMatter.concepts)
    if (!lesson.cards.some((card) => card.concept === concept))
      say(1, `no card asks about ${concept}. Every concept has one.`, file)
  for (const card of lesson.cards)
    if (!frontMatter.concepts.includes(card.concept))
      say(
        1,
        `the card ${card.id} asks about ${card.concept}, which is no concept of this lesson.${didYouMean(card.concept, frontMatter.concepts)} Correct it.`,
        file,
      )
}

function checkLinks({ root, lesson }: CompiledLesson, catalogue: Catalogue, say: Say): void {
  const ids = new Set([
    ...lesson.outline.map(({ id }) => id),
    ...Object.keys(lesson.blocks).map((id) => id.slice(id.lastIndexOf('/') + 1)),
  ])
  const pages = new Set([
    '/',
    '/courses',
    '/dashboard',
    '/settings',
    '/sign-in',
    '/sign-up',
    ...catalogue.courses.map(({ slug }) => `/courses/${slug}`),
  ])
  visit(root, (node) => {
    if (node.type !== 'link' && node.type !== 'definition') return
    const line = node.position?.start.line ?? 1
    if (node.url.startsWith('#') && !ids.has(node.url.slice(1)))
      say(
        line,
        `there is no ${node.url} on this page.${didYouMean(node.url.slice(1), ids)} Correct the link.`,
      )
    if (!node.url.startsWith('/')) return
    const [page = ''] = node.url.split('#')
    const lesson = /^\/learn\/([^/]+\/[^/]+)$/.exec(page)?.[1]
    if (lesson ? !catalogue.folders.has(lesson) : !pages.has(page))
      say(
        line,
        `there is no page ${page} here${lesson ? ', or its lesson is not written yet' : ''}. Correct the link, or name the lesson without one.`,
      )
  })
}
