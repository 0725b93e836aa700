import { choiceKind } from './choice/spec'
import { classifyKind } from './classify/spec'
import type { FolderKind, InlineKind, ProgramKind, Verdict } from './kind'
import { numericKind } from './numeric/spec'

/** Any kind of block, its own types forgotten: what the compiler of lessons, the check and the server need of it. */
export type AnyKind =
  | InlineKind<unknown, unknown, unknown>
  | FolderKind<unknown, unknown, unknown>
  | ProgramKind<{ key: unknown }, unknown, unknown, unknown, unknown>

/** Every kind there is. A kind that is not in this list does not exist for lessons. */
export const kinds: AnyKind[] = [choiceKind, classifyKind, numericKind]

const byName = new Map(kinds.map((kind) => [kind.name, kind]))

/** The kind with this name, or null: names come from compiled content and from authors. */
export function currentKind(name: string): AnyKind | null {
  return byName.get(name) ?? null
}

/** Judges what was sent for a block, `{ answer, observation }` for a kind that runs a program. Never throws for bad input. */
export function gradeResponse(
  block: { kind: string; key: unknown },
  response: unknown,
): { verdict: Verdict; program: boolean } | { problem: string } {
  const kind = currentKind(block.kind)
  if (!kind?.judged) return { problem: 'This block is not judged.' }
  if (!kind.program) {
    const answer = kind.answer.safeParse(response)
    if (!answer.success) return { problem: `response: ${answer.error.issues[0]?.message ?? 'not an answer'}` }
    return { verdict: kind.grade(block.key, answer.data), program: false }
  }
  if (
    typeof response !== 'object' ||
    response === null ||
    !('answer' in response) ||
    !('observation' in response)
  )
    return { problem: 'response: { answer, observation } is expected for a program.' }
  const answer = kind.answer.safeParse(response.answer)
  if (!answer.success) return { problem: `answer: ${answer.error.issues[0]?.message ?? 'not an answer'}` }
  const observation = kind.observation.safeParse(response.observation)
  if (!observation.success)
    return { problem: `observation: ${observation.error.issues[0]?.message ?? 'not readable'}` }
  return {
    verdict: kind.grade(block.key, { answer: answer.data, observation: observation.data }),
    program: true,
  }
}
