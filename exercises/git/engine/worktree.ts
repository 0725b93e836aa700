/** The files on disk against the index and trees: what differs, and how one state takes the place of another without losing work. */
import { compareVersions, type FilePair, type Version } from './file-diff'
import { filesOf, type Index, type IndexEntry, type TreeFile } from './index-file'
import { hashObject, type Id, MODE } from './objects'
import { Ignored, type Pathspec } from './paths'
import type { Repository } from './repository'
import { Exit, type Run } from './run'
import { compareNames, decode, encode, parentOf } from './world'

export function versionsOfTree(repo: Repository, tree: Id | null): Map<string, Version> {
  const versions = new Map<string, Version>()
  for (const [path, file] of filesOf(repo.objects, tree))
    versions.set(path, { ...file, bytes: () => repo.objects.blob(file.id) })
  return versions
}

/** The settled entries of the index. */
export function versionsOfIndex(repo: Repository, index = repo.index): Map<string, Version> {
  const versions = new Map<string, Version>()
  for (const entry of index.all())
    if (entry.stage === 0 && !entry.intent)
      versions.set(entry.path, {
        path: entry.path,
        mode: entry.mode,
        id: entry.id,
        bytes: () => repo.objects.blob(entry.id),
      })
  return versions
}

const links = new Map<string, Uint8Array>()

/** A file as it is on disk now, or null where there is none. */
export function versionOnDisk(repo: Repository, path: string): Version | null {
  const node = repo.world.stat(repo.place(path))
  if (!node || node.type === 'directory') return null
  if (throughLink(repo, path)) return null
  if (node.type === 'link') {
    const bytes = links.get(node.target) ?? encode(node.target)
    links.set(node.target, bytes)
    return { path, mode: MODE.link, id: hashObject('blob', bytes), bytes: () => bytes }
  }
  const mode = node.executable ? MODE.executable : MODE.file
  return { path, mode, id: hashObject('blob', node.bytes), bytes: () => node.bytes }
}

function throughLink(repo: Repository, path: string): boolean {
  const parts = path.split('/').slice(0, -1)
  return parts.some((_, i) => repo.world.stat(repo.place(parts.slice(0, i + 1).join('/')))?.type === 'link')
}

/** The files on disk that the index knows. */
export function versionsOnDisk(repo: Repository, index = repo.index): Map<string, Version> {
  const versions = new Map<string, Version>()
  for (const entry of index.all()) {
    if (versions.has(entry.path)) continue
    const version = versionOnDisk(repo, entry.path)
    if (version) versions.set(entry.path, version)
  }
  return versions
}

/** What is staged: the index against HEAD. */
export function stagedPairs(repo: Repository, index = repo.index): FilePair[] {
  const unmerged = index.unmerged()
  const pairs = compareVersions(versionsOfTree(repo, repo.head?.tree ?? null), versionsOfIndex(repo, index))
  return pairs.filter((pair) => !unmerged.has((pair.after ?? pair.before)!.path))
}

/** What is not staged: the files on disk against the index. Paths that disagree are left out. */
export function unstagedPairs(repo: Repository, index = repo.index): FilePair[] {
  const before = versionsOfIndex(repo, index)
  for (const entry of index.all()) if (entry.intent) before.delete(entry.path)
  const after = new Map<string, Version>()
  for (const path of before.keys()) {
    const version = versionOnDisk(repo, path)
    if (version) after.set(path, version)
  }
  const added = index
    .all()
    .filter((entry) => entry.intent)
    .flatMap((entry): FilePair[] => {
      const version = versionOnDisk(repo, entry.path)
      return version ? [{ status: 'A', before: null, after: version }] : []
    })
  const pairs = [...compareVersions(before, after), ...added]
  return pairs.sort((a, b) => compareNames((a.after ?? a.before)!.path, (b.after ?? b.before)!.path))
}

export type Untracked = { untracked: string[]; ignored: string[] }

/**
 * Files that the index does not know. A folder in which nothing is tracked is one entry, `name/`, unless `all` is set;
 * folders with nothing in them do not count.
 */
