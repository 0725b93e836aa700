import { text } from 'node:stream/consumers'
import type { ReactNode } from 'react'
import { prerenderToNodeStream } from 'react-dom/static'
import { LessonOutline, type OutlineProps } from './outline'
import { LessonSheet, type SheetProps } from './sheet'

/** The HTML of a lesson's sheet, with every panel in it. Only in Node; see `sheets.ts`. */
export function renderSheet(props: SheetProps): Promise<string> {
  return render('s', <LessonSheet {...props} />)
}

/** The HTML of the outline beside a lesson. */
export function renderOutline(props: OutlineProps): Promise<string> {
  return render('o', <LessonOutline {...props} />)
}

async function render(identifierPrefix: string, node: ReactNode): Promise<string> {
  const errors: unknown[] = []
  const { prelude } = await prerenderToNodeStream(node, {
    identifierPrefix,
    // Or a large panel would come as a script that puts it in place later.
    progressiveChunkSize: Number.POSITIVE_INFINITY,
    onError: (error) => void errors.push(error),
  })
  const html = await text(prelude)
  if (errors.length > 0) throw errors[0]
  // What React marks texts and boundaries with for its own use in a browser: it will not look at this again.
  return html.replaceAll(/<!--(?: |\/?\$)-->/g, '')
}
