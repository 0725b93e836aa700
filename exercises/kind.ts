import type { ComponentType } from 'react'
import type { z } from 'zod'
import type { RunJob, RunResult } from '@/runner/protocol'

/** HTML that our own compiler made from an author's words. Never built from what a learner typed. */
export type Html = string

export type Check = {
  id: string
  passed: boolean
  /** What is asked, in words: "with equal items the first of them is asked for". Plain text. */
  label: string
  /** What was tried, expected and got. Plain text, shown in mono. */
  tried?: string
  expected?: string
  got?: string
  /** What to look at, in the grader's words. Plain text. */
  message?: string
  /** The author's words about exactly this mistake. Trusted HTML from the compiler. */
  why?: Html
}

/** What a grader says. Visible checks come first. */
export type Verdict = {
  passed: boolean
  checks: Check[]
  /** One sentence: what to look at next. Plain text. */
  next?: string
}

/** A code fence as the author wrote it; `tag` is the first word after the language (`run`, `show`, …), `meta` the rest. */
export type Fence = { lang: string; tag: string; meta: string; value: string; html: Html; line: number }

/**
 * A block or one of its parts as the author wrote it in MDX, with its prose already rendered.
 * `html` and `text` are its own prose without child elements and without hints; `fences` the code fences in it, in order
 * (they are not part of `html`). A `Blank` stands inside a sentence: where it was, `html` has `<slot name="n"></slot>` and
 * `text` has `___`, n being its index in `children`.
 */
export type BlockNode = {
  name: string
  attributes: Record<string, unknown>
  html: Html
  text: string
  fences: Fence[]
  children: BlockNode[]
  line: number
}

/** A folder in `exercises/` of a lesson: its parsed `exercise.yaml` and every file, by path relative to the folder. */
export type ExerciseFolder = {
  path: string
  yaml: Record<string, unknown>
  promptHtml: Html
  files: Map<string, string>
}

/** Thrown by a kind when the author must mend something. `file` is relative to the lesson (default `lesson.mdx`). */
export class AuthorError extends Error {
  constructor(
    message: string,
    readonly where: { line?: number; file?: string } = {},
  ) {
    super(message)
    this.name = 'AuthorError'
  }
}

export type CompileContext = {
  /** The block's full id, `course/lesson/block`. */
  id: string
  /** An opaque, stable id for the nth option, item or line of this block: tells nothing about order or correctness. */
  opaque(part: string | number): string
  /** Runs a program in the runner's Node face; results are cached by content. */
  run(job: RunJob): Promise<RunResult>
  /** Renders Markdown (a prompt, a message in YAML) to HTML. Inline when it is one paragraph. */
  html(markdown: string): Promise<Html>
  /** Highlights code with the site's highlighter. */
  highlight(code: string, lang: string): Promise<Html>
}

/** An answer that the content check submits, and what must come of it. */
export type Sample<A> = {
  name: string
  answer: A
  passes: boolean
  /** A check that must be among the failing ones. */
  fails?: string
  /** Text that must occur in the feedback of the failing sample; absent: any feedback that is not empty. */
  says?: string
}

export type Compiled<P, K, A> = {
  /** Sent to the browser. Holds no answer. */
  public: P
  /** Stays on the server. */
  key: K
  samples: Sample<A>[]
  /** Misconception ids this block refers to. */
  misconceptions?: string[]
  /** Words of prose and text for search that belong to the block (public only). */
  text?: string
  /** Shown on `/api/solutions/…` once the learner has passed: reference and alternatives, or the right answers. */
  solution?: Solution
}

export type Solution = { parts: { title: string; lang?: string; code?: string; html?: Html }[] }

type Shared<P, K, A> = {
  /** Folder name, `kind` in exercise.yaml, value in the database. */
  name: string
  /** What the interface calls it: "Choose one", "Work out a number". */
  title: string
  /** What a learner made, also the shape of its draft. Strict. */
  answer: z.ZodType<A>
  /** Which runtime its panel needs. */
  runtime: 'none' | 'python'
  /** Marks the type parameter in use. */
  readonly __public?: P
  readonly __key?: K
}

