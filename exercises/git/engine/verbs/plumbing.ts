/** The commands that look at objects and names directly. */
import { parseOptions } from '../args'
import { detectRenames } from '../file-diff'
import { isAncestor, mergeBases, reachable } from '../history'
import { filesOf } from '../index-file'
import { formatIdent, hashObject, type Id, MODE, type ObjectType, ZERO_ID } from '../objects'
import { formatPatch, formatRaw, quotePath } from '../patch'
import { globSource, Ignored } from '../paths'
import { formatCommit } from '../pretty'
import { fullRefName, Revisions, selectRevisions, unknown } from '../revisions'
import { die, Exit, fail, type Run } from '../run'
import { rebasing } from '../status'
import { expandFolders, unstagedPairs, untrackedFiles, versionOnDisk, versionsOfTree } from '../worktree'
import { decode, encode, joinPath } from '../world'
import { formatRef, sortRefs } from './branch'
import { treePairs } from './diff'
import { basicRegex, dateStyle, findCommits, Printer, readLog } from './log'

/** The entries of a tree object as `cat-file -p` and `ls-tree` print them. */
function treeText(run: Run, id: Id): string {
  return run.repo.objects
    .tree(id)
    .map(
      (entry) =>
        `${entry.mode.padStart(6, '0')} ${typeOfMode(entry.mode)} ${entry.id}\t${quotePath(entry.name)}\n`,
    )
    .join('')
}

const typeOfMode = (mode: string): ObjectType =>
  mode === MODE.tree ? 'tree' : mode === MODE.commit ? 'commit' : 'blob'

export function catFile(run: Run, args: string[]): number | undefined {
  const options = parseOptions(args, 'p t s e batch? batch-check? batch-all-objects textconv filters', {
    usage: 'git cat-file <type> <object>',
  })
  const { repo } = run
  const { objects } = repo
  const revisions = new Revisions(repo, run)
  if (options.has('batch') || options.has('batch-check')) {
    const names = options.has('batch-all-objects')
      ? objects.all()
      : run.readInput().split('\n').filter(Boolean)
    for (const name of names) {
      const id = revisions.find(name)
      if (!id || !objects.has(id)) {
        run.out(`${name} missing\n`)
        continue
      }
      const raw = objects.raw(id)
      const format =
        options.value('batch-check') ?? options.value('batch') ?? '%(objectname) %(objecttype) %(objectsize)'
      run.out(
        `${format.replace('%(objectname)', id).replace('%(objecttype)', raw.type).replace('%(objectsize)', String(raw.bytes.length)).replace('%(rest)', '')}\n`,
      )
      if (options.has('batch')) run.out(`${decode(raw.bytes)}\n`)
    }
    return
  }
  const [first, second] = options.rest
  const flag = ['p', 't', 's', 'e'].find((name) => options.has(name))
  const name = flag ? first : second
  if (name === undefined) throw new Exit(129, 'usage: git cat-file <type> <object>\n')
  const id = revisions.find(name)
  if (!id || (!objects.has(id) && flag !== 'e')) {
    const colon = name.indexOf(':')
    if (colon > 0) {
      const path = name.slice(colon + 1)
      if (revisions.findTree(name.slice(0, colon)))
        die(
          run.world.exists(repo.place(path))
            ? `path '${path}' exists on disk, but not in '${name.slice(0, colon)}'`
            : `path '${path}' does not exist in '${name.slice(0, colon)}'`,
        )
      die(`invalid object name '${name.slice(0, colon)}'.`)
    }
    die(`Not a valid object name ${name}`)
  }
  if (flag === 'e') return objects.has(id!) ? 0 : 1
  let at = id!
  if (!flag) {
    const wanted = first as ObjectType
    at = wanted === 'tag' || wanted === 'blob' ? at : objects.peel(at)
    if (wanted === 'tree' && objects.typeOf(at) === 'commit') at = objects.commit(at).tree
    if (objects.typeOf(at) !== wanted) die(`git cat-file ${name}: bad file`)
    run.out(decode(objects.raw(at).bytes))
    return
  }
  const raw = objects.raw(at)
  if (flag === 't') run.out(`${raw.type}\n`)
  else if (flag === 's') run.out(`${raw.bytes.length}\n`)
  else run.out(raw.type === 'tree' ? treeText(run, at) : decode(raw.bytes))
}

