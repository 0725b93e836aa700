/** One command as it runs: its words, its output in order, the repository it stands in. */
import type { Id, Ident } from './objects'
import { Pathspec } from './paths'
import { Repository } from './repository'
import { joinPath, type World } from './world'

/** A file that git opens in an editor: a commit's message, the list of a rebase, a hunk. */
export type EditorRequest = { path: string; text: string; purpose: 'message' | 'todo' | 'hunk' | 'config' }

/** What the place where git runs provides. The engine knows no clock, no keyboard and no shell of its own. */
export type Host = {
  /** Seconds since 1970. */
  now(): number
  /** Offset of the learner's clock, as `+0100`. */
  zone: string
  /** Opens the editor; the new text, or null when it is closed without saving anything. Absent: there is none. */
  editor?(request: EditorRequest): Promise<string | null>
  /** Asks a question in the terminal (`add -p`, `clean -i`); null when the input has ended. */
  ask?(prompt: string): Promise<string | null>
  /** Runs a shell command (`bisect run`, `rebase --exec`, hooks). */
  shell?(command: string, cwd: string): Promise<{ stdout: string; stderr: string; exitCode: number }>
}

export type Output = { to: 'out' | 'err'; text: string }

/** Ends a command: with a message on standard error and an exit code. */
export class Exit extends Error {
  constructor(
    readonly code: number,
    message = '',
  ) {
    super(message)
    this.name = 'Exit'
  }
}

/** Git's `die`: exit code 128. */
export function die(message: string, code = 128): never {
  throw new Exit(code, `fatal: ${message}\n`)
}

export function fail(message: string, code = 1): never {
  throw new Exit(code, `error: ${message}\n`)
}

export class Run {
  readonly output: Output[] = []
  private found: Repository | null | undefined
  /** Lines of standard input that nobody has read yet. */
  private readonly input: string[]

  constructor(
    readonly world: World,
    readonly host: Host,
    readonly cwd: string,
    readonly vars: Readonly<Record<string, string>>,
    stdin = '',
    readonly given: [string, string][] = [],
  ) {
    this.input = stdin === '' ? [] : stdin.replace(/\n$/, '').split('\n')
  }

  out(text: string): void {
    if (text) this.output.push({ to: 'out', text })
  }

  err(text: string): void {
    if (text) this.output.push({ to: 'err', text })
  }

  get home(): string {
    return this.vars.HOME ?? '/home/user'
  }

  /** The repository around the current folder, or null. */
  get repository(): Repository | null {
    if (this.found === undefined) this.found = Repository.find(this.world, this.cwd, this.home, this.given)
    return this.found
  }

  get repo(): Repository {
    return this.repository ?? die('not a git repository (or any of the parent directories): .git')
  }

  use(repo: Repository): void {
    this.found = repo
  }

  /** The repository, which must have a working tree with us inside. */
  get tree(): Repository {
    const { repo } = this
    if (repo.workTree === null || (this.cwd !== repo.workTree && this.cwd.startsWith(repo.gitDir)))
      die('this operation must be run in a work tree')
    return repo
  }

  /** The current folder relative to the top, with a slash at its end; empty at the top. */
  get prefix(): string {
    const top = this.repo.workTree
    if (!top || this.cwd === top || !this.cwd.startsWith(top)) return ''
    return `${this.cwd.slice(top === '/' ? 1 : top.length + 1)}/`
  }

  /** A typed path relative to the top. */
  pathInTree(path: string): string {
    const top = this.repo.workTree ?? '/'
    const full = joinPath(this.cwd, path)
    if (full === top) return ''
    if (top !== '/' && !full.startsWith(`${top}/`))
      die(`${path}: '${path}' is outside repository at '${top}'`)
    return full.slice(top === '/' ? 1 : top.length + 1)
  }

  /** A path of the tree as it is shown from the current folder. */
  shown(path: string): string {
    const { prefix } = this
    if (!prefix) return path
    if (path.startsWith(prefix)) return path.slice(prefix.length) || './'
    const [a, b] = [prefix.split('/').filter(Boolean), path.split('/')]
    let same = 0
    while (same < a.length && same < b.length - 1 && a[same] === b[same]) same++
    return [...a.slice(same).map(() => '..'), ...b.slice(same)].join('/')
  }

  pathspec(given: string[]): Pathspec {
    const spec = Pathspec.parse(given, this.repo, this.cwd)
    if ('outside' in spec)
      die(`${spec.outside}: '${spec.outside}' is outside repository at '${this.repo.workTree ?? '/'}'`)
    return spec
  }

