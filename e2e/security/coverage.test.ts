import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The checks of the security bar that this house has to pass. */
const BAR =
  'S-01 S-02 S-04 S-05 S-06 S-07 S-08 S-10 S-12 S-14 S-15 S-16 S-17 S-18 S-20 S-27 S-28 S-29 S-30 S-31 S-33 S-36 S-38 S-39 S-47 S-48 S-49 S-51 S-52 S-53 S-56 S-57 S-58 S-59 S-60 S-61 S-62 S-70 S-72 S-77 S-78'.split(
    ' ',
  )

/** Tests that stand beside the code and carry no number, by file and words of their name. */
const BESIDE: Record<string, [string, string][]> = {
  'S-04': [['e2e/authz.spec.ts', 'every server action of the build has a row']],
  'S-12': [['app/callback-url.test.ts', 'never to another host']],
  'S-16': [
    ['app/passwords.test.ts', 'length is counted after NFKC'],
    ['app/passwords.test.ts', 'case, spaces and the 73rd byte matter'],
    ['app/passwords.test.ts', 'a NUL does not end a password'],
  ],
  'S-17': [
    ['app/passwords.test.ts', '200 common passwords and their relatives are refused, each in under 5 ms'],
  ],
  'S-18': [
    ['app/passwords.test.ts', 'is argon2id with 19 MiB, two passes and a salt of 16 bytes'],
    ['app/accounts.test.ts', 'a hash of less cost is made anew at the first sign-in'],
  ],
  'S-20': [
    [
      'app/accounts.test.ts',
      "a hundred wrong ones in a row lock the address until the operator's link is used",
    ],
    ['db/queries/accounts.test.ts', 'of fifty guesses at once ten are let in'],
  ],
  'S-31': [['app/accounts.test.ts', 'ends fourteen days after its last use and thirty after its beginning']],
  'S-39': [['db/migrate.test.ts', 'only the verifier says verifier, and nobody says server of a program']],
  'S-52': [['app/door/policy.test.ts', 'the policy of a page is exactly this']],
  'S-70': [
    ['scripts/front-door.process.test.ts', 'ten of 50 MB at once leave the process as small as it was'],
    ['app/json.test.ts', 'with 100 000 names is walked through in linear time'],
  ],
  'S-72': [
    ['db/migrate.test.ts', 'each role has exactly the rights that are listed'],
    ['db/migrate.test.ts', 'role app may not: %s'],
  ],
  'S-77': [
    ['app/read-env.test.ts', 'what is wrong is named with its variable'],
    ['scripts/start.process.test.ts', 'ends the start within 5 s, by name'],
  ],
}

const numbered = readdirSync('e2e/security')
  .filter((file) => /\.(spec|test)\.ts$/.test(file) && file !== 'coverage.test.ts')
  .map((file) => readFileSync(join('e2e/security', file), 'utf8'))
  .join('\n')
const page = readFileSync('docs/security.md', 'utf8')

test.each(BAR)('%s has a test that can be found, and a line in docs/security.md', (id) => {
  const beside = BESIDE[id] ?? []
  for (const [file, words] of beside)
    expect(readFileSync(file, 'utf8'), `${file} has: ${words}`).toContain(words)
  const isNumbered = new RegExp(`test(\\.describe)?\\(\\s*[\`'"]${id} `).test(numbered)
  expect(isNumbered || beside.length > 0, id).toBe(true)
  expect(page).toMatch(new RegExp(`^\\| ${id} \\|`, 'm'))
})

test('every mutant is of a check of the bar', () => {
  const patches = readdirSync('e2e/mutants').map((file) => file.replace('.patch', ''))
  expect(patches.filter((id) => !BAR.includes(id))).toEqual([])
})
