/** Choosing hunk by hunk: `add -p`, `reset -p`, `restore -p`, `checkout -p`, `stash -p`. */
import { compareVersions, type FilePair, pathOf, type Version } from '../file-diff'
import { type Change, diffLines, splitLines } from '../line-diff'
import { type Id, MODE } from '../objects'
import { formatPatch, type Hunk, hunkHeader, hunksOf } from '../patch'
import type { Pathspec } from '../paths'
import type { Run } from '../run'
import { unstagedPairs, versionOnDisk, versionsOfIndex, versionsOfTree } from '../worktree'
import { decodeText, encode } from '../world'

export type PatchKind = { kind: 'stage' } | { kind: 'unstage' } | { kind: 'discard' } | { kind: 'stash' }

const WORDS = {
  stage: ['Stage', ''],
  unstage: ['Unstage', ''],
  discard: ['Discard', ' from worktree'],
  stash: ['Stash', ''],
} as const

type Piece = { hunk: Hunk; changes: Change[]; use: boolean | null; edited?: string[] }

const HELP = (verb: string) => `y - ${verb} this hunk
n - do not ${verb} this hunk
q - quit; do not ${verb} this hunk or any of the remaining ones
a - ${verb} this hunk and all later hunks in the file
d - do not ${verb} this hunk or any of the later hunks in the file
`

const MORE = `j - leave this hunk undecided, see next undecided hunk
J - leave this hunk undecided, see next hunk
k - leave this hunk undecided, see previous undecided hunk
K - leave this hunk undecided, see previous hunk
g - select a hunk to go to
/ - search for a hunk matching the given regex
s - split the current hunk into smaller hunks
e - manually edit the current hunk
? - print help
`

/**
 * Asks about each hunk and does what was chosen to the index (stage, unstage), the files (discard) or, for a stash, gives
 * the chosen content back.
 */
export async function addPatch(
  run: Run,
  { kind }: PatchKind,
  spec: Pathspec,
): Promise<Map<string, Version | null>> {
  const { repo } = run
  const pairs = pairsFor(run, kind).filter((pair) => spec.matches(pathOf(pair)))
  const chosen = new Map<string, Version | null>()
  if (pairs.length === 0) {
    run.err('No changes.\n')
    return chosen
  }
  if (pairs.every((pair) => texts(pair) === null)) {
    run.err('Only binary files changed.\n')
    return chosen
  }
  for (const pair of pairs) {
    if (texts(pair) === null) continue
    const { result, quit } = await askFile(run, kind, pair)
    if (result) {
      chosen.set(pathOf(pair), result.version)
      if (kind !== 'stash') apply(run, kind, pathOf(pair), result.version)
    }
    if (quit) break
  }
  repo.saveIndex()
  return chosen
}

function pairsFor(run: Run, kind: PatchKind['kind']): FilePair[] {
  const { repo } = run
  const head = () => versionsOfTree(repo, repo.head?.tree ?? null)
  if (kind === 'unstage') return compareVersions(head(), versionsOfIndex(repo))
  if (kind === 'stash') {
    const before = head()
    const after = new Map<string, Version>()
    for (const path of before.keys()) {
      const version = versionOnDisk(repo, path)
      if (version) after.set(path, version)
    }
    return compareVersions(before, after)
  }
  return unstagedPairs(repo)
}

function texts(pair: FilePair): [string, string] | null {
  const a = pair.before ? decodeText(pair.before.bytes()) : ''
  const b = pair.after ? decodeText(pair.after.bytes()) : ''
  return a === null || b === null ? null : [a, b]
}

function apply(run: Run, kind: PatchKind['kind'], path: string, version: Version | null): void {
  const { repo } = run
  if (kind === 'discard') {
    if (version) run.world.write(repo.place(path), version.bytes(), version.mode === MODE.executable)
    else run.world.remove(repo.place(path))
  } else if (version)
    repo.index.set({ path, mode: version.mode, id: repo.objects.write('blob', version.bytes()), stage: 0 })
  else repo.index.remove(path)
}

type Answered = { result: { version: Version | null } | null; quit: boolean }

