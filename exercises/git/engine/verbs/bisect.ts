/** `git bisect`: halves the commits between a bad one and good ones until the first bad one is left. */

import { detectRenames } from '../file-diff'
import { mergeBases, walk } from '../history'
import type { Commit, Id } from '../objects'
import { formatStat, formatSummary, statOf } from '../patch'
import { formatCommit, subjectOf } from '../pretty'
import { Revisions } from '../revisions'
import { die, Exit, type Run } from '../run'
import { goTo } from './branch'
import { treePairs } from './diff'

type Terms = { bad: string; good: string }

function termsOf(run: Run): Terms {
  const [bad, good] = (run.repo.state('BISECT_TERMS') ?? 'bad\ngood\n').split('\n') as [string, string]
  return { bad, good }
}

export async function bisect(run: Run, args: string[]): Promise<number | undefined> {
  const repo = run.tree
  const [verb, ...rest] = args
  const started = repo.hasState('BISECT_START')
  const terms = termsOf(run)
  switch (verb) {
    case undefined:
      throw new Exit(
        1,
        'usage: git bisect [help|start|bad|good|new|old|terms|skip|next|reset|visualize|view|replay|log|run]\n',
      )
    case 'start':
      return start(run, rest)
    case 'reset':
      return reset(run, rest)
    case 'log':
      if (!started) throw new Exit(1, 'error: We are not bisecting.\n')
      run.out(repo.state('BISECT_LOG') ?? '')
      return
    case 'terms':
      if (!started) throw new Exit(1, 'error: no terms defined\n')
      run.out(`Your current terms are ${terms.good} for the old state\nand ${terms.bad} for the new state.\n`)
      return
    case 'skip':
      requireStarted(run)
      return mark(run, 'skip', rest)
    case 'run':
      requireStarted(run)
      return runAll(run, rest)
    case 'next':
      return next(run)
    case 'visualize':
    case 'view': {
      const { log } = await import('./log')
      return log(run, [
        `refs/bisect/${terms.bad}`,
        ...repo.refs.list(`refs/bisect/${terms.good}-`).map(([name]) => `^${name}`),
      ])
    }
  }
  const word = verb === 'new' ? 'bad' : verb === 'old' ? 'good' : verb
  if (verb === terms.bad || verb === terms.good || word === 'bad' || word === 'good') {
    requireStarted(run)
    return mark(
      run,
      verb === terms.bad || (word === 'bad' && verb !== terms.good) ? terms.bad : terms.good,
      rest,
    )
  }
  throw new Exit(1, `error: unknown command: '${verb}'\n`)
}

function requireStarted(run: Run): void {
  if (!run.repo.hasState('BISECT_START')) throw new Exit(1, 'You need to start by "git bisect start"\n\n')
}

async function start(run: Run, args: string[]): Promise<number | undefined> {
  const { repo } = run
  let terms: Terms = { bad: 'bad', good: 'good' }
  const names: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') break
    if (/^--term-(new|bad)/.test(arg))
      terms = { ...terms, bad: arg.includes('=') ? arg.split('=')[1]! : args[++i]! }
    else if (/^--term-(old|good)/.test(arg))
      terms = { ...terms, good: arg.includes('=') ? arg.split('=')[1]! : args[++i]! }
    else if (!arg.startsWith('--')) names.push(arg)
  }
  const revisions = new Revisions(repo, run)
  const commits = names.map(
    (name) => revisions.findCommit(name) ?? die(`'${name}' does not appear to be a valid revision`),
  )
  const head = repo.hasState('BISECT_START')
    ? repo.state('BISECT_START')!.trim()
    : (repo.branch ?? repo.headId ?? die('bad HEAD - I need a HEAD'))
  clearState(run)
  repo.setState('BISECT_START', `${head}\n`)
  repo.setState('BISECT_TERMS', `${terms.bad}\n${terms.good}\n`)
  repo.setState('BISECT_NAMES', '\n')
  repo.setState('BISECT_LOG', '')
  let text = ''
  for (const [i, commit] of commits.entries()) {
    const state = i === 0 ? terms.bad : terms.good
    repo.refs.set(
      i === 0 ? `refs/bisect/${terms.bad}` : `refs/bisect/${terms.good}-${commit.id}`,
      commit.id,
      null,
    )
    text += `# ${state}: [${commit.id}] ${subjectOf(commit.message)}\n`
  }
  repo.setState('BISECT_LOG', `${text}git bisect start${args.map((arg) => ` '${arg}'`).join('')}\n`)
  return step(run)
}

