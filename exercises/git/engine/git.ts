/**
 * Git in the page: commands run on repositories of a world in memory, with git's own objects, state files and words.
 * Pure; time, editor, terminal and shell come from the host. The reference is git 2.39.
 */
import { splitKey } from './config'
import { helpText } from './help'
import { Exit, type Host, type Output, Run } from './run'
import { bisect } from './verbs/bisect'
import { blame } from './verbs/blame'
import { branch, checkout, switchTo, tag } from './verbs/branch'
import { commit } from './verbs/commit'
import { diff } from './verbs/diff'
import { log, reflog, shortlog, show } from './verbs/log'
import { merge } from './verbs/merge'
import * as plumbing from './verbs/plumbing'
import { rebase } from './verbs/rebase'
import { clone, fetch, lsRemote, pull, push, remote } from './verbs/remote'
import { reset, stash } from './verbs/reset'
import { cherryPick, revert } from './verbs/sequencer'
import { config, init, VERSION } from './verbs/setup'
import { add, clean, mv, restore, rm, status } from './verbs/stage'
import { joinPath, type World } from './world'

export type { EditorRequest, Host, Output } from './run'

/** Gives its exit code, or nothing for 0. */
type Verb = (run: Run, args: string[]) => unknown

const VERBS: Record<string, Verb> = {
  add,
  annotate: blame,
  bisect,
  blame,
  branch,
  'cat-file': plumbing.catFile,
  'check-ignore': plumbing.checkIgnore,
  checkout,
  'cherry-pick': cherryPick,
  clean,
  clone,
  commit,
  'commit-tree': plumbing.commitTree,
  config,
  describe: plumbing.describe,
  diff,
  'diff-tree': plumbing.diffTree,
  fetch: (run, args) => fetch(run, args),
  'for-each-ref': plumbing.forEachRef,
  grep: plumbing.grep,
  'hash-object': plumbing.hashObjectVerb,
  init,
  log,
  'ls-files': plumbing.lsFiles,
  'ls-remote': lsRemote,
  'ls-tree': plumbing.lsTree,
  merge,
  'merge-base': plumbing.mergeBase,
  mv,
  pull,
  push,
  'read-tree': plumbing.readTreeVerb,
  rebase,
  reflog,
  remote,
  reset,
  restore,
  'rev-list': plumbing.revList,
  'rev-parse': plumbing.revParse,
  revert,
  rm,
  shortlog,
  show,
  'show-ref': plumbing.showRef,
  stage: add,
  stash,
  status,
  switch: switchTo,
  'symbolic-ref': plumbing.symbolicRef,
  tag,
  'update-index': plumbing.updateIndex,
  'update-ref': plumbing.updateRef,
  var: plumbing.variable,
  'write-tree': plumbing.writeTreeVerb,
}

/** Names of the commands, sorted: what a terminal completes. */
export const verbs: readonly string[] = Object.keys(VERBS).sort()

/** What a command says that met a mistake of ours; the terminal goes on. */
export const FAULT = 'this git has a fault, which is not yours'

export type GitCall = {
  /** The words after `git`. */
  args: string[]
  cwd: string
  /** The environment: GIT_AUTHOR_DATE and the like, HOME, EDITOR. */
  env?: Record<string, string>
  stdin?: string
}

export type GitResult = {
  stdout: string
  stderr: string
  exitCode: number
  /** Both outputs in the order in which they were written. */
  output: Output[]
}

