import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { panels } from './panels'
import { currentKind, elements, getKind, gradeResponse, isKindName, kinds } from './registry'

describe('the registry', () => {
  test('holds every folder of exercises with a spec, by its own name, and each has a panel', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) =>
      existsSync(join(import.meta.dirname, entry.name, 'spec.ts')),
    )
    expect(Object.keys(kinds).sort()).toEqual(folders.map((folder) => folder.name).sort())
    expect(Object.keys(panels).sort()).toEqual(Object.keys(kinds).sort())
    for (const [name, kind] of Object.entries(kinds)) expect(kind.name).toBe(name)
  })

  test('finds inline kinds by their element, and no kind by a name of Object', () => {
    expect(elements.get('Choice')).toBe(kinds.choice)
    expect(elements.has('artifact')).toBe(false)
    for (const name of ['constructor', '__proto__', 'toString', 'Choice']) {
      expect(isKindName(name)).toBe(false)
      expect(currentKind(name)).toBeNull()
      expect(() => getKind(name)).toThrow(/no kind/)
    }
  })

  test('judges what fits its kind and names what does not', () => {
    const key = { value: 20, tolerance: 0, unit: null, accepts: [], why: '', wrong: [] }
    expect(gradeResponse({ kind: 'numeric', key }, { text: '20' })).toMatchObject({
      verdict: { passed: true },
      program: false,
    })
    expect(gradeResponse({ kind: 'numeric', key }, { text: '20', more: 1 })).toMatchObject({
      problem: expect.stringContaining('more'),
    })
    expect(gradeResponse({ kind: 'numeric', key }, { text: 20 })).toMatchObject({
      problem: expect.stringContaining('response.text'),
    })
    for (const response of [null, [], 'x', 7, undefined])
      expect(gradeResponse({ kind: 'numeric', key }, response)).toHaveProperty('problem')
    expect(gradeResponse({ kind: 'run', key: null }, { code: '' })).toEqual({
      problem: 'This block is not judged.',
    })
    expect(gradeResponse({ kind: 'nothing', key }, { text: '20' })).toHaveProperty('problem')
    expect(
      gradeResponse({ kind: 'code', key: {} }, { answer: { files: { 'solution.py': '' } }, observation: {} }),
    ).toHaveProperty('problem')
    expect(gradeResponse({ kind: 'code', key: {} }, { answer: {}, observation: {}, more: 1 })).toMatchObject({
      problem: expect.stringContaining('more'),
    })
  })

  test('names of Object in a record of answers are unknown names, not errors', () => {
    const hostile = JSON.parse('{"rows":{"__proto__":"a","constructor":"b"}}')
    const key = {
      pass: 1,
      classes: [{ id: 'a', label: 'a' }],
      items: [{ id: 'i', label: 'i', is: 'a', must: false, why: {}, otherwise: null }],
    }
    const judged = gradeResponse({ kind: 'classify', key }, hostile)
    expect('verdict' in judged ? judged.verdict.passed : false).toBe(false)
  })
})