async function askFile(run: Run, kind: PatchKind['kind'], pair: FilePair): Promise<Answered> {
  const [verb, where] = WORDS[kind]
  const [before, after] = texts(pair)!.map(splitLines) as [string[], string[]]
  const style = { abbreviate: (id: Id) => run.abbreviate(id) }
  const whole = formatPatch(pair, style)
  const at = whole.indexOf('\n@@ ')
  run.out(at < 0 ? whole : whole.slice(0, at + 1))
  const changes = diffLines(before, after, { indent: true })
  const structural = !pair.before || !pair.after
  let pieces: Piece[] = piecesOf(before, after, changes)
  if (pieces.length === 0) {
    const noun = structural ? (pair.after ? 'addition' : 'deletion') : 'mode change'
    const answer = await run.ask(`(1/1) ${verb} ${noun}${where} [y,n,q,a,d,?]? `)
    run.out('\n')
    const yes = /^[ya]/i.test(answer ?? 'n')
    return { result: yes ? finish(run, kind, pair, null) : null, quit: answer === null || /^q/i.test(answer) }
  }
  let index = 0
  let quit = false
  let show = true
  while (true) {
    const undecided = pieces.findIndex((piece) => piece.use === null)
    if (undecided < 0) break
    if (index >= pieces.length) index = undecided
    const piece = pieces[index]!
    const [previous, next] = [
      findLast(pieces.slice(0, index)),
      pieces.slice(index + 1).findIndex((one) => one.use === null),
    ]
    const splittable = countRuns(piece) > 1
    if (show) run.out(`${hunkHeader(piece.hunk)}\n${piece.hunk.lines.join('')}`)
    show = true
    const keys = ['y', 'n', 'q', 'a', 'd']
    if (previous >= 0) keys.push('k')
    if (index > 0) keys.push('K')
    if (next >= 0) keys.push('j')
    if (index + 1 < pieces.length) keys.push('J')
    if (pieces.length > 1) keys.push('g', '/')
    if (splittable) keys.push('s')
    if (!structural || pair.after) keys.push('e')
    const noun = structural ? (pair.after ? 'addition' : 'deletion') : `this hunk${where}`
    const title = structural && pieces.length === 1 ? noun : `this hunk${where}`
    const answer = await run.ask(`(${index + 1}/${pieces.length}) ${verb} ${title} [${keys.join(',')},?]? `)
    if (answer === null) {
      quit = true
      break
    }
    const key = answer.trim()[0] ?? ''
    const forward = () => {
      const later = pieces.slice(index + 1).findIndex((one) => one.use === null)
      index = later >= 0 ? index + 1 + later : pieces.findIndex((one) => one.use === null)
    }
    if (key === 'y' || key === 'Y') {
      piece.use = true
      forward()
    } else if (key === 'n' || key === 'N') {
      piece.use = false
      forward()
    } else if (key === 'a' || key === 'd' || key === 'A' || key === 'D') {
      for (const one of pieces.slice(index)) one.use ??= key.toLowerCase() === 'a'
      forward()
    } else if (key === 'q' || key === 'Q') {
      for (const one of pieces) one.use ??= false
      quit = true
      break
    } else if (key === 'k' && previous >= 0) index = previous
    else if (key === 'K' && index > 0) index--
    else if (key === 'j' && next >= 0) index += 1 + next
    else if (key === 'J' && index + 1 < pieces.length) index++
    else if (key === 's' && splittable) {
      const parts = split(piece, before, after)
      run.out(`Split into ${parts.length} hunks.\n`)
      pieces = [...pieces.slice(0, index), ...parts, ...pieces.slice(index + 1)]
    } else if (key === 's') run.err('Sorry, cannot split this hunk\n')
    else if (key === 'k' || key === 'K') run.err('No previous hunk\n')
    else if (key === 'j' || key === 'J') run.err('No next hunk\n')
    else if (key === 'e') {
      if (await editPiece(run, piece, verb)) {
        piece.use = true
        forward()
      }
    } else if (key === 'g' && pieces.length > 1) {
      const number = Number(answer.trim().slice(1) || (await run.ask('go to which hunk? ')))
      if (number >= 1 && number <= pieces.length) index = number - 1
      else run.err(`Sorry, only ${pieces.length} hunks available.\n`)
    } else {
      const lower = verb.toLowerCase()
      const extra = MORE.split('\n').filter((line) => line && (line[0] === '?' || keys.includes(line[0]!)))
      run.out(`${HELP(lower)}${extra.join('\n')}\n`)
      show = true
    }
  }
  run.out('\n')
  const used = pieces.some((piece) => piece.use === true)
  return { result: used ? finish(run, kind, pair, { pieces, before, after }) : null, quit }
}

function findLast(pieces: Piece[]): number {
  for (let i = pieces.length - 1; i >= 0; i--) if (pieces[i]!.use === null) return i
  return -1
}

