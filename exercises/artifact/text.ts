/** Words of prose, Markdown signs aside: anything between spaces that has a letter or a digit. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

export type Section = { heading: string; body: string }

/** The parts under the headings, in order; what stands before the first heading is not one. Any level, also underlined or a line in bold. */
export function sectionsOf(text: string): Section[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const sections: Section[] = []
  lines.forEach((line, index) => {
    const heading = headingOf(line, lines[index + 1] ?? '')
    if (heading !== null) sections.push({ heading, body: '' })
    else {
      const last = sections.at(-1)
      if (last && !/^\s*(=+|-+)\s*$/.test(line)) last.body += `${line}\n`
    }
  })
  return sections
}

function headingOf(line: string, next: string): string | null {
  const hashes = /^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/.exec(line)
  if (hashes?.[1]) return plainHeading(hashes[1])
  const bold = /^\s*(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*$/.exec(line)
  if (bold?.[1]) return plainHeading(bold[1])
  return line.trim() && /^\s{0,3}(={2,}|-{2,})\s*$/.test(next) ? plainHeading(line) : null
}

/** Lower case, without emphasis, numbering and a colon at the end. */
export function plainHeading(heading: string): string {
  return heading
    .normalize('NFKC')
    .replace(/[*_`]/g, '')
    .replace(/^\s*(?:\d+|[a-z])[.)]\s+/i, '')
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
    .replace(/\s*[:.?!]+\s*$/, '')
    .trim()
    .toLowerCase()
}

/** The section whose heading is `name` or starts with it. */
export function findSection(sections: Section[], name: string): Section | undefined {
  const wanted = plainHeading(name)
  return (
    sections.find((section) => section.heading === wanted) ??
    sections.find(
      (section) =>
        section.heading.startsWith(wanted) && !/^[\p{L}\p{N}]/u.test(section.heading.slice(wanted.length)),
    )
  )
}

/**
 * Words that are left when every clause which speaks of one of `beyond` is taken out: of "We retry twice, then the
 * rules engine decides." the second clause is left. Endings count as the same word: retry, retries, retrying, retried.
 */
export function countWordsBeyond(text: string, beyond: string[]): number {
  const refused = beyond.map(
    (words) =>
      new RegExp(
        `(?<![\\p{L}\\p{N}])${words.split(/\s+/).map(inflected).join('\\s+')}(?![\\p{L}\\p{N}])`,
        'iu',
      ),
  )
  const clauses = text
    .split(/[.;:,!?\n—–]|\s-\s|(?<![\p{L}])(?:and|then|or|but|otherwise)(?![\p{L}])/iu)
    .filter((clause) => !refused.some((pattern) => pattern.test(clause)))
  return clauses.reduce((sum, clause) => sum + countWords(clause), 0)
}

function inflected(word: string): string {
  const stem = escapePattern(word.replace(/(?:y|e)$/i, ''))
  return `${stem}(?:y|e|ies|ied|ying|s|es|ed|ing)?`
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
