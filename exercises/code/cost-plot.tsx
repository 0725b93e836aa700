import { ScrollRegion } from '@/components/ui/scroll-region'
import { formatNumber } from '@/exercises/answers'
import { Plot } from '@/exercises/plot'
import type { CostTable } from './cost'

/** Where the plot will stand, before anything has been run on this page. */
export function NoCostYet() {
  return (
    // No landmark while it is empty: a lesson with several workbenches would have several of one name.
    <div className="border-rule border-t py-5">
      <h4 className="title-ui">What it cost</h4>
      <p className="mt-1 max-w-(--measure) font-serif text-16">
        Nothing is counted yet on this page. Run the code: its count at each n stands here beside the bound.
      </p>
    </div>
  )
}

/** What the learner's code cost against its bound: a drawing for eyes, the table beside it for everyone. */
export function CostPlot({ table }: { table: CostTable }) {
  const counted = table.rows.flatMap(({ n, count }) => (count === null ? [] : [{ n, y: count }]))
  const last = counted.at(-1)
  const far = table.rows.filter((row) => row.share !== null && row.share > 2).at(-1)
  return (
    <section aria-label={`What it cost: ${table.label}`} className="border-rule border-t py-5">
      <div className="mb-4 flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <h4 className="title-ui">What it cost</h4>
        <p className="meta">{capital(table.unit)}, counted; the worst call at each n. Not timed.</p>
      </div>
      {counted.length === 0 ? (
        <p className="font-serif text-16">Nothing was measured: the run ended before.</p>
      ) : (
        <div className="grid items-start gap-x-12 gap-y-4 @3xl:grid-cols-[minmax(0,7fr)_minmax(16rem,4fr)]">
          <figure>
            <Plot
              unit={table.unit}
              xLabel="n, items in the input"
              series={[
                {
                  label: 'bound',
                  tone: 'bound',
                  points: table.rows.map(({ n, bound }) => ({ n, y: bound })),
                },
                {
                  label: 'your code',
                  tone: 'ink',
                  more:
                    last && (!far || far.n !== last.n)
                      ? `${formatNumber(last.y)} at ${formatNumber(last.n)}`
                      : undefined,
                  points: counted,
                },
              ]}
            />
            {far?.count != null && far.share !== null ? (
              <figcaption className="meta mt-2">
                {formatNumber(far.count)} at n = {formatNumber(far.n)}:{' '}
                {formatNumber(Math.round(far.share * 10) / 10)} times the bound, off this plot.
              </figcaption>
            ) : null}
          </figure>
          <ScrollRegion label={`${capital(table.unit)} at each n`}>
            <table className="w-full">
              <thead>
                <tr>
                  {['n', 'Your code', 'Bound', 'Share'].map((head) => (
                    <th
                      key={head}
                      scope="col"
                      className="label border-ink border-b pr-3 pb-1.5 text-right last:pr-0"
                    >
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {table.rows.map(({ n, bound, count, share }) => (
                  <tr
                    key={n}
                    className="[&>*]:border-rule [&>*]:border-b [&>*]:py-[5px] [&>*]:pr-3 [&>*]:text-right [&>*:last-child]:pr-0"
                  >
                    <th scope="row" className="font-normal">
                      {formatNumber(n)}
                    </th>
                    <td>{count === null ? 'not measured' : formatNumber(count)}</td>
                    <td>{formatNumber(Math.floor(bound))}</td>
                    <td className={share !== null && share > 1 ? 'font-[550] text-fail' : ''}>
                      {share === null ? '—' : `${formatNumber(Math.round(share * 100))} %`}
                      {share !== null && share > 1 ? <span className="sr-only"> over the bound</span> : null}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        </div>
      )}
    </section>
  )
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
