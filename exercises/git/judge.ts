/** Judges goals on what is in the repository in the end: objects, refs, index and files, never the words that were typed. */
import type { Check, Verdict } from '@/exercises/kind'
import type { Version } from './engine/file-diff'
import { isAncestor, mergeBases, walk } from './engine/history'
import { markerLines } from './engine/merge-trees'
import type { Commit, Id } from './engine/objects'
import { formatPatch } from './engine/patch'
import { globSource, Ignored } from './engine/paths'
import { bodyOf, subjectOf } from './engine/pretty'
import { Repository } from './engine/repository'
import { Revisions, selectRevisions } from './engine/revisions'
import { Exit, Run } from './engine/run'
import { readStatus } from './engine/status'
import { treePairs } from './engine/verbs/diff'
import { stateWord } from './engine/verbs/plumbing'
import { versionOnDisk, versionsOfIndex, versionsOfTree } from './engine/worktree'
import { decode, joinPath, type World } from './engine/world'
import type { Condition, Goal } from './goals'

/** A world at the start and in the end, and where in it goals look. */
export type Scene = { start: World; end: World; home: string; repository: string }

/** What does not hold, in the reader's words; null where the condition holds. */
type Fault = { tried: string; expected: string; got: string } | null

export function judgeGoals(goals: Goal[], scene: Scene): Verdict {
  const checks = goals.map((goal) => judgeGoal(goal, scene))
  const first = checks.find(({ passed }) => !passed)
  return {
    passed: !first,
    checks,
    ...(first && { next: `${first.label}: not yet. Look at ${first.message}` }),
  }
}

/** One goal; its first condition that does not hold is shown. Never throws for what is in a repository. */
export function judgeGoal(goal: Goal, scene: Scene): Check {
  const { id, label, says } = goal
  const place = goal.in === undefined ? scene.repository : joinPath(scene.home, goal.in)
  for (const condition of goal.all) {
    const fault = look(condition, scene, place)
    if (fault) return { id, label, passed: false, ...fault, message: says }
  }
  return { id, label, passed: true }
}

function look(condition: Condition, scene: Scene, place: string): Fault {
  try {
    return new Judge(scene, place).judge(condition)
  } catch (problem) {
    if (problem instanceof Missing) return { tried: problem.what, expected: 'it is there', got: 'it is not' }
    if (problem instanceof Exit)
      return { tried: 'to read the repository', expected: 'it can be read', got: problem.message.trim() }
    // A learner can damage a repository by hand; its goals do not hold then.
    if (
      problem instanceof Error &&
      /^(unable to read|object [0-9a-f]{40}|an object that|ENOTDIR|EISDIR)/.test(problem.message)
    )
      return { tried: 'to read the repository', expected: 'it is whole', got: problem.message }
    throw problem
  }
}

class Missing extends Error {
  constructor(readonly what: string) {
    super(what)
  }
}

/** A repository with what it takes to read revisions in it. */
class View {
  readonly run: Run
  readonly repo: Repository

  constructor(world: World, place: string, home: string) {
    const repo = Repository.find(world, place, home)
    const own = repo && (repo.workTree === place || repo.gitDir === place)
    if (!repo || !own) throw new Missing(`a repository in ${place}`)
    this.repo = repo
    this.run = new Run(world, { now: () => 0, zone: '+0000' }, place, { HOME: home })
  }

  id(revision: string): Id | null {
    try {
      const id = new Revisions(this.repo, this.run).find(revision)
      return id && this.repo.objects.has(id) ? id : null
    } catch (problem) {
      if (problem instanceof Exit) return null
      throw problem
    }
  }

  commits(range: string): Commit[] {
    const words = range.split(/\s+/)
    const { objects } = this.repo
    const selected = selectRevisions(this.run, [...words, '--'], (a, b) => mergeBases(objects, a, b))
    return walk(objects, {
      include: selected.include.map(({ id }) => id),
      exclude: selected.exclude,
      order: 'topo',
      reverse: true,
    }).map(({ commit }) => commit)
  }
}

