import { describe, expect, test } from 'vitest'
import { KeyReader } from './keys'

const press = (key: string, more: Partial<Parameters<KeyReader['read']>[0]> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  defaultPrevented: false,
  repeat: false,
  timeStamp: 0,
  ...more,
})
const free = { typing: false, single: true, mac: false }

describe('keys', () => {
  test('do what the list says', () => {
    const said = ['?', '/', 'n', 'P', 'x'].map((key) => new KeyReader().read(press(key), free))
    expect(said).toEqual(['keys', 'find-here', 'next', 'previous', null])
  })

  test('of one letter or sign do nothing while somebody types, or when they are turned off', () => {
    for (const key of ['?', '/', 'n', 'p']) {
      expect(new KeyReader().read(press(key), { ...free, typing: true })).toBeNull()
      expect(new KeyReader().read(press(key), { ...free, single: false })).toBeNull()
    }
  })

  test('with Ctrl or ⌘ work everywhere, but not with both, and no other letter is taken', () => {
    const typing = { typing: true, single: false, mac: false }
    expect(new KeyReader().read(press('k', { ctrlKey: true }), typing)).toBe('find')
    expect(new KeyReader().read(press('K', { metaKey: true }), { ...typing, mac: true })).toBe('find')
    expect(new KeyReader().read(press('k', { ctrlKey: true }), { ...typing, mac: true })).toBeNull()
    expect(new KeyReader().read(press('k', { metaKey: true }), typing)).toBeNull()
    expect(new KeyReader().read(press('k', { ctrlKey: true, metaKey: true }), free)).toBeNull()
    expect(new KeyReader().read(press('n', { ctrlKey: true }), free)).toBeNull()
  })

  test('that somebody else has taken, or that write a character with help, are left alone', () => {
    for (const more of [
      { defaultPrevented: true },
      { isComposing: true },
      { altKey: true },
      { repeat: true },
    ])
      expect(new KeyReader().read(press('?', more), free)).toBeNull()
  })

  test('in a row lead to a page, if the second comes soon', () => {
    const reader = new KeyReader()
    expect(reader.read(press('g', { timeStamp: 100 }), free)).toBeNull()
    expect(reader.read(press('d', { timeStamp: 600 }), free)).toBe('dashboard')
    expect(reader.read(press('d', { timeStamp: 700 }), free)).toBeNull()
    reader.read(press('g', { timeStamp: 1000 }), free)
    expect(reader.read(press('c', { timeStamp: 2500 }), free)).toBeNull()
    reader.read(press('g', { timeStamp: 3000 }), free)
    expect(reader.read(press('n', { timeStamp: 3100 }), free)).toBeNull()
  })
})
