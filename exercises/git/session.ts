/**
 * What happens in an exercise from its first command on: a world, what is done in it, and what others do meanwhile. It is
 * recorded so that it can be done again anywhere with the same ids to show for it: in a second browser, or in the verifier.
 */
import { type EditorRequest, type GitResult, type Host, type Output, runGit, splitWords } from './engine/git'
import { joinPath, type Snapshot, World, type WorldData } from './engine/world'

/** How an exercise begins; plain data, made by the compiler of lessons. */
export type Seed = {
  world: WorldData
  /** The learner's home; `.gitconfig` lies there. */
  home: string
  /** Where the terminal opens. */
  cwd: string
  /** Seconds since 1970 at which the first command runs; each later one runs a minute later. */
  start: number
  zone: string
  env?: Record<string, string>
  /** What other people do, each of them once. */
  others?: Other[]
}

/** Somebody else at work in a clone of their own: before the learner's nth `push`, say. */
export type Other = {
  name: string
  /** The verb of git before which it happens, and before which of its runs (from 1). */
  before: string
  nth?: number
  /** Where they stand. */
  cwd: string
  env?: Record<string, string>
  deeds: Deed[]
}

/** One thing done, as it is recorded. */
export type Deed =
  | {
      do: 'run'
      /** A command line as it was typed. */
      line: string
      /** What the editor saved and what questions were answered, in order; null: closed, or no answer. */
      answers?: (string | null)[]
    }
  | { do: 'save'; path: string; text: string }
  | { do: 'delete'; path: string }

export type Performed = { output: Output[]; exitCode: number }

/** What a shell gives back; `cwd` where it has gone elsewhere. */
export type ShellResult = { output: Output[]; exitCode: number; cwd?: string }

export type ShellCall = {
  line: string
  world: World
  cwd: string
  env: Record<string, string>
  /** Runs the git of this session. */
  git(args: string[], at: { cwd: string; env?: Record<string, string>; stdin?: string }): Promise<GitResult>
}

/** Runs one line. The one below knows `git` and `cd`; a kind with a real shell brings its own. */
export type Shell = (call: ShellCall) => Promise<ShellResult>

/** The person at the terminal; absent when a recording is played. */
export type Person = {
  editor(request: EditorRequest): Promise<string | null>
  ask(prompt: string): Promise<string | null>
}

/** A shell for exercises that need nothing but git. */
export const gitShell: Shell = async ({ line, world, cwd, git }) => {
  const [name, ...args] = splitWords(line)
  const say = (text: string, exitCode: number): ShellResult => ({
    output: text ? [{ to: 'err', text }] : [],
    exitCode,
  })
  if (name === undefined || name.startsWith('#')) return say('', 0)
  if (name === 'git') return git(args, { cwd })
  if (name !== 'cd') return say(`${name}: command not found\n`, 127)
  const to = joinPath(cwd, args[0] ?? '~')
  return world.isDirectory(to)
    ? { ...say('', 0), cwd: to }
    : say(`cd: ${args[0]}: No such file or directory\n`, 1)
}

type Moment = { world: Snapshot; cwd: string; runs: Map<string, number>; done: number }

/** At most this many steps can be taken back. */
const MEMORY = 200

export class GitSession {
  readonly world: World
  cwd: string
  /** What was done and not taken back: with the seed, all that is needed to do it again. */
  readonly deeds: Deed[] = []
  private readonly beginning: World
  private readonly past: Moment[] = []
  private runs = new Map<string, number>()
  /** Whose turn has come already, by index. */
  private readonly had = new Set<number>()
  private inside = false

  constructor(
    readonly seed: Seed,
    private readonly shell: Shell = gitShell,
  ) {
    this.world = World.from(seed.world)
    this.beginning = World.from(seed.world)
    this.cwd = seed.cwd
  }

  /** The world as it was at the start, for goals that compare with it. Not to be changed. */
  get start(): World {
    return this.beginning
  }

  /** Seconds since 1970 for the deed that is next or under way. */
  get now(): number {
    return this.seed.start + 60 * this.deeds.length
  }