async function mark(run: Run, state: string, given: string[]): Promise<number | undefined> {
  const { repo } = run
  const terms = termsOf(run)
  const revisions = new Revisions(repo, run)
  const names = given.length > 0 ? given : ['HEAD']
  if (state === terms.bad && names.length > 1)
    throw new Exit(1, `error: 'git bisect ${terms.bad}' can take only one argument.\n`)
  const commits = names.flatMap((name): Commit[] => {
    const range = /^(.*)\.\.(.*)$/.exec(name)
    if (state === 'skip' && range)
      return walk(repo.objects, {
        include: [revisions.commit(range[2] || 'HEAD').id],
        exclude: [revisions.commit(range[1]!).id],
      }).map(({ commit }) => commit)
    return [revisions.findCommit(name) ?? failRevision(name)]
  })
  let log = repo.state('BISECT_LOG') ?? ''
  for (const commit of commits) {
    const ref = state === terms.bad ? `refs/bisect/${state}` : `refs/bisect/${state}-${commit.id}`
    repo.refs.set(ref, commit.id, null)
    log += `# ${state}: [${commit.id}] ${subjectOf(commit.message)}\n${state === 'skip' || state === terms.good || state === terms.bad ? `git bisect ${state} ${commit.id}\n` : ''}`
  }
  repo.setState('BISECT_LOG', log)
  return step(run)
}

function failRevision(name: string): never {
  throw new Exit(1, `error: Bad rev input: ${name}\n`)
}

/** Says what is missing, or goes on to the next commit to test. */
async function step(run: Run): Promise<number | undefined> {
  const { repo } = run
  const terms = termsOf(run)
  const bad = repo.refs.get(`refs/bisect/${terms.bad}`)
  const good = repo.refs.list(`refs/bisect/${terms.good}-`)
  let text: string | null = null
  if (!bad && good.length === 0) text = `waiting for both ${terms.good} and ${terms.bad} commits`
  else if (bad && good.length === 0) text = `waiting for ${terms.good} commit(s), ${terms.bad} commit known`
  else if (!bad)
    text = `waiting for ${terms.bad} commit, ${good.length} ${terms.good} commit${good.length === 1 ? '' : 's'} known`
  if (text) {
    run.out(`status: ${text}\n`)
    repo.setState('BISECT_LOG', `${repo.state('BISECT_LOG') ?? ''}# status: ${text}\n`)
    return
  }
  return next(run)
}

async function next(run: Run): Promise<number | undefined> {
  const { repo } = run
  const { objects, refs } = repo
  const terms = termsOf(run)
  const bad = refs.get(`refs/bisect/${terms.bad}`)!
  const good = refs.list(`refs/bisect/${terms.good}-`).map(([, id]) => id)
  const skipped = new Set(refs.list('refs/bisect/skip-').map(([, id]) => id))
  if (!repo.hasState('BISECT_ANCESTORS_OK')) {
    for (const one of good) {
      const bases = mergeBases(objects, one, bad)
      if (bases.length === 0) continue
      if (bases.includes(bad)) {
        const list = terms.good === 'good' && terms.bad === 'bad'
        throw new Exit(
          1,
          list
            ? `Some good revs are not ancestors of the bad rev.\ngit bisect cannot work properly in this case.\nMaybe you mistook good and bad revs?\n`
            : `Some ${terms.good} revs are not ancestors of the ${terms.bad} rev.\ngit bisect cannot work properly in this case.\nMaybe you mistook ${terms.good} and ${terms.bad} revs?\n`,
        )
      }
      const [base] = bases
      if (base && base !== one && !good.includes(base) && !skipped.has(base)) {
        run.out('Bisecting: a merge base must be tested\n')
        return checkoutCommit(run, objects.commit(base))
      }
    }
    repo.setState('BISECT_ANCESTORS_OK', '')
  }
  const list = walk(objects, { include: [bad], exclude: good }).map(({ commit }) => commit)
  if (list.length === 0) throw new Exit(1, `${bad} was both ${terms.good} and ${terms.bad}\n`)
  const { best, weight, all, tried } = middle(list, skipped, bad)
  if ((best === null || best.id === bad) && tried.length > 0) {
    const candidates = [...tried, objects.commit(bad)]
    run.out(
      `There are only 'skip'ped commits left to test.\nThe first ${terms.bad} commit could be any of:\n${candidates.map(({ id }) => `${id}\n`).join('')}We cannot bisect more!\n`,
    )
    repo.setState(
      'BISECT_LOG',
      `${repo.state('BISECT_LOG') ?? ''}# only skipped commits left to test\n${[...candidates]
        .reverse()
        .map(
          (commit) => `# possible first ${terms.bad} commit: [${commit.id}] ${subjectOf(commit.message)}\n`,
        )
        .join('')}`,
    )
    return 2
  }
  if (best === null || best.id === bad) {
    const commit = objects.commit(bad)
    run.out(`${bad} is the first ${terms.bad} commit\n${shown(run, commit)}`)
    repo.setState(
      'BISECT_LOG',
      `${repo.state('BISECT_LOG') ?? ''}# first ${terms.bad} commit: [${bad}] ${subjectOf(commit.message)}\n`,
    )
    return
  }
  const left = all - weight - 1
  const steps = estimate(all)
  run.out(
    `Bisecting: ${left} revision${left === 1 ? '' : 's'} left to test after this (roughly ${steps} step${steps === 1 ? '' : 's'})\n`,
  )
  return checkoutCommit(run, best)
}

