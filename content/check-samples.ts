import type { Sample, Verdict } from '@/exercises/kind'
import type { AnyKind } from '@/exercises/registry'
import type { CompiledBlock, CompiledLesson } from './compile'
import type { Run } from './runs'

type Say = (line: number, message: string, file?: string) => void
type Program = Extract<AnyKind, { program: true }>

/**
 * Points 2, 3 and 5: every answer that an author listed gets what the author says. A program's wrong answers fail with the
 * page's key too, where there are no hidden cases. `run` may remember results; `runAnew` never does.
 */
export async function checkSamples(
  { blocks }: CompiledLesson,
  run: Run,
  runAnew: Run,
  say: Say,
): Promise<void> {
  for (const block of blocks) {
    const { kind, compiled } = block
    if (!kind.judged) continue
    if (!compiled.samples.some((sample) => sample.passes))
      say(block.line, `${block.block.id} lists no answer that passes. Add one.`, block.file)
    if (!compiled.samples.some((sample) => !sample.passes))
      say(block.line, `${block.block.id} lists no answer that fails. Add a typical mistake.`, block.file)
    for (const sample of compiled.samples) {
      const place = placeOf(block, sample)
      const answer = kind.answer.safeParse(sample.answer)
      if (!answer.success) {
        say(
          place.line,
          `the answer ${sample.name} of ${block.block.id} has not the shape that a learner's answer has: ${answer.error.issues[0]?.message}. This is a fault of the kind ${kind.name}.`,
          place.file,
        )
        continue
      }
      if (!kind.program) judge(sample, kind.grade(compiled.key, answer.data), place, say)
      else await checkProgram(kind, block, { ...sample, answer: answer.data }, place, { run, runAnew }, say)
    }
  }
}

async function checkProgram(
  kind: Program,
  block: CompiledBlock,
  sample: Sample<unknown>,
  place: Place,
  runs: { run: Run; runAnew: Run },
  say: Say,
): Promise<void> {
  const { key } = block.compiled
  const verdictOf = async (withKey: unknown, run: Run) => {
    const result = await run(kind.job(withKey, sample.answer))
    const observation = kind.observe(withKey, result)
    return { result, observation, verdict: kind.grade(withKey, { answer: sample.answer, observation }) }
  }
  const { verdict, observation } = await verdictOf(key, runs.run)
  judge(sample, verdict, place, say)
  if (!sample.passes) {
    const page = (block.compiled.public as { key: unknown }).key
    const visible = (await verdictOf(page, runs.run)).verdict
    if (visible.passed)
      say(
        place.line,
        'this wrong answer passes when hidden cases are switched off. Add a visible case that it fails.',
        place.file,
      )
    else if (sample.fails && !failing(visible).some(({ id }) => id === sample.fails))
      say(
        place.line,
        `${sample.fails} is hidden from the page, so this wrong answer does not fail there for its stated reason. Name a visible case, a ban or the meter.`,
        place.file,
      )
    if (kind.name === 'code' && sample.fails?.startsWith('cost:')) {
      const { wrongMargins } = await import('@/exercises/code/cost')
      for (const message of wrongMargins(
        key as Parameters<typeof wrongMargins>[0],
        sample.fails,
        observation as Parameters<typeof wrongMargins>[2],
      ))
        say(place.line, message, place.file)
    }
    return
  }
  if (sample.name !== 'reference') return
  const limit = kind.job(key, sample.answer).limits?.ms
  for (let turn = 2; turn <= 4; turn++) {
    const again = await verdictOf(key, runs.runAnew)
    if (!again.verdict.passed)
      say(
        place.line,
        `the reference fails when it runs again: ${failing(again.verdict)[0]?.id}. What it gives must not depend on chance or time; use a seed.`,
        place.file,
      )
    if (limit !== undefined && again.result.ms > limit / 3)
      say(
        place.line,
        `the reference takes ${Math.round(again.result.ms)} ms, more than a third of the limit of ${limit} ms. Raise the limit or make the cases smaller.`,
        place.file,
      )
  }
}

type Place = { file: string; line: number }

/** Where the author wrote a sample: a file of the folder where its name is one, else the block. */
function placeOf(block: CompiledBlock, sample: Sample<unknown>): Place {
  if (!block.folder) return { file: block.file, line: block.line }
  const base = block.file.replace(/exercise\.yaml$/, '')
  for (const name of [sample.name, `${sample.name}.py`, `${sample.name}.md`])
    if (block.folder.files.has(name)) return { file: `${base}${name}`, line: 1 }
  return { file: block.file, line: 1 }
}

function failing(verdict: Verdict) {
  return verdict.checks.filter((check) => !check.passed)
}

function judge(sample: Sample<unknown>, verdict: Verdict, place: Place, say: Say): void {
  if (sample.passes) {
    if (verdict.passed) return
    const [first] = failing(verdict)
    say(
      place.line,
      `the answer ${sample.name} should pass, and fails ${first?.id ?? 'without a reason'}: ${first?.message ?? `expected ${first?.expected}, got ${first?.got}`}. Mend the answer or what judges it.`,
      place.file,
    )
    return
  }
  if (verdict.passed) {
    say(
      place.line,
      `the answer ${sample.name} should fail, and passes. Make what judges it stricter, or take the answer away.`,
      place.file,
    )
    return
  }
  const failed = failing(verdict)
  if (sample.fails && !failed.some(({ id }) => id === sample.fails))
    say(
      place.line,
      `the answer ${sample.name} should fail ${sample.fails}, and fails ${failed.map(({ id }) => id).join(', ') || 'nothing by name'}. Correct its first line, or the case.`,
      place.file,
    )
  const words = [
    verdict.next,
    ...failed.flatMap((check) => [check.message, check.why, check.expected && `expected ${check.expected}`]),
  ]
    .filter(Boolean)
    .join(' ')
  if (!words.trim())
    say(
      place.line,
      `the answer ${sample.name} fails and is told nothing. Write what the learner should look at.`,
      place.file,
    )
  if (sample.says && !plain(words).includes(plain(sample.says)))
    say(
      place.line,
      `the answer ${sample.name} should be told "${sample.says}", and is told "${plain(words).slice(0, 120)}". Make the two agree.`,
      place.file,
    )
}

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
}

/** Point 5: in how many single choices the right option is the longest. Counted over a course. */
export function countLongest({ blocks }: CompiledLesson): { choices: number; longest: number } {
  const count = { choices: 0, longest: 0 }
  const visit = (node: NonNullable<CompiledBlock['node']>): void => {
    const options = node.children.filter((child) => child.name === 'Option')
    const right = options.filter((option) => option.attributes.correct === true)
    if (node.name === 'Choice' && right.length === 1 && options.length > 1) {
      const size = (option: (typeof options)[number]) =>
        option.text.length + option.fences.reduce((sum, fence) => sum + fence.value.length, 0)
      count.choices++
      if (options.every((option) => option === right[0] || size(option) < size(right[0] as typeof option)))
        count.longest++
    }
    node.children.forEach(visit)
  }
  for (const { node } of blocks) if (node) visit(node)
  return count
}
