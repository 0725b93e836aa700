/** Between the working tree and the index: `add`, `rm`, `mv`, `restore`, `clean`, `status`. */
import { parseOptions } from '../args'
import { filesOf } from '../index-file'
import { mergeTexts } from '../line-merge'
import { type Id, MODE } from '../objects'
import { quotePath } from '../patch'
import { Ignored, type Pathspec } from '../paths'
import { Revisions } from '../revisions'
import { die, Exit, fail, type Run } from '../run'
import { branchLine, formatLong, formatShort, readStatus } from '../status'
import { removeFile, stageFile, untrackedFiles, versionOnDisk, versionsOfTree, writeFile } from '../worktree'
import { compareNames, nameOf } from '../world'
import { addPatch } from './add-patch'

export async function add(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'n,dry-run v,verbose f,force A,all u,update p,patch i,interactive e,edit N,intent-to-add refresh ignore-errors chmod= renormalize',
    { usage: 'git add [<options>] [--] <pathspec>...' },
  )
  const repo = run.tree
  if (options.has('patch') || options.has('interactive')) {
    await addPatch(run, { kind: 'stage' }, run.pathspec(options.rest))
    return
  }
  const everything = options.has('all') || options.has('update')
  if (options.rest.length === 0 && !everything) {
    run.err(
      'Nothing specified, nothing added.\nhint: Maybe you wanted to say \'git add .\'?\nhint: Turn this message off by running\nhint: "git config advice.addEmptyPathspec false"\n',
    )
    return
  }
  const spec = run.pathspec(options.rest)
  const ignored = new Ignored(repo)
  const tracked = new Set(repo.index.all().map(({ path }) => path))
  const loose = options.has('update')
    ? []
    : untrackedFiles(repo, { all: true, ignored, pathspec: spec }).untracked.filter((path) =>
        spec.matches(path),
      )
  const refused: string[] = []
  for (const pattern of spec.patterns) {
    if (pattern.excludes) continue
    const known =
      [...tracked].some((path) => pattern.matches(path)) || loose.some((path) => pattern.matches(path))
    if (known) continue
    const { literal } = pattern
    const node = literal === null ? null : repo.world.stat(repo.place(literal || '.'))
    if (literal !== null && node && ignored.has(literal, node.type === 'directory')) {
      if (options.has('force')) {
        for (const path of filesBelow(run, literal)) loose.push(path)
        continue
      }
      refused.push(literal)
      continue
    }
    if (node?.type === 'directory') continue
    if (literal === '') continue
    die(`pathspec '${pattern.given}' did not match any files`)
  }
  if (options.has('force'))
    for (const pattern of spec.patterns)
      if (pattern.literal !== null)
        for (const path of filesBelow(run, pattern.literal)) if (!tracked.has(path)) loose.push(path)
  const say = (verb: string, path: string) => {
    if (options.has('dry-run') || options.has('verbose')) run.out(`${verb} '${path}'\n`)
  }
  const dry = options.has('dry-run')
  for (const path of [...tracked].sort(compareNames)) {
    if (!spec.matches(path)) continue
    const version = versionOnDisk(repo, path)
    const entry = repo.index.get(path)
    if (!version) {
      say('remove', path)
      if (!dry) repo.index.remove(path)
    } else if (!entry || entry.intent || entry.id !== version.id || entry.mode !== version.mode) {
      say('add', path)
      if (!dry) stageFile(repo, path, version)
    }
    const mode = options.value('chmod')
    const staged = repo.index.get(path)
    if (mode && staged && !dry)
      repo.index.set({ ...staged, mode: mode === '+x' ? MODE.executable : MODE.file })
  }
  for (const path of [...new Set(loose)].sort(compareNames)) {
    const version = versionOnDisk(repo, path)
    if (!version) continue
    say('add', path)
    if (dry) continue
    if (options.has('intent-to-add'))
      repo.index.set({
        path,
        mode: version.mode,
        id: repo.objects.write('blob', new Uint8Array(0)),
        stage: 0,
        intent: true,
      })
    else stageFile(repo, path, version)
  }
  if (!dry) repo.saveIndex()
  if (refused.length > 0) {
    run.err(
      `The following paths are ignored by one of your .gitignore files:\n${refused.map((path) => `${path}\n`).join('')}hint: Use -f if you really want to add them.\nhint: Turn this message off by running\nhint: "git config advice.addIgnoredFile false"\n`,
    )
    return 1
  }
}

function filesBelow(run: Run, path: string): string[] {
  const node = run.world.stat(run.repo.place(path || '.'))
  if (!node) return []
  if (node.type !== 'directory') return [path]
  return [...node.children.keys()]
    .filter((name) => name !== '.git')
    .flatMap((name) => filesBelow(run, path ? `${path}/${name}` : name))
}

