/** Words of prose, Markdown signs aside: anything between spaces that has a letter or a digit. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
}

export type Section = { heading: string; body: string }

type Heading = { text: string; level: number; underlined?: true }

/** A line in bold or italics is a heading below every other. */
const EMPHASISED = 7

/**
 * The parts under the headings, in order; what stands before the first heading is not one. Any level, also underlined or a
 * line in bold. A deeper heading stays within its section. Of `names`, those that no heading has may be a line by themselves;
 * where names are given, a line in bold with another text is no heading.
 */
export function sectionsOf(text: string, names: string[] = []): Section[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const wanted = names.map(plainHeading)
  const headings = readHeadings(lines, wanted)
  const sections: Section[] = []
  const open: { section: Section; level: number }[] = []
  let skip = -1
  lines.forEach((line, index) => {
    const heading = headings[index]
    if (heading) {
      const named = wanted.some((name) => isNamed(heading.text, name))
      while (open[0] && (named || open[0].level >= heading.level)) open.shift()
      for (const { section } of open) section.body += `${line}\n`
      const section = { heading: heading.text, body: '' }
      sections.push(section)
      open.unshift({ section, level: heading.level })
      if (heading.underlined) skip = index + 1
    } else if (index !== skip) for (const { section } of open) section.body += `${line}\n`
  })
  return sections
}

/** `wanted`: names as `plainHeading` gives them. */
function readHeadings(lines: string[], wanted: string[]): (Heading | null)[] {
  const isWanted = (text: string) => wanted.some((name) => isNamed(text, name))
  let fenced = false
  const found = lines.map((line, index) => {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced
    const heading = fenced ? null : headingOf(line, lines[index + 1] ?? '')
    return heading && heading.level === EMPHASISED && wanted.length && !isWanted(heading.text)
      ? null
      : heading
  })
  const missing = wanted.filter((name) => !found.some((heading) => heading && isNamed(heading.text, name)))
  return found.map((heading, index) => {
    const line = lines[index] ?? ''
    if (heading || !missing.length || !line.trim() || countWords(line) > 8 || /[.,;!]\s*$/.test(line))
      return heading
    const alone = !lines[index - 1]?.trim()
    const text = plainHeading(line)
    return alone && missing.some((name) => isNamed(text, name)) && !/:./.test(text)
      ? { text, level: EMPHASISED }
      : null
  })
}

