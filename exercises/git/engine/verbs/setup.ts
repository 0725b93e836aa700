/** `init`, `config`, `version`. */
import { parseOptions } from '../args'
import { Config, normal, splitKey } from '../config'
import { isGitDirectory, layOut } from '../repository'
import { die, Exit, type Run } from '../run'
import { joinPath } from '../world'

export const VERSION = '2.39.5'

export function init(run: Run, args: string[]): void {
  const options = parseOptions(
    args,
    'q,quiet bare b,initial-branch= template= shared? object-format= separate-git-dir=',
    {
      usage:
        'git init [-q | --quiet] [--bare] [-b <branch-name> | --initial-branch=<branch-name>] [<directory>]',
    },
  )
  const place = joinPath(run.cwd, options.rest[0] ?? '.')
  const bare = options.has('bare')
  const gitDir = bare ? place : joinPath(place, '.git')
  const exists = isGitDirectory(run.world, gitDir)
  const config = new Config(run.world, null, `${run.home}/.gitconfig`, run.given)
  const configured = config.get('init.defaultBranch')
  const branch = options.value('initial-branch') ?? configured ?? 'main'
  if (!exists) layOut(run.world, gitDir, bare, branch)
  if (options.has('quiet')) return
  run.out(
    `${exists ? 'Reinitialized existing' : 'Initialized empty'} Git repository in ${gitDir === '/' ? '/' : `${gitDir}/`}\n`,
  )
}

export async function config(run: Run, args: string[]): Promise<number | undefined> {
  const options = parseOptions(
    args,
    'global local system worktree f,file= get get-all get-regexp add unset unset-all replace-all l,list e,edit bool int type= z,null name-only show-origin show-scope remove-section rename-section default= fixed-value path',
    {
      usage: 'git config [<options>]',
    },
  )
  const scope = options.has('global') || options.has('system') ? 'global' : 'local'
  const repo = run.repository
  const own = repo?.config ?? new Config(run.world, null, `${run.home}/.gitconfig`, run.given)
  const [name, value] = options.rest
  const scoped = options.has('global') || options.has('local') || options.has('system')
  const read = (): [string, string][] => (scoped ? own.file(scope).entries() : own.entries())
  if (options.has('list')) {
    for (const [key, one] of read()) run.out(options.has('name-only') ? `${key}\n` : `${key}=${one}\n`)
    return
  }
  if (options.has('edit')) {
    const path = scope === 'global' ? own.globalPath : (own.localPath ?? die('not in a git directory'))
    await run.edit(path, 'config')
    return
  }
  if (name === undefined) throw new Exit(129, 'usage: git config [<options>]\n')
  if (options.has('get-regexp')) {
    const test = new RegExp(name)
    const found = read().filter(([key]) => test.test(key))
    for (const [key, one] of found) run.out(options.has('name-only') ? `${key}\n` : `${key} ${one}\n`)
    return found.length > 0 ? 0 : 1
  }
  const writes =
    value !== undefined ||
    options.has('add') ||
    options.has('unset') ||
    options.has('unset-all') ||
    options.has('remove-section') ||
    options.has('rename-section')
  if (writes && scope === 'local' && !repo) die('not in a git directory')
  const file = own.file(scope)
  if (options.has('remove-section')) {
    if (!file.hasSection(name)) die(`no such section: ${name}`)
    file.removeSection(name)
    own.save(scope, file)
    return
  }
  if (options.has('rename-section')) {
    if (!file.hasSection(name)) die(`no such section: ${name}`)
    file.renameSection(name, value!)
    own.save(scope, file)
    return
  }
  if (!splitKey(name)) {
    if (!name.includes('.'))
      throw new Exit(value === undefined ? 1 : 2, `error: key does not contain a section: ${name}\n`)
    throw new Exit(
      name.endsWith('.') ? 2 : 1,
      name.endsWith('.')
        ? `error: key does not contain variable name: ${name}\n`
        : `error: invalid key: ${name}\n`,
    )
  }
  if (options.has('unset') || options.has('unset-all')) {
    const count = file.entries().filter(([key]) => key === normal(name)).length
    if (count === 0) return 5
    if (count > 1 && !options.has('unset-all')) {
      run.err(`warning: ${name} has multiple values\n`)
      return 5
    }
    file.unset(name)
    own.save(scope, file)
    return
  }
  if (options.has('add')) {
    file.add(name, value!)
    own.save(scope, file)
    return
  }
  if (value !== undefined && !options.has('get') && !options.has('get-all')) {
    const count = file.entries().filter(([key]) => key === normal(name)).length
    if (count > 1 && !options.has('replace-all')) {
      run.err(
        `warning: ${name} has multiple values\nerror: cannot overwrite multiple values with a single value\n       Use a regexp, --add or --replace-all to change ${name}.\n`,
      )
      return 5
    }
    if (count > 1) file.unset(name)
    file.set(name, value)
    own.save(scope, file)
    return
  }
  const found = read()
    .filter(([key]) => key === normal(name))
    .map(([, one]) => one)
  if (found.length === 0) {
    if (options.has('default')) {
      run.out(`${options.value('default')}\n`)
      return
    }
    return 1
  }
  const boolean = options.has('bool') || options.value('type') === 'bool'
  const show = (one: string) =>
    boolean ? String(!['false', 'no', 'off', '0', ''].includes(one.toLowerCase())) : one
  for (const one of options.has('get-all') ? found : found.slice(-1)) run.out(`${show(one)}\n`)
}
