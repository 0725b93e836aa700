/** Which files differ between two states, and which of them were renamed: guessed from their content, as git does. */
import type { Id } from './objects'
import { compareNames, decode, nameOf } from './world'

/** A file of a tree, the index or the working tree. */
export type Version = { path: string; mode: string; id: Id; bytes: () => Uint8Array }
export type Versions = ReadonlyMap<string, Version>

export type FilePair = {
  status: 'A' | 'C' | 'D' | 'M' | 'R' | 'T' | 'U'
  before: Version | null
  after: Version | null
  /** How alike they are, 0 to 100, of a rename or copy. */
  score?: number
}

export type RenameStyle = { copies?: boolean; least?: number; emptyToo?: boolean }

export const pathOf = (pair: FilePair): string => (pair.after ?? pair.before)!.path

const kindOf = (mode: string) => mode.slice(0, 3)

/** Pairs by path; no renames yet. */
export function compareVersions(before: Versions, after: Versions): FilePair[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(compareNames)
  return paths.flatMap((path): FilePair[] => {
    const [a, b] = [before.get(path) ?? null, after.get(path) ?? null]
    if (!a) return [{ status: 'A', before: null, after: b }]
    if (!b) return [{ status: 'D', before: a, after: null }]
    if (a.id === b.id && a.mode === b.mode) return []
    return [{ status: kindOf(a.mode) === kindOf(b.mode) ? 'M' : 'T', before: a, after: b }]
  })
}

const FULL = 60_000

/** Turns a deleted and an added file that are alike into one renamed file. */
export function detectRenames(pairs: FilePair[], style: RenameStyle = {}): FilePair[] {
  const least = ((style.least ?? 50) * FULL) / 100
  const added = pairs.filter((pair) => pair.status === 'A')
  const deleted = pairs.filter((pair) => pair.status === 'D')
  const sources = style.copies ? pairs.filter((pair) => pair.before && pair.status !== 'A') : deleted
  if (added.length === 0 || sources.length === 0) return pairs
  const matched = new Map<FilePair, { source: FilePair; score: number }>()
  const used = new Set<FilePair>()
  const usable = (version: Version) => style.emptyToo !== false || version.bytes().length > 0
  const match = (target: FilePair, source: FilePair, score: number) => {
    matched.set(target, { source, score })
    used.add(source)
  }
  for (const target of added) {
    let best: FilePair | null = null
    let bestScore = -1
    for (const source of sources) {
      if (
        source.before!.id !== target.after!.id ||
        kindOf(source.before!.mode) !== kindOf(target.after!.mode)
      )
        continue
      if (!usable(target.after!)) continue
      if (used.has(source) && !style.copies) continue
      const same = nameOf(source.before!.path) === nameOf(target.after!.path)
      const score = (used.has(source) ? 0 : 1) + (same ? 1 : 0)
      if (score > bestScore) [best, bestScore] = [source, score]
    }
    if (best) match(target, best, FULL)
  }
  if (!style.copies) matchByName(added, sources, matched, used, match, least, usable)
  matchByContent(added, sources, matched, used, match, least, style.copies ?? false, usable)
  const gone = new Set(
    [...matched.values()].map(({ source }) => source).filter((source) => source.status === 'D'),
  )
  const claims = new Map<FilePair, FilePair[]>()
  for (const [target, { source }] of matched) claims.set(source, [...(claims.get(source) ?? []), target])
  return pairs.flatMap((pair): FilePair[] => {
    const found = matched.get(pair)
    if (found) {
      const last = claims.get(found.source)?.at(-1) === pair
      const status = found.source.status === 'D' && (!style.copies || last) ? 'R' : 'C'
      const score = Math.floor((found.score * 100) / FULL)
      return [{ status, before: found.source.before, after: pair.after, score }]
    }
    return gone.has(pair) ? [] : [pair]
  })
}

type Matched = Map<FilePair, { source: FilePair; score: number }>
type Match = (target: FilePair, source: FilePair, score: number) => void

