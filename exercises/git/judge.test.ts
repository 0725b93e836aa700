import { beforeAll, describe, expect, it } from 'vitest'
import { type GoalFile, goalFile } from './goals'
import { judgeGoals, type Scene } from './judge'
import { type Deed, GitSession, type Person, replay, type Seed } from './session'

const HOME = '/home/maya'
const REPO = `${HOME}/risk-pricing`
const CONFIG = '[user]\n\tname = Maya\n\temail = maya@harbour.example\n[init]\n\tdefaultBranch = main\n'
const run = (line: string, ...answers: (string | null)[]): Deed => ({
  do: 'run',
  line,
  ...(answers.length > 0 && { answers }),
})
const save = (name: string, text: string): Deed => ({ do: 'save', path: `${REPO}/${name}`, text })

/** The world that these deeds leave, as a seed for learners. */
async function seedOf(deeds: Deed[], more: Partial<Seed> = {}): Promise<Seed> {
  const begin: Seed = {
    world: { [`${HOME}/.gitconfig`]: CONFIG },
    home: HOME,
    cwd: HOME,
    start: 1_770_000_000,
    zone: '+0100',
  }
  const session = await replay(begin, deeds)
  return { ...begin, world: session.world.toData(), cwd: REPO, start: 1_772_600_000, ...more }
}

const goalsOf = (data: unknown): GoalFile => goalFile.parse(data)
const sceneOf = (session: GitSession): Scene => ({
  start: session.start,
  end: session.world,
  home: HOME,
  repository: REPO,
})

async function verdictOf(seed: Seed, file: GoalFile, deeds: Deed[]) {
  const session = await replay(seed, deeds)
  return judgeGoals(file.goals, sceneOf(session))
}

const failing = (verdict: { checks: { id: string; passed: boolean }[] }) =>
  verdict.checks.filter(({ passed }) => !passed).map(({ id }) => id)

describe('both intentions must survive a merge', () => {
  const base = 'model: fraud\namount_limit: 250000\nsample: 0.05\n'
  let seed: Seed
  beforeAll(async () => {
    seed = await seedOf([
      run('git init -q risk-pricing'),
      run('cd risk-pricing'),
      save('params.yml', base),
      run('git add .'),
      run('git commit -qm "Send large claims to manual review"'),
      run('git switch -qc feature/units'),
      save('params.yml', base.replace('250000', '2500  # euros')),
      run('git commit -qam "Compare amounts in euros, not cents"'),
      run('git switch -q main'),
      save('params.yml', base.replace('250000', '180000  # retuned')),
      run('git commit -qam "Retune the limit"'),
    ])
  })
  const file = goalsOf({
    repository: 'risk-pricing',
    goals: [
      {
        id: 'markers',
        label: 'params.yml has no conflict markers',
        says: 'the lines that begin with < and >',
        all: [{ markers: { none: ['**'] } }],
      },
      {
        id: 'both',
        label: 'The limit is in euros and is the retuned one',
        says: 'what 180000 meant when it was written: euros or cents?',
        all: [{ file: { path: 'params.yml', at: 'HEAD', has: ['1800', 'euros'], lacks: ['180000'] } }],
      },
      {
        id: 'parents',
        label: 'The merge commit has two parents: main, then feature/units',
        says: 'whether the merge was committed',
        all: [
          { parents: { of: 'main', are: ['start:main', 'start:feature/units'] } },
          { clean: true },
          { unfinished: false },
        ],
      },
    ],
  })
  const resolved = save('params.yml', base.replace('250000', '1800  # euros, retuned'))

  it('passes the merge that keeps both', async () => {
    const verdict = await verdictOf(seed, file, [
      run('git merge feature/units'),
      resolved,
      run('git add params.yml'),
      run('git commit --no-edit'),
    ])
    expect(verdict.checks).toEqual(file.goals.map(({ id, label }) => ({ id, label, passed: true })))
    expect(verdict.passed).toBe(true)
  })

  it('is not passed untouched, and says what is missing', async () => {
    const verdict = await verdictOf(seed, file, [])
    expect(failing(verdict)).toEqual(['both', 'parents'])
    expect(verdict.next).toContain('euros or cents')
  })

  it.each([
    ['ours alone', [run('git merge -X ours feature/units')], ['both']],
    ['theirs alone', [run('git merge -X theirs feature/units')], ['both']],
    [
      'markers left',
      [run('git merge feature/units'), run('git add .'), run('git commit --no-edit')],
      ['markers', 'both'],
    ],
    ['a conflict still open', [run('git merge feature/units')], ['markers', 'both', 'parents']],
    ['the same content without a merge', [resolved, run('git commit -am "By hand"')], ['parents']],
    [
      'the repository deleted',
      [{ do: 'delete', path: `${REPO}/.git` } as Deed],
      ['markers', 'both', 'parents'],
    ],
  ])('refuses %s', async (_, deeds, expected) => {
    expect(failing(await verdictOf(seed, file, deeds))).toEqual(expected)
  })

  it('shows the lines with markers in them', async () => {
    const verdict = await verdictOf(seed, file, [run('git merge feature/units')])
    expect(verdict.checks[0]).toMatchObject({
      tried: 'params.yml, for markers',
      expected: '0',
      got: '3, in lines 2, 4, 6',
    })
  })

  it('is exactly as at the start after a merge that was aborted', async () => {
    const back = goalsOf({
      repository: 'risk-pricing',
      goals: [
        {
          id: 'back',
          label: 'As before',
          says: 'git status',
          all: [
            { same: ['HEAD', 'start:HEAD'] },
            { clean: true },
            { unfinished: false },
            { untracked: ['notes.txt'] },
          ],
        },
      ],
    })
    const notes = save('notes.txt', 'mine\n')
    expect(
      (await verdictOf(seed, back, [notes, run('git merge feature/units'), run('git merge --abort')])).passed,
    ).toBe(true)
    expect(
      (await verdictOf(seed, back, [notes, run('git merge feature/units'), run('git reset --hard HEAD~1')]))
        .passed,
    ).toBe(false)
    expect(
      (await verdictOf(seed, back, [run('git merge feature/units'), run('git merge --abort')])).passed,
    ).toBe(false)
  })
})

