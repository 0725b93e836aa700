import { expect, test } from 'vitest'
import type { Course, Lesson, LessonEntry } from '@/content/types'
import { renderOutline, renderSheet } from './render-sheet'
import type { SheetProps } from './sheet'
import { offerRenderer, prepareOutline, prepareSheet, requireSheet } from './sheets'

const entry: LessonEntry = {
  course: 'yard',
  slug: 'limits',
  number: 1,
  title: 'Limits',
  minutes: 10,
  teaches: 'limits',
  needs: [],
  written: true,
  graded: ['yard/limits/which'],
  star: null,
  plannedExercises: 0,
}
const course: Course = {
  slug: 'yard',
  title: 'The yard',
  promise: '',
  idea: '',
  judgedBy: '',
  modules: [{ letter: 'A', title: 'First', lessons: [entry] }],
}
const lesson: Lesson = {
  course: 'yard',
  slug: 'limits',
  title: 'Limits & bounds',
  objective: 'Say where it ends.',
  minutes: 10,
  teaches: 'limits',
  needs: [],
  status: 'published',
  outline: [{ level: 2, id: 'where', title: 'Where it ends' }],
  segments: [
    { type: 'html', html: '<h2 id="where">Where it ends</h2><p>PROSE</p>' },
    { type: 'block', id: 'yard/limits/which' },
  ],
  blocks: {
    'yard/limits/which': {
      id: 'yard/limits/which',
      kind: 'choice',
      version: 1,
      graded: true,
      star: false,
      title: 'Which one </template> &lt;',
      hints: [],
      props: {
        stem: '<p>Which?</p>',
        multiple: false,
        options: ['one', 'two', 'three', 'four'].map((id) => ({ id, html: `<p>${id}</p>` })),
      },
    },
  },
  cards: [],
  passages: [],
  runtimes: [],
}
const around = { teaches: 'Limits', needs: [], previous: null, next: null }
const props: SheetProps = { lesson, course, entry, databaseAnswers: true, order: '1', ...around }
const getAround = async () => around

test('a sheet holds the prose, and each panel as a picture in which nothing can be used and which says why', async () => {
  const html = await renderSheet(props)
  expect(html.match(/PROSE/g)).toHaveLength(1)
  expect(html).toContain('<h1 class=')
  const picture = html.slice(html.indexOf('<fieldset role="presentation" disabled=""'))
  expect(picture).toMatch(
    /type="radio"[\s\S]*<button[\s\S]*This exercise is still loading[\s\S]*<\/fieldset>/,
  )
  expect(html.match(/<template|<script/g)).toEqual(['<template'])
})

test('the blocks of a sheet are in it as text that does not end its element', async () => {
  const html = await renderSheet(props)
  const [, inside = ''] = /<template data-parts="true">([\s\S]*?)<\/template>/.exec(html) ?? []
  expect(inside).not.toContain('<')
  expect(JSON.parse(inside.replaceAll('&lt;', '<').replaceAll('&amp;', '&'))).toMatchObject({
    blocks: lesson.blocks,
    graded: [{ id: 'yard/limits/which', href: '#which' }],
  })
})

test('the options of a sheet stand in the order that was asked for, always the same', async () => {
  const orders = await Promise.all(
    [...'01234567'].map(async (order) => {
      const html = await renderSheet({ ...props, order })
      expect(await renderSheet({ ...props, order })).toBe(html)
      return [...html.matchAll(/type="radio"[^>]*value="(\w+)"/g)].map(([, id]) => id).join(' ')
    }),
  )
  expect(new Set(orders).size).toBeGreaterThan(2)
})

test('a lesson that the database cannot say anything about says so', async () => {
  expect(await renderSheet({ ...props, databaseAnswers: false })).toContain('cannot reach its database')
  expect(await renderSheet(props)).not.toContain('cannot reach its database')
})

test('a sheet is made once for all who read it alike, and anew when the lesson was compiled anew', async () => {
  let made = 0
  offerRenderer(async () => ({
    renderOutline,
    renderSheet: async ({ lesson: { title }, order }) => {
      made++
      return `${title} ${order}`
    },
  }))
  const first = await prepareSheet(props, getAround)
  expect(await prepareSheet({ ...props }, getAround)).toBe(first)
  expect([made, requireSheet(first)]).toEqual([1, 'Limits & bounds 1'])
  const other = await prepareSheet({ ...props, order: '2' }, getAround)
  expect([made, requireSheet(other)]).toEqual([2, 'Limits & bounds 2'])
  await prepareSheet({ ...props, lesson: { ...lesson, title: 'Mended' } }, getAround)
  expect([made, requireSheet(first)]).toEqual([3, 'Mended 1'])
})

test('outlines are told apart by what is done, and a renderer that fails leaves nothing behind', async () => {
  offerRenderer(async () => ({ renderOutline, renderSheet: () => Promise.reject(new Error('broken')) }))
  const nothing = await prepareOutline({ course, entry, done: [] })
  const done = await prepareOutline({ course, entry, done: ['limits'] })
  expect(requireSheet(nothing)).toContain('0 of 1 written lessons done')
  expect(requireSheet(done)).toContain('1 of 1 written lessons done')
  await expect(prepareSheet(props, getAround)).rejects.toThrow('broken')
  expect(() => requireSheet('yard/limits 1 true')).toThrow('no part of a lesson')
})

test('what was not asked for longest goes when there is too much', async () => {
  const big = 'x'.repeat(30_000_000)
  offerRenderer(async () => ({ renderOutline, renderSheet: async () => big }))
  const names: string[] = []
  for (const order of ['1', '2']) names.push(await prepareSheet({ ...props, order }, getAround))
  await prepareSheet({ ...props, order: '1' }, getAround)
  await prepareSheet({ ...props, order: '3' }, getAround)
  expect(requireSheet(names[0] ?? '')).toHaveLength(big.length)
  expect(() => requireSheet(names[1] ?? '')).toThrow('no part of a lesson')
})
