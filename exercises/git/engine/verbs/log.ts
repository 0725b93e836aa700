/** `git log`, `show`, `reflog`, `shortlog`: commits found, ordered, drawn and printed. */
import { type CombinedFile, formatCombined } from '../combined-diff'
import { type FilePair, pathOf, type Version } from '../file-diff'
import { Graph } from '../graph'
import { mergeBases, reachable, type Walked, walk } from '../history'
import { diffLines, splitLines } from '../line-diff'
import type { Commit, Id } from '../objects'
import { formatPatch, quotePath } from '../patch'
import type { Pathspec } from '../paths'
import {
  type DateStyle,
  Decorations,
  formatCommit,
  formatDate,
  type PrettyContext,
  subjectOf,
} from '../pretty'
import type { LogEntry } from '../refs'
import { fullRefName, Revisions, selectRevisions, unknown } from '../revisions'
import { die, Exit, parseDate, type Run } from '../run'
import { versionsOfTree } from '../worktree'
import { decode } from '../world'
import { DiffOptions, formatDiff, treePairs } from './diff'

export type LogSettings = {
  diff: DiffOptions
  words: string[]
  format: string
  separator: boolean
  short: boolean
  graph: boolean
  order: 'date' | 'topo' | 'date-topo' | 'author-date'
  reverse: boolean
  firstParent: boolean
  count: number | undefined
  skip: number
  all: boolean
  refs: string[]
  decorate: boolean
  date: string
  follow: boolean
  grep: string[]
  author: string[]
  committer: string[]
  ignoreCase: boolean
  invert: boolean
  allMatch: boolean
  fixed: boolean
  extended: boolean
  since: number | null
  until: number | null
  merges: 'all' | 'only' | 'none'
  boundary: boolean
  leftRight: boolean
  leftOnly: boolean
  rightOnly: boolean
  cherry: 'pick' | 'mark' | null
  showParents: boolean
  children: boolean
  lines: string[]
  walkReflogs: boolean
  fullHistory: boolean
  mergesAgainst: 'default' | 'first' | 'each'
  simplifyByDecoration: boolean
  source: boolean
}

function defaults(run: Run): LogSettings {
  return {
    diff: new DiffOptions(),
    words: [],
    format: run.repo.config.get('format.pretty') ?? 'medium',
    separator: true,
    short: false,
    graph: false,
    order: 'date',
    reverse: false,
    firstParent: false,
    count: undefined,
    skip: 0,
    all: false,
    refs: [],
    decorate: run.vars.GIT_TERMINAL === '1',
    date: run.repo.config.get('log.date') ?? 'default',
    follow: false,
    grep: [],
    author: [],
    committer: [],
    ignoreCase: false,
    invert: false,
    allMatch: false,
    fixed: false,
    extended: false,
    since: null,
    until: null,
    merges: 'all',
    boundary: false,
    leftRight: false,
    leftOnly: false,
    rightOnly: false,
    cherry: null,
    showParents: false,
    children: false,
    lines: [],
    walkReflogs: false,
    fullHistory: false,
    mergesAgainst: 'default',
    simplifyByDecoration: false,
    source: false,
  }
}

const NAMED = ['oneline', 'short', 'medium', 'full', 'fuller', 'raw', 'reference']

/** Reads the words of log, show, rev-list and reflog. */
export function readLog(run: Run, args: string[]): LogSettings {
  const settings = defaults(run)
  for (let i = 0; i < args.length; ) {
    const arg = args[i]!
    if (arg === '--') {
      settings.words.push(...args.slice(i))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      settings.words.push(arg)
      i++
      continue
    }
    const taken = settings.diff.take(args, i)
    if (taken > 0) {
      i += taken
      continue
    }
    i += takeLog(run, settings, args, i)
  }
  return settings
}

function setFormat(settings: LogSettings, text: string): void {
  if (/^format:/.test(text)) {
    settings.format = text
    settings.separator = true
  } else if (/^tformat:/.test(text) || text.includes('%')) {
    settings.format = text.replace(/^(tformat:)?/, 'tformat:')
    settings.separator = false
  } else if (NAMED.includes(text)) {
    settings.format = text
    settings.separator = text !== 'oneline'
    if (text === 'reference') {
      settings.format = 'tformat:%C(auto)%h (%s, %as)'
      settings.separator = false
    }
  } else die(`invalid --pretty format: ${text}`)
}

