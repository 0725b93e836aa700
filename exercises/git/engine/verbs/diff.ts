/** `git diff`, and the options of differences that log, show and stash share. */
import { type CombinedFile, formatCombined } from '../combined-diff'
import {
  compareVersions,
  detectRenames,
  type FilePair,
  pathOf,
  type Version,
  type Versions,
} from '../file-diff'
import { mergeBases } from '../history'
import type { DiffStyle } from '../line-diff'
import { type Id, ZERO_ID } from '../objects'
import {
  formatNameStatus,
  formatNumstat,
  formatPatch,
  formatRaw,
  formatStat,
  formatSummary,
  type PatchStyle,
  quotePath,
  shortStat,
  statOf,
} from '../patch'
import type { Pathspec } from '../paths'
import { Revisions, selectRevisions } from '../revisions'
import { die, Exit, type Run } from '../run'
import { unstagedPairs, versionOnDisk, versionsOfIndex, versionsOfTree } from '../worktree'
import { decode, joinPath } from '../world'

const FORMATS = [
  'patch',
  'stat',
  'shortstat',
  'numstat',
  'summary',
  'name-only',
  'name-status',
  'raw',
  'check',
] as const
type Format = (typeof FORMATS)[number]

/** How differences are to be shown; read word by word from a command's arguments. */
export class DiffOptions {
  formats: Format[] = []
  none = false
  context: number | undefined
  renames = true
  copies = false
  least = 50
  style: DiffStyle = {}
  words = false
  reverse = false
  fullIndex = false
  prefixes: { before: string; after: string } | undefined
  filter: string | undefined
  quiet = false
  exitCode = false
  colour = false
  nul = false
  pickaxe: { kind: 'S' | 'G'; text: string; regex: boolean; all: boolean } | null = null
  combined: boolean | null = null
  statWidth = 80
  relative = false

  /** @returns how many words it took: 0 for one that is not about differences. */
  take(args: string[], i: number): number {
    const arg = args[i]!
    const value = /^--[a-z-]+=(.*)$/s.exec(arg)?.[1]
    const name = arg.replace(/=.*$/s, '')
    const format = (one: Format) => {
      if (!this.formats.includes(one)) this.formats.push(one)
      return 1
    }
    switch (name) {
      case '-p':
      case '-u':
      case '--patch':
        return format('patch')
      case '-s':
      case '--no-patch':
        this.none = true
        this.formats = []
        return 1
      case '--stat':
        if (value) this.statWidth = Number(value.split(',')[0])
        return format('stat')
      case '--shortstat':
      case '--numstat':
      case '--summary':
      case '--name-only':
      case '--name-status':
      case '--raw':
      case '--check':
        return format(name.slice(2) as Format)
      case '--patch-with-stat':
        format('stat')
        return format('patch')
      case '--unified':
        this.context = Number(value)
        return format('patch')
      case '-M':
      case '--find-renames':
        this.renames = true
        if (value) this.least = Number(value.replace('%', ''))
        return 1
      case '--no-renames':
        this.renames = false
        return 1
      case '-C':
      case '--find-copies':
      case '--find-copies-harder':
        this.copies = true
        return 1
      case '-w':
      case '--ignore-all-space':
        this.style.spaces = 'all'
        return 1
      case '-b':
      case '--ignore-space-change':
        this.style.spaces = 'amount'
        return 1
      case '--ignore-space-at-eol':
        this.style.spaces = 'end'
        return 1
      case '--ignore-blank-lines':
        this.style.blankLines = true
        return 1
      case '--word-diff':
      case '--color-words':
        this.words = value !== 'none'
        return format('patch')
      case '-R':
        this.reverse = true
        return 1
      case '--full-index':
        this.fullIndex = true
        return 1
      case '--no-prefix':
        this.prefixes = { before: '', after: '' }
        return 1
      case '--diff-filter':
        this.filter = value
        return 1
      case '--quiet':
        this.quiet = true
        this.exitCode = true
        return 1
      case '--exit-code':
        this.exitCode = true
        return 1
      case '--color':
        this.colour = value !== 'never' && value !== 'auto'
        return 1
      case '--cc':
        this.combined = true
        return format('patch')
      case '-c':
        this.combined = false
        return format('patch')
      case '-z':
        this.nul = true
        return 1
      case '--pickaxe-regex':
        if (this.pickaxe) this.pickaxe.regex = true
        return 1
      case '--pickaxe-all':
        if (this.pickaxe) this.pickaxe.all = true
        return 1
      case '--no-color':
      case '--no-ext-diff':
      case '--text':
      case '-a':
      case '--minimal':
      case '--patience':
      case '--histogram':
      case '--diff-algorithm':
      case '--indent-heuristic':
      case '--no-indent-heuristic':
      case '--no-textconv':
      case '--abbrev':
      case '--relative':
      case '--no-relative':
        return 1
    }
    const unified = /^-U(\d+)$/.exec(arg)
    if (unified) {
      this.context = Number(unified[1])
      return format('patch')
    }
    const renames = /^-([MC])(\d+)%?$/.exec(arg)
    if (renames) {
      this.renames = true
      this.copies ||= renames[1] === 'C'
      this.least = Number(renames[2]!.length === 1 ? `${renames[2]}0` : renames[2])
      return 1
    }
    const pickaxe = /^-([SG])(.*)$/s.exec(arg)
    if (pickaxe) {
      const text = pickaxe[2] || args[i + 1] || ''
      this.pickaxe = { kind: pickaxe[1] as 'S' | 'G', text, regex: pickaxe[1] === 'G', all: false }
      return pickaxe[2] ? 1 : 2
    }
    return 0
  }

