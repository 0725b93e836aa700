import { describe, expect, test, vi } from 'vitest'

vi.stubEnv('DATABASE_URL', 'postgres://nobody:nothing@localhost/none')
vi.stubEnv('AUTH_SECRET', 'q8Zr2vTn5LxWc0KdYb7MgEuHs3JpFa1o')
const { describeDevice, readVisitor } = await import('./visitor')

describe('a device in the list', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      'Chrome on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
      'Safari on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['', 'A browser'],
    ['<script>alert(1)</script>', 'A browser'],
    [`${'('.repeat(100_000)} Firefox/1`, 'A browser'],
  ])('%s', (userAgent, device) => {
    expect(describeDevice(userAgent)).toBe(device)
  })
})

describe('an address of origin', () => {
  const origin = (address: string) => readVisitor(new Headers({ 'x-forwarded-for': address })).origin

  test('is not readable in what is kept of it', () => {
    expect(origin('203.0.113.7')).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(origin('203.0.113.7')).toBe(origin('::ffff:203.0.113.7'))
    expect(origin('203.0.113.7')).not.toBe(origin('203.0.113.8'))
  })

  test('is a /64 in IPv6, however it is written', () => {
    expect(origin('2001:db8:0:1::5')).toBe(origin('2001:0DB8:0000:0001:ffff:0:0:9'))
    expect(origin('2001:db8:0:1::5')).not.toBe(origin('2001:db8:0:2::5'))
    expect(origin('::1')).toBe(origin('0:0:0:0:0:0:0:1'))
  })
})