export function rm(run: Run, args: string[]): void {
  const options = parseOptions(args, 'n,dry-run q,quiet cached f,force r ignore-unmatch', {
    usage: 'git rm [<options>] [--] <file>...',
  })
  const repo = run.tree
  if (options.rest.length === 0) die('No pathspec was given. Which files should I remove?')
  const spec = run.pathspec(options.rest)
  const paths = [...new Set(repo.index.all().map(({ path }) => path))].filter((path) => spec.matches(path))
  for (const pattern of spec.patterns) {
    const own = paths.filter((path) => pattern.matches(path))
    if (own.length === 0 && !options.has('ignore-unmatch'))
      die(`pathspec '${pattern.given}' did not match any files`)
    const { literal } = pattern
    if (literal !== null && !options.has('r') && own.some((path) => path !== literal))
      die(`not removing '${pattern.given}' recursively without -r`)
  }
  if (!options.has('force')) refuseLosing(run, paths, options.has('cached'))
  for (const path of paths) {
    if (!options.has('quiet')) run.out(`rm ${quoteSingle(path)}\n`)
    if (options.has('dry-run')) continue
    repo.index.remove(path)
    if (!options.has('cached')) removeFile(repo, path, run.cwd)
  }
  if (!options.has('dry-run')) repo.saveIndex()
}

const quoteSingle = (path: string) => `'${path}'`

function refuseLosing(run: Run, paths: string[], cached: boolean): void {
  const { repo } = run
  const head = filesOf(repo.objects, repo.head?.tree ?? null)
  const [staged, local, both]: [string[], string[], string[]] = [[], [], []]
  for (const path of paths) {
    const entry = repo.index.get(path)
    const disk = versionOnDisk(repo, path)
    if (!entry || !disk) continue
    const localChanges = disk.id !== entry.id || disk.mode !== entry.mode
    const old = head.get(path)
    const stagedChanges = !old || old.id !== entry.id || old.mode !== entry.mode
    if (localChanges && stagedChanges) {
      if (!entry.intent) both.push(path)
    } else if (!cached && stagedChanges) staged.push(path)
    else if (!cached && localChanges) local.push(path)
  }
  const list = (items: string[]) => items.map((path) => `\n    ${path}`).join('')
  const one = (items: string[], single: string, several: string) => (items.length === 1 ? single : several)
  let text = ''
  if (both.length > 0)
    text += `error: ${one(both, 'the following file has staged content different from both the\nfile and the HEAD:', 'the following files have staged content different from both the\nfile and the HEAD:')}${list(both)}\n(use -f to force removal)\n`
  if (staged.length > 0)
    text += `error: ${one(staged, 'the following file has changes staged in the index:', 'the following files have changes staged in the index:')}${list(staged)}\n(use --cached to keep the file, or -f to force removal)\n`
  if (local.length > 0)
    text += `error: ${one(local, 'the following file has local modifications:', 'the following files have local modifications:')}${list(local)}\n(use --cached to keep the file, or -f to force removal)\n`
  if (text) throw new Exit(1, text)
}

export function mv(run: Run, args: string[]): void {
  const options = parseOptions(args, 'v,verbose n,dry-run f,force k', {
    usage: 'git mv [<options>] <source>... <destination>',
  })
  const repo = run.tree
  if (options.rest.length < 2) throw new Exit(129, 'usage: git mv [<options>] <source>... <destination>\n')
  const sources = options.rest.slice(0, -1).map((path) => run.pathInTree(path))
  const given = options.rest.at(-1)!
  const target = run.pathInTree(given)
  const intoFolder = repo.world.isDirectory(repo.place(target || '.'))
  if (sources.length > 1 && !intoFolder) die(`destination '${given}' is not a directory`)
  if (!intoFolder && given.endsWith('/'))
    die(`destination directory does not exist, source=${sources[0]}, destination=${target}/`)
  const moves = sources.map((from): [string, string] => [
    from,
    intoFolder ? (target ? `${target}/${nameOf(from)}` : nameOf(from)) : target,
  ])
  for (const [from, to] of moves) {
    const refuse = (reason: string): never => die(`${reason}, source=${from}, destination=${to}`)
    const node = repo.world.stat(repo.place(from))
    if (!node) refuse('bad source')
    if (to === from || to.startsWith(`${from}/`)) refuse('can not move directory into itself')
    if (node?.type === 'directory') {
      if (!repo.index.all().some(({ path }) => path.startsWith(`${from}/`)))
        refuse('source directory is empty')
      if (repo.world.exists(repo.place(to))) refuse('destination already exists')
    } else {
      if (!repo.index.has(from)) refuse('not under version control')
      if (!repo.index.get(from)) refuse('conflicted')
      const standing = repo.world.stat(repo.place(to))
      if (standing && !options.has('force')) refuse('destination exists')
      if (!repo.world.isDirectory(repo.place(to.includes('/') ? to.slice(0, to.lastIndexOf('/')) : '.')))
        die(`renaming '${from}' failed: No such file or directory`)
    }
  }
  for (const [from, to] of moves) {
    if (options.has('verbose') || options.has('dry-run'))
      run.out(
        `${options.has('dry-run') ? 'Checking rename of' : 'Renaming'} ${options.has('dry-run') ? `'${from}' to '${to}'` : `${from} to ${to}`}\n`,
      )
    if (options.has('dry-run')) continue
    const entries = repo.index.all().filter(({ path }) => path === from || path.startsWith(`${from}/`))
    repo.world.move(repo.place(from), repo.place(to))
    for (const entry of entries.slice()) {
      repo.index.remove(entry.path)
      repo.index.set({ ...entry, path: to + entry.path.slice(from.length) })
    }
  }
  repo.saveIndex()
}

