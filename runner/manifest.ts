/** What the runner's build made. Kept beside the files and, for the server, in `.runner/manifest.json`. */
export type Manifest = {
  /** Hash over the contents of all files: part of every address. */
  version: string
  /** `sha256-…` of the frame's inline script, for its policy. */
  frameScript: string
  files: Record<string, ManifestFile>
  /** Hash over what the build reads, to know when it must run again. */
  inputs: string
}

/** `sha256` in hexadecimal over the plain bytes; `br` is the size on the wire with Brotli. */
export type ManifestFile = { bytes: number; br: number; gz: number; sha256: string }

/** Files that the page fetches and hands to the frame. */
export const ASSET_FILES = {
  worker: 'worker.js',
  wasm: 'pyodide.asm.wasm',
  stdlib: 'python_stdlib.zip',
  snapshot: 'snapshot.bin',
} as const
