import type { Code } from 'mdast'
import { splitFence } from './blocks'
import type { CompiledLesson } from './compile'
import type { Run } from './runs'

type Say = (line: number, message: string, file?: string) => void
type Tagged = { code: Code; tag: string; meta: string; output: Code | null }
type Ran = { type: string; text: string } | null

// Each fence is executed as written, one after the other in one namespace; what it prints stands between two marks.
const driver = `
import json, sys, traceback
space = {"__name__": "__main__"}
for number in range(int(open("count.txt").read())):
    source = open(f"fence_{number}.py").read()
    print(f"\\x1e{number}\\x1e", end="")
    seen = None
    try:
        exec(compile(source, f"fence {number + 1}", "exec"), space)
    except BaseException as error:
        seen = {"type": type(error).__name__, "text": "".join(traceback.format_exception_only(error)).strip()}
    print("\\x1f" + json.dumps(seen) + "\\x1e", end="")
`

/** Point 4: every tagged fence of the page is executed, and prints what the page says it prints. */
export async function checkFences({ root }: CompiledLesson, run: Run, say: Say): Promise<void> {
  const fences: Tagged[] = []
  for (const [index, node] of root.children.entries()) {
    if (node.type !== 'code') continue
    const line = node.position?.start.line ?? 1
    const { lang, tag, meta } = splitFence(node)
    if (lang === 'output') {
      const before = root.children[index - 1]
      if (before?.type !== 'code' || !splitFence(before).tag.startsWith('run'))
        say(
          line,
          'an output fence stands right after the fence that printed it. Move it there, or use ```text show and the reason.',
        )
      continue
    }
    if (tag !== 'run' && tag !== 'run-error') continue
    const after = root.children[index + 1]
    fences.push({
      code: node,
      tag,
      meta,
      output: after?.type === 'code' && after.lang === 'output' ? after : null,
    })
  }
  if (fences.length === 0) return
  const files: Record<string, string> = { 'main.py': driver, 'count.txt': String(fences.length) }
  for (const [index, { code }] of fences.entries()) files[`fence_${index}.py`] = code.value
  const result = await run({ files, entry: { kind: 'script', path: 'main.py' }, limits: { ms: 20_000 } })
  const first = fences[0]?.code.position?.start.line ?? 1
  if (result.type === 'failed')
    return say(
      first,
      `the programs of this page did not run to their end: ${result.kind}. Look for a loop that never ends.`,
    )
  if (result.data.error)
    return say(
      first,
      `the programs of this page could not be run: ${result.data.error.text.split('\n').at(-1)}`,
    )
  const printed = result.output
    .filter(({ s }) => s === 'out')
    .map(({ t }) => t)
    .join('')
  for (const [index, fence] of fences.entries())
    compareFence(fence, printed.split(`\x1e${index}\x1e`)[1]?.split('\x1e')[0], say)
}

function compareFence(fence: Tagged, part: string | undefined, say: Say): void {
  const line = fence.code.position?.start.line ?? 1
  const cut = part?.lastIndexOf('\x1f') ?? -1
  if (part === undefined || cut < 0) {
    say(line, 'this fence prints so much that its output was cut. Print less.')
    return
  }
  const error = JSON.parse(part.slice(cut + 1)) as Ran
  if (fence.tag === 'run') compareOutput(fence, tidy(part.slice(0, cut)), error, line, say)
  else compareError(fence, tidy(part.slice(0, cut)), error, line, say)
}

function compareOutput({ output }: Tagged, out: string, error: Ran, line: number, say: Say): void {
  if (error) say(line, `this fence ends with ${error.text}. Mend it, or tag it \`run-error ${error.type}\`.`)
  else if (output && tidy(output.value) !== out)
    say(
      output.position?.start.line ?? line,
      `the fence above prints something else: ${firstDifference(tidy(output.value), out)} Copy what it prints, or mend the code.`,
    )
}

function compareError({ meta, output }: Tagged, out: string, error: Ran, line: number, say: Say): void {
  if (!error) {
    say(line, `this fence ends without an error; ${meta} was announced. Tag it \`run\`, or let it fail.`)
    return
  }
  if (error.type !== meta)
    say(line, `this fence ends with ${error.type}, not with ${meta}. Correct the tag or the code.`)
  const last = error.text.split('\n').at(-1)?.trim()
  if (output && tidy(output.value) !== last && tidy(output.value) !== tidy(`${out}\n${last}`))
    say(output.position?.start.line ?? line, `the traceback ends with "${last}". Write that line here.`)
}

function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}

function firstDifference(said: string, printed: string): string {
  const [a, b] = [said.split('\n'), printed.split('\n')]
  const at = b.findIndex((line, index) => line !== a[index])
  if (at < 0) return `it prints ${b.length} lines, ${a.length} are shown.`
  return `line ${at + 1} is "${(b[at] ?? '').slice(0, 60)}", here stands "${(a[at] ?? '').slice(0, 60)}".`
}