function takeLog(run: Run, settings: LogSettings, args: string[], i: number): number {
  const arg = args[i]!
  const equals = arg.indexOf('=')
  const name = equals > 0 && arg.startsWith('--') ? arg.slice(0, equals) : arg
  const attached = equals > 0 && arg.startsWith('--') ? arg.slice(equals + 1) : undefined
  const value = () => attached ?? args[i + 1] ?? die(`Option '${name.replace(/^-+/, '')}' requires a value`)
  const used = attached === undefined ? 2 : 1
  const globs: Record<string, string> = {
    '--branches': 'refs/heads/',
    '--tags': 'refs/tags/',
    '--remotes': 'refs/remotes/',
  }
  if (globs[name]) {
    for (const [ref] of run.repo.refs.list(globs[name])) {
      const short = ref.slice(globs[name].length)
      if (attached === undefined || new RegExp(`^${attached.replaceAll('*', '.*')}$`).test(short))
        settings.refs.push(ref)
    }
    settings.refs.push('')
    return 1
  }
  switch (name) {
    case '--oneline':
      settings.format = 'oneline'
      settings.short = true
      settings.separator = false
      return 1
    case '--pretty':
    case '--format':
      if (attached === undefined && name === '--pretty') setFormat(settings, 'medium')
      else
        setFormat(
          settings,
          name === '--format' && !NAMED.includes(value()) && !/^t?format:/.test(value())
            ? `tformat:${value()}`
            : value(),
        )
      return name === '--format' ? used : 1
    case '--abbrev-commit':
      settings.short = true
      return 1
    case '--no-abbrev-commit':
      settings.short = false
      return 1
    case '--graph':
      settings.graph = true
      if (settings.order === 'date') settings.order = 'topo'
      return 1
    case '--topo-order':
      settings.order = 'topo'
      return 1
    case '--date-order':
      settings.order = 'date-topo'
      return 1
    case '--author-date-order':
      settings.order = 'author-date'
      return 1
    case '--reverse':
      settings.reverse = true
      return 1
    case '--first-parent':
      settings.firstParent = true
      settings.mergesAgainst = 'first'
      return 1
    case '-n':
    case '--max-count':
      settings.count = Number(value())
      return used
    case '--skip':
      settings.skip = Number(value())
      return used
    case '--all':
      settings.all = true
      return 1
    case '--decorate':
      settings.decorate = attached !== 'no'
      return 1
    case '--no-decorate':
      settings.decorate = false
      return 1
    case '--date':
      settings.date = value()
      return used
    case '--relative-date':
      settings.date = 'relative'
      return 1
    case '--follow':
      settings.follow = true
      return 1
    case '--grep':
      settings.grep.push(value())
      return used
    case '--author':
      settings.author.push(value())
      return used
    case '--committer':
      settings.committer.push(value())
      return used
    case '-i':
    case '--regexp-ignore-case':
      settings.ignoreCase = true
      return 1
    case '--invert-grep':
      settings.invert = true
      return 1
    case '--all-match':
      settings.allMatch = true
      return 1
    case '-F':
    case '--fixed-strings':
      settings.fixed = true
      return 1
    case '-E':
    case '-P':
    case '--extended-regexp':
    case '--perl-regexp':
      settings.extended = true
      return 1
    case '--since':
    case '--after':
      settings.since = parseDate(value(), run).time
      return used
    case '--until':
    case '--before':
      settings.until = parseDate(value(), run).time
      return used
    case '--merges':
    case '--min-parents':
      settings.merges = 'only'
      return 1
    case '--no-merges':
      settings.merges = 'none'
      return 1
    case '--boundary':
      settings.boundary = true
      return 1
    case '--left-right':
      settings.leftRight = true
      return 1
    case '--left-only':
      settings.leftOnly = true
      return 1
    case '--right-only':
      settings.rightOnly = true
      return 1
    case '--cherry-pick':
      settings.cherry = 'pick'
      return 1
    case '--cherry-mark':
      settings.cherry = 'mark'
      return 1
    case '--cherry':
      settings.cherry = 'mark'
      settings.rightOnly = true
      settings.merges = 'none'
      return 1
    case '--parents':
      settings.showParents = true
      return 1
    case '-g':
    case '--walk-reflogs':
      settings.walkReflogs = true
      return 1
    case '--full-history':
      settings.fullHistory = true
      return 1
    case '-m':
      settings.mergesAgainst = 'each'
      return 1
    case '--diff-merges':
      settings.mergesAgainst =
        attached === 'first-parent' || attached === '1'
          ? 'first'
          : attached === 'separate' || attached === 'm'
            ? 'each'
            : 'default'
      return 1
    case '--simplify-by-decoration':
      settings.simplifyByDecoration = true
      return 1
    case '--simplify-merges':
    case '--no-walk':
    case '--no-notes':
    case '--show-signature':
    case '--no-mailmap':
    case '--mailmap':
    case '--use-mailmap':
    case '--no-expand-tabs':
    case '--root':
    case '--encoding':
    case '--in-commit-order':
    case '--clear-decorations':
    case '--sparse':
    case '--dense':
      return 1
    case '--not':
      settings.words.push('--not')
      return 1
    case '-t':
    case '-r':
      return 1
  }
  if (/^-\d+$/.test(arg)) {
    settings.count = Number(arg.slice(1))
    return 1
  }
  if (/^-n\d+$/.test(arg)) {
    settings.count = Number(arg.slice(2))
    return 1
  }
  const line = /^-L(.*)$/.exec(arg)
  if (line) {
    settings.lines.push(line[1] || value())
    return line[1] ? 1 : 2
  }
  if (/^-[a-z]{2,}$/i.test(arg) && !arg.startsWith('--')) {
    // Letters bundled: `-pg` as `-p -g`.
    const letters = [...arg.slice(1)].map((letter) => `-${letter}`)
    for (const letter of letters)
      if (settings.diff.take([letter], 0) === 0) takeLog(run, settings, [letter], 0)
    return 1
  }
  return die(`unrecognized argument: ${arg}`)
}

