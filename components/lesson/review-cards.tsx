import type { Card } from '@/content/types'

/** A lesson's cards, to turn over as often as one likes. Works without a script. */
export function ReviewCards({ cards }: { cards: Card[] }) {
  if (cards.length === 0) return null
  return (
    <section aria-labelledby="cards" className="mt-16 max-w-(--measure)">
      <h2 id="cards" className="font-serif font-semibold text-28">
        Cards
      </h2>
      <p className="mt-2 font-serif text-16 text-ink-2">Answer each in your head, then turn it over.</p>
      <ul className="mt-4 border-ink border-t">
        {cards.map((card) => (
          <li key={card.id} className="border-rule border-b">
            <details className="group">
              <summary className="flex cursor-pointer list-none items-baseline justify-between gap-4 py-3 hover:bg-hover [&::-webkit-details-marker]:hidden">
                <span className="html font-serif text-16" dangerouslySetInnerHTML={{ __html: card.front }} />
                <span className="shrink-0 text-13 text-ink-3">
                  <span className="group-open:hidden">Turn over</span>
                  <span className="hidden group-open:inline">Turn back</span>
                </span>
              </summary>
              <div
                className="html bg-well px-4 py-3 font-serif text-16"
                dangerouslySetInnerHTML={{ __html: card.back }}
              />
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}
