import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { BodyTooLarge, capBody } from './body-cap'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections()
})

async function read(from: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of from) text += chunk
  return text
}

/** Sends `bytes` in chunks to a server that caps bodies at 1000. Gives what its reader got, and whether it was told. */
async function send(bytes: number): Promise<{ got: string | Error; overs: number; written: boolean }> {
  let overs = 0
  let written = false
  const server = createServer()
  servers.push(server)
  const result = new Promise<string | Error>((done) => {
    server.on('request', async (asked, answer) => {
      capBody(asked, 1000, (stopped) => {
        overs++
        void stopped.then(() => {
          written = true
          answer.end()
        })
      })
      const got = await read(asked).catch((error: Error) => error)
      if (typeof got === 'string') answer.end()
      done(got)
    })
  })
  await once(server.listen(0), 'listening')
  const { port } = server.address() as AddressInfo
  const asking = request({ port, method: 'POST' })
  for (let sent = 0; sent < bytes; sent += 100) asking.write('x'.repeat(Math.min(100, bytes - sent)))
  asking.end()
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  await read(answer)
  return { got: await result, overs, written }
}

test('a body at the cap is read whole', async () => {
  expect(await send(1000)).toEqual({ got: 'x'.repeat(1000), overs: 0, written: false })
})

test.each([1001, 5000, 500_000])('of %d bytes the reader gets an error and never a part', async (bytes) => {
  const { got, overs, written } = await send(bytes)
  expect(got).toBeInstanceOf(BodyTooLarge)
  expect(overs, 'told once').toBe(1)
  expect(written, 'the rest was read to its end').toBe(true)
})
