/**
 * Runs one session twice, in the engine and in the git of this machine, with the same clock, and says where they differ:
 * in output and exit codes step by step, at the end in objects, refs, index, files, reflogs and state files.
 */
// biome-ignore lint/style/noRestrictedImports: what is compared with is a program of this machine; no page imports this file.
import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runGit, splitWords } from './git'
import type { Host } from './run'
import { joinPath, parentOf, World } from './world'

const START = 1_700_000_000
const GIT = existsSync('/usr/bin/git') ? '/usr/bin/git' : 'git'

/** Whose words the engine speaks. Another version says some things otherwise: it is held to exit codes, refs, index, objects and files. */
const REFERENCE = /^git version 2\.39\./
const WORDLESS = ['refs', 'objects', 'index']

/** @throws Error with a sentence for whoever runs the tests, where git is missing. */
export function requireGit(): string {
  found ??= spawnSync(GIT, ['--version'], { encoding: 'utf8' })
  if (found.status === 0) return found.stdout.trim()
  throw new Error(
    'These tests compare with the real git, and none was found. Install git (README.md, "Two commands").',
  )
}

let found: { status: number | null; stdout: string } | undefined

/**
 * A session is lines: `git …`; `> path: text` writes a file (`\n` in the text is a new line, a final one is added),
 * `>> path: text` appends; `rm`, `mv a b`, `mkdir`, `chmod +x path`, `cd path`; `NAME=value git …` sets a variable;
 * `git … < text` gives standard input. A `~` before `git` leaves the step's output out of the comparison. `#` comments.
 */
export type Step = {
  line: string
  kind: string
  words: string[]
  env: Record<string, string>
  stdin?: string
  loose: boolean
}

export function parseSession(text: string): Step[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const file = /^(>>?)\s*(\S+?):(?: (.*))?$/.exec(line)
      if (file)
        return { line, kind: file[1]!, words: [file[2]!, unescaped(file[3] ?? '')], env: {}, loose: false }
      let rest = line
      const loose = rest.startsWith('~')
      if (loose) rest = rest.slice(1).trim()
      const env: Record<string, string> = {}
      for (
        let match = /^([A-Z_]+)=('[^']*'|"[^"]*"|\S*)\s+/.exec(rest);
        match;
        match = /^([A-Z_]+)=('[^']*'|"[^"]*"|\S*)\s+/.exec(rest)
      ) {
        env[match[1]!] = splitWords(match[2]!)[0] ?? ''
        rest = rest.slice(match[0].length)
      }
      const input = / < (.*)$/.exec(rest)
      if (input) rest = rest.slice(0, input.index)
      const [kind = '', ...words] = splitWords(rest)
      return { line, kind, words, env, loose, ...(input && { stdin: unescaped(input[1]!) }) }
    })
}

const unescaped = (text: string) =>
  text.replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('\\0', '\0')
const closed = (text: string) =>
  text === '' || text.endsWith('\\c') ? text.replace(/\\c$/, '') : `${text}\n`

const CONFIG =
  '[user]\n\tname = Maya Okafor\n\temail = maya@harbour.example\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n'

const PATH = '/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin'

/** Runs a program to its end. */
function start(
  program: string,
  args: string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve, reject) => {
    const { input = '', cwd, env } = options
    const child = spawn(program, args, { cwd, env: { NODE_ENV: 'test', PATH, ...env } })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', reject)
    child.stdin.on('error', () => {})
    child.on('close', (code) =>
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        code: code ?? -1,
      }),
    )
    child.stdin.end(input)
  })
}

/** A word for a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** A command that prints exactly this text. */
const printed = (text: string) =>
  `printf '%b' ${quoted(text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0000'))}`

/** The clock of the nth git command of a session: a minute each. */
function datesOf(n: number): Record<string, string> {
  const date = `@${START + 60 * n} +0100`
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
}

export type Difference = { step: string; what: string; real: string; ours: string }
type Said = { stdout: string; stderr: string; code: number }

