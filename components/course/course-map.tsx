import type { Course } from '@/content/types'
import type { MapNode } from './graph'

type Point = { x: number; y: number }
const round = (n: number) => Math.round(n * 10) / 10

/**
 * "What rests on what": lessons as nodes, needs as hairlines, those of the current lesson drawn strongly. Columns where
 * there is room, rows of numbers on a phone. The list of lessons below says the same in words.
 */
export function CourseMap({ course, nodes, at }: { course: Course; nodes: MapNode[]; at: number | null }) {
  return (
    <>
      <Columns course={course} nodes={nodes} at={at} />
      <Rows
        course={course}
        nodes={nodes}
        at={at}
        width={720}
        names
        className="max-sm:hidden min-[62.5rem]:hidden"
      />
      <Rows
        course={course}
        nodes={nodes}
        at={at}
        width={328}
        names={false}
        className="mx-auto max-w-104 sm:hidden"
      />
    </>
  )
}

type Drawing = { course: Course; nodes: MapNode[]; at: number | null }

const STEP = 56
const R = 12
/** From one line of a name to the next. */
const LINE = 14

function Columns({ course, nodes, at }: Drawing) {
  const width = 1200
  const column = width / course.modules.length
  const most = Math.max(...course.modules.map(({ lessons }) => lessons.length))
  const height = 60 + most * STEP
  const places = new Map<number, Point>()
  course.modules.forEach(({ lessons }, c) => {
    lessons.forEach(({ number }, r) => {
      places.set(number, { x: c * column + 26, y: 70 + ((most - lessons.length) * STEP) / 2 + r * STEP })
    })
  })
  const edge = (a: Point, b: Point) => {
    if (a.x !== b.x) {
      const from = a.x < b.x ? a.x + R : a.x - R
      const to = a.x < b.x ? b.x - R : b.x + R
      const bend = a.x < b.x ? 72 : -72
      return `M${round(from)} ${round(a.y)}C${round(from + bend)} ${round(a.y)} ${round(to - bend)} ${round(b.y)} ${round(to)} ${round(b.y)}`
    }
    const down = b.y > a.y ? 1 : -1
    if (Math.abs(b.y - a.y) === STEP) return `M${a.x} ${a.y + R * down}V${b.y - R * down}`
    return `M${a.x - 10} ${a.y + 5 * down}Q${a.x - 36} ${(a.y + b.y) / 2} ${b.x - 10} ${b.y - 5 * down}`
  }
  const letters = Math.floor((column - 46) / 6.7)
  const heads = course.modules.map(({ title }) => wrap(title, letters + 1, 2))
  const above = heads.some((lines) => lines.length > 1) ? LINE : 0
  return (
    <svg
      className="map block h-auto w-full max-[62.5rem]:hidden"
      viewBox={`0 ${-above} ${width} ${height + above}`}
      aria-hidden="true"
      focusable="false"
    >
      <path className="map-top" d={`M0 30H${width}`} />
      {course.modules.map((module, c) => {
        const lines = heads[c] ?? []
        const y = 16 - (lines.length - 1) * LINE
        return (
          <text key={module.letter} className="map-module" x={c * column + 14} y={y}>
            {module.letter}
            {lines.map((line, i) => (
              <tspan
                key={line}
                className="map-module-name"
                x={c * column + 32}
                y={y + i * LINE}
                fontWeight={400}
              >
                {line}
              </tspan>
            ))}
          </text>
        )
      })}
      <Edges nodes={nodes} at={at} places={places} edge={edge} />
      {nodes.map((node) => {
        const place = places.get(node.lesson.number) as Point
        const lines = nameLines(node, letters)
        return (
          <g key={node.lesson.slug} className={`map-node map-${node.look}`}>
            <Disc node={node} place={place} />
            <Name
              lines={lines}
              x={place.x + 18}
              y={round(place.y + 4 - ((lines.length - 1) * LINE) / 2)}
              anchor="start"
            />
          </g>
        )
      })}
    </svg>
  )
}

