import { z } from 'zod'
import {
  allowChildren,
  authorError,
  blockAttributes,
  readAttributes,
  requireFence,
  wordsOf,
} from '@/exercises/author'
import type { Html, InlineKind } from '@/exercises/kind'

export type RunPublic = { intro: Html; code: string }

export type RunAnswer = { code: string }

export const runKind: InlineKind<RunPublic, null, RunAnswer> = {
  name: 'run',
  title: 'Try it',
  source: 'inline',
  element: 'Run',
  program: false,
  judged: false,
  runtime: 'python',
  answer: z.strictObject({ code: z.string().max(20_000) }),
  async compile(node, context) {
    readAttributes(node, blockAttributes)
    allowChildren(node, [])
    if (node.attributes.exercise || node.attributes.star)
      throw authorError(node, '<Run> is not judged, so it cannot count for completion. Take `exercise` away.')
    const fence = requireFence(node, 'python')
    const result = await context.run({
      files: { 'main.py': fence.value },
      entry: { kind: 'script', path: 'main.py' },
      limits: { ms: 10_000 },
    })
    if (result.type !== 'result') throw authorError(node, `The program did not end: ${result.kind}.`)
    if (result.data.error) throw authorError(node, `The program ends with ${result.data.error.text.trim()}.`)
    return { public: { intro: node.html, code: fence.value }, key: null, samples: [], text: wordsOf(node) }
  },
}
