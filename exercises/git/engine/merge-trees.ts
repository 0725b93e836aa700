/**
 * Merges two trees that come from one, file by file: renames are followed, texts are merged by line, and what cannot be
 * settled is left with its versions for the index and its markers for the file, in the words of git's own merge.
 */
import { compareVersions, detectRenames, type Version } from './file-diff'
import { mergeBases } from './history'
import { filesOf, type Stages, type TreeFile, writeTreeOf } from './index-file'
import { type MergeFavour, mergeTexts } from './line-merge'
import { type Id, MODE } from './objects'
import type { Repository } from './repository'
import { compareNames, decode, decodeText } from './world'

export type MergeLabels = { ours: string; theirs: string; base: string }

export type MergeOptions = {
  labels: MergeLabels
  favour?: MergeFavour
  conflictStyle?: string
  spaces?: 'all' | 'amount' | 'end'
  renames?: boolean
  /** How deep inside a merge of common ancestors this one is. */
  depth?: number
}

export type MergeResult = {
  /** Every file of the outcome; one in conflict with its markers. */
  files: Map<string, TreeFile>
  /** The versions that disagree, by path. */
  conflicts: Map<string, Stages>
  /** What git says about it, in the order it says it. */
  messages: string[]
}

type Entry = Stages & { names?: { base: string; ours: string; theirs: string } }

const kindOf = (file: TreeFile) => file.mode.slice(0, 3)
const same = (a: TreeFile | undefined, b: TreeFile | undefined) => a?.id === b?.id && a?.mode === b?.mode

export function mergeTrees(
  repo: Repository,
  base: Id | null,
  ours: Id | null,
  theirs: Id | null,
  options: MergeOptions,
): MergeResult {
  return new TreeMerge(repo, options).merge(
    filesOf(repo.objects, base),
    filesOf(repo.objects, ours),
    filesOf(repo.objects, theirs),
  )
}

/** The tree that a merge of two commits starts from: their ancestor's, or where they have several, those merged. */
export function mergeBaseTree(repo: Repository, bases: Id[], depth = 0): Id | null {
  const [first, ...others] = bases
  if (!first) return null
  let tree = repo.objects.commit(first).tree
  let at = first
  for (const other of others) {
    const inner = mergeBaseTree(repo, mergeBases(repo.objects, at, other), depth + 1)
    const labels = {
      ours: 'Temporary merge branch 1',
      theirs: 'Temporary merge branch 2',
      base: 'merged common ancestors',
    }
    const merged = mergeTrees(repo, inner, tree, repo.objects.commit(other).tree, {
      labels,
      depth: depth + 1,
    })
    tree = writeTreeOf(repo.objects, [...merged.files.values()])
    at = other
  }
  return tree
}

class TreeMerge {
  private readonly files = new Map<string, TreeFile>()
  private readonly conflicts = new Map<string, Stages>()
  private readonly said: { path: string; text: string }[] = []

  constructor(
    private readonly repo: Repository,
    private readonly options: MergeOptions,
  ) {}