export function lsTree(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'd r t l,long z name-only name-status object-only full-name full-tree abbrev? format=',
    {
      usage: 'git ls-tree [<options>] <tree-ish> [<path>...]',
    },
  )
  const { repo } = run
  const [name, ...paths] = options.rest
  if (name === undefined) throw new Exit(129, 'usage: git ls-tree [<options>] <tree-ish> [<path>...]\n')
  const revisions = new Revisions(repo, run)
  const tree = revisions.findTree(name)
  if (!tree) die(revisions.find(name) ? 'not a tree object' : `Not a valid object name ${name}`)
  const fullTree = options.has('full-tree')
  const prefix = fullTree ? '' : run.prefix
  const wanted = paths.map((path) => ({
    path: joinPath(`/${prefix}`, path).slice(1),
    inside: path.endsWith('/'),
  }))
  const show = (path: string) => {
    if (options.has('full-name') || fullTree || !prefix) return path
    return run.shown(path)
  }
  const print = (path: string, mode: string, id: Id) => {
    const type = typeOfMode(mode)
    const own = quotePath(show(path))
    const end = options.has('z') ? '\0' : '\n'
    const short = options.has('abbrev')
      ? repo.objects.abbreviate(id, Number(options.value('abbrev') ?? 7))
      : id
    if (options.has('name-only') || options.has('name-status')) run.out(`${own}${end}`)
    else if (options.has('object-only')) run.out(`${short}${end}`)
    else {
      const size = options.has('long')
        ? ` ${(type === 'blob' ? String(repo.objects.raw(id).bytes.length) : '-').padStart(7)}`
        : ''
      run.out(`${mode.padStart(6, '0')} ${type} ${short}${size}\t${own}${end}`)
    }
  }
  const matches = (path: string) =>
    wanted.length === 0 ||
    wanted.some((one) =>
      one.inside ? path.startsWith(`${one.path}/`) : path === one.path || path.startsWith(`${one.path}/`),
    )
  const leads = (path: string) =>
    wanted.some((one) => one.path.startsWith(`${path}/`) || (one.inside && one.path === path))
  const visit = (id: Id, folder: string) => {
    for (const entry of repo.objects.tree(id)) {
      const path = folder + entry.name
      const isTree = entry.mode === MODE.tree
      const inPrefix =
        !prefix || path.startsWith(prefix) || prefix.startsWith(`${path}/`) || wanted.length > 0
      if (!inPrefix) continue
      const through = prefix.startsWith(`${path}/`) && wanted.length === 0
      if (
        isTree &&
        (options.has('r') || leads(path) || through) &&
        (matches(path) || leads(path) || through)
      ) {
        if ((options.has('t') || (options.has('d') && matches(path))) && matches(path) && !through)
          print(path, entry.mode, entry.id)
        visit(entry.id, `${path}/`)
      } else if (matches(path) && (isTree || !options.has('d'))) {
        const exact =
          wanted.length === 0 ||
          wanted.some(
            (one) => one.path === path || (one.inside && path.startsWith(`${one.path}/`)) || options.has('r'),
          )
        if (exact) print(path, entry.mode, entry.id)
      }
    }
  }
  visit(tree!, '')
}

export function lsFiles(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'c,cached d,deleted m,modified o,others i,ignored s,stage u,unmerged z t v exclude-standard full-name error-unmatch directory x,exclude= deduplicate abbrev? eol',
    {
      usage: 'git ls-files [<options>] [<file>...]',
    },
  )
  const { repo } = run
  const spec = run.pathspec(options.rest)
  const end = options.has('z') ? '\0' : '\n'
  const { prefix } = run
  const name = (path: string) => (options.has('full-name') ? path : run.shown(path))
  const quote = (path: string) => (options.has('z') ? name(path) : quotePath(name(path)))
  const keeps = (path: string) => (spec.isEmpty ? path.startsWith(prefix) : spec.matches(path))
  if (options.has('error-unmatch'))
    for (const pattern of spec.patterns)
      if (!repo.index.all().some(({ path }) => pattern.matches(path)))
        throw new Exit(
          1,
          `error: pathspec '${pattern.given}' did not match any file(s) known to git\nDid you forget to 'git add'?\n`,
        )
  const cachedToo =
    options.has('cached') ||
    !(
      options.has('deleted') ||
      options.has('modified') ||
      options.has('others') ||
      options.has('unmerged') ||
      options.has('stage')
    )
  if (options.has('others')) {
    const found = untrackedFiles(repo, { all: !options.has('directory') })
    const ignored = expandFolders(run.repo, found.ignored)
    const chosen = options.has('ignored')
      ? ignored
      : options.has('exclude-standard')
        ? found.untracked
        : [...found.untracked, ...ignored].sort()
    for (const path of chosen) if (keeps(path)) run.out(`${quote(path)}${end}`)
  }
  const ignore = options.has('ignored') && !options.has('others') ? new Ignored(repo) : null
  for (const entry of repo.index.all()) {
    if (!keeps(entry.path)) continue
    if (ignore && !ignore.has(entry.path, false)) continue
    if (options.has('unmerged') && entry.stage === 0) continue
    const line =
      options.has('stage') || options.has('unmerged') ? `${entry.mode} ${entry.id} ${entry.stage}\t` : ''
    if (line || cachedToo) run.out(`${line}${quote(entry.path)}${end}`)
    const disk = versionOnDisk(repo, entry.path)
    if (options.has('deleted') && !disk) run.out(`${quote(entry.path)}${end}`)
    if (options.has('modified') && (!disk || disk.id !== entry.id || disk.mode !== entry.mode))
      run.out(`${quote(entry.path)}${end}`)
  }
}

