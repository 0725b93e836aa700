import { headers } from 'next/headers'
import { unstable_rethrow } from 'next/navigation'
import { z } from 'zod'
import { DatabaseUnavailable } from '@/db/errors'
import { currentLearner, type Learner } from '../auth'
import { env } from '../env'
import { Busy } from '../passwords'

/** What a form shows after it was sent. Words for one field, or for the whole form; never a password. */
export type FormState = {
  error?: { field?: string; text: string }
  /** What was typed, so that nothing has to be typed twice. */
  values?: Record<string, string>
  /** One sentence that says what is true now. */
  done?: string
}

/** For `<form action>`, and for `useActionState`, which passes the last state first. Neither is believed. */
export type Action = {
  (form: FormData): Promise<void>
  (state: FormState, form: FormData): Promise<FormState>
}

type Sent<Fields extends z.ZodRawShape> = z.infer<z.ZodObject<Fields, z.core.$strict>>

/**
 * Makes a server action: a request from our own pages only, `learner` for signed-in people only, strict fields.
 * `work` gives what the form shows next; it may redirect. Throws nothing that a form could not show.
 */
export function action<Fields extends z.ZodRawShape>(
  who: 'anyone',
  fields: Fields,
  work: (sent: Sent<Fields>) => Promise<FormState>,
): Action
export function action<Fields extends z.ZodRawShape>(
  who: 'learner',
  fields: Fields,
  work: (sent: Sent<Fields>, learner: Learner) => Promise<FormState>,
): Action
export function action<Fields extends z.ZodRawShape>(
  who: 'anyone' | 'learner',
  fields: Fields,
  work: (sent: Sent<Fields>, learner: Learner) => Promise<FormState>,
): Action {
  const schema = z.strictObject(fields)
  return (async (first: unknown, second?: unknown): Promise<FormState> => {
    const form = second ?? first
    if (!(form instanceof FormData)) return refuse('This form did not arrive whole. Load the page again.')
    if ((await headers()).get('origin') !== env.PUBLIC_URL)
      return refuse('This did not come from a page of this site.')
    const read = readFields(form)
    if ('problem' in read) return refuse(read.problem)
    const values = Object.fromEntries(
      Object.entries(read.fields).filter(([name]) => !/password|token/i.test(name)),
    )
    const shown = (error: FormState['error']): FormState => ({ error, values })
    try {
      const learner = who === 'learner' ? await currentLearner() : null
      if (who === 'learner' && !learner)
        return shown({ text: 'You are signed out. Sign in again; nothing was changed.' })
      const parsed = schema.safeParse(read.fields)
      if (!parsed.success) return shown(firstProblem(parsed.error))
      const state = await work(parsed.data, learner as Learner)
      return state.error ? { values, ...state } : state
    } catch (error) {
      unstable_rethrow(error)
      if (error instanceof Busy)
        return shown({ text: 'Many people are signing in just now. Try again in ten seconds.' })
      if (error instanceof DatabaseUnavailable) {
        return shown({
          text: 'The server cannot reach its database. Nothing was changed; try again in a moment.',
        })
      }
      console.error('action failed:', error)
      return shown({ text: 'The server could not finish this, and has written down why. Try again.' })
    }
  }) as Action
}

const refuse = (text: string): FormState => ({ error: { text } })

function readFields(form: FormData): { fields: Record<string, string> } | { problem: string } {
  const fields = new Map<string, string>()
  for (const [name, value] of form) {
    // Next's own: which action, which state.
    if (name.startsWith('$ACTION')) continue
    if (typeof value !== 'string') return { problem: `This form takes no file ("${shorten(name)}").` }
    if (fields.has(name)) return { problem: `"${shorten(name)}" is given twice.` }
    if (name === '__proto__') return { problem: '"__proto__" is not a name that may be used here.' }
    fields.set(name, value)
  }
  return { fields: Object.fromEntries(fields) }
}

function firstProblem(error: z.ZodError): NonNullable<FormState['error']> {
  const unknown = error.issues.find((issue) => issue.code === 'unrecognized_keys')
  if (unknown) return { text: `This form has no field "${shorten(unknown.keys[0] ?? '')}".` }
  const [issue] = error.issues
  const field = String(issue?.path[0] ?? '')
  const missing = issue?.code === 'invalid_type'
  return {
    field,
    text: missing
      ? `"${field}" is missing.`
      : (issue?.message ?? 'This form is not filled in as it should be.'),
  }
}

const shorten = (name: string) => (name.length > 60 ? `${name.slice(0, 60)}…` : name)
