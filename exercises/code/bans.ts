const WORDS: Record<string, string> = {
  loop: 'without a loop or comprehension',
  for: 'without for',
  while: 'without while',
  comprehension: 'without a comprehension',
  slice: 'without a slice',
  lambda: 'without lambda',
  class: 'without a class',
  try: 'without try',
  global: 'without global or nonlocal',
  recursion: 'without recursion',
}

/** What a ban asks, as it reads after "do it": "without importing bisect". */
export function banLabel(ban: string): string {
  const [word = '', rest = ''] = ban.split(/ (.*)/s)
  if (word === 'import') return `without importing ${rest}`
  if (word === 'call') return `without calling ${rest}()`
  if (word === 'name') return `without using ${rest}`
  return WORDS[ban] ?? `without ${ban}`
}

/** Whether the runner understands a ban. The list is `bans.md`. */
export function isBan(ban: string): boolean {
  return ban in WORDS || /^(import|name) [A-Za-z_][\w.]*$/.test(ban) || /^call \.?[A-Za-z_][\w.]*$/.test(ban)
}