  merge(
    base: Map<string, TreeFile>,
    ours: Map<string, TreeFile>,
    theirs: Map<string, TreeFile>,
  ): MergeResult {
    const entries = new Map<string, Entry>()
    for (const path of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()]))
      entries.set(path, { base: base.get(path), ours: ours.get(path), theirs: theirs.get(path) })
    if (this.options.renames !== false) this.followRenames(entries, base, ours, theirs)
    for (const path of [...entries.keys()].sort(compareNames)) this.settle(path, entries.get(path)!)
    this.separateFoldersFromFiles()
    const messages = this.said
      .map((one, order) => ({ ...one, order }))
      .sort((a, b) => compareNames(a.path, b.path) || a.order - b.order)
      .map(({ text }) => text)
    return { files: this.files, conflicts: this.conflicts, messages }
  }

  private say(path: string, text: string): void {
    this.said.push({ path, text })
  }

  private renamesOf(base: Map<string, TreeFile>, side: Map<string, TreeFile>): Map<string, string> {
    const gone = new Map<string, Version>()
    const come = new Map<string, Version>()
    const version = (file: TreeFile): Version => ({ ...file, bytes: () => this.repo.objects.blob(file.id) })
    for (const [path, file] of base) if (!side.has(path)) gone.set(path, version(file))
    for (const [path, file] of side) if (!base.has(path)) come.set(path, version(file))
    const found = new Map<string, string>()
    for (const pair of detectRenames(compareVersions(gone, come), { emptyToo: false }))
      if (pair.status === 'R') found.set(pair.before!.path, pair.after!.path)
    return found
  }

  private followRenames(
    entries: Map<string, Entry>,
    base: Map<string, TreeFile>,
    ours: Map<string, TreeFile>,
    theirs: Map<string, TreeFile>,
  ): void {
    const { labels } = this.options
    const [byUs, byThem] = [this.renamesOf(base, ours), this.renamesOf(base, theirs)]
    for (const old of [...new Set([...byUs.keys(), ...byThem.keys()])].sort(compareNames)) {
      const origin = base.get(old)!
      const [toUs, toThem] = [byUs.get(old), byThem.get(old)]
      if (toUs && toThem && toUs !== toThem) {
        this.say(
          old,
          `CONFLICT (rename/rename): ${old} renamed to ${toUs} in ${labels.ours} and to ${toThem} in ${labels.theirs}.`,
        )
        this.splitRename(entries, old, origin, ours.get(toUs)!, theirs.get(toThem)!)
        continue
      }
      const to = (toUs ?? toThem)!
      const target = entries.get(to) ?? {}
      if (toUs && toThem) {
        entries.delete(old)
        entries.set(to, {
          ...target,
          base: { ...origin, path: to },
          names: { base: old, ours: to, theirs: to },
        })
        continue
      }
      const other = toUs ? theirs.get(old) : ours.get(old)
      if (!other) {
        entries.delete(old)
        const [renamer, deleter] = toUs ? [labels.ours, labels.theirs] : [labels.theirs, labels.ours]
        const alone = toUs ? !target.theirs : !target.ours
        if (!alone) continue
        this.say(
          to,
          `CONFLICT (rename/delete): ${old} renamed to ${to} in ${renamer}, but deleted in ${deleter}.`,
        )
        const kept = (toUs ? target.ours : target.theirs)!
        entries.delete(to)
        this.files.set(to, kept)
        this.conflicts.set(to, {
          base: { ...origin, path: to },
          ...(toUs ? { ours: kept } : { theirs: kept }),
        })
        if (kept.id !== origin.id) this.modifyDelete(to, renamer, deleter)
        continue
      }
      if (toUs ? target.theirs : target.ours) continue
      entries.delete(old)
      entries.set(to, {
        base: { ...origin, path: to },
        ours: toUs ? target.ours : { ...other, path: to },
        theirs: toUs ? { ...other, path: to } : target.theirs,
        names: { base: old, ours: toUs ? to : old, theirs: toUs ? old : to },
      })
    }
  }

  private splitRename(
    entries: Map<string, Entry>,
    old: string,
    origin: TreeFile,
    ours: TreeFile,
    theirs: TreeFile,
  ): void {
    entries.delete(old)
    entries.delete(ours.path)
    entries.delete(theirs.path)
    const names = { base: old, ours: ours.path, theirs: theirs.path }
    const merged = this.mergeContent(ours.path, { base: origin, ours, theirs, names }, true)
    this.conflicts.set(old, { base: origin })
    this.conflicts.set(ours.path, { ours: { ...ours, id: merged.id } })
    this.conflicts.set(theirs.path, { theirs: { ...theirs, id: merged.id } })
    this.files.set(ours.path, { ...ours, id: merged.id })
    this.files.set(theirs.path, { ...theirs, id: merged.id })
  }

  private settle(path: string, entry: Entry): void {
    const { base, ours, theirs } = entry
    if (same(ours, theirs) || same(base, theirs)) {
      if (ours) this.files.set(path, { ...ours, path })
      return
    }
    if (same(base, ours)) {
      if (theirs) this.files.set(path, { ...theirs, path })
      return
    }
    const { labels } = this.options
    if (ours && theirs) {
      if (kindOf(ours) !== kindOf(theirs)) {
        this.typesDiffer(path, entry)
        return
      }
      const merged = this.mergeContent(path, entry, false)
      this.files.set(path, { path, mode: merged.mode, id: merged.id })
      if (!merged.clean) {
        const kind = base ? 'content' : 'add/add'
        this.say(path, `CONFLICT (${kind}): Merge conflict in ${path}`)
        this.conflicts.set(path, stagesOf(path, entry))
      }
      return
    }
    const kept = (ours ?? theirs)!
    const [modifier, deleter] = ours ? [labels.ours, labels.theirs] : [labels.theirs, labels.ours]
    this.files.set(path, { ...kept, path })
    this.conflicts.set(path, stagesOf(path, entry))
    this.modifyDelete(path, modifier, deleter)
  }

  private modifyDelete(path: string, modifier: string, deleter: string): void {
    this.say(
      path,
      `CONFLICT (modify/delete): ${path} deleted in ${deleter} and modified in ${modifier}.  Version ${modifier} of ${path} left in tree.`,
    )
  }

  private typesDiffer(path: string, { ours, theirs }: Entry): void {
    const { labels } = this.options
    const linkIsOurs = kindOf(ours!) !== '100'
    const renamed = `${path}~${clean(linkIsOurs ? labels.ours : labels.theirs)}`
    this.say(
      path,
      `CONFLICT (distinct types): ${path} had different types on each side; renamed one of them so each can be recorded somewhere.`,
    )
    const [plain, other] = linkIsOurs ? [theirs!, ours!] : [ours!, theirs!]
    this.files.set(path, { ...plain, path })
    this.files.set(renamed, { ...other, path: renamed })
    this.conflicts.set(path, linkIsOurs ? { theirs: plain } : { ours: plain })
    this.conflicts.set(
      renamed,
      linkIsOurs ? { ours: { ...other, path: renamed } } : { theirs: { ...other, path: renamed } },
    )
  }

  private mergeContent(
    path: string,
    entry: Entry,
    always: boolean,
  ): { clean: boolean; mode: string; id: Id } {
    const { base, ours, theirs } = entry
    const { labels } = this.options
    const mode = base && base.mode === ours!.mode ? theirs!.mode : ours!.mode
    const modesAgree =
      ours!.mode === theirs!.mode || !base || base.mode === ours!.mode || base.mode === theirs!.mode
    const clean = (id: Id) => ({ clean: modesAgree, mode, id })
    if (ours!.id === theirs!.id) return clean(ours!.id)
    if (base?.id === ours!.id) return clean(theirs!.id)
    if (base?.id === theirs!.id) return clean(ours!.id)
    if (kindOf(ours!) === '120') return { clean: false, mode, id: ours!.id }
    if (!always || entry.names) this.say(path, `Auto-merging ${path}`)
    const text = (file: TreeFile | undefined) => (file ? decodeText(this.repo.objects.blob(file.id)) : '')
    const [a, o, b] = [text(ours), text(base), text(theirs)]
    if (a === null || o === null || b === null) {
      if (this.options.favour === 'theirs') return clean(theirs!.id)
      if (this.options.favour === 'ours') return clean(ours!.id)
      this.say(path, `warning: Cannot merge binary files: ${path} (${labels.ours} vs. ${labels.theirs})`)
      return { clean: false, mode, id: ours!.id }
    }
    const { names } = entry
    const moved = names && !(names.base === names.ours && names.ours === names.theirs)
    const label = (name: string, at: string) => (moved ? `${name}:${at}` : name)
    const merged = mergeTexts(o, a, b, {
      favour: this.options.favour ?? null,
      labels: {
        ours: label(labels.ours, names?.ours ?? path),
        base: label(labels.base, names?.base ?? path),
        theirs: label(labels.theirs, names?.theirs ?? path),
      },
      ...(this.options.conflictStyle && { conflictStyle: this.options.conflictStyle }),
      ...(this.options.spaces && { spaces: this.options.spaces }),
      markerSize: 7 + 2 * (this.options.depth ?? 0),
    })
    return { clean: merged.conflicts === 0 && modesAgree, mode, id: this.repo.objects.writeText(merged.text) }
  }

  /** A file and a folder of one name cannot both stand: the file steps aside. */
  private separateFoldersFromFiles(): void {
    const { labels } = this.options
    for (const path of [...this.files.keys()].sort(compareNames)) {
      const inTheWay = [...this.files.keys()].some((other) => other.startsWith(`${path}/`))
      if (!inTheWay) continue
      const file = this.files.get(path)!
      const stages = this.conflicts.get(path)
      const fromOurs = stages ? stages.ours !== undefined : true
      const label = fromOurs ? labels.ours : labels.theirs
      const aside = `${path}~${clean(label)}`
      this.files.delete(path)
      this.files.set(aside, { ...file, path: aside })
      this.conflicts.delete(path)
      const moved = { ...file, path: aside }
      this.conflicts.set(aside, {
        ...(stages?.base && { base: { ...stages.base, path: aside } }),
        ...(fromOurs ? { ours: moved } : { theirs: moved }),
      })
      this.say(
        path,
        `CONFLICT (file/directory): directory in the way of ${path} from ${label}; moving it to ${aside} instead.`,
      )
    }
  }
}

const clean = (label: string) => label.replaceAll('/', '_')

function stagesOf(path: string, { base, ours, theirs }: Entry): Stages {
  return {
    ...(base && { base: { ...base, path } }),
    ...(ours && { ours: { ...ours, path } }),
    ...(theirs && { theirs: { ...theirs, path } }),
  }
}

/** Whether a text still has the markers of a conflict, and in which lines (from 1). */
export function markerLines(bytes: Uint8Array): number[] {
  return decode(bytes)
    .split('\n')
    .flatMap((line, i) => (/^(<{7} |\|{7} |={7}$|>{7} )/.test(line) ? [i + 1] : []))
}

export const isRegular = (mode: string) => mode === MODE.file || mode === MODE.executable