function Rows({
  course,
  nodes,
  at,
  width,
  names,
  className,
}: Drawing & { width: number; names: boolean; className: string }) {
  const most = Math.max(...course.modules.map(({ lessons }) => lessons.length))
  const side = names ? 58 : 30
  const step = Math.min(names ? 118 : 52, (width - 2 * side) / Math.max(1, most - 1))
  const row = names ? 112 : 86
  const places = new Map<number, Point>()
  course.modules.forEach(({ lessons }, r) => {
    lessons.forEach(({ number }, c) => {
      places.set(number, { x: side + c * step, y: 46 + r * row })
    })
  })
  const edge = (a: Point, b: Point) => {
    if (a.y !== b.y) {
      const down = b.y > a.y ? 1 : -1
      const from = a.y + R * down
      const to = b.y - R * down
      return `M${round(a.x)} ${from}C${round(a.x)} ${from + 31 * down} ${round(b.x)} ${to - 31 * down} ${round(b.x)} ${to}`
    }
    const right = b.x > a.x ? 1 : -1
    if (Math.abs(b.x - a.x) <= step + 1) return `M${round(a.x + R * right)} ${a.y}H${round(b.x - R * right)}`
    return `M${round(a.x + 5 * right)} ${a.y + 11}Q${round((a.x + b.x) / 2)} ${a.y + 34} ${round(b.x - 5 * right)} ${b.y + 11}`
  }
  const letters = Math.floor(Math.min(step, 2 * side) / 6.7)
  return (
    <svg
      className={`map block h-auto w-full ${className}`}
      viewBox={`0 0 ${width} ${course.modules.length * row + 10}`}
      aria-hidden="true"
      focusable="false"
    >
      <Edges nodes={nodes} at={at} places={places} edge={edge} />
      {course.modules.map((module, r) => (
        <text key={module.letter} className="map-module map-over" x={2} y={22 + r * row}>
          {module.letter} {shorten(module.title, Math.floor(width / 7))}
        </text>
      ))}
      {nodes.map((node) => {
        const place = places.get(node.lesson.number) as Point
        return (
          <g key={node.lesson.slug} className={`map-node map-${node.look}`}>
            <Disc node={node} place={place} />
            {names && (
              <Name lines={nameLines(node, letters)} x={round(place.x)} y={place.y + 27} anchor="middle" />
            )}
          </g>
        )
      })}
    </svg>
  )
}

function Edges({
  nodes,
  at,
  places,
  edge,
}: {
  nodes: MapNode[]
  at: number | null
  places: Map<number, Point>
  edge: (a: Point, b: Point) => string
}) {
  const edges = nodes.flatMap(({ lesson, needs }) => needs.map((need) => ({ from: need, to: lesson.number })))
  const draw = (list: typeof edges) =>
    list.map(({ from, to }) => edge(places.get(from) as Point, places.get(to) as Point)).join('')
  return (
    <>
      <path className="map-edge" d={draw(edges.filter(({ from, to }) => from !== at && to !== at))} />
      <path className="map-edge-in" d={draw(edges.filter(({ to }) => to === at))} />
      <path className="map-edge-out" d={draw(edges.filter(({ from }) => from === at))} />
    </>
  )
}

function Disc({ node, place }: { node: MapNode; place: Point }) {
  return (
    <>
      <circle cx={round(place.x)} cy={round(place.y)} r={R} />
      <text className="map-number" x={round(place.x)} y={round(place.y + 4)} textAnchor="middle">
        {node.lesson.number}
      </text>
    </>
  )
}

/** A name of one or two lines. Its halo is drawn below all of it, so that edges break there and no letter is cut by the next line. */
function Name({
  lines,
  x,
  y,
  anchor,
}: {
  lines: string[]
  x: number
  y: number
  anchor: 'start' | 'middle'
}) {
  return ['map-halo', 'map-name'].map((layer) =>
    lines.map((line, i) => (
      <text key={`${layer} ${line}`} className={layer} x={x} y={y + i * LINE} textAnchor={anchor}>
        {line}
      </text>
    )),
  )
}

function shorten(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1)).trimEnd()}…`
}

/** The skill in at most two lines, or the lesson's short name. */
function nameLines({ name, short }: MapNode, letters: number): string[] {
  const lines = wrap(name, letters, 2)
  return lines.some((line) => line.endsWith('…')) ? wrap(short, letters, 2) : lines
}

/** Words in at most so many lines; what does not fit ends in an ellipsis. */
function wrap(text: string, letters: number, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= letters) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  if (lines.length <= most) return lines.map((line) => shorten(line, letters))
  return [...lines.slice(0, most - 1), shorten(lines.slice(most - 1).join(' '), letters)]
}
