import { hashSync } from '@node-rs/argon2'
import { dictionary } from '@zxcvbn-ts/language-common'
import { describe, expect, test } from 'vitest'
import { Busy, hashCount, hashPassword, needsRehash, passwordProblem, verifyPassword } from './passwords'

const maya = { name: 'Maya Okafor', email: 'maya.okafor@harbour.example' }
/** Letters of many scripts, so that no list and no pattern knows them. */
const nth = (n: number) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20000))
const ofLength = (n: number) => Array.from({ length: n }, (_, i) => nth(i)).join('')

describe('what may be a password', () => {
  test.each([
    [11, 'short'],
    [12, null],
    [64, null],
    [256, null],
    [257, 'long'],
  ])('%i code points: %s', (length, rule) => {
    expect(passwordProblem(ofLength(length), maya)?.rule ?? null).toBe(rule)
  })

  test('each code point counts once, emoji outside the first plane too', () => {
    expect(passwordProblem('🚢⚓🌊🛟🧭🪝🎣🐚🦀🐙🦑', maya)).toEqual({
      rule: 'short',
      text: 'Use at least 12 characters. This password has 11.',
    })
    expect(passwordProblem('🚢⚓🌊🛟🧭🪝🎣🐚🦀🐙🦑🐋', maya)).toBeNull()
  })

  test('length is counted after NFKC: a composed and a decomposed letter are one', () => {
    expect(passwordProblem('éàüöñçìòùâê'.normalize('NFD'), maya)?.rule).toBe('short')
    expect(passwordProblem('ﬁfjordskiff7'.slice(0, 11), maya)).toBeNull()
  })

  test.each([
    ['spaces at both ends', '  tern bollard fen  '],
    ['a NUL', 'tern\u0000bollardfen'],
    ['a newline', 'tern\nbollard\nfen'],
    ['only marks', '~|^&*)(_{}>?:;'],
  ])('any character may be used: %s', (_, password) => {
    expect(passwordProblem(password, maya)).toBeNull()
  })

  test('200 common passwords and their relatives are refused, each in under 5 ms', () => {
    const words = dictionary['passwords-common']
    const samples = [
      ...words.filter((word) => [...word].length >= 12).slice(0, 80),
      ...words
        .filter((word) => word.length >= 8 && /^[a-z]+$/.test(word))
        .slice(0, 40)
        .map((word) => `${word}2024!`.padEnd(12, '!')),
      ...words
        .filter((word) => word.length === 6)
        .slice(0, 40)
        .map((word) => word + word),
      ...words
        .filter((word) => word.length >= 12)
        .slice(0, 35)
        .map((word) => word.toUpperCase()),
      'P@ssw0rd1234',
      'drowssap1234',
      'dragon12345678',
      '123456789012',
      '987654321098',
    ]
    expect(samples).toHaveLength(200)
    passwordProblem('warms the list up', maya)
    const slow: string[] = []
    const accepted = samples.filter((password) => {
      const start = performance.now()
      const problem = passwordProblem(password, maya)
      if (performance.now() - start >= 5) slow.push(password)
      return problem?.rule !== 'common'
    })
    expect({ accepted, slow }).toEqual({ accepted: [], slow: [] })
  })

  test.each([
    'maya.okafor@harbour.example',
    'MayaOkafor2024',
    'okafor-maya-1',
    'harbour12345678',
    'slipwayslipway',
    'Maya.Okafor!!',
  ])('the own name, address and the name of the site are refused: %s', (password) => {
    expect(passwordProblem(password, maya)?.rule).toBe('personal')
  })

  test('a long sentence may hold the own name', () => {
    expect(passwordProblem('maya counts seven herons', maya)).toBeNull()
  })

  test('a hostile length is refused without work', () => {
    const start = performance.now()
    expect(passwordProblem('ﷺ'.repeat(1_000_000), maya)?.rule).toBe('long')
    expect(performance.now() - start).toBeLessThan(50)
  })
})

describe('hashing', () => {
  test('is argon2id with 19 MiB, two passes and a salt of 16 bytes', async () => {
    const stored = await hashPassword('tern bollard fen')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(needsRehash(stored)).toBe(false)
  })

  test('composed and decomposed characters sign in alike; case, spaces and the 73rd byte matter', async () => {
    const long = `${'a tern, '.repeat(9)}é`
    const stored = await hashPassword(long.normalize('NFC'))
    expect(await verifyPassword(stored, long.normalize('NFD'))).toBe(true)
    expect(await verifyPassword(stored, `${long.slice(0, -1)}e`)).toBe(false)
    expect(await verifyPassword(stored, ` ${long}`)).toBe(false)
    expect(await verifyPassword(stored, long.toUpperCase())).toBe(false)
  })

  test('a NUL does not end a password', async () => {
    const stored = await hashPassword('tern\u0000bollardfen')
    expect(await verifyPassword(stored, 'tern\u0000bollardfen')).toBe(true)
    expect(await verifyPassword(stored, 'tern')).toBe(false)
  })

  test('a known and an unknown address cost the same number of computations', async () => {
    const stored = await hashPassword('tern bollard fen')
    const count = async (hash: string | null, password: string) => {
      const before = hashCount()
      expect(await verifyPassword(hash, password)).toBe(false)
      return hashCount() - before
    }
    expect(await count(stored, 'not the password')).toBe(1)
    expect(await count(null, 'not the password')).toBe(1)
    expect(await count(stored, 'x'.repeat(5000))).toBe(1)
    expect(await count('not a hash', 'not the password')).toBe(1)
  })

  test('a hash with less cost, or of another kind, is noticed', () => {
    expect(needsRehash(hashSync('x', { memoryCost: 8192, timeCost: 2, parallelism: 1 }))).toBe(true)
    expect(needsRehash(hashSync('x', { memoryCost: 19456, timeCost: 1, parallelism: 1 }))).toBe(true)
    expect(needsRehash('$2b$10$abcdefghijklmnopqrstuv')).toBe(true)
  })

  test('502 may wait, the next one is told that the server is busy', async () => {
    const begun = hashCount()
    const all = await Promise.allSettled(
      Array.from({ length: 510 }, () => verifyPassword(null, 'tern bollard fen')),
    )
    const refused = all.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(8)
    expect(refused.every((one) => one.reason instanceof Busy)).toBe(true)
    expect(hashCount() - begun).toBe(502)
    expect(await verifyPassword(null, 'after the rush')).toBe(false)
  })
})
