import { listBuiltRoutes } from './authz-matrix'
import { expect, test } from './fixtures'
import { lookAt } from './look'
import { PAGE_STATES } from './states'

test('every page of the build has a state that is looked at', () => {
  const pages = listBuiltRoutes().routes.filter(
    (route) => !/^\/(api|readyz)(\/|$)/.test(route) && !/\.\w+$/.test(route),
  )
  expect(
    pages.filter(
      (route) => !PAGE_STATES.some((state) => state.route === route) && !route.startsWith('/_global'),
    ),
  ).toEqual([])
})

for (const state of PAGE_STATES) if (!state.alone) lookAt(state)