/** A block that authors write as an element in MDX. Judged on the server inside the request. */
export type InlineKind<P, K, A> = Shared<P, K, A> & {
  source: 'inline'
  /** Name of its element in MDX: `Choice`. */
  element: string
  program: false
  compile(node: BlockNode, context: CompileContext): Promise<Compiled<P, K, A>>
} & ({ judged: true; grade(key: K, answer: A): Verdict } | { judged: false; grade?: undefined })

/** A folder exercise that runs nothing: judged on the server inside the request. */
export type FolderKind<P, K, A> = Shared<P, K, A> & {
  source: 'folder'
  program: false
  judged: true
  compile(folder: ExerciseFolder, context: CompileContext): Promise<Compiled<P, K, A>>
  grade(key: K, answer: A): Verdict
}

/**
 * A folder exercise that runs the learner's program. `grade` judges `{ answer, observation }`: with the public key
 * (`P['key']`) in the page, with the whole key on the server. An observation is plain data and never trusted.
 */
export type ProgramKind<P extends { key: VK }, VK, K extends VK, A, O> = Shared<P, K, A> & {
  source: 'folder'
  program: true
  judged: true
  observation: z.ZodType<O>
  compile(folder: ExerciseFolder, context: CompileContext): Promise<Compiled<P, K, A>>
  /** The job that makes the observation; the same in the page, in the content check and in the verifier. */
  job(key: VK, answer: A): RunJob
  observe(key: VK, result: RunResult): O
  /** What the author must still mend about a sample, beyond whether it passes; printed by the content check. */
  complaints?(key: K, sample: Sample<A>, observation: O): string[]
  grade(key: VK, response: { answer: A; observation: O }): Verdict
}

/** Where an answer or a verdict stands, as the page shows it. */
export type Checked = 'browser' | 'server' | 'self' | 'verifier'

/** What the server answers to an attempt; `checked: 'browser'` only for the page's own provisional verdict. */
export type AttemptOutcome = {
  id: string
  block: string
  verdict: 'passed' | 'failed' | 'verifying'
  checked: Checked
  feedback: Verdict
  at: string
}

/** A block as the browser receives it. */
export type PublicBlock<P = unknown> = {
  id: string
  kind: string
  version: number
  title: string
  graded: boolean
  star: boolean
  hints: Html[]
  props: P
}

/** What a panel may do. Made by the lesson page; a panel knows no network and no storage. */
export type BlockSession<A> = {
  /** The restored draft, or undefined when the learner has not begun. */
  answer: A | undefined
  /** Keeps a draft: on the device within 500 ms, on the server within 2 s. */
  change(answer: A): void
  /** Sends an attempt: the answer, or for a program `{ answer, observation }` with the page's own verdict shown meanwhile. */
  submit(response: A | { answer: A; observation: unknown }, provisional?: Verdict): void
  /** The newest outcome, from the server or still provisional. */
  outcome: AttemptOutcome | null
  /** Earlier outcomes, newest first, at most ten. */
  history: AttemptOutcome[]
  state: 'new' | 'tried' | 'passed'
  /** An attempt is on its way. */
  sending: boolean
  saved: SavedLine
  hintsOpened: number
  openHint(): void
  /** What stands in the way, in the product's voice: offline, too many attempts, outdated version. */
  notice: {
    kind: 'offline' | 'limited' | 'outdated' | 'refused'
    text: string
    action?: { label: string; run(): void }
  } | null
  /** Reference and alternatives; null until the learner has passed. */
  loadSolution(): Promise<Solution | null>
  /** Where the runtime is served, e.g. `/runner/<version>/`; undefined where the lesson needs none. */
  runnerBase: string | undefined
  /** Opaque, per learner and block: panels shuffle options with it (`shuffled` in components/ui). */
  seed: string
  /** False for a visitor on the landing page: nothing is sent. */
  signedIn: boolean
}

export type SavedLine =
  | { where: 'nowhere-yet' }
  | { where: 'account'; at: string }
  | { where: 'device'; reason: string }
  | { where: 'not-saved'; reason: string }

export type PanelProps<P, A> = { block: PublicBlock<P>; session: BlockSession<A> }
export type Panel<P, A> = ComponentType<PanelProps<P, A>>
