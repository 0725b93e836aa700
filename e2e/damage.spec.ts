import { lookAt } from './look'
import { PAGE_STATES } from './states'

for (const state of PAGE_STATES) if (state.alone) lookAt(state)
