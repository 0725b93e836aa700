import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { Busy, endLeftover, holdDataDir, noteChild } from './data-dir'

const parent = mkdtempSync(join(tmpdir(), 'slipway-hold-'))
afterAll(() => rmSync(parent, { recursive: true }))
const folderFor = (name: string) => join(parent, name)

function writeHolder(folder: string, holder: object): void {
  mkdirSync(join(folder, 'run'), { recursive: true })
  writeFileSync(join(folder, 'run', 'holder.json'), JSON.stringify(holder))
}

test('a second one is told who works there, and the next may come once it is released', async () => {
  const folder = folderFor('two')
  const first = await holdDataDir(folder, 'http://localhost:3000')
  await expect(holdDataDir(folder, 'http://localhost:3001')).rejects.toThrow(
    new RegExp(`process ${process.pid}, http://localhost:3000`),
  )
  await expect(holdDataDir(folder, 'http://localhost:3001')).rejects.toBeInstanceOf(Busy)
  first.release()
  ;(await holdDataDir(folder, 'http://localhost:3001')).release()
})

test('one that was killed, whose number another process has now, is taken over from', async () => {
  const folder = folderFor('killed')
  writeHolder(folder, { pid: process.pid, started: 'long ago', url: '' })
  const held = await holdDataDir(folder, '')
  held.release()
  expect(readdirSync(join(folder, 'run'))).toEqual([])
})

test('a damaged note holds nobody up', async () => {
  const folder = folderFor('damaged')
  mkdirSync(join(folder, 'run'), { recursive: true })
  writeFileSync(join(folder, 'run', 'holder.json'), '{"pid":')
  ;(await holdDataDir(folder, '')).release()
})

test('one that is stopping is waited for', async () => {
  const folder = folderFor('stopping')
  const first = await holdDataDir(folder, '')
  first.sayStopping()
  const second = holdDataDir(folder, '')
  // Longer than a second start waits for one that does not stop.
  setTimeout(first.release, 3500)
  ;(await second).release()
})

test('of ten that find a dead holder at once exactly one gets it', async () => {
  const folder = folderFor('race')
  writeHolder(folder, { pid: 2 ** 22 + 1, started: '1', url: '' })
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => holdDataDir(folder, '')))
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a child that outlived its supervisor is ended, also one that does not listen to a request', async () => {
  const folder = folderFor('child')
  mkdirSync(join(folder, 'run'), { recursive: true })
  const deaf = spawn(process.execPath, [
    '-e',
    'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1e6)',
  ])
  await once(deaf.stdout, 'data')
  noteChild(folder, 'web', deaf.pid ?? 0)
  const ended = once(deaf, 'exit')
  expect(await endLeftover(folder, 'web')).toBe(deaf.pid)
  expect(await ended).toEqual([null, 'SIGKILL'])
  expect(existsSync(join(folder, 'run', 'web.json'))).toBe(false)
  expect(await endLeftover(folder, 'web')).toBeNull()
})
