'use client'

import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { CONTINUE_PLACE, keepPlace, type Place, placeOnScreen, readPlace } from './reading-place'

/** After the last scroll, before a place is remembered. */
const REST_MS = 600

/** Remembers where a lesson is read, and offers to go on from there. It never moves the page by itself. */
export function ContinueLine({ user, lesson }: { user: string; lesson: string }) {
  const [offer, setOffer] = useState<{ place: Place; host: Element } | null>(null)
  useEffect(() => {
    const place = readPlace(user, lesson)
    const host = document.getElementById(CONTINUE_PLACE)
    // Whoever comes to a part of the page, or comes back to where the browser was, is there already.
    const isThere = location.hash !== '' || scrollY > innerHeight / 2
    if (place && host && !isThere && document.getElementById(place.at)) setOffer({ place, host })

    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      timer = setTimeout(() => keepPlace(user, lesson, placeOnScreen()), REST_MS)
    }
    addEventListener('scroll', look, { passive: true })
    return () => {
      clearTimeout(timer)
      removeEventListener('scroll', look)
    }
  }, [user, lesson])
  if (!offer) return null
  return createPortal(
    <a href={`#${offer.place.at}`}>
      Continue where you were: <span>{offer.place.title}</span>
    </a>,
    offer.host,
  )
}
