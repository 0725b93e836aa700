import type { OutputChunk, RunJob } from './protocol'

/** What passes between page and frame; every message also carries `v`, the protocol's version. */

export type Assets = { worker: Blob; wasm: Blob; stdlib: Blob; snapshot: Blob }

export type PageMessage = { v: number } & (
  | { type: 'init'; assets: Assets }
  | { type: 'run'; id: string; job: RunJob }
  | { type: 'stop'; id: string }
)

export type FrameMessage =
  | { type: 'ready'; ms: number }
  /** No run is going on and no worker can be started. */
  | { type: 'broken'; detail: string }
  | { type: 'started'; id: string }
  | { type: 'output'; id: string; chunks: OutputChunk[] }
  | { type: 'result'; id: string; data: unknown; ms: number; cut: boolean }
  | { type: 'failed'; id: string; kind: string; detail?: string; ms: number; cut: boolean }
