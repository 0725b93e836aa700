import { timingSafeEqual } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * What this process has done since it began, in Prometheus' text format. Counts and times only: addresses are told by the
 * shape of their route, so that no lesson, attempt or person is a label.
 */

const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** The first that matches names the route. */
const ROUTES: [RegExp, string][] = [
  [/^\/(livez|readyz|metrics)$/, '/health'],
  [/^\/_next\/static\//, '/_next/static'],
  [/^\/runner\//, '/runner'],
  [/^\/api\/attempts$/, '/api/attempts'],
  [/^\/api\/(attempts|progress|drafts|solutions|auth)(\/|$)/, '/api/$1/…'],
  [/^\/api(\/|$)/, '/api/…'],
  [/^\/learn\/[^/]+\/[^/]+$/, '/learn/…'],
  [/^\/courses(\/[^/]+)?$/, '/courses/…'],
  [/^\/(dashboard|settings|sign-in|sign-up|reset-password)?$/, '/$1'],
]

/** The shape of an address: one of a dozen words, whatever was asked for. */
export function routeOf(path: string): string {
  for (const [pattern, name] of ROUTES) {
    const found = pattern.exec(path)
    if (found) return name.replace('$1', found[1] ?? '')
  }
  return 'other'
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])

type Seen = { method: string; path: string; status: number; ms: number; bytes: number }
type Times = { buckets: number[]; sum: number; count: number }
/** What the database's client says of itself. */
export type Works = { pending: number; done: number; unavailable: number; inDoubt: boolean }

export class Metrics {
  private readonly requests = new Map<string, number>()
  private readonly times = new Map<string, Times>()
  private readonly attempts = { recorded: 0, refused: 0, failed: 0 }
  private bytes = 0
  private readonly delay: IntervalHistogram

  constructor() {
    this.delay = monitorEventLoopDelay({ resolution: 20 })
    this.delay.enable()
  }

  /** Counts a request that was answered. */
  note({ method, path, status, ms, bytes }: Seen): void {
    const route = routeOf(path)
    const verb = METHODS.has(method) ? method : 'other'
    const key = `method="${verb}",route="${route}",status="${status}"`
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1)
    const times = this.times.get(route) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }
    this.times.set(route, times)
    BUCKETS.forEach((bound, at) => {
      if (ms / 1000 <= bound) times.buckets[at] = (times.buckets[at] ?? 0) + 1
    })
    times.sum += ms / 1000
    times.count++
    this.bytes += bytes
    if (verb === 'POST' && route === '/api/attempts')
      this.attempts[status < 300 ? 'recorded' : status < 500 ? 'refused' : 'failed']++
  }

  /** Everything as text; the delay of the event loop is of the time since it was last asked for. */
  render(works: Works, under: { requests: number }): string {
    const lines: string[] = []
    const write = (name: string, type: string, help: string, samples: [string, number][]) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
      for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`)
    }
    const one = (value: number): [string, number][] => [['', value]]
    write('slipway_http_requests_total', 'counter', 'Requests answered.', [
      ...[...this.requests].map(([key, value]): [string, number] => [`{${key}}`, value]),
    ])
    lines.push(
      '# HELP slipway_http_request_seconds From the first byte of a request to the last of its answer.',
      '# TYPE slipway_http_request_seconds histogram',
    )
    for (const [route, { buckets, sum, count }] of this.times) {
      const name = 'slipway_http_request_seconds'
      BUCKETS.forEach((bound, at) => {
        lines.push(`${name}_bucket{route="${route}",le="${bound}"} ${buckets[at]}`)
      })
      lines.push(`${name}_bucket{route="${route}",le="+Inf"} ${count}`)
      lines.push(`${name}_sum{route="${route}"} ${sum}`, `${name}_count{route="${route}"} ${count}`)
    }
    write(
      'slipway_http_requests_under_way',
      'gauge',
      'Requests that are not answered yet.',
      one(under.requests),
    )
    write('slipway_http_answer_bytes_total', 'counter', 'Bytes of answers.', one(this.bytes))
    write(
      'slipway_attempts_total',
      'counter',
      'Attempts by how they were answered.',
      Object.entries(this.attempts).map(([outcome, value]) => [`{outcome="${outcome}"}`, value]),
    )
    write(
      'slipway_database_works_under_way',
      'gauge',
      'Works that run on the database or wait for a connection.',
      one(works.pending),
    )
    write(
      'slipway_database_works_total',
      'counter',
      'Works that the database answered, and that it did not.',
      [
        ['{outcome="answered"}', works.done],
        ['{outcome="unavailable"}', works.unavailable],
      ],
    )
    write(
      'slipway_database_in_doubt',
      'gauge',
      '1 while the newest answer was that the database is away.',
      one(Number(works.inDoubt)),
    )
    const { rss, heapUsed, external } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    write('process_resident_memory_bytes', 'gauge', 'Memory of the process.', one(rss))
    write('process_heap_bytes', 'gauge', 'Heap in use.', one(heapUsed))
    write('process_external_memory_bytes', 'gauge', 'Memory outside the heap that it holds.', one(external))
    write('process_cpu_seconds_total', 'counter', 'Processor time.', one((user + system) / 1e6))
    write(
      'process_start_time_seconds',
      'gauge',
      'When the process began.',
      one(Math.round(Date.now() / 1000 - process.uptime())),
    )
    const files = openFiles()
    if (files !== null) write('process_open_fds', 'gauge', 'Open files and sockets.', one(files))
    const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0)
    write(
      'slipway_event_loop_delay_seconds',
      'gauge',
      'Delay of the event loop since this was last asked for.',
      [
        ['{quantile="0.5"}', seconds(this.delay.percentile(50))],
        ['{quantile="0.99"}', seconds(this.delay.percentile(99))],
        ['{quantile="1"}', seconds(this.delay.max)],
      ],
    )
    this.delay.reset()
    return `${lines.join('\n')}\n`
  }
}

/** Whether a header `Authorization: Bearer <token>` holds this token, in a time that tells nothing about it. */
export function isBearer(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function openFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}
