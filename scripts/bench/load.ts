import { Agent, get } from 'node:http'

/**
 * Asks for one address again and again over kept connections, for a bounded time, and prints how many answers came.
 * A program of its own, so that it can be put on a core of its own.
 *
 * load.ts <origin> <path> <seconds> <connections> <encoding>, the cookie in BENCH_COOKIE
 */
const [origin = '', path = '', seconds = '4', connections = '8', encoding = 'identity'] =
  process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })
const headers = { cookie: process.env.BENCH_COOKIE ?? '', 'accept-encoding': encoding }
const ends = performance.now() + Number(seconds) * 1000
const MOST = 50_000

let answers = 0
let bytes = 0

function ask(): Promise<void> {
  return new Promise((done, failed) => {
    get(origin + path, { agent, headers }, (answer) => {
      if (answer.statusCode !== 200) return failed(new Error(`${path} answered ${answer.statusCode}`))
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      answer.on('end', done)
      answer.on('error', failed)
    }).on('error', failed)
  })
}

async function askOn(): Promise<void> {
  while (performance.now() < ends && answers < MOST) {
    await ask()
    answers++
  }
}

const began = performance.now()
await Promise.all(Array.from({ length: Number(connections) }, askOn))
const took = (performance.now() - began) / 1000
agent.destroy()
console.log(
  JSON.stringify({
    answers,
    perSecond: answers / took,
    bytes: answers > 0 ? Math.round(bytes / answers) : 0,
  }),
)
