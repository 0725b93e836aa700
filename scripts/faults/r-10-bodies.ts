import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { bodyCap } from '../../app/door/gate'
import { listBuiltRoutes } from '../../e2e/authz-matrix'
import { notedPid } from '../testing'
import { atMost, type Experiment, exactly, type Given, patience } from './experiment'
import type { House, Person } from './house'
import { quantile, startReading, watchMemory } from './readers'

export const experiment: Experiment = {
  id: 'R-10',
  what: 'Bodies of 50 MB, ten at a time, go to everything that takes one, and 2 GB in pieces to one: each is refused as it crosses its cap, and nobody else notices.',
  run,
}

const MB = 1024 * 1024
const AT_ONCE = 10

type Poured = { status: number; afterCap: number; sent: number }

async function run({ size, say, openHouse }: Given) {
  const house = await openHouse()
  try {
    // Somebody else each: a body that does not say its length counts as all that one may send for a while.
    const [person, patient, ...pouring] = await house.makeLearners(AT_ONCE + 2)
    const targets = listTargets()
    const pid = notedPid(house.dataDir, 'web')
    const alone = startReading(house, person)
    await pause(size === 'full' ? 5000 : 1000)
    const idle = await alone.stop()
    const memory = watchMemory(pid)
    const reading = startReading(house, person)
    const answers: Poured[] = []
    const chosen = size === 'full' ? targets : targets.filter((_, at) => at % 4 === 0)
    for (const target of chosen) {
      say(`${AT_ONCE} × 50 MB to ${target.path}${target.action ? ` (${target.action})` : ''}`)
      const pours = pouring.map((one) => pour(house, one, target, 50 * MB))
      answers.push(...(await Promise.all(pours)))
    }
    const huge = await pour(house, patient, { path: '/api/attempts' }, size === 'full' ? 2048 * MB : 64 * MB)
    const busy = await reading.stop()
    const added = memory.stop()
    const slack = patience({ size }, 6)
    return {
      figures: [
        { name: 'Routes and actions', value: chosen.length },
        exactly(
          'Answers that are not 413',
          [...answers, huge].filter(({ status }) => status !== 413).length,
          0,
        ),
        atMost(
          'Answered after the cap was crossed',
          Math.max(...answers.map(({ afterCap }) => afterCap)),
          200 * slack,
          'ms',
        ),
        atMost('Taken of 2 GB in pieces', huge.sent / MB, 16, 'MB'),
        atMost('Memory added', added / MB, 100, 'MB'),
        {
          name: 'Lesson of somebody else when idle, 95th of a hundred',
          value: quantile(idle, 0.95),
          unit: 'ms',
        },
        atMost(
          'The same meanwhile, against idle',
          quantile(busy, 0.95) / quantile(idle, 0.95),
          2 * slack,
          'times',
        ),
      ],
      remarks: [
        'Whoever pours runs on the same two cores as the server: the lesson of somebody else waits for both.',
      ],
    }
  } finally {
    await house.stop()
  }
}

type Target = { path: string; action?: string; type?: string }

/** Every handler that takes a body, and every server action at a page that knows it. */
function listTargets(): Target[] {
  const { actions } = listBuiltRoutes()
  const form = 'multipart/form-data; boundary=x'
  return [
    { path: '/api/attempts' },
    { path: '/api/drafts/cloud-deployment/notebook-to-service/when-needed' },
    { path: '/api/auth/callback/credentials', type: 'application/x-www-form-urlencoded' },
    { path: '/api/auth/signout', type: 'application/x-www-form-urlencoded' },
    ...actions.map(({ page, id }) => ({ path: page, action: id, type: form })),
  ]
}

/** Writes a body without a length for as long as the other side takes it. */
function pour(house: House, person: Person | undefined, target: Target, bytes: number): Promise<Poured> {
  const cap = bodyCap(target.path)
  return new Promise((done) => {
    let sent = 0
    let crossed = Number.NaN
    const asking = request(
      house.url + target.path,
      {
        method: target.path.startsWith('/api/drafts') ? 'PUT' : 'POST',
        headers: {
          origin: house.url,
          cookie: person?.cookie ?? '',
          'content-type': target.type ?? 'application/json',
          ...(target.action && { 'next-action': target.action }),
        },
        agent: false,
      },
      (answer) => {
        answer.resume()
        done({ status: answer.statusCode ?? 0, afterCap: performance.now() - crossed, sent })
        asking.destroy()
      },
    )
    asking.on('error', () => done({ status: 0, afterCap: Number.NaN, sent }))
    const chunk = Buffer.alloc(64 * 1024, 97)
    const more = () => {
      while (sent < bytes && !asking.destroyed) {
        sent += chunk.length
        if (sent > cap && Number.isNaN(crossed)) crossed = performance.now()
        if (!asking.write(chunk)) return void asking.once('drain', more)
      }
      if (!asking.destroyed) asking.end()
    }
    more()
  })
}