  /**
   * Does one thing and records it.
   * @param person answers what git asks; without one the deed's own answers are taken, and past them there is none.
   */
  async perform(deed: Deed, person?: Person): Promise<Performed> {
    this.past.push({
      world: this.world.snapshot(),
      cwd: this.cwd,
      runs: new Map(this.runs),
      done: this.had.size,
    })
    if (this.past.length > MEMORY) this.past.shift()
    const answers: (string | null)[] = []
    const given = deed.do === 'run' ? [...(deed.answers ?? [])] : []
    const answer = async (ask: (() => Promise<string | null>) | undefined): Promise<string | null> => {
      const text = ask ? await ask() : (given.shift() ?? null)
      answers.push(text)
      return text
    }
    const host: Host = {
      now: () => this.now,
      zone: this.seed.zone,
      editor: (request) => answer(person && (() => person.editor(request))),
      ask: (prompt) => answer(person && (() => person.ask(prompt))),
      shell: async (line, cwd) => {
        const done = await this.runLine(line, cwd, host, this.env)
        return {
          stdout: textOf(done.output, 'out'),
          stderr: textOf(done.output, 'err'),
          exitCode: done.exitCode,
        }
      },
    }
    const done = await this.carryOut(deed, this.cwd, host, this.env)
    if (done.cwd !== undefined) this.cwd = done.cwd
    this.deeds.push(
      deed.do === 'run' ? { do: 'run', line: deed.line, ...(answers.length > 0 && { answers }) } : deed,
    )
    return { output: done.output, exitCode: done.exitCode }
  }

  /** Takes the newest deed back; false where there is none, or it lies too far back. */
  undo(): boolean {
    const before = this.past.pop()
    if (!before) return false
    this.world.restore(before.world)
    this.cwd = before.cwd
    this.runs = before.runs
    for (const other of [...this.had].slice(before.done)) this.had.delete(other)
    this.deeds.pop()
    return true
  }

  /** Back to the beginning, with nothing recorded. */
  startOver(): void {
    this.world.restore(this.beginning.snapshot())
    this.cwd = this.seed.cwd
    this.deeds.length = 0
    this.past.length = 0
    this.runs = new Map()
    this.had.clear()
  }

  private get env(): Record<string, string> {
    return { HOME: this.seed.home, ...this.seed.env }
  }

  private async carryOut(
    deed: Deed,
    cwd: string,
    host: Host,
    env: Record<string, string>,
  ): Promise<ShellResult> {
    this.world.now = this.now * 1000
    if (deed.do === 'run') return this.runLine(deed.line, cwd, host, env)
    try {
      if (deed.do === 'save') this.world.write(joinPath('/', deed.path), deed.text)
      else this.world.remove(joinPath('/', deed.path))
      return { output: [], exitCode: 0 }
    } catch (problem) {
      return { output: [{ to: 'err', text: `${(problem as Error).message}\n` }], exitCode: 1 }
    }
  }

  private runLine(line: string, cwd: string, host: Host, env: Record<string, string>): Promise<ShellResult> {
    return this.shell({
      line,
      world: this.world,
      cwd,
      env,
      git: async (args, at) => {
        await this.othersBefore(args)
        return runGit(this.world, host, {
          args,
          cwd: at.cwd,
          env: { ...env, ...at.env },
          ...(at.stdin !== undefined && { stdin: at.stdin }),
        })
      },
    })
  }

  /** Lets the others do what was to happen before this run of a verb. */
  private async othersBefore(args: string[]): Promise<void> {
    if (this.inside) return
    const verb = verbOf(args)
    const nth = (this.runs.get(verb) ?? 0) + 1
    this.runs.set(verb, nth)
    for (const [i, other] of (this.seed.others ?? []).entries()) {
      if (this.had.has(i) || other.before !== verb || (other.nth ?? 1) > nth) continue
      this.had.add(i)
      this.inside = true
      try {
        const host: Host = { now: () => this.now, zone: this.seed.zone }
        let { cwd } = other
        for (const deed of other.deeds)
          cwd =
            (await this.carryOut(deed, cwd, host, { HOME: `/people/${other.name}`, ...other.env })).cwd ?? cwd
      } finally {
        this.inside = false
      }
    }
  }
}

const textOf = (output: Output[], to: Output['to']) =>
  output
    .filter((one) => one.to === to)
    .map(({ text }) => text)
    .join('')

/** The verb of a git command, options before it passed over. */
function verbOf(args: string[]): string {
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (word === '-C' || word === '-c') i++
    else if (!word.startsWith('-')) return word
  }
  return ''
}

/** Does all of a recording again. */
export async function replay(seed: Seed, deeds: Deed[], shell?: Shell): Promise<GitSession> {
  const session = new GitSession(seed, shell)
  for (const deed of deeds) await session.perform(deed)
  return session
}
