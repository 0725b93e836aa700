import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { lessonHref, lessonsOf } from '@/components/course/facts'
import { NotFoundPage } from '@/components/site/not-found-page'
import { getCourses } from '@/content'
import type { Course } from '@/content/types'
import { Frame } from './frame'

export const metadata: Metadata = { title: 'Not found', robots: { index: false } }

export default async function NotFound() {
  const path = askedPath(await headers())
  const courses = await getCourses().catch(() => [])
  return (
    <Frame>
      <NotFoundPage path={path} {...nearest(path ?? '', courses)} />
    </Frame>
  )
}

/** The front door says which address was asked for; Next itself does not tell a page. */
function askedPath(sent: Headers): string | null {
  const path = sent.get('x-slipway-path')
  return path && path.length <= 200 ? path : null
}

function nearest(path: string, courses: Course[]): Omit<Parameters<typeof NotFoundPage>[0], 'path'> {
  const [, area = '', slug = '', lesson = ''] = path.split('/')
  const course = courses.find((one) => one.slug === slug)
  if (area === 'learn' && lesson) {
    const all = courses.flatMap(lessonsOf).filter(({ written }) => written)
    const found = closest(lesson, all, (one) => one.slug)
    return {
      what: 'lesson',
      suggestion: found && { title: found.title, href: lessonHref(found) },
      course: course ? { title: course.title, href: `/courses/${course.slug}` } : null,
    }
  }
  if (area === 'courses' && slug) {
    const found = closest(slug, courses, (one) => one.slug)
    return {
      what: 'course',
      suggestion: found && { title: found.title, href: `/courses/${found.slug}` },
      course: null,
    }
  }
  return { what: 'page', suggestion: null, course: null }
}

/** The one whose name is a few letters away, or none. */
function closest<T>(name: string, list: T[], nameOf: (one: T) => string): T | null {
  const ranked = list
    .map((one) => ({ one, distance: lettersApart(name.slice(0, 80), nameOf(one)) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best && best.distance <= Math.max(2, Math.floor(nameOf(best.one).length / 3)) ? best.one : null
}

/** Levenshtein's distance. */
function lettersApart(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