export async function restore(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    's,source= S,staged W,worktree ours theirs m,merge conflict= p,patch q,quiet progress overlay ignore-unmerged',
    {
      usage: 'git restore [<options>] [--source=<branch>] <file>...',
    },
  )
  const repo = run.tree
  const staged = options.has('staged')
  const worktree = options.has('worktree') || !staged
  if (options.has('patch')) {
    await addPatch(run, { kind: staged ? 'unstage' : 'discard' }, run.pathspec(options.rest))
    return
  }
  if (options.rest.length === 0) die('you must specify path(s) to restore')
  const source = options.value('source') ?? (staged ? 'HEAD' : undefined)
  let tree: Id | null | undefined
  if (source !== undefined) {
    tree = new Revisions(repo, run).findTree(source)
    if (!tree && source === 'HEAD' && repo.headId === null) die('could not resolve HEAD')
    if (!tree) die(`could not resolve ${source}`)
  }
  const conflict = options.value('conflict') ?? (options.has('merge') ? 'merge' : undefined)
  const side = options.has('ours') ? 'ours' : options.has('theirs') ? 'theirs' : undefined
  restorePaths(run, run.pathspec(options.rest), {
    tree,
    staged,
    worktree,
    side,
    conflict,
    removes: true,
    ignoreUnmerged: options.has('ignore-unmerged'),
  })
}

export type RestoreOptions = {
  /** Absent: the index. */
  tree?: Id | null | undefined
  staged: boolean
  worktree: boolean
  side?: 'ours' | 'theirs' | undefined
  /** Writes the conflict again, in this style. */
  conflict?: string | undefined
  /** Files that the source lacks are removed. */
  removes: boolean
  ignoreUnmerged?: boolean
}

/** Takes paths from a tree or from the index. @returns how many were written and how many conflicts were made again. */
export function restorePaths(
  run: Run,
  spec: Pathspec,
  options: RestoreOptions,
): { updated: number; recreated: number } {
  const { repo } = run
  const { index } = repo
  const files = options.tree === undefined ? null : versionsOfTree(repo, options.tree)
  const paths = new Set([...(files?.keys() ?? []), ...index.all().map(({ path }) => path)])
  for (const pattern of spec.patterns)
    if (
      !pattern.excludes &&
      ![...(files && !options.removes ? files.keys() : paths)].some((path) => pattern.matches(path))
    )
      fail(`pathspec '${pattern.given}' did not match any file(s) known to git`)
  const chosen = [...paths].filter((path) => spec.matches(path)).sort(compareNames)
  const unmerged = index.unmerged()
  if (!files) {
    let text = ''
    for (const path of chosen) {
      const stages = unmerged.get(path)
      if (!stages || options.ignoreUnmerged) continue
      if (options.side) {
        if (!stages[options.side])
          text += `error: path '${path}' does not have ${options.side === 'ours' ? 'our' : 'their'} version\n`
      } else if (options.conflict) {
        if (!stages.ours || !stages.theirs)
          text += `error: path '${path}' does not have all necessary versions\n`
      } else text += `error: path '${path}' is unmerged\n`
    }
    if (text) throw new Exit(1, text)
  }
  let updated = 0
  let recreated = 0
  for (const path of chosen) {
    const stages = unmerged.get(path)
    if (!files && stages) {
      if (options.side) {
        writeFile(repo, stages[options.side]!)
        updated++
      } else if (options.conflict) {
        const text = (entry?: { id: Id }) =>
          entry ? new TextDecoder().decode(repo.objects.blob(entry.id)) : ''
        const merged = mergeTexts(text(stages.base), text(stages.ours), text(stages.theirs), {
          labels: { ours: 'ours', base: 'base', theirs: 'theirs' },
          conflictStyle: options.conflict,
        })
        run.world.write(repo.place(path), merged.text)
        recreated++
      }
      continue
    }
    const version = files ? files.get(path) : index.get(path)
    if (!version) {
      if (!options.removes) continue
      if (options.staged) index.remove(path)
      if (options.worktree && (options.staged || files)) {
        removeFile(repo, path, run.cwd)
        if (!options.staged) index.has(path)
      }
      updated++
      continue
    }
    if (options.staged) index.set({ path, mode: version.mode, id: version.id, stage: 0 })
    if (options.worktree) {
      const disk = versionOnDisk(repo, path)
      if (disk?.id !== version.id || disk.mode !== version.mode) {
        writeFile(repo, { path, mode: version.mode, id: version.id })
        updated++
      } else if (files) updated++
    }
  }
  repo.saveIndex()
  return { updated, recreated }
}