/** Runs one git command. Never throws for what a person typed: what is wrong is in the result. */
export async function runGit(world: World, host: Host, call: GitCall): Promise<GitResult> {
  world.now = host.now() * 1000
  const given: [string, string][] = []
  let { cwd } = call
  const args = [...call.args]
  const early = (stdout: string, stderr: string, exitCode: number) =>
    result(
      [
        ...(stdout ? [{ to: 'out' as const, text: stdout }] : []),
        ...(stderr ? [{ to: 'err' as const, text: stderr }] : []),
      ],
      exitCode,
    )
  while (args[0]?.startsWith('-')) {
    const flag = args.shift()!
    if (flag === '-C') {
      const to = args.shift() ?? ''
      cwd = joinPath(cwd, to)
      if (!world.isDirectory(cwd))
        return early('', `fatal: cannot change to '${to}': No such file or directory\n`, 128)
    } else if (flag === '-c') {
      const [key = '', ...value] = (args.shift() ?? '').split('=')
      const at = splitKey(key)
      if (!at)
        return early(
          '',
          `error: key does not contain a section: ${key}\nfatal: unable to parse command-line config\n`,
          128,
        )
      given.push([
        at.subsection === null ? `${at.section}.${at.key}` : `${at.section}.${at.subsection}.${at.key}`,
        value.length > 0 ? value.join('=') : 'true',
      ])
    } else if (flag === '--version' || flag === '-v') return early(`git version ${VERSION}\n`, '', 0)
    else if (flag === '--help' || flag === '-h') {
      const { text, code } = helpText(args[0])
      return early(text, '', code)
    } else if (
      flag !== '--no-pager' &&
      flag !== '-p' &&
      flag !== '--paginate' &&
      flag !== '--no-optional-locks'
    )
      return early(
        '',
        `unknown option: ${flag}\nusage: git [-C <path>] [-c <name>=<value>] <command> [<args>]\n`,
        129,
      )
  }
  const name = args.shift()
  if (name === undefined) return early(helpText(undefined).text, '', 1)
  if (name === 'version') return early(`git version ${VERSION}\n`, '', 0)
  if (name === 'help') {
    const { text, code } = helpText(args[0])
    return code === 0 ? early(text, '', 0) : early('', text, 1)
  }
  const run = new Run(world, host, cwd, call.env ?? {}, call.stdin ?? '', given)
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
  if (!verb) return unknownVerb(world, host, call, run, name, args, given)
  if (args.includes('--help') && (args.indexOf('--') < 0 || args.indexOf('--help') < args.indexOf('--'))) {
    const { text, code } = helpText(name)
    return early(text, '', code)
  }
  try {
    const code = await verb(run, args)
    return result(run.output, typeof code === 'number' ? code : 0)
  } catch (problem) {
    if (problem instanceof Exit) {
      run.err(problem.message)
      return result(run.output, problem.code)
    }
    if (
      problem instanceof Error &&
      /^(unable to read|object [0-9a-f]{40} is a|ENOTDIR|EISDIR)/.test(problem.message)
    ) {
      run.err(`fatal: ${problem.message}\n`)
      return result(run.output, 128)
    }
    if (problem instanceof SyntaxError) run.err(`fatal: ${problem.message}\n`)
    else run.err(`fatal: ${FAULT}: ${(problem as Error).message}\n`)
    return result(run.output, 128)
  }
}

/** An alias, or a name that git does not know. */
async function unknownVerb(
  world: World,
  host: Host,
  call: GitCall,
  run: Run,
  name: string,
  args: string[],
  given: [string, string][],
): Promise<GitResult> {
  const repository = run.repository
  const alias = repository?.config.get(`alias.${name}`)
  if (alias?.startsWith('!')) {
    const done = await host.shell?.(
      `${alias.slice(1)} ${args.map((arg) => `'${arg}'`).join(' ')}`,
      repository?.workTree ?? call.cwd,
    )
    if (done)
      return result(
        [
          { to: 'out', text: done.stdout },
          { to: 'err', text: done.stderr },
        ],
        done.exitCode,
      )
  }
  if (alias && !alias.startsWith('!') && !alias.split(/\s+/).includes(name)) {
    const flags = given.flatMap(([key, value]) => ['-c', `${key}=${value}`])
    return runGit(world, host, { ...call, args: [...flags, ...splitWords(alias), ...args] })
  }
  const near = verbs.filter((verb) => distance(verb, name) <= 2)
  const similar =
    near.length > 0
      ? `\nThe most similar command${near.length === 1 ? ' is' : 's are'}\n${near.map((verb) => `\t${verb}\n`).join('')}`
      : ''
  return result(
    [{ to: 'err', text: `git: '${name}' is not a git command. See 'git --help'.\n${similar}` }],
    1,
  )
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]!
}

function result(output: Output[], exitCode: number): GitResult {
  const text = (to: Output['to']) =>
    output
      .filter((one) => one.to === to)
      .map((one) => one.text)
      .join('')
  return { stdout: text('out'), stderr: text('err'), exitCode, output }
}

/** The words of a command line, as a shell would divide them: quotes and backslashes, nothing else. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word = ''
  let begun = false
  let quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!
    if (quote === "'") {
      if (char === "'") quote = ''
      else word += char
    } else if (char === '\\') {
      const next = line[++i] ?? ''
      word += quote && !'"\\$`'.includes(next) ? `\\${next}` : next
      begun = true
    } else if (quote) {
      if (char === quote) quote = ''
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      begun = true
    } else if (/\s/.test(char)) {
      if (begun) words.push(word)
      word = ''
      begun = false
    } else {
      word += char
      begun = true
    }
  }
  if (begun) words.push(word)
  return words
}