describe('the fix alone is committed, hunk by hunk', () => {
  const before = 'def score(x):\n    return x * 2\n\n\n\n\n\n\ndef report(x):\n    return x\n'
  const now = before.replace('x * 2', 'x * 3').replace('    return x\n', '    print(x)\n    return x\n')
  let seed: Seed
  beforeAll(async () => {
    seed = await seedOf([
      run('git init -q risk-pricing'),
      run('cd risk-pricing'),
      save('score.py', before),
      run('git add .'),
      run('git commit -qm "Score claims"'),
      save('score.py', now),
      save('README', 'How to score\n'),
    ])
  })
  const file = goalsOf({
    repository: 'risk-pricing',
    goals: [
      {
        id: 'two',
        label: 'Two commits, each with one file',
        says: 'git log --stat',
        all: [
          {
            commits: {
              range: 'HEAD~2..HEAD',
              count: 2,
            },
          },
          { same: ['HEAD~2', 'start:HEAD'] },
        ],
      },
      {
        id: 'fix',
        label: 'The fix is in, the prints are not',
        says: 'git show',
        all: [{ file: { path: 'score.py', at: 'HEAD', has: ['x * 3'], lacks: ['print'] } }],
      },
      {
        id: 'prints',
        label: 'The prints are still in the working tree',
        says: 'git diff',
        all: [{ file: { path: 'score.py', has: ['print'] } }, { unstaged: ['score.py'] }, { staged: [] }],
      },
    ],
  })

  it('passes what was staged hunk by hunk', async () => {
    const verdict = await verdictOf(seed, file, [
      run('git add -p', 'y', 'n'),
      run('git commit -m "Fix the factor"'),
      run('git add README'),
      run('git commit -m "Say how to score"'),
    ])
    expect(failing(verdict)).toEqual([])
  })

  it.each([
    [
      'everything at once',
      [run('git commit -am "Fix"'), run('git add README'), run('git commit -m "Readme"')],
      ['fix', 'prints'],
    ],
    [
      'one commit with both',
      [run('git add -p', 'y', 'n'), run('git add README'), run('git commit -m "Fix"')],
      ['two'],
    ],
    ['nothing', [], ['two', 'fix']],
  ])('refuses %s', async (_, deeds, expected) => {
    expect(failing(await verdictOf(seed, file, deeds))).toEqual(expected)
  })
})

