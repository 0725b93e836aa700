import { ScrollRegion } from '@/components/ui/scroll-region'
import type { TraceDrawing } from './spec'

/** A watched name and its value at this step: recorded, or what the learner has typed so far. */
export type Pointer = { name: string; value: string }

export function Drawing({
  drawing,
  step,
  pointers,
}: {
  drawing: TraceDrawing
  step: number
  pointers: Pointer[]
}) {
  if (drawing.kind === 'array')
    return <ArrayDrawing name={drawing.name} items={drawing.rows[step] ?? []} pointers={pointers} />
  if (drawing.kind === 'graph')
    return <GraphDrawing name={drawing.name} nodes={drawing.rows[step] ?? []} pointers={pointers} />
  return null
}

const low = 'bg-hover text-ink-3'
const high = 'bg-[repeating-linear-gradient(135deg,transparent_0_4px,var(--rule)_4px_5px)] text-ink-2'

/** The list with its indices above and the names that point into it below; what `lo` and `hi` rule out is shaded and hatched. */
function ArrayDrawing({ name, items, pointers }: { name: string; items: string[]; pointers: Pointer[] }) {
  const at = new Map(
    pointers.flatMap(({ name: pointer, value }) =>
      /^\d+$/.test(value) ? [[pointer, Number(value)] as const] : [],
    ),
  )
  const [lo, hi, mid] = [at.get('lo'), at.get('hi'), at.get('mid')]
  const bounded = lo !== undefined && hi !== undefined
  const sortOf = (index: number) => (bounded && index < lo ? 'low' : bounded && index >= hi ? 'high' : 'open')
  const namesAt = (index: number) =>
    [...at].filter(([, value]) => value === index).map(([pointer]) => pointer)
  // One place after the last: a half-open end points there.
  const past = namesAt(items.length)
  const cells = items.map((item, index) => ({ id: `${index}`, item, index }))
  return (
    <div>
      <ScrollRegion label={`${name} at this step`}>
        <table className="border-separate border-spacing-0 text-center font-mono">
          <caption className="sr-only">
            {name}: {items.join(', ') || 'empty'}.{' '}
            {[...at].map(([pointer, value]) => `${pointer} is at ${value}`).join(', ')}
          </caption>
          <tbody>
            <tr className="text-12 text-ink-3">
              <th scope="row">
                <span className="sr-only">index</span>
              </th>
              {cells.map(({ id, index }) => (
                <td key={id}>{index}</td>
              ))}
              {past.length ? <td>{items.length}</td> : null}
            </tr>
            <tr className="text-16">
              <th scope="row">
                <span className="sr-only">item</span>
              </th>
              {cells.map(({ id, item, index }) => (
                <td
                  key={id}
                  className={`h-9 min-w-9 border-rule-strong border-y border-l px-2 ${sortOf(index) === 'low' ? low : sortOf(index) === 'high' ? high : 'bg-paper'} ${index === mid ? 'font-semibold shadow-[inset_0_-3px_0_var(--oxide-paint)]' : ''} ${index === items.length - 1 ? 'border-r' : ''}`}
                >
                  {item}
                </td>
              ))}
              {past.length ? <td className="min-w-9" /> : null}
            </tr>
            <tr className="text-12 text-ink-2">
              <th scope="row">
                <span className="sr-only">pointer</span>
              </th>
              {cells.map(({ id, index }) => (
                <td key={id} className={`h-6 ${index === mid ? 'font-semibold text-oxide' : ''}`}>
                  {namesAt(index).join(' ')}
                </td>
              ))}
              {past.length ? <td>{past.join(' ')}</td> : null}
            </tr>
          </tbody>
        </table>
      </ScrollRegion>
      {bounded ? (
        <ul className="meta flex flex-wrap gap-x-4 gap-y-1 pt-2">
          <Key look={low}>left of lo</Key>
          <Key look="bg-paper">not asked yet</Key>
          <Key look={high}>from hi on</Key>
        </ul>
      ) : null}
    </div>
  )
}

function Key({ look, children }: { look: string; children: string }) {
  return (
    <li className="flex items-center gap-1.5">
      <span className={`size-3.5 border border-rule-strong ${look}`} />
      {children}
    </li>
  )
}

/** Nodes on a circle, the one that a watched name holds in oxide, those in a watched collection outlined; below, the same in words. */
function GraphDrawing({
  name,
  nodes,
  pointers,
}: {
  name: string
  nodes: { node: string; neighbours: string[] }[]
  pointers: Pointer[]
}) {
  const size = 280
  const all = [...new Set(nodes.flatMap(({ node, neighbours }) => [node, ...neighbours]))]
  const place = new Map(
    all.map((node, index) => {
      const angle = (2 * Math.PI * index) / all.length - Math.PI / 2
      return [
        node,
        { x: Math.round(size / 2 + 104 * Math.cos(angle)), y: Math.round(size / 2 + 104 * Math.sin(angle)) },
      ]
    }),
  )
  const here = pointers.filter(({ value }) => all.includes(value))
  const inside = (node: string) =>
    pointers.some(({ value }) => /^[[({]/.test(value) && valuesIn(value).includes(node))
  const isHere = (node: string) => here.some(({ value }) => value === node)
  return (
    <div className="flex flex-wrap items-start gap-x-8 gap-y-3">
      <svg
        viewBox={`0 0 ${size} ${size}`}
        width={size}
        height={size}
        aria-hidden="true"
        className="h-auto max-w-full font-mono text-12"
      >
        {nodes.flatMap(({ node, neighbours }) =>
          neighbours.map((other) => {
            const [from, to] = [place.get(node), place.get(other)]
            return from && to ? (
              <path
                key={`${node}>${other}`}
                d={`M${from.x} ${from.y}L${to.x} ${to.y}`}
                strokeWidth={isHere(node) ? 1.5 : 1}
                className={isHere(node) ? 'stroke-ink' : 'stroke-rule-strong'}
              />
            ) : null
          }),
        )}
        {all.map((node) => {
          const { x, y } = place.get(node) ?? { x: 0, y: 0 }
          const look = isHere(node)
            ? 'fill-oxide-paint stroke-oxide-paint'
            : inside(node)
              ? 'fill-paper stroke-ink'
              : 'fill-canvas stroke-rule-strong'
          return (
            <g key={node}>
              <circle
                cx={x}
                cy={y}
                r="18"
                strokeWidth={inside(node) ? 2 : 1}
                strokeDasharray={isHere(node) || inside(node) ? undefined : '3 3'}
                className={look}
              />
              <text
                x={x}
                y={y + 4}
                textAnchor="middle"
                className={isHere(node) ? 'fill-on-oxide' : 'fill-ink'}
              >
                {node.replace(/^'|'$/g, '').slice(0, 5)}
              </text>
            </g>
          )
        })}
      </svg>
      <div className="min-w-40 flex-1">
        <p className="label">{name}</p>
        <ul className="mt-1 font-mono text-13">
          {nodes.map(({ node, neighbours }) => (
            <li key={node} className={isHere(node) ? 'font-semibold text-oxide' : ''}>
              {node}: {neighbours.join(', ') || 'none'}
              {here.filter(({ value }) => value === node).map((one) => ` (${one.name})`)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}

/** The items of a printed list, set or tuple of plain values. */
function valuesIn(printed: string): string[] {
  return printed.match(/'(?:[^'\\]|\\.)*'|[^\s,()[\]{}]+/g) ?? []
}
