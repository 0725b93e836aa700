import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { House, Person } from './house'

/** Somebody who only reads while others break things, and what the process weighs meanwhile. */

export const READ_LESSON = '/learn/cloud-deployment/notebook-to-service'

/** How long a lesson took, in milliseconds; NaN when it did not come. */
export function readLesson(house: Pick<House, 'url'>, person: Person | undefined): Promise<number> {
  return readPage(house, person?.cookie ?? '', READ_LESSON)
}

/** How long a page took, in milliseconds; NaN when it did not come, or another came in its place. */
export async function readPage({ url }: Pick<House, 'url'>, cookie: string, path: string): Promise<number> {
  const began = performance.now()
  const answer = await fetch(url + path, {
    headers: { cookie },
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  }).catch(() => null)
  await answer?.text().catch(() => undefined)
  return answer?.status === 200 ? performance.now() - began : Number.NaN
}

/** Reads again and again until `stop` is called, which gives every time that it took. */
export function startReading(house: Pick<House, 'url'>, person: Person | undefined) {
  const times: number[] = []
  let isOver = false
  const running = (async () => {
    while (!isOver) {
      times.push(await readLesson(house, person))
      await pause(50)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await running
      return times
    },
  }
}

/** Watches how much memory a process takes. `stop` gives what it added at most, in bytes. */
export function watchMemory(pid: number) {
  const before = memoryOf(pid)
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, memoryOf(pid))
  }, 50)
  return {
    stop: () => {
      clearInterval(timer)
      return most - before
    },
  }
}

/** The value that `part` of all stay below; NaN, which holds no bar, when one of them is. */
export function quantile(values: number[], part: number): number {
  if (values.length === 0 || values.some(Number.isNaN)) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** Resident memory of a process in bytes; 0 when it has gone. */
export function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
  } catch {
    return 0
  }
}

/** How many files and sockets a process holds; 0 when it has gone. */
export function countOpenOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}
