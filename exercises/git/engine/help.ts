/** `git help`: of each command, what is modelled here and what is not. */

export type Help = { does: string; forms: string[]; not?: string }

/** By verb. `forms` are usage lines; `not` says which parts of the real command this one lacks. */
export const HELP: Record<string, Help> = {
  init: {
    does: 'Makes an empty repository.',
    forms: ['git init [-q] [--bare] [-b <branch>] [<folder>]'],
    not: '--template, --shared, --separate-git-dir',
  },
  clone: {
    does: 'Copies a repository of this exercise, remotes on other hosts too.',
    forms: ['git clone [-b <branch>] [-o <name>] [--bare] [--single-branch] [-n] <repository> [<folder>]'],
    not: 'the real network, --depth, submodules',
  },
  config: {
    does: 'Reads and writes settings of this repository or of yours (--global).',
    forms: [
      'git config [--global] <name> [<value>]',
      'git config --list | --get <name> | --unset <name> | --add <name> <value>',
    ],
    not: 'includes, --type=color',
  },
  remote: {
    does: 'Lists and changes the repositories this one exchanges commits with.',
    forms: ['git remote [-v]', 'git remote add|rename|remove|set-url|get-url|show|prune …'],
    not: 'remote groups',
  },
  status: {
    does: 'Shows what is staged, changed and untracked.',
    forms: ['git status [-s] [-b] [--porcelain] [--ignored] [-u<mode>] [<path>…]'],
    not: '--porcelain=v2',
  },
  add: {
    does: 'Copies the content of files into the index.',
    forms: ['git add [-A | -u | -p | -f | -N | -n | -v] <path>…'],
    not: '-i beyond choosing hunks',
  },
  commit: {
    does: 'Records the index as a commit.',
    forms: [
      'git commit [-a] [-m <message>] [--amend] [--fixup=<commit>] [--no-edit] [--allow-empty] [--author=…] [--date=…] [-p] [<path>…]',
    ],
    not: 'signing',
  },
  restore: {
    does: 'Takes files from the index or from a commit.',
    forms: ['git restore [--staged] [--worktree] [--source=<commit>] [--ours | --theirs] [-p] <path>…'],
  },
  switch: {
    does: 'Goes to another branch.',
    forms: ['git switch [-c <new> | -C <new> | --detach | --orphan <new> | -m | -f] <branch>'],
  },
  checkout: {
    does: 'Goes to a branch or commit, or takes files from one.',
    forms: [
      'git checkout [-b <new>] [-f] <branch or commit>',
      'git checkout [<commit>] [--ours | --theirs] -- <path>…',
    ],
    not: 'merging with -m beyond one level',
  },
  branch: {
    does: 'Lists, makes, renames and deletes branches.',
    forms: [
      'git branch [-a | -r | -v] [--merged | --contains <commit>]',
      'git branch [-f] <name> [<start>]',
      'git branch -m | -d | -D | -u <upstream> …',
    ],
    not: 'column layout, descriptions',
  },
  tag: {
    does: 'Lists, makes and deletes tags.',
    forms: ['git tag [-a] [-m <message>] [-f] <name> [<commit>]', 'git tag -l [<pattern>] | -n | -d <name>'],
    not: 'signing',
  },
  merge: {
    does: 'Joins another history into this branch.',
    forms: [
      'git merge [--no-ff | --ff-only] [--squash] [--no-commit] [-X ours|theirs] [-m <message>] <branch>',
      'git merge --abort | --continue',
    ],
    not: 'more than one branch at once; rerere; a renamed folder does not move the other side\u2019s new files',
  },
  rebase: {
    does: 'Makes commits anew on another base.',
    forms: [
      'git rebase [-i] [--autosquash] [--onto <new>] [--root] [-x <command>] [<upstream> [<branch>]]',
      'git rebase --continue | --skip | --abort | --edit-todo',
    ],
    not: '--rebase-merges, the apply backend',
  },
  'cherry-pick': {
    does: 'Makes copies of commits here.',
    forms: [
      'git cherry-pick [-n] [-x] [-e] [-m <parent>] <commit>…',
      'git cherry-pick --continue | --skip | --abort',
    ],
  },
  revert: {
    does: 'Makes commits that take others back.',
    forms: [
      'git revert [-n] [--no-edit] [-m <parent>] <commit>…',
      'git revert --continue | --skip | --abort',
    ],
  },
  reset: {
    does: 'Moves this branch, and with it the index (--mixed) and the files (--hard).',
    forms: [
      'git reset [--soft | --mixed | --hard | --merge | --keep] [<commit>]',
      'git reset [-p] [<commit>] [--] <path>…',
    ],
  },
  stash: {
    does: 'Puts changes aside.',
    forms: [
      'git stash [push] [-u] [-a] [-k] [-p] [-m <message>] [<path>…]',
      'git stash list | show | pop | apply | drop | clear | branch',
    ],
    not: 'create, store',
  },
  reflog: {
    does: 'Shows where HEAD or a branch has stood.',
    forms: ['git reflog [show] [<ref>]'],
    not: 'expiry by age',
  },
  bisect: {
    does: 'Halves commits until the first bad one is found.',
    forms: [
      'git bisect start [<bad> [<good>…]]',
      'git bisect good | bad | skip | run <command> | log | reset',
    ],
    not: 'replay, limits to paths',
  },
  blame: {
    does: 'Shows which commit each line comes from.',
    forms: ['git blame [-L <from>,<to>] [-s] [-e] [-w] [--porcelain] [<commit>] [--] <file>'],
    not: 'lines moved or copied between files (-M, -C)',
  },
  log: {
    does: 'Shows commits.',
    forms: [
      'git log [--oneline] [--graph] [--all] [-p | --stat] [-S <text> | -G <regex>] [-L <from>,<to>:<file>] [--follow] [--grep=…] [--author=…] [--since=…] [<range>] [--] [<path>…]',
    ],
    not: 'notes, signatures, mailmap',
  },
  diff: {
    does: 'Shows what differs.',
    forms: [
      'git diff [--staged] [--stat | --name-only | --word-diff] [<commit> [<commit>]] [--] [<path>…]',
      'git diff <a>..<b> | <a>...<b>',
    ],
    not: '--no-index, filters of .gitattributes',
  },
  show: {
    does: 'Shows commits, tags, trees and files as they were.',
    forms: ['git show [--stat] [<object>…]', 'git show <commit>:<path>'],
  },
  rm: {
    does: 'Removes files from the index and from disk.',
    forms: ['git rm [--cached] [-r] [-f] [-n] <path>…'],
  },
  mv: { does: 'Moves files on disk and in the index.', forms: ['git mv [-f] <from>… <to>'] },
  clean: {
    does: 'Removes untracked files.',
    forms: ['git clean -n | -f [-d] [-x | -X] [<path>…]'],
    not: 'the menu of -i',
  },
  fetch: {
    does: 'Brings commits and names of a remote here.',
    forms: ['git fetch [--all] [-p] [-t] [<remote> [<refspec>…]]'],
    not: 'the real network, --depth',
  },
  pull: {
    does: 'Fetches, then merges or rebases.',
    forms: ['git pull [--rebase | --no-rebase | --ff-only] [<remote> [<branch>]]'],
  },
  push: {
    does: 'Sends commits and names to a remote.',
    forms: ['git push [-u] [--force-with-lease | --force] [--tags] [--delete] [<remote> [<refspec>…]]'],
    not: 'the real network',
  },
  'ls-tree': {
    does: 'Lists a tree object.',
    forms: ['git ls-tree [-r] [-t] [-d] [-l] [--name-only] <tree> [<path>…]'],
  },
  'ls-files': {
    does: 'Lists the index.',
    forms: ['git ls-files [-s] [-u] [-m] [-d] [-o --exclude-standard] [<path>…]'],
  },
  'cat-file': {
    does: 'Shows an object: its type, its size, its content.',
    forms: ['git cat-file -p | -t | -s | -e <object>'],
    not: '--textconv, --filters',
  },
  'rev-parse': {
    does: 'Turns names into ids.',
    forms: ['git rev-parse [--short] [--abbrev-ref] [--verify] <revision>…'],
  },
  'rev-list': {
    does: 'Lists commits by id.',
    forms: ['git rev-list [--count] [--all] [--objects] [<options of log>] <range>'],
  },
  'merge-base': {
    does: 'Finds the commit that two histories share.',
    forms: ['git merge-base [--all] [--is-ancestor] <commit> <commit>'],
  },
  describe: {
    does: 'Names a commit after the nearest tag.',
    forms: ['git describe [--tags] [--always] [--long] [<commit>]'],
  },
  grep: {
    does: 'Searches tracked files.',
    forms: ['git grep [-n] [-i] [-l] [-c] <pattern> [<commit>] [--] [<path>…]'],
  },
  shortlog: { does: 'Sums commits up by author.', forms: ['git shortlog [-s] [-n] [-e] [<range>]'] },
}

export function helpText(verb: string | undefined): { text: string; code: number } {
  if (verb === undefined || verb === '-a' || verb === '--all') {
    const width = Math.max(...Object.keys(HELP).map((name) => name.length))
    const rows = Object.entries(HELP).map(([name, { does }]) => `   ${name.padEnd(width)}   ${does}\n`)
    return {
      text: `usage: git [-C <path>] [-c <name>=<value>] <command> [<args>]\n\nThis git runs in the page, on a real object database. Its commands:\n\n${rows.join('')}\n'git help <command>' says what of a command is modelled here and what is not.\n`,
      code: 0,
    }
  }
  const help = HELP[verb]
  if (!help) return { text: `No manual entry for git-${verb}\n`, code: 1 }
  const forms = help.forms.map((form) => `   ${form}\n`).join('')
  const not = help.not ? `\nNot modelled: ${help.not}.\n` : '\nAll that these forms say is modelled.\n'
  return { text: `git ${verb}: ${help.does}\n\nModelled:\n${forms}${not}`, code: 0 }
}
