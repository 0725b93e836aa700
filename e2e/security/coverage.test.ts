import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The checks of the security bar that this house has to pass. */
const BAR =
  'S-01 S-02 S-03 S-04 S-05 S-06 S-07 S-08 S-09 S-10 S-11 S-12 S-13 S-14 S-15 S-16 S-17 S-18 S-19 S-20 S-21 S-22 S-23 S-24 S-25 S-26 S-27 S-28 S-29 S-30 S-31 S-33 S-34 S-35 S-36 S-37 S-38 S-39 S-47 S-48 S-49 S-51 S-52 S-53 S-54 S-55 S-56 S-57 S-58 S-59 S-60 S-61 S-62 S-70 S-71 S-72 S-73 S-74 S-75 S-76 S-77 S-78'.split(
    ' ',
  )

/** Tests that stand beside the code and carry no number, by file and words of their name. */
const BESIDE: Record<string, [string, string][]> = {
  'S-03': [['app/actions/action.test.ts', 'S-03 an action is given anything at all']],
  'S-09': [['scripts/build.process.test.ts', 'S-09 no variable that holds a secret is in what was built']],
  'S-11': [['app/door/gate.test.ts', 'S-11 the image optimiser is not there']],
  'S-13': [
    ['app/door/gate.test.ts', 'S-13 says nothing that a client may not say'],
    ['app/mail.test.ts', 'S-13 leads to PUBLIC_URL and nowhere else'],
  ],
  'S-19': [
    ['app/account-mail.test.ts', 'S-19 by sign-in: as many hashes on each path, and the same time'],
    ['app/account-mail.test.ts', 'S-19 by a reset'],
  ],
  'S-21': [
    ['app/account-mail.test.ts', 'S-21 of fifty at once for one address three are sent'],
    ['app/account-mail.test.ts', 'S-21 lets the owner in while somebody else guesses'],
  ],
  'S-22': [['app/accounts.test.ts', 'S-22 sixty people behind one address sign in']],
  'S-23': [['app/account-mail.test.ts', 'S-23 is kept as a hash, works once of twenty at once']],
  'S-24': [
    ['app/fields.test.ts', 'an e-mail address'],
    ['app/mail.test.ts', 'S-24 the address %s is one recipient and no other'],
  ],
  'S-25': [
    ['app/providers.test.ts', 'S-25 an account that has proved the address is not linked'],
    ['app/providers.test.ts', 'S-25 what somebody prepared on an address that is not theirs ends'],
    ['app/account-mail.test.ts', 'S-25 to an address that was never proved'],
  ],
  'S-26': [['app/providers.test.ts', 'S-26 an answer that was not asked for signs nobody in']],
  'S-34': [['app/door/gate.test.ts', 'S-34 a form of another site to %s is refused']],
  'S-35': [['app/accounts.test.ts', 'S-35 for the password, however fresh the session is']],
  'S-37': [
    ['db/queries/account-data.test.ts', 'S-37 an export holds everything of the person, nothing of others'],
  ],
  'S-54': [
    ['app/mail.test.ts', 'S-54 %s says the same as text and as HTML, and fetches nothing'],
    ['runner/assets.test.ts', 'S-54 of a runtime whose %s comes %s nothing is used'],
  ],
  'S-55': [
    ['e2e/drafts.spec.ts', 'S-55 signing out with unsent work warns, and then leaves nothing'],
    ['e2e/drafts.spec.ts', 'S-55 the end of an account leaves nothing'],
  ],
  'S-71': [['app/mail.test.ts', 'S-71 that refuses the letter, or is away']],
  'S-73': [['app/accounts.test.ts', 'S-73 what happens to an account is written down']],
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
  'S-75': [
    ['scripts/backup-file.test.ts', 'S-75: it is readable by its owner alone'],
    ['scripts/backup-file.test.ts', 'S-75: it goes into no file that somebody else has laid out'],
    ['scripts/backup-file.test.ts', 'S-75: sealed it shows nothing'],
  ],
  'S-76': [
    ['db/queries/account-data.test.ts', 'an account leaves no word of it in any column of any table'],
    [
      'db/queries/account-data.test.ts',
      'an export is taken in by another installation, and is there what it was here',
    ],
    ['db/queries/account-data.test.ts', 'every table with rows of a person loses them with the person'],
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

test('every mutant takes away something that is there', () => {
  const stale = readdirSync('e2e/mutants').filter(
    (file) => spawnSync('git', ['apply', '--check', '--recount', join('e2e/mutants', file)]).status !== 0,
  )
  expect(stale).toEqual([])
})