export function revParse(run: Run, args: string[]): number | undefined {
  let [verify, quiet, short, symbolic, abbrevRef] = [false, false, 0, false, false]
  let fallback: string | undefined
  const revisions = () => new Revisions(run.repo, run)
  for (const [i, arg] of args.entries()) {
    if (arg === '--') {
      run.out('--\n')
      continue
    }
    const value = arg.includes('=') ? arg.slice(arg.indexOf('=') + 1) : undefined
    switch (arg.replace(/=.*/, '')) {
      case '--verify':
        verify = true
        continue
      case '-q':
      case '--quiet':
        quiet = true
        continue
      case '--short':
        short = value ? Number(value) : 7
        verify = true
        continue
      case '--symbolic-full-name':
        symbolic = true
        continue
      case '--abbrev-ref':
        abbrevRef = true
        continue
      case '--default':
        fallback = args[i + 1]
        continue
      case '--show-toplevel':
        run.out(`${run.tree.workTree}\n`)
        continue
      case '--git-dir': {
        const dir = run.repo.gitDir
        run.out(`${run.repo.workTree === run.cwd ? '.git' : dir === run.cwd ? '.' : dir}\n`)
        continue
      }
      case '--absolute-git-dir':
      case '--git-common-dir':
        run.out(`${run.repo.gitDir}\n`)
        continue
      case '--git-path':
        continue
      case '--is-inside-work-tree':
        run.out(`${run.repo.workTree !== null && !run.cwd.startsWith(run.repo.gitDir)}\n`)
        continue
      case '--is-inside-git-dir':
        run.out(`${run.cwd.startsWith(run.repo.gitDir)}\n`)
        continue
      case '--is-bare-repository':
        run.out(`${run.repo.workTree === null}\n`)
        continue
      case '--show-prefix':
        run.out(`${run.prefix}\n`)
        continue
      case '--show-cdup':
        run.out(`${'../'.repeat(run.prefix.split('/').length - 1)}\n`)
        continue
      case '--all':
        for (const [, id] of run.repo.refs.list()) run.out(`${id}\n`)
        continue
      case '--branches':
        for (const [, id] of run.repo.refs.list('refs/heads/')) run.out(`${id}\n`)
        continue
    }
    if (arg === fallback) continue
    if (args[i - 1] === '--git-path') {
      run.out(`${run.repo.workTree === run.cwd ? '.git' : run.repo.gitDir}/${arg}\n`)
      continue
    }
    const range = /^(.*?)(\.\.\.?)(.*)$/.exec(arg)
    if (range && !verify) {
      const [a, b] = [revisions().find(range[1] || 'HEAD'), revisions().find(range[3] || 'HEAD')]
      if (a && b) {
        run.out(`${b}\n`)
        if (range[2] === '...') {
          run.out(`${a}\n`)
          for (const base of mergeBases(run.repo.objects, run.repo.objects.peel(a), run.repo.objects.peel(b)))
            run.out(`^${base}\n`)
        } else run.out(`^${a}\n`)
        continue
      }
    }
    const negated = arg.startsWith('^') && arg.length > 1
    const name = negated ? arg.slice(1) : arg
    if (abbrevRef || symbolic) {
      const upstream = /^(.*)@\{(u|upstream|push)\}$/.exec(name)
      const branch = upstream ? upstream[1] || run.repo.branch || '' : ''
      const tracking = upstream ? run.repo.upstreamOf(branch)?.tracking : null
      if (upstream && !tracking) die(`no upstream configured for branch '${branch}'`)
      const full =
        tracking ??
        (name === 'HEAD' || name === '@' ? (run.repo.refs.headTarget ?? 'HEAD') : fullRefName(run.repo, name))
      if (full) {
        run.out(`${abbrevRef ? full.replace(/^refs\/(heads|tags|remotes)\//, '') : full}\n`)
        continue
      }
    }
    const id = revisions().find(name)
    if (id) {
      run.out(`${negated ? '^' : ''}${short ? run.repo.objects.abbreviate(id, short) : id}\n`)
      continue
    }
    if (verify) {
      if (quiet) return 1
      die('Needed a single revision')
    }
    if (arg.startsWith('-')) {
      run.out(`${arg}\n`)
      continue
    }
    if (run.world.exists(joinPath(run.cwd, arg))) {
      run.out(`${arg}\n`)
      continue
    }
    run.out(`${arg}\n`)
    const colon = name.indexOf(':')
    if (colon > 0) {
      const [revision, path] = [name.slice(0, colon), name.slice(colon + 1)]
      if (revisions().findTree(revision))
        die(
          run.world.exists(run.repo.place(path))
            ? `path '${path}' exists on disk, but not in '${revision}'`
            : `path '${path}' does not exist in '${revision}'`,
        )
      die(`invalid object name '${revision}'.`)
    }
    unknown(arg)
  }
  if (verify && fallback !== undefined && args.every((arg) => arg.startsWith('-') || arg === fallback))
    run.out(`${revisions().find(fallback)}\n`)
}