describe('a second author pushes while you work', () => {
  const shared: Deed[] = [
    run('git init -q --bare server.git'),
    run('git clone -q server.git risk-pricing'),
    run('cd risk-pricing'),
    save('a.txt', 'a\n'),
    run('git add .'),
    run('git commit -qm "Start"'),
    run('git push -q -u origin main'),
    run('cd ..'),
    run('git clone -q server.git priya'),
    run('cd risk-pricing'),
    save('mine.txt', 'mine\n'),
    run('git add .'),
    run('git commit -qm "Mine"'),
  ]
  let seed: Seed
  beforeAll(async () => {
    seed = await seedOf(shared, {
      others: [
        {
          name: 'Priya',
          before: 'push',
          cwd: `${HOME}/priya`,
          env: {
            GIT_AUTHOR_NAME: 'Priya',
            GIT_AUTHOR_EMAIL: 'priya@harbour.example',
            GIT_COMMITTER_NAME: 'Priya',
            GIT_COMMITTER_EMAIL: 'priya@harbour.example',
          },
          deeds: [
            { do: 'save', path: `${HOME}/priya/hers.txt`, text: 'hers\n' },
            run('git add .'),
            run('git commit -q --allow-empty -m "Hers"'),
            run('git push -q'),
          ],
        },
      ],
    })
  })
  const file = goalsOf({
    repository: 'risk-pricing',
    goals: [
      {
        id: 'both',
        label: 'The server has both commits, yours on top',
        says: 'git log --graph',
        in: 'server.git',
        all: [{ commits: { range: 'main', count: 3, merges: 0, subjects: ['Start', 'Hers', 'Mine'] } }],
      },
    ],
  })

  it('refuses the first push, and passes once hers is taken in', async () => {
    const session = new GitSession(seed)
    const refused = await session.perform(run('git push'))
    expect(refused.exitCode).toBe(1)
    expect(refused.output.map(({ text }) => text).join('')).toContain('(fetch first)')
    expect(failing(judgeGoals(file.goals, sceneOf(session)))).toEqual(['both'])
    await session.perform(run('git pull --rebase'))
    await session.perform(run('git push'))
    expect(failing(judgeGoals(file.goals, sceneOf(session)))).toEqual([])
  })

  it.each([
    ['a forced push, which loses hers', [run('git push'), run('git push --force')]],
    ['a merge', [run('git push'), run('git pull --no-rebase --no-edit'), run('git push')]],
    ['nothing', []],
  ])('refuses %s', async (_, deeds) => {
    expect(failing(await verdictOf(seed, file, deeds))).toEqual(['both'])
  })

  it('lets her push once only, and again after that push is taken back', async () => {
    const session = new GitSession(seed)
    const count = () => session.world.list(`${HOME}/server.git/objects`).length
    const before = count()
    await session.perform(run('git push'))
    const after = count()
    expect(after).toBeGreaterThan(before)
    await session.perform(run('git push'))
    expect(count()).toBe(after)
    session.undo()
    session.undo()
    expect(count()).toBe(before)
    await session.perform(run('git push'))
    expect(count()).toBe(after)
  })
})

describe('what was done', () => {
  let seed: Seed
  beforeAll(async () => {
    seed = await seedOf([
      run('git init -q risk-pricing'),
      run('cd risk-pricing'),
      save('a.txt', 'a\n'),
      run('git add .'),
      run('git commit -qm "Start"'),
    ])
  })
  const typed: Person = { editor: async ({ text }) => `Why it changed\n${text}`, ask: async () => 'y' }

  it('is recorded with what the editor saved, and played again gives the same ids', async () => {
    const live = new GitSession(seed)
    await live.perform(save('a.txt', 'b\n'))
    await live.perform(run('git add -p'), typed)
    await live.perform(run('git commit'), typed)
    expect(live.deeds.at(-1)).toMatchObject({
      line: 'git commit',
      answers: [expect.stringContaining('Why it changed')],
    })
    const again = await replay(seed, JSON.parse(JSON.stringify(live.deeds)))
    expect(again.world.toData()).toEqual(live.world.toData())
    const head = await again.perform(run('git log -1 --format=%s'))
    expect(head.output[0]?.text).toBe('Why it changed\n')
  })

  it('is taken back step by step, and all of it by starting over', async () => {
    const session = new GitSession(seed)
    const first = session.world.toData()
    await session.perform(save('a.txt', 'b\n'))
    const second = session.world.toData()
    await session.perform(run('git commit -am "Change"'))
    await session.perform(run('git reset --hard HEAD~1'))
    session.undo()
    session.undo()
    expect(session.world.toData()).toEqual(second)
    expect(session.deeds).toHaveLength(1)
    session.startOver()
    expect(session.world.toData()).toEqual(first)
    expect(session.undo()).toBe(false)
  })

  it('ends a question that nobody answers', async () => {
    const session = new GitSession(seed)
    await session.perform(save('a.txt', 'b\n'))
    const asked = await session.perform(run('git add -p'))
    expect(asked.exitCode).toBe(0)
    const opened = await session.perform(run('git commit -a'))
    expect(opened.output.map(({ text }) => text).join('')).toContain(
      'Aborting commit due to empty commit message.',
    )
  })
})

