import { ImageResponse } from 'next/og'
import { SHARE_SIZE, SharePicture } from '@/components/course/share-picture'
import { getCourse, getIndex } from '@/content'
import type { Course } from '@/content/types'
import { readShareFonts } from '../../share-fonts'

// The content is there when the server runs, not when its pages are built.
export const dynamic = 'force-dynamic'
export const size = SHARE_SIZE
export const contentType = 'image/png'
export const alt = 'A course of Slipway: its title, its promise, and a line with a tick for each lesson'

const drawn = new Map<string, { version: string; picture: Promise<ArrayBuffer> }>()

/** The picture of a course, drawn once for each version of the content: drawing takes a core for half a second. */
export default async function CoursePicture({ params }: { params: Promise<{ course: string }> }) {
  const course = await getCourse((await params).course)
  if (!course) return new Response(null, { status: 404 })
  const { version } = await getIndex()
  let known = drawn.get(course.slug)
  if (known?.version !== version) {
    known = { version, picture: draw(course) }
    drawn.set(course.slug, known)
    // One that failed is tried again at the next request.
    known.picture.catch(() => drawn.delete(course.slug))
  }
  return new Response(await known.picture, { headers: { 'Content-Type': contentType } })
}

async function draw(course: Course): Promise<ArrayBuffer> {
  return new ImageResponse(<SharePicture course={course} />, {
    ...SHARE_SIZE,
    fonts: await readShareFonts(),
  }).arrayBuffer()
}