export function revList(run: Run, args: string[]): void {
  const counts = args.includes('--count')
  const objectsToo = args.includes('--objects')
  const header = args.some((arg) => /^--(pretty|format|oneline)/.test(arg))
  const rest = args.filter((arg) => !['--count', '--objects', '--no-commit-header'].includes(arg))
  const settings = readLog(run, rest)
  const given =
    settings.words.filter((word) => word !== '--').length > 0 || settings.all || settings.refs.length > 0
  if (!given) throw new Exit(129, 'usage: git rev-list [<options>] <commit>... [--] [<path>...]\n')
  const found = findCommits(run, settings, { needsStart: false })
  if (counts) {
    if (settings.leftRight) {
      const left = found.walked.filter(({ commit }) => found.left.has(commit.id)).length
      run.out(`${left}\t${found.walked.length - left}\n`)
    } else run.out(`${found.walked.length}\n`)
    return
  }
  const printer = settings.graph
    ? new Printer(run, { ...settings, format: 'tformat:%H', separator: false })
    : null
  for (const one of found.walked) {
    const { commit } = one
    const mark = one.boundary
      ? '-'
      : settings.leftRight && found.symmetric
        ? found.left.has(commit.id)
          ? '<'
          : '>'
        : ''
    if (printer) {
      printer.print(commit, { parents: one.drawn, mark: mark || '*', diff: () => '' })
      continue
    }
    const own = settings.short ? run.abbreviate(commit.id) : commit.id
    const parents = settings.showParents ? one.parents.map((id) => ` ${id}`).join('') : ''
    if (header && settings.format !== 'oneline') {
      const shown = formatCommit(commit, settings.format, {
        repo: run.repo,
        date: dateStyle(run, settings.date),
        decorations: null,
        abbreviate: (id) => run.abbreviate(id),
        short: settings.short,
      })
      run.out(`commit ${mark}${own}${parents}\n${shown.body}\n`)
    } else if (settings.format === 'oneline')
      run.out(`${mark}${own}${parents} ${commit.message.split('\n')[0]}\n`)
    else run.out(`${mark}${own}${parents}\n`)
  }
  if (!objectsToo) return
  const seen = new Set<Id>()
  const hidden = selectRevisions(run, settings.words, (a, b) => mergeBases(run.repo.objects, a, b)).exclude
  const visit = (id: Id, name: string, silent: boolean) => {
    if (seen.has(id)) return
    seen.add(id)
    if (!silent) run.out(`${id} ${name}\n`)
    if (run.repo.objects.typeOf(id) === 'tree')
      for (const entry of run.repo.objects.tree(id))
        visit(entry.id, name ? `${name}/${entry.name}` : entry.name, silent)
  }
  for (const id of reachable(run.repo.objects, hidden)) visit(run.repo.objects.commit(id).tree, '', true)
  for (const { commit } of found.walked) visit(commit.tree, '', false)
}

