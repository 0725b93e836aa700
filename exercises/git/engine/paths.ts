/** Patterns on paths: `.gitignore` (gitignore(5)) and pathspecs (gitglossary(7)). */
import type { Repository } from './repository'
import { joinPath } from './world'

/** A shell pattern as a regular expression's source; `*` stops at a slash only where `pathname` is set. */
export function globSource(pattern: string, pathname: boolean): string {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '*') {
      const double = pattern[i + 1] === '*'
      if (double && pathname) {
        const before = i === 0 || pattern[i - 1] === '/'
        const after = pattern[i + 2]
        while (pattern[i + 1] === '*') i++
        if (before && after === '/') {
          source += '(?:.*/)?'
          i++
        } else source += before && after === undefined ? '.*' : '[^/]*'
      } else {
        while (pattern[i + 1] === '*') i++
        source += pathname ? '[^/]*' : '.*'
      }
    } else if (char === '?') source += pathname ? '[^/]' : '.'
    else if (char === '[') {
      const close = pattern.indexOf(']', i + 2)
      if (close < 0) source += '\\['
      else {
        const inside = pattern.slice(i + 1, close).replace(/\\/g, '\\\\')
        source += `[${inside.replace(/^!/, '^')}]`
        i = close
      }
    } else if (char === '\\' && i + 1 < pattern.length) source += escaped(pattern[++i]!)
    else source += escaped(char)
  }
  return source
}

const escaped = (char: string) => char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

export type IgnoreRule = {
  negated: boolean
  folderOnly: boolean
  test: RegExp
  base: string
  /** Where it stands, for `check-ignore -v`. */
  source: string
  line: number
  text: string
}

