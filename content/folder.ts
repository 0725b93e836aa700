import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Problems } from './problems'

const MAX_FILE = 512 * 1024
const textFiles = /\.(mdx|md|ya?ml|py|svg|txt|json|csv|sql|sh|toml|patch)$/

/** Every file of a lesson by its path in the lesson's folder. What is no readable text is named and left out. */
export async function readLessonFiles(
  root: string,
  folder: string,
  problems: Problems,
): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const base = path.join(root, folder)
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(path.join(base, below), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = below ? `${below}/${entry.name}` : entry.name
      if (entry.name.startsWith('.') || entry.name === '__pycache__' || entry.name.endsWith('~')) continue
      if (entry.isDirectory()) {
        await walk(name)
        continue
      }
      const file = `${folder}/${name}`
      if (!entry.isFile()) {
        problems.add(file, 1, 'this is no ordinary file. Put the file itself here, not a link to it.')
        continue
      }
      const bytes = await readFile(path.join(base, name))
      if (bytes.length > MAX_FILE) {
        problems.add(
          file,
          1,
          `this file has ${Math.round(bytes.length / 1024)} KB; at most 512 KB are read. Make it smaller.`,
        )
        continue
      }
      if (!textFiles.test(entry.name)) {
        problems.add(
          file,
          1,
          'a file with this ending has no use in a lesson. Take it away, or write it as text.',
        )
        continue
      }
      const zero = bytes.indexOf(0)
      if (zero >= 0) {
        problems.add(
          file,
          lineOf(bytes, zero),
          'this line holds a NUL byte. Delete the character; a lesson is plain UTF-8 text.',
        )
        continue
      }
      try {
        files.set(name, decoder.decode(bytes).replaceAll('\r\n', '\n'))
      } catch {
        problems.add(file, badLine(bytes), 'this line is not UTF-8. Save the file as UTF-8.')
      }
    }
  }
  await walk('')
  return files
}

function lineOf(bytes: Uint8Array, offset: number): number {
  let line = 1
  for (let i = 0; i < offset; i++) if (bytes[i] === 10) line++
  return line
}

function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let start = 0
  let line = 1
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== 10) continue
    try {
      decoder.decode(bytes.subarray(start, i))
    } catch {
      return line
    }
    start = i + 1
    line++
  }
  return 1
}