export function mergeBase(run: Run, args: string[]): number | undefined {
  const options = parseOptions(args, 'a,all is-ancestor octopus independent fork-point', {
    usage: 'git merge-base [-a | --all] <commit> <commit>...',
  })
  const { objects } = run.repo
  const revisions = new Revisions(run.repo, run)
  const commits = options.rest.map(
    (name) => revisions.findCommit(name) ?? die(`Not a valid object name ${name}`),
  )
  if (options.has('is-ancestor')) {
    if (commits.length !== 2) die('--is-ancestor takes exactly two commits')
    return isAncestor(objects, commits[0]!.id, commits[1]!.id) ? 0 : 1
  }
  if (options.has('independent')) {
    const ids = [...new Set(commits.map(({ id }) => id))]
    for (const id of ids)
      if (!ids.some((other) => other !== id && isAncestor(objects, id, other))) run.out(`${id}\n`)
    return
  }
  if (commits.length < 2) throw new Exit(129, 'usage: git merge-base [-a | --all] <commit> <commit>...\n')
  let bases = mergeBases(objects, commits[0]!.id, commits[1]!.id)
  for (const other of commits.slice(2)) bases = bases.flatMap((base) => mergeBases(objects, base, other.id))
  if (bases.length === 0) return 1
  for (const id of options.has('all') ? bases : bases.slice(0, 1)) run.out(`${id}\n`)
}

export function hashObjectVerb(run: Run, args: string[]): void {
  const options = parseOptions(args, 't= w stdin stdin-paths path= no-filters literally')
  const type = (options.value('t') ?? 'blob') as ObjectType
  const write = (bytes: Uint8Array) =>
    run.out(`${options.has('w') ? run.repo.objects.write(type, bytes) : hashObject(type, bytes)}\n`)
  if (options.has('stdin')) write(encode(run.hasInput ? `${run.readInput()}\n` : ''))
  for (const path of options.rest) {
    const bytes = run.world.read(joinPath(run.cwd, path))
    if (!bytes) die(`could not open '${path}' for reading: No such file or directory`)
    write(bytes!)
  }
}

export function writeTreeVerb(run: Run): void {
  if (run.repo.index.hasUnmerged) die('git-write-tree: error building trees')
  run.out(`${run.repo.index.writeTree(run.repo.objects)}\n`)
}

export function commitTree(run: Run, args: string[]): void {
  const options = parseOptions(args, 'p= m= F= S?')
  const revisions = new Revisions(run.repo, run)
  const tree = revisions.findTree(options.rest[0] ?? '') ?? die(`not a valid object name ${options.rest[0]}`)
  const parents = options.values('p').map((name) => revisions.commit(name).id)
  const messages = options.values('m')
  const message = messages.length > 0 ? `${messages.join('\n\n')}\n` : `${run.readInput()}\n`
  run.out(
    `${run.repo.objects.writeCommit({ tree, parents, author: run.author, committer: run.committer, message })}\n`,
  )
}

export function readTreeVerb(run: Run, args: string[]): void {
  const options = parseOptions(args, 'm u reset empty prefix=')
  const { repo } = run
  if (options.has('empty')) repo.index.clear()
  else {
    const tree =
      new Revisions(repo, run).findTree(options.rest[0] ?? '') ??
      die(`Not a valid object name ${options.rest[0]}`)
    repo.index.clear()
    for (const file of filesOf(repo.objects, tree).values()) repo.index.fill({ ...file, stage: 0 })
  }
  repo.saveIndex()
}

export function updateIndex(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'add remove force-remove cacheinfo refresh chmod= q assume-unchanged skip-worktree',
  )
  const { repo } = run
  if (options.has('cacheinfo')) {
    const words = options.rest[0]?.includes(',') ? options.rest[0].split(',') : options.rest
    repo.index.set({ mode: words[0]!, id: words[1]!, path: words[2]!, stage: 0 })
  } else
    for (const given of options.rest) {
      const path = run.pathInTree(given)
      const disk = versionOnDisk(repo, path)
      if (!disk || options.has('force-remove')) {
        if (!options.has('remove') && !options.has('force-remove'))
          fail(`${path}: does not exist and --remove not passed\nfatal: Unable to process path ${path}`, 128)
        repo.index.remove(path)
        continue
      }
      if (!repo.index.has(path) && !options.has('add'))
        fail(
          `${path}: cannot add to the index - missing --add option?\nfatal: Unable to process path ${path}`,
          128,
        )
      const mode = options.has('chmod')
        ? options.value('chmod') === '+x'
          ? MODE.executable
          : MODE.file
        : disk.mode
      repo.index.set({ path, mode, id: repo.objects.write('blob', disk.bytes()), stage: 0 })
    }
  repo.saveIndex()
}

