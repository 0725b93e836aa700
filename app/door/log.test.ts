import { expect, test } from 'vitest'
import { lineOf, scrub } from './log'

const at = new Date('2026-11-25T08:00:00Z')
const line = (...said: unknown[]) => JSON.stringify(lineOf('error', said, at))

test('an error of the database tells statement, table and code, and none of the values', () => {
  const cause = Object.assign(
    new Error('duplicate key: Key (email)=(maya@harbour.example) already exists.'),
    {
      name: 'PostgresError',
      code: '23505',
      detail: 'Key (email)=(maya@harbour.example) already exists.',
      constraint_name: 'users_email',
    },
  )
  // As drizzle makes it.
  const query = 'insert into "users" values ($1, $2)'
  const params = ['maya@harbour.example', 'Maya Okafor']
  const error = Object.assign(new Error(`Failed query: ${query}\nparams: ${params}`, { cause }), {
    query,
    params,
  })
  const said = line('handler failed:', error)
  expect(said).not.toMatch(/maya/i)
  expect(said).not.toContain('Okafor')
  expect(JSON.parse(said)).toMatchObject({
    at: '2026-11-25T08:00:00.000Z',
    level: 'error',
    says: 'handler failed:',
    errors: [
      { about: 'insert into "users" values ($1, $2)' },
      { kind: 'PostgresError', code: '23505', about: 'users_email' },
    ],
  })
})

test('what quotes its input tells only what it is', () => {
  const broken = () => JSON.parse('three terns on a bollard')
  let error: unknown
  try {
    broken()
  } catch (caught) {
    error = caught
  }
  const said = line(error)
  expect(said).not.toContain('terns')
  expect(said).toContain('SyntaxError')
  expect(line(new TypeError('Cannot read properties of null'))).toContain('Cannot read properties of null')
  expect(line({ name: 'Maya Okafor' })).not.toContain('Maya')
})

test.each([
  ['sent to maya.okafor@harbour.example.', 'sent to …@…'],
  ['GET /reset-password?token=Zm9vYmFyYmF6 failed', 'GET /reset-password failed'],
  ['Failed query: select $1\nparams: maya,three terns', 'Failed query: select $1\nparams: …'],
  ['cookie 5VbX1kq0Zr8T2mC7nY4pL6wA9sD3fG1hJ0eR5tU8iOq', 'cookie …'],
  ['attempt 01900000-0000-7000-8000-000000000001', 'attempt 01900000-0000-7000-8000-000000000001'],
  ['Key (email)=(a b) already exists', 'Key (email)=(…) already exists'],
])('%s is written as %s', (text, written) => {
  expect(scrub(text)).toBe(written)
})

test('a line stays one line whatever is said', () => {
  const said = line('first\nsecond\r\n{"at":"forged"}')
  expect(said).not.toMatch(/[\r\n]/)
  expect(JSON.parse(said).says).toContain('second')
})