export function untrackedFiles(
  repo: Repository,
  options: { all?: boolean; ignored?: Ignored; pathspec?: Pathspec } = {},
): Untracked {
  const { index, world } = repo
  const ignored = options.ignored ?? new Ignored(repo)
  const tracked = new Set<string>()
  const folders = new Set<string>()
  for (const { path } of index.all()) {
    tracked.add(path)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      if (folders.has(path.slice(0, at))) break
      folders.add(path.slice(0, at))
    }
  }
  const found: Untracked = { untracked: [], ignored: [] }
  const visit = (folder: string) => {
    for (const name of world.list(repo.place(folder || '.'))) {
      if (name === '.git') continue
      const path = folder ? `${folder}/${name}` : name
      const isFolder = world.stat(repo.place(path))?.type === 'directory'
      if (!isFolder) {
        if (tracked.has(path)) continue
        if (options.pathspec && !options.pathspec.matches(path)) continue
        found[ignored.has(path, false) ? 'ignored' : 'untracked'].push(path)
        continue
      }
      if (options.pathspec && !options.pathspec.reaches(path)) continue
      if (world.exists(repo.place(`${path}/.git`))) {
        if (!folders.has(path)) found[ignored.has(path, true) ? 'ignored' : 'untracked'].push(`${path}/`)
        continue
      }
      if (folders.has(path)) visit(path)
      else if (ignored.has(path, true)) {
        if (holdsFiles(repo, path)) found.ignored.push(`${path}/`)
      } else if (options.all || (options.pathspec && !options.pathspec.matches(path))) visit(path)
      else {
        const inside = untrackedInside(repo, path, ignored)
        if (inside.untracked) found.untracked.push(`${path}/`)
        if (!inside.untracked && inside.ignored.length > 0) found.ignored.push(`${path}/`)
        else found.ignored.push(...inside.ignored)
      }
    }
  }
  visit('')
  found.untracked.sort(compareNames)
  found.ignored.sort(compareNames)
  return found
}

function holdsFiles(repo: Repository, path: string): boolean {
  return repo.world.list(repo.place(path)).some((name) => {
    const node = repo.world.stat(repo.place(`${path}/${name}`))
    return node?.type === 'directory' ? holdsFiles(repo, `${path}/${name}`) : true
  })
}

function untrackedInside(
  repo: Repository,
  folder: string,
  ignored: Ignored,
): { untracked: boolean; ignored: string[] } {
  const result: { untracked: boolean; ignored: string[] } = { untracked: false, ignored: [] }
  for (const name of repo.world.list(repo.place(folder))) {
    const path = `${folder}/${name}`
    const isFolder = repo.world.stat(repo.place(path))?.type === 'directory'
    if (ignored.has(path, isFolder)) {
      if (!isFolder || holdsFiles(repo, path)) result.ignored.push(isFolder ? `${path}/` : path)
    } else if (!isFolder) result.untracked = true
    else {
      const inside = untrackedInside(repo, path, ignored)
      result.untracked ||= inside.untracked
      result.ignored.push(...inside.ignored)
    }
  }
  return result
}

export function writeFile(repo: Repository, file: { path: string; mode: string; id: Id }): void {
  const place = repo.place(file.path)
  const standing = repo.world.stat(place)
  if (standing?.type === 'directory' || standing?.type === 'link') repo.world.remove(place)
  clearFileAbove(repo, file.path)
  const bytes = repo.objects.blob(file.id)
  if (file.mode === MODE.link) {
    repo.world.remove(place)
    repo.world.link(place, decode(bytes))
  } else repo.world.write(place, bytes, file.mode === MODE.executable)
}

function clearFileAbove(repo: Repository, path: string): void {
  const parts = path.split('/')
  for (let i = 1; i < parts.length; i++) {
    const above = repo.place(parts.slice(0, i).join('/'))
    const node = repo.world.stat(above)
    if (node && node.type !== 'directory') repo.world.remove(above)
  }
}

/** Removes a file and the folders it leaves empty. */
export function removeFile(repo: Repository, path: string, keep?: string): void {
  const place = repo.place(path)
  const node = repo.world.stat(place)
  if (node && node.type !== 'directory') repo.world.remove(place)
  const stop =
    keep && keep !== repo.workTree && keep.startsWith(`${repo.workTree}/`) ? keep : (repo.workTree ?? '/')
  if (place.startsWith(`${stop}/`) || stop === '/') repo.world.removeEmptyFolders(parentOf(place), stop)
  else repo.world.removeEmptyFolders(parentOf(place), repo.workTree ?? '/')
}

const same = (
  a: { id: Id; mode: string } | null | undefined,
  b: { id: Id; mode: string } | null | undefined,
) => a?.id === b?.id && a?.mode === b?.mode

export type Move = {
  /** What the user does: `checkout` or `merge`; git's messages name it. */
  verb: 'checkout' | 'merge' | 'reset' | 'stash'
}

/**
 * Takes index and files from one tree to another as `git checkout` does: what the user changed stays, and where it cannot
 * the whole move is refused.
 * @throws Exit with git's list of the files in the way.
 */
