import { expect, test } from 'vitest'
import { keepPlace, readPlace } from './reading-place'

/** Storage as browsers have it; `full` refuses what is new. */
function makeStorage({ full = false } = {}): Storage {
  const held = new Map<string, string>()
  return {
    get length() {
      return held.size
    },
    clear: () => held.clear(),
    key: (at) => [...held.keys()][at] ?? null,
    getItem: (key) => held.get(key) ?? null,
    removeItem: (key) => void held.delete(key),
    setItem: (key, value) => {
      if (full) throw new DOMException('full', 'QuotaExceededError')
      held.set(key, value)
    },
  }
}
const place = { at: 'summary', title: 'Summary' }

test('a place is kept for a person and a lesson, and for no other', () => {
  const storage = makeStorage()
  keepPlace('maya', 'yard/keel', place, storage)
  expect(readPlace('maya', 'yard/keel', storage)).toEqual(place)
  expect(readPlace('maya', 'yard/mast', storage)).toBeNull()
  expect(readPlace('noor', 'yard/keel', storage)).toBeNull()
  keepPlace('maya', 'yard/keel', null, storage)
  expect(readPlace('maya', 'yard/keel', storage)).toBeNull()
})

test('every key bears the id of its person, so that signing out finds it', () => {
  const storage = makeStorage()
  keepPlace('maya', 'yard/keel', place, storage)
  expect(Array.from({ length: storage.length }, (_, at) => storage.key(at))).toEqual([
    expect.stringContaining('maya'),
  ])
})

test('of very many lessons the newest are kept', () => {
  const storage = makeStorage()
  for (let n = 0; n < 60; n++) keepPlace('maya', `yard/l${n}`, { at: `p${n}`, title: 'x' }, storage)
  expect(readPlace('maya', 'yard/l59', storage)).not.toBeNull()
  const kept = Object.keys(JSON.parse(storage.getItem(storage.key(0) ?? '') ?? ''))
  expect(kept).toHaveLength(40)
})

test('storage that is damaged or full is no obstacle', () => {
  const full = makeStorage({ full: true })
  keepPlace('maya', 'yard/keel', place, full)
  expect(readPlace('maya', 'yard/keel', full)).toBeNull()
  const damaged = makeStorage()
  for (const text of ['{', '[]', 'null', '{"yard/keel":7}', '{"yard/keel":{"at":1}}']) {
    damaged.setItem('slipway-places:maya', text)
    expect(readPlace('maya', 'yard/keel', damaged)).toBeNull()
    keepPlace('maya', 'yard/keel', place, damaged)
    expect(readPlace('maya', 'yard/keel', damaged)).toEqual(place)
  }
})