function checkoutCommit(run: Run, commit: Commit): undefined {
  const { repo } = run
  repo.setState('BISECT_EXPECTED_REV', `${commit.id}\n`)
  goTo(run, { commit, name: commit.id }, { quiet: true })
  run.out(`[${commit.id}] ${subjectOf(commit.message)}\n`)
}

function estimate(all: number): number {
  if (all < 3) return 0
  const n = Math.floor(Math.log2(all))
  const power = 2 ** n
  return power < 3 * (all - power) ? n : n - 1
}

/** The commit that halves the rest best; those that could not be tested are passed over. */
function middle(
  list: Commit[],
  skipped: Set<Id>,
  bad: Id,
): { best: Commit | null; weight: number; all: number; tried: Commit[] } {
  const all = list.length
  const inside = new Map(list.map((commit) => [commit.id, commit]))
  const weights = new Map<Id, number>()
  const count = (id: Id): number => {
    const seen = new Set<Id>()
    const stack = [id]
    while (stack.length > 0) {
      const at = stack.pop()!
      if (seen.has(at) || !inside.has(at)) continue
      seen.add(at)
      stack.push(...inside.get(at)!.parents)
    }
    return seen.size
  }
  const oldest = [...list].reverse()
  const parentsOf = (commit: Commit) => commit.parents.filter((id) => inside.has(id))
  const halfway = (weight: number) => Math.abs(2 * weight - all) <= 1
  const stops = skipped.size === 0
  for (const commit of oldest) {
    const parents = parentsOf(commit)
    if (parents.length === 0) weights.set(commit.id, 1)
    else if (parents.length > 1) weights.set(commit.id, count(commit.id))
  }
  if (stops)
    for (const commit of oldest)
      if (parentsOf(commit).length > 1 && halfway(weights.get(commit.id)!))
        return { best: commit, weight: weights.get(commit.id)!, all, tried: [] }
  let changed = true
  while (changed) {
    changed = false
    for (const commit of oldest) {
      if (weights.has(commit.id)) continue
      const [parent] = parentsOf(commit)
      const own = weights.get(parent!)
      if (own === undefined) continue
      weights.set(commit.id, own + 1)
      changed = true
      if (stops && halfway(own + 1)) return { best: commit, weight: own + 1, all, tried: [] }
    }
  }
  const distance = (commit: Commit) => Math.min(weights.get(commit.id)!, all - weights.get(commit.id)!)
  if (skipped.size === 0) {
    let best: Commit | null = null
    for (const commit of oldest) if (!best || distance(commit) > distance(best)) best = commit
    return { best, weight: best ? weights.get(best.id)! : 0, all, tried: [] }
  }
  const sorted = [...oldest].sort((a, b) => distance(b) - distance(a) || (a.id < b.id ? -1 : 1))
  const tried = sorted.filter(({ id }) => skipped.has(id))
  const rest = sorted.filter(({ id }) => !skipped.has(id))
  const best = sorted[0] && skipped.has(sorted[0].id) ? away(rest, bad) : (rest[0] ?? null)
  // Git counts what is left from the best place, though it goes elsewhere.
  return { best, weight: sorted[0] ? weights.get(sorted[0].id)! : 0, all, tried }
}

