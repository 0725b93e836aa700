import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { openSql } from './connection'

test('a server that hangs up while a connection begins is not asked without a pause', async () => {
  let asked = 0
  const server = createServer((client) => {
    asked++
    client.on('error', () => undefined)
    client.once('data', () => client.end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const sql = openSql(`postgres://nobody:x@127.0.0.1:${port}/none`, { max: 2 })
  try {
    const query = sql`select 1`.catch(() => undefined)
    await once(server, 'connection')
    await new Promise((done) => setTimeout(done, 1000))
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(60)
    void query
  } finally {
    server.close()
    await sql.end({ timeout: 0 }).catch(() => undefined)
  }
})

test('a connection that dies while it begins leaves its place in the pool to the next', async () => {
  const open = new Set<Socket>()
  const server = createServer((client) => {
    open.add(client)
    client.on('error', () => undefined)
    client.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const sql = openSql(`postgres://nobody:x@127.0.0.1:${port}/none`, { max: 1 })
  try {
    void sql`select 1`.catch(() => undefined)
    await once(server, 'connection')
    await once(server, 'connection')
    expect(open.size).toBeGreaterThanOrEqual(2)
  } finally {
    server.close()
    await sql.end({ timeout: 0 }).catch(() => undefined)
  }
})
