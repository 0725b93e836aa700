'use client'

import { CircleCheck, CircleDot } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { OutlineEntry } from '@/content/types'
import { useBlockStates } from './lesson-store'

/** The page's own outline: headings and blocks, where you are, and which exercises hold. */
export function PageOutline({ entries, blocks }: { entries: OutlineEntry[]; blocks: string[] }) {
  const states = useBlockStates(blocks)
  const here = useHere(entries)
  return (
    <nav aria-labelledby="page-outline" className="text-13">
      <p id="page-outline" className="font-medium text-12 text-ink-3">
        On this page
      </p>
      <ol className="mt-2">
        {entries.map((entry) => {
          const state = entry.block && entry.graded ? states[blocks.indexOf(entry.block)] : undefined
          const current = entry.id === here
          return (
            <li key={entry.id}>
              <a
                href={`#${entry.id}`}
                aria-current={current ? 'location' : undefined}
                className={`block py-1 no-underline hover:text-ink ${entry.level === 3 || entry.block ? 'pl-6' : 'pl-3'} ${
                  current
                    ? '-ml-px border-oxide-paint border-l-2 font-medium text-ink'
                    : `border-rule border-l hover:border-ink-3 ${entry.level === 3 || entry.block ? 'text-ink-3' : 'text-ink-2'}`
                }`}
              >
                {entry.title}
                {state === 'passed' && <Mark passed />}
                {state === 'tried' && <Mark passed={false} />}
              </a>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}

function Mark({ passed }: { passed: boolean }) {
  const Icon = passed ? CircleCheck : CircleDot
  return (
    <>
      {' '}
      <Icon size={13} className={`inline align-[-2px] ${passed ? 'text-pass' : 'text-fail'}`} aria-hidden />
      <span className="sr-only">{passed ? 'passed' : 'not yet'}</span>
    </>
  )
}

/** The last entry whose place has passed the upper part of the window. */
function useHere(entries: OutlineEntry[]): string | undefined {
  const [here, setHere] = useState(entries[0]?.id)
  useEffect(() => {
    const places = entries.map(({ id }) => document.getElementById(id)).filter((place) => place !== null)
    const look = () => {
      const line = innerHeight * 0.3
      const passed = places.filter((place) => place.getBoundingClientRect().top <= line)
      setHere((passed.at(-1) ?? places[0])?.id)
    }
    const watcher = new IntersectionObserver(look, { rootMargin: '0px 0px -70% 0px', threshold: [0, 1] })
    for (const place of places) watcher.observe(place)
    return () => watcher.disconnect()
  }, [entries])
  return here
}
