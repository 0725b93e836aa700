import type { Lesson } from '@/content/types'

/** What the scripts of a lesson's page need to bring its sheet to life: it lies in the sheet itself, once, as JSON. */
export type SheetParts = {
  /** `course/slug`. */
  lesson: string
  blocks: Lesson['blocks']
  outline: Lesson['outline']
  graded: { id: string; title: string; href: string }[]
  next: { title: string; href: string } | null
  courseHref: string
}

/** Where in a sheet what lives is put, by `data-place`. A block's place bears the block's id. */
export const OUTLINE_PLACE = 'page-outline'
export const END_PLACE = 'lesson-end'
export const SEARCH_PLACE = 'search'
