import { execFileSync } from 'node:child_process'
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'

/** A process, so that a number that was given again to another one is not taken for it. */
export type Mark = { pid: number; started: string }

/**
 * Makes `mine` the one that a file names. False when a living process holds it, and after taking a dead one away: try again.
 */
export function tryHold<T extends Mark>(file: string, mine: T): boolean {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const holder = readMark(file)
    if (holder && isLiving(holder)) return false
    takeAway(file, holder)
    return false
  } finally {
    unlinkSync(draft)
  }
}

/** Two starts may both find a dead holder: only who moved away exactly that file has removed it. */
function takeAway(file: string, dead: Mark | null): void {
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const moved = readMark(aside)
  if (moved && isLiving(moved) && moved.pid !== dead?.pid) {
    try {
      linkSync(aside, file)
    } catch {
      // Somebody holds it again already.
    }
  }
  unlinkSync(aside)
}

/** What stands in the file, null when it is not there or not whole. */
export function readMark<T extends Mark = Mark>(file: string): T | null {
  try {
    const value: T = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isInteger(value.pid) ? value : null
  } catch {
    return null
  }
}

export function markOf(pid: number): Mark {
  return { pid, started: startOf(pid) ?? '' }
}

export function isLiving({ pid, started }: Mark): boolean {
  return startOf(pid) === started
}

/** The parent of a process where that can be read cheaply; null elsewhere. */
export function parentOf(pid: number): number | null {
  return Number(statOf(pid)?.[1] ?? 0) || null
}

/** The fields of Linux's `stat` from the state on: the name before them may hold spaces. */
function statOf(pid: number): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
  } catch {
    return null
  }
}

/** When a process began, in whatever words the system has for it; null for none and for one that only waits to be buried. */
function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    const [state, ...fields] = statOf(pid) ?? ['X']
    return state === 'Z' || state === 'X' ? null : (fields[18] ?? null)
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}