function headingOf(line: string, next: string): Heading | null {
  const hashes = /^ {0,3}(#{1,6})(?!#)(.*)$/.exec(line)
  if (hashes?.[2]?.trim()) {
    const words = hashes[2].split(/\s+/).filter((word) => /[^#]/.test(word))
    return { text: plainHeading(words.join(' ').replace(/#{1,6}$/, '')), level: hashes[1]?.length ?? 1 }
  }
  const bold =
    /^(?:[-*+]\s+|\d+[.)]\s+)?(?:\*{1,3}|_{1,3})(?=[^\s*_])([^*_]+)(?:\*{1,3}|_{1,3})(?:\s*:)?$/.exec(
      line.trim(),
    )
  if (bold?.[1]) return { text: plainHeading(bold[1]), level: EMPHASISED }
  const rule = /^\s{0,3}(={2,}|-{2,})\s*$/.exec(next)?.[1]
  return rule && line.trim() && countWords(line) <= 10
    ? { text: plainHeading(line), level: rule.startsWith('=') ? 1 : 2, underlined: true }
    : null
}

/** Lower case, without emphasis, quotes, numbering and signs at the end. */
export function plainHeading(heading: string): string {
  const text = heading
    .normalize('NFKC')
    .replace(/[*_`"“”„«»]/g, '')
    .replace(/[’‘]/g, "'")
    .replace(/&/g, ' and ')
    .replace(/\s+/g, ' ')
    .replace(
      /^\s*(?:[-+•]\s+)?(?:(?:\d{1,2}\.)*\d{1,2}[.):]?\s+|(?:[a-z]|[ivx]{1,4})[.):]\s+)?(?:[-–—]\s+)?/i,
      '',
    )
    .toLowerCase()
  let end = text.length
  while (end > 0 && ' -:.?!–—'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** Both as `plainHeading` gives them. */
function isNamed(heading: string, wanted: string): boolean {
  return (
    heading === wanted || (heading.startsWith(wanted) && !/^[\p{L}\p{N}]/u.test(heading.slice(wanted.length)))
  )
}

/** The section whose heading is `name` or starts with it. */
export function findSection(sections: Section[], name: string): Section | undefined {
  const wanted = plainHeading(name)
  return (
    sections.find((section) => section.heading === wanted) ??
    sections.find((section) => isNamed(section.heading, wanted))
  )
}

/**
 * Words that say for how long, how often, until when and what failed, by their stem: with `retry` taken out, "if it still
 * fails after 20 min, until it has worked" names nothing else that happens. Also those that say that nothing is needed.
 */
const IDLE_AS_THEY_ARE = `a an the this that these those it its itself they them their we us our you i he she one once twice thrice first second third
  some any each every all both most more less least few several many much same other another single
  and or but nor so if then else otherwise when whenever while until till unless because since as than though although however before after
  between during within in on at to of for from by with without up down out off back over under again too also still yet already just only simply run try go get let left well way
  very quite really see seen
  not no none never ever nothing always often usually normally typically generally maybe perhaps probably possibly
  be is are was were been being am have has had having do does did doing done will would shall should can could may might must
  there here now soon later long longer short shortly quick quickly immediately automatically automatic
  tries tried trying ran running runs stopped stopping began begun went gone gets getting got lets put okay ok hr hrs sec secs min mins max ms
  ten two three four five six seven eight nine twenty thirty sixty hundred thousand`
const IDLE_IN_ANY_FORM = `time second minute hour day week month year moment while interval period number maximum minimum limit
  retry attempt repeat repeatedly wait waiting backoff exponential exponentially delay pause sleep loop poll rerun restart reboot resend
  model job service server system scheduler schedule request call kubernetes pod container cluster instance process script api endpoint table
  fail failure error crash outage timeout succeed success successful successfully work answer respond response return recover recovery
  remain come take make keep happen continue start stop finish end load give become
  available healthy alive online ready fine normal reliable stable robust highly good enough possible impossible
  need necessary required fallback plan case situation problem issue thing row round`
const IDLE_WORD = new RegExp(
  `^(?:${[...IDLE_AS_THEY_ARE.split(/\s+/), ...IDLE_IN_ANY_FORM.split(/\s+/).map(inflected)].join('|')})(?:'s)?$`,
  'iu',
)

/**
 * How many words say something else than `beyond`: words that neither belong to it nor to what is said with it, in clauses that
 * do not speak of it. Of "We retry twice, then the rules engine decides." that is: rules, engine, decides. Endings count as the
 * same word: retry, retries, retrying, retried. Where clauses cannot be told apart ("every claim waits for a person to
 * decide"), the words of the whole text count, one less.
 */
export function countWordsBeyond(text: string, beyond: string[]): number {
  const refused = beyond.map(
    (words) =>
      new RegExp(
        `(?<![\\p{L}\\p{N}])${words.split(/\s+/).map(inflected).join('\\s+')}(?![\\p{L}\\p{N}])`,
        'giu',
      ),
  )
  const plain = text
    .normalize('NFKC')
    .replace(/[’‘]/g, "'")
    .replace(/\bre-(?=\p{L})/giu, 're')
  const clauses = plain.split(
    /[.;:,!?()\n—–]|\s-\s|(?<![\p{L}])(?:and|then|or|but|otherwise|before|until|till|unless|while|after|if|when|instead|rather|because|with)(?![\p{L}])/iu,
  )
  const free = clauses.filter((clause) => !refused.some((pattern) => clause.search(pattern) >= 0))
  const whole = refused.reduce((rest, pattern) => rest.replace(pattern, ' '), plain)
  return Math.max(countTelling(free.join(' ')), countTelling(whole) - 1)
}

function countTelling(text: string): number {
  return (text.match(/\p{L}[\p{L}']*/gu) ?? []).filter((word) => word.length > 1 && !IDLE_WORD.test(word))
    .length
}

function inflected(word: string): string {
  const stem = escapePattern(word.replace(/(?:y|e)$/i, ''))
  return `${stem}(?:y|e|ies|ied|ying|s|es|ed|ing)?`
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