export function updateRef(run: Run, args: string[]): void {
  const options = parseOptions(args, 'd m= no-deref create-reflog stdin')
  const { repo } = run
  const [name, value] = options.rest
  if (name === undefined) throw new Exit(129, 'usage: git update-ref [<options>] <ref> <new-value>\n')
  if (options.has('d')) {
    if (['MERGE_HEAD', 'ORIG_HEAD', 'CHERRY_PICK_HEAD'].includes(name)) repo.clearState(name)
    else repo.refs.delete(name)
    return
  }
  const id = new Revisions(repo, run).find(value ?? '') ?? die(`${value}: not a valid SHA1`)
  repo.refs.set(name, id, run.note(options.value('m') ?? ''))
}

export function symbolicRef(run: Run, args: string[]): number | undefined {
  const options = parseOptions(args, 'q,quiet d,delete short m=')
  const { repo } = run
  const [name, target] = options.rest as [string, string?]
  if (target !== undefined) {
    repo.refs.setSymbolic(name, target)
    return
  }
  const found = repo.refs.symbolic(name)
  if (!found) {
    if (options.has('quiet')) return 1
    die(`ref ${name} is not a symbolic ref`)
  }
  run.out(`${options.has('short') ? found!.replace(/^refs\/(heads|tags|remotes)\//, '') : found}\n`)
}

export function showRef(run: Run, args: string[]): number | undefined {
  const options = parseOptions(args, 'head heads branches tags verify q,quiet d,dereference s,hash? abbrev?')
  const { repo } = run
  let rows = repo.refs.list()
  if (options.has('heads') || options.has('branches') || options.has('tags'))
    rows = rows.filter(
      ([name]) =>
        ((options.has('heads') || options.has('branches')) && name.startsWith('refs/heads/')) ||
        (options.has('tags') && name.startsWith('refs/tags/')),
    )
  if (options.has('verify')) {
    for (const name of options.rest) {
      const id = repo.refs.get(name)
      if (!id) {
        if (options.has('quiet')) return 1
        die(`'${name}' - not a valid ref`)
      }
      if (!options.has('quiet')) run.out(options.has('hash') ? `${id}\n` : `${id} ${name}\n`)
    }
    return
  }
  if (options.rest.length > 0)
    rows = rows.filter(([name]) =>
      options.rest.some((pattern) => name === pattern || name.endsWith(`/${pattern}`)),
    )
  if (options.has('head') && repo.headId) rows = [['HEAD', repo.headId], ...rows]
  for (const [name, id] of rows) {
    run.out(options.has('hash') ? `${id}\n` : `${id} ${name}\n`)
    if (options.has('dereference') && repo.objects.typeOf(id) === 'tag')
      run.out(`${repo.objects.peel(id)} ${name}^{}\n`)
  }
  return rows.length > 0 ? 0 : 1
}

export function forEachRef(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'format= sort= count= points-at= contains? no-contains? merged? no-merged? shell perl',
  )
  const { repo } = run
  let rows = repo.refs.list().map(([full, id]) => ({ full, id }))
  if (options.rest.length > 0)
    rows = rows.filter(({ full }) =>
      options.rest.some(
        (pattern) =>
          full === pattern ||
          full.startsWith(pattern.replace(/\/?$/, '/')) ||
          (/[*?[]/.test(pattern) && new RegExp(`^${globSource(pattern, true)}`).test(full)),
      ),
    )
  for (const sort of options.values('sort')) rows = sortRefs(run, rows, sort)
  if (options.has('count')) rows = rows.slice(0, Number(options.value('count')))
  const format = options.value('format') ?? '%(objectname) %(objecttype)\t%(refname)'
  for (const { full, id } of rows) run.out(`${formatRef(run, format, full, id)}\n`)
}

