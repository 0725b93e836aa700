import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getAssets } from './assets'
import { ASSET_FILES } from './manifest'

const names = Object.values(ASSET_FILES)
const bytesOf = (name: string) => Buffer.from(`what ${name} holds`)
const files = Object.fromEntries(
  names.map((name) => {
    const bytes = bytesOf(name)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return [name, { bytes: bytes.length, br: bytes.length, gz: bytes.length, sha256 }]
  }),
)

/** The last part of a base is what is wrong there: a name, and how its file comes. */
const CHANGES: Record<string, (bytes: Buffer) => Buffer> = {
  changed: (bytes) => Buffer.from(bytes.map((byte, at) => (at === 3 ? byte ^ 1 : byte))),
  shorter: (bytes) => bytes.subarray(1),
  longer: (bytes) => Buffer.concat([bytes, Buffer.from('!')]),
  empty: () => Buffer.alloc(0),
}

const server = createServer((request, answer) => {
  const [, spoilt = '', how = '', file = ''] = (request.url ?? '').split('/')
  if (file === 'manifest.json') return void answer.end(JSON.stringify({ files }))
  answer.end(spoilt === file ? CHANGES[how]?.(bytesOf(file)) : bytesOf(file))
})
beforeAll(() => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done)))
afterAll(() => void server.close())
const base = (spoilt: string, how: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${spoilt}/${how}/`

test('S-54 files of the runtime come as the manifest names them', async () => {
  const assets = await getAssets(base('none', 'changed'), false, () => undefined)
  expect(await assets.wasm.text()).toBe(String(bytesOf(ASSET_FILES.wasm)))
})

test.each(names.flatMap((name) => Object.keys(CHANGES).map((how) => [name, how])))(
  'S-54 of a runtime whose %s comes %s nothing is used',
  async (name, how) => {
    const assets = getAssets(base(name, how), false, () => undefined)
    await expect(assets).rejects.toThrow('arrived damaged')
  },
)
