import type { z } from 'zod'
import { artifactKind } from './artifact/spec'
import { choiceKind } from './choice/spec'
import { classifyKind } from './classify/spec'
import { codeKind } from './code/spec'
import { complexityKind } from './complexity/spec'
import type { FolderKind, InlineKind, ProgramKind, Verdict } from './kind'
import { mythKind } from './myth/spec'
import { numericKind } from './numeric/spec'
import { orderKind } from './order/spec'
import { parsonsKind } from './parsons/spec'
import { predictKind } from './predict/spec'
import { questionsKind } from './questions/spec'
import { recallKind } from './recall/spec'
import { runKind } from './run/spec'
import { traceKind } from './trace/spec'
import { workedKind } from './worked/spec'

/** Every kind of block and exercise by its name. A new kind is a folder, a line here and a line in `panels.ts`. */
export const kinds = {
  artifact: artifactKind,
  choice: choiceKind,
  classify: classifyKind,
  code: codeKind,
  complexity: complexityKind,
  myth: mythKind,
  numeric: numericKind,
  order: orderKind,
  parsons: parsonsKind,
  predict: predictKind,
  questions: questionsKind,
  recall: recallKind,
  run: runKind,
  trace: traceKind,
  worked: workedKind,
} as const

export type KindName = keyof typeof kinds

type AnyInline = InlineKind<unknown, unknown, unknown>
type AnyFolder =
  | FolderKind<unknown, unknown, unknown>
  | ProgramKind<{ key: unknown }, unknown, unknown, unknown, unknown>

/** Any kind, its own types forgotten: what the compiler of lessons, the check and the server need of it. */
export type AnyKind = AnyInline | AnyFolder

const byName = new Map<string, AnyKind>(Object.entries(kinds))

/** Inline kinds by the name of their element in MDX: `Choice`. */
export const elements: ReadonlyMap<string, AnyInline> = new Map(
  [...byName.values()].flatMap((kind): [string, AnyInline][] =>
    kind.source === 'inline' ? [[kind.element, kind]] : [],
  ),
)

export function isKindName(name: string): name is KindName {
  return byName.has(name)
}

/** The kind with this name, or null: names come from compiled content and from authors. */
export function currentKind(name: string): AnyKind | null {
  return byName.get(name) ?? null
}

/** @throws Error for a name that is no kind: what was compiled and this registry come from different versions. */
export function getKind(name: string): AnyKind {
  const kind = currentKind(name)
  if (!kind) throw new Error(`There is no kind of exercise called "${name}".`)
  return kind
}

/**
 * Judges what was sent for a block, `{ answer, observation }` for a kind that runs a program. Runs nothing and never
 * throws for bad input: `problem` says where the response is not of its kind's shape.
 */
export function gradeResponse(
  block: { kind: string; key: unknown },
  response: unknown,
): { verdict: Verdict; program: boolean } | { problem: string } {
  const kind = currentKind(block.kind)
  if (!kind?.judged) return { problem: 'This block is not judged.' }
  if (!kind.program) {
    const answer = kind.answer.safeParse(response)
    if (!answer.success) return { problem: problemOf('response', answer.error) }
    return { verdict: kind.grade(block.key, answer.data), program: false }
  }
  if (
    typeof response !== 'object' ||
    response === null ||
    !('answer' in response) ||
    !('observation' in response)
  )
    return { problem: 'response: { answer, observation } is expected for a program.' }
  const more = Object.keys(response).find((name) => name !== 'answer' && name !== 'observation')
  if (more !== undefined) return { problem: `response: unknown key "${more}".` }
  const answer = kind.answer.safeParse(response.answer)
  if (!answer.success) return { problem: problemOf('response.answer', answer.error) }
  const observation = kind.observation.safeParse(response.observation)
  if (!observation.success) return { problem: problemOf('response.observation', observation.error) }
  return {
    verdict: kind.grade(block.key, { answer: answer.data, observation: observation.data }),
    program: true,
  }
}

function problemOf(where: string, error: z.ZodError): string {
  const issue = error.issues[0]
  return `${[where, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'not as it should be'}`
}