export type Found = {
  walked: Walked[]
  spec: Pathspec | null
  left: Set<Id>
  same: Set<Id>
  followed: string | null
  symmetric: boolean
}

/** The commits that the words select, filtered and in order. */
export function findCommits(run: Run, settings: LogSettings, options: { needsStart?: boolean } = {}): Found {
  const { repo } = run
  const { objects } = repo
  const selected = selectRevisions(run, settings.words, (a, b) => mergeBases(objects, a, b))
  const include = selected.include.map(({ id }) => id)
  const given = include.length > 0 || selected.exclude.length > 0
  if (settings.all) {
    include.push(...repo.refs.list().map(([, id]) => objects.peel(id)))
    if (repo.headId) include.push(repo.headId)
  }
  for (const ref of settings.refs) if (ref) include.push(objects.peel(repo.refs.get(ref)!))
  if (!given && !settings.all && settings.refs.length === 0 && options.needsStart !== false) {
    if (!repo.headId) die(`your current branch '${repo.branch}' does not have any commits yet`)
    include.push(repo.headId!)
  } else if (
    include.length === 0 &&
    !given &&
    repo.headId &&
    settings.refs.length > 0 &&
    !settings.refs.some(Boolean)
  )
    include.push()
  if (given && include.length === 0 && selected.exclude.length > 0 && repo.headId) include.push(repo.headId)
  const spec = selected.paths.length > 0 ? run.pathspec(selected.paths) : null
  if (settings.follow && selected.paths.length !== 1) die('--follow requires exactly one pathspec')
  const followed = settings.follow ? run.pathInTree(selected.paths[0]!) : null
  const left = new Set<Id>()
  const same = new Set<Id>()
  if (selected.symmetric) {
    const hidden = reachable(objects, selected.exclude)
    for (const id of reachable(objects, [selected.symmetric.left])) if (!hidden.has(id)) left.add(id)
    if (settings.cherry) markSame(run, left, reachable(objects, [selected.symmetric.right]), hidden, same)
  }
  const tests = textTests(settings)
  const keeps = (commit: Commit): boolean => {
    if (settings.merges === 'only' && commit.parents.length < 2) return false
    if (settings.merges === 'none' && commit.parents.length > 1) return false
    if (settings.since !== null && commit.committer.time < settings.since) return false
    if (settings.until !== null && commit.committer.time > settings.until) return false
    if (settings.leftOnly && !left.has(commit.id)) return false
    if (settings.rightOnly && left.has(commit.id)) return false
    if (settings.cherry === 'pick' && same.has(commit.id)) return false
    if (!tests(commit)) return false
    if (settings.diff.pickaxe || settings.diff.filter) {
      if (commit.parents.length > 1 && settings.mergesAgainst === 'default') return false
      const parent = commit.parents[0]
      const pairs = treePairs(
        run,
        parent ? objects.commit(parent).tree : null,
        commit.tree,
        spec && !settings.follow ? spec : undefined,
      )
      if (settings.diff.settle(pairs).length === 0) return false
    }
    if (settings.simplifyByDecoration && new Decorations(repo).at(commit.id).length === 0) return false
    return true
  }
  const walked = walk(objects, {
    include,
    exclude: selected.exclude,
    order: settings.order,
    firstParent: settings.firstParent,
    reverse: settings.reverse,
    ...(spec && !settings.follow && { paths: spec }),
    fullHistory: settings.fullHistory,
    follow: followed,
    keeps,
    skip: settings.skip,
    ...(settings.count !== undefined && settings.count >= 0 && { count: settings.count }),
    boundary: settings.boundary,
  })
  return { walked, spec, left, same, followed, symmetric: selected.symmetric !== null }
}