function parseRules(text: string, base: string, source: string): IgnoreRule[] {
  return text.split('\n').flatMap((raw, i): IgnoreRule[] => {
    let line = raw.replace(/\r$/, '').replace(/(?<!\\)\s+$/, '')
    if (line === '' || line.startsWith('#')) return []
    const negated = line.startsWith('!')
    if (negated) line = line.slice(1)
    else if (/^\\[#!]/.test(line)) line = line.slice(1)
    const folderOnly = line.endsWith('/')
    if (folderOnly) line = line.slice(0, -1)
    const anchored = line.includes('/')
    const body = line.startsWith('/') ? line.slice(1) : line
    const test = new RegExp(`^${anchored ? '' : '(?:.*/)?'}${globSource(body, true)}$`)
    return [{ negated, folderOnly, test, base, source, line: i + 1, text: raw }]
  })
}

/** What a repository ignores. Reads each `.gitignore` once; make a new one for each command. */
export class Ignored {
  private readonly byFolder = new Map<string, IgnoreRule[]>()
  private readonly folders = new Map<string, IgnoreRule | null>()
  private readonly common: IgnoreRule[]

  constructor(private readonly repo: Repository) {
    const exclude = repo.state('info/exclude') ?? ''
    const personal = repo.config.get('core.excludesFile')
    const path = personal && joinPath('/', personal)
    this.common = [
      ...(path ? parseRules(repo.world.readText(path) ?? '', '', path) : []),
      ...parseRules(exclude, '', '.git/info/exclude'),
    ]
  }

  /** Whether a path, relative to the top, is ignored; one below an ignored folder is. */
  has(path: string, folder: boolean): boolean {
    const rule = this.ruleFor(path, folder)
    return rule !== null && !rule.negated
  }

  /** The rule that decides about a path, or null. */
  ruleFor(path: string, folder: boolean): IgnoreRule | null {
    const slash = path.lastIndexOf('/')
    if (slash >= 0) {
      const parent = path.slice(0, slash)
      let rule = this.folders.get(parent)
      if (rule === undefined) {
        rule = this.ruleFor(parent, true)
        this.folders.set(parent, rule)
      }
      if (rule && !rule.negated) return rule
    }
    const rules = [...this.common, ...this.rulesAbove(path)]
    for (let i = rules.length - 1; i >= 0; i--) {
      const rule = rules[i]!
      if (rule.folderOnly && !folder) continue
      const relative = rule.base ? path.slice(rule.base.length + 1) : path
      if (rule.test.test(relative)) return rule
    }
    return null
  }

  private rulesAbove(path: string): IgnoreRule[] {
    const rules: IgnoreRule[] = []
    const parts = path.split('/').slice(0, -1)
    for (let i = 0; i <= parts.length; i++) rules.push(...this.rulesIn(parts.slice(0, i).join('/')))
    return rules
  }

  private rulesIn(folder: string): IgnoreRule[] {
    let rules = this.byFolder.get(folder)
    if (!rules) {
      const name = folder ? `${folder}/.gitignore` : '.gitignore'
      rules = parseRules(this.repo.world.readText(this.repo.place(name)) ?? '', folder, name)
      this.byFolder.set(folder, rules)
    }
    return rules
  }
}

export type Pattern = {
  /** As it was typed. */
  given: string
  excludes: boolean
  matches: (path: string) => boolean
  /** The path itself, where the pattern has no wildcard. */
  literal: string | null
}

/** A list of patterns; an empty one matches everything. */
export class Pathspec {
  private constructor(
    readonly patterns: Pattern[],
    private readonly above: string,
  ) {}

  /** @param prefix the current folder relative to the top, `''` at the top. Null where a path leaves the repository. */
  static parse(given: string[], repo: Repository, cwd: string): Pathspec | { outside: string } {
    const top = repo.workTree ?? '/'
    const patterns: Pattern[] = []
    for (const one of given) {
      let text = one
      let [excludes, fromTop, glob, icase, literal] = [false, false, false, false, false]
      const long = /^:\(([^)]*)\)/.exec(one)
      if (long) {
        const words = long[1]!.split(',')
        excludes = words.includes('exclude')
        fromTop = words.includes('top')
        glob = words.includes('glob')
        icase = words.includes('icase')
        literal = words.includes('literal')
        text = one.slice(long[0].length)
      } else if (one.startsWith(':')) {
        let at = 1
        for (; '/!^'.includes(one[at] ?? ' '); at++) {
          if (one[at] === '/') fromTop = true
          else excludes = true
        }
        if (one[at] === ':') at++
        text = one.slice(at)
      }
      const full = joinPath(fromTop ? top : cwd, text)
      if (full !== top && top !== '/' && !full.startsWith(`${top}/`)) return { outside: one }
      const path = full === top ? '' : full.slice(top === '/' ? 1 : top.length + 1)
      const folderOnly = text.endsWith('/')
      const wild = !literal && /[*?[\\]/.test(path)
      const flags = icase ? 'i' : ''
      const test = wild ? new RegExp(`^${globSource(path, glob)}(?:/.*)?$`, flags) : null
      const lower = path.toLowerCase()
      patterns.push({
        given: one,
        excludes,
        literal: wild ? null : path,
        matches: (name) => {
          if (path === '') return true
          if (test) return test.test(name)
          const [a, b] = icase ? [name.toLowerCase(), lower] : [name, path]
          return (a === b && !folderOnly) || a.startsWith(`${b}/`)
        },
      })
    }
    const above = cwd === top ? '' : cwd.slice(top === '/' ? 1 : top.length + 1)
    return new Pathspec(patterns, above)
  }

  get isEmpty(): boolean {
    return this.patterns.length === 0
  }

  /** The folder it was given in, relative to the top. */
  get prefix(): string {
    return this.above
  }

  matches(path: string): boolean {
    const wanted = this.patterns.filter((pattern) => !pattern.excludes)
    if (wanted.length > 0 && !wanted.some((pattern) => pattern.matches(path))) return false
    return !this.patterns.some((pattern) => pattern.excludes && pattern.matches(path))
  }

  /** Whether something below a folder could match. */
  reaches(folder: string): boolean {
    const wanted = this.patterns.filter((pattern) => !pattern.excludes)
    return (
      wanted.length === 0 ||
      wanted.some(
        ({ literal, matches }) => literal === null || matches(folder) || literal.startsWith(`${folder}/`),
      )
    )
  }
}
