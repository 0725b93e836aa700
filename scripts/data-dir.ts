import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process, so that a number that was given again to another one is not taken for it. */
type Mark = { pid: number; started: string }
type Holder = Mark & { url: string; stopping?: boolean }

/** How long a second start waits to see whether the first is about to go. */
const LOOK_MS = 3000
const WAIT_FOR_STOP_MS = 30_000
const BUILD_MS = 300_000

export class Busy extends Error {}

/** Makes this process the only one that works on `dataDir`. Throws `Busy` while another one lives and does not stop. */
export function holdDataDir(dataDir: string, url: string) {
  return hold(runFolder(dataDir), url, LOOK_MS, (holder) => {
    return `Slipway is already running on ${dataDir} (process ${holder.pid}, ${holder.url}). Stop that one first, or give this one a DATA_DIR of its own.`
  })
}

/** Makes this process the only one that builds in this checkout; waits for one that is building. */
export function holdBuild() {
  return hold(
    '.cache/build',
    '',
    BUILD_MS,
    (holder) => `Process ${holder.pid} has been building here for too long.`,
  )
}

/** Waits for a holder that is stopping, and takes over from one that was killed. */
async function hold(folder: string, url: string, patience: number, busy: (holder: Holder) => string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'holder.json')
  const mine: Holder = { ...markOf(process.pid), url }
  const began = Date.now()
  while (!tryHold(file, mine)) {
    const holder = readMark<Holder>(file)
    if (holder && Date.now() - began > (holder.stopping ? WAIT_FOR_STOP_MS : patience))
      throw new Busy(busy(holder))
    await new Promise((done) => setTimeout(done, 200))
  }
  return {
    /** Lets a start that comes now wait for the end instead of giving up. */
    sayStopping: () => writeWhole(file, { ...mine, stopping: true }),
    release: () => rmSync(file, { force: true }),
  }
}

function tryHold(file: string, mine: Holder): boolean {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const holder = readMark<Holder>(file)
    if (holder && isAlive(holder)) return false
    takeAway(file, holder)
    return false
  } finally {
    unlinkSync(draft)
  }
}

/** Two starts may both find a dead holder: only who moved away exactly that file has removed it. */
function takeAway(file: string, dead: Holder | null): void {
  const aside = `${file}.dead.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const moved = readMark<Holder>(aside)
  if (moved && isAlive(moved) && moved.pid !== dead?.pid) {
    try {
      linkSync(aside, file)
    } catch {
      // Somebody holds it again already.
    }
  }
  unlinkSync(aside)
}

/** Notes a child, so that a start after `kill -9` of its parent finds what is left of it. */
export function noteChild(dataDir: string, name: string, pid: number): void {
  writeWhole(childFile(dataDir, name), markOf(pid))
}

export function forgetChild(dataDir: string, name: string): void {
  rmSync(childFile(dataDir, name), { force: true })
}

/** Ends a child that outlived its supervisor. Gives its process id when there was one. */
export async function endLeftover(dataDir: string, name: string): Promise<number | null> {
  const mark = readMark<Mark>(childFile(dataDir, name))
  if (!mark || !isAlive(mark)) return null
  const deadline = Date.now() + 5000
  kill(mark.pid, 'SIGTERM')
  while (isAlive(mark)) {
    if (Date.now() > deadline) kill(mark.pid, 'SIGKILL')
    await new Promise((done) => setTimeout(done, 50))
  }
  forgetChild(dataDir, name)
  return mark.pid
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in between.
  }
}

const runFolder = (dataDir: string) => join(dataDir, 'run')
const childFile = (dataDir: string, name: string) => join(runFolder(dataDir), `${name}.json`)

function writeWhole(file: string, value: object): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, JSON.stringify(value), { mode: 0o600 })
  renameSync(draft, file)
}

function readMark<T extends Mark>(file: string): T | null {
  try {
    const value: T = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isInteger(value.pid) ? value : null
  } catch {
    return null
  }
}

function markOf(pid: number): Mark {
  return { pid, started: startOf(pid) ?? '' }
}

function isAlive({ pid, started }: Mark): boolean {
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
