/** `git blame`: which commit each line of a file comes from. */
import { parseOptions } from '../args'
import { detectRenames, type Version } from '../file-diff'
import { diffLines, splitLines } from '../line-diff'
import { type Commit, type Id, ZERO_ID } from '../objects'
import { formatDate, subjectOf } from '../pretty'
import { Revisions } from '../revisions'
import { die, Exit, type Run } from '../run'
import { versionOnDisk, versionsOfTree } from '../worktree'
import { decode } from '../world'
import { treePairs } from './diff'
import { basicRegex, dateStyle } from './log'

type Origin = { commit: Commit | null; path: string; line: number }

export function blame(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'L= l s e,show-email w p,porcelain line-porcelain n,show-number f,show-name date= root abbrev= t M? C? c ignore-rev= color-lines',
    {
      usage: 'git blame [<options>] [<rev-opts>] [<rev>] [--] <file>',
    },
  )
  const { repo } = run
  const revisions = new Revisions(repo, run)
  let words = options.rest
  let start: Commit | null = null
  let named = 'HEAD'
  if (words.length > 1) {
    const name =
      words.find(
        (word) => revisions.findCommit(word) !== null && !run.world.exists(repo.place(run.pathInTree(word))),
      ) ?? words[0]!
    start = revisions.commit(name.replace(/^.*\.\./, '') || 'HEAD')
    named = name
    words = words.filter((word) => word !== name)
  }
  const [file] = words
  if (file === undefined)
    throw new Exit(129, 'usage: git blame [<options>] [<rev-opts>] [<rev>] [--] <file>\n')
  const path = run.pathInTree(file)
  const spaces = options.has('w') ? ({ spaces: 'all' } as const) : {}
  const head = start ?? repo.head
  if (!head) die(`no such path '${path}' in HEAD`)
  const committed = versionsOfTree(repo, head!.tree).get(path)
  const disk = start ? null : versionOnDisk(repo, path)
  if (start && !committed) die(`no such path ${path} in ${named}`)
  if (!start && !committed && !repo.index.has(path)) die(`no such path '${path}' in HEAD`)
  if (!start && !disk) die(`Cannot lstat '${path}': No such file or directory`)
  const shown = splitLines(decode((disk ?? committed!).bytes()))
  const origins: (Origin | null)[] = shown.map(() => null)
  let pending: { commit: Commit; path: string; lines: Map<number, number> }[] = []
  const all = new Map(shown.map((_, i) => [i, i]))
  if (disk && committed && disk.id !== committed.id) {
    const carried = carry(splitLines(decode(committed.bytes())), shown, all, spaces)
    for (const i of all.keys()) if (!carried.has(i)) origins[i] = { commit: null, path, line: i }
    pending.push({ commit: head!, path, lines: carried })
  } else if (disk && !committed) for (const i of all.keys()) origins[i] = { commit: null, path, line: i }
  else pending.push({ commit: head!, path, lines: all })
  while (pending.length > 0) {
    pending.sort((a, b) => b.commit.committer.time - a.commit.committer.time)
    const one = pending.shift()!
    // The same file of the same commit may be reached on several ways: its lines are asked about together.
    for (const other of pending.filter(
      ({ commit, path: at }) => commit.id === one.commit.id && at === one.path,
    ))
      for (const [i, line] of other.lines) one.lines.set(i, line)
    pending = pending.filter(({ commit, path: at }) => !(commit.id === one.commit.id && at === one.path))
    let left = one.lines
    const own = versionsOfTree(repo, one.commit.tree).get(one.path)!
    const lines = splitLines(decode(own.bytes()))
    const candidates = one.commit.parents.map((id) => {
      const parent = repo.objects.commit(id)
      return { parent, version: counterpart(run, parent, one.commit, one.path) }
    })
    const identical = candidates.find(({ version }) => version?.id === own.id)
    for (const { parent, version } of identical ? [identical] : candidates) {
      if (!version || left.size === 0) continue
      const carried = carry(splitLines(decode(version.bytes())), lines, left, spaces)
      if (carried.size > 0) pending.push({ commit: parent, path: version.path, lines: carried })
      left = new Map([...left].filter(([i]) => !carried.has(i)))
    }
    for (const [i, line] of left) origins[i] = { commit: one.commit, path: one.path, line }
  }
  print(run, options, shown, origins as Origin[], lineRange(options.value('L'), shown), path, start !== null)
}

/** Lines (by where they are shown) that stood in the older text already, with their place there. */
function carry(
  before: string[],
  after: string[],
  asked: Map<number, number>,
  style: { spaces?: 'all' },
): Map<number, number> {
  const changes = diffLines(before, after, { indent: true, ...style })
  const carried = new Map<number, number>()
  for (const [shown, line] of asked) {
    let delta = 0
    let changed = false
    for (const change of changes) {
      if (change.newStart > line) break
      if (line < change.newStart + change.newCount) {
        changed = true
        break
      }
      delta += change.count - change.newCount
    }
    if (!changed) carried.set(shown, line + delta)
  }
  return carried
}

function counterpart(run: Run, parent: Commit, commit: Commit, path: string): Version | null {
  const same = versionsOfTree(run.repo, parent.tree).get(path)
  if (same) return same
  const pairs = detectRenames(treePairs(run, parent.tree, commit.tree))
  return pairs.find((pair) => pair.status === 'R' && pair.after?.path === path)?.before ?? null
}