/** What git prints only because of the machine: progress, addresses of folders. */
function tidy(text: string): string {
  return text
    .replace(/Rebasing \(\d+\/\d+\)\r/g, '')
    .replace(/^\r? {20,}\r/gm, '')
    .replace(
      /^(remote: )?(Enumerating|Counting|Compressing|Writing|Receiving|Unpacking|Resolving|Total|Delta|Auto packing|remote: Total).*\n/gm,
      '',
    )
}

export class Session {
  readonly differences: Difference[] = []
  private readonly root = mkdtempSync(join(tmpdir(), 'slipway-git-'))
  private readonly world = new World()
  private readonly home = join(this.root, 'home/maya')
  private cwd = this.home
  private count = 0
  private shellEnv: Record<string, string> = {}

  private readonly exact: boolean

  constructor(version = requireGit()) {
    this.exact = REFERENCE.test(version)
    mkdirSync(this.home, { recursive: true })
    writeFileSync(join(this.home, '.gitconfig'), CONFIG)
    this.world.makeDirectory(this.home)
    this.world.write(`${this.home}/.gitconfig`, CONFIG)
  }

  async run(text: string): Promise<Difference[]> {
    try {
      const steps = parseSession(text)
      await this.runReal(steps)
      for (const step of steps) await this.step(step)
      await this.compareStates()
      return this.differences
    } finally {
      rmSync(this.root, { recursive: true, force: true })
    }
  }

