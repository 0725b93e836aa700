import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { fsck, requireGit, Session } from './differential.testing'
import { FAULT, runGit, splitWords, verbs } from './git'
import { World } from './world'

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

/** The same numbers each time, from a seed. */
function drawing(seed: number): <T>(items: readonly T[]) => T {
  let state = seed
  return (items) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return items[Math.floor((state / 2 ** 32) * items.length)]!
  }
}

const REVISIONS = ['HEAD', 'HEAD~1', 'HEAD^', 'main', 'topic', 'fix', '@{-1}', 'HEAD@{1}', 'ORIG_HEAD', 'v1']
const BRANCHES = ['main', 'topic', 'fix', 'feature/x']
const FILES = ['a.txt', 'b.txt', 'src/c.py', 'docs/d.md']
const COMMANDS = [
  'add .|add -A|add FILE|commit -am m|commit -m m|commit --amend --no-edit|commit --allow-empty -m e|commit --fixup HEAD',
  'add .|commit -am m|commit -am n|switch BRANCH|switch -c BRANCH|checkout REV|checkout -b BRANCH REV|branch -D BRANCH',
  'merge --no-edit BRANCH|merge --no-ff --no-edit BRANCH|merge -X ours --no-edit BRANCH|merge --abort|merge --squash BRANCH',
  'rebase BRANCH|rebase --abort|rebase --skip|cherry-pick REV|cherry-pick --abort|cherry-pick --skip|revert --no-edit REV',
  'reset --hard REV|reset REV|reset --soft REV|restore FILE|rm -f FILE|mv FILE z.txt|stash -u|stash pop|stash drop|clean -fd',
  'tag v1 REV|tag -f -a v2 -m two|branch -f BRANCH REV|branch -m BRANCH BRANCH|checkout REV -- FILE|checkout --theirs FILE',
].map((row) => row.split('|'))

describe('whatever is done', () => {
  it('five hundred commands at random leave a repository that git fsck accepts', async () => {
    requireGit()
    const draw = drawing(20_261_128)
    const world = new World()
    const home = '/home/maya'
    world.write(`${home}/.gitconfig`, '[user]\n\tname = Maya\n\temail = maya@harbour.example\n')
    const codes = new Set<number>()
    let time = 1_700_000_000
    const git = async (line: string) => {
      const host = { now: () => time++, zone: '+0100' }
      const env = { HOME: home, GIT_EDITOR: 'true' }
      codes.add((await runGit(world, host, { args: splitWords(line), cwd: `${home}/r`, env })).exitCode)
    }
    world.makeDirectory(`${home}/r`)
    await git('init -q')
    for (let n = 0; n < 500; n++) {
      const lines = Array.from({ length: 6 }, (_, i) => draw([`line ${i}`, 'alpha', 'beta', '']))
      const target = `${home}/r/${draw(FILES)}`
      if (!world.isDirectory(target)) world.write(target, `${lines.join('\n')}\n`)
      const command = draw(draw(COMMANDS))
      await git(
        command
          .replace('FILE', draw(FILES))
          .replace('REV', draw(REVISIONS))
          .replaceAll('BRANCH', () => draw(BRANCHES)),
      )
    }
    expect([...codes].sort()).toEqual(expect.arrayContaining([0, 1, 128]))
    expect(world.list(`${home}/r/.git/objects`).length).toBeGreaterThan(150)
    expect(await fsck(world, `${home}/r`)).toBe('')
  })

  it('no words after a verb meet a fault of ours, in the middle of a merge or before the first commit', async () => {
    const world = new World()
    const home = '/home/maya'
    world.write(`${home}/.gitconfig`, '[user]\n\tname = Maya\n\temail = maya@harbour.example\n')
    let time = 1_700_000_000
    const git = (line: string) =>
      runGit(
        world,
        { now: () => time++, zone: '+0000' },
        { args: splitWords(line), cwd: `${home}/r`, env: { HOME: home, GIT_EDITOR: 'true' } },
      )
    const faults: string[] = []
    const tryAll = async () => {
      const before = world.snapshot()
      for (const verb of verbs)
        for (const word of ODD) {
          const line = `${verb} ${word}`
          if ((await git(line)).stderr.includes(FAULT)) faults.push(line)
          world.restore(before)
        }
    }
    world.makeDirectory(`${home}/r`)
    await git('init -q')
    await tryAll()
    for (const [branch, text] of [
      ['main', 'a\n'],
      ['side', 'b\n'],
    ]) {
      world.write(`${home}/r/a`, text!)
      await git('add .')
      await git(`commit -qm ${branch}`)
      await git(branch === 'main' ? 'switch -qc side' : 'switch -q main')
    }
    world.write(`${home}/r/a`, 'c\n')
    await git('commit -qam c')
    await git('merge side')
    await tryAll()
    world.write(`${home}/r/.git/refs/heads/main`, `${'f'.repeat(40)}\n`)
    await tryAll()
    expect(faults).toEqual([])
  })
})

const ODD =
  '|nosuch|-|--|--nosuch|-z|HEAD~99|:|:1:a|HEAD:|HEAD:a|^|HEAD^{|@{|@{99}|@{u}|..|...|a..b|HEAD...HEAD|[|(|/|a|-1|-n|-m|-d|-L:(|-S|-G(|--grep=(|--format=%(|--date=format:%|--continue|--abort|--skip|-i|stash@{0}|:/(|--root|--hard|--theirs|-p|--amend|--delete'.split(
    '|',
  )
