import { setTimeout as pause } from 'node:timers/promises'
import { notedPid } from '../testing'
import { atMost, type Experiment, exactly, type Given, patience } from './experiment'
import { quantile, readLesson, startReading, watchMemory } from './readers'
import { askToken, signIn } from './sign-in'

export const experiment: Experiment = {
  id: 'R-08',
  what: 'Five hundred people sign in within a tenth of a second: each is let in, or told when to come again and then let in, and who reads meanwhile does not wait.',
  run,
}

const MB = 1024 * 1024

async function run({ size, random, say, openHouse }: Given) {
  const count = size === 'full' ? 500 : 40
  const house = await openHouse()
  try {
    const [reader, ...people] = await house.makeLearners(count + 1)
    const tokens = await Promise.all(people.map(() => askToken(house)))
    await readLesson(house, reader)
    const pid = notedPid(house.dataDir, 'web')
    const reading = startReading(house, reader)
    const memory = watchMemory(pid)
    say(`${count} sign-ins`)
    const first = await Promise.all(
      people.map(async (person, at) => {
        await pause(random.between(0, 100))
        return signIn(house, person, tokens[at])
      }),
    )
    const told = first.flatMap((answer, at) => (answer.status === 503 ? [{ answer, at }] : []))
    const second = await Promise.all(
      told.map(async ({ answer, at }) => {
        await pause(answer.retryAfter * 1000 + random.between(0, 2000))
        return signIn(house, people[at], tokens[at])
      }),
    )
    const pages = await reading.stop()
    const added = memory.stop()
    const slack = patience({ size }, 6)
    const times = [...first, ...second].filter(({ status }) => status === 200).map(({ ms }) => ms)
    const letIn = times.length
    return {
      figures: [
        exactly('People let in', letIn, count),
        exactly(
          'Told to come again without saying when',
          told.filter(({ answer }) => !answer.retryAfter).length,
          0,
        ),
        exactly(
          'Other answers',
          [...first, ...second].filter(({ status }) => status !== 200 && status !== 503).length +
            second.filter(({ status }) => status === 503).length,
          0,
        ),
        { name: 'Told to come again', value: told.length },
        atMost('Sign-in, 95th of a hundred', quantile(times, 0.95) / 1000, 12 * slack, 's'),
        atMost('Sign-in, slowest', Math.max(...times) / 1000, 20 * slack, 's'),
        atMost('Lesson meanwhile, 95th of a hundred', quantile(pages, 0.95), 500 * slack, 'ms'),
        atMost('Memory added', added / MB, 250, 'MB'),
      ],
    }
  } finally {
    await house.stop()
  }
}
