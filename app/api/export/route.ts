import { exportAccount } from '@/db/queries/account-data'
import { recordEvent } from '@/db/queries/events'
import { EXPORT_FORMAT, EXPORT_VERSION } from '../../export-format'
import { handler } from '../../handler'
import { currentVisitor } from '../../visitor'

/** Everything of the learner as one JSON file, to be kept or taken to another installation. `docs/your-data.md`. */
export const GET = handler(
  {
    perMinute: {
      name: 'export',
      count: 2,
      text: 'Your data was put together twice within a minute. Wait a moment.',
    },
  },
  async ({ learner }) => {
    await recordEvent(learner.id, 'exported', await currentVisitor())
    const tables = await exportAccount(learner.id)
    const at = new Date().toISOString()
    const head = { format: EXPORT_FORMAT, version: EXPORT_VERSION, exportedAt: at }
    const body = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "tables": ${tables}\n}\n`
    return new Response(body, {
      headers: {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Disposition': `attachment; filename="slipway-${at.slice(0, 10)}.json"`,
        'Cache-Control': 'private, no-store',
      },
    })
  },
)
