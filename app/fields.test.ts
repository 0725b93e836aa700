import { describe, expect, test } from 'vitest'
import { canonicalEmail, canonicalTimeZone, personName } from './fields'

describe('an e-mail address', () => {
  test.each([
    ['maya@harbour.example', 'maya@harbour.example'],
    ['  Maya.OKAFOR@Harbour.Example \n', 'maya.okafor@harbour.example'],
    ['maya＠harbour.example', 'maya@harbour.example'],
    ['ｍａｙａ@harbour.example', 'maya@harbour.example'],
    ['KELVIN@harbour.example', 'kelvin@harbour.example'],
    ['maya+slipway@harbour.example', 'maya+slipway@harbour.example'],
    ["o'brien@harbour.example", "o'brien@harbour.example"],
    ['demo@localhost', 'demo@localhost'],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ])('%j is kept as %s', (typed, kept) => {
    expect(canonicalEmail(typed)).toBe(kept)
  })

  test.each([
    '',
    ' ',
    'maya',
    '@',
    'maya@',
    '@harbour.example',
    'maya@harbour',
    'a@b@harbour.example',
    'a＠b@harbour.example',
    '"a@evil.example"@harbour.example',
    '"maya"@harbour.example',
    'maya@harbour.example,evil@evil.example',
    'maya@harbour.example;x@y.z',
    '<maya@harbour.example>',
    'maya @harbour.example',
    'maya@har bour.example',
    'maya@harbour.example.',
    '.maya@harbour.example',
    'maya.@harbour.example',
    'ma..ya@harbour.example',
    'maya@-harbour.example',
    'maya@harbour-.example',
    'maya@harbour..example',
    'maya@127.0.0.1',
    'maya@[127.0.0.1]',
    'mayı@harbour.example',
    'maya@harbour.example\u0000',
    'maya\r\nBcc: x@harbour.example',
    'maya@harb\u200bour.example',
    `${'a'.repeat(65)}@harbour.example`,
    `a@${'b'.repeat(64)}.example`,
    `a@${'b.'.repeat(130)}example`,
    'x'.repeat(100_000),
  ])('%j is none', (typed) => {
    expect(canonicalEmail(typed)).toBeNull()
  })
})

describe('a name', () => {
  test.each([
    ['  Maya   Okafor ', 'Maya Okafor'],
    ['José'.normalize('NFD'), 'José'.normalize('NFC')],
    ['岡本 真夜', '岡本 真夜'],
    ['=cmd|x', '=cmd|x'],
  ])('%j is kept as %s', (typed, kept) => {
    expect(personName.parse(typed)).toBe(kept)
  })

  test.each(['', '   ', 'x'.repeat(81), 'a\u0000b', 'a\u202eb', 'a\u0007'])('%j is refused', (typed) => {
    expect(personName.safeParse(typed).success).toBe(false)
  })
})

describe('a time zone', () => {
  test.each([
    ['Europe/Lisbon', 'Europe/Lisbon'],
    ['europe/lisbon', 'Europe/Lisbon'],
    ['UTC', 'UTC'],
  ])('%s is %s', (typed, kept) => {
    expect(canonicalTimeZone(typed)).toBe(kept)
  })

  test.each(['', 'Mars/Olympus', '+01:00', '../etc/passwd', 'Europe/Lisbon; drop table x', "'"])(
    '%j is none',
    (typed) => {
      expect(canonicalTimeZone(typed)).toBeNull()
    },
  )
})
