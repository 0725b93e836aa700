import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  canBe,
  clearUp,
  launch,
  makeDataDir,
  notedPid,
  processesOf,
  type Started,
  startHouse,
  until,
  untilServed,
  type Way,
} from './testing'

const PORT = 4141
const home = `http://localhost:${PORT}`
const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) clearUp(folder)
})

function newFolder(): string {
  const folder = makeDataDir()
  folders.push(folder)
  return folder
}

async function start(way: Way, DATA_DIR: string): Promise<Started> {
  const started = startHouse(way, { PORT, DATA_DIR })
  await untilServed(started)
  return started
}

/** A sign-in of which the second half is still to come. */
async function beginRequest() {
  const body = 'email=a%40b.example&password=not-the-right-one&json=true'
  const socket = connect(PORT, 'localhost')
  await once(socket, 'connect')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk
  })
  const head = [
    'POST /api/auth/callback/credentials HTTP/1.1',
    `Host: localhost:${PORT}`,
    `Origin: ${home}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ]
  await new Promise((sent) => socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 20)}`, sent))
  return {
    finish: async () => {
      socket.end(body.slice(20))
      await once(socket, 'close')
      return answer
    },
  }
}

/** The postmaster is the one whose command names its data folder; its children rename themselves. */
function isPostmaster(pid: number, dataDir: string): boolean {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`-D\0${dataDir}`)
}

async function stop(started: Started, dataDir: string): Promise<void> {
  started.child.kill('SIGTERM')
  expect(await started.ended).toEqual([0, null])
  await until('The end of every process', started, () => processesOf(dataDir).length === 0, 5000)
}

describe.each(['root', 'an ordinary user'] as const)('as %s', (way) => {
  test('it starts, serves, stops, and after kill -9 starts again on the same data', async () => {
    expect(canBe(way), 'this machine lets nobody make a user namespace').toBe(true)
    const folder = newFolder()
    const first = await start(way, folder)
    expect((await fetch(`${home}/`)).status).toBe(200)
    expect(first.lines.filter((line) => line.includes('told only this once'))).toHaveLength(1)
    await stop(first, folder)

    const second = await start(way, folder)
    process.kill(notedPid(folder, 'holder'), 'SIGKILL')
    await second.ended

    const began = Date.now()
    const third = await start(way, folder)
    expect(Date.now() - began, 'nothing had changed').toBeLessThan(10_000)
    expect((await fetch(`${home}/readyz`)).status).toBe(200)
    expect(third.lines.join('\n')).not.toContain('told only this once')
    await stop(third, folder)
  })
})

describe('while it runs', () => {
  const folder = makeDataDir()
  let house: Started
  beforeAll(async () => {
    house = await start('an ordinary user', folder)
  })
  afterAll(() => clearUp(folder))

  test('a web process and a database that die are started again, and a line says so', async () => {
    const ready = async () => (await fetch(`${home}/readyz`).catch(() => null))?.status === 200

    process.kill(notedPid(folder, 'web'), 'SIGKILL')
    await until('Saying that web ended', house, () =>
      house.lines.find((line) => line.startsWith('web ended (SIGKILL)')),
    )
    await until('Being ready again', house, ready)

    const postgres = processesOf(folder).find((pid) => isPostmaster(pid, folder))
    process.kill(postgres ?? 0, 'SIGKILL')
    await until('Saying that Postgres ended', house, () =>
      house.lines.find((line) => line.startsWith('Postgres ended')),
    )
    await until('Saying that Postgres is back', house, () => house.lines.includes('Postgres is back.'))
    await until('Being ready again', house, ready)
  })

  test('a second start on the same data folder says so and ends, and the first goes on', async () => {
    const second = startHouse('an ordinary user', { PORT: PORT + 1, DATA_DIR: folder })
    expect(await second.ended).toEqual([1, null])
    expect(second.lines.at(-1)).toContain('already running')
    expect((await fetch(`${home}/livez`)).status).toBe(200)
  })

  test('a port that is taken is named at once', async () => {
    const other = startHouse('an ordinary user', { PORT, DATA_DIR: newFolder() })
    expect(await other.ended).toEqual([1, null])
    expect(other.lines.at(-1)).toBe(
      `Port ${PORT} is in use by another program. Take another one: PORT=${PORT + 1} npm start`,
    )
  })

  test('Ctrl-C lets a request under way end, and leaves no process', async () => {
    const slow = await beginRequest()
    process.kill(-(house.child.pid ?? 0), 'SIGINT')
    await until('Stopping', house, () => house.lines.find((line) => line.startsWith('Stopping')))
    expect(await slow.finish()).toMatch(/^HTTP\/1\.1 [234]\d\d /)
    expect(await house.ended).toEqual([0, null])
    await until('The end of every process', house, () => processesOf(folder).length === 0, 5000)
  })
})

test('kill -9 of npm takes the house with it, and the next start finds it free', async () => {
  const folder = newFolder()
  const first = launch('npm', ['start'], { PORT: String(PORT), DATA_DIR: folder })
  await untilServed(first)
  first.child.kill('SIGKILL')
  await stop(await start('an ordinary user', folder), folder)
})

test.each([
  ['AUTH_SECRET', { AUTH_SECRET: 'secret' }],
  ['PUBLIC_URL', { PUBLIC_URL: 'http://learn.example.org' }],
  ['PORT', { PORT: 'http' }],
  ['DATABASE_URL', { DATABASE_URL: 'postgres://slipway:change-me@localhost/slipway' }],
  ['GITHUB_SECRET', { GITHUB_ID: 'abc' }],
  ['SIGN_UP', { SIGN_UP: 'sometimes' }],
])('a bad %s ends the start within 5 s, by name', async (name, bad) => {
  const began = Date.now()
  const house = launch(process.execPath, ['scripts/start.mjs'], {
    DATA_DIR: newFolder(),
    PORT: String(PORT),
    ...bad,
  })
  expect(await house.ended).toEqual([1, null])
  expect(house.lines.join('\n')).toContain(`${name}:`)
  expect(Date.now() - began).toBeLessThan(5000)
})