describe('every condition has a right and a wrong state', () => {
  let seed: Seed
  beforeAll(async () => {
    seed = await seedOf([
      run('git init -q risk-pricing'),
      run('cd risk-pricing'),
      save('.gitignore', '*.log\n'),
      save('src/a.py', 'a = 1\n'),
      run('git add .'),
      run('git commit -qm "Start"'),
      run('git tag -a v1 -m "Release 1"'),
      run('git switch -qc topic'),
      save('src/a.py', 'a = 2\n'),
      run('git commit -qam "Set a to 2" -m "The old value was a guess."'),
      run('git switch -q main'),
      save('b.txt', 'b\n'),
      run('git add b.txt'),
      run('git commit -qm "Add b"'),
      run('git cherry-pick topic'),
      save('b.txt', 'changed\n'),
      run('git stash'),
      save('note.txt', 'n\n'),
    ])
  })
  const holds = (condition: unknown) => {
    const { goals } = goalsOf({
      repository: 'risk-pricing',
      goals: [{ id: 'one', label: 'One', says: 'it', all: [condition] }],
    })
    return judgeGoals(goals, sceneOf(new GitSession(seed))).passed
  }

  it.each<[unknown, unknown]>([
    [{ same: ['main~2', 'v1^{commit}'] }, { same: ['main', 'topic'] }],
    [{ differ: ['main', 'topic'] }, { differ: ['main', 'HEAD'] }],
    [{ exists: 'topic' }, { exists: 'nosuch' }],
    [{ missing: 'nosuch' }, { missing: 'topic' }],
    [{ ancestor: ['v1', 'main'] }, { ancestor: ['topic', 'main'] }],
    [{ on: 'main' }, { on: null }],
    [{ parents: { of: 'main', are: ['main~1'] } }, { parents: { of: 'main', are: ['topic'] } }],
    [
      { commits: { range: 'v1..main', count: 2, merges: 0 } },
      { commits: { range: 'v1..main', count: { min: 3 } } },
    ],
    [
      { commits: { range: 'main~1..main', like: 'topic~1..topic' } },
      { commits: { range: 'main~2..main', like: 'topic~1..topic' } },
    ],
    [
      { message: { of: 'main', matches: '^Set', body: 'guess', width: 72 } },
      { message: { of: 'main~1', body: '.' } },
    ],
    [{ message: { of: 'main', lacks: 'wip' } }, { message: { of: 'main', lacks: 'Set' } }],
    [{ file: { path: 'src/a.py', at: 'v1', is: 'a = 1' } }, { file: { path: 'src/a.py', is: 'a = 1' } }],
    [
      { file: { path: 'src/a.py', like: 'topic:src/a.py' } },
      { file: { path: 'b.txt', like: 'topic:src/a.py' } },
    ],
    [{ file: { path: 'gone', missing: true } }, { file: { path: 'b.txt', missing: true } }],
    [
      { changes: { from: 'v1', to: 'main', paths: ['b.txt', 'src/a.py'] } },
      { changes: { from: 'v1', to: 'main', within: ['src'] } },
    ],
    [{ patch: { of: 'main', like: 'topic' } }, { patch: { of: 'main~1', like: 'topic' } }],
    [{ staged: [] }, { staged: ['b.txt'] }],
    [{ unstaged: [] }, { unstaged: ['b.txt'] }],
    [{ untracked: ['note.txt'] }, { untracked: [] }],
    [
      { tag: { name: 'v1', annotated: true, on: 'main~2', message: 'Release' } },
      { tag: { name: 'v1', annotated: false } },
    ],
    [{ stashes: 1 }, { stashes: 0 }],
    [{ ignored: { yes: ['a.log'], no: ['b.txt'] } }, { ignored: { yes: ['b.txt'] } }],
    [{ tracked: { yes: ['src'], no: ['note.txt'] } }, { tracked: { yes: ['note.txt'] } }],
  ])('%j holds, %j does not', (right, wrong) => {
    expect(holds(right)).toBe(true)
    expect(holds(wrong)).toBe(false)
  })

  it('finds ids that are written in a file', async () => {
    const own = new GitSession(seed)
    const blob = (await own.perform(run('git rev-parse HEAD~1:src/a.py'))).output[0]!.text
    const goal = goalsOf({
      repository: 'risk-pricing',
      goals: [
        {
          id: 'ids',
          label: 'Ids',
          says: 'git ls-tree',
          all: [{ file: { path: 'answer.txt', names: ['start:HEAD~1:src/a.py'] } }],
        },
      ],
    })
    await own.perform(save('answer.txt', blob))
    expect(judgeGoals(goal.goals, sceneOf(own)).passed).toBe(true)
    const now = (await own.perform(run('git rev-parse HEAD:src/a.py'))).output[0]!.text
    await own.perform(save('answer.txt', now))
    expect(judgeGoals(goal.goals, sceneOf(own)).passed).toBe(false)
  })
})