  private ident(who: 'AUTHOR' | 'COMMITTER'): Ident {
    const config = this.repository?.config
    const name = this.vars[`GIT_${who}_NAME`] ?? config?.get('user.name')
    const email = this.vars[`GIT_${who}_EMAIL`] ?? config?.get('user.email')
    if (!name || !email) {
      const label = who === 'AUTHOR' ? 'Author' : 'Committer'
      throw new Exit(
        128,
        `${label} identity unknown\n\n*** Please tell me who you are.\n\nRun\n\n  git config --global user.email "you@example.com"\n  git config --global user.name "Your Name"\n\nto set your account's default identity.\nOmit --global to set the identity only in this repository.\n\nfatal: unable to auto-detect email address (got 'user@slipway.(none)')\n`,
      )
    }
    const date = this.vars[`GIT_${who}_DATE`]
    return {
      name,
      email,
      ...(date ? parseDate(date, this) : { time: this.host.now(), zone: this.host.zone }),
    }
  }

  get author(): Ident {
    return this.ident('AUTHOR')
  }

  get committer(): Ident {
    return this.ident('COMMITTER')
  }

  /** Who reflogs name: the committer, or whoever can be told. */
  note(message: string): { who: Ident; message: string } {
    return { who: this.committer, message }
  }

  /** `1 more, or 2 mores`. */
  abbreviate(id: Id): string {
    return this.repo.objects.abbreviate(id)
  }

  /** Asks, from standard input if some was given, else in the terminal. */
  async ask(prompt: string): Promise<string | null> {
    this.out(prompt)
    const line = this.input.shift()
    if (line !== undefined) return line
    return (await this.host.ask?.(prompt)) ?? null
  }

  get hasInput(): boolean {
    return this.input.length > 0
  }

  /** All of standard input. */
  readInput(): string {
    return this.input.splice(0).join('\n')
  }

  /**
   * Opens a state file in the editor and gives its text; with `GIT_EDITOR` or `core.editor` set to a command of a shell,
   * that command is run on the file instead, as `true` and `sed -i` are in scripts.
   */
  async edit(path: string, purpose: EditorRequest['purpose']): Promise<string> {
    const sequence =
      purpose === 'todo'
        ? (this.vars.GIT_SEQUENCE_EDITOR ?? this.repo.config.get('sequence.editor'))
        : undefined
    const command =
      sequence ?? this.vars.GIT_EDITOR ?? this.repo.config.get('core.editor') ?? this.vars.EDITOR
    const text = () => this.world.readText(path) ?? ''
    if (command === 'true' || command === ':') return text()
    if (command) {
      const done = await this.host.shell?.(`${command} "${path}"`, this.cwd)
      if (done?.exitCode !== 0) {
        fail(`There was a problem with the editor '${command}'.`)
      }
      return text()
    }
    if (!this.host.editor) fail('There was a problem with the editor: this terminal has none.')
    const saved = await this.host.editor({ path, text: text(), purpose })
    if (saved !== null) this.world.write(path, saved)
    return text()
  }
}

/** Seconds in each; months and years as git counts them for `2 months ago`. */
export const UNITS: Record<string, number> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_746,
  year: 31_556_952,
}

/**
 * A date as git takes it: `@1700000000 +0100`, ISO 8601, RFC 2822, `2 weeks ago`, `yesterday`.
 * @throws Exit for anything else.
 */
export function parseDate(text: string, run: { host: Host }): { time: number; zone: string } {
  const { zone } = run.host
  const raw = /^@?(\d{5,})(?: ([+-]\d{4}))?$/.exec(text.trim())
  if (raw) return { time: Number(raw[1]), zone: raw[2] ?? '+0000' }
  const iso =
    /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text.trim(),
    )
  if (iso) {
    const [, year, month, day, hour, minute, second, offset] = iso
    const own = offset === 'Z' ? '+0000' : (offset?.replace(':', '') ?? zone)
    const clock = new Date(run.host.now() * 1000 + zoneSeconds(own) * 1000)
    const time =
      Date.UTC(
        Number(year),
        Number(month) - 1,
        Number(day),
        hour === undefined ? clock.getUTCHours() : Number(hour),
        hour === undefined ? clock.getUTCMinutes() : Number(minute),
        hour === undefined ? clock.getUTCSeconds() : Number(second ?? 0),
      ) / 1000
    return { time: time - zoneSeconds(own), zone: own }
  }
  const ago = /^(\d+|an?|one|two|three)[. ](second|minute|hour|day|week|month|year)s?(?:[. ]ago)?$/.exec(
    text.trim(),
  )
  if (ago) {
    const words: Record<string, number> = { a: 1, an: 1, one: 1, two: 2, three: 3 }
    const count = words[ago[1]!] ?? Number(ago[1])
    return { time: run.host.now() - count * UNITS[ago[2]!]!, zone }
  }
  if (text === 'now') return { time: run.host.now(), zone }
  if (text === 'yesterday') return { time: run.host.now() - 86_400, zone }
  if (text === 'midnight' || text === 'today')
    return {
      time: Math.floor((run.host.now() + zoneSeconds(zone)) / 86_400) * 86_400 - zoneSeconds(zone),
      zone,
    }
  const parsed = Date.parse(text)
  if (Number.isNaN(parsed)) die(`invalid date format: ${text}`)
  return { time: Math.floor(parsed / 1000), zone: /[+-]\d{4}$/.exec(text)?.[0] ?? zone }
}

export function zoneSeconds(zone: string): number {
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3, 5)) * 60)
}
