/** What a repository looks like from outside: the facts that a drawing of it, and a list beside the drawing, are made of. */
import { walk } from './history'
import type { Id } from './objects'
import { Decorations, subjectOf } from './pretty'
import { Repository } from './repository'
import { Run } from './run'
import { readStatus } from './status'
import { stateWord } from './verbs/plumbing'
import type { World } from './world'

export type PicturedCommit = {
  id: Id
  short: string
  subject: string
  author: string
  /** Seconds since 1970, and the author's offset. */
  time: number
  zone: string
  parents: Id[]
  /** As `git log --decorate` names them: `HEAD -> main`, `tag: v1`, `origin/main`. */
  names: string[]
}

export type Picture = {
  /** Null while nothing is committed. */
  head: Id | null
  /** Null when HEAD is detached. */
  branch: string | null
  /** `MERGING`, `REBASE 2/5`; empty when nothing is under way. */
  state: string
  /** The second parent that a merge under way will have. */
  merging: Id | null
  /** Children before their parents. */
  commits: PicturedCommit[]
  /** Files with something to say about them: `XY` as `git status --short` writes it. */
  files: { path: string; code: string }[]
  stashes: number
}

/** The picture of the repository that a folder is in, or null where there is none. */
export function readPicture(world: World, folder: string, home: string): Picture | null {
  const repo = Repository.find(world, folder, home)
  if (!repo) return null
  const { refs, objects } = repo
  const merging = repo.state('MERGE_HEAD')?.trim() ?? null
  const tips = refs
    .list()
    .flatMap(([name, id]) => (name === 'refs/stash' || !objects.has(id) ? [] : [objects.peel(id)]))
  const head = repo.headId
  const include = [...(head ? [head] : []), ...(merging ? [merging] : []), ...tips]
  const decorations = new Decorations(repo)
  const run = new Run(world, { now: () => 0, zone: '+0000' }, folder, { HOME: home })
  return {
    head,
    branch: repo.branch,
    state: stateWord(run),
    merging,
    commits: walk(objects, { include, order: 'topo' }).map(({ commit }) => ({
      id: commit.id,
      short: objects.abbreviate(commit.id),
      subject: subjectOf(commit.message),
      author: commit.author.name,
      time: commit.author.time,
      zone: commit.author.zone,
      parents: commit.parents,
      names: decorations.at(commit.id),
    })),
    files: repo.workTree === null ? [] : fileCodes(repo),
    stashes: refs.logOf('refs/stash').length,
  }
}

function fileCodes(repo: Repository): { path: string; code: string }[] {
  const status = readStatus(repo)
  const codes = new Map<string, [string, string]>()
  for (const pair of status.staged) codes.set((pair.after ?? pair.before)!.path, [pair.status, ' '])
  for (const pair of status.unstaged) {
    const { path } = (pair.after ?? pair.before)!
    codes.set(path, [codes.get(path)?.[0] ?? ' ', pair.status])
  }
  for (const [path, code] of status.unmerged) codes.set(path, [code[0]!, code[1]!])
  for (const path of status.untracked) codes.set(path, ['?', '?'])
  return [...codes]
    .map(([path, code]) => ({ path, code: code.join('') }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}
