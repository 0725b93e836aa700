import { hash, parseOptions, verify } from '@node-rs/argon2'
import { dictionary } from '@zxcvbn-ts/language-common'

const MIN = 12
const MAX = 256
const SITE = 'slipway'

/** OWASP's floor for argon2id. Measured on two shared cores: about 14 ms a call. */
const COST = { memoryCost: 19456, timeCost: 2, parallelism: 1 } as const

/** The hash of a password that nobody has: what an unknown address is checked against. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$yaSrXkvsJ1+lLwwLsTRqbA$F4eWBntuhGadRJAFyw/jd5G8osZc0MbhC6Twc/AmWDE'

const AT_ONCE = 2
const WAITING = 500

/** Too many passwords wait to be hashed. Answer 503 with `Retry-After`, or say so in the form. */
export class Busy extends Error {
  readonly retryAfter = 10
  constructor() {
    super('Too many sign-ins at once')
    this.name = 'Busy'
  }
}

let running = 0
const waiting: (() => void)[] = []
let computed = 0

/** argon2 computations that this process has carried out: tests compare paths with it. */
export function hashCount(): number {
  return computed
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING) throw new Busy()
    // The one that ends hands its place over, so `running` does not change here.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running++
  }
  try {
    const result = await work()
    computed++
    return result
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** One form for every way to type the same characters. Case, spaces and length stay as they are. */
function canonical(password: string): string {
  return password.normalize('NFKC')
}

/** A PHC string of argon2id. Throws `Busy` when too many wait. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(canonical(password), COST))
}

/**
 * Whether the password belongs to the hash. Without one (unknown address) it computes just as much and says no.
 * Throws `Busy` when too many wait.
 */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  // Anything longer was never accepted; hashing it would only be work for an attacker to order.
  const candidate = isTooLong(password) ? '' : canonical(password)
  const known = stored !== null && isHash(stored)
  const right = await inTurn(() => verify(known ? stored : NOBODY, candidate))
  return right && known && candidate !== ''
}

/** True when a stored hash was made with less than today's cost, or another algorithm. */
export function needsRehash(stored: string): boolean {
  try {
    const made = parseOptions(stored)
    return (
      !stored.startsWith('$argon2id$v=19$') ||
      made.memoryCost < COST.memoryCost ||
      made.timeCost < COST.timeCost ||
      made.saltLen < 16
    )
  } catch {
    return true
  }
}

function isHash(stored: string): boolean {
  try {
    return parseOptions(stored).outputLen > 0
  } catch {
    return false
  }
}

function isTooLong(password: string): boolean {
  // NFKC makes one character into eighteen at most: look at the length before doing the work.
  return password.length > MAX * 8 || [...canonical(password)].length > MAX
}

export type PasswordProblem = { rule: 'short' | 'long' | 'common' | 'personal'; text: string }

/** Which rule a new password breaks, in words for its field; null when it may be used. */
export function passwordProblem(
  password: string,
  person: { name: string; email: string },
): PasswordProblem | null {
  if (isTooLong(password)) {
    return { rule: 'long', text: `Use at most ${MAX} characters. This password has more.` }
  }
  const characters = [...canonical(password)]
  if (characters.length < MIN) {
    return { rule: 'short', text: `Use at least ${MIN} characters. This password has ${characters.length}.` }
  }
  const plain = canonical(password).toLowerCase()
  if (isPersonal(plain, person)) {
    return {
      rule: 'personal',
      text: 'This password is built from your name, your address or the name of this site. Choose one that someone who knows you would not try.',
    }
  }
  if (isCommon(plain)) {
    return {
      rule: 'common',
      text: 'This password is on the list of common ones, or is one of them with a little added. Choose one that is on no list.',
    }
  }
  return null
}

let list: Set<string> | undefined

function common(): Set<string> {
  list ??= new Set(dictionary['passwords-common'].map((entry) => entry.toLowerCase()))
  return list
}

const LEET: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

const isListed = (word: string) =>
  common().has(word) || common().has([...word].map((letter) => LEET[letter] ?? letter).join(''))

/** What is left between digits and marks at both ends: `!!dragon2024` is `dragon`. No regular expression: linear for any input. */
function core(word: string): { inner: string; around: string } {
  const letters = [...word]
  const isLetter = (letter: string | undefined) =>
    letter !== undefined && letter.toLowerCase() !== letter.toUpperCase()
  let from = 0
  let to = letters.length
  while (from < to && !isLetter(letters[from])) from++
  while (to > from && !isLetter(letters[to - 1])) to--
  return {
    inner: letters.slice(from, to).join(''),
    around: [...letters.slice(0, from), ...letters.slice(to)].join(''),
  }
}

/** A listed password, twice or thrice, or with a few marks or a listed number added. */
function isCommon(word: string): boolean {
  if (isListed(word) || isListed([...word].reverse().join(''))) return true
  for (const times of [2, 3]) {
    const unit = word.slice(0, word.length / times)
    if (word.length % times === 0 && unit.repeat(times) === word && isListed(unit)) return true
  }
  const { inner, around } = core(word)
  const added = [...around].length
  if (inner.length >= 4 && isListed(inner) && (added <= 6 || isListed(around))) return true
  // 1234567890123 and its like: a listed number, continued.
  return inner === '' && [...word].every((digit, at, all) => at === 0 || isNext(all[at - 1] as string, digit))
}

function isNext(before: string, after: string): boolean {
  const step = (Number(after) - Number(before) + 10) % 10
  return /^[0-9]$/.test(before) && /^[0-9]$/.test(after) && (step === 1 || step === 9)
}

const letters = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')

/** True when little is left of the password once the person's own words are taken out. */
function isPersonal(word: string, { name, email }: { name: string; email: string }): boolean {
  const address = email.normalize('NFKC').toLowerCase()
  if (address.length >= 6 && word.includes(address)) return true
  const [local = '', domain = ''] = address.split('@')
  const words = [
    ...letters(name).split(' '),
    ...letters(local).split(' '),
    local,
    letters(domain).split(' ')[0] ?? '',
    SITE,
  ]
  const own = [...new Set(words)].filter((part) => [...part].length >= 3).sort((a, b) => b.length - a.length)
  let rest = word
  for (const part of own) rest = rest.split(part).join(' ')
  if (rest === word) return false
  const left = letters(rest).split(' ').join('')
  return [...left].length < 8 || isCommon(left)
}
