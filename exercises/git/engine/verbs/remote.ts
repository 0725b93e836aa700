/** Other repositories: `clone`, `remote`, `fetch`, `pull`, `push`, `ls-remote`. All of them lie in the same world. */
import { parseOptions } from '../args'
import { Config } from '../config'
import { isAncestor, reachable } from '../history'
import { type Commit, type Id, type ObjectDatabase, ZERO_ID } from '../objects'
import { globSource } from '../paths'
import { isGitDirectory, layOut, Repository } from '../repository'
import { fullRefName, Revisions } from '../revisions'
import { die, Exit, Run } from '../run'
import { forceTree, stagedPairs, unstagedPairs } from '../worktree'
import { joinPath, nameOf } from '../world'
import { configureUpstream } from './branch'
import { intoText, mergeCommit, refuseUnfinished } from './merge'
import { rebase } from './rebase'

/** Where addresses that are not paths lie in the world: `https://git.example.org/a/b.git` at `/srv/git.example.org/a/b.git`. */
export const SERVERS = '/srv'

/** The folder of the repository at an address, or null. */
export function locate(run: { world: Run['world'] }, url: string, cwd: string): string | null {
  const web = /^(?:https?|ssh|git):\/\/(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.*)$/.exec(url)
  const scp = /^(?:[^@/:]+@)?([^/:]+):(?!\/\/)(.*)$/.exec(url)
  const place = web
    ? `${SERVERS}/${web[1]}/${web[2]}`
    : scp
      ? `${SERVERS}/${scp[1]}/${scp[2]}`
      : joinPath(cwd, url.replace(/^file:\/\//, ''))
  for (const path of [`${place}/.git`, place, `${place}.git/.git`, `${place}.git`]) {
    const clean = joinPath('/', path)
    if (isGitDirectory(run.world, clean)) return clean
  }
  return null
}

function openRemote(run: Run, url: string): Repository {
  const base = run.repository ? (run.repository.workTree ?? run.repository.gitDir) : run.cwd
  const gitDir = locate(run, url, base)
  if (!gitDir) {
    const web = /^(https?:\/\/[^/]+)/.exec(url)
    if (web)
      throw new Exit(128, `fatal: unable to access '${url}/': Could not resolve host: ${url.split('/')[2]}\n`)
    throw new Exit(
      128,
      `fatal: '${url}' does not appear to be a git repository\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`,
    )
  }
  return openAt(run, gitDir)
}

function openAt(run: Run, gitDir: string): Repository {
  const config = new Config(run.world, `${gitDir}/config`, '/none')
  const bare = !gitDir.endsWith('/.git')
  return new Repository(run.world, gitDir, bare ? null : gitDir.slice(0, -5), config)
}

/** Takes over an object and all that it needs. */
export function copyObjects(from: ObjectDatabase, to: ObjectDatabase, tips: Iterable<Id>): void {
  const seen = new Set<Id>()
  const stack = [...tips]
  while (stack.length > 0) {
    const id = stack.pop()!
    if (seen.has(id) || to.has(id) || !from.has(id)) continue
    seen.add(id)
    const type = from.typeOf(id)
    if (type === 'commit') {
      const commit = from.commit(id)
      stack.push(commit.tree, ...commit.parents)
    } else if (type === 'tree') stack.push(...from.tree(id).map((entry) => entry.id))
    else if (type === 'tag') stack.push(from.tag(id).object)
  }
  for (const id of seen) to.copyFrom(from, id)
}

export function clone(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'q,quiet v,verbose n no-checkout bare mirror o,origin= b,branch= depth= single-branch l,local s,shared progress recurse-submodules? no-tags c,config= shallow-since= no-hardlinks filter= template=',
    {
      usage: 'git clone [<options>] [--] <repo> [<dir>]',
    },
  )
  const [url, given] = options.rest
  if (url === undefined)
    throw new Exit(
      129,
      'fatal: You must specify a repository to clone.\n\nusage: git clone [<options>] [--] <repo> [<dir>]\n',
    )
  const bare = options.has('bare') || options.has('mirror')
  const plain = url.replace(/\/+$/, '').replace(/\/?\.git$/, '')
  const folder = given ?? `${nameOf(plain.replace(/:/g, '/'))}${bare ? '.git' : ''}`
  const place = joinPath(run.cwd, folder)
  const gitDir = locate(run, url, run.cwd)
  if (run.world.exists(place) && run.world.list(place).length > 0)
    die(`destination path '${folder}' already exists and is not an empty directory.`)
  if (!gitDir) {
    if (/^[a-z]+:\/\//.test(url)) {
      run.err(`Cloning into '${folder}'...\n`)
      throw new Exit(128, `fatal: unable to access '${url}/': Could not resolve host: ${url.split('/')[2]}\n`)
    }
    die(`repository '${url}' does not exist`)
  }
  const remote = openAt(run, gitDir!)
  const quiet = options.has('quiet')
  if (!quiet)
    run.err(bare ? `Cloning into bare repository '${folder}'...\n` : `Cloning into '${folder}'...\n`)
  const headName = remote.refs.headTarget
  const branch = options.value('branch')
  const heads = remote.refs.list('refs/heads/')
  const tags = remote.refs.list('refs/tags/')
  if (
    branch !== undefined &&
    !remote.refs.get(`refs/heads/${branch}`) &&
    !remote.refs.get(`refs/tags/${branch}`)
  )
    throw new Exit(
      128,
      `fatal: Remote branch ${branch} not found in upstream ${options.value('origin') ?? 'origin'}\n`,
    )
  const own = bare ? place : joinPath(place, '.git')
  layOut(run.world, own, bare, headName?.replace('refs/heads/', '') ?? 'main')
  const repo = new Repository(
    run.world,
    own,
    bare ? null : place,
    new Config(run.world, `${own}/config`, `${run.home}/.gitconfig`, run.given),
  )
  const name = options.value('origin') ?? 'origin'
  const address = /^[a-z+]+:\/\/|^[^/]+@[^/]+:/.test(url)
    ? url
    : url.startsWith('/')
      ? url
      : `${run.cwd}/${url}`
  run.use(repo)
  copyObjects(
    remote.objects,
    repo.objects,
    [...heads, ...tags].map(([, id]) => id),
  )
  const note = run.note(`clone: from ${address}`)
  if (bare) {
    repo.config.set(`remote.${name}.url`, address)
    repo.refs.pack([...heads, ...tags])
    finishClone(run, quiet, heads.length)
    return
  }
  repo.config.set(`remote.${name}.url`, address)
  repo.config.set(`remote.${name}.fetch`, `+refs/heads/*:refs/remotes/${name}/*`)
  const single = options.has('single-branch') ? (branch ?? headName?.slice(11)) : null
  const kept = heads.filter(([full]) => single === null || full === `refs/heads/${single}`)
  if (single !== null)
    repo.config.set(`remote.${name}.fetch`, `+refs/heads/${single}:refs/remotes/${name}/${single}`)
  repo.refs.pack([
    ...kept.map(([full, id]): [string, Id] => [`refs/remotes/${name}/${full.slice(11)}`, id]),
    ...(options.has('no-tags') ? [] : tags),
  ])
  const headId = headName ? remote.refs.get(headName) : remote.refs.get('HEAD')
  if (headName && headId) {
    repo.refs.setSymbolic(`refs/remotes/${name}/HEAD`, `refs/remotes/${name}/${headName.slice(11)}`)
    repo.refs.log(`refs/remotes/${name}/HEAD`, ZERO_ID, headId, note)
  }
  const wanted = branch ?? headName?.slice(11)
  const tip = wanted ? (remote.refs.get(`refs/heads/${wanted}`) ?? null) : null
  const tag = branch && !tip ? remote.refs.get(`refs/tags/${branch}`) : null
  if (wanted && tip) {
    repo.refs.setSymbolic('HEAD', `refs/heads/${wanted}`)
    repo.refs.set(`refs/heads/${wanted}`, tip, note)
    configureUpstream(run, wanted, name, `refs/heads/${wanted}`)
  } else if (tag || (!headName && headId))
    repo.refs.detach(repo.objects.peel((tag ?? headId)!), note, ZERO_ID)
  else if (headName) configureUpstream(run, headName.slice(11), name, headName)
  if (repo.headId && !options.has('n') && !options.has('no-checkout')) {
    const inside = new Run(run.world, run.host, place, run.vars, '', run.given)
    forceTree(inside, repo.head!.tree)
  }
  finishClone(run, quiet, heads.length)
}

function finishClone(run: Run, quiet: boolean, branches: number): void {
  if (branches === 0) run.err('warning: You appear to have cloned an empty repository.\n')
  if (!quiet) run.err('done.\n')
}

export function remote(run: Run, args: string[]): number | undefined {
  const options = parseOptions(
    args,
    'v,verbose f,fetch m= t= tags all push d,delete a,auto n p,prune add mirror?',
    { usage: 'git remote [-v | --verbose]' },
  )
  const { repo } = run
  const [verb, ...words] = options.rest
  const names = remoteNames(repo)
  const require = (name: string | undefined, colon = '') => {
    if (name === undefined || !names.includes(name))
      throw new Exit(2, `error: No such remote${colon} '${name ?? ''}'\n`)
    return name
  }
  switch (verb) {
    case undefined:
    case 'show':
      if (verb === 'show' && words[0]) return showRemote(run, require(words[0]))
      for (const name of names) {
        if (!options.has('verbose')) run.out(`${name}\n`)
        else {
          const url = repo.config.get(`remote.${name}.url`) ?? ''
          run.out(
            `${name}\t${url} (fetch)\n${name}\t${repo.config.get(`remote.${name}.pushurl`) ?? url} (push)\n`,
          )
        }
      }
      return
    case 'add': {
      const [name, url] = words
      if (!name || !url) throw new Exit(129, 'usage: git remote add [<options>] <name> <url>\n')
      if (names.includes(name)) throw new Exit(3, `error: remote ${name} already exists.\n`)
      repo.config.set(`remote.${name}.url`, url)
      repo.config.set(`remote.${name}.fetch`, `+refs/heads/*:refs/remotes/${name}/*`)
      if (options.has('fetch')) {
        run.out(`Updating ${name}\n`)
        fetch(run, [name])
      }
      return
    }
    case 'remove':
    case 'rm': {
      const name = require(words[0], ':')
      const file = repo.config.file('local')
      file.removeSection(`remote.${name}`)
      for (const [key, value] of file.entries()) {
        const branch = /^branch\.(.+)\.remote$/.exec(key)?.[1]
        if (branch && value === name) {
          file.unset(`branch.${branch}.remote`)
          file.unset(`branch.${branch}.merge`)
        }
      }
      repo.config.save('local', file)
      for (const [ref] of repo.refs.list(`refs/remotes/${name}/`)) repo.refs.delete(ref)
      repo.refs.delete(`refs/remotes/${name}/HEAD`)
      return
    }
    case 'rename': {
      const [from, to] = words as [string, string]
      require(from, ':')
      if (names.includes(to)) throw new Exit(3, `error: remote ${to} already exists.\n`)
      const file = repo.config.file('local')
      file.renameSection(`remote.${from}`, `remote.${to}`)
      for (const [key, value] of file.entries()) {
        if (key === `remote.${to}.fetch`)
          file.set(key, value.replace(`refs/remotes/${from}/`, `refs/remotes/${to}/`))
        const branch = /^branch\.(.+)\.remote$/.exec(key)?.[1]
        if (branch && value === from) file.set(key, to)
      }
      repo.config.save('local', file)
      const symbolic = repo.refs.symbolic(`refs/remotes/${from}/HEAD`)
      for (const [ref, id] of repo.refs.list(`refs/remotes/${from}/`)) {
        const now = ref.replace(`refs/remotes/${from}/`, `refs/remotes/${to}/`)
        const entries = repo.refs.logOf(ref)
        repo.refs.delete(ref)
        if (ref.endsWith('/HEAD') && symbolic) continue
        repo.refs.set(now, id, null)
        repo.refs.writeLog(now, entries)
        repo.refs.log(now, id, id, run.note(`remote: renamed ${ref} to ${now}`))
      }
      if (symbolic)
        repo.refs.setSymbolic(
          `refs/remotes/${to}/HEAD`,
          symbolic.replace(`refs/remotes/${from}/`, `refs/remotes/${to}/`),
        )
      return
    }
    case 'set-url': {
      const name = require(words[0])
      repo.config.set(`remote.${name}.${options.has('push') ? 'pushurl' : 'url'}`, words[1]!)
      return
    }
    case 'get-url':
      run.out(`${repo.config.get(`remote.${require(words[0])}.url`)}\n`)
      return
    case 'prune':
      prune(run, require(words[0]), openRemote(run, repo.config.get(`remote.${words[0]}.url`)!), true)
      return
    case 'set-head': {
      const name = require(words[0])
      if (options.has('delete')) {
        repo.refs.delete(`refs/remotes/${name}/HEAD`)
        return
      }
      const target = options.has('auto')
        ? openRemote(run, repo.config.get(`remote.${name}.url`)!).refs.headTarget?.slice(11)
        : words[1]
      if (!repo.refs.get(`refs/remotes/${name}/${target}`))
        throw new Exit(1, `error: Not a valid ref: refs/remotes/${name}/${target}\n`)
      repo.refs.setSymbolic(`refs/remotes/${name}/HEAD`, `refs/remotes/${name}/${target}`)
      if (options.has('auto')) run.out(`${name}/HEAD set to ${target}\n`)
      return
    }
    case 'update':
      fetch(run, words.length > 0 ? words : [])
      return
    default:
      throw new Exit(1, `error: Unknown subcommand: ${verb}\nusage: git remote [-v | --verbose]\n`)
  }
}

export function remoteNames(repo: Repository): string[] {
  return [
    ...new Set(repo.config.entries().flatMap(([key]) => /^remote\.(.+)\.[a-z]+$/.exec(key)?.[1] ?? [])),
  ].sort()
}

function showRemote(run: Run, name: string): undefined {
  const { repo } = run
  const url = repo.config.get(`remote.${name}.url`)!
  const other = openRemote(run, url)
  const heads = other.refs.list('refs/heads/').map(([full]) => full.slice(11))
  run.out(
    `* remote ${name}\n  Fetch URL: ${url}\n  Push  URL: ${url}\n  HEAD branch: ${other.refs.headTarget?.slice(11) ?? '(unknown)'}\n`,
  )
  const width = Math.max(0, ...heads.map((one) => one.length))
  run.out(`  Remote branch${heads.length === 1 ? '' : 'es'}:\n`)
  for (const head of heads)
    run.out(
      `    ${head.padEnd(width)} ${repo.refs.get(`refs/remotes/${name}/${head}`) ? 'tracked' : `new (next fetch will store in remotes/${name})`}\n`,
    )
  const pulls = repo.refs
    .list('refs/heads/')
    .map(([full]) => full.slice(11))
    .filter((branch) => repo.config.get(`branch.${branch}.remote`) === name)
  if (pulls.length > 0) {
    const wide = Math.max(...pulls.map((one) => one.length))
    run.out(`  Local branch${pulls.length === 1 ? '' : 'es'} configured for 'git pull':\n`)
    for (const branch of pulls)
      run.out(
        `    ${branch.padEnd(wide)} merges with remote ${repo.config.get(`branch.${branch}.merge`)!.replace('refs/heads/', '')}\n`,
      )
  }
  const pushes = repo.refs.list('refs/heads/').filter(([full]) => other.refs.get(full))
  if (pushes.length > 0) {
    const wide = Math.max(...pushes.map(([full]) => full.length - 11))
    run.out(`  Local ref${pushes.length === 1 ? '' : 's'} configured for 'git push':\n`)
    for (const [full, id] of pushes) {
      const theirs = other.refs.get(full)!
      const state =
        theirs === id
          ? 'up to date'
          : repo.objects.has(theirs) && isAncestor(repo.objects, theirs, id)
            ? 'fast-forwardable'
            : 'local out of date'
      run.out(`    ${full.slice(11).padEnd(wide)} pushes to ${full.slice(11).padEnd(wide)} (${state})\n`)
    }
  }
}

type Fetched = { theirs: string; local: string | null; id: Id; forMerge: boolean; force: boolean }

const shortName = (full: string) => full.replace(/^refs\/(heads|tags|remotes)\//, '')

function kindName(full: string): string {
  if (full.startsWith('refs/heads/')) return `branch '${full.slice(11)}'`
  if (full.startsWith('refs/tags/')) return `tag '${full.slice(10)}'`
  return full === 'HEAD' ? '' : `'${full}'`
}

export function fetch(run: Run, args: string[], _forPull = false): number | undefined {
  const options = parseOptions(
    args,
    'a,append all f,force p,prune P,prune-tags t,tags n q,quiet v,verbose depth= unshallow dry-run k,keep u,update-head-ok progress multiple set-upstream atomic recurse-submodules? j= shallow-since= stdin jobs= write-fetch-head',
    {
      usage: 'git fetch [<options>] [<repository> [<refspec>...]]',
    },
  )
  const { repo } = run
  if (options.has('all') || options.has('multiple')) {
    const names = options.has('all') ? remoteNames(repo) : options.rest
    for (const name of names) {
      if (!options.has('quiet')) run.out(`Fetching ${name}\n`)
      fetch(run, [
        ...args.filter((arg) => arg.startsWith('-') && arg !== '--all' && arg !== '--multiple'),
        name,
      ])
    }
    return
  }
  const { branch } = repo
  const name =
    options.rest[0] ??
    (branch ? repo.config.get(`branch.${branch}.remote`) : undefined) ??
    (remoteNames(repo).length === 1 ? remoteNames(repo)[0]! : 'origin')
  const specs = options.rest.slice(1)
  const configured = repo.config.get(`remote.${name}.url`)
  if (configured === undefined && options.rest.length === 0 && remoteNames(repo).length === 0) {
    if (name === 'origin')
      throw new Exit(
        128,
        `fatal: No remote repository specified.  Please, specify either a URL or a\nremote name from which new revisions should be fetched.\n`,
      )
  }
  const url = name === '.' ? repo.gitDir : (configured ?? name)
  const other = openRemote(run, url)
  if (!options.has('append')) repo.setState('FETCH_HEAD', '')
  const wanted = chooseRefs(run, other, name, specs, options.has('force'))
  const action = run.vars.GIT_REFLOG_ACTION ?? ['fetch', ...args].join(' ')
  if (repo.workTree !== null && wanted.some(({ local }) => local !== null && local === repo.refs.headTarget))
    die(`refusing to fetch into branch '${repo.refs.headTarget}' checked out at '${repo.workTree}'`)
  wanted.sort((a, b) => Number(b.forMerge) - Number(a.forMerge))
  copyObjects(
    other.objects,
    repo.objects,
    wanted.map(({ id }) => id),
  )
  const lines: { code: string; summary: string; from: string; to: string; note: string }[] = []
  let code = 0
  const prunes =
    options.has('prune') ||
    (repo.config.boolean('fetch.prune') ?? repo.config.boolean(`remote.${name}.prune`) ?? false)
  const pruned =
    prunes && configured !== undefined && specs.length === 0 ? prune(run, name, other, false) : []
  for (const gone of pruned)
    lines.push({ code: '-', summary: '[deleted]', from: '(none)', to: shortName(gone), note: '' })
  for (const one of wanted) {
    if (one.local === null) {
      if (specs.length > 0 || configured === undefined)
        lines.push({
          code: '*',
          summary: one.theirs.startsWith('refs/tags/') ? 'tag' : 'branch',
          from: shortName(one.theirs),
          to: 'FETCH_HEAD',
          note: '',
        })
      continue
    }
    const line = updateTracking(run, one, action)
    if (line) {
      if (line.code === '!') code = 1
      lines.push({ ...line, from: shortName(one.theirs), to: shortName(one.local) })
    }
  }
  const wantsTags =
    options.has('tags') ||
    (!options.negated('tags') && !options.has('n') && wanted.some(({ local }) => local !== null))
  const followed: Fetched[] = []
  if (wantsTags)
    for (const [full, id] of other.refs.list('refs/tags/')) {
      const target = other.objects.peel(id)
      const mine = repo.refs.get(full)
      if (!options.has('tags') && !repo.objects.has(target)) continue
      if (options.has('tags') || !mine)
        followed.push({ theirs: full, local: full, id, forMerge: false, force: false })
      if (mine === id) continue
      copyObjects(other.objects, repo.objects, [id])
      if (mine && !options.has('force')) {
        if (options.has('tags')) {
          lines.push({
            code: '!',
            summary: '[rejected]',
            from: shortName(full),
            to: shortName(full),
            note: '  (would clobber existing tag)',
          })
          code = 1
        }
        continue
      }
      repo.refs.set(full, id, null)
      lines.push({
        code: mine ? 't' : '*',
        summary: mine ? '[tag update]' : '[new tag]',
        from: shortName(full),
        to: shortName(full),
        note: '',
      })
    }
  const heads = [...wanted, ...followed].filter(
    (one, i) => [...wanted, ...followed].findIndex((other) => other.theirs === one.theirs) === i,
  )
  const origin = url.replace(/\/+$/, '').replace(/\.git$/, '')
  const shownUrl =
    /^[a-z+]+:\/\//.test(origin) || origin.includes('@')
      ? origin
      : (configured ?? name).replace(/\/+$/, '').replace(/\.git$/, '')
  repo.setState(
    'FETCH_HEAD',
    heads
      .map(
        (one) =>
          `${one.id}\t${one.forMerge ? '' : 'not-for-merge'}\t${[kindName(one.theirs), kindName(one.theirs) ? 'of ' : ''].filter(Boolean).join(' ')}${shownUrl}\n`,
      )
      .join(''),
  )
  if (lines.length > 0 && !options.has('quiet')) {
    const width = Math.max(10, ...lines.map(({ from }) => from.length))
    run.err(`From ${shownUrl}\n`)
    for (const line of lines)
      run.err(
        ` ${line.code} ${line.summary.padEnd(17)} ${line.from.padEnd(width)} -> ${line.to}${line.note}\n`,
      )
  }
  if (options.has('set-upstream') && branch && specs[0])
    configureUpstream(run, branch, name, `refs/heads/${specs[0]}`)
  return code || undefined
}

function chooseRefs(run: Run, other: Repository, name: string, specs: string[], force: boolean): Fetched[] {
  const { repo } = run
  const { branch } = repo
  const wanted: Fetched[] = []
  const full = (short: string): string | null =>
    [short, `refs/${short}`, `refs/tags/${short}`, `refs/heads/${short}`].find(
      (one) => (one.startsWith('refs/') || one === 'HEAD') && other.refs.get(one),
    ) ?? null
  if (specs.length === 0) {
    const mine = repo.config.all(`remote.${name}.fetch`)
    if (mine.length === 0) {
      const id = other.refs.get('HEAD')
      if (!id) throw new Exit(128, `fatal: couldn't find remote ref HEAD\n`)
      return [{ theirs: 'HEAD', local: null, id, forMerge: true, force: false }]
    }
    const merge =
      branch && repo.config.get(`branch.${branch}.remote`) === name
        ? repo.config.all(`branch.${branch}.merge`)
        : []
    for (const [theirs, id] of other.refs.list()) {
      const local = repo.trackingName(name, theirs)
      if (local)
        wanted.push({
          theirs,
          local,
          id,
          forMerge: merge.includes(theirs),
          force: mine.some((spec) => spec.startsWith('+')),
        })
    }
    if (merge.length === 0 && wanted[0] && branch && repo.config.get(`branch.${branch}.remote`) === undefined)
      wanted[0].forMerge = false
    return wanted
  }
  for (const spec of specs) {
    const [rawFrom = '', to] = spec.replace(/^\+/, '').split(':') as [string, string?]
    const forced = force || spec.startsWith('+')
    if (rawFrom.includes('*')) {
      const star = rawFrom.indexOf('*')
      for (const [theirs, id] of other.refs.list())
        if (theirs.startsWith(rawFrom.slice(0, star)) && to)
          wanted.push({
            theirs,
            local: to.replace('*', theirs.slice(star)),
            id,
            forMerge: false,
            force: forced,
          })
      continue
    }
    const theirs = full(rawFrom || 'HEAD')
    if (!theirs) throw new Exit(128, `fatal: couldn't find remote ref ${rawFrom}\n`)
    const id = other.refs.get(theirs)!
    const local = to
      ? to.startsWith('refs/')
        ? to
        : theirs.startsWith('refs/tags/')
          ? `refs/tags/${to}`
          : `refs/heads/${to}`
      : null
    wanted.push({ theirs, local, id, forMerge: true, force: forced })
    const tracking = repo.trackingName(name, theirs)
    if (tracking && tracking !== local)
      wanted.push({ theirs, local: tracking, id, forMerge: false, force: true })
  }
  const seen = new Set<string>()
  return wanted.filter((one) => {
    const key = `${one.theirs} ${one.local}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function updateTracking(
  run: Run,
  { local, id, force, theirs }: Fetched,
  action: string,
): { code: string; summary: string; note: string } | null {
  const { repo } = run
  const old = repo.refs.get(local!)
  if (old === id) return null
  if (!old) {
    repo.refs.set(
      local!,
      id,
      run.note(
        `${action}: storing ${theirs.startsWith('refs/heads/') ? 'head' : theirs.startsWith('refs/tags/') ? 'tag' : 'ref'}`,
      ),
    )
    const what = theirs.startsWith('refs/tags/')
      ? '[new tag]'
      : theirs.startsWith('refs/heads/')
        ? '[new branch]'
        : '[new ref]'
    return { code: '*', summary: what, note: '' }
  }
  const [a, b] = [run.abbreviate(old), run.abbreviate(id)]
  if (repo.objects.typeOf(old) === 'commit' && isAncestor(repo.objects, old, id)) {
    repo.refs.set(local!, id, run.note(`${action}: fast-forward`))
    return { code: ' ', summary: `${a}..${b}`, note: '' }
  }
  if (!force) return { code: '!', summary: '[rejected]', note: '  (non-fast-forward)' }
  repo.refs.set(local!, id, run.note(`${action}: forced-update`))
  return { code: '+', summary: `${a}...${b}`, note: '  (forced update)' }
}

function prune(run: Run, name: string, other: Repository, says: boolean): string[] {
  const { repo } = run
  const gone: string[] = []
  const live = new Set(other.refs.list().flatMap(([full]) => repo.trackingName(name, full) ?? []))
  for (const [full] of repo.refs.list(`refs/remotes/${name}/`)) {
    if (full.endsWith('/HEAD') && repo.refs.symbolic(full)) continue
    if (!live.has(full)) gone.push(full)
  }
  for (const full of gone) repo.refs.delete(full)
  if (says && gone.length > 0) {
    run.out(`Pruning ${name}\nURL: ${repo.config.get(`remote.${name}.url`)}\n`)
    for (const full of gone) run.out(` * [pruned] ${shortName(full)}\n`)
  }
  return gone
}

export async function pull(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'r,rebase? ff ff-only no-ff q,quiet v,verbose n stat commit edit e squash s,strategy= X,strategy-option= autostash allow-unrelated-histories t,tags f,force p,prune all depth= progress signoff no-verify a,append set-upstream',
    {
      usage: 'git pull [<options>] [<repository> [<refspec>...]]',
    },
  )
  const repo = run.tree
  const { branch } = repo
  refuseUnfinished(run, 'pull')
  const setting = branch
    ? (repo.config.get(`branch.${branch}.rebase`) ?? repo.config.get('pull.rebase'))
    : repo.config.get('pull.rebase')
  const rebases = options.has('rebase')
    ? options.value('rebase') !== 'false'
    : options.negated('rebase')
      ? false
      : setting !== undefined
        ? !['false', 'no', 'off'].includes(setting)
        : null
  const words = ['pull', ...args].join(' ')
  const action = run.vars.GIT_REFLOG_ACTION ?? words
  if (rebases && !options.has('autostash') && repo.config.boolean('rebase.autoStash') !== true) {
    const unstaged = unstagedPairs(repo).length > 0
    const staged = stagedPairs(repo).length > 0
    if (unstaged || staged)
      throw new Exit(
        128,
        `${unstaged ? 'error: cannot pull with rebase: You have unstaged changes.\n' : ''}${staged ? (unstaged ? 'error: additionally, your index contains uncommitted changes.\n' : 'error: cannot pull with rebase: Your index contains uncommitted changes.\n') : ''}error: Please commit or stash them.\n`,
      )
  }
  if (options.rest.length === 0 && remoteNames(repo).length === 0) {
    repo.setState('FETCH_HEAD', '')
    noMergeCandidates(run, [], rebases === true)
  }
  const fork = rebases ? forkPoint(run, options.rest) : null
  const inner = new Run(
    run.world,
    run.host,
    run.cwd,
    { ...run.vars, GIT_REFLOG_ACTION: action },
    '',
    run.given,
  )
  const pass = (own: Run) => run.output.push(...own.output.splice(0))
  const oldHead = repo.headId
  try {
    const code = fetch(
      inner,
      [
        ...(options.has('prune') ? ['--prune'] : []),
        ...(options.has('tags') ? ['--tags'] : []),
        ...(options.has('quiet') ? ['-q'] : []),
        ...(options.has('force') ? ['-f'] : []),
        ...options.rest,
      ],
      true,
    )
    pass(inner)
    if (code) return code
  } catch (problem) {
    pass(inner)
    // What fetch dies of, pull only fails with.
    if (problem instanceof Exit) throw new Exit(1, problem.message)
    throw problem
  }
  const lines = (repo.state('FETCH_HEAD') ?? '')
    .split('\n')
    .filter((line) => line && !line.includes('\tnot-for-merge\t'))
  if (lines.length === 0) noMergeCandidates(run, options.rest, rebases === true)
  const [line] = lines as [string]
  const id = line.slice(0, 40)
  const what = line.slice(42)
  const theirs = repo.objects.commit(repo.objects.peel(id))
  const diverged =
    oldHead !== null &&
    !isAncestor(repo.objects, oldHead, theirs.id) &&
    !isAncestor(repo.objects, theirs.id, oldHead)
  const ff = repo.config.get('pull.ff')
  const onlyForward =
    options.has('ff-only') ||
    (!options.has('ff') &&
      !options.has('no-ff') &&
      !options.negated('ff') &&
      ff === 'only' &&
      !options.has('rebase'))
  const chosen =
    rebases !== null ||
    options.has('ff') ||
    options.has('no-ff') ||
    options.negated('ff') ||
    onlyForward ||
    ff !== undefined
  if (diverged && !chosen)
    throw new Exit(
      128,
      'hint: You have divergent branches and need to specify how to reconcile them.\nhint: You can do so by running one of the following commands sometime before\nhint: your next pull:\nhint: \nhint:   git config pull.rebase false  # merge\nhint:   git config pull.rebase true   # rebase\nhint:   git config pull.ff only       # fast-forward only\nhint: \nhint: You can replace "git config" with "git config --global" to set a default\nhint: preference for all repositories. You can also pass --rebase, --no-rebase,\nhint: or --ff-only on the command line to override the configured default per\nhint: invocation.\nfatal: Need to specify how to reconcile divergent branches.\n',
    )
  if (onlyForward && diverged) die('Not possible to fast-forward, aborting.')
  const then = new Run(
    run.world,
    run.host,
    run.cwd,
    { ...run.vars, GIT_REFLOG_ACTION: action },
    '',
    run.given,
  )
  try {
    if (rebases && !onlyForward && oldHead) {
      if (isAncestor(repo.objects, oldHead, theirs.id)) {
        const forward = await mergeCommit(
          then,
          theirs,
          plan(action, theirs.id, what, 'only', options, intoText(run)),
        )
        return forward
      }
      return await rebase(then, [
        ...(options.has('autostash') ? ['--autostash'] : []),
        ...options.values('strategy-option').map((one) => `-X${one}`),
        ...(options.has('quiet') ? ['-q'] : []),
        '--onto',
        theirs.id,
        upstreamFor(repo, fork, oldHead, theirs.id),
      ])
    }
    const never = options.has('no-ff') || options.negated('ff') || ff === 'false'
    return await mergeCommit(
      then,
      theirs,
      plan(
        action,
        theirs.id,
        what,
        onlyForward ? 'only' : never ? 'never' : 'allowed',
        options,
        intoText(run),
      ),
    )
  } finally {
    pass(then)
  }
}

/** Where this branch left the one it is pulled from, by the log of our copy: what was there then and is gone since is not ours. */
export function forkPoint(run: Run, given: string[]): Id | null {
  const { repo } = run
  if (repo.branch === null || !repo.headId || given.length > 1) return null
  const tracking = repo.upstreamOf(repo.branch)?.tracking
  return tracking ? forkPointOf(repo, tracking) : null
}

export function forkPointOf(repo: Repository, tracking: string): Id | null {
  const entries = repo.refs.logOf(tracking)
  const ids = [
    ...entries.map(({ after }) => after),
    ...(entries[0] ? [entries[0].before] : []),
    repo.refs.get(tracking) ?? ZERO_ID,
  ]
  const mine = reachable(repo.objects, [repo.headId!])
  const ours = [...new Set(ids)].filter((id) => mine.has(id))
  const best = ours.filter((id) => !ours.some((other) => other !== id && isAncestor(repo.objects, id, other)))
  return best.length === 1 ? best[0]! : null
}

function upstreamFor(repo: Repository, fork: Id | null, head: Id, theirs: Id): Id {
  return fork && !isAncestor(repo.objects, fork, theirs) && isAncestor(repo.objects, fork, head)
    ? fork
    : theirs
}

function plan(
  action: string,
  id: Id,
  what: string,
  ff: 'only' | 'never' | 'allowed',
  options: ReturnType<typeof parseOptions>,
  into: string,
) {
  return {
    name: id,
    message: null,
    title: `Merge ${what}${into}`,
    ff,
    squash: options.has('squash'),
    commit: !options.negated('commit'),
    edit: options.negated('edit') ? false : options.has('edit') ? true : null,
    stat: !options.has('quiet') && !options.has('n') && !options.negated('stat'),
    quiet: options.has('quiet'),
    strategyOptions: options.values('strategy-option'),
    unrelated: options.has('allow-unrelated-histories'),
    action,
  }
}

function noMergeCandidates(run: Run, given: string[], rebases: boolean): never {
  const { repo } = run
  const { branch } = repo
  const verb = rebases ? 'rebase against' : 'merge with'
  if (branch === null)
    throw new Exit(
      1,
      `You are not currently on a branch.\nPlease specify which branch you want to ${verb}.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n\n`,
    )
  const upstream = repo.upstreamOf(branch)
  if (given.length === 0 && !upstream) {
    const remote = remoteNames(repo).length === 1 ? remoteNames(repo)[0]! : '<remote>'
    throw new Exit(
      1,
      `There is no tracking information for the current branch.\nPlease specify which branch you want to ${verb}.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n\nIf you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to=${remote}/<branch> ${branch}\n\n`,
    )
  }
  if (given.length === 1)
    throw new Exit(
      1,
      `You asked to pull from the remote '${given[0]}', but did not specify\na branch. Because this is not the default configured remote\nfor your current branch, you must specify a branch on the command line.\n`,
    )
  throw new Exit(
    1,
    `Your configuration specifies to ${verb} the ref '${upstream?.merge}'\nfrom the remote, but no such ref was fetched.\n`,
  )
}

type Push = { from: string; to: string; id: Id | null; force: boolean }
type Outcome = { flag: string; summary: string; from: string; to: string; note: string; reason?: string }

export async function push(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'all branches mirror tags d,delete n,dry-run f,force u,set-upstream force-with-lease? force-if-includes q,quiet v,verbose follow-tags atomic prune progress no-verify o,push-option= porcelain thin signed?',
    {
      usage: 'git push [<options>] [<repository> [<refspec>...]]',
    },
  )
  const { repo } = run
  const { branch, config } = repo
  const name =
    options.rest[0] ??
    (branch
      ? (config.get(`branch.${branch}.pushRemote`) ??
        config.get('remote.pushDefault') ??
        config.get(`branch.${branch}.remote`))
      : undefined) ??
    (remoteNames(repo).length === 1 ? remoteNames(repo)[0]! : 'origin')
  const configured = config.get(`remote.${name}.pushurl`) ?? config.get(`remote.${name}.url`)
  if (configured === undefined && options.rest.length === 0 && !remoteNames(repo).includes(name))
    die(
      'No configured push destination.\nEither specify the URL from the command-line or configure a remote repository using\n\n    git remote add <name> <url>\n\nand then push using the remote name\n\n    git push <name>\n',
    )
  const url = configured ?? name
  const other = openRemote(run, url)
  const pushes = choosePushes(run, options, name, other)
  const missing = pushes.filter(({ id, to }) => id === null && !other.refs.get(to))
  if (missing.length > 0) {
    run.err(
      missing
        .map(({ to }) => `error: unable to delete '${shortName(to)}': remote ref does not exist\n`)
        .join(''),
    )
    run.err(`error: failed to push some refs to '${url}'\n`)
    return 1
  }
  const outcomes: Outcome[] = []
  const lease = leaseOf(run, options, name)
  for (const one of pushes) outcomes.push(pushOne(run, other, one, options, lease))
  const refused = outcomes.filter(({ flag }) => flag === '!')
  const changed = outcomes.filter(({ flag }) => flag !== '=')
  if (options.has('set-upstream'))
    for (const [i, one] of pushes.entries()) {
      if (outcomes[i]!.flag === '!' || !one.id || !one.to.startsWith('refs/heads/')) continue
      const local = one.from === 'HEAD' ? repo.branch : shortName(one.from)
      if (!local) continue
      configureUpstream(run, local, name, one.to)
    }
  if (configured !== undefined && !options.has('dry-run'))
    for (const [i, one] of pushes.entries()) {
      if (outcomes[i]!.flag === '!') continue
      const tracking = repo.trackingName(name, one.to)
      if (!tracking) continue
      if (one.id === null) repo.refs.delete(tracking)
      else if (repo.refs.get(tracking) !== one.id) repo.refs.set(tracking, one.id, run.note('update by push'))
    }
  if (changed.length > 0 && (!options.has('quiet') || refused.length > 0)) {
    run.err(`To ${url}\n`)
    const rank = ({ flag }: Outcome) => (flag === '!' ? 2 : flag === '*' ? 1 : 0)
    const order = [...changed].sort((a, b) => rank(a) - rank(b))
    for (const line of order) {
      const names = line.from ? `${line.from} -> ${line.to}` : line.to
      run.err(` ${line.flag} ${line.summary.padEnd(17)} ${names}${line.note}\n`)
    }
  }
  if (options.has('set-upstream') && refused.length === 0 && !options.has('quiet'))
    for (const one of pushes) {
      const local = one.from === 'HEAD' ? repo.branch : shortName(one.from)
      if (one.id && one.to.startsWith('refs/heads/') && local)
        run.out(`branch '${local}' set up to track '${name}/${one.to.slice(11)}'.\n`)
    }
  if (refused.length > 0) {
    run.err(`error: failed to push some refs to '${url}'\n`)
    run.err(pushHint(run, refused))
    return 1
  }
  if (changed.length === 0 && !options.has('quiet')) run.err('Everything up-to-date\n')
}

function choosePushes(
  run: Run,
  options: ReturnType<typeof parseOptions>,
  name: string,
  other: Repository,
): Push[] {
  const { repo } = run
  const { branch, config, refs } = repo
  const force = options.has('force')
  let specs = options.rest.slice(1)
  const pushes: Push[] = []
  if (options.has('all') || options.has('branches')) specs = refs.list('refs/heads/').map(([full]) => full)
  else if (options.has('mirror')) specs = refs.list().map(([full]) => `+${full}`)
  if (options.has('delete')) {
    if (specs.length === 0) die("--delete doesn't make sense without any refs")
    specs = specs.map((spec) => `:${spec}`)
  }
  if (specs.length === 0 && !options.has('tags')) {
    const mode = config.get('push.default') ?? 'simple'
    if (branch === null)
      die(
        `You are not currently on a branch.\nTo push the history leading to the current (detached HEAD)\nstate now, use\n\n    git push ${name} HEAD:<name-of-remote-branch>\n`,
      )
    const upstream = repo.upstreamOf(branch!)
    if (mode === 'matching')
      specs = refs
        .list('refs/heads/')
        .map(([full]) => full)
        .filter((full) => other.refs.get(full))
    else if (mode === 'current') specs = [`refs/heads/${branch}`]
    else {
      const same = config.get(`branch.${branch}.remote`) === name
      if (mode === 'simple' && !same && config.get(`branch.${branch}.remote`) !== undefined)
        specs = [`refs/heads/${branch}`]
      else if (!upstream) {
        if (options.has('set-upstream') || config.boolean('push.autoSetupRemote')) {
          specs = [`refs/heads/${branch}`]
          if (!options.has('set-upstream')) options.add('set-upstream', true)
        } else if (config.get(`branch.${branch}.remote`) === undefined && options.rest.length > 0 && !same) {
          die(
            `The current branch ${branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\n    git push --set-upstream ${name} ${branch}\n\nTo have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'git help config'.\n`,
          )
        } else
          die(
            `The current branch ${branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\n    git push --set-upstream ${name} ${branch}\n\nTo have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'git help config'.\n`,
          )
      } else if (mode === 'simple' && upstream.merge !== `refs/heads/${branch}`)
        die(
          `The upstream branch of your current branch does not match\nthe name of your current branch.  To push to the upstream branch\non the remote, use\n\n    git push ${name} HEAD:${shortName(upstream.merge)}\n\nTo push to the branch of the same name on the remote, use\n\n    git push ${name} HEAD\n\nTo choose either option permanently, see push.default in 'git help config'.\n\nTo avoid automatically configuring an upstream branch when its name\nwon't match the local branch, see option 'simple' of branch.autoSetupMerge\nin 'git help config'.\n`,
        )
      else specs = [`refs/heads/${branch}:${upstream.merge}`]
    }
  }
  const revisions = new Revisions(repo, run)
  for (const spec of specs) {
    const plus = spec.startsWith('+')
    const body = spec.replace(/^\+/, '')
    const [rawFrom = '', rawTo] = body.split(':') as [string, string?]
    if (body.startsWith(':')) {
      const to = fullRemote(other, rawTo!)
      pushes.push({ from: '', to: to ?? `refs/heads/${rawTo}`, id: null, force: true })
      continue
    }
    if (rawFrom.includes('*')) {
      const test = new RegExp(`^${globSource(rawFrom, false)}$`)
      for (const [full, id] of refs.list())
        if (test.test(full)) pushes.push({ from: full, to: full, id, force: force || plus })
      continue
    }
    const from = rawFrom === '@' ? 'HEAD' : rawFrom
    const full = from === 'HEAD' ? (rawTo ? 'HEAD' : (refs.headTarget ?? 'HEAD')) : fullRefName(repo, from)
    const id = revisions.find(from)
    if (!id)
      throw new Exit(
        1,
        `error: src refspec ${rawFrom} does not match any\nerror: failed to push some refs to '${repo.config.get(`remote.${name}.url`) ?? name}'\n`,
      )
    const target = rawTo ?? full ?? ''
    if (
      from === 'HEAD' &&
      refs.headTarget === null &&
      !target.startsWith('refs/') &&
      !fullRemote(other, target)
    )
      throw new Exit(
        1,
        `error: The destination you provided is not a full refname (i.e.,\nstarting with "refs/"). We tried to guess what you meant by:\n\n- Looking for a ref that matches '${target}' on the remote side.\n- Checking if the <src> being pushed ('HEAD')\n  is a ref in "refs/{heads,tags}/". If so we add a corresponding\n  refs/{heads,tags}/ prefix on the remote side.\n\nNeither worked, so we gave up. You must fully qualify the ref.\nhint: The <src> part of the refspec is a commit object.\nhint: Did you mean to create a new branch by pushing to\nhint: 'HEAD:refs/heads/${target}'?\nerror: failed to push some refs to '${repo.config.get(`remote.${name}.url`) ?? name}'\n`,
      )
    const to = target.startsWith('refs/')
      ? target
      : (fullRemote(other, target) ??
        (full?.startsWith('refs/tags/') ? `refs/tags/${target}` : `refs/heads/${target}`))
    pushes.push({ from: rawTo && from === 'HEAD' ? 'HEAD' : (full ?? from), to, id, force: force || plus })
  }
  if (options.has('tags'))
    for (const [full, id] of refs.list('refs/tags/')) pushes.push({ from: full, to: full, id, force })
  if (options.has('follow-tags') || config.boolean('push.followTags')) {
    const reach = reachable(
      repo.objects,
      pushes.flatMap(({ id }) => (id ? [repo.objects.peel(id)] : [])),
    )
    for (const [full, id] of refs.list('refs/tags/'))
      if (repo.objects.typeOf(id) === 'tag' && reach.has(repo.objects.peel(id)) && !other.refs.get(full))
        pushes.push({ from: full, to: full, id, force })
  }
  return pushes
}

function fullRemote(other: Repository, short: string): string | null {
  return (
    [short, `refs/${short}`, `refs/tags/${short}`, `refs/heads/${short}`].find(
      (one) => one.startsWith('refs/') && other.refs.get(one),
    ) ?? null
  )
}

/** What a remote's branch must still be for `--force-with-lease`; undefined: no lease was asked for. */
function leaseOf(
  run: Run,
  options: ReturnType<typeof parseOptions>,
  name: string,
): (to: string) => Id | null | undefined {
  if (!options.has('force-with-lease')) return () => undefined
  const { repo } = run
  const given = options.values('force-with-lease')
  return (to) => {
    const tracking = () => {
      const local = repo.trackingName(name, to)
      return local ? repo.refs.get(local) : null
    }
    if (given.length === 0) return tracking()
    for (const one of given) {
      const [ref, expected] = one.split(':') as [string, string?]
      if (to !== ref && to !== `refs/heads/${ref}`) continue
      if (expected === undefined) return tracking()
      return expected === '' ? null : (new Revisions(repo, run).find(expected) ?? expected)
    }
    return undefined
  }
}

const CURRENT_STAYS = [
  'error: By default, deleting the current branch is denied, because the next',
  "'git clone' won't result in any file checked out, causing confusion.",
  '',
  "You can set 'receive.denyDeleteCurrent' configuration variable to",
  "'warn' or 'ignore' in the remote repository to allow deleting the",
  'current branch, with or without a warning message.',
  '',
  "To squelch this message, you can set it to 'refuse'.",
]

function pushOne(
  run: Run,
  other: Repository,
  { from, to, id, force }: Push,
  options: ReturnType<typeof parseOptions>,
  lease: (to: string) => Id | null | undefined,
): Outcome {
  const { repo } = run
  const old = other.refs.get(to)
  const shown = { from: from === 'HEAD' ? 'HEAD' : shortName(from), to: shortName(to) }
  const refuse = (reason: string, remote = false): Outcome => ({
    flag: '!',
    summary: remote ? '[remote rejected]' : '[rejected]',
    ...shown,
    note: ` (${reason})`,
    reason,
  })
  const expected = lease(to)
  const leased = expected !== undefined
  if (id === null) {
    if (!old) return { ...refuse('remote ref does not exist'), from: '', to: shown.to, reason: 'missing' }
    if (leased && expected !== old) return { ...refuse('stale info'), from: '' }
    if (other.config.boolean('receive.denyDeletes'))
      return { ...refuse('deletion prohibited', true), from: '' }
    if (
      other.refs.headTarget === to &&
      !['ignore', 'warn'].includes(other.config.get('receive.denyDeleteCurrent') ?? '')
    ) {
      run.err(CURRENT_STAYS.map((line) => `remote: ${line ? `${line}        ` : ''}\n`).join(''))
      run.err(`remote: error: refusing to delete the current branch: ${to}        \n`)
      return { ...refuse('deletion of the current branch prohibited', true), from: '' }
    }
    if (!options.has('dry-run')) other.refs.delete(to)
    return { flag: '-', summary: '[deleted]', from: '', to: shown.to, note: '' }
  }
  if (old === id) return { flag: '=', summary: '[up to date]', ...shown, note: '' }
  if (leased && (expected ?? null) !== old) return refuse('stale info')
  if (old && to.startsWith('refs/tags/') && !force && !leased) return refuse('already exists')
  let forced = false
  if (old) {
    const known = repo.objects.has(old)
    const forward =
      known && repo.objects.typeOf(old) === 'commit' && isAncestor(repo.objects, old, repo.objects.peel(id))
    if (!forward) {
      if (!force && !leased) return refuse(known ? 'non-fast-forward' : 'fetch first')
      if (options.has('force-if-includes') && leased && !force) {
        const tracking = [...repo.refs.logOf(`refs/heads/${shortName(from)}`)].some(
          ({ after }) => after === old || (repo.objects.has(old) && isAncestor(repo.objects, old, after)),
        )
        if (!tracking) return refuse('remote ref updated since checkout')
      }
      if (other.config.boolean('receive.denyNonFastForwards')) return refuse('non-fast-forward', true)
      forced = true
    }
    forced ||= to.startsWith('refs/tags/')
  }
  if (
    other.workTree !== null &&
    other.refs.headTarget === to &&
    other.config.get('receive.denyCurrentBranch') !== 'ignore'
  ) {
    if (other.config.get('receive.denyCurrentBranch') !== 'updateInstead') {
      run.err(
        `remote: error: refusing to update checked out branch: ${to}        \nremote: error: By default, updating the current branch in a non-bare repository        \nremote: is denied, because it will make the index and work tree inconsistent        \nremote: with what you pushed, and will require 'git reset --hard' to match        \nremote: the work tree to HEAD.        \n`,
      )
      return refuse('branch is currently checked out', true)
    }
  }
  const protectedBranches = other.config.all('slipway.protected')
  if (protectedBranches.includes(shortName(to)) && to.startsWith('refs/heads/')) {
    run.err(`remote: error: ${to} is protected: open a pull request.        \n`)
    return refuse('protected branch hook declined', true)
  }
  const inTheWay = options.has('dry-run') ? null : deliver(run, other, to, id)
  if (inTheWay) return refuse(`failed to update ref`, true)
  if (!old) {
    const what = to.startsWith('refs/tags/')
      ? '[new tag]'
      : to.startsWith('refs/heads/')
        ? '[new branch]'
        : '[new reference]'
    return { flag: '*', summary: what, ...shown, note: '' }
  }
  const [a, b] = [run.abbreviate(old), run.abbreviate(id)].map(
    (short, i) => short || (i === 0 ? old : id).slice(0, 7),
  )
  return forced
    ? { flag: '+', summary: `${a}...${b}`, ...shown, note: ' (forced update)' }
    : { flag: ' ', summary: `${a}..${b}`, ...shown, note: '' }
}

function deliver(run: Run, other: Repository, to: string, id: Id): string | null {
  copyObjects(run.repo.objects, other.objects, [id])
  const inTheWay = other.refs.set(to, id, run.note('push'))
  if (!inTheWay && other.workTree !== null && other.refs.headTarget === to) {
    const there = new Run(run.world, run.host, other.workTree, run.vars, '', run.given)
    forceTree(there, (other.objects.commit(id) as Commit).tree)
  }
  return inTheWay
}

function pushHint(run: Run, refused: Outcome[]): string {
  const current = run.repo.branch
  const note = "hint: See the 'Note about fast-forwards' in 'git push --help' for details.\n"
  const reasons = refused.map(({ reason }) => reason)
  if (reasons.includes('fetch first'))
    return `hint: Updates were rejected because the remote contains work that you do\nhint: not have locally. This is usually caused by another repository pushing\nhint: to the same ref. You may want to first integrate the remote changes\nhint: (e.g., 'git pull ...') before pushing again.\n${note}`
  const behind = refused.find(({ reason }) => reason === 'non-fast-forward')
  if (behind)
    return behind.to === current
      ? `hint: Updates were rejected because the tip of your current branch is behind\nhint: its remote counterpart. Integrate the remote changes (e.g.\nhint: 'git pull ...') before pushing again.\n${note}`
      : `hint: Updates were rejected because a pushed branch tip is behind its remote\nhint: counterpart. Check out this branch and integrate the remote changes\nhint: (e.g. 'git pull ...') before pushing again.\n${note}`
  if (reasons.includes('already exists'))
    return 'hint: Updates were rejected because the tag already exists in the remote.\n'
  if (reasons.includes('remote ref updated since checkout'))
    return `hint: Updates were rejected because the tip of the remote-tracking\nhint: branch has been updated since the last checkout. You may want\nhint: to integrate those changes locally (e.g., 'git pull ...')\nhint: before forcing an update.\n`
  return ''
}

export function lsRemote(run: Run, args: string[]): number | undefined {
  const options = parseOptions(args, 'h heads branches t tags refs q,quiet exit-code get-url symref sort=')
  const name =
    options.rest[0] ??
    (run.repository?.branch
      ? run.repository.config.get(`branch.${run.repository.branch}.remote`)
      : undefined) ??
    'origin'
  const url = run.repository?.config.get(`remote.${name}.url`) ?? name
  const other = openRemote(run, url)
  if (options.rest.length === 0 && !options.has('quiet')) run.err(`From ${url}\n`)
  const patterns = options.rest.slice(1)
  const rows: [string, Id][] = []
  const head = other.refs.get('HEAD')
  if (
    head &&
    !options.has('refs') &&
    !options.has('heads') &&
    !options.has('branches') &&
    !options.has('tags') &&
    !options.has('h') &&
    !options.has('t')
  )
    rows.push(['HEAD', head])
  for (const [full, id] of other.refs.list()) {
    if (
      (options.has('heads') || options.has('branches') || options.has('h')) &&
      !full.startsWith('refs/heads/')
    )
      continue
    if ((options.has('tags') || options.has('t')) && !full.startsWith('refs/tags/')) continue
    rows.push([full, id])
    if (other.objects.typeOf(id) === 'tag' && !options.has('refs'))
      rows.push([`${full}^{}`, other.objects.peel(id)])
  }
  const shown = rows.filter(
    ([full]) =>
      patterns.length === 0 ||
      patterns.some(
        (pattern) => full === pattern || new RegExp(`(^|/)${globSource(pattern, false)}$`).test(full),
      ),
  )
  for (const [full, id] of shown) run.out(`${id}\t${full}\n`)
  if (options.has('exit-code') && shown.length === 0) return 2
}