const short = (id: Id | null) => (id === null ? 'nothing' : id.slice(0, 7))
const listed = (items: string[]) => (items.length === 0 ? 'none' : items.join(', '))
const times = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`

type Count = number | { min?: number | undefined; max?: number | undefined }

const within = (n: number, wanted: Count): boolean =>
  typeof wanted === 'number'
    ? n === wanted
    : n >= (wanted.min ?? 0) && n <= (wanted.max ?? Number.POSITIVE_INFINITY)

function countText(wanted: Count): string {
  if (typeof wanted === 'number') return String(wanted)
  if (wanted.max === undefined) return `at least ${wanted.min ?? 0}`
  return wanted.min === undefined ? `at most ${wanted.max}` : `${wanted.min} to ${wanted.max}`
}

class Judge {
  private readonly views = new Map<World, View>()

  constructor(
    private readonly scene: Scene,
    private readonly place: string,
  ) {}

  private get end(): View {
    return this.view(this.scene.end)
  }

  private view(world: World): View {
    let view = this.views.get(world)
    if (!view) {
      view = new View(world, this.place, this.scene.home)
      this.views.set(world, view)
    }
    return view
  }

  /** Which repository a revision is meant in, and its name there. */
  private at(revision: string): [View, string] {
    return revision.startsWith('start:')
      ? [this.view(this.scene.start), revision.slice(6)]
      : [this.end, revision]
  }

  private id(revision: string): Id {
    const [view, name] = this.at(revision)
    return view.id(name) ?? this.lost(revision)
  }

  private lost(revision: string): never {
    throw new Missing(revision.replace(/^start:/, ''))
  }

  private commit(revision: string): Commit {
    const [view, name] = this.at(revision)
    const id = view.id(name)
    const peeled = id && view.repo.objects.peel(id)
    if (!peeled || view.repo.objects.typeOf(peeled) !== 'commit') return this.lost(revision)
    return view.repo.objects.commit(peeled)
  }

  private range(range: string): Commit[] {
    const [view, name] = this.at(range)
    return view.commits(name)
  }

  judge(condition: Condition): Fault {
    if ('same' in condition) return this.same(condition.same, true)
    if ('differ' in condition) return this.same(condition.differ, false)
    if ('exists' in condition) {
      this.id(condition.exists)
      return null
    }
    if ('missing' in condition) {
      const [view, name] = this.at(condition.missing)
      const id = view.id(name)
      return id === null ? null : { tried: name, expected: 'gone', got: short(id) }
    }
    if ('ancestor' in condition) return this.ancestor(condition.ancestor)
    if ('on' in condition) return this.on(condition.on)
    if ('parents' in condition) return this.parents(condition.parents)
    if ('commits' in condition) return this.commits(condition.commits)
    if ('message' in condition) return this.message(condition.message)
    if ('file' in condition) return this.file(condition.file)
    if ('changes' in condition) return this.changes(condition.changes)
    if ('patch' in condition) return this.patch(condition.patch)
    if ('markers' in condition) return this.markers(condition.markers)
    if ('tag' in condition) return this.tag(condition.tag)
    if ('stashes' in condition) {
      const n = this.end.repo.refs.logOf('refs/stash').length
      return within(n, condition.stashes)
        ? null
        : { tried: 'git stash list', expected: countText(condition.stashes), got: String(n) }
    }
    if ('ignored' in condition) return this.ignored(condition.ignored)
    if ('tracked' in condition) return this.tracked(condition.tracked)
    if ('unfinished' in condition) {
      const state = stateWord(this.end.run)
      return state === ''
        ? null
        : { tried: 'what is under way', expected: 'nothing', got: state.toLowerCase() }
    }
    return this.status(condition)
  }

  private same([a, b]: [string, string], wanted: boolean): Fault {
    const [x, y] = [this.id(a), this.id(b)]
    if ((x === y) === wanted) return null
    const name = (revision: string) => revision.replace(/^start:(.*)$/, '$1 at the start')
    return {
      tried: name(a),
      expected: wanted ? `${short(y)}, as ${name(b)}` : `another than ${name(b)}`,
      got: short(x),
    }
  }

  private ancestor([a, b]: [string, string]): Fault {
    const [older, newer] = [this.commit(a), this.commit(b)]
    if (isAncestor(this.end.repo.objects, older.id, newer.id)) return null
    return { tried: `the history of ${b}`, expected: `${short(older.id)} in it`, got: 'it is not' }
  }

  private on(branch: string | null): Fault {
    const own = this.end.repo.branch
    return own === branch
      ? null
      : {
          tried: 'HEAD',
          expected: branch === null ? 'detached' : `on ${branch}`,
          got: own === null ? 'detached' : `on ${own}`,
        }
  }

  private parents({ of, are }: { of: string; are: string[] }): Fault {
    const own = this.commit(of).parents
    const wanted = are.map((revision) => this.commit(revision).id)
    if (own.length === wanted.length && own.every((id, i) => id === wanted[i])) return null
    return { tried: `the parents of ${of}`, expected: listed(wanted.map(short)), got: listed(own.map(short)) }
  }

  private commits({
    range,
    count,
    merges,
    subjects,
    like,
  }: Extract<Condition, { commits: unknown }>['commits']): Fault {
    const list = this.range(range)
    const tried = range.replace(/^start:/, '')
    if (count !== undefined && !within(list.length, count))
      return { tried, expected: `${countText(count)} commits`, got: String(list.length) }
    const joins = list.filter((commit) => commit.parents.length > 1).length
    if (merges !== undefined && !within(joins, merges))
      return { tried, expected: `${countText(merges)} merges`, got: String(joins) }
    const own = list.map((commit) => subjectOf(commit.message))
    if (
      subjects &&
      !(own.length === subjects.length && subjects.every((one, i) => new RegExp(one, 'm').test(own[i]!)))
    )
      return {
        tried: `the messages of ${tried}`,
        expected: times(subjects.length, 'message'),
        got: listed(own.map((one) => `“${one}”`)),
      }
    if (like === undefined) return null
    const mark = (commit: Commit) =>
      `${commit.author.name} <${commit.author.email}> ${commit.author.time} ${commit.message}`
    const [mine, theirs] = [list.map(mark), this.range(like).map(mark)]
    if (mine.join('\0') === theirs.join('\0')) return null
    return {
      tried: `messages and authors of ${tried}`,
      expected: times(theirs.length, 'commit'),
      got: listed(own.map((one) => `“${one}”`)),
    }
  }

  private message({
    of,
    matches,
    lacks,
    body,
    width,
  }: Extract<Condition, { message: unknown }>['message']): Fault {
    const { message } = this.commit(of)
    const subject = subjectOf(message)
    const tried = `the message of ${of}`
    if (matches !== undefined && !new RegExp(matches, 'm').test(message))
      return { tried, expected: 'what is asked for', got: `“${subject}”` }
    if (lacks !== undefined && new RegExp(lacks, 'm').test(message))
      return { tried, expected: 'other words', got: `“${subject}”` }
    if (body !== undefined && !new RegExp(body, 'm').test(bodyOf(message)))
      return {
        tried: `the body of the message of ${of}`,
        expected: 'a reason',
        got: bodyOf(message).trim() || 'nothing',
      }
    if (width !== undefined && subject.length > width)
      return { tried, expected: `at most ${width} characters in its first line`, got: String(subject.length) }
    return null
  }

  private versions(place: string): Map<string, Version> {
    if (place === 'index') return versionsOfIndex(this.end.repo)
    const [view, name] = this.at(place)
    const tree = new Revisions(view.repo, view.run).findTree(name)
    return tree ? versionsOfTree(view.repo, tree) : this.lost(place)
  }

  private version(place: string, path: string): Version | null {
    return place === 'disk' ? versionOnDisk(this.end.repo, path) : (this.versions(place).get(path) ?? null)
  }

  private file({
    path,
    at,
    is,
    has,
    lacks,
    matches,
    like,
    names,
    missing,
  }: Extract<Condition, { file: unknown }>['file']): Fault {
    const version = this.version(at, path)
    const tried =
      at === 'disk' ? path : `${path} in ${at === 'index' ? 'the index' : at.replace(/^start:/, '')}`
    if (missing) return version ? { tried, expected: 'gone', got: 'there' } : null
    if (!version) return { tried, expected: 'there', got: 'not there' }
    const text = decode(version.bytes())
    const excerpt = text.length > 300 ? `${text.slice(0, 300)}…` : text || 'empty'
    if (is !== undefined && text.trimEnd() !== is.trimEnd()) return { tried, expected: is, got: excerpt }
    for (const part of has ?? []) if (!text.includes(part)) return { tried, expected: part, got: excerpt }
    for (const part of lacks ?? [])
      if (text.includes(part)) return { tried, expected: `without ${part}`, got: part }
    if (matches !== undefined && !new RegExp(matches, 'm').test(text))
      return { tried, expected: 'what is asked for', got: excerpt }
    if (like !== undefined && this.id(like) !== version.id)
      return { tried, expected: like.replace(/^start:/, ''), got: excerpt }
    for (const name of names ?? []) {
      const id = this.id(name)
      const found = text.match(/[0-9a-f]{7,40}/g) ?? []
      if (!found.some((one) => id.startsWith(one)))
        return { tried, expected: 'the id that is asked for', got: excerpt.trim() }
    }
    return null
  }

  private pairs(from: string, to: string) {
    const tree = (revision: string) => {
      const [view, name] = this.at(revision)
      return new Revisions(view.repo, view.run).findTree(name) ?? this.lost(revision)
    }
    const [a, b] = [tree(from), tree(to)]
    // Everything that was there at the start is there still, but not the other way about.
    return treePairs(this.end.run, a, b)
  }

  private changes({
    from,
    to,
    paths,
    within: allowed,
  }: Extract<Condition, { changes: unknown }>['changes']): Fault {
    const own = this.pairs(from, to).map((pair) => (pair.after ?? pair.before)!.path)
    const tried = `what ${to} changes from ${from}`.replaceAll('start:', '')
    if (paths && own.join('\0') !== [...paths].sort().join('\0'))
      return { tried, expected: listed(paths), got: listed(own) }
    if (allowed) {
      const outside = own.filter(
        (path) => !allowed.some((one) => new RegExp(`^${globSource(one, true)}(/.*)?$`).test(path)),
      )
      if (outside.length > 0) return { tried, expected: `only ${listed(allowed)}`, got: listed(outside) }
    }
    return null
  }

  private patch({ of, like }: { of: string; like: string }): Fault {
    const text = (revision: string) => {
      const commit = this.commit(revision)
      const parent = commit.parents[0]
      const { objects } = this.at(revision)[0].repo
      return treePairs(this.at(revision)[0].run, parent ? objects.commit(parent).tree : null, commit.tree)
        .map((pair) => formatPatch(pair, { abbreviate: () => '', context: 0 }))
        .join('')
        .split('\n')
        .filter((line) => /^([+-]|diff )/.test(line))
        .join('\n')
    }
    return text(of) === text(like)
      ? null
      : { tried: `the change of ${of}`, expected: `that of ${like.replace(/^start:/, '')}`, got: 'another' }
  }

  private markers({ none, at }: { none: string[]; at: string }): Fault {
    const tests = none.map((glob) => new RegExp(`^${globSource(glob, true)}$`))
    const { repo } = this.end
    const paths =
      at === 'disk' ? [...new Set(repo.index.all().map(({ path }) => path))] : [...this.versions(at).keys()]
    for (const path of paths) {
      if (!tests.some((test) => test.test(path))) continue
      const version = this.version(at, path)
      const lines = version ? markerLines(version.bytes()) : []
      if (lines.length > 0)
        return {
          tried: `${path}, for markers`,
          expected: '0',
          got: `${lines.length}, in lines ${lines.join(', ')}`,
        }
    }
    return null
  }

  private tag({ name, annotated, on, message }: Extract<Condition, { tag: unknown }>['tag']): Fault {
    const { repo } = this.end
    const id = repo.refs.get(`refs/tags/${name}`)
    const tried = `the tag ${name}`
    if (!id) return { tried, expected: 'there', got: 'not there' }
    const type = repo.objects.typeOf(id)
    if (annotated !== undefined && (type === 'tag') !== annotated)
      return {
        tried,
        expected: annotated ? 'annotated' : 'lightweight',
        got: type === 'tag' ? 'annotated' : 'lightweight',
      }
    const target = repo.objects.peel(id)
    if (on !== undefined && target !== this.commit(on).id)
      return { tried, expected: `on ${short(this.commit(on).id)}`, got: `on ${short(target)}` }
    if (
      message !== undefined &&
      !(type === 'tag' && new RegExp(message, 'm').test(repo.objects.tag(id).message))
    )
      return {
        tried,
        expected: 'the message that is asked for',
        got: type === 'tag' ? repo.objects.tag(id).message.trim() : 'none',
      }
    return null
  }

  private ignored({ yes, no }: { yes: string[]; no: string[] }): Fault {
    const ignored = new Ignored(this.end.repo)
    for (const [paths, wanted] of [
      [yes, true],
      [no, false],
    ] as const)
      for (const path of paths) {
        const own = ignored.has(path.replace(/\/$/, ''), path.endsWith('/'))
        if (own !== wanted)
          return {
            tried: path,
            expected: wanted ? 'ignored' : 'not ignored',
            got: own ? 'ignored' : 'not ignored',
          }
      }
    return null
  }

  private tracked({ yes, no }: { yes: string[]; no: string[] }): Fault {
    const { index } = this.end.repo
    for (const [paths, wanted] of [
      [yes, true],
      [no, false],
    ] as const)
      for (const path of paths) {
        const own =
          index.has(path) || index.all().some((entry) => entry.path.startsWith(`${path.replace(/\/$/, '')}/`))
        if (own !== wanted)
          return {
            tried: path,
            expected: wanted ? 'tracked' : 'not tracked',
            got: own ? 'tracked' : 'not tracked',
          }
      }
    return null
  }

  private status(
    condition: { staged: string[] } | { unstaged: string[] } | { untracked: string[] } | { clean: true },
  ): Fault {
    const status = readStatus(this.end.repo)
    const names = (pairs: typeof status.staged) => pairs.map((pair) => (pair.after ?? pair.before)!.path)
    if ('clean' in condition) {
      const dirty = [...names(status.staged), ...names(status.unstaged), ...status.unmerged.keys()]
      return dirty.length === 0
        ? null
        : { tried: 'git status', expected: 'nothing to commit', got: listed([...new Set(dirty)]) }
    }
    const [tried, wanted, own] =
      'staged' in condition
        ? ['what is staged', condition.staged, [...names(status.staged), ...status.unmerged.keys()]]
        : 'unstaged' in condition
          ? ['what is changed and not staged', condition.unstaged, names(status.unstaged)]
          : ['what is untracked', condition.untracked, status.untracked]
    return [...own].sort().join('\0') === [...wanted].sort().join('\0')
      ? null
      : { tried, expected: listed(wanted), got: listed(own) }
  }
}