  patchStyle(run: Run): PatchStyle {
    return {
      ...this.style,
      ...(this.context !== undefined && { context: this.context }),
      ...(this.prefixes && { prefixes: this.prefixes }),
      words: this.words,
      colour: this.colour,
      abbreviate: (id) => (this.fullIndex ? id : id === ZERO_ID ? id.slice(0, 7) : run.abbreviate(id)),
    }
  }

  /** Renames found, filters and `-S` applied, sides swapped where asked. */
  settle(pairs: FilePair[]): FilePair[] {
    let list = this.reverse ? pairs.map(swap) : pairs
    if (this.renames) list = detectRenames(list, { copies: this.copies, least: this.least })
    if (this.pickaxe) {
      const hits = list.filter((pair) => this.hits(pair))
      list = this.pickaxe.all && hits.length > 0 ? list : hits
    }
    const { filter } = this
    if (filter) {
      const lower = [...filter]
        .filter((letter) => letter === letter.toLowerCase())
        .map((letter) => letter.toUpperCase())
      const upper = [...filter].filter((letter) => letter !== letter.toLowerCase())
      list = list.filter(
        (pair) => (upper.length === 0 || upper.includes(pair.status)) && !lower.includes(pair.status),
      )
    }
    return list
  }

  private hits(pair: FilePair): boolean {
    const { kind, text, regex } = this.pickaxe!
    const [a, b] = [pair.before, pair.after].map((version) => (version ? decode(version.bytes()) : ''))
    if (kind === 'S') {
      const count = (body: string) =>
        regex ? [...body.matchAll(new RegExp(text, 'gm'))].length : body.split(text).length - 1
      return count(a!) !== count(b!)
    }
    const test = new RegExp(text, 'm')
    return formatPatch(pair, { abbreviate: (id) => id })
      .split('\n')
      .some((line) => /^[+-](?![+-]{2} )/.test(line) && test.test(line.slice(1)))
  }
}

const swap = (pair: FilePair): FilePair => ({
  status: pair.status === 'A' ? 'D' : pair.status === 'D' ? 'A' : pair.status,
  before: pair.after && { ...pair.after },
  after: pair.before && { ...pair.before },
})

