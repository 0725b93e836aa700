import { z } from 'zod'

/**
 * The one spelling of an address that accounts are kept under, or null when it is none. Canonical first, then checked:
 * the other way round `＠` and its like would pass as one thing and be stored as another.
 */
export function canonicalEmail(typed: string): string | null {
  if (typed.length > 1000) return null
  const email = typed.trim().normalize('NFKC').trim().toLowerCase()
  if (email.length > 254) return null
  const shape = /^([a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([a-z0-9.-]+)$/.exec(
    email,
  )
  if (!shape || (shape[1] as string).length > 64) return null
  const labels = (shape[2] as string).split('.')
  if (labels.some((label) => !/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) return null
  if (labels.length === 1 ? labels[0] !== 'localhost' : !/^[a-z]/.test(labels.at(-1) as string)) return null
  return email
}

export const email = z.string().transform((typed, context) => {
  const canonical = canonicalEmail(typed)
  if (canonical) return canonical
  context.addIssue({
    code: 'custom',
    message: typed.trim()
      ? 'Write the whole address, like maya@harbour.example.'
      : 'Write your e-mail address.',
  })
  return z.NEVER
})

export const personName = z
  .string()
  .transform((typed) => typed.normalize('NFC').replace(/\s+/gu, ' ').trim())
  .refine((name) => name.length > 0, 'Write the name that the pages should call you by.')
  .refine((name) => [...name].length <= 80, 'Use at most 80 characters.')
  // Controls, and the marks that turn the direction of the text around a name.
  .refine(
    (name) => !/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u.test(name),
    'Use letters, marks and spaces only.',
  )

/** The IANA spelling of a time zone, or null when it is none. */
export function canonicalTimeZone(typed: string): string | null {
  // The pattern keeps out offsets such as "+01:00", which Intl knows and a database reads the other way round.
  if (!/^[A-Za-z_]{1,20}(\/[A-Za-z0-9_+-]{1,30}){0,2}$/.test(typed)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: typed }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** First taken from the browser, in a field that nobody sees: what is not a zone becomes UTC and can be set later. */
export const hiddenTimeZone = z
  .string()
  .optional()
  .transform((typed) => canonicalTimeZone(typed ?? '') ?? 'UTC')

export const timeZone = z.string().transform((typed, context) => {
  const canonical = canonicalTimeZone(typed)
  if (canonical) return canonical
  context.addIssue({ code: 'custom', message: 'Choose a time zone from the list.' })
  return z.NEVER
})

/** What somebody comes from. `none`: they would rather not say. */
export const background = z
  .enum(['data-scientist', 'software-engineer', 'new', 'none'], 'Choose one of the list.')
  .transform((chosen) => (chosen === 'none' ? null : chosen))