function markSame(run: Run, left: Set<Id>, right: Set<Id>, hidden: Set<Id>, same: Set<Id>): void {
  const ids = new Map<string, Id>()
  const idOf = (commit: Commit) =>
    treePairs(run, commit.parents[0] ? run.repo.objects.commit(commit.parents[0]).tree : null, commit.tree)
      .map((pair) =>
        formatPatch(pair, { abbreviate: () => '' })
          .split('\n')
          .filter((line) => !/^(index|@@)/.test(line))
          .join('\n')
          .replace(/[ \t]+/g, ''),
      )
      .join('\n')
  for (const id of left) {
    const commit = run.repo.objects.commit(id)
    if (commit.parents.length < 2) ids.set(idOf(commit), id)
  }
  for (const id of right) {
    if (hidden.has(id) || left.has(id)) continue
    const commit = run.repo.objects.commit(id)
    const twin = commit.parents.length < 2 ? ids.get(idOf(commit)) : undefined
    if (twin) {
      same.add(id)
      same.add(twin)
    }
  }
}

/** A basic regular expression of grep as one of JavaScript. */
export function basicRegex(text: string, flags: string, extended: boolean, fixed: boolean): RegExp {
  if (fixed) return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags)
  if (extended) return new RegExp(text, flags)
  const swapped = text.replace(
    /\\([+?|(){}])|([+?|(){}])/g,
    (_, escaped: string | undefined, plain: string) => escaped ?? `\\${plain}`,
  )
  return new RegExp(swapped, flags)
}

function textTests(settings: LogSettings): (commit: Commit) => boolean {
  const flags = settings.ignoreCase ? 'im' : 'm'
  const make = (texts: string[]) =>
    texts.map((text) => basicRegex(text, flags, settings.extended, settings.fixed))
  const [grep, author, committer] = [make(settings.grep), make(settings.author), make(settings.committer)]
  return (commit) => {
    const person = ({ name, email }: { name: string; email: string }) => `${name} <${email}>`
    if (author.length > 0 && !author.some((test) => test.test(person(commit.author)))) return false
    if (committer.length > 0 && !committer.some((test) => test.test(person(commit.committer)))) return false
    if (grep.length === 0) return true
    const hit = settings.allMatch
      ? grep.every((test) => test.test(commit.message))
      : grep.some((test) => test.test(commit.message))
    return hit !== settings.invert
  }
}

export function dateStyle(run: Run, mode: string): DateStyle {
  const local = mode === 'local' || mode.endsWith('-local')
  return {
    mode: mode === 'local' ? 'default' : mode.replace(/-local$/, ''),
    local,
    now: run.host.now(),
    zone: run.host.zone,
  }
}

export async function log(run: Run, args: string[]): Promise<number | undefined> {
  const settings = readLog(run, args)
  if (settings.walkReflogs) {
    await reflog(run, { ref: settings.words[0] ?? 'HEAD', settings })
    return
  }
  if (settings.lines.length > 0) return lineLog(run, settings)
  const found = findCommits(run, settings)
  printCommits(run, settings, found)
}

function markOf(settings: LogSettings, { left, same, symmetric }: Found, one: Walked): string {
  if (one.boundary) return settings.graph ? 'o' : '-'
  if (settings.cherry === 'mark' && same.has(one.commit.id)) return '='
  if (settings.leftRight && symmetric) return left.has(one.commit.id) ? '<' : '>'
  if (settings.cherry === 'mark') return settings.graph ? '*' : '+'
  return settings.graph ? '*' : ''
}

/** Prints commits one under another, with the graph before and the differences after each. */
export function printCommits(run: Run, settings: LogSettings, found: Found): void {
  const printer = new Printer(run, settings)
  for (const one of found.walked) {
    printer.print(one.commit, {
      parents: settings.graph ? one.drawn : one.parents,
      mark: markOf(settings, found, one),
      diff: () => commitDiff(run, settings, one.commit, found.spec, one.path ?? null),
    })
  }
}

type Shown = {
  parents: Id[]
  mark: string
  /** Null: differences are not asked for. */
  diff: () => string | null
  reflog?: { selector: string; entry: LogEntry }
}

export class Printer {
  private first = true
  private readonly graph: Graph | null
  private readonly decorations: Decorations | null
  /** The last commit's text ended without a newline. */
  private open = false

  constructor(
    private readonly run: Run,
    private readonly settings: LogSettings,
  ) {
    this.graph = settings.graph ? new Graph() : null
    this.decorations = settings.decorate ? new Decorations(run.repo) : null
  }

  print(commit: Commit, shown: Shown): void {
    const { run, settings, graph } = this
    const oneline = settings.format === 'oneline'
    const own = /^t?format:/.test(settings.format)
    const context: PrettyContext = {
      repo: run.repo,
      date: dateStyle(run, settings.date),
      decorations: this.decorations,
      abbreviate: (id) => run.abbreviate(id),
      short: settings.short,
      parents: shown.parents,
      showParents: settings.showParents,
      mark: graph ? '' : shown.mark && !own ? `${shown.mark} ` : shown.mark,
      ...(shown.reflog && { reflog: shown.reflog }),
    }
    const { head, body } = formatCommit(commit, settings.format, context)
    graph?.next(commit.id, shown.parents, shown.mark || '*')
    let text = ''
    const terminated = !settings.separator
    if (!this.first && !terminated) text += `${graph && !this.open ? graph.padding() : ''}\n`
    this.first = false
    if (graph) text += this.commitLines()
    if (head !== null) text += `${head}\n${graph ? graph.line().text : ''}`
    text += graph ? this.besideGraph(body) : body
    this.open = !body.endsWith('\n')
    if (terminated && body !== '') {
      text += `${graph && !this.open ? graph.padding() : ''}\n`
      this.open = false
    }
    run.out(text + this.diffText(shown.diff(), oneline, commit.parents.length > 1))
  }

