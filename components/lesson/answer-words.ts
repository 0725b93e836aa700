import type { PublicBlock } from '@/exercises/kind'

export type Line = { text: string; differs: boolean }

/**
 * An answer of any kind as lines of text, with the words of the exercise in place of its opaque ids: what a learner made,
 * to be read beside another version of it.
 */
export function answerInWords(block: PublicBlock, answer: unknown): string[] {
  const names = new Map<string, string>()
  nameParts(block.props, names)
  const lines = linesOf(answer, names)
  return lines.length > 0 ? lines : ['Nothing yet']
}

/** Every part of the public props that has an id, by what it is called. */
function nameParts(props: unknown, names: Map<string, string>): void {
  if (Array.isArray(props)) for (const part of props) nameParts(part, names)
  if (typeof props !== 'object' || props === null || Array.isArray(props)) return
  const part = props as Record<string, unknown>
  const name = part.label ?? part.code ?? part.title ?? part.html ?? part.stem
  if (typeof part.id === 'string' && typeof name === 'string') names.set(part.id, plainText(name))
  for (const inner of Object.values(part)) nameParts(inner, names)
}

function linesOf(value: unknown, names: Map<string, string>): string[] {
  if (value === null || value === undefined || value === '') return []
  if (typeof value === 'string') return (names.get(value) ?? value).replace(/\n$/, '').split('\n')
  if (typeof value !== 'object') return [String(value)]
  if (Array.isArray(value)) return value.flatMap((part) => linesOf(part, names))
  const { id, indent, ...rest } = value as Record<string, unknown>
  if (typeof id === 'string') {
    const margin = ' '.repeat(4 * (typeof indent === 'number' ? indent : 0))
    return linesOf(id, names).map((line) => margin + line)
  }
  return Object.entries(rest).flatMap(([name, part]) => {
    const lines = linesOf(part, names)
    const known = names.get(name)
    if (known === undefined || lines.length === 0) return lines
    return lines.length === 1 ? [`${known}: ${lines[0]}`] : [`${known}:`, ...lines]
  })
}

function plainText(html: string): string {
  return html
    .replace(/<annotation[^>]*>.*?<\/annotation>/gs, '')
    .replace(/<[^>]+>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) =>
      String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)),
    )
    .replace(/&amp;/g, '&')
}

/** Both versions with the lines marked that the other has not. */
export function markDifferences(a: string[], b: string[]): [Line[], Line[]] {
  // Longest common subsequence, from the end; a learner's program has some hundred lines.
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0
  for (let i = a.length - 1; i >= 0; i--) {
    const row = longest[i] as Uint32Array
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const marked: [Line[], Line[]] = [[], []]
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      marked[0].push({ text: a[i++] as string, differs: false })
      marked[1].push({ text: b[j++] as string, differs: false })
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      marked[0].push({ text: a[i++] as string, differs: true })
    } else marked[1].push({ text: b[j++] as string, differs: true })
  }
  return marked
}
