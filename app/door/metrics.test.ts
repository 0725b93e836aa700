import { expect, test } from 'vitest'
import { isBearer, Metrics, routeOf } from './metrics'

const IDLE = { pending: 0, done: 0, unavailable: 0, inDoubt: false }

test('an address is told by its shape, and an invented one makes no new label', () => {
  expect(routeOf('/learn/git/three-areas')).toBe('/learn/…')
  expect(routeOf('/')).toBe('/')
  expect(routeOf('/api/attempts')).toBe('/api/attempts')
  expect(routeOf('/api/attempts/01900000')).toBe('/api/attempts/…')
  expect(routeOf('/courses/git')).toBe('/courses/…')
  const metrics = new Metrics()
  for (let n = 0; n < 500; n++)
    metrics.note({ method: `M${n}`, path: `/maya-okafor-${n}`, status: 404, ms: 1, bytes: 9 })
  const text = metrics.render(IDLE, { requests: 0 })
  expect(text).not.toContain('maya')
  expect(text).toContain('slipway_http_requests_total{method="other",route="other",status="404"} 500')
})

test('what it writes is the text format: each name once with its help and type, numbers only, buckets that add up', () => {
  const metrics = new Metrics()
  const seen = { method: 'POST', path: '/api/attempts', bytes: 100 }
  metrics.note({ ...seen, status: 200, ms: 20 })
  metrics.note({ ...seen, status: 429, ms: 3 })
  metrics.note({ ...seen, status: 503, ms: 2600 })
  const text = metrics.render({ pending: 2, done: 7, unavailable: 1, inDoubt: true }, { requests: 3 })
  const sample = /^[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? -?\d+(\.\d+)?(e[-+]?\d+)?$/
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE) \w+ ./ : sample)
  const types = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
  expect(new Set(types).size).toBe(types.length)
  expect(text).toContain('slipway_http_request_seconds_bucket{route="/api/attempts",le="0.01"} 1')
  expect(text).toContain('slipway_http_request_seconds_bucket{route="/api/attempts",le="0.025"} 2')
  expect(text).toContain('slipway_http_request_seconds_bucket{route="/api/attempts",le="+Inf"} 3')
  expect(text).toContain('slipway_attempts_total{outcome="recorded"} 1')
  expect(text).toContain('slipway_attempts_total{outcome="refused"} 1')
  expect(text).toContain('slipway_attempts_total{outcome="failed"} 1')
  expect(text).toContain('slipway_database_works_under_way 2')
  expect(text).toContain('slipway_database_in_doubt 1')
  expect(text).toMatch(/process_resident_memory_bytes [1-9]/)
})

test('only the whole token opens it', () => {
  const token = 'k3J8s-d02Lq_xVt5Zr1Wm7Yb'
  expect(isBearer(`Bearer ${token}`, token)).toBe(true)
  for (const header of [
    undefined,
    '',
    'Bearer ',
    token,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}x`,
    `bearer ${token}`,
  ])
    expect(isBearer(header, token), String(header)).toBe(false)
})
