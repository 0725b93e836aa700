import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

test('S-09 no variable that holds a secret is in what was built: not for browsers, not for the server', () => {
  const built = filesBelow('.next').filter((path) => !path.startsWith(join('.next', 'cache')))
  expect(built.length).toBeGreaterThan(100)
  const marked = built.filter((path) => /slipway-marker-zr2v/i.test(readFileSync(path, 'latin1')))
  expect(marked).toEqual([])
})