/** Where the best commit was skipped: one some way off, by git's own way of drawing it, so that neighbours that fail alike are left. */
function away(list: Commit[], bad: Id): Commit | null {
  const count = list.length
  const drawn = Math.floor(((Math.imul(count, 1_103_515_245) + 12_345) >>> 0) / 65_536) % 32_768
  const root = (value: number) => Math.floor(Math.sqrt(value))
  const index = Math.floor((Math.floor((count * drawn) / 32_768) * root(drawn)) / root(32_768))
  const chosen = list[index]
  if (!chosen) return list[0] ?? null
  return chosen.id !== bad ? chosen : (list[index - 1] ?? list[0]!)
}

function shown(run: Run, commit: Commit): string {
  const { repo } = run
  const { head, body } = formatCommit(commit, 'medium', {
    repo,
    date: { mode: 'default', local: false, now: 0, zone: '+0000' },
    decorations: null,
    abbreviate: (id) => run.abbreviate(id),
    short: false,
  })
  const parent = commit.parents[0]
  const pairs = detectRenames(treePairs(run, parent ? repo.objects.commit(parent).tree : null, commit.tree))
  return `${head}\n${body}\n${formatStat(pairs.map((pair) => statOf(pair)))}${formatSummary(pairs)}`
}

function clearState(run: Run): void {
  const { repo } = run
  for (const [name] of repo.refs.list('refs/bisect/')) repo.refs.delete(name)
  run.world.remove(`${repo.gitDir}/refs/bisect`)
  repo.clearState(
    'BISECT_START',
    'BISECT_LOG',
    'BISECT_TERMS',
    'BISECT_NAMES',
    'BISECT_EXPECTED_REV',
    'BISECT_ANCESTORS_OK',
    'BISECT_RUN',
  )
}

function reset(run: Run, [to]: string[]): number | undefined {
  const { repo } = run
  const startedAt = repo.state('BISECT_START')?.trim()
  if (startedAt === undefined) {
    run.out('We are not bisecting.\n')
    return
  }
  const name = to ?? startedAt
  const target = repo.refs.get(`refs/heads/${name}`)
    ? { branch: name }
    : { commit: new Revisions(repo, run).commit(name), name }
  goTo(run, target, {})
  clearState(run)
}

async function runAll(run: Run, command: string[]): Promise<number | undefined> {
  const { repo } = run
  if (command.length === 0) throw new Exit(1, 'error: bisect run failed: no command provided.\n')
  const terms = termsOf(run)
  if (
    !repo.refs.get(`refs/bisect/${terms.bad}`) ||
    repo.refs.list(`refs/bisect/${terms.good}-`).length === 0
  ) {
    await step(run)
    throw new Exit(1, '')
  }
  const line = command
    .map((word) =>
      command.length === 1
        ? word
        : /^[\w@%+=:,./-]+$/.test(word)
          ? word
          : `'${word.replaceAll("'", "'\\''")}'`,
    )
    .join(' ')
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  while (true) {
    run.out(`running  ${quoted}\n`)
    const done = await run.host.shell?.(line, repo.workTree ?? '/')
    if (!done) throw new Exit(1, 'error: there is no shell here to run the script with\n')
    run.out(done.stdout)
    run.err(done.stderr)
    const { exitCode } = done
    if (exitCode < 0 || exitCode >= 128)
      throw new Exit(1, `error: bisect run failed: exit code ${exitCode} from ${quoted} is < 0 or >= 128\n`)
    const state = exitCode === 125 ? 'skip' : exitCode === 0 ? terms.good : terms.bad
    const before = repo.headId
    const code = await mark(run, state, [])
    const log = repo.state('BISECT_LOG') ?? ''
    if (/^# first .* commit: /m.test(log)) {
      run.out(`bisect found first ${terms.bad} commit`)
      return 0
    }
    if (code === 2) {
      run.err('error: bisect run cannot continue any more\n')
      return 2
    }
    if (repo.headId === before && state !== 'skip') return
  }
}