export function describe(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'tags all long abbrev= exact-match always dirty? contains match= candidates= first-parent exclude=',
  )
  const { repo } = run
  const { objects } = repo
  const name = options.rest[0] ?? 'HEAD'
  const commit = new Revisions(repo, run).findCommit(name) ?? die(`Not a valid object name ${name}`)
  const match = options.value('match')
  const test = match ? new RegExp(`^${globSource(match, true)}$`) : null
  const tags = new Map<Id, { name: string; annotated: boolean; time: number }>()
  for (const [full, id] of repo.refs.list(options.has('all') ? 'refs/' : 'refs/tags/')) {
    const annotated = objects.typeOf(id) === 'tag'
    const short = options.has('all') ? full.replace(/^refs\//, '') : full.slice(10)
    if (test && !test.test(short)) continue
    if (!annotated && !options.has('tags') && !options.has('all')) continue
    const at = objects.peel(id)
    const time = annotated ? (objects.tag(id).tagger?.time ?? 0) : 0
    const known = tags.get(at)
    if (!known || (annotated && !known.annotated) || (annotated === known.annotated && time > known.time))
      tags.set(at, { name: short, annotated, time })
  }
  const dirty =
    options.has('dirty') && unstagedPairs(repo).length > 0 ? (options.value('dirty') ?? '-dirty') : ''
  let best: { id: Id; depth: number } | null = null
  const mine = reachable(objects, [commit.id])
  for (const id of tags.keys()) {
    if (!mine.has(id)) continue
    const theirs = reachable(objects, [id])
    const depth = [...mine].filter((one) => !theirs.has(one)).length
    if (!best || depth < best.depth) best = { id, depth }
  }
  if (best && options.has('exact-match') && best.depth > 0) best = null
  if (!best) {
    if (options.has('always')) {
      run.out(`${run.abbreviate(commit.id)}${dirty}\n`)
      return
    }
    if (options.has('exact-match')) die(`no tag exactly matches '${commit.id}'`)
    if (tags.size === 0 && repo.refs.list('refs/tags/').length > 0 && !options.has('tags'))
      die(`No annotated tags can describe '${commit.id}'.\nHowever, there were unannotated tags: try --tags.`)
    if (tags.size === 0) die('No names found, cannot describe anything.')
    die(`No tags can describe '${commit.id}'.\nTry --always, or create some tags.`)
  }
  const found = tags.get(best!.id)!
  const abbrev = options.value('abbrev')
  const suffix =
    (best!.depth > 0 || options.has('long')) && abbrev !== '0'
      ? `-${best!.depth}-g${objects.abbreviate(commit.id, Number(abbrev ?? 7))}`
      : ''
  run.out(`${found.name}${suffix}${dirty}\n`)
}

export function checkIgnore(run: Run, args: string[]): number {
  const options = parseOptions(args, 'v,verbose q,quiet stdin n,non-matching no-index z')
  const ignored = new Ignored(run.repo)
  let any = false
  const paths = options.has('stdin') ? run.readInput().split('\n').filter(Boolean) : options.rest
  for (const given of paths) {
    const path = run.pathInTree(given)
    const folder = run.world.isDirectory(run.repo.place(path)) || given.endsWith('/')
    const tracked = !options.has('no-index') && run.repo.index.has(path)
    const rule = tracked ? null : ignored.ruleFor(path, folder)
    const hit = rule !== null && (!rule.negated || options.has('verbose'))
    if (hit) any ||= !rule.negated || options.has('verbose')
    if (options.has('quiet')) continue
    if (options.has('verbose') && (hit || options.has('non-matching')))
      run.out(`${rule ? `${rule.source}:${rule.line}:${rule.text}` : '::'}\t${given}\n`)
    else if (hit && !options.has('verbose')) run.out(`${given}\n`)
  }
  return any ? 0 : 1
}

