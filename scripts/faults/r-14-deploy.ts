import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startEmbedded } from '../../db/embedded'
import { migrate } from '../../db/migrate'
import { listBuiltRoutes } from '../../e2e/authz-matrix'
import { startWeb } from '../testing'
import { atLeast, atMost, type Experiment, exactly, type Given, patience } from './experiment'
import { makePeople } from './house'
import { readLesson } from './readers'
import { judge, startWriters } from './writers'

export const experiment: Experiment = {
  id: 'R-14',
  what: 'The next build takes over behind a proxy while people read and write: no request fails, the old process drains within 15 s, and pages of the old build go on saving.',
  run,
}

/** What a web process of this house needs beside its build. */
const SHARED = ['node_modules', '.runner', '.content']
/** Copied: how source is compiled is said by the `tsconfig.json` above it. */
const COPIED = [
  ...['app', 'components', 'content', 'db', 'exercises', 'runner'],
  ...['server.ts', 'package.json', 'tsconfig.json', 'next.config.js'],
]

async function run({ size, random, say }: Given) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-deploy-'))
  const database = await startEmbedded({ dataDir: join(folder, 'data') })
  const webs: ChildProcess[] = []
  const proxy = await startProxy()
  try {
    const [app, verifier] = [database.urlFor('app'), database.urlFor('verifier')]
    await migrate({ migrator: database.adminUrl, app, verifier })
    const next = makeNextRelease(join(folder, 'next'))
    const port = Number(process.env.FAULTS_PORT ?? 4145) + 1
    const env = { DATABASE_URL: app, DATA_DIR: join(folder, 'data'), PUBLIC_URL: proxy.url }
    const people = await makePeople(app, size === 'full' ? 30 : 5)
    const swaps = size === 'full' ? 3 : 1
    const builds = new Set<string>()
    const drains: number[] = []
    let [unread, reads, stale] = [0, 0, 0]

    let running = await startWeb(process.cwd(), port, env)
    webs.push(running)
    proxy.pointTo(port)
    const writers = await startWriters(proxy.url, people, random, { pauseMs: 300 })
    let isOver = false
    const reading = people.map(async (person) => {
      while (!isOver) {
        reads++
        if (Number.isNaN(await readLesson(proxy, person))) unread++
        await pause(random.between(200, 1000))
      }
    })
    for (let swap = 1; swap <= swaps; swap++) {
      await pause(1500)
      builds.add(await buildOf(proxy.url))
      const isNext = swap % 2 === 1
      const to = isNext ? port + 1 : port
      const taking = await startWeb(isNext ? next.folder : process.cwd(), to, env)
      webs.push(taking)
      proxy.pointTo(to)
      const began = Date.now()
      running.kill('SIGTERM')
      await once(running, 'exit')
      drains.push(Date.now() - began)
      say(`swap ${swap} of ${swaps}: the old process ended after ${drains.at(-1)} ms`)
      running = taking
      builds.add(await buildOf(proxy.url))
      if (isNext) stale += await sendStaleAction(proxy.url, people[0]?.cookie ?? '', next.staleAction)
    }
    await pause(1000)
    isOver = true
    await Promise.all(reading)
    await writers.stop()
    const { acknowledged, lost, twice, halfWritten } = await judge(writers.ledger, database.adminUrl)
    const trouble = [...writers.ledger.trouble.values()].reduce((sum, count) => sum + count, 0)
    return {
      figures: [
        exactly('Builds that answered', builds.size, 2),
        exactly('Writes of old pages that failed', trouble, 0),
        exactly('Lessons that did not come', unread, 0),
        atLeast('Lessons read', reads, people.length),
        atMost('Drained', Math.max(...drains) / 1000, 15 * patience({ size }, 6), 's'),
        atLeast('Acknowledged writes', acknowledged, people.length),
        exactly('Lost, twice, half written', lost + twice + halfWritten, 0),
        exactly('Forms of the old build that were taken for another', stale, 0),
      ],
      remarks: [
        ...[...writers.ledger.trouble].map(([what, count]) => `Writes answered ${what}: ${count}.`),
        'The next build is this one under another name: its id and the ids of its server actions are changed, its code is not. No person and no browser is in it; what a page shows of an update is tried in `e2e/drafts.spec.ts`.',
      ],
    }
  } finally {
    for (const web of webs) if (web.exitCode === null) web.kill('SIGKILL')
    proxy.close()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** This checkout again, as the release after it: another build id, and server actions that the old pages do not know. */
function makeNextRelease(folder: string): { folder: string; staleAction: string } {
  mkdirSync(folder)
  for (const name of SHARED) symlinkSync(resolve(name), join(folder, name))
  for (const name of COPIED) cpSync(name, join(folder, name), { recursive: true })
  cpSync('.next', join(folder, '.next'), {
    recursive: true,
    filter: (path) => !/\.next\/(cache|dev|trace|diagnostics)/.test(path),
  })
  const old = readFileSync('.next/BUILD_ID', 'utf8').trim()
  const build = `next-${old}`.slice(0, old.length)
  const { actions } = listBuiltRoutes()
  const renamed = new Map([[old, build], ...actions.map(({ id }): [string, string] => [id, flip(id)])])
  const pattern = new RegExp([...renamed.keys()].join('|'), 'g')
  for (const entry of readdirSync(join(folder, '.next'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|json|rsc|html)$|BUILD_ID$/.test(entry.name)) continue
    const file = join(entry.parentPath, entry.name)
    const text = readFileSync(file, 'utf8')
    const changed = text.replace(pattern, (found) => renamed.get(found) ?? found)
    if (changed !== text) writeFileSync(file, changed)
  }
  renameSync(join(folder, '.next/static', old), join(folder, '.next/static', build))
  return { folder, staleAction: actions.find(({ name }) => name === 'updateName')?.id ?? '' }
}

const flip = (id: string) => id.slice(0, -1) + (id.endsWith('0') ? '1' : '0')

/** The smallest reverse proxy: each request to whoever is in place when it arrives. */
async function startProxy() {
  let target = 0
  const server = createServer((asked, answer) => {
    const onward = request(
      {
        port: target,
        host: 'localhost',
        method: asked.method,
        path: asked.url,
        headers: asked.headers,
        agent: false,
      },
      (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers)
        said.pipe(answer)
      },
    )
    onward.on('error', () => {
      if (!answer.headersSent) answer.writeHead(502)
      answer.end('{}')
    })
    asked.pipe(onward)
  })
  await new Promise<void>((done) => server.listen(0, done))
  const { port } = server.address() as { port: number }
  return {
    url: `http://localhost:${port}`,
    pointTo: (to: number) => {
      target = to
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function buildOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/session`)
  await answer.body?.cancel()
  return answer.headers.get('x-slipway-build') ?? ''
}

/** A form of the old build, sent to the new one: 1 when it was not refused as unknown. */
async function sendStaleAction(url: string, cookie: string, action: string): Promise<number> {
  const body = new FormData()
  body.set('name', 'Somebody Else')
  const answer = await fetch(`${url}/settings`, {
    method: 'POST',
    headers: { cookie, origin: url, 'next-action': action },
    body,
  })
  await answer.body?.cancel()
  return answer.status === 404 || answer.headers.has('x-nextjs-action-not-found') ? 0 : 1
}