  /** A message with the graph's lines before each line but its first, which stands behind the commit's own. */
  private besideGraph(body: string): string {
    const graph = this.graph!
    const ends = body.endsWith('\n')
    const lines = (ends ? body.slice(0, -1) : body).split('\n')
    let text = lines.map((line, i) => (i === 0 ? line : graph.line().text + line)).join('\n')
    if (ends) text += '\n'
    if (graph.finished) return text
    const rest: string[] = []
    while (!graph.finished) rest.push(graph.line().text)
    return `${text}${ends ? '' : '\n'}${rest.join('\n')}${ends ? '\n' : ''}`
  }

  private diffText(diff: string | null, oneline: boolean, merge: boolean): string {
    const { graph } = this
    // A merge that changed nothing of its own still has its empty line.
    if (diff === null || (!diff && !merge)) return ''
    const { formats } = this.settings.diff
    const both = formats.includes('patch') && formats.includes('stat')
    const prefix = () => graph?.padding() ?? ''
    const lead =
      oneline && !merge && this.settings.lines.length === 0
        ? ''
        : `${this.open ? '' : prefix()}${both ? '---' : ''}\n`
    this.open = false
    if (!graph || !diff) return lead + diff
    return (
      lead +
      diff
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => `${prefix()}${line}\n`)
        .join('')
    )
  }

  private commitLines(): string {
    let text = ''
    while (true) {
      const { text: line, commit } = this.graph!.line()
      text += line
      if (commit) return text
      text += '\n'
    }
  }
}

/** What a commit changed, in the formats asked for. */
export function commitDiff(
  run: Run,
  settings: LogSettings,
  commit: Commit,
  spec: Pathspec | null,
  followed: string | null,
  forShow = false,
): string | null {
  const { diff } = settings
  if (diff.none || (diff.formats.length === 0 && !forShow)) return null
  const { objects } = run.repo
  const fallback = forShow ? 'patch' : null
  if (commit.parents.length > 1 && settings.mergesAgainst === 'default') {
    if (!forShow && diff.combined === null) return null
    return mergeDiff(run, settings, commit, spec)
  }
  const parents =
    commit.parents.length === 0
      ? [null]
      : settings.mergesAgainst === 'each'
        ? commit.parents
        : commit.parents.slice(0, 1)
  return parents
    .map((parent) => {
      const before = parent ? objects.commit(parent).tree : null
      if (followed) {
        const pairs = diff
          .settle(treePairs(run, before, commit.tree))
          .filter((pair) => pathOf(pair) === followed)
        return formatDiff(run, pairs, diff, fallback)
      }
      return formatDiff(
        run,
        diff.settle(treePairs(run, before, commit.tree, spec ?? undefined)),
        diff,
        fallback,
      )
    })
    .join('')
}

/** A merge against its parents: only what is in none of them. */
function mergeDiff(run: Run, settings: LogSettings, commit: Commit, spec: Pathspec | null): string {
  const { repo } = run
  const { objects } = repo
  const { diff } = settings
  const trees = commit.parents.map((id) => versionsOfTree(repo, objects.commit(id).tree))
  const result = versionsOfTree(repo, commit.tree)
  const paths = [...new Set([...result.keys(), ...trees.flatMap((tree) => [...tree.keys()])])].sort()
  const files: CombinedFile[] = []
  for (const path of paths) {
    if (spec && !spec.matches(path)) continue
    const own = result.get(path) ?? null
    const parents = trees.map((tree): Version | null => tree.get(path) ?? null)
    if (parents.some((parent) => parent?.id === own?.id && parent?.mode === own?.mode)) continue
    files.push({ path, parents, result: own })
  }
  const formats = diff.formats.length > 0 ? diff.formats : ['patch']
  let text = ''
  if (
    formats.includes('stat') ||
    formats.includes('numstat') ||
    formats.includes('shortstat') ||
    formats.includes('summary')
  ) {
    const first = treePairs(run, objects.commit(commit.parents[0]!).tree, commit.tree, spec ?? undefined)
    const only = Object.assign(Object.create(Object.getPrototypeOf(diff)), diff, {
      formats: diff.formats.filter((one) => one !== 'patch' && !one.startsWith('name')),
    }) as DiffOptions
    text += formatDiff(run, diff.settle(first), only, null)
  }
  if (formats.includes('name-only')) text += files.map(({ path }) => `${quotePath(path)}\n`).join('')
  if (formats.includes('name-status'))
    text += files
      .map(
        ({ path, parents, result: own }) =>
          `${parents.map((parent) => (!own ? 'D' : !parent ? 'A' : 'M')).join('')}\t${quotePath(path)}\n`,
      )
      .join('')
  if (formats.includes('patch')) {
    const patches = files
      .map((file) =>
        formatCombined(
          file,
          (id) => (/^0+$/.test(id) ? id.slice(0, 7) : run.abbreviate(id)),
          diff.combined !== false,
        ),
      )
      .join('')
    if (text && patches) text += '\n'
    text += patches
  }
  return text
}

