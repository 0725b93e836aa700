import { setTimeout as pause } from 'node:timers/promises'
import { notedPid, until } from '../testing'
import { atLeast, atMost, type Experiment, exactly, type Given, patience } from './experiment'
import { type House, openHouse } from './house'
import { judge, startWriters, type Writers } from './writers'

export const experiment: Experiment = {
  id: 'R-01',
  what: 'The web process is killed while people write, at any moment: it is back within 5 s, people go on within 10 s, and nothing acknowledged is lost.',
  run,
}

/** A little over what the supervisor takes for a start that worked: its pause stays the shortest. */
const BETWEEN_MS = [5200, 6500] as const

async function run({ size, random, say }: Given) {
  const kills = size === 'full' ? 50 : 1
  const house = await openHouse()
  try {
    const people = await house.makeLearners(size === 'full' ? 20 : 5)
    const writers = await startWriters(house.url, people, random)
    const back: { ready: number; acknowledged: number }[] = []
    for (let kill = 1; kill <= kills; kill++) {
      await pause(size === 'full' ? random.between(...BETWEEN_MS) : 1000)
      back.push(await killOnce(house, writers))
      say(`kill ${kill} of ${kills}: ready after ${back.at(-1)?.ready.toFixed(0)} ms`)
    }
    await writers.stop()
    const { adminUrl } = await house.findDatabase()
    const { acknowledged, lost, twice, halfWritten } = await judge(writers.ledger, adminUrl)
    const slack = patience({ size }, 6)
    return {
      figures: [
        exactly('Kills', back.length, kills),
        atLeast('Acknowledged writes', acknowledged, people.length),
        exactly('Lost', lost, 0),
        exactly('Twice', twice, 0),
        exactly('Half written', halfWritten, 0),
        atMost('Ready after a kill', worst(back.map(({ ready }) => ready)) / 1000, 5 * slack, 's'),
        atMost(
          'Something of somebody acknowledged after a kill',
          worst(back.map((one) => one.acknowledged)) / 1000,
          10 * slack,
          's',
        ),
      ],
    }
  } finally {
    await house.stop()
  }
}

async function killOnce(house: House, { ledger }: Writers): Promise<{ ready: number; acknowledged: number }> {
  const pid = notedPid(house.dataDir, 'web')
  const began = Date.now()
  process.kill(pid, 'SIGKILL')
  await until('Being ready again', house.started, house.isReady)
  const ready = Date.now() - began
  await until('Writing again', house.started, () => ledger.lastAcknowledged > began)
  return { ready, acknowledged: ledger.lastAcknowledged - began }
}

const worst = (all: number[]) => Math.max(...all)
