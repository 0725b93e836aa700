import { z } from 'zod'
import { canonicalEmail, canonicalTimeZone, personName } from './fields'

export const EXPORT_FORMAT = 'slipway-account'
/** Rises when a file of before could not be taken in any more. */
export const EXPORT_VERSION = 1

const id = z.uuid()
const ownRow = z.looseObject({ user_id: id })

/** A file of somebody's data, as far as it is looked at before the database does. */
const shape = z.strictObject({
  format: z.literal(EXPORT_FORMAT, 'is not the data of an account of Slipway'),
  version: z.literal(EXPORT_VERSION, 'is of a version that this installation does not read'),
  exportedAt: z.iso.datetime(),
  tables: z
    .object({
      users: z.tuple([
        z.looseObject({
          id,
          email: z.string().refine((typed) => canonicalEmail(typed) === typed, 'is not an address'),
          name: z.string().refine((typed) => personName.safeParse(typed).success, 'is not a name'),
          time_zone: z.string().refine((typed) => canonicalTimeZone(typed) !== null, 'is not a time zone'),
        }),
      ]),
    })
    .catchall(z.array(ownRow)),
})

/** The text of the tables in a file, as it stands there; or what is wrong with the file. */
export function readExport(text: string): { tables: string } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'This is not JSON, or was cut off.' }
  }
  const parsed = shape.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return {
      problem: `"${issue?.path.join('.') || 'the file'}" ${issue?.message ?? 'is not as it should be'}.`,
    }
  }
  // `tables` is the last member: taken as text, so that no number is read and written again.
  const from = text.indexOf('"tables"')
  return { tables: text.slice(text.indexOf('{', from), text.lastIndexOf('}')).trimEnd() }
}