function lineRange(text: string | undefined, lines: string[]): [number, number] {
  if (text === undefined) return [0, lines.length]
  const [first = '', last = ''] = text.split(/,(?![^/]*\/$)/) as [string, string?]
  const find = (part: string, from: number): number => {
    if (part.startsWith('/')) {
      const at = lines.findIndex(
        (line, i) => i >= from && basicRegex(part.replace(/^\/|\/$/g, ''), '', false, false).test(line),
      )
      if (at < 0) die(`-L parameter '${part.replace(/^\/|\/$/g, '')}' starting at line ${from + 1}: no match`)
      return at + 1
    }
    if (part.startsWith('+')) return from + Number(part.slice(1))
    return Number(part)
  }
  const start = first === '' ? 1 : find(first, 0)
  if (start > lines.length)
    die(`file has only ${lines.length} lines`.replace(/lines$/, lines.length === 1 ? 'line' : 'lines'))
  const end = last === '' ? lines.length : find(last, start - 1)
  return [start - 1, Math.min(end, lines.length)]
}

function print(
  run: Run,
  options: ReturnType<typeof parseOptions>,
  lines: string[],
  origins: Origin[],
  [from, to]: [number, number],
  path: string,
  _atCommit: boolean,
): void {
  const { repo } = run
  const boundary = (origin: Origin) =>
    origin.commit !== null &&
    origin.commit.parents.length === 0 &&
    !options.has('root') &&
    repo.config.boolean('blame.showRoot') !== true
  const person = ({ commit }: Origin) => {
    if (!commit) return options.has('show-email') ? '<not.committed.yet>' : 'Not Committed Yet'
    return options.has('show-email') ? `<${commit.author.email}>` : commit.author.name
  }
  const range = origins.slice(from, to)
  if (options.has('porcelain') || options.has('line-porcelain')) {
    porcelain(run, lines, origins, from, to, options.has('line-porcelain'), path)
    return
  }
  const width = Math.max(0, ...range.map((origin) => person(origin).length))
  const showsName = options.has('show-name') || range.some((origin) => origin.path !== path)
  const nameWidth = Math.max(0, ...range.map((origin) => origin.path.length))
  const digits = String(to).length
  const sourceDigits = Math.max(0, ...range.map((origin) => String(origin.line + 1).length))
  const length = options.has('l')
    ? 40
    : Math.max(8, ...range.map(({ commit }) => (commit ? run.abbreviate(commit.id).length + 1 : 8)))
  const mode = options.value('date') ?? repo.config.get('blame.date') ?? 'iso'
  for (let i = from; i < to; i++) {
    const origin = origins[i]!
    const id: Id = origin.commit?.id ?? ZERO_ID
    const name = boundary(origin) ? `^${id.slice(0, length - 1)}` : id.slice(0, length)
    const text = lines[i]!.replace(/\n$/, '')
    const time = origin.commit?.author ?? { time: run.host.now(), zone: run.host.zone }
    let meta = ''
    if (showsName) meta += ` ${origin.path.padEnd(nameWidth)}`
    if (options.has('show-number')) meta += ` ${String(origin.line + 1).padStart(sourceDigits)}`
    if (!options.has('s')) {
      const date = formatDate(time.time, time.zone, dateStyle(run, mode))
      meta += ` (${person(origin).padEnd(width)} ${date} ${String(i + 1).padStart(digits)})`
    } else meta += ` ${String(i + 1).padStart(digits)})`
    run.out(`${name}${meta} ${text}\n`)
  }
}

function porcelain(
  run: Run,
  lines: string[],
  origins: Origin[],
  from: number,
  to: number,
  every: boolean,
  path: string,
): void {
  const said = new Set<Id>()
  for (let i = from; i < to; ) {
    const origin = origins[i]!
    let end = i + 1
    while (
      end < to &&
      origins[end]!.commit?.id === origin.commit?.id &&
      origins[end]!.line === origin.line + (end - i)
    )
      end++
    for (let n = i; n < end; n++) {
      const own = origins[n]!
      const id = own.commit?.id ?? ZERO_ID
      run.out(`${id} ${own.line + 1} ${n + 1}${n === i ? ` ${end - i}` : ''}\n`)
      if (!said.has(id) || every) {
        said.add(id)
        const { commit } = own
        const who = {
          name: 'Not Committed Yet',
          email: 'not.committed.yet',
          time: run.host.now(),
          zone: run.host.zone,
        }
        for (const [role, ident] of [
          ['author', commit?.author ?? who],
          ['committer', commit?.committer ?? who],
        ] as const)
          run.out(
            `${role} ${ident.name}\n${role}-mail <${ident.email}>\n${role}-time ${ident.time}\n${role}-tz ${ident.zone}\n`,
          )
        run.out(`summary ${commit ? subjectOf(commit.message) : `Version of ${path} from ${path}`}\n`)
        if (commit && commit.parents.length === 0) run.out('boundary\n')
        else if (commit) {
          const parent = run.repo.objects.commit(commit.parents[0]!)
          const old = counterpart(run, parent, commit, own.path)
          if (old) run.out(`previous ${parent.id} ${old.path}\n`)
        }
        run.out(`filename ${own.path}\n`)
      }
      run.out(`\t${lines[n]!.replace(/\n$/, '')}\n`)
    }
    i = end
  }
}