function piecesOf(before: string[], after: string[], changes: Change[]): Piece[] {
  return hunksOf(before, after, changes, 3).map((hunk) => ({
    hunk,
    changes: changes.filter(({ start }) => start >= hunk.start && start <= hunk.start + hunk.count),
    use: null,
  }))
}

/** Runs of changed lines with context between them: what a hunk can be split into. */
function countRuns(piece: Piece): number {
  return piece.edited ? 1 : piece.changes.length
}

function split(piece: Piece, before: string[], after: string[]): Piece[] {
  return piece.changes.map((change, i) => {
    const [last, next] = [piece.changes[i - 1], piece.changes[i + 1]]
    const from = last ? last.start + last.count : piece.hunk.start
    const to = next ? next.start : piece.hunk.start + piece.hunk.count
    const lead = change.start - from
    const trail = to - change.start - change.count
    const line = (sign: string, text: string) =>
      text.endsWith('\n') ? [sign + text] : [`${sign}${text}\n`, '\\ No newline at end of file\n']
    const lines = [
      ...before.slice(from, change.start).flatMap((text) => line(' ', text)),
      ...before.slice(change.start, change.start + change.count).flatMap((text) => line('-', text)),
      ...after.slice(change.newStart, change.newStart + change.newCount).flatMap((text) => line('+', text)),
      ...before.slice(change.start + change.count, to).flatMap((text) => line(' ', text)),
    ]
    const hunk: Hunk = {
      start: from,
      count: to - from,
      newStart: change.newStart - lead,
      newCount: lead + change.newCount + trail,
      heading: piece.hunk.heading,
      lines,
    }
    return { hunk, changes: [change], use: null }
  })
}

async function editPiece(run: Run, piece: Piece, verb: string): Promise<boolean> {
  const path = `${run.repo.gitDir}/addp-hunk-edit.diff`
  const text = `# Manual hunk edit mode -- see bottom for a quick guide.\n${hunkHeader(piece.hunk)}\n${piece.hunk.lines.join('')}# ---\n# To remove '-' lines, make them ' ' lines (context).\n# To remove '+' lines, delete them.\n# Lines starting with # will be removed.\n# If the patch applies cleanly, the edited hunk will immediately be marked for ${verb === 'Stage' ? 'staging' : verb.toLowerCase()}.\n# If it does not apply cleanly, you will be given an opportunity to\n# edit again.  If all lines of the hunk are removed, then the edit is\n# aborted and the hunk is left unchanged.\n`
  run.world.write(path, text)
  const saved = await run.edit(path, 'hunk')
  run.world.remove(path)
  const lines = splitLines(saved).filter((line) => !line.startsWith('#') && !line.startsWith('@@'))
  if (lines.length === 0) return false
  piece.edited = lines
  return true
}

/** The content that results: the chosen hunks on the old side, or for what is taken back, all but the chosen. */
function finish(
  run: Run,
  kind: PatchKind['kind'],
  pair: FilePair,
  parts: { pieces: Piece[]; before: string[]; after: string[] } | null,
): { version: Version | null } {
  const backwards = kind === 'unstage' || kind === 'discard'
  if (!parts) return { version: backwards ? pair.before : pair.after }
  const { pieces, before, after } = parts
  const wanted = pieces.filter((piece) => (piece.use === true) !== backwards)
  if (wanted.length === 0) return { version: pair.before }
  if (wanted.length === pieces.length && wanted.every((piece) => !piece.edited))
    return { version: pair.after }
  const out: string[] = []
  let at = 0
  for (const piece of wanted) {
    const edits = piece.edited
    if (edits) {
      out.push(...before.slice(at, piece.hunk.start))
      for (const [i, line] of edits.entries()) {
        if (line[0] !== '+' && line[0] !== ' ' && line !== '\n') continue
        const text = line === '\n' ? line : line.slice(1)
        out.push(edits[i + 1]?.startsWith('\\') ? text.replace(/\n$/, '') : text)
      }
      at = piece.hunk.start + piece.hunk.count
      continue
    }
    for (const change of piece.changes) {
      out.push(...before.slice(at, change.start))
      out.push(...after.slice(change.newStart, change.newStart + change.newCount))
      at = change.start + change.count
    }
  }
  out.push(...before.slice(at))
  const bytes = encode(out.join(''))
  const id = run.repo.objects.write('blob', bytes)
  const mode = (pair.after ?? pair.before)!.mode
  return { version: { path: pathOf(pair), mode, id, bytes: () => bytes } }
}
