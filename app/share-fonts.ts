import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The faces for pictures: their renderer reads `woff`, and no variable font. */
export async function readShareFonts() {
  const read = (file: string) => readFile(join(process.cwd(), 'node_modules/@fontsource', file))
  const [serif, strong, sans] = await Promise.all([
    read('source-serif-4/files/source-serif-4-latin-400-normal.woff'),
    read('source-serif-4/files/source-serif-4-latin-600-normal.woff'),
    read('inter/files/inter-latin-400-normal.woff'),
  ])
  return [
    { name: 'Serif', data: serif, weight: 400 as const },
    { name: 'Serif', data: strong, weight: 600 as const },
    { name: 'Sans', data: sans, weight: 400 as const },
  ]
}