export function moveTree(run: Run, from: Id | null, to: Id | null, verb: Move['verb']): void {
  const { repo } = run
  const index = repo.index
  const [old, now] = [filesOf(repo.objects, from), filesOf(repo.objects, to)]
  const changed: TreeFile[] = []
  const removed: string[] = []
  const inTheWay: InTheWay = { staged: [], local: [], untracked: [], unsure: [] }
  const { local, untracked, unsure } = inTheWay
  const ignored = new Ignored(repo)
  if (index.hasUnmerged) {
    const paths = [...index.unmerged().keys()]
    if (verb === 'checkout') {
      run.out(paths.map((path) => `${path}: needs merge\n`).join(''))
      throw new Exit(1, 'error: you need to resolve your current index first\n')
    }
  }
  for (const path of [...new Set([...old.keys(), ...now.keys()])].sort(compareNames)) {
    const [before, after] = [old.get(path), now.get(path)]
    if (same(before, after)) continue
    const staged = index.get(path)
    if (staged && same(staged, after)) continue
    if (!staged && !after) continue
    const disk = versionOnDisk(repo, path)
    if (staged && !same(staged, before)) {
      if (!before && !after) continue
      inTheWay.staged.push(path)
      continue
    }
    if (!staged && before && after) {
      inTheWay.staged.push(path)
      continue
    }
    if (staged) {
      if (disk && !same(disk, staged)) {
        local.push(path)
        continue
      }
      if (!disk && repo.world.isDirectory(repo.place(path)) && after) {
        const inside = untrackedFiles(repo, { all: true }).untracked.filter((one) =>
          one.startsWith(`${path}/`),
        )
        if (inside.length > 0) {
          untracked.push(...inside)
          continue
        }
      }
    } else if (after) {
      if (disk && !ignored.has(path, false)) {
        untracked.push(path)
        continue
      }
      if (!disk && repo.world.isDirectory(repo.place(path))) {
        const inside = index.all().filter((entry) => entry.path.startsWith(`${path}/`))
        const stays = inside.some((entry) => now.has(entry.path))
        const loose = untrackedFiles(repo, { all: true }).untracked.filter((one) =>
          one.startsWith(`${path}/`),
        )
        if (stays || loose.length > 0) {
          unsure.push(path)
          continue
        }
      }
      const above = fileAbove(repo, path)
      if (above && !index.get(above)) {
        untracked.push(above)
        continue
      }
    }
    if (after) changed.push(after)
    else removed.push(path)
  }
  refuse(verb, inTheWay)
  for (const path of removed) {
    index.remove(path)
    removeFile(repo, path, run.cwd)
  }
  for (const file of changed) {
    writeFile(repo, file)
    index.set({ ...file, stage: 0 })
  }
  repo.saveIndex(index)
}

function fileAbove(repo: Repository, path: string): string | null {
  const parts = path.split('/')
  for (let i = 1; i < parts.length; i++) {
    const above = parts.slice(0, i).join('/')
    const node = repo.world.stat(repo.place(above))
    if (node && node.type !== 'directory') return above
  }
  return null
}

/** Paths that a move would lose something of: staged, changed on disk, not tracked, folders with such in them. */
type InTheWay = { staged: string[]; local: string[]; untracked: string[]; unsure: string[] }

function refuse(verb: Move['verb'], { staged, local, untracked, unsure }: InTheWay): void {
  if (staged.length + local.length + untracked.length + unsure.length === 0) return
  const does = verb === 'checkout' ? 'switch branches' : verb
  const list = (paths: string[]) => [...new Set(paths)].map((path) => `\t${path}\n`).join('')
  let text = ''
  for (const paths of [staged, local])
    if (paths.length > 0)
      text += `error: Your local changes to the following files would be overwritten by ${verb}:\n${list(paths)}Please commit your changes or stash them before you ${does}.\n`
  if (unsure.length > 0)
    text += `error: Updating the following directories would lose untracked files in them:\n${list(unsure)}\n`
  if (untracked.length > 0)
    text += `error: The following untracked working tree files would be overwritten by ${verb}:\n${list(untracked)}Please move or remove them before you ${does}.\n`
  throw new Exit(1, `${text}Aborting\n`)
}

/** Makes index and files what a tree says, whatever they were; files that neither knows stay. */
export function forceTree(run: Run, to: Id | null): void {
  const { repo } = run
  const index = repo.index
  const now = filesOf(repo.objects, to)
  for (const { path } of index.all().slice()) if (!now.has(path)) removeFile(repo, path, run.cwd)
  for (const file of now.values()) {
    const disk = versionOnDisk(repo, file.path)
    if (!same(disk, file)) writeFile(repo, file)
  }
  fillIndex(index, now.values())
  repo.saveIndex(index)
}

/** Puts a tree's files into the index; nothing on disk is touched. */
export function fillIndex(index: Index, files: Iterable<TreeFile>): void {
  index.clear()
  for (const file of files) index.fill({ ...file, stage: 0 })
}

/** Stages a file as it is on disk; gives its entry. */
export function stageFile(repo: Repository, path: string, version: Version): IndexEntry {
  repo.objects.write('blob', version.bytes())
  const entry: IndexEntry = { path, mode: version.mode, id: version.id, stage: 0 }
  repo.index.set(entry)
  return entry
}

/** Paths that end in `/` become the files below them, however deep. */
export function expandFolders(repo: Repository, paths: string[]): string[] {
  const expand = (path: string): string[] =>
    path.endsWith('/')
      ? repo.world
          .list(repo.place(path))
          .flatMap((name) =>
            expand(repo.world.isDirectory(repo.place(path + name)) ? `${path + name}/` : path + name),
          )
      : [path]
  return paths.flatMap(expand)
}
