import type { Limits, Problem, RunResult } from './protocol'

type FailureKind = Extract<RunResult, { type: 'failed' }>['kind']

/** What to tell a learner whose run was ended: one or two sentences in plain words. */
export function explainFailure(kind: FailureKind, limits: Limits = {}): string {
  switch (kind) {
    case 'timeout':
      return `Stopped after ${(limits.ms ?? 5000) / 1000} s: is there a loop that never ends?`
    case 'memory':
      return 'It used more than 256 MB of memory. What grows without end?'
    case 'fatal':
      return 'Python itself stopped. A very deep structure or recursion can do that. Nothing of your code is lost.'
    case 'output-limit':
      return 'Too much output. Print less, or return less.'
    case 'stopped':
      return 'Stopped.'
  }
}

const MODULES_FOR_PROCESSES = ['_multiprocessing', '_posixsubprocess']

/** What to tell a learner about an error that this place causes, or null where Python's own words say it best. */
export function explainProblem(problem: Pick<Problem, 'type' | 'text'>): string | null {
  const { type, text } = problem
  if (type === 'StepLimit')
    return 'It executed very many lines without an end: is there a loop that never ends?'
  if (type === 'EOFError') return 'The program asked for input, and there was none left.'
  if (/can't start new thread/.test(text)) return 'Threads are not available here. asyncio is.'
  if (/emscripten does not support processes|Function not implemented/.test(text)) return OTHER_PROGRAMS
  if (/Host is unreachable|Name or service not known/.test(text))
    return 'There is no network here, on purpose.'
  if (/No space left on device/.test(text)) return 'The files grew past 64 MB.'
  if (/'await' outside/.test(text)) return 'Put it in async def main() and call asyncio.run(main()).'
  if (type === 'ModuleNotFoundError') {
    const name = /No module named '([^']+)'/.exec(text)?.[1] ?? ''
    if (MODULES_FOR_PROCESSES.includes(name)) return OTHER_PROGRAMS
    return `Only the standard library is available in this exercise; ${name || 'that module'} is not part of it here.`
  }
  if (type === 'RecursionError')
    return 'The function called itself about a thousand times. Which call should be the last?'
  return null
}

const OTHER_PROGRAMS = 'Other programs cannot be started here.'