/** All the formats that were asked for, in git's order. */
export function formatDiff(
  run: Run,
  pairs: FilePair[],
  options: DiffOptions,
  fallback: Format | null,
  onDisk = false,
): string {
  const formats = options.formats.length > 0 || options.none ? options.formats : fallback ? [fallback] : []
  const style = options.patchStyle(run)
  const stats = () => pairs.map((pair) => statOf(pair, options.style))
  let text = ''
  const end = options.nul ? '\0' : '\n'
  for (const format of [
    'raw',
    'name-only',
    'name-status',
    'check',
    'numstat',
    'stat',
    'shortstat',
    'summary',
  ] as const) {
    if (!formats.includes(format)) continue
    if (format === 'raw')
      text += formatRaw(pairs, (id) => (id === ZERO_ID ? id.slice(0, 7) : run.abbreviate(id)), onDisk)
    else if (format === 'name-only')
      text += pairs.map((pair) => `${options.nul ? pathOf(pair) : quotePath(pathOf(pair))}${end}`).join('')
    else if (format === 'name-status') text += formatNameStatus(pairs)
    else if (format === 'numstat') text += formatNumstat(pairs, options.style)
    else if (format === 'stat') text += formatStat(stats(), options.statWidth, options.colour)
    else if (format === 'shortstat') text += shortStat(stats())
    else if (format === 'summary') text += formatSummary(pairs)
    else text += checkText(pairs)
  }
  if (formats.includes('patch')) {
    const patches = pairs.map((pair) => formatPatch(pair, style)).join('')
    if (text && patches) text += '\n'
    text += patches
  }
  return text
}

/** `--check`: spaces at line ends, and conflict markers, in what was added. */
function checkText(pairs: FilePair[]): string {
  let text = ''
  for (const pair of pairs) {
    if (!pair.after) continue
    let line = 0
    for (const raw of formatPatch(pair, { abbreviate: (id) => id }).split('\n')) {
      const start = /^@@ -\S+ \+(\d+)/.exec(raw)
      if (start) line = Number(start[1]) - 1
      else if (/^(\+\+\+ |--- |diff |index )/.test(raw) && line === 0) continue
      else if (raw.startsWith('+')) {
        line++
        const body = raw.slice(1)
        if (/^(<{7}|={7}|>{7}|\|{7})( |$)/.test(body))
          text += `${pair.after.path}:${line}: leftover conflict marker\n`
        if (/[ \t]+$/.test(body)) text += `${pair.after.path}:${line}: trailing whitespace.\n+${body}\n`
        else if (/^ +\t/.test(body))
          text += `${pair.after.path}:${line}: space before tab in indent.\n+${body}\n`
      } else if (raw.startsWith(' ')) line++
    }
  }
  return text
}

/** Pairs between two trees, limited to paths. */
export function treePairs(run: Run, before: Id | null, after: Id | null, spec?: Pathspec): FilePair[] {
  const keep = (versions: Map<string, Version>): Versions => {
    if (!spec || spec.isEmpty) return versions
    return new Map([...versions].filter(([path]) => spec.matches(path)))
  }
  return compareVersions(keep(versionsOfTree(run.repo, before)), keep(versionsOfTree(run.repo, after)))
}

