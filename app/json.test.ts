import { describe, expect, test } from 'vitest'
import { anyJson, anyObject, BadBody, parseJson, readJson } from './json'

const post = (
  body: BodyInit | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) =>
  new Request('http://localhost/api/attempts', {
    method: 'POST',
    body,
    headers,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  })

/** The status and the sentence that a body is refused with. */
async function refusal(request: Request, cap = 1000): Promise<[number, string]> {
  const thrown = await readJson(request, cap).then(
    (value) => new Error(`accepted ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (!(thrown instanceof BadBody)) throw thrown
  return [thrown.status, thrown.message]
}

describe('a JSON body', () => {
  test('comes back as it was sent', async () => {
    const value = { a: [1, -2.5e3, true, null, 'x"{[\\'], 'b\n': { a: { a: '' } }, 'c:': '"c":', é: '🚢' }
    expect(await readJson(post(JSON.stringify(value, null, 3)), 1000)).toEqual(value)
  })

  test.each([
    ['{"a":1,"a":2}', '"a" is given twice.'],
    ['{"x":[{"k":{},"b":1,"k" \n :[]}]}', '"k" is given twice.'],
    ['{"a":1,"\\u0061":2}', '"a" is given twice.'],
    ['{"__proto__":{"x":1}}', '"__proto__" is not a name that may be used here.'],
    ['{"a":[{"\\u005f_proto__":1}]}', '"__proto__" is not a name that may be used here.'],
  ])('is refused for its names: %s', async (body, words) => {
    expect(await refusal(post(body))).toEqual([400, words])
  })

  test('the same name in two objects, and the same string as a value, are fine', () => {
    expect(parseJson('[{"a":"a"},{"a":["a","a","__proto__"]}]')).toHaveLength(2)
  })

  test('with a NUL or half a character comes back with a sign for it', () => {
    expect(parseJson('{"a\\u0000":["\\ud83d\\udea2 \\ud83d","\\u0000"]}')).toEqual({
      'a\ufffd': ['🚢 \ufffd', '\ufffd'],
    })
  })

  test('leaves no trace on other objects', async () => {
    await refusal(post('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('may be 64 levels deep, not 65, and 10 000 are refused at once', async () => {
    expect(parseJson('['.repeat(64) + ']'.repeat(64))).toHaveLength(1)
    expect(await refusal(post('['.repeat(65) + ']'.repeat(65)))).toEqual([
      400,
      'The body is nested more than 64 levels deep.',
    ])
    const start = performance.now()
    expect((await refusal(post(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`), 100_000))[0]).toBe(400)
    expect(performance.now() - start).toBeLessThan(200)
  })

  test.each([
    ['{"a":1', 'The body is not valid JSON.'],
    ['', 'The body is empty.'],
    ['undefined', 'The body is not valid JSON.'],
    ["{'a':1}", 'The body is not valid JSON.'],
    ['{"a":1}}', 'The body is not valid JSON.'],
  ])('is refused when it is broken: %j', async (body, words) => {
    expect(await refusal(post(body))).toEqual([400, words])
  })

  test('is refused when it is not UTF-8', async () => {
    expect(await refusal(post(new Uint8Array([0x22, 0xc0, 0xaf, 0x22])))).toEqual([
      400,
      'The body is not valid UTF-8.',
    ])
  })

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
  ])('is refused with another content type: %s', async (type) => {
    expect((await refusal(post('{}', { 'content-type': type })))[0]).toBe(415)
  })

  test('is refused when it says that it is compressed', async () => {
    expect(
      (await refusal(post('{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' })))[0],
    ).toBe(415)
  })

  test('over the cap is refused, with and without a length, before it is all read', async () => {
    expect((await refusal(post(JSON.stringify('x'.repeat(2000)))))[0]).toBe(413)
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 500
        controller.enqueue(new Uint8Array(500).fill(0x20))
      },
    })
    expect((await refusal(post(endless)))[0]).toBe(413)
    expect(sent).toBeLessThan(5000)
  })

  test('with 100 000 names is walked through in linear time', () => {
    const body = `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`
    const start = performance.now()
    parseJson(body)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

test('what came out of a body is not looked through again, but for what it is at all', () => {
  const value = {
    get part() {
      throw new Error('looked at')
    },
  }
  for (const schema of [anyJson, anyObject]) {
    expect(schema.safeParse(value).success).toBe(true)
    expect(schema.safeParse([value]).success).toBe(true)
    expect(schema.safeParse(undefined).success).toBe(false)
  }
  expect([null, 1, 'x', true].filter((one) => anyObject.safeParse(one).success)).toEqual([])
  expect(anyJson.safeParse(null).success).toBe(true)
})
