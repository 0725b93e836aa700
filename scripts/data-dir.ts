import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isLiving, type Mark, markOf, readMark, tryHold } from '../db/holder'

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
  if (!mark || !isLiving(mark)) return null
  const deadline = Date.now() + 5000
  kill(mark.pid, 'SIGTERM')
  while (isLiving(mark)) {
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