  /** All of a session in one shell, which is cheaper than a process of its own for each step from here. */
  private async runReal(steps: Step[]): Promise<void> {
    const said = join(this.root, 'said')
    mkdirSync(said)
    let [cwd, n] = [this.home, 0]
    const lines = steps.map((step) => {
      const { kind, words } = step
      const [first = '', second = ''] = words
      const path = (word: string) => quoted(joinPath(cwd, word))
      if (kind === '>' || kind === '>>')
        return `mkdir -p ${quoted(dirname(joinPath(cwd, first)))}; ${printed(closed(second))} ${kind} ${path(first)}`
      if (kind === 'rm')
        return `rm -rf ${words
          .filter((word) => !word.startsWith('-'))
          .map(path)
          .join(' ')}`
      if (kind === 'mv') return `mv ${path(first)} ${path(second)}`
      if (kind === 'mkdir') return `mkdir -p ${path(first)}`
      if (kind === 'chmod') return `chmod ${first} ${path(second)}`
      if (kind === 'cd') {
        cwd = joinPath(cwd, first.replace(/^~/, this.home))
        return `cd ${quoted(cwd)}`
      }
      if (kind !== 'git') throw new Error(`no such step: ${step.line}`)
      const env = { ...datesOf(n), ...step.env }
      const set = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`)
      const file = `${said}/${n++}`
      const input = step.stdin === undefined ? '' : `${printed(step.stdin)} | `
      const from = step.stdin === undefined ? '< /dev/null ' : ''
      const command = `${GIT} ${step.words.map(quoted).join(' ')} ${from}> ${file}.out 2> ${file}.err`
      return `${input}env ${set.join(' ')} ${command}; echo $? > ${file}.code`
    })
    await start('sh', [], {
      cwd: this.home,
      input: `${lines.join('\n')}\n`,
      env: {
        LC_ALL: 'C.UTF-8',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_EDITOR: 'false',
        GIT_CEILING_DIRECTORIES: this.root,
        HOME: this.home,
      },
    })
  }

  private async step(step: Step): Promise<void> {
    const { kind, words } = step
    const [first = '', second = ''] = words
    const place = joinPath(this.cwd, first)
    if (kind === 'git') await this.git(step)
    else if (kind === '>') this.world.write(place, closed(second))
    else if (kind === '>>') this.world.write(place, (this.world.readText(place) ?? '') + closed(second))
    else if (kind === 'rm')
      for (const word of words) {
        if (!word.startsWith('-')) this.world.remove(joinPath(this.cwd, word))
      }
    else if (kind === 'mv') this.world.move(place, joinPath(this.cwd, second))
    else if (kind === 'mkdir') this.world.makeDirectory(place)
    else if (kind === 'chmod') this.world.setExecutable(joinPath(this.cwd, second), first === '+x')
    else this.cwd = joinPath(this.cwd, first.replace(/^~/, this.home))
  }

  private async git(step: Step): Promise<void> {
    const n = this.count++
    const time = START + 60 * n
    const env = { ...datesOf(n), HOME: this.home, ...step.env }
    this.shellEnv = env
    const read = (ending: string) => readFileSync(join(this.root, 'said', `${n}.${ending}`), 'utf8')
    const real: Said = { stdout: tidy(read('out')), stderr: tidy(read('err')), code: Number(read('code')) }
    const said = await runGit(this.world, this.host(time), {
      args: step.words,
      cwd: this.cwd,
      env,
      ...(step.stdin !== undefined && { stdin: step.stdin }),
    })
    const ours: Said = { stdout: said.stdout, stderr: said.stderr, code: said.exitCode }
    if (real.code !== ours.code)
      this.differ(step.line, 'exit code', `${real.code}\n${real.stderr}`, `${ours.code}\n${ours.stderr}`)
    if (step.loose || !this.exact) return
    if (real.stdout !== ours.stdout) this.differ(step.line, 'output', real.stdout, ours.stdout)
    const usage = (text: string) => text.replace(/^usage: [\s\S]*/m, '')
    if (usage(real.stderr) !== usage(ours.stderr)) this.differ(step.line, 'errors', real.stderr, ours.stderr)
  }

  /** A shell for editors in scripts: the real one, on a copy of the world that is read back. */
  private host(time: number): Host {
    return {
      now: () => time,
      zone: '+0100',
      shell: async (command, cwd) => {
        const scratch = mkdtempSync(join(tmpdir(), 'slipway-sh-'))
        try {
          exportWorld(this.world, scratch)
          const moved = command.replaceAll(this.root, join(scratch, this.root))
          const done = await start('sh', ['-c', moved], {
            cwd: join(scratch, cwd),
            env: { PATH, HOME: join(scratch, this.home), ...this.shellEnv },
          })
          this.importFrom(scratch)
          return {
            stdout: done.stdout.replaceAll(scratch, ''),
            stderr: done.stderr.replaceAll(scratch, ''),
            exitCode: done.code,
          }
        } finally {
          rmSync(scratch, { recursive: true, force: true })
        }
      },
    }
  }

  private importFrom(folder: string): void {
    const seen = new Set<string>()
    const visit = (path: string) => {
      const full = join(folder, path)
      const stat = statSync(full)
      if (stat.isDirectory()) for (const name of readdirSync(full)) visit(joinPath(path, name))
      else {
        seen.add(path)
        const bytes = new Uint8Array(readFileSync(full))
        const old = this.world.read(path)
        if (!old || Buffer.compare(Buffer.from(old), Buffer.from(bytes)) !== 0)
          this.world.write(path, bytes, (stat.mode & 0o100) !== 0)
      }
    }
    visit('/')
    const gone = (path: string) => {
      const node = this.world.stat(path)
      if (node?.type === 'directory') for (const name of this.world.list(path)) gone(joinPath(path, name))
      else if (!seen.has(path)) this.world.remove(path)
    }
    gone('/')
  }

  private differ(step: string, what: string, real: string, ours: string): void {
    this.differences.push({ step, what, real, ours })
  }

  /** Every repository below the home folder, in both. */
  private async compareStates(): Promise<void> {
    const top = join(this.root, 'engine')
    exportWorld(this.world, top)
    for (const gitDir of findRepositories(this.home)) {
      const place = gitDir.slice(this.home.length + 1)
      const workTree = gitDir.endsWith('/.git') ? parentOf(gitDir) : null
      const copy = join(top, gitDir)
      if (!existsSync(copy)) {
        this.differ('end', place, 'a repository', 'none')
        continue
      }
      const [a, b] = await Promise.all([stateOf(gitDir, workTree !== null), stateOf(copy, workTree !== null)])
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const [real, ours] = [a[key] ?? '(none)', b[key] ?? '(none)']
        if (real !== ours && (this.exact || WORDLESS.includes(key)))
          this.differ('end', `${place}: ${key}`, real, ours)
      }
      const said = await fsckFolder(copy)
      if (said) this.differ('end', `${place}: fsck`, 'accepted', said)
      if (workTree) {
        const files = (top: string) => listFiles(top).join('\n')
        const [x, y] = [files(workTree), files(join(top, workTree))]
        if (x !== y) this.differ('end', `${workTree}: files`, x, y)
      }
    }
  }
}

/** Writes every file of a world below a folder of this machine. */
export function exportWorld(world: World, folder: string): void {
  const visit = (path: string) => {
    const node = world.stat(path)
    if (node?.type === 'directory') {
      mkdirSync(join(folder, path), { recursive: true })
      for (const name of world.list(path)) visit(joinPath(path, name))
    } else if (node?.type === 'file')
      writeFileSync(join(folder, path), node.bytes, { mode: node.executable ? 0o755 : 0o644 })
  }
  visit('/')
}

/** What the system's git says about a repository in a world; empty when it has nothing to say. */
export async function fsck(world: World, place: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-fsck-'))
  try {
    exportWorld(world, folder)
    return await fsckFolder(join(folder, place))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fsckFolder(folder: string): Promise<string> {
  const done = await start(GIT, ['-C', folder, 'fsck', '--strict', '--no-dangling', '--no-progress'])
  return done.code === 0 ? '' : `${done.code}: ${done.stdout}${done.stderr}`
}

function findRepositories(top: string): string[] {
  const found: string[] = []
  const visit = (path: string) => {
    if (existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects'))) {
      found.push(path)
      return
    }
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) visit(join(path, entry.name))
  }
  visit(top)
  return found
}

function listFiles(top: string): string[] {
  const found: string[] = []
  const visit = (path: string, name: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.name === '.git') continue
      const full = join(path, entry.name)
      const own = name ? `${name}/${entry.name}` : entry.name
      if (entry.isDirectory()) visit(full, own)
      else
        found.push(
          `${own} ${statSync(full).mode & 0o100 ? 'x' : '-'} ${JSON.stringify(readFileSync(full, 'utf8'))}`,
        )
    }
  }
  visit(top, '')
  return found.sort()
}

const STATE_FILES = [
  'HEAD',
  'ORIG_HEAD',
  'MERGE_HEAD',
  'MERGE_MSG',
  'MERGE_MODE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'SQUASH_MSG',
  'FETCH_HEAD',
  'BISECT_LOG',
  'BISECT_START',
  'BISECT_TERMS',
  'BISECT_EXPECTED_REV',
]
const REBASE_FILES = [
  'head-name',
  'onto',
  'orig-head',
  'git-rebase-todo',
  'done',
  'msgnum',
  'end',
  'stopped-sha',
  'amend',
  'message',
]
const SEQUENCER_FILES = ['head', 'todo']

/** What a repository holds, by name; read by git itself and from its files. */
async function stateOf(gitDir: string, worktree: boolean): Promise<Record<string, string>> {
  const git = async (...args: string[]) => {
    const done = await start(GIT, ['--git-dir', gitDir, ...args])
    return done.code === 0 ? done.stdout : '(refused)'
  }
  const [refs, objects, config, index] = await Promise.all([
    git('for-each-ref', '--format=%(refname) %(objectname) %(symref)'),
    git('rev-list', '--objects', '--no-object-names', '--all', '--reflog'),
    git('config', '--local', '--list'),
    worktree ? git('ls-files', '--stage') : '',
  ])
  const state: Record<string, string> = {
    refs,
    config,
    index,
    objects: objects.split('\n').sort().join('\n'),
  }
  const file = (name: string) => {
    const path = join(gitDir, name)
    if (existsSync(path) && statSync(path).isFile())
      state[name] = readFileSync(path, 'utf8').replace(/ +\n/g, '\n')
  }
  for (const name of STATE_FILES) file(name)
  for (const name of REBASE_FILES) file(`rebase-merge/${name}`)
  for (const name of SEQUENCER_FILES) file(`sequencer/${name}`)
  const logs = (path: string) => {
    if (!existsSync(join(gitDir, path))) return
    for (const entry of readdirSync(join(gitDir, path), { withFileTypes: true }))
      if (entry.isDirectory()) logs(`${path}/${entry.name}`)
      else file(`${path}/${entry.name}`)
  }
  logs('logs')
  return state
}