export async function show(run: Run, args: string[]): Promise<number | undefined> {
  const { repo } = run
  const { objects } = repo
  const settings = readLog(run, args)
  const divide = settings.words.indexOf('--')
  const before = divide < 0 ? settings.words : settings.words.slice(0, divide)
  const ranged = before.some((word) => word.includes('..'))
  if (ranged) {
    const found = findCommits(run, settings)
    const printer = new Printer(run, settings)
    for (const one of found.walked)
      printer.print(one.commit, {
        parents: one.parents,
        mark: '',
        diff: () => commitDiff(run, settings, one.commit, found.spec, null, true),
      })
    return
  }
  const selected = selectRevisions(run, settings.words, (a, b) => mergeBases(objects, a, b))
  if (selected.include.length === 0) {
    if (!repo.headId) die(`your current branch '${repo.branch}' does not have any commits yet`)
    selected.include.push({ id: repo.headId!, name: 'HEAD' })
  }
  const spec = selected.paths.length > 0 ? run.pathspec(selected.paths) : null
  const printer = new Printer(run, settings)
  let shownAny = false
  for (const { id, name } of selected.include) {
    let at = id
    const type = objects.typeOf(at)
    if (type === 'blob') {
      run.out(decode(objects.blob(at)))
      continue
    }
    if (type === 'tree') {
      if (shownAny) run.out('\n')
      run.out(
        `tree ${name}\n\n${objects
          .tree(at)
          .map((entry) => `${entry.name}${entry.mode === '40000' ? '/' : ''}\n`)
          .join('')}`,
      )
      shownAny = true
      continue
    }
    while (objects.typeOf(at) === 'tag') {
      const tag = objects.tag(at)
      if (shownAny) run.out('\n')
      run.out(`tag ${tag.tag}\n`)
      if (tag.tagger)
        run.out(
          `Tagger: ${tag.tagger.name} <${tag.tagger.email}>\nDate:   ${formatDate(tag.tagger.time, tag.tagger.zone, dateStyle(run, settings.date))}\n`,
        )
      run.out(`\n${tag.message}`)
      shownAny = true
      at = tag.object
      if (objects.typeOf(at) !== 'commit' && objects.typeOf(at) !== 'tag') break
    }
    if (objects.typeOf(at) === 'commit') {
      if (shownAny && type === 'tag') run.out('\n')
      const commit = objects.commit(at)
      printer.print(commit, {
        parents: commit.parents,
        mark: '',
        diff: () => commitDiff(run, settings, commit, spec, null, true),
      })
      shownAny = true
    } else if (type === 'tag')
      run.out(
        objects.typeOf(at) === 'blob'
          ? decode(objects.blob(at))
          : `\ntree ${name}\n\n${objects
              .tree(at)
              .map((entry) => `${entry.name}${entry.mode === '40000' ? '/' : ''}\n`)
              .join('')}`,
      )
  }
}

