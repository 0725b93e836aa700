import { expect, test } from 'vitest'
import type { SearchIndex } from '@/content/types'
import { type Catalogue, find, type Sources } from './search'

const catalogue: Catalogue = {
  courses: [
    {
      slug: 'yard',
      title: 'The yard',
      lessons: [
        { slug: 'keel', number: 1, title: 'Lay the keel', teaches: 'Keels', written: true },
        {
          slug: 'limits',
          number: 2,
          title: 'Say what happens at the limit',
          teaches: 'Boundaries',
          written: true,
        },
        { slug: 'masts', number: 3, title: 'Step the keelson mast', teaches: 'Masts', written: false },
      ],
    },
    {
      slug: 'sea',
      title: 'The sea',
      lessons: [{ slug: 'tides', number: 1, title: 'Read a tide table', teaches: 'Tides', written: true }],
    },
  ],
}
const index: SearchIndex = {
  course: 'yard',
  lessons: [
    {
      slug: 'limits',
      number: 2,
      title: 'Say what happens at the limit',
      passages: [
        { at: '', title: 'Say what happens at the limit', block: false, text: 'Parcels were counted late.' },
        {
          at: 'one-side',
          title: 'The limit belongs to one side',
          block: false,
          text: 'Within includes the third day.',
        },
        { at: 'which-is-late', title: 'Choose one', block: true, text: 'Which parcel is late? Four days' },
      ],
    },
  ],
}
const sources = (more: Partial<Sources> = {}): Sources => ({
  catalogue,
  indexes: [index],
  commands: [{ id: 'keys', title: 'Show the keys', keys: '?', run: () => undefined }],
  only: null,
  here: '/learn/yard/keel',
  ...more,
})
const titles = (query: string, more?: Partial<Sources>) =>
  Object.fromEntries(
    find(query, sources(more)).map(({ name, found }) => [name, found.map(({ title }) => title)]),
  )

test('lessons are found by title and by the skill they teach; a planned one leads to its course and comes last', () => {
  const [lessons] = find('keel', sources())
  expect(lessons?.found.map(({ title, href, note }) => [title, href, note])).toEqual([
    ['Lay the keel', '/learn/yard/keel', 'The yard 1, you are here'],
    ['Step the keelson mast', '/courses/yard', 'The yard 3, not written yet'],
  ])
  expect(titles('bound').Lessons).toEqual(['Say what happens at the limit'])
})

test('sections, exercises and their words are found, and lead to their place', () => {
  expect(titles('one side')['Sections and exercises']).toEqual(['The limit belongs to one side'])
  const text = find('parcel late', sources()).find(({ name }) => name === 'In the text')
  expect(text?.found.map(({ href }) => href)).toEqual([
    '/learn/yard/limits',
    '/learn/yard/limits#which-is-late',
  ])
})

test('a visitor, who has no index, finds lessons and commands only', () => {
  expect(Object.keys(titles('the', { indexes: [] }))).not.toContain('In the text')
  expect(titles('late', { indexes: [] })).toEqual({})
  expect(titles('keys', { indexes: [] })).toEqual({ Commands: ['Show the keys'] })
})

test('within one course nothing of another is found, and no command', () => {
  expect(titles('tide', { only: 'yard' })).toEqual({})
  expect(titles('tide').Lessons).toEqual(['Read a tide table'])
  expect(titles('keys', { only: 'yard' })).toEqual({})
})

test('without a query the lessons that can be read are listed, and every command', () => {
  expect(titles('')).toEqual({
    Lessons: ['Lay the keel', 'Read a tide table', 'Say what happens at the limit'],
    Commands: ['Show the keys'],
  })
})