export function clean(run: Run, args: string[]): void {
  const options = parseOptions(args, 'n,dry-run f,force d x X q,quiet i,interactive e,exclude=', {
    usage: 'git clean [-d] [-f] [-i] [-n] [-q] [-e <pattern>] [-x | -X] [--] [<pathspec>...]',
  })
  const repo = run.tree
  const required = repo.config.boolean('clean.requireForce') !== false
  if (required && !options.has('force') && !options.has('dry-run') && !options.has('interactive'))
    die(
      `clean.requireForce ${repo.config.get('clean.requireForce') === undefined ? 'defaults to' : 'set to'} true and neither -i, -n, nor -f given; refusing to clean`,
    )
  const spec = run.pathspec(options.rest)
  const found = untrackedFiles(repo, { ...(options.rest.length > 0 && { pathspec: spec }) })
  const ignored = found.ignored
  if (options.has('d')) found.untracked.push(...emptyFolders(run))
  const pool = options.has('X')
    ? ignored
    : options.has('x')
      ? [...found.untracked, ...ignored]
      : found.untracked
  const prefix = run.prefix
  const chosen = pool
    .filter((path) => path.startsWith(prefix) && path !== prefix)
    .filter((path) => spec.isEmpty || spec.matches(path.replace(/\/$/, '')))
    .filter(
      (path) =>
        !path.endsWith('/') ||
        options.has('d') ||
        spec.patterns.some(({ literal }) => `${literal}/` === path),
    )
    .sort(compareNames)
  for (const path of chosen) {
    const dry = options.has('dry-run')
    if (!options.has('quiet') || dry)
      run.out(`${dry ? 'Would remove' : 'Removing'} ${quotePath(run.shown(path))}\n`)
    if (dry) continue
    repo.world.remove(repo.place(path.replace(/\/$/, '')))
  }
}

/** Folders without a file in them and none above that is listed already. */
function emptyFolders(run: Run): string[] {
  const { repo } = run
  const empty = (path: string): boolean =>
    repo.world.isDirectory(repo.place(path)) &&
    repo.world.list(repo.place(path)).every((name) => empty(`${path}/${name}`))
  const visit = (folder: string): string[] =>
    repo.world.list(repo.place(folder || '.')).flatMap((name) => {
      const path = folder ? `${folder}/${name}` : name
      if (name === '.git' || !repo.world.isDirectory(repo.place(path))) return []
      if (repo.index.all().some((entry) => entry.path.startsWith(`${path}/`))) return visit(path)
      return empty(path) ? [`${path}/`] : []
    })
  return visit('')
}

export function status(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    's,short b,branch porcelain? long v,verbose u,untracked-files? ignored? z renames find-renames? ahead-behind column? show-stash',
    {
      usage: 'git status [<options>] [--] <pathspec>...',
    },
  )
  run.tree
  const repo = run.repo
  const given = options.value('untracked-files') ?? (options.negated('untracked-files') ? 'no' : undefined)
  const untracked = (given ??
    (options.has('untracked-files') ? 'all' : repo.config.get('status.showUntrackedFiles')) ??
    'normal') as 'no' | 'normal' | 'all'
  const pathspec = run.pathspec(options.rest)
  const showIgnored = options.has('ignored') && options.value('ignored') !== 'no'
  if (options.has('short') || options.has('porcelain') || options.has('z')) {
    const porcelain = options.has('porcelain') || options.has('z')
    if (options.value('porcelain') === 'v2')
      die('status --porcelain=v2 is not modelled here; use --porcelain')
    const nul = options.has('z')
    const text = formatShort(run, readStatus(repo, { untracked, pathspec }), porcelain, showIgnored, nul)
    run.out(
      (options.has('branch') || (!porcelain && repo.config.boolean('status.branch'))
        ? branchLine(repo)
        : '') + text,
    )
    return
  }
  run.out(formatLong(run, { untracked, showIgnored, pathspec }).text)
}
