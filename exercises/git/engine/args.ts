/** The options of a command, read as git reads them: short ones bundled, long ones shortened, `--no-` before them. */
import { Exit } from './run'

/**
 * `a,all` is a flag, `m,message=` takes a value, `u,untracked-files?` may have one attached, `#` is `-5`.
 * A name alone may be one letter or a long one.
 */
export class Options {
  readonly rest: string[] = []
  /** How many of `rest` stand before a `--`; -1 without one. */
  divide = -1
  private readonly found = new Map<string, (string | true | false)[]>()

  has(name: string): boolean {
    const last = this.found.get(name)?.at(-1)
    return last !== undefined && last !== false
  }

  /** Given as `--no-name`, last of all. */
  negated(name: string): boolean {
    return this.found.get(name)?.at(-1) === false
  }

  value(name: string): string | undefined {
    const last = this.found.get(name)?.at(-1)
    return typeof last === 'string' ? last : undefined
  }

  values(name: string): string[] {
    return (this.found.get(name) ?? []).filter((one): one is string => typeof one === 'string')
  }

  count(name: string): number {
    return this.found.get(name)?.length ?? 0
  }

  add(name: string, value: string | true | false): void {
    this.found.set(name, [...(this.found.get(name) ?? []), value])
  }
}

type Spec = { name: string; kind: 'flag' | 'value' | 'optional' }

export function parseOptions(
  args: string[],
  spec: string,
  settings: { stopAtFirst?: boolean; usage?: string; keepUnknown?: boolean } = {},
): Options {
  const options = new Options()
  const byName = new Map<string, Spec>()
  let numbers = false
  for (const word of spec.split(/\s+/).filter(Boolean)) {
    if (word === '#') {
      numbers = true
      continue
    }
    const kind = word.endsWith('=') ? 'value' : word.endsWith('?') ? 'optional' : 'flag'
    const names = word.replace(/[=?]$/, '').split(',')
    const name = names.at(-1)!
    for (const one of names) byName.set(one, { name, kind })
  }
  const wrong = (message: string): never => {
    throw new Exit(129, `error: ${message}\n${settings.usage ? `usage: ${settings.usage}\n` : ''}`)
  }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') {
      options.divide = options.rest.length
      options.rest.push(...args.slice(i + 1))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      options.rest.push(arg)
      if (settings.stopAtFirst) {
        options.rest.push(...args.slice(i + 1))
        break
      }
      continue
    }
    if (numbers && /^-\d+$/.test(arg)) {
      options.add('#', arg.slice(1))
      continue
    }
    if (arg.startsWith('--')) {
      const equals = arg.indexOf('=')
      const name = equals < 0 ? arg.slice(2) : arg.slice(2, equals)
      const attached = equals < 0 ? undefined : arg.slice(equals + 1)
      const one = longOption(byName, name)
      if (one) {
        if (one.kind === 'flag') options.add(one.name, true)
        else if (attached !== undefined) options.add(one.name, attached)
        else if (one.kind === 'optional') options.add(one.name, true)
        else {
          const value = args[++i]
          if (value === undefined) wrong(`option \`${one.name}' requires a value`)
          options.add(one.name, value!)
        }
      } else {
        const positive = name.startsWith('no-') ? longOption(byName, name.slice(3)) : undefined
        if (positive) options.add(positive.name, false)
        else if (settings.keepUnknown) options.rest.push(arg)
        else wrong(`unknown option \`${name}'`)
      }
      continue
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!
      const one = byName.get(letter)
      if (!one) {
        if (settings.keepUnknown) {
          options.rest.push(arg)
          break
        }
        wrong(`unknown switch \`${letter}'`)
        break
      }
      if (one.kind === 'flag') {
        options.add(one.name, true)
        continue
      }
      const rest = arg.slice(at + 1)
      if (rest !== '') options.add(one.name, rest)
      else if (one.kind === 'optional') options.add(one.name, true)
      else {
        const value = args[++i]
        if (value === undefined) wrong(`switch \`${letter}' requires a value`)
        options.add(one.name, value!)
      }
      break
    }
  }
  return options
}

function longOption(byName: Map<string, Spec>, name: string): Spec | undefined {
  const exact = byName.get(name)
  if (exact && name.length > 1) return exact
  if (name.length < 2) return undefined
  const fitting = [...byName].filter(([key]) => key.length > 1 && key.startsWith(name))
  const specs = new Set(fitting.map(([, spec]) => spec.name))
  return specs.size === 1 ? fitting[0]![1] : undefined
}
