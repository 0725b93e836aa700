import { kinds } from '../exercises/registry'
import { listBuiltRoutes } from './authz-matrix'
import { expect, test } from './fixtures'
import { lookAt } from './look'
import { judgedKinds } from './panels'
import { PLACES } from './places'
import { blockStates, PAGE_STATES } from './states'

const states = [...PAGE_STATES, ...blockStates(PLACES, judgedKinds)]

test('every page of the build and every kind has a state that is looked at', () => {
  const pages = listBuiltRoutes().routes.filter(
    (route) => !/^\/(api|readyz)(\/|$)/.test(route) && !/\.\w+$/.test(route),
  )
  expect(
    pages.filter((route) => !states.some((state) => state.route === route) && !route.startsWith('/_global')),
  ).toEqual([])
  const names = Object.keys(kinds)
  expect(names.filter((name) => !states.some(({ state }) => state.startsWith(`${name}, `)))).toEqual([])
})

for (const state of states) if (!state.alone) lookAt(state)