/** What stands between a file's versions in a merge and the file now. */
function conflictedFiles(
  run: Run,
  spec: Pathspec,
  stage: 'base' | 'ours' | 'theirs' | null,
): { text: string; pairs: FilePair[] } {
  const { repo } = run
  let text = ''
  const pairs: FilePair[] = []
  const version = (entry: { path: string; mode: string; id: Id } | undefined): Version | null =>
    entry ? { ...entry, bytes: () => repo.objects.blob(entry.id) } : null
  for (const [path, stages] of repo.index.unmerged()) {
    if (!spec.matches(path)) continue
    const disk = versionOnDisk(repo, path)
    if (stage) {
      const before = version(stages[stage])
      text += `* Unmerged path ${quotePath(path)}\n`
      if (before && disk && before.id !== disk.id) pairs.push({ status: 'M', before, after: disk })
      continue
    }
    const file: CombinedFile = {
      path,
      parents: [version(stages.ours), version(stages.theirs)],
      result: disk,
      onDisk: true,
    }
    if (stages.ours && stages.theirs && disk) {
      const own = formatCombined(file, (id) => (id === ZERO_ID ? id.slice(0, 7) : run.abbreviate(id)))
      text +=
        own ||
        `diff --cc ${quotePath(path)}\nindex ${run.abbreviate(stages.ours.id)},${run.abbreviate(stages.theirs.id)}..0000000\n`
    } else text += `* Unmerged path ${quotePath(path)}\n`
  }
  return { text, pairs }
}