/** A name that is unique among what went and among what came is looked at first, with a higher bar. */
function matchByName(
  added: FilePair[],
  sources: FilePair[],
  matched: Matched,
  used: Set<FilePair>,
  match: Match,
  least: number,
  usable: (version: Version) => boolean,
): void {
  const bar = least + Math.floor(0.5 * (FULL - least))
  const [targets, origins] = [
    uniqueNames(
      added.filter((pair) => !matched.has(pair)),
      (pair) => pair.after!.path,
    ),
    uniqueNames(
      sources.filter((pair) => !used.has(pair)),
      (pair) => pair.before!.path,
    ),
  ]
  for (const [name, source] of origins) {
    const target = targets.get(name)
    if (!source || !target || !usable(source.before!)) continue
    const score = likeness(source.before!, target.after!, bar)
    if (score >= bar) match(target, source, score)
  }
}

function uniqueNames(pairs: FilePair[], path: (pair: FilePair) => string): Map<string, FilePair | null> {
  const names = new Map<string, FilePair | null>()
  for (const pair of pairs) {
    const name = nameOf(path(pair))
    names.set(name, names.has(name) ? null : pair)
  }
  return names
}

function matchByContent(
  added: FilePair[],
  sources: FilePair[],
  matched: Matched,
  used: Set<FilePair>,
  match: Match,
  least: number,
  copies: boolean,
  usable: (version: Version) => boolean,
): void {
  const candidates: { target: FilePair; source: FilePair; score: number; sameName: number }[] = []
  for (const target of added) {
    if (matched.has(target) || !usable(target.after!)) continue
    for (const source of sources) {
      if (used.has(source) && !copies) continue
      if (!usable(source.before!)) continue
      const score = likeness(source.before!, target.after!, least)
      if (score < least || score === 0) continue
      const sameName = nameOf(source.before!.path) === nameOf(target.after!.path) ? 1 : 0
      candidates.push({ target, source, score, sameName })
    }
  }
  candidates.sort((a, b) => b.score - a.score || b.sameName - a.sameName)
  for (const { target, source, score } of candidates)
    if (!matched.has(target) && (copies || !used.has(source))) match(target, source, score)
}

const chunks = new WeakMap<Uint8Array, Map<string, number>>()

/** Bytes of each distinct piece of a file: a line, or 64 bytes of a longer one. */
function piecesOf(bytes: Uint8Array): Map<string, number> {
  const known = chunks.get(bytes)
  if (known) return known
  const pieces = new Map<string, number>()
  const text = !bytes.subarray(0, 8000).includes(0)
  let piece: number[] = []
  const close = () => {
    if (piece.length === 0) return
    const key = String.fromCharCode(...piece)
    pieces.set(key, (pieces.get(key) ?? 0) + piece.length)
    piece = []
  }
  for (const [i, byte] of bytes.entries()) {
    if (text && byte === 13 && bytes[i + 1] === 10) continue
    piece.push(byte)
    if (piece.length >= 64 || byte === 10) close()
  }
  close()
  chunks.set(bytes, pieces)
  return pieces
}

/** 0 to 60 000: how much of the larger file was there before. */
function likeness(before: Version, after: Version, least: number): number {
  if (kindOf(before.mode) !== '100' || kindOf(after.mode) !== '100') return 0
  const [a, b] = [before.bytes(), after.bytes()]
  if (before.id === after.id) return FULL
  const largest = Math.max(a.length, b.length)
  const difference = largest - Math.min(a.length, b.length)
  if (largest * (FULL - least) < difference * FULL) return 0
  if (b.length === 0 || a.length === 0) return 0
  let kept = 0
  const pieces = piecesOf(b)
  for (const [key, count] of piecesOf(a)) kept += Math.min(count, pieces.get(key) ?? 0)
  return Math.floor((kept * FULL) / largest)
}

/** How much of a file was rewritten, as `dissimilarity` needs; kept beside likeness because it reads the same pieces. */
export const textOf = (version: Version | null): string => (version ? decode(version.bytes()) : '')
