// What every panel is framed by comes once, with the page: otherwise each panel's own file carries a copy of it.
import './panel-frame'
import type { Panel } from './kind'
import type { KindName, kinds } from './registry'

type PublicOf<K> = K extends { readonly __public?: infer P } ? NonNullable<P> : never
type AnswerOf<K> = K extends { answer: { _output: infer A } } ? A : never

/** A panel for every kind of the registry: a missing one, or one that takes other props, is a type error. */
type Panels = {
  [N in KindName]: () => Promise<{ Panel: Panel<PublicOf<(typeof kinds)[N]>, AnswerOf<(typeof kinds)[N]>> }>
}

/** Loaded when a lesson shows such a block. */
export const panels: Panels = {
  artifact: () => import('./artifact/panel'),
  choice: () => import('./choice/panel'),
  classify: () => import('./classify/panel'),
  code: () => import('./code/panel'),
  complexity: () => import('./complexity/panel'),
  myth: () => import('./myth/panel'),
  numeric: () => import('./numeric/panel'),
  order: () => import('./order/panel'),
  parsons: () => import('./parsons/panel'),
  predict: () => import('./predict/panel'),
  questions: () => import('./questions/panel'),
  recall: () => import('./recall/panel'),
  run: () => import('./run/panel'),
  trace: () => import('./trace/panel'),
  worked: () => import('./worked/panel'),
}
