import { expect } from 'vitest'
import type { BlockNode, CompileContext, Fence, InlineKind } from '@/exercises/kind'
import type { RunJob, RunResult } from '@/runner/protocol'

type Parts = { text?: string; fences?: Fence[]; children?: BlockNode[]; atLine?: number } & Record<
  string,
  unknown
>

/** A block as the lesson compiler hands it over: `text`, `fences`, `children` and `atLine` are its own, the rest attributes. */
export function block(name: string, parts: Parts | string = {}, ...children: BlockNode[]): BlockNode {
  const {
    text = '',
    fences = [],
    atLine: line = 1,
    children: own = [],
    ...attributes
  } = typeof parts === 'string' ? { text: parts } : parts
  return {
    name,
    attributes,
    html: text ? `<p>${text}</p>` : '',
    text,
    fences,
    children: [...own, ...children],
    line,
  }
}

export function fence(value: string, lang = 'python', meta = ''): Fence {
  return { lang, tag: '', meta, value, html: `<pre>${value}</pre>`, line: 2 }
}

/** Opaque ids that do not sort like their parts, and no interpreter unless one is given. */
export function contextFor(run?: (job: RunJob) => Promise<RunResult>): CompileContext {
  return {
    id: 'course/lesson/block',
    opaque: (part) => {
      let hash = 7
      for (const letter of `o${part}`) hash = (hash * 31 + letter.charCodeAt(0) * 97) % 1_000_003
      return `x${hash.toString(36)}-${String(part).length}`
    },
    run: run ?? (() => Promise.reject(new Error('this test runs nothing'))),
    html: async (markdown) => markdown,
    highlight: async (code) => `<pre>${code}</pre>`,
  }
}

/** A run that gives this value of an expression. */
export function valued(value: number): (job: RunJob) => Promise<RunResult> {
  return async () => ({
    type: 'result',
    output: [],
    cut: false,
    ms: 1,
    data: { error: null, bans: [], cases: [], meters: [], value },
  })
}

/** Submits every sample of a compiled block and expects what the sample says. */
export function expectSamples<P, K, A>(
  kind: InlineKind<P, K, A>,
  compiled: {
    key: K
    samples: { name: string; answer: A; passes: boolean; fails?: string; says?: string }[]
  },
): void {
  if (!kind.judged) throw new Error(`${kind.name} is not judged`)
  expect(compiled.samples.length).toBeGreaterThan(1)
  for (const sample of compiled.samples) {
    const answer = kind.answer.parse(sample.answer)
    const verdict = kind.grade(compiled.key, answer)
    expect(verdict.passed, sample.name).toBe(sample.passes)
    if (sample.passes) continue
    const failing = verdict.checks.filter((check) => !check.passed)
    expect(failing.length, `${sample.name} fails a check`).toBeGreaterThan(0)
    if (sample.fails)
      expect(
        failing.map((check) => check.id),
        sample.name,
      ).toContain(sample.fails)
    const words =
      failing.map((check) => `${check.message ?? ''}${check.why ?? ''}`).join(' ') + (verdict.next ?? '')
    expect(words.trim(), `${sample.name} has words`).not.toBe('')
    if (sample.says) expect(words, sample.name).toContain(sample.says)
  }
}

/** Expects that none of these words is in what the browser receives. */
export function expectSecret(publicProps: unknown, words: string[]): void {
  const sent = JSON.stringify(publicProps)
  for (const word of words) expect(sent, `"${word}" is not sent`).not.toContain(word)
}
