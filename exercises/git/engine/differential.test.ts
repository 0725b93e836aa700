import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { requireGit, Session } from './differential.testing'

const folder = fileURLToPath(new URL('sessions/', import.meta.url))

describe('every session is the same in the engine and in the real git', () => {
  beforeAll(() => {
    requireGit()
  })

  for (const name of readdirSync(folder).sort())
    it.concurrent(name.replace(/\.txt$/, '').replaceAll('-', ' '), async () => {
      const differences = await new Session().run(readFileSync(folder + name, 'utf8'))
      expect(differences).toEqual([])
    })
})