export async function diff(run: Run, args: string[]): Promise<number | undefined> {
  const options = new DiffOptions()
  const words: string[] = []
  let cached = false
  let base = false
  let stage: 'base' | 'ours' | 'theirs' | null = null
  for (let i = 0; i < args.length; ) {
    const arg = args[i]!
    if (arg === '--') {
      words.push(...args.slice(i))
      break
    }
    const taken = arg.startsWith('-') && arg !== '-' ? options.take(args, i) : 0
    if (taken > 0) {
      i += taken
      continue
    }
    i++
    if (arg === '--cached' || arg === '--staged') cached = true
    else if (arg === '--merge-base') base = true
    else if (arg === '--base' || arg === '-1') stage = 'base'
    else if (arg === '--ours' || arg === '-2') stage = 'ours'
    else if (arg === '--theirs' || arg === '-3') stage = 'theirs'
    else if (arg === '--no-index') die('--no-index is not modelled here: use diff')
    else if (arg.startsWith('-') && arg !== '-') throw new Exit(129, `error: invalid option: ${arg}\n`)
    else words.push(arg)
  }
  if (!run.repository) {
    throw new Exit(
      129,
      'warning: Not a git repository. Use --no-index to compare two paths outside a working tree\nusage: git diff --no-index [<options>] <path> <path>\n',
    )
  }
  const { repo } = run
  const { objects } = repo
  const blobs = blobPair(run, words)
  if (blobs) return show(run, blobs, options, false)
  const selected = selectRevisions(run, words, (a, b) => mergeBases(objects, a, b))
  const spec = run.pathspec(selected.paths)
  const revisions = new Revisions(repo, run)
  const treeOf = (name: string) => revisions.findTree(name) ?? die(`bad object ${name}`)
  const [range] = selected.ranges
  if (range) {
    let before: Id | null = treeOf(range.left)
    if (range.dots === 3) {
      const [ancestor] = mergeBases(
        objects,
        revisions.commit(range.left).id,
        revisions.commit(range.right).id,
      )
      if (!ancestor) die(`${range.left}...${range.right}: no merge base`)
      before = objects.commit(ancestor!).tree
    }
    return show(run, treePairs(run, before, treeOf(range.right), spec), options, false)
  }
  const names = selected.include.map(({ name }) => name)
  if (names.length > 2) throw new Exit(129, 'usage: git diff [<options>] [<commit>] [--] [<path>...]\n')
  if (names.length === 2) {
    const [a, b] = names as [string, string]
    let before: Id | null = treeOf(a)
    if (base)
      before = objects.commit(mergeBases(objects, revisions.commit(a).id, revisions.commit(b).id)[0]!).tree
    return show(run, treePairs(run, before, treeOf(b), spec), options, false)
  }
  if (cached) {
    let tree = names[0] ? treeOf(names[0]) : (repo.head?.tree ?? null)
    if (base && names[0])
      tree = objects.commit(mergeBases(objects, revisions.commit(names[0]).id, repo.headId!)[0]!).tree
    const unmerged = repo.index.unmerged()
    const staged = new Map([...versionsOfIndex(repo)].filter(([path]) => spec.matches(path)))
    const before = new Map(
      [...versionsOfTree(repo, tree)].filter(([path]) => spec.matches(path) && !unmerged.has(path)),
    )
    const pairs = compareVersions(before, staged)
    for (const path of unmerged.keys())
      if (spec.matches(path))
        pairs.push({
          status: 'U',
          before: null,
          after: { path, mode: '000000', id: ZERO_ID, bytes: () => new Uint8Array(0) },
        })
    pairs.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))
    return show(run, pairs, options, false)
  }
  run.tree
  if (names.length === 1) {
    let tree = treeOf(names[0]!)
    if (base)
      tree = objects.commit(mergeBases(objects, revisions.commit(names[0]!).id, repo.headId!)[0]!).tree
    const before = new Map([...versionsOfTree(repo, tree)].filter(([path]) => spec.matches(path)))
    const after = new Map<string, Version>()
    for (const entry of repo.index.all()) {
      if (!spec.matches(entry.path)) continue
      const disk = versionOnDisk(repo, entry.path)
      if (disk) after.set(entry.path, disk)
    }
    return show(run, compareVersions(before, after), options, true)
  }
  const conflicts = repo.index.hasUnmerged ? conflictedFiles(run, spec, stage) : null
  const pairs = unstagedPairs(repo).filter((pair) => spec.matches(pathOf(pair)))
  if (conflicts && (options.formats.length === 0 || options.formats.includes('patch'))) {
    if (!options.quiet) {
      run.out(conflicts.text)
      run.out(formatDiff(run, options.settle([...conflicts.pairs, ...pairs]), options, 'patch', true))
    }
    return options.exitCode ? 1 : undefined
  }
  if (conflicts) {
    const unmerged = [...repo.index.unmerged().keys()].filter((path) => spec.matches(path))
    const marks = unmerged.map(
      (path): FilePair => ({
        status: 'U',
        before: null,
        after: { path, mode: '000000', id: ZERO_ID, bytes: () => new Uint8Array(0) },
      }),
    )
    const modified = [...repo.index.unmerged()].flatMap(([path, stages]): FilePair[] => {
      const disk = versionOnDisk(repo, path)
      const ours = stages.ours
      return ours && disk && spec.matches(path)
        ? [{ status: 'M', before: { ...ours, bytes: () => repo.objects.blob(ours.id) }, after: disk }]
        : []
    })
    const all = [...marks, ...modified, ...pairs].sort((a, b) =>
      pathOf(a) < pathOf(b) ? -1 : pathOf(a) > pathOf(b) ? 1 : a.status === 'U' ? -1 : 1,
    )
    return show(run, all, options, true)
  }
  return show(run, pairs, options, true)
}

function show(run: Run, pairs: FilePair[], options: DiffOptions, onDisk: boolean): number | undefined {
  const settled = options.settle(pairs)
  if (!options.quiet) {
    const text = formatDiff(run, settled, options, 'patch', onDisk)
    run.out(text)
    if (options.formats.includes('check') && text) return 2
  }
  return options.exitCode && settled.length > 0 ? 1 : undefined
}

/** `git diff HEAD~1:a.py HEAD:a.py`: two blobs. */
function blobPair(run: Run, words: string[]): FilePair[] | null {
  if (words.length !== 2 || !words.every((word) => word.includes(':'))) return null
  const revisions = new Revisions(run.repo, run)
  const versions = words.map((word): Version | null => {
    const id = revisions.find(word)
    if (!id || run.repo.objects.typeOf(id) !== 'blob') return null
    const path = word.slice(word.indexOf(':') + 1).replace(/^\d:/, '')
    return { path, mode: '100644', id, bytes: () => run.repo.objects.blob(id) }
  })
  const [before, after] = versions
  if (!before || !after) return null
  return before.id === after.id ? [] : [{ status: 'M', before, after }]
}

export const placeOf = (run: Run, path: string) => joinPath(run.cwd, path)