export function grep(run: Run, args: string[]): number {
  const options = parseOptions(
    args,
    'n,line-number i,ignore-case l,files-with-matches name-only L,files-without-match c,count w,word-regexp v,invert-match E,extended-regexp F,fixed-strings P,perl-regexp e= h H cached untracked color? q,quiet heading break A= B= C= G o',
  )
  const { repo } = run
  const patterns = options.values('e')
  const rest = [...options.rest]
  if (patterns.length === 0) patterns.push(rest.shift() ?? die('no pattern given'))
  const revisions = new Revisions(repo, run)
  const trees: { name: string; tree: Id }[] = []
  while (
    rest.length > 0 &&
    options.divide !== 0 &&
    revisions.findTree(rest[0]!) &&
    !run.world.exists(joinPath(run.cwd, rest[0]!))
  )
    trees.push({ name: rest[0]!, tree: revisions.findTree(rest.shift()!)! })
  const spec = run.pathspec(rest)
  const flags = options.has('ignore-case') ? 'i' : ''
  const tests = patterns.map((text) => {
    const one = basicRegex(
      text,
      flags,
      options.has('extended-regexp') || options.has('perl-regexp'),
      options.has('fixed-strings'),
    )
    return options.has('word-regexp') ? new RegExp(`\\b(?:${one.source})\\b`, flags) : one
  })
  let any = false
  const search = (label: string, path: string, text: string) => {
    const lines = text.replace(/\n$/, '').split('\n')
    const hits = lines.flatMap((line, i) =>
      tests.some((test) => test.test(line)) !== options.has('invert-match') ? [i] : [],
    )
    if (options.has('files-without-match')) {
      if (hits.length === 0) run.out(`${label}${path}\n`)
      return
    }
    if (hits.length === 0) return
    any = true
    if (options.has('quiet')) return
    if (options.has('files-with-matches') || options.has('name-only')) run.out(`${label}${path}\n`)
    else if (options.has('count')) run.out(`${label}${path}:${hits.length}\n`)
    else
      for (const i of hits)
        run.out(
          `${options.has('h') ? '' : `${label}${path}:`}${options.has('line-number') ? `${i + 1}:` : ''}${lines[i]}\n`,
        )
  }
  if (trees.length > 0) {
    for (const { name, tree } of trees)
      for (const [path, version] of versionsOfTree(repo, tree))
        if (spec.matches(path)) search(`${name}:`, path, decode(version.bytes()))
  } else
    for (const entry of repo.index.all()) {
      if (
        entry.stage > 1 ||
        !spec.matches(entry.path) ||
        (spec.isEmpty && !entry.path.startsWith(run.prefix))
      )
        continue
      const disk = options.has('cached')
        ? repo.objects.blob(entry.id)
        : versionOnDisk(repo, entry.path)?.bytes()
      if (disk) search('', run.shown(entry.path), decode(disk))
    }
  return any ? 0 : 1
}

export function diffTree(run: Run, args: string[]): void {
  const options = parseOptions(args, 'r p,patch name-only name-status stat no-commit-id root t s M?', {
    keepUnknown: true,
  })
  const { repo } = run
  const revisions = new Revisions(repo, run)
  const [first, second] = options.rest as [string, string?]
  if (first === undefined) throw new Exit(129, 'usage: git diff-tree [<options>] <tree-ish> [<tree-ish>]\n')
  const commit = second === undefined ? revisions.commit(first) : null
  const before = commit
    ? commit.parents[0]
      ? repo.objects.commit(commit.parents[0]).tree
      : null
    : revisions.findTree(first)
  const after = commit ? commit.tree : revisions.findTree(second!)
  if (commit && commit.parents.length === 0 && !options.has('root')) return
  if (commit && !options.has('no-commit-id')) run.out(`${commit.id}\n`)
  let pairs = treePairs(run, before, after)
  if (options.has('M')) pairs = detectRenames(pairs)
  if (options.has('name-only'))
    for (const pair of pairs) run.out(`${quotePath((pair.after ?? pair.before)!.path)}\n`)
  else if (options.has('name-status'))
    for (const pair of pairs) run.out(`${pair.status}\t${quotePath((pair.after ?? pair.before)!.path)}\n`)
  else if (options.has('patch'))
    run.out(
      pairs
        .map((pair) =>
          formatPatch(pair, { abbreviate: (id) => (id === ZERO_ID ? id.slice(0, 7) : run.abbreviate(id)) }),
        )
        .join(''),
    )
  else run.out(formatRaw(pairs, (id) => id))
}

export function variable(run: Run, args: string[]): void {
  const [name] = args
  if (name === 'GIT_AUTHOR_IDENT') run.out(`${formatIdent(run.author)}\n`)
  else if (name === 'GIT_COMMITTER_IDENT') run.out(`${formatIdent(run.committer)}\n`)
  else if (name === 'GIT_EDITOR') run.out(`${run.vars.GIT_EDITOR ?? 'editor'}\n`)
}

/** What a prompt shows beside the branch: `MERGING`, `REBASE 2/5`; empty when nothing is under way. */
export function stateWord(run: Run): string {
  const { repo } = run
  if (rebasing(repo))
    return `REBASE ${(repo.state('rebase-merge/msgnum') ?? '').trim()}/${(repo.state('rebase-merge/end') ?? '').trim()}`
  if (repo.hasState('MERGE_HEAD')) return 'MERGING'
  if (repo.hasState('CHERRY_PICK_HEAD')) return 'CHERRY-PICKING'
  if (repo.hasState('REVERT_HEAD')) return 'REVERTING'
  return repo.hasState('BISECT_LOG') ? 'BISECTING' : ''
}