/** `git reflog`, and `log -g`. */
export async function reflog(
  run: Run,
  given: string[] | { ref: string; args?: string[]; settings?: LogSettings },
): Promise<number | undefined> {
  const { repo } = run
  let settings: LogSettings
  let name: string
  if (Array.isArray(given)) {
    const [verb, ...rest] = given
    if (verb === 'expire' || verb === 'delete') return expire(run, verb, rest)
    if (verb === 'exists') return repo.refs.hasLog(fullRefName(repo, rest[0] ?? 'HEAD') ?? '') ? 0 : 1
    settings = defaults(run)
    settings.format = 'oneline'
    settings.short = true
    settings.separator = false
    const read = readLog(run, verb === 'show' || verb === 'list' ? rest : given)
    const chosen = (verb === 'show' ? rest : given).some((arg) => /^--(pretty|format|oneline)/.test(arg))
    settings = { ...read, ...(!chosen && { format: 'oneline', short: true, separator: false }) }
    name = settings.words.find((word) => word !== '--') ?? 'HEAD'
  } else {
    settings = given.settings ?? readLog(run, given.args ?? [])
    name = given.ref
  }
  const at = /^(.*)@\{(.*)\}$/.exec(name)
  const base = at ? at[1] || (repo.branch ?? 'HEAD') : name
  const full = base === 'HEAD' || base === '@' ? 'HEAD' : fullRefName(repo, base)
  if (!full) {
    if (base === 'refs/stash') return
    unknown(name)
  }
  const entries = repo.refs.logOf(full!).reverse()
  const start = at && /^\d+$/.test(at[2]!) ? Number(at[2]) : 0
  const shortName = name === 'refs/stash' ? 'stash' : base.replace(/^refs\/(heads|remotes|tags)\//, '')
  const printer = new Printer(run, settings)
  const dated = settings.date !== 'default' || (at && !/^\d+$/.test(at[2]!))
  let shown = 0
  for (const [i, entry] of entries.entries()) {
    if (i < start + settings.skip) continue
    if (settings.count !== undefined && shown >= settings.count) break
    if (!repo.objects.has(entry.after) || repo.objects.typeOf(entry.after) !== 'commit') continue
    const commit = repo.objects.commit(entry.after)
    const selector = dated
      ? formatDate(entry.who.time, entry.who.zone, dateStyle(run, settings.date))
      : String(i)
    shown++
    printer.print(commit, {
      parents: commit.parents,
      mark: '',
      reflog: { selector: `${shortName}@{${selector}}`, entry },
      diff: () => commitDiff(run, settings, commit, null, null),
    })
  }
}

function expire(run: Run, verb: string, args: string[]): undefined {
  const { repo } = run
  if (verb === 'delete') {
    for (const word of args.filter((arg) => !arg.startsWith('-'))) {
      const match = /^(.*)@\{(\d+)\}$/.exec(word)
      const full = match && (match[1] === 'HEAD' ? 'HEAD' : fullRefName(repo, match[1]!))
      if (!match || !full) throw new Exit(1, `error: no reflog specified to delete\n`)
      const entries = repo.refs.logOf(full)
      entries.splice(entries.length - 1 - Number(match[2]), 1)
      repo.refs.writeLog(full, entries)
    }
    return
  }
  const now = args.some((arg) => /^--expire(-unreachable)?=(now|all)$/.test(arg))
  if (!now) return
  const names = args.includes('--all')
    ? ['HEAD', ...repo.refs.list().map(([name]) => name)]
    : args
        .filter((arg) => !arg.startsWith('-'))
        .map((arg) => (arg === 'HEAD' ? 'HEAD' : (fullRefName(repo, arg) ?? arg)))
  for (const name of names) if (repo.refs.hasLog(name)) repo.refs.writeLog(name, [])
}

/** `log -L start,end:file`: how some lines came to be. */
function lineLog(run: Run, settings: LogSettings): undefined {
  const { repo } = run
  const { objects } = repo
  const revisions = new Revisions(repo, run)
  const start = settings.words.find((word) => word !== '--') ?? 'HEAD'
  const tip = revisions.commit(start)
  const watch = settings.lines.map((text) => lineRange(run, tip, text))
  const printer = new Printer(run, settings)
  let commit: Commit | null = tip
  let ranges = watch
  let shown = 0
  while (commit && ranges.length > 0 && (settings.count === undefined || shown < settings.count)) {
    const one: Commit = commit
    const parent: Commit | null = one.parents[0] ? objects.commit(one.parents[0]) : null
    const own = versionsOfTree(repo, one.tree)
    const before: Map<string, Version> = parent
      ? versionsOfTree(repo, parent.tree)
      : new Map<string, Version>()
    let text = ''
    const next: typeof ranges = []
    for (const range of ranges) {
      const after = own.get(range.path)
      if (!after) continue
      let old = before.get(range.path)
      if (!old && parent) {
        const renamed = settings.diff
          .settle(treePairs(run, parent.tree, one.tree))
          .find((pair) => pair.status === 'R' && pair.after?.path === range.path)
        old = renamed?.before ?? undefined
      }
      if (old?.id === after.id) {
        next.push({ ...range, path: old.path })
        continue
      }
      const [a, b] = [splitLines(old ? decode(old.bytes()) : ''), splitLines(decode(after.bytes()))]
      const changes = diffLines(a, b, { indent: true })
      const touching = changes.filter(
        (change) =>
          change.newStart < range.end &&
          (change.newStart + Math.max(change.newCount, 0) > range.start ||
            (change.newCount === 0 && change.newStart > range.start)),
      )
      const shift = (line: number, atEnd: boolean): number => {
        let delta = 0
        for (const change of changes) {
          const past = atEnd
            ? change.newStart + change.newCount <= line
            : change.newStart + change.newCount <= line
          if (past) delta += change.count - change.newCount
          else if (change.newStart < line) return atEnd ? change.start + change.count : change.start
        }
        return line + delta
      }
      const from = shift(range.start, false)
      const to = shift(range.end, true)
      if (touching.length > 0) {
        const pair: FilePair = { status: old ? 'M' : 'A', before: old ?? null, after }
        const header = formatPatch(pair, { ...settings.diff.patchStyle(run) })
          .split('\n')
          .filter((line) => /^(diff --git|--- |\+\+\+ )/.test(line))
          .slice(0, 3)
          .join('\n')
        const lines: string[] = []
        let [_x, y] = [from, range.start]
        for (const change of touching) {
          while (y < change.newStart && y < range.end) {
            lines.push(` ${b[y]}`)
            _x++
            y++
          }
          for (let n = 0; n < change.count; n++) lines.push(`-${a[change.start + n]}`)
          for (let n = 0; n < change.newCount; n++)
            if (change.newStart + n >= range.start && change.newStart + n < range.end)
              lines.push(`+${b[change.newStart + n]}`)
          _x = change.start + change.count
          y = Math.max(y, change.newStart + change.newCount)
        }
        while (y < range.end) lines.push(` ${b[y++]}`)
        const closed = lines.map((line) =>
          line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`,
        )
        const place = old ? `-${from + 1},${to - from}` : '-0,0'
        text += `${header}\n@@ ${place} +${range.start + 1},${range.end - range.start} @@\n${closed.join('')}`
      }
      if (old && to > from) next.push({ path: old.path, start: from, end: to })
    }
    if (text) {
      shown++
      printer.print(one, { parents: one.parents, mark: '', diff: () => (settings.diff.none ? null : text) })
    }
    ranges = next
    commit = parent
  }
}

function lineRange(run: Run, tip: Commit, text: string): { path: string; start: number; end: number } {
  const named = /^:(.+):(.+)$/.exec(text)
  const plain = /^(\/(?:[^/\\]|\\.)*\/|\d+)?(?:,(\/(?:[^/\\]|\\.)*\/|[+-]?\d+)?)?:(.+)$/.exec(text)
  const path = run.pathInTree(
    (named?.[2] ?? plain?.[3]) || die(`-L argument not 'start,end:file' or ':funcname:file': ${text}`),
  )
  const version =
    versionsOfTree(run.repo, tip.tree).get(path) ?? die(`There is no path ${path} in the commit`)
  const lines = splitLines(decode(version.bytes()))
  if (named) {
    const test = basicRegex(named[1]!, '', false, false)
    const isHead = (line: string) => /^[A-Za-z_$]/.test(line)
    const start = lines.findIndex((line) => isHead(line) && test.test(line))
    if (start < 0) die(`-L parameter '${named[1]}' starting at line 1: no match`)
    const rest = lines.slice(start + 1).findIndex(isHead)
    return { path, start, end: rest < 0 ? lines.length : start + 1 + rest }
  }
  const place = (part: string | undefined, from: number, missing: number): number => {
    if (part === undefined || part === '') return missing
    if (part.startsWith('/')) {
      const at = lines.findIndex(
        (line, i) => i >= from && basicRegex(part.slice(1, -1), '', false, false).test(line),
      )
      if (at < 0) die(`-L parameter '${part.slice(1, -1)}' starting at line ${from + 1}: no match`)
      return at + 1
    }
    if (part.startsWith('+')) return from + Number(part.slice(1))
    if (part.startsWith('-')) return from + 2 - Number(part.slice(1))
    return Number(part)
  }
  const start = place(plain?.[1], 0, 1)
  if (start > lines.length) die(`file ${path} has only ${lines.length} line${lines.length === 1 ? '' : 's'}`)
  const end = Math.min(place(plain?.[2], start - 1, lines.length), lines.length)
  return { path, start: Math.min(start, end) - 1, end: Math.max(start, end) }
}

export function shortlog(run: Run, args: string[]): void {
  const flags = args.filter((arg) => /^-[nse]+$/.test(arg)).join('')
  const [numbered, summary, email] = ['n', 's', 'e'].map((letter) => flags.includes(letter)) as [
    boolean,
    boolean,
    boolean,
  ]
  const rest = args.filter(
    (arg) => !/^-[nse]+$/.test(arg) && !['--numbered', '--summary', '--email'].includes(arg),
  )
  const settings = readLog(run, rest)
  const found = findCommits(run, settings)
  const people = new Map<string, string[]>()
  for (const { commit } of found.walked) {
    const key = email ? `${commit.author.name} <${commit.author.email}>` : commit.author.name
    people.set(key, [subjectOf(commit.message), ...(people.get(key) ?? [])])
  }
  const rows = [...people].sort(([a], [b]) => (a < b ? -1 : 1))
  if (numbered || args.includes('--numbered')) rows.sort(([, a], [, b]) => b.length - a.length)
  for (const [name, subjects] of rows) {
    if (summary || args.includes('--summary')) run.out(`${String(subjects.length).padStart(6)}\t${name}\n`)
    else
      run.out(`${name} (${subjects.length}):\n${subjects.map((subject) => `      ${subject}\n`).join('')}\n`)
  }
}
